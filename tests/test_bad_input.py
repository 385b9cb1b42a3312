"""Wrong input: one clear line, exit status 2, and nothing written."""

from __future__ import annotations

import contextlib
import gzip
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from hotspots.cli import main

SENTENCE = "hotspots: "


@pytest.fixture(scope="module")
def inputs(tmp_path_factory, town_file, town_rows, write_street, street_row, halves) -> Path:
    """A folder of inputs, good and bad."""
    folder = tmp_path_factory.mktemp("inputs")
    with contextlib.chdir(folder):
        make_inputs(town_file, town_rows, write_street, street_row, halves)
    return folder


@pytest.fixture
def here(inputs, monkeypatch) -> Path:
    """Work in the folder of inputs, which no test changes."""
    monkeypatch.chdir(inputs)
    return inputs


def make_inputs(town_file, town_rows, write_street, street_row, halves) -> None:
    good = town_file.read_bytes()
    files = {
        "good.csv": good,
        "empty.csv": b"",
        "header.csv": good.splitlines()[0] + b"\n",
        "binary.csv": bytes(range(256)),
        "utf16.csv": good.decode().encode("utf-16"),
        "cut.csv.gz": gzip.compress(good)[:2000],
        "own.csv": b"id,Lon,Lat,occurred_date,offence type\n1,-0.2,51.9,2021-01-01,theft\n",
        "grid.csv": b"ref,Easting,Northing\n1,523000,224000\n",
        "odd.csv": b"apple,pear\n1,2\n",
        "twice.csv": b"a,A,b\n1,2,3\n",
        "notes.docx": b"hello",
        "broken.toml": b"[targeting\nhotspots = 3\n",
        "unknown.toml": b"[targeting]\nhotpsots = 3\n",
        "type.toml": b'[targeting]\nhotspots = "three"\n',
        "text.geojson": b"hello",
        "floors.toml": b"[tasking]\nhotspot_floor_hours = 3000.0\n",
        "both.toml": b"[tasking]\nhours = 10\npounds = 10\n",
    }
    for name, content in files.items():
        Path(name).write_bytes(content)
    write_street(Path("metres.csv"), [street_row(Longitude="523000", Latitude="224000")] * 9)
    swapped = [
        row | {"Longitude": row["Latitude"], "Latitude": row["Longitude"]} for row in town_rows
    ]
    write_street(Path("swapped.csv"), swapped)
    write_street(Path("leeds.csv"), [street_row(Longitude="-1.55", Latitude="53.8")] * 50)
    point = [street_row(Month=f"2021-{number % 12 + 1:02}") for number in range(300)]
    write_street(Path("point.csv"), point)
    sparse = [
        street_row(Longitude=f"{-0.22 + n / 200:.3f}", Latitude=f"{51.88 + n / 300:.4f}")
        for n in range(12)
    ]
    write_street(Path("sparse.csv"), sparse)
    write_street(Path("drugs.csv"), [street_row(Crime_type="Drugs")] * 50)
    make_archives(good)
    make_districts(halves)


