"""GeoParquet gives what its CSV gives, to the row, in memory that does not grow with the file."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotspots.errors import InputError
from hotspots.intake import Store, geoparquet, points, read_districts, read_moments, read_places
from hotspots.settings import IntakeSettings

COLUMNS = {
    "longitude": "lon",
    "latitude": "lat",
    "date": "date",
    "category": "category",
    "incident_id": "incident_id",
    "location": "location",
}
MAPPED = IntakeSettings(columns=COLUMNS)


@pytest.fixture(scope="module")
def layer(halves: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The two rectangles as districts."""
    return read_districts(halves)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Five thousand rows on 700 spots, some outside or nowhere, of which ids repeat."""
    chance = np.random.default_rng(7)
    spot = chance.integers(0, 700, 5000)
    lon, lat = chance.uniform(-0.30, -0.10, 700), chance.uniform(51.86, 51.93, 700)
    rows = pd.DataFrame({"lon": lon[spot].round(6), "lat": lat[spot].round(6)})
    rows.loc[chance.random(5000) < 0.02, ["lon", "lat"]] = np.nan
    rows.loc[:3, ["lon", "lat"]] = 0.0
    rows["date"] = [f"2021-{month:02}" for month in chance.integers(1, 13, 5000)]
    rows["category"] = chance.choice(["Robbery", "Anti-social behaviour"], 5000)
    ids = pd.Series([f"id{number}" for number in chance.integers(0, 4000, 5000)])
    rows["incident_id"] = ids.where(chance.random(5000) < 0.7, "")
    rows["location"] = [f"On or near Road {number % 17}" for number in spot]
    return rows


def of_rows(rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """The rows as points; a row without a position has none."""
    shapes = gpd.points_from_xy(rows["lon"], rows["lat"]).to_numpy().copy()
    shapes[rows["lon"].isna().to_numpy()] = None
    return gpd.GeoDataFrame(rows.drop(columns=["lon", "lat"]), geometry=shapes, crs=4326)


def write(path: Path, rows: gpd.GeoDataFrame, style: str) -> Path:
    """Write points in one of the ways in which the format allows it."""
    if style == "separated":
        rows.to_parquet(path, geometry_encoding="geoarrow")
    elif style == "row groups":
        rows.to_parquet(path, row_group_size=100)
    elif style in ("big-endian", "three dimensions"):
        rows.to_parquet(path)
        found = pq.read_table(path)
        shapes = rows.geometry.to_numpy()
        if style == "three dimensions":
            written = shapely.to_wkb(shapely.force_3d(shapes, 12.5), flavor="iso")
        else:
            written = shapely.to_wkb(shapes, byte_order=0)
        column = pa.array(written.tolist(), pa.large_binary())
        place = found.schema.get_field_index("geometry")
        pq.write_table(found.set_column(place, "geometry", column), path)
    else:
        rows.to_parquet(path)
    return path


STYLES = ["plain", "separated", "row groups", "big-endian", "three dimensions"]


@pytest.mark.parametrize("style", STYLES)
def test_places_are_those_of_the_csv(
    style: str,
    table: pd.DataFrame,
    layer: gpd.GeoDataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """To the row, however points are written and wherever batches end; geopandas reads nothing."""
    table.to_csv(tmp_path / "a.csv", index=False, quoting=csv.QUOTE_NONNUMERIC)
    expected, _ = read_places([tmp_path / "a.csv"], layer, MAPPED)
    assert expected.quality.left_out["no_coordinates"] == int(table["lon"].isna().sum()) > 50
    assert expected.quality.left_out["null_island"] == int((table["lon"] == 0).sum())
    assert expected.quality.left_out["repeated_id"] > 100
    path = write(tmp_path / "a.parquet", of_rows(table), style)
    monkeypatch.setattr(geoparquet, "_BATCH", 333)
    monkeypatch.setattr(gpd, "read_parquet", None)
    found, _ = read_places([path], layer)
    pd.testing.assert_frame_equal(found.table, expected.table, check_exact=True)
    assert found.quality.rows_read == len(table)
    assert found.quality.left_out == expected.quality.left_out
    assert found.quality.categories == expected.quality.categories
    assert [(file["name"], file["rows"]) for file in found.quality.files] == [("a.parquet", 5000)]


def test_files_mix(table: pd.DataFrame, layer: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """Two GeoParquet files and a CSV are read together, an id counts once in all of them."""
    table.to_csv(tmp_path / "a.csv", index=False)
    expected, _ = read_places([tmp_path / "a.csv"], layer, MAPPED)
    paths = [
        write(tmp_path / "one.parquet", of_rows(table[:900]), "plain"),
        write(tmp_path / "two.geoparquet", of_rows(table[900:2000]), "separated"),
        tmp_path / "three.csv",
    ]
    table[2000:].to_csv(paths[2], index=False)
    found, _ = read_places(paths, layer, MAPPED)
    pd.testing.assert_frame_equal(found.table, expected.table, check_exact=True)
    assert found.quality.left_out == expected.quality.left_out
    assert [file["rows"] for file in found.quality.files] == [900, 1100, 3000]


# a number whose exponent has three digits counts as unreadable, which 1e-300 need not be
NUMBERS = st.one_of(
    st.floats(-0.4, 0.0), st.floats(51.8, 52.0), st.floats(allow_nan=True, allow_infinity=True)
).filter(lambda value: not 0 < abs(value) < 1e-90)
SHAPES = st.one_of(st.none(), st.tuples(NUMBERS, NUMBERS))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(shapes=st.lists(SHAPES, min_size=1, max_size=30))
def test_any_numbers_are_read_as_points_in_memory_are(
    shapes: list[tuple[float, float] | None], tmp_path: Path
) -> None:
    """Not a number, infinite, missing, minus nought: counted as for a GeoDataFrame."""
    rows = gpd.GeoDataFrame(
        {"category": ["a"] * len(shapes)},
        geometry=[None if shape is None else shapely.Point(shape) for shape in shapes],
        crs=4326,
    )
    rows.to_parquet(tmp_path / "a.parquet")
    fair = [
        shape is not None and abs(shape[0]) <= 180 and abs(shape[1]) <= 90 and
        not (abs(shape[0]) < 0.01 and abs(shape[1]) < 0.01)
        for shape in shapes
    ]  # fmt: skip
    if not any(fair):
        with pytest.raises(InputError, match=r"None of .* rows can be used"):
            read_places([tmp_path / "a.parquet"], None)
        return
    found, _ = read_places([tmp_path / "a.parquet"], None)
    expected, _ = read_places(rows, None)
    pd.testing.assert_frame_equal(found.table, expected.table, check_exact=True)
    assert found.quality.left_out == expected.quality.left_out
    assert found.quality.rows_kept == sum(fair)
    missing = [shape is None or any(map(math.isnan, shape)) for shape in shapes]
    assert found.quality.left_out["no_coordinates"] == sum(missing)


@pytest.mark.parametrize("crs", ["EPSG:27700", "EPSG:4277", "OGC:CRS84", "EPSG:32630"])
def test_the_crs_is_that_of_the_metadata(
    crs: str, table: pd.DataFrame, layer: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    """National grid, another datum, degrees by another name, another zone: as in memory."""
    rows = of_rows(table[10:1500]).to_crs(crs)
    rows.to_parquet(tmp_path / "a.parquet")
    found, _ = read_places([tmp_path / "a.parquet"], layer)
    expected, _ = read_places(rows, layer)
    pd.testing.assert_frame_equal(found.table, expected.table, check_exact=True)
    assert found.quality.left_out == expected.quality.left_out
    assert found.quality.rows_kept > 500


def changed(path: Path, **changes: Any) -> None:
    """Change what a file says of its geometry; None removes it."""
    found = pq.read_table(path)
    said = json.loads(found.schema.metadata[b"geo"])
    column = said["columns"]["geometry"]
    for name, value in changes.items():
        if value == "remove":
            del column[name]
        else:
            column[name] = value
    metadata = {**found.schema.metadata, b"geo": json.dumps(said).encode()}
    pq.write_table(found.replace_schema_metadata(metadata), path)


def test_a_file_without_a_crs_is_in_longitude_and_latitude(
    table: pd.DataFrame, layer: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    """As the format says; a CRS that is stated to be unknown is refused."""
    path = write(tmp_path / "a.parquet", of_rows(table), "plain")
    expected, _ = read_places([path], layer)
    changed(path, crs="remove")
    found, _ = read_places([path], layer)
    pd.testing.assert_frame_equal(found.table, expected.table, check_exact=True)
    changed(path, crs=None)
    with pytest.raises(InputError, match=r"a\.parquet has no geometry with a CRS; set it"):
        read_places([path], layer)


def put(path: Path, row: int, geometry: bytes) -> None:
    """Put other bytes in place of one point."""
    found = pq.read_table(path)
    written = found["geometry"].to_pylist()
    written[row] = geometry
    place = found.schema.get_field_index("geometry")
    column = pa.array(written, pa.binary())
    pq.write_table(found.set_column(place, "geometry", column), path)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda path: put(path, 4000, shapely.to_wkb(shapely.box(0, 0, 1, 1))),
            r"a\.parquet: row 4001 is a Polygon; incidents must be points\.",
        ),
        (
            lambda path: put(path, 4999, b"\x01\x01\x00\x00\x00short"),
            r"a\.parquet: row 5000 is damaged; incidents must be points\.",
        ),
        (lambda path: put(path, 3, b"\x07" * 21), r"row 4 is damaged"),
        (
            lambda path: changed(path, encoding="linestring"),
            r"a\.parquet holds geometry written as linestring; incidents must be points\.",
        ),
        (lambda path: changed(path, encoding="remove"), "no readable GeoParquet metadata"),
        (lambda path: changed(path, crs="EPSG:1"), "'EPSG:1' is not a CRS"),
        (lambda path: path.write_bytes(path.read_bytes()[:-9]), r"Cannot read .*a\.parquet: "),
    ],
    ids=["polygon", "short", "noise", "lines", "metadata", "crs", "cut"],
)
def test_bad_files_are_one_line(
    spoil: Any, words: str, table: pd.DataFrame, layer: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    """What is wrong, in which row, in one line."""
    path = write(tmp_path / "a.parquet", of_rows(table), "row groups")
    spoil(path)
    with pytest.raises(InputError, match=words) as caught:
        read_places([path], layer)
    assert "\n" not in str(caught.value)


def test_content_that_is_cut_out_is_one_line(
    table: pd.DataFrame, layer: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    """A damaged page shows only when it is read: the file is named then."""
    path = write(tmp_path / "a.parquet", of_rows(table), "plain")
    content = bytearray(path.read_bytes())
    content[200:4000] = bytes(3800)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"Cannot read incidents from a\.parquet: ") as caught:
        read_places([path], layer)
    assert "\n" not in str(caught.value)


def test_two_crs_are_refused(table: pd.DataFrame, layer: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """Files read together need one CRS; the message names both files."""
    rows = of_rows(table[10:200])
    rows.to_parquet(tmp_path / "a.parquet")
    rows.to_crs(27700).to_parquet(tmp_path / "b.parquet")
    words = r"a\.parquet is in EPSG:4326 and b\.parquet in EPSG:27700; files read together"
    with pytest.raises(InputError, match=words):
        read_places([tmp_path / "a.parquet", tmp_path / "b.parquet"], layer)


def test_a_missing_column_is_named(
    table: pd.DataFrame, layer: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    """As for other files."""
    path = write(tmp_path / "a.parquet", of_rows(table), "plain")
    with pytest.raises(InputError, match=r"a\.parquet has no column Kind; found: date, category"):
        read_places([path], layer, IntakeSettings(columns={"category": "Kind"}))


def test_a_refresh_knows_the_file(
    table: pd.DataFrame,
    layer: gpd.GeoDataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its groups are kept and found again; its points are not read a second time."""
    path = write(tmp_path / "a.parquet", of_rows(table), "plain")
    store = Store(tmp_path / "places")
    expected, _ = read_places([path], layer, store=store)
    store.save()
    monkeypatch.setattr(geoparquet.Streams, "open", None)
    found, _ = read_places([path], layer, store=Store(tmp_path / "places"))
    pd.testing.assert_frame_equal(found.table, expected.table, check_exact=True)
    assert found.quality == expected.quality


