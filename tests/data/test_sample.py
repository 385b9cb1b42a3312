import csv
import hashlib
import io
import zipfile
from importlib.resources import files

import geopandas as gpd
import pytest

DATA = files("hotspots.data")
ZIP = DATA / "sample" / "west-yorkshire-july-2016-2018.zip"
README = (DATA / "sample" / "README.md").read_text(encoding="utf-8")
COLUMNS = [
    "Crime ID",
    "Month",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
]

# Counted in the original files with `csv`: rows, blank positions, blank crime IDs, different IDs.
COUNTS = {
    "2016-07": (27_176, 1_347, 7_429, 19_747),
    "2017-07": (28_537, 1_541, 5_955, 22_582),
    "2018-07": (31_635, 883, 5_442, 26_193),
}

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def months() -> dict[str, Rows]:
    with zipfile.ZipFile(io.BytesIO(ZIP.read_bytes())) as archive:
        return {
            name.split("/")[0]: list(csv.DictReader(archive.read(name).decode().splitlines()))
            for name in archive.namelist()
        }


def test_the_zip_has_the_layout_of_the_archive() -> None:
    """A folder a month and a street file in it, all with the same fixed time stamp."""
    with zipfile.ZipFile(io.BytesIO(ZIP.read_bytes())) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            f"{month}/{month}-west-yorkshire-street.csv" for month in COUNTS
        ]
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("month", COUNTS)
def test_no_row_is_missing(months: dict[str, Rows], month: str) -> None:
    """Rows, blank positions and crime IDs are as many as in the original file."""
    rows = months[month]
    ids = [row["Crime ID"] for row in rows]
    assert list(rows[0]) == COLUMNS
    assert {row["Month"] for row in rows} == {month}
    assert (
        len(rows),
        sum(not row["Longitude"] for row in rows),
        ids.count(""),
        len(set(ids) - {""}),
    ) == COUNTS[month]
    assert all(bool(row["Longitude"]) == bool(row["Latitude"]) for row in rows)


def test_crime_ids_are_short_and_still_tell_crimes_apart(months: dict[str, Rows]) -> None:
    """No ID of the originals occurs twice, so no shortened one may; only blanks repeat."""
    ids = [row["Crime ID"] for rows in months.values() for row in rows if row["Crime ID"]]
    assert {len(crime_id) for crime_id in ids} == {10}
    assert len(set(ids)) == len(ids)


def test_only_antisocial_behaviour_lacks_a_crime_id(months: dict[str, Rows]) -> None:
    """The police give no ID to anti-social behaviour, and one to every crime."""
    assert all(
        (row["Crime ID"] == "") == (row["Crime type"] == "Anti-social behaviour")
        for rows in months.values()
        for row in rows
    )


def test_incidents_fall_in_the_district_of_their_lsoa(months: dict[str, Rows]) -> None:
    """The sample and the boundaries come from different sources and agree on 99 % of rows."""
    rows = [row for rows in months.values() for row in rows if row["Longitude"]]
    points = gpd.GeoDataFrame(
        {"stated": [row["LSOA name"][:-5] for row in rows]},
        geometry=gpd.points_from_xy(
            [float(row["Longitude"]) for row in rows], [float(row["Latitude"]) for row in rows]
        ),
        crs=4326,
    )
    layer = (DATA / "boundaries" / "districts.geojson").read_bytes()
    districts = gpd.read_file(io.BytesIO(layer))
    found = points.sjoin(districts, how="left", predicate="within")
    assert len(found) == len(points)
    assert (found["stated"] == found["district"]).mean() > 0.99
    assert (found["police_force"] == "west-yorkshire").mean() > 0.99


def test_readme_states_the_checksum_and_the_counts() -> None:
    """The checksum in the README is that of the file beside it, and so are the counts."""
    assert hashlib.sha256(ZIP.read_bytes()).hexdigest() in README
    for month, counts in COUNTS.items():
        numbers = " | ".join(f"{count:,}" for count in counts)
        assert f"| {month} | {numbers} |" in README
