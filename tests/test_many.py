"""Many runs: each is what a single run gives, failures stay apart, nothing is done twice."""

from __future__ import annotations

import builtins
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest

import hotspots
from hotspots.cli import main
from hotspots.errors import InputError, SettingsError
from hotspots.programme.jobs import folders
from hotspots.settings import DEFAULT_CATEGORIES

SETTINGS = hotspots.Settings.from_dict({"targeting": {"hotspots": 3}, "tasking": {"hours": 900}})
NAMES = ["Bradford", "Calderdale", "Kirklees", "Leeds", "Wakefield"]
SAME = ["map.html", "plan.gpkg", "plan.xlsx", "quality.json"]
MISSING = "There is no file or folder"


@pytest.fixture(scope="module")
def street(sample_rows, write_street, tmp_path_factory) -> Path:
    """Every tenth row of the bundled sample, about 8,000 rows of five districts."""
    return write_street(tmp_path_factory.mktemp("street") / "wy-street.csv", sample_rows[::10])


@pytest.fixture(scope="module")
def jobs(street) -> list[hotspots.Job]:
    """One job per district of West Yorkshire."""
    return hotspots.jobs_for_each("district", street, "west-yorkshire", settings=SETTINGS)


@pytest.fixture(scope="module")
def singles(street, tmp_path_factory) -> Path:
    """The same five runs, each by itself, as anybody would ask for them."""
    folder = tmp_path_factory.mktemp("singles")
    for name in NAMES:
        hotspots.run(street, name.lower(), settings=SETTINGS, out=folder / name.lower())
    return folder


@pytest.fixture(scope="module")
def parallel(jobs, tmp_path_factory) -> hotspots.Runs:
    """The five jobs in two processes; no test changes their files."""
    return hotspots.run_many(jobs, out=tmp_path_factory.mktemp("parallel"), workers=2)


def stamps(folder: Path) -> dict[str, int]:
    """When each run was written."""
    return {path.parent.name: path.stat().st_mtime_ns for path in folder.glob("*/run.json")}


def statuses(runs: hotspots.Runs) -> dict[str, str]:
    return {outcome.name: outcome.status for outcome in runs.outcomes}


def assert_same_files(folder: Path, singles: Path, names: Iterable[str] = NAMES) -> None:
    for name in names:
        for file in SAME:
            single = (singles / name.lower() / file).read_bytes()
            same = (folder / name.lower() / file).read_bytes() == single
            assert same, (name, file)


def test_two_processes_give_what_single_runs_give(parallel, singles):
    """Five districts, byte for byte, with an index that counts what the plans hold."""
    assert_same_files(parallel.folder, singles)
    index = json.loads((parallel.folder / "index.json").read_text("utf-8"))
    assert [job["name"] for job in index["jobs"]] == NAMES
    for job in index["jobs"]:
        plan = gpd.read_file(singles / job["folder"] / "plan.gpkg", layer="hotspots")
        assert job["hotspots"] == len(plan)
        assert job["officer_hours"] == pytest.approx(plan["officer_hours"].sum())
        assert (parallel.folder / job["map"]).is_file()
    assert {path.name for path in parallel.folder.iterdir()} == {
        "index.html",
        "index.json",
        *(name.lower() for name in NAMES),
    }


