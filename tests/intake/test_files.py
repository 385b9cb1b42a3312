"""The same rows give the same places, whatever the file looks like."""

from __future__ import annotations

import csv
import gzip
import io
import random
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from hotspots.errors import InputError
from hotspots.intake import read_districts, read_places
from hotspots.settings import IntakeSettings


@pytest.fixture(scope="module")
def layer(halves):
    """The two rectangles as districts."""
    return read_districts(halves)


@pytest.fixture(scope="module")
def rows(town_rows):
    """Two hundred rows of the town, some with ids, which repeat, and with other categories."""
    chance = random.Random(5)
    chosen = [dict(row) for row in town_rows[:200]]
    for number, row in enumerate(chosen):
        row["Crime type"] = chance.choice(["Anti-social behaviour", "Robbery", "Drugs"])
        row["Crime ID"] = f"id{number % 60}" if number % 2 else ""
    return chosen


@pytest.fixture(scope="module")
def expected(rows, layer, write_street, tmp_path_factory):
    """Places of the plain CSV; its weights are counted in test_accounting."""
    path = write_street(tmp_path_factory.mktemp("plain") / "plain.csv", rows)
    return read_places([path], layer)[0]


def same_places(places, expected):
    pd.testing.assert_frame_equal(places.table, expected.table)
    assert places.quality.rows_read == expected.quality.rows_read
    assert places.quality.left_out == expected.quality.left_out


@pytest.mark.parametrize(
    "style",
    [
        {"line_end": "\r\n"},
        {"delimiter": ";"},
        {"delimiter": "\t"},
        {"delimiter": "|"},
        {"encoding": "utf-8-sig"},
        {"delimiter": ";", "line_end": "\r\n", "encoding": "utf-8-sig"},
    ],
    ids=str,
)
def test_delimiter_line_end_and_byte_order_mark_do_not_matter(
    style, rows, layer, expected, write_street, tmp_path
):
    """Semicolons, tabs, bars, CRLF and a byte order mark are seen by themselves."""
    path = write_street(tmp_path / "styled.csv", rows, **style)
    same_places(read_places([path], layer)[0], expected)


@pytest.mark.parametrize("name", ["a.csv.gz", "A.CSV.GZ"])
def test_a_gzipped_csv_is_read(name, rows, layer, expected, write_street, tmp_path):
    """Packed by Python's gzip, whatever the case of the suffix."""
    plain = write_street(tmp_path / "plain.csv", rows)
    packed = tmp_path / name
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    same_places(read_places([packed], layer)[0], expected)


def test_files_may_differ_in_style_and_columns(rows, layer, expected, write_street, tmp_path):
    """One file in commas, one in semicolons, one with its columns in another order."""
    paths = [
        write_street(tmp_path / "one.csv", rows[:50]),
        write_street(tmp_path / "two.csv", rows[50:120], delimiter=";", line_end="\r\n"),
        tmp_path / "three.csv",
    ]
    pd.DataFrame(rows[120:])[sorted(rows[0])].to_csv(paths[2], index=False)
    same_places(read_places(paths, layer)[0], expected)


def test_a_street_name_may_hold_commas_quotes_and_line_ends(street_row, layer, tmp_path):
    """Quoted as the csv module quotes them, they are one row each."""
    names = ["High Street, North", 'The "Old" Road', "Line\nend", "semi;colon", "tab\there"]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, street_row().keys(), lineterminator="\n")
    writer.writeheader()
    for number, name in enumerate(names):
        writer.writerow(street_row(Location=name, Longitude=f"-0.20{number}000"))
    path = tmp_path / "quoted.csv"
    path.write_text(text.getvalue(), newline="")
    places, _ = read_places([path], layer)
    assert places.quality.rows_kept == len(names)
    assert set(places.table["location"]) == set(names)


