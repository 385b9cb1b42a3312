"""The same places come from a file, from PostgreSQL and from a Spark cluster, to the row."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

import hotspots
from hotspots.errors import InputError
from hotspots.frames import Moments
from hotspots.intake import read_districts, read_moments, read_places
from hotspots.intake.databases import without_password


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Some thousand rows of the sample with every kind of trouble among them."""
    import zipfile

    with zipfile.ZipFile(hotspots.sample_incidents()) as archive:
        month = sorted(name for name in archive.namelist() if name.endswith(".csv"))[0]
        table = pd.read_csv(archive.open(month), dtype=str, nrows=6000)
    table = table.astype(object).where(table.notna(), None)
    longitude = table.columns.get_loc("Longitude")
    for row, value in enumerate(["", "east", "1e400", "nan", "0", "-1.5e0", " -1.55 ", "200"]):
        table.iloc[row * 7, longitude] = value
    table.loc[table.index[::900], "Crime ID"] = "repeated"
    table.loc[table.index[450::900], "Month"] = "2016-13"
    return table


@pytest.fixture(scope="module")
def from_csv(rows: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> hotspots.Places:
    """The places that DuckDB makes of the rows as a CSV file."""
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    rows.to_csv(path, index=False)
    return read_places([path], read_districts("west-yorkshire"))[0]


def _same(found: hotspots.Places, expected: hotspots.Places) -> None:
    pd.testing.assert_frame_equal(found.table, expected.table, check_exact=True)
    assert found.quality.left_out == expected.quality.left_out
    assert found.quality.rows_read == expected.quality.rows_read == 6000
    assert expected.quality.left_out["repeated_id"] > 0
    assert expected.quality.left_out["unreadable_coordinates"] >= 4


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """URL of a real PostgreSQL server, started for these tests."""
    psycopg = pytest.importorskip("psycopg", reason="the postgres extra is not installed")
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    control = shutil.which("pg_ctl") or (homes and str(homes[-1] / "pg_ctl"))
    if not control:
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    # pytest's own temporary folders are closed to other users, and the server refuses root
    home = Path(tempfile.mkdtemp(prefix="hotspots-postgres-"))
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(home, "postgres")
    port = _free_port()
    initialise = str(Path(control).with_name("initdb"))
    data = home / "data"
    subprocess.run(
        [*as_user, initialise, "-D", data, "-A", "trust", "-U", "analyst"],
        check=True, capture_output=True, cwd=home,
    )  # fmt: skip
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1"
    start = [*as_user, control, "-D", data, "-o", options, "-l", home / "log", "-w", "start"]
    subprocess.run(
        start, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=home
    )
    try:
        yield f"postgresql://analyst:secret@127.0.0.1:{port}/postgres"
    finally:
        stop = [*as_user, control, "-D", data, "-m", "fast", "stop"]
        subprocess.run(stop, check=True, capture_output=True, cwd=home)
        shutil.rmtree(home, ignore_errors=True)
    assert psycopg


def _load(url: str, rows: pd.DataFrame, types: dict[str, str]) -> None:
    import psycopg

    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        columns = ", ".join(f'"{name}" {types.get(name, "text")}' for name in rows)
        cursor.execute("DROP TABLE IF EXISTS incidents")
        cursor.execute(f"CREATE TABLE incidents ({columns})")
        with cursor.copy("COPY incidents FROM STDIN") as copy:
            for row in rows.itertuples(index=False):
                copy.write_row(row)


def test_postgresql_gives_the_same_places(
    postgres: str, rows: pd.DataFrame, from_csv: hotspots.Places
) -> None:
    """A table of texts in PostgreSQL collapses there to the same places as the file here."""
    _load(postgres, rows, {})
    found, _ = read_places([f"{postgres}#incidents"], read_districts("west-yorkshire"))
    _same(found, from_csv)
    (entry,) = found.quality.files
    assert "secret" not in str(entry)


def test_postgresql_columns_of_other_types(postgres: str, tmp_path: Path) -> None:
    """Numbers and dates that a database holds as such are read as they are, null as missing."""
    rows = pd.DataFrame(
        {
            "lon": [-1.55, -1.55, None, -1.56],
            "lat": [53.8, 53.8, 53.8, 53.81],
            "day": ["2021-03-01", "2021-03-31", "2021-03-01", None],
            "kind": ["a", "a", "a", "b"],
        },
        dtype=object,
    )
    rows = rows.where(rows.notna(), None)
    _load(postgres, rows, {"lon": "double precision", "lat": "numeric", "day": "timestamp"})
    columns = {"longitude": "lon", "latitude": "lat", "date": "day", "category": "kind"}
    settings = hotspots.Settings.from_dict({"intake": {"columns": columns}})
    found, _ = read_places(
        [f"{postgres}#public.incidents"], read_districts("Leeds"), settings.intake
    )
    assert found.quality.left_out["no_coordinates"] == 1
    assert found.quality.left_out["unreadable_date"] == 1
    assert found.table[["period", "weight"]].to_numpy().tolist() == [["2021-03", 2]]


@pytest.fixture(scope="module")
def spans() -> pd.DataFrame:
    """Rows with days, times, ends and trouble among them, all as text."""
    chance = random.Random(20240301)
    rows = []
    for number in range(3000):
        start = datetime(2024, 2, 25) + timedelta(minutes=chance.randrange(60_000))
        end = start + timedelta(minutes=chance.randrange(-200, 12_000))
        rows.append(
            {
                "lon": f"{-1.55 + chance.randrange(30) / 1000:.3f}",
                "lat": "53.8",
                "day": start.strftime("%d/%m/%Y"),
                "at": chance.choice([start.strftime("%H:%M:%S"), str(start.hour), "night"]),
                "until": chance.choice([end.strftime("%d/%m/%Y"), "31/02/2024", None]),
                "until_at": end.strftime("%H:%M"),
                "id": chance.choice(["", None, f"n{number // 3}"]),
            }
        )
    return pd.DataFrame(rows, dtype=object)


SPANS = hotspots.Settings.from_dict(
    {
        "intake": {
            "columns": {
                "longitude": "lon",
                "latitude": "lat",
                "date": "day",
                "time": "at",
                "end_date": "until",
                "end_time": "until_at",
                "incident_id": "id",
            },
            "date_format": "%d/%m/%Y",
        }
    }
).intake


def _same_moments(found: Moments, spans: pd.DataFrame, path: Path) -> None:
    spans.to_csv(path, index=False)
    expected = read_moments([path], read_districts("Leeds"), SPANS)
    pd.testing.assert_frame_equal(found.table, expected.table, check_exact=True)
    assert found.facts == expected.facts
    assert min(expected.facts.values()) > 0


def test_postgresql_gives_the_same_moments(
    postgres: str, spans: pd.DataFrame, tmp_path: Path
) -> None:
    """Days and times are read in PostgreSQL as they are read here."""
    _load(postgres, spans, {})
    found = read_moments([f"{postgres}#incidents"], read_districts("Leeds"), SPANS)
    _same_moments(found, spans, tmp_path / "spans.csv")


def test_reading_postgresql_never_writes(postgres: str, rows: pd.DataFrame) -> None:
    """The session is read-only: the server itself refuses a write through it."""
    from hotspots.intake.databases import database

    _load(postgres, rows, {})
    with database(f"{postgres}#incidents") as (engine, _):
        with pytest.raises(Exception, match="read-only"):
            engine.raw_sql("CREATE TABLE other (n int)")
        engine.con.rollback()


@pytest.mark.parametrize(
    ("suffix", "says"),
    [
        ("", "names no table"),
        ("#nothing_here", "nothing_here"),
        ("x#incidents", "does not exist"),
    ],
)
def test_a_database_that_cannot_be_read_is_one_line(postgres: str, suffix: str, says: str) -> None:
    """A missing table or database is one line without the password."""
    with pytest.raises(InputError, match=says) as caught:
        read_places([postgres + suffix], None)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_backend_is_one_line() -> None:
    """A URL of no known backend says so."""
    with pytest.raises(InputError, match="nosuchbase"):
        read_places(["nosuchbase://host/base#incidents"], None)


def test_passwords_are_left_out_of_names() -> None:
    """User, password and options of a URL never reach a report."""
    url = "postgresql://me:p%40ss@host:5432/base?sslmode=require#records.incidents"
    assert without_password(url) == "postgresql://host:5432/base#records.incidents"


@pytest.fixture(scope="module")
def spark_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a Spark master with two workers, each a process of its own.

    Java compiles lightly, since every process lives for seconds: that halves their time.
    """
    pyspark = pytest.importorskip("pyspark", reason="the spark extra is not installed")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java (apt-get install default-jre-headless)")
    home = Path(pyspark.__file__).parent
    port, log = _free_port(), tmp_path_factory.mktemp("spark")
    url = f"spark://127.0.0.1:{port}"
    settings = {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    environment = {**os.environ, "SPARK_HOME": str(home), **settings}
    run = str(home / "bin" / "spark-class")
    master = [run, "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1"]
    master += ["--port", str(port), "--webui-port", "0"]
    worker = [run, "org.apache.spark.deploy.worker.Worker", url, "--host", "127.0.0.1"]
    worker += ["--cores", "1", "--memory", "1g", "--webui-port", "0", "--work-dir", str(log)]
    processes = []
    with (log / "log").open("wb") as output:
        for command in (master, worker, worker):
            processes.append(
                subprocess.Popen(command, env=environment, stdout=output, stderr=output)
            )
        try:
            deadline = time.monotonic() + 120
            while (log / "log").read_text(errors="replace").count("Registering worker") < 2:
                assert time.monotonic() < deadline, "the Spark workers did not register"
                time.sleep(0.2)
            with pytest.MonkeyPatch.context() as patch:
                for name, value in settings.items():
                    patch.setenv(name, value)
                yield url
        finally:
            for process in processes:
                process.kill()
            for process in processes:
                process.wait(timeout=60)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_spark_gives_the_same_places(
    spark_cluster: str, rows: pd.DataFrame, from_csv: hotspots.Places, tmp_path: Path
) -> None:
    """A cluster with two workers collapses Parquet files to the same places as the file here."""
    folder = tmp_path / "rows.parquet"
    folder.mkdir()
    half = len(rows) // 2
    rows.iloc[:half].to_parquet(folder / "a.parquet", index=False)
    rows.iloc[half:].to_parquet(folder / "b.parquet", index=False)
    found, _ = read_places([f"{spark_cluster}#{folder}"], read_districts("west-yorkshire"))
    _same(found, from_csv)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_spark_gives_the_same_moments(
    spark_cluster: str, spans: pd.DataFrame, tmp_path: Path
) -> None:
    """A cluster reads days and times as they are read here."""
    path = tmp_path / "spans.parquet"
    spans.to_parquet(path, index=False)
    found = read_moments([f"{spark_cluster}#{path}"], read_districts("Leeds"), SPANS)
    _same_moments(found, spans, tmp_path / "spans.csv")