def test_only_what_is_missing_is_run_again(jobs, street, singles, tmp_path):
    """After a folder is lost, a file spoilt, a setting, an input or the version changed."""
    lines: list[str] = []
    three = [jobs[0], jobs[1], jobs[3]]

    def again(jobs=three, **options) -> set[str]:
        before = stamps(tmp_path)
        lines.clear()
        runs = hotspots.run_many(jobs, out=tmp_path, workers=1, progress=lines.append, **options)
        assert [outcome.status for outcome in runs.outcomes] == ["done"] * 3
        after = stamps(tmp_path)
        changed = {name for name in after if after[name] != before.get(name)}
        kept = {outcome.folder for outcome in runs.outcomes if outcome.kept}
        assert kept == set(after) - changed
        assert [line.split(":")[0] for line in lines] == ["1 of 3", "2 of 3", "3 of 3"]
        return changed

    everything = {"bradford", "calderdale", "leeds"}
    assert again() == everything
    index = [(tmp_path / name).read_bytes() for name in ("index.html", "index.json")]
    assert again() == set()
    assert sum("kept" in line for line in lines) == 3

    for file in (tmp_path / "leeds").iterdir():
        file.unlink()
    (tmp_path / "leeds").rmdir()
    with (tmp_path / "bradford" / "plan.gpkg").open("r+b") as spoilt:
        spoilt.seek(5000)
        spoilt.write(b"spoilt")
    assert again() == {"leeds", "bradford"}
    assert_same_files(tmp_path, singles, everything)
    assert [(tmp_path / name).read_bytes() for name in ("index.html", "index.json")] == index

    (tmp_path / "bradford" / "map.html").unlink()
    record = tmp_path / "calderdale" / "run.json"
    record.write_text(record.read_text("utf-8")[:-200], encoding="utf-8")
    assert again() == {"bradford", "calderdale"}

    text = (tmp_path / "leeds" / "run.json").read_text("utf-8")
    older = text.replace(f'"version": "{hotspots.__version__}"', '"version": "0.0.1"', 1)
    assert older != text
    (tmp_path / "leeds" / "run.json").write_text(older, encoding="utf-8")
    emptied = json.loads((tmp_path / "bradford" / "run.json").read_text("utf-8"))
    (tmp_path / "bradford" / "run.json").write_text(json.dumps(emptied | {"outputs": []}))
    assert again() == {"leeds", "bradford"}

    moved = tmp_path / "moved" / street.name
    moved.parent.mkdir()
    moved.write_bytes(street.read_bytes())
    elsewhere = [replace(job, incidents=moved) for job in three]
    assert again(elsewhere) == set()
    other = SETTINGS.replace(tasking={"hours": 901.0})
    elsewhere[2] = replace(elsewhere[2], settings=other)
    assert again(elsewhere) == {"leeds"}
    moved.write_bytes(b"\n".join(street.read_bytes().splitlines()[:-1]))
    assert again(elsewhere) == everything
    assert again(elsewhere, fresh=True) == everything


class Killer:
    """An input that ends the process that receives it, as a full memory does."""

    def __reduce__(self):
        return os._exit, (1,)


def test_a_job_that_fails_or_dies_stops_no_other(jobs, singles, tmp_path):
    """A missing file, a program error and a killed process: three lines, one plan."""
    bad = [
        hotspots.Job(name="missing", incidents="none.csv", districts="leeds"),
        hotspots.Job(name="error", incidents=17, districts="leeds"),
        hotspots.Job(name="killed", incidents=Killer(), districts="leeds"),
        hotspots.Job(name="nothing", incidents="none.csv", districts="leeds", skip="no reason"),
    ]
    runs = hotspots.run_many([*bad, jobs[3]], out=tmp_path, workers=2)
    found = {outcome.name: outcome for outcome in runs.outcomes}
    assert found["missing"].message == f"{MISSING} none.csv; check the path."
    assert found["error"].message.startswith("TypeError")
    assert "process died" in found["killed"].message
    assert [found[name].status for name in ("missing", "error", "killed")] == ["failed"] * 3
    assert (found["nothing"].status, found["nothing"].message) == ("skipped", "no reason")
    assert runs.summary() == "1 of 5 runs done, 3 failed, 1 skipped."
    assert_same_files(tmp_path, singles, ["leeds"])
    page = (tmp_path / "index.html").read_text("utf-8")
    assert re.findall(r'href="([^"]*)"', page) == ["leeds/map.html"]


