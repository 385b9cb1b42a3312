"""Stray points and far-flung districts: counted or refused, and nothing grows with them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.cli import main

GIVEN = ["--districts", "Stevenage", "--hotspots", "3", "--hours", "1000", "--min-incidents", "10"]

# What each stray row of a street file is counted as.
STRAYS = {
    "nought": ([("0", "0"), ("0.0001", "-0.0001"), ("-0.0", "0.000000")], "null_island"),
    "another country": ([("151.2", "-33.9"), ("-79.4", "43.7")], "outside_districts"),
    "exchanged": ([("51.9", "-0.2"), ("51.901", "-0.202")], "outside_districts"),
    "poles": ([("180", "90"), ("-180", "-90"), ("180", "0")], "outside_districts"),
    "wild": ([("1e308", "1e308"), ("-0.2", "-1e308"), ("1e999", "51.9")], "unreadable_coordinates"),
    "none": ([("NaN", "nan"), ("inf", "51.9"), ("-0.2", "-inf")], "unreadable_coordinates"),
    "beyond": ([("180.000001", "51.9"), ("-0.2", "90.1")], "unreadable_coordinates"),
    "metres": ([("523000", "224000"), ("-0.2", "224000")], "unreadable_coordinates"),
    "blank": ([("", ""), ("-0.2", ""), (" ", "51.9")], "no_coordinates"),
}


def planned(source: Path, out: Path, *options: str) -> dict[str, Any]:
    """What a run from the command line says of its data and settings, and its hotspots."""
    assert main(["run", str(source), *GIVEN, "--out", str(out), *options]) == 0
    quality = json.loads((out / "quality.json").read_text("utf-8"))
    record = json.loads((out / "run.json").read_text("utf-8"))
    hotspots = gpd.read_file(out / "plan.gpkg", layer="hotspots")
    return {"quality": quality, "settings": record["settings"], "hotspots": hotspots}


pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")


@pytest.fixture(scope="module")
def clean(town_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The town without stray points."""
    return planned(town_file, tmp_path_factory.mktemp("clean") / "out")


def with_rows(town_rows: Any, street_row: Any, strays: list[tuple[str, str]]) -> list[Any]:
    """The town's rows, with stray ones in front of them."""
    return [street_row(Longitude=x, Latitude=y) for x, y in strays] + list(town_rows)


@pytest.mark.parametrize("kind", STRAYS)
def test_stray_points_are_counted_and_change_nothing(
    kind: str,
    clean: dict[str, Any],
    town_rows: Any,
    street_row: Any,
    write_street: Any,
    tmp_path: Path,
) -> None:
    """They are left out for the right reason; settings and hotspots are those without them."""
    strays, reason = STRAYS[kind]
    rows = with_rows(town_rows, street_row, strays)
    found = planned(write_street(tmp_path / "a.csv", rows), tmp_path / "out")
    wanted = dict(clean["quality"]["left_out"])
    wanted[reason] += len(strays)
    assert found["quality"]["left_out"] == wanted
    assert found["quality"]["rows_read"] == clean["quality"]["rows_read"] + len(strays)
    assert found["quality"]["rows_kept"] == clean["quality"]["rows_kept"]
    assert found["settings"] == clean["settings"]
    pd.testing.assert_frame_equal(found["hotspots"], clean["hotspots"])
    far = len(strays) if reason == "outside_districts" else 0
    assert found["quality"]["facts"]["rows_far_outside"] == far
    said = [text for text in found["quality"]["warnings"] if "1,000 km from the districts" in text]
    assert [text.split()[0] for text in said] == ([str(far)] if far else [])


