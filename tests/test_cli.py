"""The command line: what it prints, what it writes, and what it does not load."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely

import hotspots
from hotspots.cli import main, parser, settings_of
from hotspots.errors import SettingsError
from hotspots.programme import OUTPUTS

HEAVY = ["geopandas", "sklearn", "folium", "ibis", "pandas", "scipy", "duckdb", "numba", "rich"]


@pytest.fixture(scope="module")
def done(town_file, tmp_path_factory) -> subprocess.CompletedProcess[str]:
    """One run on the town as a process of its own, into a folder called out."""
    folder = tmp_path_factory.mktemp("run")
    result = subprocess.run(
        [sys.executable, "-m", "hotspots", "run", str(town_file), "--districts", "stevenage",
         "--hotspots", "3", "--hours", "1000", "--json", "--out", "out"],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    result.folder = folder / "out"  # type: ignore[attr-defined]
    return result


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["run", "--help"], ["backtest", "--help"]]
)
def test_help_loads_nothing_heavy(arguments):
    """Geometry, tables and maps are imported when they are needed, so help comes at once."""
    code = (
        "import sys\nfrom hotspots.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    start = time.perf_counter()
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    elapsed = time.perf_counter() - start
    assert result.returncode == 0
    assert result.stderr.strip() == "[]"
    assert result.stdout
    assert elapsed < 5  # a fraction of a second on an idle machine


def test_the_version_is_that_of_the_package():
    """Python -m hotspots --version."""
    result = subprocess.run(
        [sys.executable, "-m", "hotspots", "--version"], capture_output=True, text=True
    )
    assert (result.returncode, result.stdout) == (0, f"hotspots {hotspots.__version__}\n")


def test_json_stands_alone_on_stdout(done, town_rows):
    """Progress goes to stderr; stdout parses, and its numbers are those of the input."""
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["rows_read"] == len(town_rows)
    assert len(summary["hotspots"]) == 3
    assert summary["budget_hours"] == 1000
    assert 1000 - 0.75 < summary["officer_hours"] <= 1000
    hours = sum(hotspot["officer_hours"] for hotspot in summary["hotspots"])
    assert hours == pytest.approx(summary["officer_hours"])
    assert all(line.endswith(" ...") for line in done.stderr.splitlines())


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_a_run_writes_its_five_files(done):
    """Nothing more, nothing hidden, and each opens."""
    assert sorted(path.name for path in done.folder.iterdir()) == sorted(OUTPUTS)
    assert json.loads(done.stdout)["outputs"] == [str(Path("out") / name) for name in OUTPUTS]
    assert len(gpd.read_file(done.folder / "plan.gpkg", layer="hotspots")) == 3
    assert openpyxl.load_workbook(done.folder / "plan.xlsx").sheetnames
    assert (done.folder / "map.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    quality = json.loads((done.folder / "quality.json").read_text(encoding="utf-8"))
    assert quality["rows_read"] == quality["rows_kept"] + sum(quality["left_out"].values())


def test_the_manifest_lists_what_was_written(done, town_file):
    """Names, sizes and checksums as hashlib finds them."""
    record = json.loads((done.folder / "run.json").read_text(encoding="utf-8"))
    assert [entry["name"] for entry in record["outputs"]] == list(OUTPUTS[:-1])
    for entry in record["outputs"]:
        content = (done.folder / entry["name"]).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    [source] = record["provenance"]["input_sha256"]
    assert source["sha256"] == hashlib.sha256(town_file.read_bytes()).hexdigest()


def test_the_same_run_gives_the_same_bytes(done, town_file, tmp_path, capsys, monkeypatch):
    """In another process, folder and order of time; what was measured stands apart."""
    monkeypatch.chdir(tmp_path)
    again = ["run", str(town_file), "--districts", "stevenage", "--hotspots", "3"]
    assert main([*again, "--hours", "1000", "--json", "--out", "out"]) == 0
    assert capsys.readouterr().out == done.stdout
    for name in OUTPUTS[:-1]:
        same = (tmp_path / "out" / name).read_bytes() == (done.folder / name).read_bytes()
        assert same, name
    records = [
        json.loads((folder / "run.json").read_text(encoding="utf-8"))
        for folder in (done.folder, tmp_path / "out")
    ]
    measured = [record.pop("measured") for record in records]
    assert records[0] == records[1]
    assert set(measured[0]) == set(measured[1]) == {"timings_s", "peak_memory_mb"}


def test_the_demonstration_runs_from_nothing(tmp_path, capsys):
    """The bundled sample: 26 hotspots, five districts, nearly all of 26,108 hours."""
    assert main(["demo", "--out", str(tmp_path), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert len(summary["hotspots"]) == 26
    assert len({hotspot["district"] for hotspot in summary["hotspots"]}) == 5
    assert 26_108 - 0.75 < summary["officer_hours"] <= 26_108
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(OUTPUTS)


def test_check_reports_without_writing(town_file, town_rows, tmp_path, capsys, monkeypatch):
    """As a table and as JSON, with the number of rows in the file."""
    monkeypatch.chdir(tmp_path)
    assert main(["check", str(town_file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows_read"] == len(town_rows) == 900
    assert main(["check", str(town_file), "--districts", "stevenage"]) == 0
    shown = capsys.readouterr().out
    assert "900" in shown
    assert "left out: outside the districts" in shown
    assert not list(tmp_path.iterdir())


HOSTILE = [
    "\x1b[2J\x1b]0;owned\x07",
    "<script>alert('1')</script>",
    "=1+1|' /C calc'!A0",
    "[red]markup[/red] :smile:",
    "{{ 7*7 }} %s %(x)s \\ ' \" `",
    "‮evil ​ ￾",
    "Ünïcödé 日本語 🚓",
    "a\tb",
]


def test_hostile_text_is_shown_as_text(
    town_rows, write_street, halves, tmp_path, capsys, monkeypatch
):
    """In streets, categories, ids, districts, columns, the title and the name of the file."""
    monkeypatch.chdir(tmp_path)
    rows = [
        row
        | {
            "Location": HOSTILE[number % len(HOSTILE)],
            "Crime ID": f"{HOSTILE[number % len(HOSTILE)]}{number}",
            "Crime type": row["Crime type"] if number % 4 else HOSTILE[number // 4 % len(HOSTILE)],
            "LSOA name": HOSTILE[number % len(HOSTILE)],
            "Context": HOSTILE[number % len(HOSTILE)],
        }
        for number, row in enumerate(town_rows)
    ]
    path = write_street(tmp_path / "\x1b[31m<b>'x'[1]*.csv", rows)
    path.write_bytes(path.read_bytes().replace(b"Context", b'"=<i>\x1b[1m;"', 1))
    names = [HOSTILE[0] + HOSTILE[1], HOSTILE[4] + HOSTILE[5]]
    halves.assign(district=names).rename(columns={"district": "na'me<"}).to_file("d.gpkg")
    arguments = ["run", str(path), "--districts", "d.gpkg", "--hotspots", "4", "--out", "out",
                 "--title", HOSTILE[0] + HOSTILE[1], "--marking", HOSTILE[2]]  # fmt: skip
    arguments += [part for text in HOSTILE[:2] for part in ("--category", text)]
    assert main([*arguments, "--category", "Anti-social behaviour"]) == 0
    shown = capsys.readouterr()
    for stream in (shown.out, shown.err):
        odd = {
            letter
            for letter in stream
            if unicodedata.category(letter) in ("Cc", "Cf", "Cn", "Cs") and letter != "\n"
        }
        assert not odd
    page = (tmp_path / "out" / "map.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page


def test_text_that_the_terminal_cannot_show_does_not_stop_the_run(
    town_rows, write_street, tmp_path
):
    """A stream of another encoding gets a mark of its own instead."""
    rows = [row | {"Location": "On or near Łódź 日本"} for row in town_rows]
    write_street(tmp_path / "a.csv", rows)
    result = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-m", "hotspots", "run", "a.csv", "--districts",
         "stevenage", "--hotspots", "3"],
        cwd=tmp_path, env={**os.environ, "PYTHONIOENCODING": "cp1252"}, capture_output=True,
        timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr.decode("cp1252", "replace")
    assert b"Traceback" not in result.stderr


def options(line: str):
    return settings_of(parser().parse_args(["run", "a.csv", "--districts", "x", *line.split()]))


def test_the_command_line_lies_on_top_of_the_file(tmp_path, monkeypatch):
    """What is given on the line wins; a budget in pounds replaces one in hours."""
    monkeypatch.chdir(tmp_path)
    Path("a.toml").write_text(
        '[intake]\ncolumns = {longitude = "x", date = "d"}\n'
        "[targeting]\nhotspots = 9\neps_m = 120.0\n[tasking]\nhours = 500\n"
    )
    settings = options("--config a.toml --hotspots 4 --pounds 383 --column longitude=Lon")
    assert (settings.targeting.hotspots, settings.targeting.eps_m) == (4, 120.0)
    assert (settings.tasking.hours, settings.tasking.pounds) == (None, 383.0)
    assert settings.tasking.budget_hours(4) == pytest.approx(10)
    assert settings.intake.columns == {"longitude": "Lon", "date": "d"}
    assert options("--config a.toml --hours 7").tasking.hours == 7
    Path("b.toml").write_text("[tasking]\npounds = 500\n")
    settings = options("--config b.toml --hours 7")
    assert (settings.tasking.hours, settings.tasking.pounds) == (7.0, None)


def test_every_option_reaches_its_setting():
    """Each option of `run`, with the setting that holds it afterwards."""
    settings = options(
        "--name-column n --repair-districts --column easting=E --column northing=N "
        "--crs EPSG:27700 --date-format %d/%m/%Y --category Robbery --category Drugs "
        "--from 2021-01 --to 2021-06 --hotspots 5 --any-district --bandwidth 300 --cell-size 40 "
        "--eps 90 --min-incidents 7 --area-cap 0.2 --pounds 1000 --rate 40 --weeks 26 --title T "
        "--marking M --source S --attribution A"
    )
    expected = {
        "intake": {
            "columns": {"easting": "E", "northing": "N"},
            "crs": "EPSG:27700",
            "date_format": "%d/%m/%Y",
            "categories": ("Robbery", "Drugs"),
            "from_month": "2021-01",
            "to_month": "2021-06",
        },
        "districts": {"name_column": "n", "repair": True},
        "targeting": {
            "hotspots": 5,
            "every_district": False,
            "bandwidth_m": 300.0,
            "cell_size_m": 40.0,
            "eps_m": 90.0,
            "min_incidents": 7,
            "area_cap_km2": 0.2,
        },
        "tasking": {"pounds": 1000.0, "pounds_per_hour": 40.0, "weeks": 26},
        "sharing": {"title": "T", "marking": "M", "source": "S", "attribution": "A"},
    }
    assert settings == hotspots.Settings.from_dict(expected)


@pytest.fixture(scope="module")
def backtested(town_file, tmp_path_factory) -> subprocess.CompletedProcess[str]:
    """One backtest on the town as a process of its own, into a folder called out."""
    folder = tmp_path_factory.mktemp("backtest")
    result = subprocess.run(
        [sys.executable, "-m", "hotspots", "backtest", str(town_file), "--districts", "stevenage",
         "--hotspots", "3", "--split", "2021-07", "--category", "all", "--out", "out"],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    result.folder = folder / "out"  # type: ignore[attr-defined]
    return result


def test_backtest_prints_a_table_within_80_columns(backtested):
    """Every method with its hit rate, the verdict, and where the files are."""
    assert backtested.returncode == 0, backtested.stderr
    lines = backtested.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "this method" in backtested.stdout
    assert "best in hindsight" in backtested.stdout
    assert " hotspots on " in backtested.stdout
    assert lines[-1].strip() == str(Path("out") / "accuracy.json")
    assert "Reading districts and incidents ..." in backtested.stderr


def test_backtest_prints_what_it_writes(backtested, town_file, capsys):
    """--json gives the figures of accuracy.json, and writes nothing without --out."""
    arguments = ["backtest", str(town_file), "--districts", "stevenage", "--hotspots", "3"]
    assert main([*arguments, "--split", "2021-07", "--category", "all", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    written = json.loads((backtested.folder / "accuracy.json").read_text("utf-8"))
    assert shown.pop("outputs") == []
    assert shown == written
    assert written["settings"]["intake"]["categories"] == ["all"]


@pytest.mark.parametrize(
    ("extra", "status", "words"),
    [
        (["--split", "2021-01"], 2, "No incident is dated before 2021-01"),
        (["--split", "2021-07", "--rolling", "2"], 2, "not allowed with"),
        (["--rolling", "two"], 2, "--rolling"),
        (["--category", "all", "--category", "Drugs"], 2, '"all" alone'),
        (["--min-incidents", "100000"], 1, "nothing to measure"),
    ],
)
def test_backtest_complains_in_one_line(town_file, tmp_path, capsys, extra, status, words):
    """Exit status 2 for wrong input and 1 for nothing found; nothing is written."""
    out = tmp_path / "out"
    arguments = ["backtest", str(town_file), "--districts", "stevenage", "--out", str(out)]
    assert main([*arguments, *extra]) == status
    shown = capsys.readouterr()
    assert words in shown.err.splitlines()[-1]
    assert shown.out == ""
    assert not out.exists()


def test_backtest_needs_districts(town_file, capsys):
    """As every verb that measures areas."""
    assert main(["backtest", str(town_file)]) == 2
    assert "required: --districts" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["", "runn", "run", "map", "--nothing"])
def test_a_wrong_command_is_one_line(line, capsys):
    """A missing or unknown verb as well as a missing argument; status 2."""
    assert main(line.split()) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("hotspots: ")
    assert shown.err.count("\n") == 1
    with pytest.raises(SettingsError, match="--help"):
        parser().parse_args(line.split())


def test_an_interruption_is_told_and_leaves_nothing(town_file, tmp_path, capsys, monkeypatch):
    """Ctrl-C in the middle: status 130, no file."""
    from hotspots import programme

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(programme, "draw", interrupted)
    arguments = ["run", str(town_file), "--districts", "stevenage", "--hotspots", "2"]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 130
    assert capsys.readouterr().err.endswith("hotspots: interrupted; nothing was written.\n")
    assert not any((tmp_path / "out").iterdir())


def test_a_square_district_file_is_served(town_file, halves, tmp_path, capsys, monkeypatch):
    """Districts from a file: each hotspot lies in the rectangle that its row names."""
    monkeypatch.chdir(tmp_path)
    halves.to_file("halves.gpkg")
    arguments = ["run", str(town_file), "--districts", "halves.gpkg", "--hotspots", "3"]
    assert main([*arguments, "--out", "out"]) == 0
    capsys.readouterr()
    found = gpd.read_file("out/plan.gpkg", layer="hotspots")
    rectangles = dict(zip(halves["district"], halves.geometry, strict=True))
    assert set(found["district"]) == {"East", "West"}
    for row in found.itertuples():
        assert shapely.difference(row.geometry, rectangles[row.district]).area < 1e-6