def make_archives(good: bytes) -> None:
    Path("folder").mkdir()
    Path("folder/readme.txt").write_text("nothing here")
    Path("hollow").mkdir()
    with zipfile.ZipFile("other.zip", "w") as archive:
        archive.writestr("2021-01/2021-01-x-outcomes.csv", "Crime ID\nz\n")
    with zipfile.ZipFile("whole.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("2021-01-x-street.csv", good)
    packed = bytearray(Path("whole.zip").read_bytes())
    Path("cut.zip").write_bytes(packed[: len(packed) // 2])
    spoilt = packed.copy()
    spoilt[300:400] = bytes(100)
    Path("spoilt.zip").write_bytes(spoilt)
    # bit 0 of the general purpose flags, in the local and in the central header
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    Path("locked.zip").write_bytes(packed)


def make_districts(halves: gpd.GeoDataFrame) -> None:
    halves.to_file("halves.gpkg")
    bow = shapely.Polygon([(519000, 220000), (529000, 228000), (529000, 220000), (519000, 228000)])
    shapes = {
        "bow": [bow],
        "overlap": [halves.geometry[0], shapely.box(520_000, 220_000, 529_000, 228_000)],
        "lines": list(halves.boundary),
    }
    for name, geometry in shapes.items():
        names = [f"District {number}" for number in range(len(geometry))]
        gpd.GeoDataFrame({"name": names}, geometry=geometry, crs=27700).to_file(f"{name}.gpkg")
    halves.assign(district=["West", " "]).to_file("blank.gpkg")
    halves.assign(a="x", b="y").drop(columns="district").to_file("nameless.gpkg")
    halves.to_file("nocrs.shp")
    Path("nocrs.prj").unlink()
    halves.iloc[:0].to_file("norows.gpkg")


#: what the case is -> arguments after `run`, and words that the one line must hold
CASES: dict[str, tuple[str, list[str]]] = {
    "missing file": ("none.csv --districts stevenage", ["no file or folder none.csv"]),
    "empty file": ("empty.csv --districts stevenage", ["empty.csv is empty"]),
    "header only": ("header.csv --districts stevenage", ["holds no incident rows"]),
    "binary": ("binary.csv --districts stevenage", ["binary.csv is not a text file"]),
    "utf-16": ("utf16.csv --districts stevenage", ["utf16.csv is not a text file"]),
    "cut gzip": ("cut.csv.gz --districts stevenage", ["cannot be read"]),
    "other columns": (
        "own.csv --districts stevenage",
        [
            "no column Longitude, Latitude, Month, Crime type",
            "found: id, Lon, Lat, occurred_date, offence type",
            "--column longitude=Lon --column latitude=Lat --column date=occurred_date",
            '--column category="offence type"',
        ],
    ),
    "grid columns": (
        "grid.csv --districts stevenage",
        ["--column easting=Easting --column northing=Northing", "--crs EPSG:27700"],
    ),
    "no guess": ("odd.csv --districts stevenage", ["found: apple, pear", "--column OURS=THEIRS"]),
    "columns twice": (
        "twice.csv --districts stevenage --column longitude=a --column latitude=b",
        ["repeated column: a, A, b"],
    ),
    "unknown kind": ("notes.docx --districts stevenage", ["notes.docx is of no known kind"]),
    "folder without street files": ("folder --districts stevenage", ["holds no street file"]),
    "empty folder": ("hollow --districts stevenage", ["holds no street file", "nothing"]),
    "zip without street files": (
        "other.zip --districts stevenage",
        ["other.zip holds no street file", "it holds 2021-01/2021-01-x-outcomes.csv"],
    ),
    "cut zip": ("cut.zip --districts stevenage", ["cut.zip cannot be unpacked", "again"]),
    "spoilt zip": ("spoilt.zip --districts stevenage", ["spoilt.zip cannot be unpacked"]),
    "locked zip": ("locked.zip --districts stevenage", ["locked.zip is encrypted", "password"]),
    "metres as degrees": (
        "metres.csv --districts stevenage",
        ["None of 9 rows can be used", "for metres map easting and northing"],
    ),
    "swapped": ("swapped.csv --districts stevenage", ["exchanged", "swap longitude and lat"]),
    "elsewhere": (
        "leeds.csv --districts stevenage",
        ["No incident lies inside the districts", "-1.55 to -1.55", "the districts -0.23"],
    ),
    "all on one point": (
        "point.csv --districts stevenage --hotspots 1",
        ["All 300 incidents inside the districts lie on 1 point"],
    ),
    "no selecting category": ("drugs.csv --districts stevenage", ["found: 'Drugs'"]),
    "unknown category": ("good.csv --districts stevenage --category Piracy", ["found: "]),
    "unknown force": ("good.csv --districts hertfordshier", ["nearest: ", "hertfordshire"]),
    "unknown district": ("good.csv --districts Watford,Stevnage", ["nearest: Stevenage"]),
    "no districts": ("good.csv", ["--districts", "run --help"]),
    "districts file missing": ("good.csv --districts none.gpkg", ["no districts file none.gpkg"]),
    "districts no polygons": ("good.csv --districts text.geojson", ["text.geojson"]),
    "districts without crs": ("good.csv --districts nocrs.shp", ["nocrs.shp has no CRS"]),
    "districts bow tie": ("good.csv --districts bow.gpkg", ["invalid", "--repair-districts"]),
    "districts overlap": ("good.csv --districts overlap.gpkg", ["'District 0' and 'District 1'"]),
    "districts lines": ("good.csv --districts lines.gpkg", ["not a polygon"]),
    "districts blank": ("good.csv --districts blank.gpkg", ["row 2 has no 'district'"]),
    "districts nameless": ("good.csv --districts nameless.gpkg", ["Give --name-column", "a, b"]),
    "districts column": (
        "good.csv --districts halves.gpkg --name-column town",
        ["no column 'town' for names; found: district"],
    ),
    "districts empty": ("good.csv --districts norows.gpkg", ["holds no district"]),
    "settings missing": ("good.csv --districts stevenage --config no.toml", ["no.toml"]),
    "settings broken": ("good.csv --districts stevenage --config broken.toml", ["not valid TOML"]),
    "settings unknown": (
        "good.csv --districts stevenage --config unknown.toml",
        ["Unknown setting 'hotpsots' in [targeting]; did you mean 'hotspots'?"],
    ),
    "settings type": ("good.csv --districts stevenage --config type.toml", ["a whole number"]),
    "negative hours": ("good.csv --districts stevenage --hours -5", ["hours", "above 0", "-5"]),
    "no hours": ("good.csv --districts stevenage --hours 0", ["hours", "above 0"]),
    "not a number of hours": ("good.csv --districts stevenage --hours nan", ["hours", "a number"]),
    "negative pounds": ("good.csv --districts stevenage --pounds -1", ["pounds", "above 0"]),
    "hours and pounds": (
        "good.csv --districts stevenage --hours 5 --pounds 5",
        ["not allowed with"],
    ),
    "both in settings": ("good.csv --districts stevenage --config both.toml", ["given twice"]),
    "no hotspots": ("good.csv --districts stevenage --hotspots 0", ["hotspots", "1 or more"]),
    "half a hotspot": ("good.csv --districts stevenage --hotspots 2.5", ["invalid int value"]),
    "fewer than districts": (
        "good.csv --districts halves.gpkg --hotspots 1",
        ["1", "2 districts"],
    ),
    "floors above the budget": (
        "good.csv --districts stevenage --hotspots 3 --hours 100 --config floors.toml",
        ["100", "9,000"],
    ),
    "out is a file": ("good.csv --districts stevenage --out good.csv", ["good.csv", "a file"]),
    "out below a file": ("good.csv --districts stevenage --out good.csv/x", ["good.csv", "file"]),
    "unknown option": ("good.csv --districts stevenage --hotspot-count 3", ["--hotspot-count"]),
    "option without value": ("good.csv --districts stevenage --hours", ["--hours", "expected"]),
    "column not mapped": ("own.csv --districts stevenage --column Lon", ["OURS=THEIRS"]),
    "unknown column name": ("own.csv --districts stevenage --column lng=Lon", ["'lng'"]),
    "months reversed": (
        "good.csv --districts stevenage --from 2021-05 --to 2021-02",
        ["2021-05 (from_month) or later"],
    ),
    "not a month": ("good.csv --districts stevenage --from May", ["such as 2021-04"]),
    "no such month": ("good.csv --districts stevenage --from 2030-01", ["no row lies in 2030-01"]),
    "date format": ("good.csv --districts stevenage --date-format %q", ["'%q'"]),
    "unknown crs": (
        "grid.csv --districts stevenage --column easting=Easting --column northing=Northing "
        "--crs mars",
        ["'mars' is not a CRS"],
    ),
}


def arguments(line: str, out: Path) -> list[str]:
    parts = ["run", *line.split()]
    return parts if "--out" in parts else [*parts, "--out", str(out)]


def complaint(stderr: str) -> str:
    """The one line of complaint, after lines of progress."""
    *before, last = stderr.splitlines()
    assert all(line.endswith(" ...") for line in before), stderr
    assert last.startswith(SENTENCE), stderr
    return last


def contents(folder: Path) -> dict[Path, tuple[int, int]]:
    """Every file below a folder with its size and time of change."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


@pytest.mark.parametrize("case", CASES)
def test_wrong_input_gives_one_clear_line(case, here, tmp_path, capsys):
    """What was wrong, what was given, what to do; status 2; nothing on stdout or on disk."""
    line, words = CASES[case]
    before = contents(here)
    assert main(arguments(line, tmp_path / "out")) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    last = complaint(shown.err)
    for word in words:
        assert word in last
    assert contents(here) == before
    assert not contents(tmp_path)


@pytest.mark.parametrize("case", ["locked zip", "districts bow tie", "fewer than districts"])
def test_the_process_complains_like_the_function(case, here, tmp_path):
    """No traceback and no warning of a library on stderr, status 2."""
    line, words = CASES[case]
    done = subprocess.run(
        [sys.executable, "-m", "hotspots", *arguments(line, tmp_path / "out")],
        cwd=here,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (2, "")
    last = complaint(done.stderr)
    assert all(word in last for word in words)
    assert not contents(tmp_path)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("good.csv --districts bow.gpkg", 2),
        ("good.csv --districts stevenage --hours 1 --config floors.toml", 2),
        ("sparse.csv --districts stevenage", 1),
    ],
)
def test_an_older_result_stays(line, status, here, tmp_path, capsys):
    """A run that fails leaves the files of the run before."""
    for name in ("map.html", "plan.gpkg"):
        (tmp_path / name).write_text("older")
    assert main(arguments(line, tmp_path)) == status
    assert sorted(path.name for path in tmp_path.iterdir()) == ["map.html", "plan.gpkg"]
    assert {path.read_text() for path in tmp_path.iterdir()} == {"older"}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user who can be refused")
def test_a_folder_that_cannot_be_written_is_told(here, tmp_path, capsys):
    """Before anything is read."""
    (tmp_path / "locked").mkdir(mode=0o500)
    assert main(arguments("good.csv --districts stevenage", tmp_path / "locked")) == 2
    assert "writing is not allowed" in complaint(capsys.readouterr().err)


def test_a_refused_folder_is_told(here, tmp_path, capsys, monkeypatch):
    """The same for whoever runs the tests: the system refuses to open a file there."""

    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert main(arguments("good.csv --districts stevenage", tmp_path / "out")) == 2
    assert "writing is not allowed there" in complaint(capsys.readouterr().err)


def test_a_file_that_may_not_be_read_is_told(here, capsys, monkeypatch):
    """Permission is refused at the first byte."""
    opened = Path.open

    def refuse(self, *mode, **options):
        if self.name == "good.csv":
            raise PermissionError(13, "Permission denied")
        return opened(self, *mode, **options)

    monkeypatch.setattr(Path, "open", refuse)
    assert main(["check", "good.csv"]) == 2
    assert "Cannot read good.csv: Permission denied" in complaint(capsys.readouterr().err)


def test_more_hotspots_than_candidates_is_no_error(here, tmp_path, capsys):
    """What there is comes back, with a note of how many were asked for."""
    line = "good.csv --districts stevenage --hotspots 500"
    assert main(arguments(line, tmp_path / "out")) == 0
    assert "500 hotspots were wanted" in " ".join(capsys.readouterr().out.split())
    assert (tmp_path / "out" / "map.html").stat().st_size > 0


def test_nothing_found_is_status_1(here, tmp_path, capsys):
    """Twelve incidents far apart are sound input, but no hotspot."""
    assert main(arguments("sparse.csv --districts stevenage", tmp_path / "out")) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "No hotspot was found" in complaint(shown.err)
    assert not contents(tmp_path)
