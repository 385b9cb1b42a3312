"""A plan refreshed from the command line, year after year; and what is refused about it."""

from __future__ import annotations

import itertools
import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest

from hotspots.cli import main
from hotspots.intake import incidents
from hotspots.programme.jobs import Job
from hotspots.programme.resume import input_checksums, read_record, still_stands
from hotspots.settings import Settings


def plan(town_file: Path, out: Path, months: tuple[str, str], *options: str) -> Path:
    """Plan some months of the town; returns the GeoPackage."""
    first, last = months
    status = main(
        [
            "run", str(town_file), "--districts", "Stevenage", "--hours", "1000", "--hotspots", "3",
            "--min-incidents", "10",
            "--from", first, "--to", last, "--out", str(out), *options,
        ]
    )  # fmt: skip
    assert status == 0
    return out / "plan.gpkg"


@pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")
def test_ids_persist_from_plan_to_plan(
    town_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hotspots that overlap keep their ids over three plans, and no id comes back for another."""
    periods = (("2021-01", "2021-08"), ("2021-03", "2021-10"), ("2021-05", "2021-12"))
    paths = [plan(town_file, tmp_path / "0", periods[0])]
    for number, months in enumerate(periods[1:], 1):
        capsys.readouterr()
        before = str(paths[-1])
        paths.append(plan(town_file, tmp_path / str(number), months, "--previous", before))
        said = " ".join(capsys.readouterr().out.split())
        assert "Against the earlier plan, hotspots: " in said
    owner: dict[str, list[gpd.GeoDataFrame]] = {}
    for path in paths:
        for row in gpd.read_file(path, layer="hotspots").itertuples():
            owner.setdefault(row.hotspot_id, []).append(row)
    assert all(one.startswith("STV-") for one in owner)
    for rows in owner.values():
        for one, other in itertools.pairwise(rows):
            common = one.geometry.intersection(other.geometry).area
            assert common >= min(one.geometry.area, other.geometry.area) / 3
            assert one.name == other.name
    assert max(map(len, owner.values())) > 1
    changes = gpd.read_file(paths[1], layer="changes")
    assert set(changes["change"]) <= {"entered", "remained", "left"}
    sheet = openpyxl.load_workbook(paths[1].parent / "plan.xlsx")["Changes"]
    assert sheet.max_row == 4 + len(changes)
    assert "Changes since the earlier plan" in (paths[1].parent / "map.html").read_text("utf-8")


def test_the_same_refresh_gives_the_same_bytes(town_file: Path, tmp_path: Path) -> None:
    """Map, GeoPackage and workbook are equal to the byte; run.json says which plan was before."""
    months = ("2021-05", "2021-12")
    before = str(plan(town_file, tmp_path / "before", ("2021-01", "2021-06")))
    one, other = (
        plan(town_file, tmp_path / name, months, "--previous", before).parent for name in "ab"
    )
    for name in ("map.html", "plan.gpkg", "plan.xlsx"):
        assert (one / name).read_bytes() == (other / name).read_bytes()
    asked = json.loads((one / "run.json").read_text("utf-8"))["asked"]
    assert [file["name"] for file in asked["files"]] == ["plan.gpkg"]


def test_a_changed_harm_table_is_no_longer_the_same_run(town_file: Path, tmp_path: Path) -> None:
    """A complete run stands as long as the tables beside it are the same, to the byte."""
    table = tmp_path / "harm.csv"
    table.write_text("category,weight\nAnti-social behaviour,2\n", encoding="utf-8")
    out = tmp_path / "out"
    given = ["--rank-by", "harm", "--harm-table", str(table), "--json"]
    plan(town_file, out, ("2021-01", "2021-12"), *given)
    settings = Settings.from_dict(
        {
            "intake": {"from_month": "2021-01", "to_month": "2021-12"},
            "targeting": {
                "hotspots": 3,
                "min_incidents": 10,
                "rank_by": "harm",
                "harm_table": str(table),
            },
            "tasking": {"hours": 1000},
        }
    )
    job = Job(name="town", incidents=str(town_file), districts="Stevenage", settings=settings)
    record = read_record(out)
    assert record is not None
    assert still_stands(record, job, input_checksums())
    table.write_text("category,weight\nAnti-social behaviour,3\n", encoding="utf-8")
    assert not still_stands(record, job, input_checksums())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--previous", "none.gpkg"], "There is no earlier plan none.gpkg"),
        (["--previous", "{town}"], "has no layer hotspots"),
        (["--harm-table", "none.csv"], "Cannot read the harm table none.csv"),
        (["--harm-table", "{town}"], "has no column category or weight"),
        (["--rank-by", "danger"], "invalid choice: 'danger'"),
        (["--significance-q", "5"], "significance_q must be a rate above 0 and below 1"),
        (["--redraws", "3"], "draws must be 0, or between 19 and 99,999"),
    ],
)
def test_wrong_input_is_one_line(
    town_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    message: str,
) -> None:
    """Status 2, one line, nothing written."""
    given = [option.replace("{town}", str(town_file)) for option in options]
    out = tmp_path / "out"
    status = main(
        ["run", str(town_file), "--districts", "Stevenage", "--out", str(out), *given]
    )  # fmt: skip
    error = capsys.readouterr().err.strip().splitlines()
    assert status == 2
    assert message in error[-1]
    assert error[-1].startswith("hotspots: ")
    assert not list(out.glob("*"))


@pytest.mark.parametrize("packed", [False, True], ids=["files", "archive"])
def test_a_refresh_reads_the_bytes_of_each_file_once_for_its_checksum(
    packed: bool, town_rows: Any, write_street: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    """Whether kept or read anew, and though rows with days are looked at a second time."""
    halves = [
        write_street(tmp_path / f"{name}-street.csv", [row | {"Month": day(row)} for row in rows])
        for name, rows in (("one", town_rows[:450]), ("two", town_rows[450:]))
    ]
    sources = halves
    if packed:
        sources = [tmp_path / "both.zip"]
        with zipfile.ZipFile(sources[0], "w") as archive:
            for path in halves:
                archive.write(path, path.name)
    hashed: list[str] = []
    original = incidents.fingerprint

    def spy(path: Path, name: str, stop: Any = None) -> Any:
        hashed.append(name)
        return original(path, name, stop)

    monkeypatch.setattr(incidents, "fingerprint", spy)
    columns = {"longitude": "Longitude", "latitude": "Latitude", "date": "Month"}
    columns["category"] = "Crime type"
    given = ["run", *map(str, sources), "--districts", "Stevenage", "--hours", "1000"]
    given += ["--hotspots", "3", "--min-incidents", "10", "--date-format", "%Y-%m-%d %H:%M"]
    for ours, theirs in columns.items():
        given += ["--column", f"{ours}={theirs}"]
    once = sorted({path.name for path in [*halves, *sources]})
    made = []
    for _ in range(2):
        assert main([*given, "--refresh", "--out", str(tmp_path / "out")]) == 0
        assert sorted(hashed) == once
        hashed.clear()
        made.append((tmp_path / "out" / "plan.gpkg").read_bytes())
    assert made[0] == made[1]


def day(row: Any) -> str:
    """A moment in the row's month."""
    return f"{row['Month']}-03 {len(row['Location']) % 24:02}:30"
