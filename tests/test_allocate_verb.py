"""hotspots allocate: other hours from a plan alone, its history, and refusals."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from hotspots import read_history, read_plan
from hotspots.cli import main

ASKED = ["--districts", "stevenage", "--hotspots", "3", "--hours", "1000"]

SETTINGS = """
[tasking]
pounds = 40_000
day_parts = { late = "15:00-23:00", night = "23:00-07:00" }
randomised_share = 0.2

[tasking.providers.police]
officers = { late = 2, night = 1, "Fri late" = 4 }

[tasking.providers.council]
pounds_per_hour = 22.5
least_hours = 100
day_parts = ["late"]
"""


@pytest.fixture(scope="module")
def made(town_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan for the town."""
    folder = tmp_path_factory.mktemp("made")
    assert main(["run", str(town_file), *ASKED, "--out", str(folder)]) == 0
    return folder / "plan.gpkg"


@pytest.fixture
def plan(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copy(made, tmp_path / "plan.gpkg"))


def test_other_hours_keep_the_hotspots(plan: Path, capsys) -> None:
    """Hours change, hotspots do not; the file keeps what it gave before, and why it changed."""
    before = read_plan(plan)
    assert main(["allocate", str(plan), "--hours", "500", "--note", "half the hours"]) == 0
    after = read_plan(plan)
    assert after.allocation.hours == 499.5
    assert after.hotspots["hotspot_id"].tolist() == before.hotspots["hotspot_id"].tolist()
    history = read_history(plan)
    assert history.plans["note"].tolist() == ["", "half the hours"]
    kept = history.allocation.set_index("hotspot_id")["officer_hours"]
    assert (
        kept.to_dict() == before.allocation.table.set_index("hotspot_id")["officer_hours"].to_dict()
    )
    rules = after.allocation.alternatives["rule"].tolist()
    assert "as last year" in rules
    assert "hours before" in capsys.readouterr().out


def test_it_equals_a_run_of_these_hours(plan: Path, town_file: Path, tmp_path: Path) -> None:
    """The hours are those that a whole run with the budget gives."""
    out = tmp_path / "other.gpkg"
    untouched = plan.read_bytes()
    assert main(["allocate", str(plan), "--hours", "700", "-o", str(out)]) == 0
    assert plan.read_bytes() == untouched
    again = tmp_path / "again"
    asked = [*ASKED[:-1], "700"]
    assert main(["run", str(town_file), *asked, "--out", str(again)]) == 0
    one, two = read_plan(out), read_plan(again / "plan.gpkg")
    assert one.allocation.table.equals(two.allocation.table)


def test_providers_from_a_settings_file(plan: Path, tmp_path: Path, capsys) -> None:
    """Partners, day parts and pounds come from a file, and all tables come back from the plan."""
    config = tmp_path / "tasking.toml"
    config.write_text(SETTINGS, encoding="utf-8")
    assert main(["allocate", str(plan), "--config", str(config), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "for £" in told["summary"]
    allocation = read_plan(plan).allocation
    assert allocation.method == "HiGHS"
    assert allocation.ledger is None
    assert allocation.spent_pounds <= 40_000
    hours = allocation.visits.groupby("provider")["officer_hours"].sum()
    assert hours["council"] >= 100 - 1e-6
    assert allocation.visits["randomised_visits"].sum() == pytest.approx(
        0.2 * allocation.visits["visits"].sum(), abs=2
    )
    assert set(allocation.prices["constraint"]) >= {"promised hours of council"}


# openpyxl does not know the extension in which Excel keeps data bars that begin at 0
@pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")
def test_sheets_of_a_plan_by_day_parts(town_file: Path, tmp_path: Path) -> None:
    """The workbook says when each hotspot is visited, in words, and hours are numbers."""
    parts = ["--day-part", "late=15:00-23:00", "--day-part", "night=23:00-07:00"]
    floors = ["--hotspot-floor", "50", "--max-gap", "4"]
    assert main(["run", str(town_file), *ASKED, *parts, *floors, "--out", str(tmp_path)]) == 0
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert {"Visits", "Prices", "Sensitivity"} <= set(book.sheetnames)
    rows = [row for row in book["Visits"].iter_rows(values_only=True) if row[0]]
    header = next(number for number, row in enumerate(rows) if "Weekday" in row)
    weekday = rows[header].index("Weekday")
    assert {row[weekday] for row in rows[header + 1 :]} <= {
        *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    }
    hours = rows[header].index("Officer-hours")
    total = sum(row[hours] for row in rows[header + 1 :])
    assert total == pytest.approx(read_plan(tmp_path / "plan.gpkg").allocation.hours)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--hours", "0.1"], "One visit costs 0.75"),
        (["--hours", "100", "--hotspot-floor", "50"], "The floors need"),
        (["--day-part", "late"], "--day-part 'late' is not NAME=HH:MM-HH:MM"),
        (["--day-part", "late=3-11"], "day_parts.late must be HH:MM-HH:MM"),
        (["--hours", "5", "--pounds", "5"], "not allowed with"),
        (["-o", "/none/plan.gpkg"], "/none"),
    ],
)
def test_wrong_input_leaves_the_plan(plan: Path, arguments: list[str], says: str, capsys) -> None:
    """Exit status 2, one line, and the plan is as it was."""
    before = plan.read_bytes()
    assert main(["allocate", str(plan), *arguments]) == 2
    assert says in capsys.readouterr().err.splitlines()[-1]
    assert plan.read_bytes() == before
    assert [path.name for path in plan.parent.iterdir()] == ["plan.gpkg"]