def test_a_dask_cluster_gives_the_same(jobs, singles, tmp_path, monkeypatch):
    """Two worker processes behind a scheduler given by address; a failure there is one line."""
    distributed = pytest.importorskip("distributed", reason="needs the extra [cluster]")
    bad = hotspots.Job(name="missing", incidents="none.csv", districts="leeds")
    monkeypatch.chdir(tmp_path)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address
        some = [jobs[0], jobs[1], jobs[3], bad]
        runs = hotspots.run_many(some, out="out", cluster=address)
        assert [outcome.status for outcome in runs.outcomes] == ["done", "done", "done", "failed"]
        assert runs.of("failed")[0].message == f"{MISSING} none.csv; check the path."
        assert_same_files(tmp_path / "out", singles, ["bradford", "calderdale", "leeds"])
        runs = hotspots.run_many(some, out="out", cluster=address)
        assert sum(outcome.kept for outcome in runs.outcomes) == 3


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("scheduler", "'scheduler' is no address of a Dask scheduler; write it as tcp://"),
        ("tcp://127.0.0.1:x", "is no address of a Dask scheduler"),
    ],
)
def test_a_wrong_address_is_one_line(address, message, jobs, tmp_path):
    """Before anything is run."""
    with pytest.raises(InputError, match=message):
        hotspots.run_many(jobs, out=tmp_path, cluster=address)


def test_without_dask_a_cluster_is_one_line(jobs, tmp_path, monkeypatch):
    """The extra to install is named."""
    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "distributed":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"pip install 'hotspots-engine\[cluster\]'"):
        hotspots.run_many(jobs, out=tmp_path, cluster="tcp://127.0.0.1:8786")


def test_each_force_runs_those_with_incidents(jobs, street, town_rows, write_street, tmp_path):
    """Two forces have incidents here; all others of the 43 are skipped, with the reason."""
    town = write_street(tmp_path / "town-street.csv", town_rows)
    both = hotspots.jobs_for_each("force", [street, town])
    assert len(both) == 43
    run = {job.name: job.districts for job in both if not job.skip}
    assert (
        run.items()
        >= {"West Yorkshire": "west-yorkshire", "Hertfordshire": "hertfordshire"}.items()
    )
    few = hotspots.jobs_for_each("force", [town], "hertfordshire, kent", settings=SETTINGS)
    assert [(job.name, bool(job.skip)) for job in few] == [("Hertfordshire", False), ("Kent", True)]
    runs = hotspots.run_many(few, out=tmp_path / "out", workers=1)
    assert statuses(runs) == {"Hertfordshire": "done", "Kent": "skipped"}
    assert "no incident" in runs.of("skipped")[0].message
    # part of a force is that part alone
    (part,) = hotspots.jobs_for_each("force", [street], "leeds, bradford")
    assert part.districts == "leeds, bradford"


def test_a_district_called_like_its_force_is_the_district():
    """Wiltshire the district is not Wiltshire the force, which has Swindon too."""
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy([-1.99, -1.78], [51.35, 51.56]), crs=4326
    )  # Devizes and Swindon
    one, other = hotspots.jobs_for_each("district", points, "wiltshire")
    assert (one.name, other.name) == ("Swindon", "Wiltshire")
    for job in (one, other):
        found = hotspots.check(points, job.districts, settings=job.settings)
        assert found.rows_kept == 1
        assert job.skip == ""


def test_each_district_of_a_file(town_file, halves, tmp_path):
    """A job keeps one polygon of the file: its incidents are those that lie in it."""
    halves.to_file(tmp_path / "halves.gpkg")
    jobs = hotspots.jobs_for_each(
        "district", town_file, tmp_path / "halves.gpkg", settings=SETTINGS
    )
    assert [job.name for job in jobs] == ["East", "West"]
    runs = hotspots.run_many(jobs, out=tmp_path / "out", workers=1)
    whole = hotspots.run(town_file, tmp_path / "halves.gpkg", settings=SETTINGS)
    counted = whole.targeting.districts.set_index("district")["incidents"]
    for outcome in runs.outcomes:
        assert outcome.incidents == counted[outcome.name]
        found = gpd.read_file(tmp_path / "out" / outcome.folder / "plan.gpkg", layer="districts")
        assert found["district"].tolist() == [outcome.name]
        assert "Boundaries: halves.gpkg." in outcome.attribution
    with pytest.raises(InputError, match="'East' has no police force"):
        hotspots.jobs_for_each("force", town_file, tmp_path / "halves.gpkg")