def pack(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def download(rows, write_street, tmp_path) -> dict[str, bytes]:
    """Files of a download: two street files, with what lies beside them."""
    one = write_street(tmp_path / "one.csv", rows[:90]).read_bytes()
    two = write_street(tmp_path / "two.csv", rows[90:]).read_bytes()
    return {
        "2021-01/2021-01-x-street.csv": one,
        "2021-02/2021-02-x-street.csv": two,
        "2021-01/2021-01-x-outcomes.csv": b"Crime ID,Month\nz,2021-01\n",
        "2021-01/2021-01-x-stop-and-search.csv": b"Type,Date\nPerson search,2021-01-01\n",
        "__MACOSX/2021-01/._2021-01-x-street.csv": b"\0\1",
    }


def test_a_zip_is_read_and_other_files_are_passed_over(download, layer, expected, tmp_path):
    """Outcomes and stop-and-search files are not incidents; the report says so."""
    places, _ = read_places([pack(tmp_path / "download.zip", download)], layer)
    same_places(places, expected)
    assert any("2 incident files read, 2 other files" in text for text in places.quality.warnings)
    assert [file["rows"] for file in places.quality.files] == [200]


def test_a_folder_tree_is_read_and_other_files_are_passed_over(download, layer, expected, tmp_path):
    """The same download unpacked."""
    tree = tmp_path / "tree"
    for name, content in download.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(content)
    places, _ = read_places([tree], layer)
    same_places(places, expected)
    assert any("2 incident files read, 2 other files" in text for text in places.quality.warnings)
    assert [(file["name"], file["rows"]) for file in places.quality.files] == [
        ("2021-01/2021-01-x-street.csv", 90),
        ("2021-02/2021-02-x-street.csv", 110),
    ]


def test_zips_and_files_mix(rows, layer, expected, write_street, tmp_path):
    """Two archives and a file, each with its own number of rows."""
    one = write_street(tmp_path / "a-street.csv", rows[:50])
    two = write_street(tmp_path / "b-street.csv", rows[50:120])
    paths = [
        pack(tmp_path / "one.zip", {"a-street.csv": one.read_bytes()}),
        pack(tmp_path / "two.zip", {"a-street.csv": two.read_bytes()}),
        write_street(tmp_path / "c.csv", rows[120:]),
    ]
    places, _ = read_places(paths, layer)
    same_places(places, expected)
    assert [file["rows"] for file in places.quality.files] == [50, 70, 80]


@pytest.mark.parametrize("name", ["x[1].csv", "x*.csv", "x?.csv", "x{1,2}.csv", "it's; x.csv"])
def test_a_file_name_is_no_pattern(name, rows, layer, expected, write_street, tmp_path):
    """A bracket, star or question mark does not bring in the file beside it."""
    path = write_street(tmp_path / name, rows)
    write_street(tmp_path / "x1.csv", rows[:3])
    same_places(read_places([path], layer)[0], expected)


def test_a_folder_name_is_no_column(rows, layer, expected, write_street, tmp_path):
    """A folder called Month=1999-01 does not change the months of the rows."""
    path = write_street(tmp_path / "Month=1999-01" / "a-street.csv", rows)
    same_places(read_places([path.parent], layer)[0], expected)


def test_longitude_and_latitude_are_mapped(rows, layer, expected, tmp_path):
    """Own column names, dates of another format, and columns that mean something to an engine."""
    own = pd.DataFrame(
        {
            "filename": "x",
            "rank": 1,
            "x_text": "y",
            'say "hi"; DROP': "z",
            "Lon": [row["Longitude"] for row in rows],
            "Lat": [row["Latitude"] for row in rows],
            "when it was": [f"{row['Month'][5:]}/28/{row['Month'][:4]}" for row in rows],
            "kind": [row["Crime type"] for row in rows],
            "ref": [row["Crime ID"] for row in rows],
            "street": [row["Location"] for row in rows],
        }
    )
    path = tmp_path / "own.csv"
    own.to_csv(path, index=False)
    settings = IntakeSettings(
        columns={
            "longitude": "Lon",
            "latitude": "Lat",
            "date": "when it was",
            "category": "kind",
            "incident_id": "ref",
            "location": "street",
        },
        date_format="%m/%d/%Y",
        categories=("Anti-social behaviour", "Robbery"),
    )
    same_places(read_places([path], layer, settings)[0], expected)


def test_easting_and_northing_are_mapped(rows, layer, expected, tmp_path):
    """Grid metres made by pyproj from the same rows lie within a centimetre or two."""
    forward = Transformer.from_crs(4326, 27700, always_xy=True)
    east, north = forward.transform(
        [float(row["Longitude"]) for row in rows], [float(row["Latitude"]) for row in rows]
    )
    own = pd.DataFrame({"E": east, "N": north, "M": [row["Month"] for row in rows]})
    own["K"] = [row["Crime type"] for row in rows]
    own["I"] = [row["Crime ID"] for row in rows]
    path = tmp_path / "grid.csv"
    own.round(3).to_csv(path, index=False)
    settings = IntakeSettings(
        columns={"easting": "E", "northing": "N", "date": "M", "category": "K", "incident_id": "I"},
        crs="EPSG:27700",
        categories=("Anti-social behaviour", "Robbery"),
    )
    places, _ = read_places([path], layer, settings)
    assert places.quality.rows_kept == expected.quality.rows_kept
    for axis in ("x_m", "y_m"):
        ours = places.table.sort_values(["x_m", "y_m", "period"])[axis].to_numpy()
        theirs = expected.table.sort_values(["x_m", "y_m", "period"])[axis].to_numpy()
        assert abs(ours - theirs).max() < 0.02


def test_a_file_without_dates_is_taken_as_one_year(layer, tmp_path):
    """No date is mapped: 365 days, and the choice is announced."""
    path = tmp_path / "undated.csv"
    path.write_text("x,y\n-0.2,51.9\n-0.2,51.9\n")
    settings = IntakeSettings(columns={"longitude": "x", "latitude": "y"})
    places, choices = read_places([path], layer, settings)
    assert (places.days, list(places.months)) == (365, [])
    assert "no dates" in " ".join(str(choice) for choice in choices)


def test_months_asked_for_are_both_included(rows, layer, write_street, tmp_path):
    """From February to April, counted in the raw rows."""
    path = write_street(tmp_path / "a.csv", rows)
    settings = IntakeSettings(from_month="2021-02", to_month="2021-04")
    quality = read_places([path], layer, settings)[0].quality
    beyond = sum(not "2021-02" <= row["Month"] <= "2021-04" for row in rows)
    assert quality.left_out["outside_months"] == beyond > 0
    assert list(quality.months) == ["2021-02", "2021-03", "2021-04"]


SUFFIXES = [".gpkg", ".geojson", ".shp", ".kml", ".parquet", ".fgb"]


@pytest.fixture(scope="module")
def points(rows):
    """The rows as points."""
    names = {"Month": "date", "Crime type": "category", "Crime ID": "incident_id"}
    table = pd.DataFrame(rows).rename(columns={**names, "Location": "location"})
    xy = [table[name].astype(float) for name in ("Longitude", "Latitude")]
    kept = table[[*names.values(), "location"]]
    return gpd.GeoDataFrame(kept, geometry=gpd.points_from_xy(*xy), crs=4326)


PATROL = IntakeSettings(categories=("Anti-social behaviour", "Robbery"))


def test_points_in_memory_give_the_same_places(points, layer, expected):
    """A GeoDataFrame with our column names."""
    places, _ = read_places(points, layer, PATROL)
    same_places(places, expected)
    shuffled, _ = read_places(points.sample(frac=1, random_state=1), layer, PATROL)
    same_places(shuffled, expected)
    assert shuffled.quality.to_dict() == places.quality.to_dict()


def test_points_in_memory_may_have_timestamps(points, layer, expected):
    """Dates as pandas timestamps need no format."""
    stamped = points.assign(date=pd.to_datetime(points["date"], format="%Y-%m"))
    same_places(read_places(stamped, layer, PATROL)[0], expected)


def test_points_in_memory_are_not_changed(points, layer):
    """The argument is as it was before."""
    before = points.copy(deep=True)
    read_places(points, layer, PATROL)
    pd.testing.assert_frame_equal(points, before)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_vector_file_gives_the_same_places(suffix, points, layer, expected, tmp_path):
    """Written by geopandas and read by us; Shapefile cuts names at ten letters, so map them."""
    path = tmp_path / f"points{suffix}"
    if suffix == ".parquet":
        points.to_parquet(path)
    elif suffix == ".shp":
        points.rename(columns={"incident_id": "id"}).to_file(path)
    else:
        points.to_file(path, driver="LIBKML" if suffix == ".kml" else None)
    columns = {"incident_id": "id"} if suffix == ".shp" else {}
    settings = IntakeSettings(columns=columns, categories=PATROL.categories)
    places, _ = read_places([path], layer, settings)
    same_places(places, expected)
    assert places.quality.files[0]["name"] == path.name


def test_points_without_a_position_are_counted(points, layer):
    """Missing and empty geometries have no coordinates."""
    from shapely import Point

    holes = points.geometry.copy()
    holes.iloc[0], holes.iloc[1] = None, Point()
    quality = read_places(points.set_geometry(holes), layer, PATROL)[0].quality
    assert quality.left_out["no_coordinates"] == 2
    assert quality.rows_read == len(points)


def test_points_in_memory_need_a_crs_and_points(points, layer):
    """Tables without geometry, without CRS, or with lines are refused."""
    rings = shapely.linearrings([[[0, 0], [1, 0], [1, 1], [0, 0]]] * len(points))
    for wrong, words in [
        (points.set_crs(None, allow_override=True), "no geometry with a CRS"),
        (pd.DataFrame({"x": [1]}), "no geometry with a CRS"),
        (points.set_geometry(rings), "LinearRing; incidents must be points"),
    ]:
        with pytest.raises(InputError, match=words):
            read_places(wrong, layer)


def test_a_mapping_must_name_columns_that_are_there(points, layer, tmp_path):
    """In memory as in files, the missing column is named."""
    with pytest.raises(InputError, match="no column Kind"):
        read_places(points, layer, IntakeSettings(columns={"category": "Kind"}))
    path = tmp_path / "a.csv"
    path.write_text("Lon,Lat\n1,2\n")
    with pytest.raises(InputError, match=r"no column Long; found: Lon, Lat\."):
        read_places([path], layer, IntakeSettings(columns={"longitude": "Long", "latitude": "Lat"}))
    with pytest.raises(InputError, match="a position is longitude and latitude"):
        read_places([path], layer, IntakeSettings(columns={"longitude": "Lon"}))
    metres = IntakeSettings(columns={"easting": "Lon", "northing": "Lat"})
    with pytest.raises(InputError, match="give --crs"):
        read_places([path], layer, metres)
