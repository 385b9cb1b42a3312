"""Near repeats on the command line and in Python, from files with days."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

import hotspots
from hotspots.cli import main
from hotspots.errors import InputError, OutputError

ROOT = Path(__file__).parent.parent
COLUMNS = {"longitude": "lon", "latitude": "lat", "date": "day", "category": "kind"}
MAPPED = [part for ours, theirs in COLUMNS.items() for part in ("--column", f"{ours}={theirs}")]
MAPPED += ["--date-format", "%Y-%m-%d"]


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Made-up burglaries in Stevenage, each third one repeated at its place four days later."""
    chance = random.Random(1964)
    found = []
    for number in range(150):
        row = {
            "lon": f"{chance.uniform(-0.225, -0.155):.6f}",
            "lat": f"{chance.uniform(51.875, 51.928):.6f}",
            "kind": "Burglary",
        }
        first = date(2023, 1, 1) + timedelta(days=chance.randrange(350))
        found.append({**row, "day": first.isoformat()})
        if number % 3 == 0:
            found.append({**row, "day": (first + timedelta(days=4)).isoformat()})
            found.append({**row, "day": first.isoformat(), "kind": "Drugs"})
    return pd.DataFrame(found)


@pytest.fixture
def path(rows: pd.DataFrame, tmp_path: Path) -> Path:
    rows.to_csv(tmp_path / "burglaries.csv", index=False)
    return tmp_path / "burglaries.csv"


