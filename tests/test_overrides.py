"""Overrides from the command line: kept year after year, priced, shown everywhere, harmless."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
from geopandas.testing import assert_geodataframe_equal

import hotspots
from hotspots.cli import main
from hotspots.settings import Settings
from hotspots.tasking import allocate

pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")

OUTPUTS = ("map.html", "plan.gpkg", "plan.xlsx")
FIRST, SECOND = ("2021-01", "2021-08"), ("2021-05", "2021-12")
BY = 'author = "A. Smith"\ntime = 2026-03-01\n'

FILE = f"""
[[overrides]]
id = "market"
action = "pin"
hotspot = "C003"
reason = "Market days"
{BY}
[[overrides]]
id = "promise"
action = "fix hours"
hotspot = "STV-01"
hours = 100
reason = "Promised to the ward"
{BY}
[[overrides]]
id = "name"
action = "rename"
hotspot = "STV-01"
name = "Old Town"
reason = "Known as that"
{BY}"""


def written(folder: Path, text: str, name: str = "overrides.toml") -> str:
    """Write a file of overrides."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def run(town: Path, out: Path, months: tuple[str, str], *options: str) -> Path:
    """Plan some months of the town with two hotspots; returns the folder."""
    first, last = months
    status = main(
        [
            "run", str(town), "--districts", "Stevenage", "--hours", "1000", "--hotspots", "2",
            "--min-incidents", "10", "--from", first, "--to", last, "--out", str(out), *options,
        ]
    )  # fmt: skip
    assert status == 0
    return out


def record(folder: Path) -> pd.DataFrame:
    """The table of overrides in the plan of record, by id."""
    table = pyogrio.read_dataframe(folder / "plan.gpkg", layer="overrides")
    return table.set_index("override_id")


@pytest.fixture(scope="module")
def years(town_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A plan without overrides, one with, and next year's from each file or none."""
    base = tmp_path_factory.mktemp("years")
    plain = run(town_file, base / "plain", FIRST)
    first = run(town_file, base / "first", FIRST, "--overrides", written(base, FILE))
    before = ("--hotspots", "3", "--previous", str(first / "plan.gpkg"))
    lift = f'[[overrides]]\naction = "lift"\noverride = "market"\nreason = "Over"\n{BY}'
    return {
        "plain": plain,
        "first": first,
        "next": run(town_file, base / "next", SECOND, *before),
        "again": run(
            town_file, base / "again", SECOND, *before, "--overrides", written(base, FILE)
        ),
        "lifted": run(
            town_file, base / "lifted", SECOND, *before,
            "--overrides", written(base, lift, "lift.toml"),
        ),
    }  # fmt: skip


def test_without_overrides_there_is_no_trace(years: dict[str, Path]) -> None:
    """No table, sheet or section; run.json and the map say nothing of them."""
    plain = years["plain"]
    layers = {name for name, _ in pyogrio.list_layers(plain / "plan.gpkg")}
    assert not layers & {"overrides", "override_sets"}
    assert "Overrides" not in openpyxl.load_workbook(plain / "plan.xlsx").sheetnames
    assert "Decided by people" not in (plain / "map.html").read_text("utf-8")
    assert "overrides" not in json.loads((plain / "run.json").read_text("utf-8"))


def test_an_empty_file_changes_nothing(
    town_file: Path, tmp_path: Path, years: dict[str, Path]
) -> None:
    """All tables but that of the settings, which names the file, are those without a file."""
    empty = run(town_file, tmp_path / "out", FIRST, "--overrides", written(tmp_path, "# nothing\n"))
    for name, _ in pyogrio.list_layers(empty / "plan.gpkg"):
        if name not in ("settings", "provenance", "plan", "layer_styles", "history"):
            one, other = (
                pyogrio.read_dataframe(folder / "plan.gpkg", layer=name)
                for folder in (years["plain"], empty)
            )
            pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))


