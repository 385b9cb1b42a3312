"""Two plans, one after the other: a replaced list of map points is noticed."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pyogrio
import pytest

import hotspots
from hotspots.errors import InputError

SETTINGS = hotspots.Settings.from_dict({"targeting": {"hotspots": 3, "min_incidents": 5}})


def snapped(rows, shift: float = 0.0):
    """Rows on a list of map points 0.005 degrees apart; another list where shifted."""
    step = 0.005
    chance = random.Random(8)
    found = []
    for row in rows:
        east = round(float(row["Longitude"]) / step) * step + shift
        north = round(float(row["Latitude"]) / step) * step + shift / 2
        found += [row | {"Longitude": f"{east:.6f}", "Latitude": f"{north:.6f}"}] * (
            1 + (chance.random() < 0.6)
        )
    return found


@pytest.fixture(scope="module")
def earlier(town_rows, write_street, tmp_path_factory) -> Path:
    """Plan of the first half of the year."""
    folder = tmp_path_factory.mktemp("earlier")
    rows = [row for row in snapped(town_rows) if row["Month"] < "2021-07"]
    path = write_street(folder / "first-street.csv", rows)
    hotspots.run(path, "Stevenage", settings=SETTINGS, out=folder / "out")
    return folder / "out" / "plan.gpkg"


def messages(rows, write_street, folder: Path, previous: Path) -> list[str]:
    """What the plan of the second half says."""
    later = [row for row in rows if row["Month"] >= "2021-07"]
    path = write_street(folder / "second-street.csv", later)
    settings = SETTINGS.replace(targeting={"previous": str(previous)})
    return list(hotspots.identify(path, "Stevenage", settings=settings).messages)


def test_the_same_list_says_nothing(town_rows, write_street, tmp_path, earlier):
    """Other months, the same map points."""
    said = messages(snapped(town_rows), write_street, tmp_path, earlier)
    assert not any("map points" in message for message in said)


def test_another_list_is_said(town_rows, write_street, tmp_path, earlier):
    """All points moved by some 30 m."""
    said = messages(snapped(town_rows, 0.0004), write_street, tmp_path, earlier)
    assert sum("map points are not those of the earlier plan" in message for message in said) == 1


def test_the_plan_holds_no_position(earlier):
    """A number of places, a CRS, and 1,024 digits of two bits."""
    table = pyogrio.read_dataframe(earlier, layer="map_points")
    assert table.shape == (1, 3)
    row = table.iloc[0]
    assert row["crs"] == "EPSG:27700"
    assert len(row["sketch"]) == 1_024
    assert set(row["sketch"]) <= set("0123-")


def test_an_older_plan_cannot_be_compared(town_rows, write_street, tmp_path, earlier):
    """Without the table nothing is claimed, and that is said."""
    older = shutil.copy(earlier, tmp_path / "older.gpkg")
    with closing(sqlite3.connect(older)) as database, database:
        database.execute("DROP TABLE map_points")
        database.execute("DELETE FROM gpkg_contents WHERE table_name = 'map_points'")
        database.execute("DELETE FROM gpkg_data_columns WHERE table_name = 'map_points'")
    said = messages(snapped(town_rows, 0.0004), write_street, tmp_path, older)
    assert any("cannot be told: it holds no sketch" in message for message in said)


@pytest.mark.parametrize(
    "change", ["sketch = '0123'", "sketch = replace(sketch, '1', 'x')", "places = 0"]
)
def test_a_spoilt_sketch_is_refused(town_rows, write_street, tmp_path, earlier, change):
    """One line."""
    spoilt = shutil.copy(earlier, tmp_path / "spoilt.gpkg")
    with closing(sqlite3.connect(spoilt)) as database, database:
        database.execute(f"UPDATE map_points SET {change}")
    with pytest.raises(InputError, match="table map_points is spoilt"):
        messages(town_rows, write_street, tmp_path, spoilt)
