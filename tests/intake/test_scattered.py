"""Rows of which hardly two are alike are not grouped, and give the same places to the row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from hotspots.intake import Store, gather, groups, read_districts, read_places, tables
from hotspots.settings import IntakeSettings


@pytest.fixture(scope="module")
def layer(halves: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The two rectangles as districts."""
    return read_districts(halves)


def table(places: int, rows: int) -> pd.DataFrame:
    """Rows of a street file on so many places, with repeated ids, odd texts and bad rows."""
    chance = np.random.default_rng(11)
    spot = chance.integers(0, places, rows)
    lon, lat = chance.uniform(-0.25, -0.15, places), chance.uniform(51.87, 51.93, places)
    found = pd.DataFrame({"Longitude": lon[spot].round(6), "Latitude": lat[spot].round(6)})
    found.loc[chance.random(rows) < 0.02, ["Longitude", "Latitude"]] = np.nan
    found["Month"] = [f"2021-{month:02}" for month in chance.integers(1, 14, rows)]
    kinds = ["Robbery", " Robbery ", "Drugs", "Anti-social behaviour"]
    found["Crime type"] = chance.choice(kinds, rows)
    ids = pd.Series([f" id{number} " for number in chance.integers(0, rows, rows)])
    found["Crime ID"] = ids.where(chance.random(rows) < 0.6, " ")
    found["Location"] = [f"On or near Road {number % 17}" for number in spot]
    found["LSOA name"] = "Stevenage 001A"
    return found


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Whether each attempt without grouping was carried through; small files are tried too."""
    made: list[bool] = []
    original = gather.gather_scattered

    def spy(*given: Any, **named: Any) -> pa.Table | None:
        found = original(*given, **named)
        made.append(found is not None)
        return found

    monkeypatch.setattr(groups, "gather_scattered", spy)
    monkeypatch.setattr(tables, "_LARGE", 0)
    monkeypatch.setattr(gather, "_SMALL_BATCH", 2048)
    monkeypatch.setattr(gather, "_FIRST_LOOK", 1000)
    return made


def grouped_places(paths: list[Path], layer: Any) -> Any:
    """Places as grouping gives them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_LARGE", 10**15)
        return read_places(paths, layer)[0]


@pytest.mark.parametrize(
    ("places", "carried"), [(10**6, True), (30, False)], ids=["scattered", "snapped"]
)
def test_places_are_those_of_grouping(
    places: int, carried: bool, layer: gpd.GeoDataFrame, tried: list[bool], tmp_path: Path
) -> None:
    """From two files and a line that cannot be parsed; what is snapped is grouped after all."""
    rows = table(places, 9000)
    paths = [tmp_path / "one-street.csv", tmp_path / "two-street.csv"]
    rows[:4000].to_csv(paths[0], index=False)
    rows[4000:].to_csv(paths[1], index=False)
    with paths[1].open("a") as file:
        file.write("one,column\n")
    found, _ = read_places(paths, layer)
    assert tried == [carried]
    expected = grouped_places(paths, layer)
    pd.testing.assert_frame_equal(found.table, expected.table, check_exact=True)
    assert found.quality == expected.quality
    assert found.quality.left_out["repeated_id"] > 500
    assert found.quality.left_out["unreadable_row"] == 1
    assert [file["rows"] for file in found.quality.files] == [4000, 5001]


def test_rows_that_grow_alike_are_grouped(
    layer: gpd.GeoDataFrame, tried: list[bool], tmp_path: Path
) -> None:
    """A file that begins with scattered rows and goes on with snapped ones is noticed later."""
    rows = pd.concat([table(10**6, 5000), table(20, 20_000)])
    rows.to_csv(tmp_path / "a-street.csv", index=False)
    found, _ = read_places([tmp_path / "a-street.csv"], layer)
    assert tried == [False]
    expected = grouped_places([tmp_path / "a-street.csv"], layer)
    pd.testing.assert_frame_equal(found.table, expected.table, check_exact=True)


def test_a_store_holds_groups(layer: gpd.GeoDataFrame, tried: list[bool], tmp_path: Path) -> None:
    """What is kept beside a plan is grouped."""
    table(10**6, 2000).to_csv(tmp_path / "a-street.csv", index=False)
    read_places([tmp_path / "a-street.csv"], layer, store=Store(tmp_path / "places"))
    assert tried == []


def test_rows_without_ids_or_dates_are_read(
    layer: gpd.GeoDataFrame, tried: list[bool], tmp_path: Path
) -> None:
    """A mapping of positions alone."""
    rows = table(10**6, 3000)[["Longitude", "Latitude"]]
    rows.to_csv(tmp_path / "a.csv", index=False)
    columns = {"longitude": "Longitude", "latitude": "Latitude"}
    found, _ = read_places([tmp_path / "a.csv"], layer, IntakeSettings(columns=columns))
    assert tried == [True]
    assert found.quality.rows_read == 3000
    assert found.quality.left_out["no_coordinates"] == int(rows["Longitude"].isna().sum())