def test_each_category_selects_alone(street, sample_rows, tmp_path):
    """A job per default category in the data, each with the rows that Python counts."""
    jobs = hotspots.jobs_for_each("category", street, "leeds", settings=SETTINGS)
    rows = [row["Crime type"] for row in sample_rows[::10]]
    assert [job.name for job in jobs] == sorted(set(rows) & set(DEFAULT_CATEGORIES))
    assert jobs[0].settings.sharing.title == f"Hotspot patrol plan: {jobs[0].name}"
    runs = hotspots.run_many(jobs[:1], out=tmp_path, workers=1)
    quality = json.loads((tmp_path / runs.outcomes[0].folder / "quality.json").read_text("utf-8"))
    selecting = [entry for entry in quality["categories"] if entry["selects"]]
    assert [entry["category"] for entry in selecting] == [jobs[0].name]
    assert runs.outcomes[0].incidents == selecting[0]["incidents"]
    named = SETTINGS.replace(
        intake={"categories": ("Drugs", "Piracy")}, sharing={"title": "Plan 2022"}
    )
    drugs, piracy = hotspots.jobs_for_each("category", street, "leeds", settings=named)
    assert (drugs.name, drugs.skip, drugs.settings.sharing.title) == (
        "Drugs",
        "",
        "Plan 2022: Drugs",
    )
    assert (piracy.name, bool(piracy.skip)) == ("Piracy", True)


JOBS = """
[targeting]
hotspots = 3
[tasking]
hours = 900

[[jobs]]
name = "Leeds"
districts = "leeds"

[[jobs]]
name = "Bradford, one"
incidents = ["{street}"]
districts = {{ layer = "bradford", crs = "EPSG:27700" }}
[jobs.targeting]
hotspots = 1
[jobs.tasking]
pounds = 3830
"""


