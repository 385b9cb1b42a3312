"""Small study areas whose hotspots are known because they were planted."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.frames import CANDIDATES, PLACES, Places, Quality, names
from hotspots.settings import Settings

Box = tuple[float, float, float, float]
DistrictMaker = Callable[..., gpd.GeoDataFrame]
PlacesMaker = Callable[..., Places]
Plant = Callable[..., pd.DataFrame]
SettingsMaker = Callable[..., Settings]
CandidateMaker = Callable[..., gpd.GeoDataFrame]

CRS = "EPSG:27700"


@pytest.fixture(scope="session")
def districts_of() -> DistrictMaker:
    """Make rectangular districts from their bounds: west, south, east, north."""

    def make(**boxes: Box) -> gpd.GeoDataFrame:
        shapes = [shapely.box(*bounds) for bounds in boxes.values()]
        return gpd.GeoDataFrame(
            {
                "district_code": [name[:3].upper() for name in boxes],
                "district": list(boxes),
                "police_force": "",
                "area_km2": shapely.area(shapes) / 1e6,
            },
            geometry=shapes,
            crs=CRS,
        )

    return make


@pytest.fixture(scope="session")
def three_districts(districts_of: DistrictMaker) -> gpd.GeoDataFrame:
    """Two districts of 4 km beside each other and one of 8 km by 4 km north of both."""
    return districts_of(
        Westham=(0, 0, 4000, 4000),
        Easton=(4000, 0, 8000, 4000),
        Northby=(0, 4000, 8000, 8000),
    )


@pytest.fixture(scope="session")
def plant() -> Plant:
    """Make rows of single incidents, evenly spread over a disc and over months."""

    def make(
        centre: tuple[float, float],
        count: int,
        *,
        radius_m: float = 60.0,
        months: Sequence[str] = ("2021-01", "2021-02", "2021-03"),
        selecting: bool = True,
        location: str = "",
        seed: int = 1,
    ) -> pd.DataFrame:
        draw = np.random.default_rng(seed)
        reach = radius_m * np.sqrt(draw.uniform(0, 1, count))
        angle = draw.uniform(0, 2 * np.pi, count)
        return pd.DataFrame(
            {
                "x_m": centre[0] + reach * np.cos(angle),
                "y_m": centre[1] + reach * np.sin(angle),
                "period": [months[number % len(months)] for number in range(count)],
                "category": "Robbery" if selecting else "Drugs",
                "selecting": selecting,
                "weight": 1,
                "location": location,
            }
        )

    return make


@pytest.fixture(scope="session")
def places_of() -> PlacesMaker:
    """Make places from rows, each in the district whose polygon holds it."""

    def make(
        *rows: pd.DataFrame,
        districts: gpd.GeoDataFrame,
        months: Sequence[str] = ("2021-01", "2021-02", "2021-03"),
        days: int = 90,
    ) -> Places:
        table = pd.concat(rows, ignore_index=True)
        table["district"] = ""
        for name, shape in zip(districts["district"], districts.geometry, strict=True):
            held = shapely.contains_xy(shape, table["x_m"], table["y_m"])
            table.loc[held, "district"] = name
        total = int(table["weight"].sum())
        quality = Quality(total, total, {}, [], list(months), [], {}, [])
        return Places(table[names(PLACES)], CRS, list(months), days, quality)

    return make


@pytest.fixture(scope="session")
def settings_of() -> SettingsMaker:
    """Make settings with plain round targeting parameters, apart from what is given."""

    def make(**changes: Any) -> Settings:
        plain: Mapping[str, Any] = {
            "hotspots": 26,
            "cell_size_m": 50.0,
            "bandwidth_m": 200.0,
            "eps_m": 100.0,
            "min_incidents": 20,
            "dense_area_share": 0.01,
            "edge": "none",
        }
        return Settings().replace(targeting={**plain, **changes})

    return make


@pytest.fixture(scope="session")
def candidates_of() -> CandidateMaker:
    """Make a ranked table of candidates from their districts, positions and faults."""

    def make(
        districts: Sequence[str],
        *,
        x_m: Sequence[float] | None = None,
        y_m: Sequence[float] | None = None,
        status: Sequence[str] | None = None,
    ) -> gpd.GeoDataFrame:
        count = len(districts)
        x = np.arange(count) * 1000.0 if x_m is None else np.asarray(x_m, dtype=np.float64)
        y = np.zeros(count) if y_m is None else np.asarray(y_m, dtype=np.float64)
        filled: Mapping[str, Any] = {
            "candidate_id": [f"C{rank:03d}" for rank in range(1, count + 1)],
            "district": list(districts),
            "district_code": [name[:3].upper() for name in districts],
            "rank": np.arange(1, count + 1),
            "incidents": np.arange(count, 0, -1) * 10,
            "x_m": x,
            "y_m": y,
            "status": [""] * count if status is None else list(status),
        }
        empty = {"int": 0, "float": 0.0, "str": "", "bool": False}
        columns = {
            column.name: filled.get(column.name, [empty[column.kind]] * count)
            for column in CANDIDATES
        }
        return gpd.GeoDataFrame(columns, geometry=shapely.points(x, y), crs=CRS)

    return make


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder of real data that is not part of the repository."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("HOTSPOTS_REFERENCE_DATA", beside))
    if not folder.is_dir():
        pytest.skip("real data are not here; name their folder in HOTSPOTS_REFERENCE_DATA")
    return folder