PEAK = r"""
import re, sys
from pathlib import Path
from hotspots.cli import main
assert main(sys.argv[1:]) == 0
print("PEAK", re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_memory_is_that_without_them(
    town_file: Path, town_rows: Any, street_row: Any, write_street: Any, tmp_path: Path
) -> None:
    """All of them at once: not 30 MB more."""
    strays = [spot for spots, _ in STRAYS.values() for spot in spots]
    spoilt = write_street(tmp_path / "a.csv", with_rows(town_rows, street_row, strays))
    peaks = []
    for source in (town_file, spoilt):
        command = [sys.executable, "-c", PEAK, "run", str(source), *GIVEN]
        command += ["--out", str(tmp_path / "out")]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks.append(int(re.search(r"PEAK (\d+)", run.stdout)[1]))  # type: ignore[index]
    assert peaks[1] - peaks[0] < 30_000


def test_wild_metres_are_counted(town_rows: Any, tmp_path: Path) -> None:
    """Eastings and northings: 1e308, infinite, beyond the Earth, exchanged, at 0, 0."""
    from pyproj import Transformer

    lonlat = np.array([[float(row["Longitude"]), float(row["Latitude"])] for row in town_rows])
    x, y = Transformer.from_crs(4326, 27700, always_xy=True).transform(*lonlat.T)
    # a millionth of a degree is 0.1 m: decimals keep every point where it was
    table = pd.DataFrame({"x": np.round(x, 2).astype(str), "y": np.round(y, 2).astype(str)})
    table["day"] = [f"{row['Month']}-{1 + place % 28:02}" for place, row in enumerate(town_rows)]
    options = ["--column", "easting=x", "--column", "northing=y", "--crs", "EPSG:27700"]
    options += ["--column", "date=day", "--date-format", "%Y-%m-%d"]
    table.to_csv(tmp_path / "clean.csv", index=False)
    before = planned(tmp_path / "clean.csv", tmp_path / "clean", *options)
    strays = [
        ("1e308", "1e308"), ("inf", "224000"), ("nan", "nan"), ("1e8", "9e9"),
        ("99999999", "-99999999"), ("224000", "523000"), ("0", "0"),
    ]  # fmt: skip
    added = pd.DataFrame(strays, columns=["x", "y"]).assign(day="2021-03-01")
    pd.concat([added, table]).to_csv(tmp_path / "a.csv", index=False)
    after = planned(tmp_path / "a.csv", tmp_path / "out", *options)
    wanted = dict(before["quality"]["left_out"])
    wanted["unreadable_coordinates"] += 4
    wanted["outside_districts"] += 2
    wanted["null_island"] += 1
    assert after["quality"]["left_out"] == wanted
    assert after["settings"] == before["settings"]
    pd.testing.assert_frame_equal(after["hotspots"], before["hotspots"])
    given = [str(tmp_path / "a.csv"), *options, "--districts", "Stevenage"]
    assert main(["check", *given]) == 0
    assert main(["repeats", *given, "--draws", "99"]) == 0


def test_a_look_without_districts_takes_them_all(
    town_rows: Any, street_row: Any, write_street: Any, tmp_path: Path
) -> None:
    """A check needs no districts, and is no less safe for it."""
    strays = [spot for spots, _ in STRAYS.values() for spot in spots]
    path = write_street(tmp_path / "a.csv", with_rows(town_rows, street_row, strays))
    assert main(["check", str(path)]) == 0


def layer(path: Path, shape: Any) -> str:
    """Write a layer of a square in Stevenage and of another district."""
    near = shapely.box(-0.22, 51.88, -0.16, 51.92)
    table = gpd.GeoDataFrame({"district": ["Near", "Other"]}, geometry=[near, shape], crs=4326)
    table.to_file(path)
    return str(path)


FAR = "districts nearer together (districts.only), or raise targeting.bandwidth_m"


@pytest.mark.parametrize(
    ("other", "options", "message"),
    [
        (shapely.box(151, -34, 151.1, -33.9), [], FAR),
        (shapely.box(0, 0, 0.1, 0.1), [], FAR),
        (shapely.box(1e300, 1e300, 1e301, 1e301), [], "Set the right CRS"),
        (shapely.box(-0.16, 51.88, -0.1, 51.92), ["--cell-size", "0.5"], "cell_size_m must be"),
        (
            shapely.box(-0.16, 51.88, -0.1, 51.92),
            ["--cell-size", "5000"],
            "Lower targeting.cell_size_m, or raise targeting.bandwidth_m",
        ),
        (
            shapely.box(3, 54, 3.1, 54.1),
            ["--cell-size", "2"],
            "raise targeting.cell_size_m or give fewer districts",
        ),
    ],
    ids=["Sydney", "nought", "wild", "half a metre", "5 km", "2 m"],
)
def test_guards_name_the_setting_to_change(
    other: Any,
    options: list[str],
    message: str,
    town_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Status 2 and one line before any grid is made, nothing written."""
    districts = layer(tmp_path / "layer.gpkg", other)
    out = tmp_path / "out"
    given = ["--districts", districts, "--name-column", "district", "--out", str(out), *options]
    assert main(["run", str(town_file), *given]) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("hotspots: ")
    assert message in last
    assert not out.exists() or not list(out.iterdir())
