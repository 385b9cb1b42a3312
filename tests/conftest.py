"""Data that several rooms are tested with: a made-up town, the bundled sample, real files."""

from __future__ import annotations

import csv
import io
import os
import random
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

import hotspots

HEADER = [
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
]

RowMaker = Callable[..., dict[str, str]]
StreetWriter = Callable[..., Path]


def _row(**changes: str) -> dict[str, str]:
    plain = dict.fromkeys(HEADER, "")
    plain |= {
        "Month": "2021-01",
        "Longitude": "-0.200000",
        "Latitude": "51.900000",
        "Location": "On or near High Street",
        "LSOA name": "Stevenage 001A",
        "Crime type": "Anti-social behaviour",
    }
    return plain | changes


@pytest.fixture(scope="session")
def street_row() -> RowMaker:
    """Make one row of a street file, in the middle of Stevenage unless told otherwise.

    Keywords are columns with spaces written as underscores: ``Crime_ID="x"``.
    """

    def make(**changes: str) -> dict[str, str]:
        return _row(**{name.replace("_", " "): value for name, value in changes.items()})

    return make


def _write(
    path: Path,
    rows: Iterable[Mapping[str, str]],
    *,
    delimiter: str = ",",
    line_end: str = "\n",
    encoding: str = "utf-8",
) -> Path:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER, delimiter=delimiter, lineterminator=line_end)
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.fixture(scope="session")
def write_street() -> StreetWriter:
    """Write rows as a street file with Python's csv module."""
    return _write


@pytest.fixture(scope="session")
def town_rows() -> list[dict[str, str]]:
    """A year of 900 incidents in Stevenage: three busy corners and a sparse rest."""
    chance = random.Random(20210101)
    corners = [(-0.2020, 51.9010), (-0.1850, 51.9100), (-0.2100, 51.8900)]
    rows = []
    for number in range(900):
        if number % 3:
            east, north = corners[number % len(corners) if number % 2 else 0]
            east, north = east + chance.gauss(0, 0.0004), north + chance.gauss(0, 0.0003)
        else:
            east, north = chance.uniform(-0.225, -0.155), chance.uniform(51.875, 51.928)
        rows.append(
            _row(
                Longitude=f"{east:.6f}",
                Latitude=f"{north:.6f}",
                Month=f"2021-{number % 12 + 1:02}",
                Location=f"On or near Road {number % 17}",
            )
        )
    return rows


@pytest.fixture(scope="session")
def town_file(town_rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town as a street file."""
    return _write(tmp_path_factory.mktemp("town") / "town-street.csv", town_rows)


@pytest.fixture(scope="session")
def halves() -> gpd.GeoDataFrame:
    """Two rectangles, 5 km x 8 km each, that share a border: East and West of Stevenage."""
    west = shapely.box(519_000, 220_000, 524_000, 228_000)
    east = shapely.box(524_000, 220_000, 529_000, 228_000)
    return gpd.GeoDataFrame({"district": ["West", "East"]}, geometry=[west, east], crs=27700)


@pytest.fixture(scope="session")
def sample_rows() -> list[dict[str, str]]:
    """Every row of the bundled West Yorkshire files, read by Python's csv module alone."""
    rows: list[dict[str, str]] = []
    with zipfile.ZipFile(hotspots.sample_incidents()) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith("-street.csv"):
                with archive.open(name) as packed:
                    rows += csv.DictReader(io.TextIOWrapper(packed, "utf-8", newline=""))
    return rows


@pytest.fixture(scope="session")
def sample_hotspots() -> hotspots.Targeting:
    """Hotspots of the bundled sample, with everything left to the rules; no test changes them."""
    return hotspots.identify(hotspots.sample_incidents(), "west-yorkshire")


@pytest.fixture(scope="session")
def reference_file() -> Callable[[str], Path]:
    """Find a file of real data that is not part of the repository, or skip the test."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("HOTSPOTS_REFERENCE_DATA", beside))

    def find(name: str) -> Path:
        if not (folder / name).is_file():
            pytest.skip(f"needs {name}; set HOTSPOTS_REFERENCE_DATA to the folder that holds it")
        return folder / name

    return find


@pytest.fixture(scope="session")
def hertfordshire_zip(reference_file: Callable[[str], Path]) -> Path:
    """Real street files of Hertfordshire, 2021."""
    return reference_file("hertfordshire-2021-street.zip")


@pytest.fixture(scope="session")
def hertfordshire_rows(hertfordshire_zip: Path) -> list[dict[str, str]]:
    """Every row of Hertfordshire, read by Python's csv module alone."""
    rows: list[dict[str, str]] = []
    with zipfile.ZipFile(hertfordshire_zip) as archive:
        for name in archive.namelist():
            with archive.open(name) as packed:
                rows += csv.DictReader(io.TextIOWrapper(packed, "utf-8", newline=""))
    return rows


@pytest.fixture(scope="session")
def hertfordshire_plan(hertfordshire_zip: Path) -> hotspots.Plan:
    """The whole run on Hertfordshire with the hours of Operation Hotspot's first year."""
    settings = hotspots.Settings.from_dict({"tasking": {"hours": 26_108.0}})
    return hotspots.run(hertfordshire_zip, "hertfordshire", settings=settings)