def test_the_record_stands_in_every_output(years: dict[str, Path]) -> None:
    """GeoPackage, workbook, page and run.json: who, when, why."""
    first = years["first"]
    table = record(first)
    assert table["status"].tolist() == ["in force"] * 3
    assert table.loc["name", "name"] == "Old Town"
    assert table.loc["market", "author"] == "A. Smith"
    sheet = openpyxl.load_workbook(first / "plan.xlsx")["Overrides"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert [row[0] for row in cells] == ["market", "promise", "name"]
    assert cells[1][4:7] == ["Promised to the ward", "A. Smith", "2026-03-01"]
    page = (first / "map.html").read_text("utf-8")
    assert "Decided by people: 3 overrides" in page
    assert "Market days" in page
    assert "Pinned by A. Smith (2026-03-01): Market days" in page
    kept = json.loads((first / "run.json").read_text("utf-8"))["overrides"]
    assert [one["override_id"] for one in kept] == ["market", "promise", "name"]
    note = gpd.read_file(first / "plan.gpkg", layer="hotspots").set_index("name")["note"]
    assert note["Old Town"].endswith("Renamed by A. Smith (2026-03-01): Known as that")


def test_hours_are_fixed_in_whole_visits(years: dict[str, Path]) -> None:
    """100 hours are 133 visits of 0.75, so 99.75; that is said."""
    hours = gpd.read_file(years["first"] / "plan.gpkg", layer="hotspots").set_index("hotspot_id")
    assert hours.loc["STV-01", ["visits", "officer_hours"]].tolist() == [133, 99.75]
    assert record(years["first"]).loc["promise", "officer_hours"] == 99.75
    messages = json.loads((years["first"] / "run.json").read_text("utf-8"))["messages"]
    assert any("Hours of STV-01 are fixed at 99.75, not 100" in text for text in messages)


def value(table: pd.DataFrame, **bounds: Any) -> float:
    """Best modelled value of some hotspots with 1,000 hours."""
    settings = Settings.from_dict({"tasking": {"hours": 1000, **bounds}}).tasking
    return float(allocate(table, settings).table["covered_incidents"].sum())


def test_costs_are_those_of_plans_without_each(years: dict[str, Path]) -> None:
    """Allocated here, from the hotspots of runs without the override and without any."""
    fixed = {"hotspot_floors": {"STV-01": 99.75}, "hotspot_caps": {"STV-01": 99.75}}
    plain, first = (
        gpd.read_file(years[name] / "plan.gpkg", layer="hotspots") for name in ("plain", "first")
    )
    held = value(first, **fixed)
    table = record(years["first"])
    # without the pin the two best of the plain plan are there, with the hours fixed all the same
    assert table.loc["market", "cost_covered_incidents"] == pytest.approx(
        value(plain, **fixed) - held
    )
    lost = value(first) - held
    assert lost > 0
    assert table.loc["promise", "cost_covered_incidents"] == pytest.approx(lost)
    assert table.loc["promise", "cost_share"] == pytest.approx(lost / value(first))
    assert table.loc["name", "cost_covered_incidents"] == 0


def test_the_next_plan_carries_them(years: dict[str, Path]) -> None:
    """Without the file or with the same file: the same decisions hold, and the same ground."""
    pinned = record(years["first"]).loc["market", "hotspot_id"]
    for name in ("next", "again"):
        table = record(years[name])
        assert table.index.tolist() == ["market", "promise", "name"]
        assert set(table["status"]) == {"in force"}
        assert table.loc["market", "hotspot_id"] == pinned
        # with three hotspots it would be there anyway
        assert table.loc["market", "cost_covered_incidents"] == 0
        hotspots_now = gpd.read_file(years[name] / "plan.gpkg", layer="hotspots")
        assert pinned in set(hotspots_now["hotspot_id"])
        was = gpd.read_file(years["first"] / "plan.gpkg", layer="hotspots").set_index("hotspot_id")
        now = hotspots_now.set_index("hotspot_id")
        one, other = was.geometry[pinned], now.geometry[pinned]
        assert one.intersection(other).area >= min(one.area, other.area) / 3
        assert now.loc["STV-01", "officer_hours"] == 99.75
        assert now.loc["STV-01", "name"] == "Old Town"


def test_a_lifted_override_is_gone_the_year_after(
    town_file: Path, tmp_path: Path, years: dict[str, Path]
) -> None:
    """It stands in the plan that lifts it, and no longer in the one after that."""
    table = record(years["lifted"])
    assert table.loc["market", "status"] == "lifted"
    assert table[table["action"] == "lift"]["effect"].tolist() == ["Lifts market."]
    last = run(
        town_file, tmp_path / "last", SECOND, "--previous", str(years["lifted"] / "plan.gpkg")
    )
    assert record(last).index.tolist() == ["promise", "name"]


def test_the_same_file_gives_the_same_bytes(
    town_file: Path, tmp_path: Path, years: dict[str, Path]
) -> None:
    """Map, GeoPackage and workbook, to the byte; run.json names the file and its checksum."""
    path = str(years["first"].parent / "overrides.toml")
    again = run(town_file, tmp_path / "out", FIRST, "--overrides", path)
    for name in OUTPUTS:
        assert (again / name).read_bytes() == (years["first"] / name).read_bytes()
    files = json.loads((again / "run.json").read_text("utf-8"))["asked"]["files"]
    assert [file["name"] for file in files] == ["overrides.toml"]


def test_a_plan_is_read_back_with_its_overrides(years: dict[str, Path], tmp_path: Path) -> None:
    """Hours shared out again from the file alone: the same costs, and fixed hours stay fixed."""
    path = years["first"] / "plan.gpkg"
    plan = hotspots.read_plan(path)
    assert plan.overrides is not None
    again = hotspots.allocate(plan)
    assert again.overrides is not None
    pd.testing.assert_frame_equal(again.overrides, plan.overrides)
    hotspots.write_plan(again, tmp_path / "plan.gpkg")
    pd.testing.assert_frame_equal(record(tmp_path), record(years["first"]))
    more = hotspots.allocate(plan, hours=3000)
    own = more.hotspots.set_index("hotspot_id")
    assert own.loc["STV-01", "officer_hours"] == 99.75


def allocated(plan: Path, out: Path, overrides: str) -> Path:
    """Select and allocate again from a plan alone; returns the folder of the new one."""
    out.mkdir()
    status = main(
        ["allocate", str(plan / "plan.gpkg"), "--overrides", overrides,
         "-o", str(out / "plan.gpkg")]
    )  # fmt: skip
    assert status == 0
    return out


def test_a_plan_alone_gives_what_a_run_gives(years: dict[str, Path], tmp_path: Path) -> None:
    """The plan without overrides and the file: the hotspots, hours and costs of the run with it."""
    path = str(years["first"].parent / "overrides.toml")
    again = allocated(years["plain"], tmp_path / "out", path)
    columns = ["hotspot_id", "name", "rank", "incidents", "visits", "note", "geometry"]
    one, other = (
        gpd.read_file(folder / "plan.gpkg", layer="hotspots") for folder in (years["first"], again)
    )
    assert_geodataframe_equal(one[columns], other[columns])
    pd.testing.assert_frame_equal(
        record(years["first"]).drop(columns="definition"), record(again).drop(columns="definition")
    )


def test_lifting_gives_back_what_was(years: dict[str, Path], tmp_path: Path) -> None:
    """All lifted from the plan alone: the hotspots, hours and statuses of the plan without any."""
    lifts = "".join(
        f'[[overrides]]\naction = "lift"\noverride = "{one}"\nreason = "Over"\n{BY}'
        for one in ("market", "promise", "name")
    )
    again = allocated(years["first"], tmp_path / "out", written(tmp_path, lifts))
    one, other = (
        gpd.read_file(folder / "plan.gpkg", layer="hotspots") for folder in (years["plain"], again)
    )
    columns = ["rank", "incidents", "visits", "note", "geometry"]
    assert_geodataframe_equal(one[columns], other[columns])
    status = [
        gpd.read_file(folder / "plan.gpkg", layer="candidates")["status"].tolist()
        for folder in (years["plain"], again)
    ]
    assert status[0] == status[1]


@pytest.mark.parametrize(
    "entry",
    [
        'action = "add"\nlongitude = -0.2\nlatitude = 51.9\nside_m = 100',
        'action = "move"\nhotspot = "STV-01"\neast_m = 10\nnorth_m = 10',
    ],
)
def test_new_ground_needs_the_incidents(
    years: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], entry: str
) -> None:
    """Status 2, one line, and nothing is written."""
    text = f'[[overrides]]\n{entry}\nreason = "x"\n{BY}'
    status = main(
        ["allocate", str(years["plain"] / "plan.gpkg"), "--overrides", written(tmp_path, text),
         "-o", str(tmp_path / "plan.gpkg")]
    )  # fmt: skip
    assert status == 2
    assert "can only be carried out with the incidents" in capsys.readouterr().err
    assert not (tmp_path / "plan.gpkg").exists()


