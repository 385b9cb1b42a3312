from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.frames import Places
from hotspots.grid import Grid
from hotspots.settings import TargetingSettings
from hotspots.targeting.pieces import Piece, priced_pieces

Plant = Callable[..., pd.DataFrame]
PlacesMaker = Callable[..., Places]


@pytest.fixture
def rows(three_districts: gpd.GeoDataFrame, plant: Plant, places_of: PlacesMaker) -> pd.DataFrame:
    """Thirty spots of 10 to 126 incidents in Westham and Easton, one of 12 in Northby."""
    centres = [(400 + 750 * column, 400 + 750 * row) for row in range(5) for column in range(6)]
    spots = [
        plant(centre, 10 + 4 * number, radius_m=150, seed=number)
        for number, centre in enumerate(centres)
    ]
    weak = plant((6000, 6000), 12, radius_m=120, seed=99)
    return places_of(*spots, weak, districts=three_districts).table


def grown(
    rows: pd.DataFrame, districts: gpd.GeoDataFrame, *, wanted: int = 10, **changes: object
) -> tuple[list[Piece], float]:
    settings = TargetingSettings(**{"every_district": False, **changes})  # type: ignore[arg-type]
    return priced_pieces(
        rows,
        districts,
        Grid.covering(districts.total_bounds, 50, 200),
        hotspots=wanted,
        min_incidents=12,
        settings=settings,
    )


def excess(piece: Piece, rows: pd.DataFrame) -> float:
    held = shapely.contains_xy(piece.geometry, rows["x_m"], rows["y_m"])
    return rows.loc[held, "weight"].sum() - piece.price_per_km2 * piece.geometry.area / 1e6


@pytest.mark.parametrize("mean_km2", [0.02, 0.03, 0.04])
def test_the_price_gives_the_mean_area(
    rows: pd.DataFrame, three_districts: gpd.GeoDataFrame, mean_km2: float
) -> None:
    """The ten best pieces have the mean area asked for, as near as area moves in steps."""
    pieces, price = grown(rows, three_districts, mean_area_km2=mean_km2)
    best = sorted(pieces, key=lambda piece: -excess(piece, rows))[:10]
    areas = [piece.geometry.area / 1e6 for piece in best]
    assert np.mean(areas) == pytest.approx(mean_km2, rel=0.15)
    assert {piece.price_per_km2 for piece in pieces} == {price}
    assert price == float(f"{price:.3g}")
    assert min(excess(piece, rows) for piece in pieces) > 0


def test_less_area_costs_more(rows: pd.DataFrame, three_districts: gpd.GeoDataFrame) -> None:
    """The smaller the pieces are to be, the dearer is area."""
    prices = [
        grown(rows, three_districts, mean_area_km2=mean)[1] for mean in (0.02, 0.03, 0.04, 0.06)
    ]
    assert prices == sorted(prices, reverse=True)
    assert len(set(prices)) == 4


def test_no_price_is_below_the_least(rows: pd.DataFrame, three_districts: gpd.GeoDataFrame) -> None:
    """Pieces never grow into emptiness: 12 incidents in 0.1 km² are the least that counts."""
    _, price = grown(rows, three_districts, wanted=26, mean_area_km2=0.1)
    assert price >= 120
    pieces, price = grown(rows, three_districts, wanted=500)
    assert price >= 120
    assert sum(piece.geometry.area for piece in pieces) / 1e6 < 31 * 0.1


def test_a_price_that_is_given_stands(
    rows: pd.DataFrame, three_districts: gpd.GeoDataFrame
) -> None:
    """With a price of one's own nothing is searched for."""
    pieces, price = grown(rows, three_districts, price_per_km2=1234.5)
    assert price == 1234.5
    assert {piece.price_per_km2 for piece in pieces} == {1234.5}


def test_a_weak_district_has_its_own_price(
    rows: pd.DataFrame, three_districts: gpd.GeoDataFrame
) -> None:
    """What a rich district's price leaves out is found at half of it, or half of that."""
    names = three_districts["district"].tolist()
    alone, price = grown(rows, three_districts, price_per_km2=2000.0)
    assert {names[piece.district] for piece in alone} == {"Westham", "Easton"}
    pieces, _ = grown(rows, three_districts, price_per_km2=2000.0, every_district=True)
    weak = [piece for piece in pieces if names[piece.district] == "Northby"]
    assert {piece.price_per_km2 for piece in pieces if piece not in weak} == {price}
    (lower,) = {piece.price_per_km2 for piece in weak}
    assert lower in (1000.0, 500.0, 250.0, 125.0, 120.0)
    held = shapely.contains_xy(weak[0].geometry, rows["x_m"], rows["y_m"])
    assert rows.loc[held, "weight"].sum() == 12


def test_outlines(rows: pd.DataFrame, three_districts: gpd.GeoDataFrame) -> None:
    """Outlines are valid, of one part, on the lattice of 25 m, and do not overlap."""
    pieces, _ = grown(rows, three_districts)
    shapes = np.array([piece.geometry for piece in pieces])
    assert shapely.is_valid(shapes).all()
    assert set(shapely.get_type_id(shapes)) == {3}
    # the grid's corner is at -200, -200
    assert (shapely.get_coordinates(shapes) % 25 == 0).all()
    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(shapely.area(shapes).sum())
