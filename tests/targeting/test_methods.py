from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.errors import InputError, SettingsError
from hotspots.frames import CANDIDATES, SOUND, Places, Targeting, names
from hotspots.settings import Settings
from hotspots.targeting import find_hotspots
from hotspots.targeting import methods as module

Plant = Callable[..., pd.DataFrame]
PlacesMaker = Callable[..., Places]
SettingsMaker = Callable[..., Settings]

METHODS = ("priced", "density", "dbscan", "hdbscan", "squares", "hexagons")
# none on a line of the fixed grids of 250 m
SPOTS = {(1125.0, 1125.0): 120, (3125.0, 2625.0): 90, (6125.0, 2125.0): 70, (6125.0, 6125.0): 50}


@pytest.fixture(scope="module")
def places(three_districts: gpd.GeoDataFrame, plant: Plant, places_of: PlacesMaker) -> Places:
    rows = [plant(spot, count, seed=count) for spot, count in SPOTS.items()]
    return places_of(*rows, districts=three_districts)


def found_by(
    method: str,
    places: Places,
    districts: gpd.GeoDataFrame,
    settings_of: SettingsMaker,
    **more: object,
) -> Targeting:
    return find_hotspots(places, districts, settings_of(hotspots=4, method=method, **more))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_what_is_planted(
    method: str,
    places: Places,
    three_districts: gpd.GeoDataFrame,
    settings_of: SettingsMaker,
) -> None:
    """Four planted spots come back from each method, in one table, with counts by shapely."""
    found = found_by(method, places, three_districts, settings_of)
    assert list(found.candidates.columns) == [*names(CANDIDATES), "geometry"]
    assert len(found.hotspots) == 4
    assert found.settings.targeting.method == method
    for spot, count in SPOTS.items():
        held = shapely.contains_xy(found.hotspots.geometry.to_numpy(), *spot)
        assert held.sum() == 1
        row = found.hotspots[held].iloc[0]
        inside = shapely.contains_xy(row.geometry, places.table["x_m"], places.table["y_m"])
        assert row["incidents"] == inside.sum() >= 0.6 * count
        assert row["area_km2"] <= 0.1
    if method != "priced":
        assert (found.candidates["price_per_km2"] == 0).all()
        assert (found.candidates["excess_incidents"] == found.candidates["incidents"]).all()
        # another run by these settings is free to find its own price
        assert found.settings.targeting.price_per_km2 is None
    again = found_by(method, places, three_districts, settings_of)
    assert again.hotspots.equals(found.hotspots)


def test_sizes(
    places: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker
) -> None:
    """Squares and hexagons have the mean area asked for, and squares lie on the fixed grid."""
    for method in ("squares", "hexagons"):
        found = found_by(method, places, three_districts, settings_of, mean_area_km2=0.04)
        assert found.hotspots["area_km2"].tolist() == pytest.approx([0.04] * 4)
    squares = found_by("squares", places, three_districts, settings_of).hotspots
    assert (shapely.get_coordinates(squares.geometry.to_numpy()) % 250 == 0).all()


def test_clusters_larger_than_the_cap_are_dropped_with_the_reason(
    plant: Plant,
    places_of: PlacesMaker,
    three_districts: gpd.GeoDataFrame,
    settings_of: SettingsMaker,
) -> None:
    """A cluster along a road of 2 km is no hotspot by DBSCAN, and says how large it is."""
    road = plant((0, 2015), 800)
    road["x_m"] = 500.5 + np.arange(800) * 2.5
    places = places_of(road, plant((6125, 6125), 60), districts=three_districts)
    found = found_by("dbscan", places, three_districts, settings_of, every_district=False)
    assert found.hotspots["district"].tolist() == ["Northby"]
    dropped = found.candidates[~found.candidates["status"].isin(SOUND)]
    assert dropped["status"].str.fullmatch(r"0\.\d{3} km², larger than the cap of 0\.1").all()
    assert dropped["incidents"].tolist() == [800]


def test_hdbscan_tells_densities_apart(
    plant: Plant,
    places_of: PlacesMaker,
    three_districts: gpd.GeoDataFrame,
    settings_of: SettingsMaker,
) -> None:
    """A tight and a loose crowd side by side are two clusters, weights counted as incidents."""
    tight = plant((1015, 1015), 10, radius_m=20).assign(weight=8)
    loose = plant((1415, 1015), 60, radius_m=150, seed=3)
    places = places_of(tight, loose, plant((6125, 2125), 60), districts=three_districts)
    found = found_by(
        "hdbscan", places, three_districts, settings_of, every_district=False, area_cap_km2=0.5
    )
    west = found.candidates[found.candidates["district"] == "Westham"]
    assert len(west) >= 2
    held = shapely.contains_xy(west.geometry.to_numpy(), 1015, 1015)
    assert west[held]["incidents"].tolist() == [80]


def test_hdbscan_refuses_what_it_cannot_do(
    places: Places,
    three_districts: gpd.GeoDataFrame,
    settings_of: SettingsMaker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Too many incidents in a district are refused with their number and a way out."""
    monkeypatch.setattr(module, "_MOST_ROWS", 100)
    with pytest.raises(InputError, match=r"210 incidents in one district .* another method"):
        found_by("hdbscan", places, three_districts, settings_of)


def test_an_adaptive_kernel_is_announced(
    places: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker
) -> None:
    """The range of bandwidths stands among the choices, and the hotspots are the same."""
    found = found_by("priced", places, three_districts, settings_of, kernel="adaptive")
    (choice,) = [choice for choice in found.choices if choice.setting == "kernel"]
    assert choice.value.startswith("adaptive, ")
    assert len(found.hotspots) == 4


def test_a_background_moves_hotspots_to_where_few_people_are(
    places: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker
) -> None:
    """With all people at the busiest spot the others come first."""
    people = pd.DataFrame({"x_m": [1125.0], "y_m": [1125.0], "weight": [5000.0]})
    settings = settings_of(hotspots=1, method="density", every_district=False)
    plain = find_hotspots(places, three_districts, settings)
    relative = find_hotspots(places, three_districts, settings, background=people)
    assert shapely.contains_xy(plain.hotspots.geometry.item(), 1125, 1125)
    best = relative.candidates.sort_values("peak_per_km2").iloc[-1]
    assert shapely.contains_xy(best.geometry, 3125, 2625)
    assert relative.density.values_per_km2.argmax() != plain.density.values_per_km2.argmax()


def test_a_background_needs_the_method_that_uses_it() -> None:
    """A background with another method is refused when it is set."""
    with pytest.raises(SettingsError, match="relative_to"):
        Settings.from_dict({"targeting": {"relative_to": "people.csv"}})