def test_hostile_text_is_text(town_file: Path, tmp_path: Path) -> None:
    """Names and reasons that try to run are shown as they are, in every output."""
    nasty = "</script><script>alert(1)</script>{{ 7 * 7 }}"
    formula = '=HYPERLINK(\\"http://example.invalid\\",\\"x\\")'
    out = run(
        town_file, tmp_path / "out", FIRST, "--overrides",
        written(
            tmp_path,
            f'[[overrides]]\naction = "rename"\nhotspot = "STV-01"\nname = "{nasty}"\n'
            f'reason = "{formula}"\nauthor = "<b>A</b>"\ntime = 2026-03-01\n',
        ),
    )  # fmt: skip
    page = (out / "map.html").read_text("utf-8")
    assert "<script>alert(1)" not in page
    assert "<b>A</b>" not in page
    assert re.search(r"&lt;/script&gt;&lt;script&gt;alert\(1\)", page)
    assert "{{ 7 * 7 }}" in page
    sheet = openpyxl.load_workbook(out / "plan.xlsx")["Overrides"]
    (row,) = list(sheet.iter_rows(min_row=5))
    assert row[3].value == nasty
    assert row[4].value.endswith('=HYPERLINK("http://example.invalid","x")')
    assert all(cell.data_type in ("s", "n") for cell in row)
    assert record(out)["name"].tolist() == [nasty]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (FILE.replace("STV-01", "STV-99"), (), "no hotspot or candidate has the id 'STV-99'"),
        (FILE.replace("hours = 100", "hours = 2000"), (),
         "Hours fixed by overrides: STV-01 1,999.5."),
        (FILE.replace('reason = "Market days"', ""), (), "override 1 (pin): reason is missing"),
        (FILE, ("--max-changes", "1"), "there is no earlier plan that may change"),
        (FILE, ("--each", "district"), "overrides are about one plan"),
    ],
)  # fmt: skip
def test_wrong_input_is_one_line(
    town_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    options: tuple[str, ...],
    message: str,
) -> None:
    """Status 2, one line, nothing written."""
    out = tmp_path / "out"
    status = main(
        ["run", str(town_file), "--districts", "Stevenage", "--hours", "1000", "--hotspots", "2",
         "--min-incidents", "10", "--overrides", written(tmp_path, text), "--out", str(out),
         *options]
    )  # fmt: skip
    error = capsys.readouterr().err.strip().splitlines()
    assert status == 2
    assert message in error[-1]
    assert error[-1].startswith("hotspots: ")
    assert not list(out.glob("*"))


def test_the_documented_example_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file in docs/overrides.md, on the bundled sample: every override is in force."""
    page = Path(__file__).parents[1] / "docs" / "overrides.md"
    (text,) = re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.S)
    shutil.copy(hotspots.sample_incidents(), tmp_path / "street.zip")
    status = main(
        ["run", str(tmp_path / "street.zip"), "--districts", "west-yorkshire", "--hours", "26108",
         "--overrides", written(tmp_path, text), "--out", str(tmp_path / "out"), "--json"]
    )  # fmt: skip
    assert status == 0
    said = json.loads(capsys.readouterr().out)
    assert {one["status"] for one in said["overrides"]} == {"in force"}
    actions = [one["action"] for one in said["overrides"]]
    assert actions == ["pin", "forbid", "add", "move", "rename", "fix hours"]
    assert len(said["hotspots"]) == 26
