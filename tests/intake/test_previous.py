"""Earlier plans: ours come back as written, in the CRS asked for; others are refused."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from hotspots.errors import InputError
from hotspots.frames import PREVIOUS, names
from hotspots.intake import read_previous


def plan_layer(**changes: object) -> gpd.GeoDataFrame:
    values = {
        "hotspot_id": ["WAT-02", "WAT-01"],
        "name": ["Mill Lane", "=HYPERLINK(1)"],
        "district": "Watford",
        "incidents": [20, 30],
        "incidents_per_day": [0.2, 0.3],
    }
    shapes = [shapely.box(511_000, 196_000, 511_200, 196_100), shapely.box(0, 0, 9, 9)]
    return gpd.GeoDataFrame(values | changes, geometry=shapes, crs=27700)


def write(table: gpd.GeoDataFrame, path: Path, layer: str = "hotspots") -> Path:
    pyogrio.write_dataframe(table, path, layer=layer, driver="GPKG")
    return path


def test_hotspots_come_back_in_the_crs_asked_for(tmp_path: Path) -> None:
    """Order is that of the ids; coordinates are GeoPandas' own within a metre."""
    path = write(plan_layer(extra=1), tmp_path / "plan.gpkg")
    found = read_previous(path, "EPSG:32630")
    assert list(found.hotspots.columns) == [*names(PREVIOUS), "geometry"]
    assert found.hotspots["hotspot_id"].tolist() == ["WAT-01", "WAT-02"]
    expected = plan_layer().to_crs(32630).geometry.iloc[::-1]
    np.testing.assert_allclose(found.hotspots.bounds, expected.bounds, atol=5)
    assert found.retired.empty


def test_what_had_left_is_known(tmp_path: Path) -> None:
    """The table of changes gives the ids that left then, or before."""
    path = write(plan_layer(), tmp_path / "plan.gpkg")
    changes = pd.DataFrame(
        {
            "change": ["entered", "left", "left earlier", "remained"],
            "previous_id": [None, "WAT-07", "WAT-03", "WAT-01"],
            "name": "x",
            "district": "Watford",
        }
    )
    pyogrio.write_dataframe(changes, path, layer="changes", driver="GPKG", append=True)
    assert read_previous(path, "EPSG:27700").retired["previous_id"].tolist() == ["WAT-03", "WAT-07"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hotspot_id": ["A", "A"]}, "holds the id 'A' twice"),
        ({"hotspot_id": ["A", ""]}, "a hotspot without an id"),
        ({"hotspot_id": ["A", None]}, "a hotspot without an id"),
        ({"incidents": ["x", "y"]}, "the column incidents does not hold numbers"),
        (
            {"geometry": shapely.from_wkt(["POLYGON((0 0,2 2,2 0,0 2,0 0))", "POINT(1 1)"])},
            "'WAT-02' is not a valid polygon",
        ),
        ({"geometry": [shapely.Point(0, 0), shapely.Point(1, 1)]}, "is not a valid polygon"),
    ],
)  # fmt: skip
def test_bad_plans_are_refused(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    """One line says what is wrong with which hotspot, and what to give."""
    path = write(plan_layer().assign(**changes).set_crs(27700), tmp_path / "plan.gpkg")
    with pytest.raises(InputError, match=message) as error:
        read_previous(path, "EPSG:27700")
    assert "\n" not in str(error.value)


def test_other_files_are_refused(tmp_path: Path) -> None:
    """No file, no GeoPackage, no layer of hotspots, no such columns, no CRS."""
    with pytest.raises(InputError, match=r"There is no earlier plan .*none\.gpkg; give a plan"):
        read_previous(tmp_path / "none.gpkg", "EPSG:27700")
    with pytest.raises(InputError, match="There is no earlier plan"):
        read_previous(tmp_path, "EPSG:27700")
    (tmp_path / "text.gpkg").write_text("no database", encoding="utf-8")
    with pytest.raises(InputError, match="is not a file of layers"):
        read_previous(tmp_path / "text.gpkg", "EPSG:27700")
    other = write(plan_layer(), tmp_path / "other.gpkg", "wards")
    with pytest.raises(InputError, match="has no layer hotspots"):
        read_previous(other, "EPSG:27700")
    lacking = write(plan_layer().drop(columns="name"), tmp_path / "lacking.gpkg")
    with pytest.raises(InputError, match="has no column name; found: hotspot_id"):
        read_previous(lacking, "EPSG:27700")