def test_a_settings_file_lists_jobs(street, singles, tmp_path, capsys, monkeypatch):
    """Tables of a job lie on those of the file, the command line on both; status 0."""
    monkeypatch.chdir(tmp_path)
    Path("jobs.toml").write_text(JOBS.format(street=street.as_posix()), encoding="utf-8")
    arguments = ["run", str(street), "--config", "jobs.toml", "--jobs", "1", "--out", "out"]
    assert main([*arguments, "--json"]) == 0
    shown = capsys.readouterr()
    one, leeds = json.loads(shown.out)["jobs"]
    assert (one["folder"], one["hotspots"]) == ("bradford-one", 1)
    assert one["officer_hours"] <= 3830 / 38.30 < one["officer_hours"] + 0.75
    assert leeds["hotspots"] == 3
    same = (singles / "leeds" / "map.html").read_bytes()
    unchanged = Path("out/leeds/map.html").read_bytes() == same
    assert unchanged
    assert shown.err.splitlines()[0].startswith("1 of 2: ")
    assert main([*arguments, "--hotspots", "2"]) == 0
    assert "2 of 2 runs done." in capsys.readouterr().out
    index = json.loads(Path("out/index.json").read_text("utf-8"))
    assert [job["hotspots"] for job in index["jobs"]] == [2, 2]
    # the same file serves the verbs that run one thing
    assert main(["check", str(street), "--config", "jobs.toml"]) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[job]]", "did you mean 'jobs'"),
        ("jobs = 3", "jobs must be tables"),
        ("[jobs]\nname = 'x'", "jobs must be tables"),
        ("[[jobs]]\nnam = 'x'", "job 1: Unknown setting 'nam' in [jobs]; did you mean 'name'?"),
        ("[[jobs]]\nname = ' '", "name must be a text"),
        ("[[jobs]]\nname = 'x'\ndistricts = 'leeds'", "job 1 ('x'): it names no incidents"),
        ("[[jobs]]\nname = 'x'\nincidents = 3", "incidents must be a list of paths; it is 3"),
        ("[[jobs]]\nname = 'x'\nincidents = 'a.csv'", "districts must be a police force"),
        (
            "[[jobs]]\nname = 'x'\nincidents = 'a.csv'\ndistricts = 'leeds'\n"
            "[jobs.targeting]\nhotpsots = 3",
            "Unknown setting 'hotpsots' in [targeting]; did you mean 'hotspots'?",
        ),
        (
            "[[jobs]]\nname = 'x'\nincidents = 'a.csv'\ndistricts = {layr = 'leeds'}",
            "districts must be a police force",
        ),
        (
            "[[jobs]]\nname = 'x'\nincidents = 'a.csv'\ndistricts = 'leeds'\ntasking = 3",
            "[jobs.tasking] must be a table",
        ),
        (
            "[[jobs]]\nname = 'x'\nincidents = 'a.csv'\ndistricts = 'leeds'\n" * 2,
            "Two jobs are called 'x'",
        ),
    ],
)
def test_a_wrong_list_of_jobs_is_one_line(text, message, tmp_path, capsys, monkeypatch):
    """What is wrong, in which job; status 2, nothing written."""
    monkeypatch.chdir(tmp_path)
    Path("jobs.toml").write_text(text, encoding="utf-8")
    assert main(["run", "--config", "jobs.toml", "--out", "out"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert message in shown.err
    assert not Path("out").exists()


FULL = "[[jobs]]\nname = 'x'\nincidents = 'a.csv'\ndistricts = 'leeds'\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--each force", "the following arguments are required: INCIDENTS;"),
        ("a.csv --each district", "the following arguments are required: --districts"),
        ("a.csv --each category --config empty.toml", "needs districts; give --districts"),
        ("--each force --config empty.toml", "INCIDENTS is missing"),
        ("--config empty.toml", "INCIDENTS is missing, and empty.toml lists no [[jobs]]"),
        ("a.csv --config empty.toml", "--districts is missing"),
        ("a.csv --districts leeds --jobs 2", "--jobs goes with many runs"),
        ("a.csv --districts leeds --fresh", "--fresh goes with many runs"),
        ("a.csv --districts leeds --cluster tcp://x:1", "--cluster goes with many runs"),
        ("a.csv --districts leeds --each district --refresh", "--refresh goes with a single run"),
        ("a.csv --each town --districts leeds", "invalid choice: 'town'"),
        ("--config full.toml --each force", "full.toml lists jobs; leave out --each"),
        ("--config full.toml --jobs 0", "1 or more; it is 0"),
        ("--config full.toml --jobs 2 --cluster tcp://x:1", "not allowed with"),
        ("b.csv --config full.toml", "names its own incidents; leave out b.csv"),
        ("--districts york --config full.toml", "names its own districts; leave out york"),
    ],
)
def test_options_that_do_not_go_together_are_one_line(
    arguments, message, tmp_path, capsys, monkeypatch
):
    """Status 2, nothing written."""
    monkeypatch.chdir(tmp_path)
    Path("empty.toml").touch()
    Path("full.toml").write_text(FULL, encoding="utf-8")
    assert main(["run", *arguments.split(), "--out", "out"]) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.endswith("...")]
    assert len(lines) == 1
    assert message.lower() in lines[0].lower()
    assert not Path("out").exists()


def test_some_failed_is_status_1(street, tmp_path, capsys, monkeypatch):
    """The line on stderr says how many and which; the index says why; control codes are gone."""
    monkeypatch.chdir(tmp_path)
    text = JOBS.format(street="no\\u001b[31m.csv") + FULL.replace("'x'", r'"\u001b]0;x <b>"')
    Path("jobs.toml").write_text(text, encoding="utf-8")
    assert main(["run", str(street), "--config", "jobs.toml", "--jobs", "1", "--out", "out"]) == 1
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err
    assert "2 of 3 runs failed: " in shown.err.splitlines()[-1]
    page = Path("out/index.html").read_text("utf-8")
    assert page.count("Failed:") == 2
    assert MISSING in page
    assert "<b>" not in page
    assert "\x1b" not in page


HOSTILE_NAMES = [
    "../../etc/passwd", "/absolute", "C:\\windows", "..", "", "CON", "nul", "a" * 300, "b/../c",
    "日本", "Łódź", "index.html", ".hidden", "A b", "a-b", "a/b", "x\x00y", "~", "%2e%2e",
    "\u202ea",
]  # fmt: skip