def test_moments_are_those_of_points_in_memory(
    table: pd.DataFrame, layer: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    """Timestamps, some missing, some of a clock with a zone, and their ends; the hours add up."""
    chance = np.random.default_rng(3)
    minutes = pd.to_timedelta(chance.integers(0, 500_000, len(table)), unit="min")
    start = pd.Series(pd.Timestamp("2024-01-01") + minutes)
    length = pd.to_timedelta(chance.integers(-300, 900, len(table)), unit="min")
    rows = of_rows(table).assign(
        date=start.where(chance.random(len(table)) < 0.9),
        end_date=(start + length).dt.tz_localize("Etc/GMT+5"),
    )
    rows.to_parquet(tmp_path / "a.parquet")
    found = read_moments([tmp_path / "a.parquet"], layer, need="hour")
    expected = read_moments(rows, layer, need="hour")
    pd.testing.assert_frame_equal(found.table, expected.table)
    assert (found.facts, found.finest, found.crs) == (expected.facts, expected.finest, expected.crs)
    assert found.table["weight"].sum() > 3000
    places, _ = read_places([tmp_path / "a.parquet"], layer)
    in_memory, _ = read_places(rows, layer)
    pd.testing.assert_frame_equal(places.table, in_memory.table, check_exact=True)


def test_points_in_memory_name_their_attributes(table: pd.DataFrame) -> None:
    """The geometry is none of them, whatever it is called."""
    rows = of_rows(table[:5]).rename_geometry("where")
    assert points.attributes(rows) == ["date", "category", "incident_id", "location"]


PEAK = r"""
import re, sys
from pathlib import Path
from hotspots.intake import read_districts, read_places
places, _ = read_places([sys.argv[1]], read_districts("Stevenage"))
peak_kb = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]
print(places.quality.rows_read, int(peak_kb) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Two hundred times the rows on the same spots: three million points stay out of memory."""
    chance = np.random.default_rng(1)
    peaks = []
    for number in (15_000, 3_000_000):
        spot = chance.integers(0, 5000, number)
        xy = np.column_stack([-0.2 + spot % 100 / 5000, 51.9 + spot // 100 / 5000])
        written = np.zeros(number, [("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
        written["order"], written["kind"], (written["x"], written["y"]) = 1, 1, xy.T
        ends = np.arange(number + 1, dtype=np.int32) * 21
        column = pa.Array.from_buffers(
            pa.binary(), number, [None, pa.py_buffer(ends), pa.py_buffer(written.tobytes())]
        )
        found = pa.table(
            {"geometry": column, "date": pa.array(["2021-01"] * number), "unused": pa.array(spot)}
        )
        said = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
        found = found.replace_schema_metadata({"geo": json.dumps({"version": "1.1.0", **said})})
        path = tmp_path / f"{number}.parquet"
        pq.write_table(found, path, row_group_size=200_000)
        run = subprocess.run(
            [sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True
        )
        rows, peak = map(int, run.stdout.split())
        assert rows == number
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 100
