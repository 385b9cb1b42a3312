"""hotspots roster: from a plan.gpkg alone to the files that are handed out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hotspots
from hotspots.cli import main
from hotspots.errors import NothingFoundError
from hotspots.sharing import ROSTER_FILES

ROOT = Path(__file__).parent.parent
START = ["--from", "2027-04-05", "--weeks", "2"]


@pytest.fixture(scope="module")
def plan(town_file: Path, halves) -> hotspots.Plan:
    """A plan of the made-up town, three hotspots and 600 officer-hours."""
    settings = {"targeting": {"hotspots": 3, "every_district": False}, "tasking": {"hours": 600.0}}
    return hotspots.run(town_file, halves, settings=hotspots.Settings.from_dict(settings))


@pytest.fixture(scope="module")
def path(plan: hotspots.Plan, tmp_path_factory) -> Path:
    """The same plan as a file, in a folder without the incidents."""
    return hotspots.write_plan(plan, tmp_path_factory.mktemp("plan") / "plan.gpkg")


def test_the_command_writes_the_roster_of_a_plan_alone(path: Path, tmp_path: Path, capsys):
    """All files; the same tables as from the plan in memory; progress on stderr alone."""
    out = tmp_path / "rota"
    assert main(["roster", str(path), *START, "--out", str(out), "--json"]) == 0
    shown = capsys.readouterr()
    record = json.loads(shown.out)
    assert [Path(name).name for name in record["outputs"]] == list(ROSTER_FILES)
    assert {item.name for item in out.iterdir()} == set(ROSTER_FILES)
    assert "Making patrols ..." in shown.err
    plan = hotspots.read_plan(path)
    made = hotspots.roster(plan, from_date="2027-04-05", weeks=2)
    stops = pd.read_csv(out / "roster.csv", dtype=str)
    assert stops["arrive"].tolist() == made.stops["arrive"].tolist()
    for row in record["hotspots"]:
        assert abs(row["visits"] - row["planned_visits"]) <= 0.5
    assert sum(row["planned_hours"] for row in record["hotspots"]) == pytest.approx(600 * 2 / 52)


def test_a_plan_in_memory_and_its_file_give_one_roster(plan, path: Path, tmp_path: Path):
    """To the byte."""
    for name, given in (("memory", plan), ("file", path)):
        hotspots.roster(given, from_date="2027-04-05", weeks=2, out=tmp_path / name)
    for name in ROSTER_FILES:
        assert (tmp_path / "memory" / name).read_bytes() == (tmp_path / "file" / name).read_bytes()


def test_options_reach_the_roster(path: Path, tmp_path: Path, capsys):
    """Shifts, seed, marking, rule and share from the command line, on top of a settings file."""
    config = tmp_path / "roster.toml"
    config.write_text('[roster]\nfrom_date = "2027-03-29"\nseed = 3\nmarking = "OFFICIAL"\n')
    arguments = [
        "roster", str(path), "--config", str(config), "--weeks", "3", "--shift", "day=10:00-16:00",
        "--bank-holiday-rule", "skip", "--randomised-share", "0.5", "--marking", "SECRET",
        "--out", str(tmp_path / "rota"),
    ]  # fmt: skip
    assert main(arguments) == 0
    assert "have no patrols: Easter Monday (2027-03-29)" in " ".join(
        capsys.readouterr().out.split()
    )
    record = json.loads((tmp_path / "rota" / "roster.json").read_text("utf-8"))
    assert record["first_day"] == "2027-03-29"
    assert record["settings"]["seed"] == 3
    assert record["provenance"]["marking"] == "SECRET"
    assert record["randomised_pairs"] > 0
    stops = pd.read_csv(tmp_path / "rota" / "roster.csv")
    assert set(stops["shift"]) == {"day"}
    assert "2027-03-29" not in set(stops["date"])


def test_travel_times_are_used(plan, tmp_path: Path):
    """Ways between stops are those of the table."""
    ids = plan.hotspots["hotspot_id"].tolist()
    table = pd.DataFrame(
        [(a, b, 17.2) for a in ids for b in ids], columns=["from_id", "to_id", "m"]
    )
    table.rename(columns={"m": "minutes"}).to_csv(tmp_path / "times.csv", index=False)
    settings = hotspots.Settings.from_dict(
        {"roster": {"travel_times": str(tmp_path / "times.csv")}}
    )
    made = hotspots.roster(plan, from_date="2027-04-05", weeks=2, settings=settings)
    between = made.stops[made.stops["stop"] > 1]
    same = between["hotspot_id"].eq(made.stops["hotspot_id"].shift().loc[between.index])
    assert set(between.loc[~same, "way_minutes"]) == {18}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ([], "The roster has no first day; set roster.from_date or give --from."),
        (["--from", "5/4/2027"], "roster.from_date must be a day such as 2027-04-05"),
        ([*START, "--weeks", "60"], "roster.weeks is 60, and the programme has 52 weeks"),
        ([*START, "--shift", "late"], "--shift 'late' is not NAME=SPAN"),
        ([*START, "--shift", "a=08:00-12:00", "--shift", "a=12:00-16:00"], "given twice"),
        ([*START, "--shift", "tea=08:00-08:20"], "The shift 'tea' lasts"),
        ([*START, "--patrol-hours", "0.3"], "roster.patrol_hours is 0.3 h"),
        ([*START, "--travel-times", "no.csv"], "Cannot read the travel times no.csv"),
        ([*START, "--bank-holiday-rule", "work"], "invalid choice: 'work'"),
    ],
)
def test_what_is_wrong_is_one_line(
    more, says: str, path: Path, tmp_path: Path, monkeypatch, capsys
):
    """Status 2, one line on stderr after the progress, and no file."""
    monkeypatch.chdir(tmp_path)
    assert main(["roster", str(path), *more]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert says in shown.err
    assert shown.err.splitlines()[-1].startswith("hotspots: ")
    assert not list(tmp_path.rglob("*.*"))


def test_a_file_that_is_no_plan_is_refused(town_file: Path, tmp_path: Path, capsys):
    """As for the map."""
    out = str(tmp_path / "rota")
    assert main(["roster", str(town_file), *START, "--out", out]) == 2
    assert "town-street.csv" in capsys.readouterr().err


def test_a_plan_without_visits_has_no_roster(plan):
    """Said, not an empty workbook."""
    table = plan.allocation.table.assign(visits=0)
    empty = replace(plan, allocation=replace(plan.allocation, table=table, visits=None))
    with pytest.raises(NothingFoundError, match="no visit"):
        hotspots.roster(empty, from_date="2027-04-05")


def test_there_is_no_public_roster(plan, tmp_path: Path):
    """Times of patrols are never published."""
    settings = hotspots.Settings.from_dict({"sharing": {"audience": "public"}})
    with pytest.raises(hotspots.SettingsError, match="no public edition"):
        hotspots.roster(plan, from_date="2027-04-05", settings=settings, out=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_plan_is_not_changed(plan):
    """Neither its tables nor its settings."""
    before = plan.allocation.visits.copy(), plan.settings.to_dict()
    hotspots.roster(plan, from_date="2027-04-05", weeks=1)
    pd.testing.assert_frame_equal(plan.allocation.visits, before[0])
    assert plan.settings.to_dict() == before[1]


def test_hertfordshire_has_a_roster_for_a_year(hertfordshire_plan):
    """26,107.5 of 26,108 officer-hours in 26 hotspots: each to the visit, on every day."""
    made = hotspots.roster(hertfordshire_plan, from_date="2027-04-01", weeks=52)
    planned = hertfordshire_plan.allocation.table.set_index("hotspot_id")["visits"]
    found = made.hours.set_index("hotspot_id")["visits"]
    pd.testing.assert_series_equal(found.sort_index(), planned.sort_index(), check_names=False)
    assert made.hours["officer_hours"].sum() == 26_107.5
    starts = pd.to_datetime(made.patrols["start"], utc=True)
    assert starts.is_monotonic_increasing or made.patrols["date"].is_monotonic_increasing
    assert np.allclose(made.shifts["officer_hours"].sum(), 26_107.5)


def test_the_documented_example_runs(tmp_path: Path):
    """The commands and the code of docs/roster.md do what the page says."""
    page = (ROOT / "docs" / "roster.md").read_text("utf-8")
    commands = [
        line.replace("\\\n", " ")
        for block in re.findall(r"```sh\n(.*?)```", page, re.S)
        for line in re.split(r"(?<!\\)\n", block.strip())
    ]
    for command in commands:
        words = command.split()
        assert words[0] == "hotspots"
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
    assert {item.name for item in (tmp_path / "rota").iterdir()} == set(ROSTER_FILES)
    (code,) = re.findall(r"```python\n(.*?)```", page, re.S)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "patrols with" in done.stdout