def test_folders_are_safe_and_distinct():
    """Lower-case letters, digits and hyphens, one folder per name, short, no device of Windows."""
    found = folders(HOSTILE_NAMES)
    assert list(found) == HOSTILE_NAMES
    assert len(set(found.values())) == len(HOSTILE_NAMES)
    for folder in found.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", folder)
        assert len(folder) < 80
        assert folder not in ("con", "nul")
    assert folders(["West Yorkshire"]) == {"West Yorkshire": "west-yorkshire"}
    with pytest.raises(InputError, match="Two jobs are called 'x'"):
        folders(["x", "y", "x"])


def test_districts_can_be_narrowed_by_name(street):
    """The setting keeps some districts, with the codes they have among all."""
    from hotspots.intake import read_districts

    whole = read_districts("west-yorkshire").set_index("district")["district_code"]
    only = hotspots.Settings.from_dict({"districts": {"only": ["Leeds", "Bradford"]}})
    part = read_districts("west-yorkshire", only.districts)
    assert part["district"].tolist() == ["Bradford", "Leeds"]
    assert part["district_code"].tolist() == whole[["Bradford", "Leeds"]].tolist()
    wrong = hotspots.Settings.from_dict({"districts": {"only": ["Leds"]}})
    with pytest.raises(InputError, match="holds no district 'Leds'; nearest: Leeds"):
        hotspots.check(street, "west-yorkshire", settings=wrong)


def test_no_jobs_and_wrong_words_are_refused(street, tmp_path):
    """An empty list, and a split that does not exist."""
    with pytest.raises(InputError, match="There is no job to run"):
        hotspots.run_many([], out=tmp_path / "out")
    with pytest.raises(InputError, match="each must be one of force, district, category"):
        hotspots.jobs_for_each("town", street)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="Cannot read the settings file"):
        hotspots.read_jobs(tmp_path / "none.toml")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent to a group of processes")
def test_an_interruption_keeps_what_is_done(street, tmp_path):
    """Ctrl-C after the first job: status 130, no half-written folder, and it can go on."""
    command = [
        sys.executable, "-m", "hotspots", "run", str(street), "--each", "district",
        "--districts", "west-yorkshire", "--hotspots", "3", "--jobs", "2", "--out", "out",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    with process:
        assert process.stderr is not None
        lines = [process.stderr.readline(), process.stderr.readline()]
        assert lines[1].startswith("1 of 5: ")
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(timeout=60) == 130, rest
    assert "Traceback" not in rest
    assert "interrupted; what is done stays" in rest
    done = {path.parent.name for path in tmp_path.glob("out/*/run.json")}
    assert 1 <= len(done) < 5
    assert not list(tmp_path.glob("out/**/.hotspots-*"))
    for folder in (tmp_path / "out").iterdir():
        assert len(list(folder.iterdir())) in (0, 5)


def test_a_stop_inside_a_finaliser_comes_after_it(monkeypatch):
    """Python swallows what a finaliser raises, so the stop waits until it has ended."""
    from hotspots.programme import workers

    again = threading.Event()
    monkeypatch.setattr(workers.signal, "raise_signal", lambda number: again.set())

    class Closing:
        def __del__(self):
            workers._stop(signal.SIGINT, sys._getframe())

    closing = Closing()
    del closing
    try:
        assert again.wait(5)
        with pytest.raises(SystemExit, match="130"):
            workers._stop(signal.SIGINT, sys._getframe())
    finally:
        workers._stopped.clear()


def test_an_interrupted_job_ends_all_even_if_the_signal_was_lost_here(jobs, tmp_path):
    """A job that Ctrl-C ended is no failure of its own, and no other is begun after it."""
    from hotspots.programme import workers

    class Interrupted(Executor):
        def submit(self, function, /, *given):
            del function, given
            future = Future()
            future.set_exception(SystemExit(130))
            return future

    with pytest.raises(KeyboardInterrupt):
        list(workers._reports(Interrupted(), {tmp_path: jobs[0]}))
    workers._stopped.set()
    try:
        with pytest.raises(SystemExit, match="130"):
            workers.work(jobs[0], str(tmp_path))
    finally:
        workers._stopped.clear()
    assert not list(tmp_path.iterdir())
