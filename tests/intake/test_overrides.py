"""Reading overrides: what each says on the ground, and one line for everything that is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.errors import InputError
from hotspots.frames import OVERRIDES, names
from hotspots.intake import override_files, read_overrides, together
from hotspots.intake.overrides import carried_overrides

CRS = "EPSG:27700"
AUDIT = 'reason = "Why"\nauthor = "A. Smith"\ntime = 2026-03-01\n'


def toml(tmp_path: Path, *entries: str, audit: str = AUDIT) -> Path:
    """Write a file of overrides; the audit lines come on top of each."""
    path = tmp_path / "overrides.toml"
    text = "\n".join(f"[[overrides]]\n{entry}\n{audit}" for entry in entries)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_action_is_read(tmp_path: Path) -> None:
    """Each action with all that it needs; texts on one line, times in ISO."""
    path = toml(
        tmp_path,
        'action = "pin"\nhotspot = " LDS-01 "',
        'action = "forbid"\nlongitude = 1.716073973\nlatitude = 52.658007833',
        'action = "add"\noutline = "POLYGON ((0 0, 100 0, 100 100, 0 0))"\ncrs = "EPSG:27700"\n'
        'name = "New  place"\nhours = 100',
        'action = "move"\nhotspot = "LDS-02"\neast_m = 50\nnorth_m = -20.5',
        'action = "rename"\nhotspot = "LDS-03"\nname = "Market"',
        'action = "fix hours"\nhotspot = "LDS-04"\nhours = 500',
        'id = "mine"\naction = "lift"\noverride = "pin-abc"',
    )
    pin, forbid, add, move, rename, hours, lift = read_overrides(path, CRS)
    assert (pin.hotspot, pin.reason, pin.author, pin.time) == (
        "LDS-01", "Why", "A. Smith", "2026-03-01",
    )  # fmt: skip
    # the worked example of the Ordnance Survey: Caister water tower
    assert forbid.point == pytest.approx((651_409.804, 313_177.450), abs=5)
    assert add.area.equals(shapely.Polygon([(0, 0), (100, 0), (100, 100)]))
    assert (add.name, add.hours) == ("New place", 100.0)
    assert move.shift_m == (50.0, -20.5)
    assert rename.name == "Market"
    assert hours.hours == 500.0
    assert (lift.override_id, lift.lifts) == ("mine", "pin-abc")
    assert not pin.carried


def test_circles_and_squares(tmp_path: Path) -> None:
    """A square has its side squared; a circle of 64 corners 0.16 % less than pi r squared."""
    where = 'action = "add"\nlongitude = -1.5\nlatitude = 53.8\n'
    square, circle = read_overrides(
        toml(tmp_path, f"{where}side_m = 200", f"{where}radius_m = 100"), CRS
    )
    assert square.area.area == pytest.approx(40_000)
    assert circle.area.area == pytest.approx(3.14159265 * 10_000, rel=2e-3)
    assert square.area.centroid.distance(circle.area.centroid) < 0.01


def test_csv_says_the_same_as_toml(tmp_path: Path) -> None:
    """The same decisions have the same ids and ground, whichever file they stand in."""
    path = toml(
        tmp_path,
        'action = "add"\nlongitude = -1.5\nlatitude = 53.8\nside_m = 200',
        'action = "fix hours"\nhotspot = "LDS-04"\nhours = 500',
    )
    table = tmp_path / "overrides.csv"
    table.write_text(
        "action,hotspot,longitude,latitude,side_m,hours,reason,author,time\n"
        "add,,-1.5,53.8,200,,Why,A. Smith,2026-03-01\n"
        ",,,,,,,,\n"
        'fix hours,LDS-04,,,,500.0,Why,"A. Smith",2026-03-01\n',
        encoding="utf-8-sig",
    )
    one, other = read_overrides(path, CRS), read_overrides(table, CRS)
    assert [entry.override_id for entry in one] == [entry.override_id for entry in other]
    assert [entry.definition for entry in one] == [entry.definition for entry in other]


def test_outlines_from_files(tmp_path: Path) -> None:
    """A GeoJSON in degrees and WKT in metres are the same square; both files are named."""
    square = shapely.box(430_000, 433_000, 430_200, 433_200)
    layer = gpd.GeoDataFrame(geometry=[square], crs=CRS)
    layer.to_crs(4326).to_file(tmp_path / "square.geojson")
    (tmp_path / "square.wkt").write_text(square.wkt, encoding="utf-8")
    path = toml(
        tmp_path,
        'action = "add"\noutline = "square.geojson"',
        'action = "add"\noutline = "square.wkt"\ncrs = "EPSG:27700"',
    )
    for one in read_overrides(path, CRS):
        assert one.area.symmetric_difference(square).area < 10
        assert "POLYGON" in one.definition["outline"]
    assert [file.name for file in override_files(path)] == [
        "overrides.toml", "square.geojson", "square.wkt",
    ]  # fmt: skip


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    """No override is no error."""
    path = tmp_path / "none.toml"
    path.write_text("# nothing decided\n", encoding="utf-8")
    assert read_overrides(path, CRS) == []


WRONG = {
    "no action": ('hotspot = "A"', "action must be one of pin, forbid, add"),
    "unknown action": ('action = "ban"\nhotspot = "A"', "it is 'ban'"),
    "unknown key": ('action = "pin"\nhotspott = "A"', "did you mean 'hotspot'?"),
    "key of another action": ('action = "pin"\nhotspot = "A"\nhours = 3', "setting 'hours'"),
    "no target": ('action = "pin"', "say which hotspot is meant"),
    "two targets": (
        'action = "pin"\nhotspot = "A"\nlongitude = 1\nlatitude = 1', "2 are given",
    ),
    "half a point": ('action = "pin"\nlongitude = 1', "give longitude and latitude together"),
    "empty id": ('action = "pin"\nhotspot = " "', "hotspot must be a text and not empty"),
    "id of a number": ('action = "pin"\nhotspot = 3', "hotspot must be a text"),
    "longitude": ('action = "pin"\nlongitude = 200\nlatitude = 1', "-180 and 180; it is 200"),
    "not a number": ('action = "pin"\nlongitude = "x"\nlatitude = 1', "longitude must be a number"),
    "nan": ('action = "pin"\nlongitude = nan\nlatitude = 1', "longitude must be a number"),
    "true": ('action = "fix hours"\nhotspot = "A"\nhours = true', "hours must be a number"),
    "negative hours": ('action = "fix hours"\nhotspot = "A"\nhours = -1', "hours must be a number"),
    "no hours": ('action = "fix hours"\nhotspot = "A"', "hours is missing"),
    "no name": ('action = "rename"\nhotspot = "A"', "name is missing"),
    "nothing lifted": ('action = "lift"', "override is missing"),
    "no ground": ('action = "add"\nname = "x"', "give its ground"),
    "point alone": ('action = "add"\nlongitude = 1\nlatitude = 1', "give its ground"),
    "two sizes": (
        'action = "add"\nlongitude = 1\nlatitude = 1\nside_m = 5\nradius_m = 5', "give one of them",
    ),
    "size and outline": (
        'action = "add"\noutline = "POLYGON ((0 0, 1 0, 1 1, 0 0))"\nradius_m = 5',
        "give one of them",
    ),
    "radius": ('action = "add"\nlongitude = 1\nlatitude = 1\nradius_m = 0', "radius_m must be"),
    "moved nowhere": ('action = "move"\nhotspot = "A"', "give either east_m and north_m, or"),
    "half a way": ('action = "move"\nhotspot = "A"\neast_m = 5', "give east_m and north_m"),
    "crs alone": ('action = "add"\nlongitude = 1\nlatitude = 1\nside_m = 5\ncrs = "EPSG:27700"',
                  "crs says what an outline is in"),
    "bad crs": ('action = "add"\noutline = "POLYGON ((0 0, 1 0, 1 1, 0 0))"\ncrs = "nowhere"',
                "'nowhere' is not a CRS"),
    "bad WKT": ('action = "add"\noutline = "POLYGON (("', "outline is not valid WKT"),
    "a line": ('action = "add"\noutline = "LINESTRING (0 0, 1 1)"', "polygons; it is LineString"),
    "a bow tie": ('action = "add"\noutline = "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"',
                  "is not a valid polygon (Self-intersection"),
    "no such file": ('action = "add"\noutline = "none.geojson"', "neither WKT nor a file"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_one_line(tmp_path: Path, case: str) -> None:
    """The file, the number of the override, and what to do."""
    entry, message = WRONG[case]
    with pytest.raises(InputError) as caught:
        read_overrides(toml(tmp_path, entry), CRS)
    said = str(caught.value)
    assert message in said
    assert "\n" not in said
    assert "overrides.toml, override 1" in said


@pytest.mark.parametrize(
    ("audit", "message"),
    [
        ('author = "A"\ntime = 2026-03-01', "reason is missing; every override says its reason"),
        ('reason = "  "\nauthor = "A"\ntime = 2026-03-01', "reason must be a text and not empty"),
        ('reason = "x"\ntime = 2026-03-01', "author is missing"),
        ('reason = "x"\nauthor = ""\ntime = 2026-03-01', "author must be a text and not empty"),
        ('reason = "x"\nauthor = "A"', "time is missing"),
        (
            'reason = "x"\nauthor = "A"\ntime = "yesterday"',
            "time must be a date such as 2026-03-01",
        ),
        ('reason = "x"\nauthor = "A"\ntime = "2026-13-01"', "it is '2026-13-01'"),
        ('reason = "x"\nauthor = "A"\ntime = 14:30:00', "time must be a date"),
        ('reason = "x"\nauthor = "A"\ntime = 20260301', "it is 20260301"),
    ],
)
def test_no_override_without_reason_author_and_time(
    tmp_path: Path, audit: str, message: str
) -> None:
    """Each of the three is required, and the time is a date."""
    path = toml(tmp_path, 'action = "pin"\nhotspot = "A"', audit=audit)
    with pytest.raises(InputError) as caught:
        read_overrides(path, CRS)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.toml", None, "There is no overrides file"),
        ("o.txt", "", "ends in neither .toml nor .csv"),
        ("o.toml", "[[overrides]", "is not valid TOML"),
        ("o.toml", "overides = []", "did you mean 'overrides'?"),
        ("o.toml", "overrides = 3", "each under a line [[overrides]]"),
        ("o.csv", "action,hotspott\n", "did you mean 'hotspot'?"),
        ("o.csv", "action,hotspot\npin,A,because, of\n", "4 cells stand under 2 columns"),
        ("o.csv", "action,hotspot,reason,author,time\npin,A,,B,2026-01-01\n", "reason is missing"),
    ],
)
def test_broken_files(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    """A file that is missing or cannot be read is one line, too."""
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_overrides(tmp_path / name, CRS)
    assert message in str(caught.value)
    (tmp_path / "latin.toml").write_bytes(b'x = "\xe9"')
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_overrides(tmp_path / "latin.toml", CRS)


def test_the_same_override_twice(tmp_path: Path) -> None:
    """Word for word the same is refused; the same with another reason is another override."""
    path = toml(tmp_path, *['action = "pin"\nhotspot = "A"'] * 2)
    with pytest.raises(InputError, match="stands there twice"):
        read_overrides(path, CRS)


def kept(*rows: dict[str, Any]) -> pd.DataFrame:
    """A table of overrides as a plan holds it."""
    plain = dict.fromkeys(names(OVERRIDES), "") | {
        "action": "pin", "status": "in force", "officer_hours": float("nan"),
    }  # fmt: skip
    return pd.DataFrame([plain | row for row in rows])


def test_a_plan_carries_its_overrides(tmp_path: Path) -> None:
    """Read back with the ground that was found; what was lifted and what lifts stay behind."""
    given = read_overrides(toml(tmp_path, 'action = "pin"\nhotspot = "C040"'), CRS)[0]
    place = shapely.box(0, 0, 100, 100)
    record = {**given.definition, "place": place.wkt, "ground_crs": CRS}
    table = kept(
        {
            "override_id": given.override_id,
            "hotspot_id": "LDS-07",
            "definition": json.dumps(record),
        },
        {"override_id": "gone", "status": "lifted", "definition": "{}"},
        {"override_id": "lift-1", "action": "lift", "definition": "{}"},
    )
    (back,) = carried_overrides(table, "The plan", CRS)
    assert back.carried
    assert back.hotspot == "LDS-07"
    assert back.place.equals(place)
    assert back.definition == given.definition
    # the file says the same again: the kept one stays, as it knows its place
    assert together([back], [given]) == [back]
    other = toml(tmp_path, f'id = "{given.override_id}"\naction = "pin"\nhotspot = "C041"')
    anew = read_overrides(other, CRS)
    assert together([back], anew) == anew


@pytest.mark.parametrize(
    ("definition", "message"),
    [("{", "cannot be read"), ("[]", "is not a table"), ('{"action": "pin"}', "reason is missing"),
     ('{"action": "pin", "hotspot": "A", "reason": "x", "author": "A", "time": "2026-01-01", '
      '"place": "POINT"}', "its place is not valid WKT")],
)  # fmt: skip
def test_a_plan_whose_overrides_are_broken(definition: str, message: str) -> None:
    """One line that names the override."""
    with pytest.raises(InputError) as caught:
        carried_overrides(kept({"override_id": "pin-1", "definition": definition}), "The plan", CRS)
    assert message in str(caught.value)
    assert "pin-1" in str(caught.value)


@given(st.dictionaries(st.sampled_from(["action", "id", "hotspot", "longitude", "latitude",
                                        "outline", "reason", "author", "time", "hours"]),
                       st.one_of(st.text(max_size=8), st.integers(), st.floats(), st.booleans(),
                                 st.none(), st.lists(st.integers(), max_size=2),
                                 st.sampled_from(["pin", "add", "2026-01-01"]))))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_anything_else_is_refused_in_one_line(entry: dict[str, Any]) -> None:
    """Whatever stands in a definition: an override, or one line."""
    table = kept({"override_id": "x", "definition": json.dumps(entry)})
    try:
        (found,) = carried_overrides(table, "The plan", CRS)
    except InputError as error:
        said = str(error)
    else:
        said = f"{found.reason} {found.author} {found.time}"
    assert len(said.split()) >= 3
    assert len(said.splitlines()) == 1
