"""Positions are assigned to districts exactly as geometry would."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.grid import Grid, touched
from hotspots.intake import assignment, read_districts
from hotspots.intake.assignment import assign


def by_sjoin(x: np.ndarray, y: np.ndarray, districts: gpd.GeoDataFrame) -> np.ndarray:
    """First district of each point by geopandas."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=districts.crs)
    joined = gpd.sjoin(points, districts[["geometry"]], predicate="intersects")
    first = joined["index_right"].groupby(level=0).min()
    return first.reindex(range(len(x)), fill_value=-1).to_numpy()


@pytest.mark.parametrize("area", ["hertfordshire", "west-yorkshire, greater-manchester", "all"])
def test_equal_to_sjoin(area: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On many points, on borders among them, the raster path gives what sjoin gives."""
    monkeypatch.setattr(assignment, "_FEW", 0)
    districts = read_districts(area)
    rng = np.random.default_rng(1)
    west, south, east, north = districts.total_bounds
    x, y = (
        rng.uniform(west - 500, east + 500, 30_000),
        rng.uniform(south - 500, north + 500, 30_000),
    )
    corners = shapely.get_coordinates(districts.geometry.to_numpy())
    corners = corners[rng.permutation(len(corners))[:5_000]]
    near = corners + rng.normal(0, 30, corners.shape)
    extremes = np.array([[west, south], [east, north], [west, north], [east, south]])
    x = np.concatenate([x, corners[:, 0], near[:, 0], extremes[:, 0]])
    y = np.concatenate([y, corners[:, 1], near[:, 1], extremes[:, 1]])
    found = assign(x, y, districts)
    np.testing.assert_array_equal(found, by_sjoin(x, y, districts))
    assert (found >= 0).sum() > 5_000


def test_positions_on_the_bounds_belong_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Points on the outer edges of a square, the far ones too, are inside it."""
    monkeypatch.setattr(assignment, "_FEW", 0)
    square = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 3000, 3000)], crs="EPSG:27700")
    x, y = np.array([0, 3000, 3000, 1500, 3000.001]), np.array([0, 3000, 1500, 3000, 1500])
    assert assign(x, y, square).tolist() == [0, 0, 0, 0, -1]


def test_no_position_is_an_empty_result() -> None:
    """Nothing to assign gives an empty array."""
    assert len(assign([], [], read_districts("Watford"))) == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_cell_that_is_not_touched_lies_on_one_side(seed: int) -> None:
    """Random points in cells that no outline touches agree with their cell's centre."""
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 12))
    radius = rng.uniform(5, 50, 12)
    polygon = shapely.make_valid(
        shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    )
    grid = Grid(-60.0, -60.0, 7.0, 18, 18)
    marked = touched([polygon], grid)
    x, y = rng.uniform(-60, 66, (2, 2_000))
    row, column, _ = grid.cell_of(x, y)
    clear = ~marked[row, column]
    centre_x, centre_y = grid.centres(row, column)
    same = shapely.contains_xy(polygon, x, y) == shapely.contains_xy(polygon, centre_x, centre_y)
    assert same[clear].all()