def test_the_planted_repeats_are_printed_and_written(path: Path, tmp_path: Path, capsys) -> None:
    """Fifty pairs at the same place within a week, in the terminal, in CSV and in JSON."""
    out = tmp_path / "repeats.csv"
    line = ["repeats", str(path), *MAPPED, "--category", "Burglary", "--draws", "399"]
    assert main([*line, "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"same place +\[0, 7\] +50 ", shown)
    assert "Most above chance: same place, [0, 7] days, with 50 pairs" in " ".join(shown.split())
    assert max(map(len, shown.partition("Written")[0].splitlines())) <= 80
    table = pd.read_csv(out)
    assert table.loc[0, ["observed", "p"]].tolist() == [50, 1 / 400]
    assert main([*line, "--json", "--out", str(tmp_path / "repeats.json")]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["incidents"] == 200
    assert printed["table"] == json.loads((tmp_path / "repeats.json").read_text("utf-8"))
    assert printed["table"][0]["over_m"] is None
    again = tmp_path / "again.csv"
    assert main([*line, "--out", str(again)]) == 0
    assert again.read_bytes() == out.read_bytes()


def test_the_order_of_rows_does_not_matter(rows: pd.DataFrame, path: Path, tmp_path: Path) -> None:
    """A shuffled file gives the same table, p included, with any number of threads."""
    shuffled = tmp_path / "shuffled.csv"
    rows.sample(frac=1, random_state=3).to_csv(shuffled, index=False)
    settings = hotspots.Settings.from_dict(
        {"intake": {"columns": COLUMNS, "date_format": "%Y-%m-%d"}}
    )
    one = hotspots.repeats(path, settings=settings, draws=50, workers=1)
    other = hotspots.repeats(shuffled, settings=settings, draws=50, workers=3)
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.incidents == other.incidents == 250
    assert (one.first_day, one.last_day) == (rows["day"].min(), rows["day"].max())
    assert one.crs == "EPSG:27700"


def test_districts_leave_out_what_lies_outside(path: Path, halves) -> None:
    """Incidents in the western half alone are paired, in the CRS of the districts."""
    settings = hotspots.Settings.from_dict(
        {"intake": {"columns": COLUMNS, "date_format": "%Y-%m-%d"}}
    )
    whole = hotspots.repeats(path, "stevenage", settings=settings, draws=1)
    west = hotspots.repeats(path, halves.iloc[:1], settings=settings, draws=1)
    east = hotspots.repeats(path, halves.iloc[1:], settings=settings, draws=1)
    assert west.incidents + east.incidents == 250
    assert 0 < west.incidents < 250
    assert whole.incidents <= 250
    assert whole.quality.rows_kept == whole.incidents


def test_too_few_draws_are_said_to_be_too_few(path: Path) -> None:
    """With 19 permutations and 20 bands no band can be told from chance."""
    settings = hotspots.Settings.from_dict(
        {"intake": {"columns": COLUMNS, "date_format": "%Y-%m-%d"}}
    )
    said = hotspots.repeats(path, settings=settings, draws=19).summary()
    assert "19 permutations are too few to tell any of 20 bands from chance; take 400" in said


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--space", "100,a"], "--space must be metres separated by commas"),
        (["--time", "7.5"], "--time must be whole days separated by commas"),
        (["--time", "14,7"], "rising whole days"),
        (["--space", "200,100"], "rising metres"),
        (["--draws", "0"], "draws must be 1 or more"),
        (["--out", "table.xlsx"], "ends in neither .csv nor .json"),
        (["--out", "no/such/folder/table.csv"], "there is no folder"),
        (["--to", "2023-01"], "needs 50 incidents or more; there are"),
        (["--date-format", "%Y/%m/%d"], "no date is written as '%Y/%m/%d'"),
        (["--category", "Piracy"], "needs 50 incidents or more; there are 0"),
    ],
)
def test_what_is_wrong_is_one_line(more: list[str], says: str, path: Path, capsys) -> None:
    """Status 2, and nothing on stdout."""
    assert main(["repeats", str(path), *MAPPED, "--draws", "1", *more]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert says in shown.err
    assert shown.err.splitlines()[-1].startswith("hotspots: ")


def test_months_are_refused(town_file: Path, capsys) -> None:
    """A street file has no days; the line says what is needed."""
    assert main(["repeats", str(town_file)]) == 2
    assert (
        "A near-repeat test needs the day of every incident, and this input gives months only"
        in capsys.readouterr().err
    )


def test_a_table_is_written_whole_or_not_at_all(path: Path, tmp_path: Path) -> None:
    """Where a folder has the name of the file nothing is left behind."""
    (tmp_path / "taken.csv").mkdir()
    settings = hotspots.Settings.from_dict(
        {"intake": {"columns": COLUMNS, "date_format": "%Y-%m-%d"}}
    )
    with pytest.raises(OutputError, match=r"taken\.csv"):
        hotspots.repeats(path, settings=settings, draws=1, out=tmp_path / "taken.csv")
    assert {item.name for item in tmp_path.iterdir()} == {"burglaries.csv", "taken.csv"}


def test_points_without_dates_are_refused(halves) -> None:
    """Points in memory need a column of dates."""
    import geopandas as gpd
    import numpy as np

    chance = np.random.default_rng(1)
    points = gpd.GeoDataFrame(
        {"category": ["a"] * 60},
        geometry=gpd.points_from_xy(*chance.uniform(521_000, 523_000, (2, 60)) - [[0], [298_000]]),
        crs=27700,
    )
    with pytest.raises(InputError, match="this input gives no dates"):
        hotspots.repeats(points, halves)


def test_the_documented_example_runs(tmp_path: Path) -> None:
    """The code of docs/repeats.md makes its file, and the command prints what the page shows."""
    page = (ROOT / "docs" / "repeats.md").read_text("utf-8")
    make, in_python = re.findall(r"```python\n(.*?)```", page, re.S)
    (command,) = re.findall(r"```sh\n(.*?)```", page, re.S)
    (shown,) = re.findall(r"```text\n(.*?)```", page, re.S)

    def run(arguments: list[str]) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(["-c", make])
    words = command.replace("\\\n", " ").split()
    assert words[:2] == ["hotspots", "repeats"]
    printed = run(["-m", *words])

    def without_p(text: str) -> list[list[str]]:
        """Rows of the table but for the last column, which random numbers decide."""
        return [line.split()[:-1] for line in text.splitlines() if "[" in line or "(" in line]

    assert without_p(printed)[:12] == without_p(shown)[:12]
    assert len(pd.read_csv(tmp_path / "repeats.csv")) == 12
    assert "Most above chance: (0, 100] m, [0, 7] days" in run(["-c", in_python])
