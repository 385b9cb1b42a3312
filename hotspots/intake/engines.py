"""The database engine that reads and collapses rows: DuckDB, inside the process."""

from __future__ import annotations

import contextlib
import csv
import re
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

#: Column that `read_csv` adds, the path of a row's file: no file has a column of this name.
PATH = "path of the file that was read"
_DELIMITERS = ",;\t|"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep back warnings that Ibis causes in newer DuckDB and pandas: not ours to mend."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="ibis")
        yield


@contextmanager
def connection(memory_gb: float) -> Iterator[Any]:
    """Open an Ibis connection to a DuckDB that lives in memory, and close it afterwards.

    Parameters
    ----------
    memory_gb
        Gigabytes from which the engine puts what it can into a temporary folder, which is
        removed afterwards.

    Raises
    ------
    InputError
        The engine cannot read what it was given, for example a file that is cut short.
    """
    import duckdb
    import ibis

    engine = ibis.duckdb.connect()
    folder = tempfile.TemporaryDirectory(prefix="hotspots-")
    engine.raw_sql("SET preserve_insertion_order = false")
    # it reads on while what it has read is taken
    engine.raw_sql("SET streaming_buffer_size = '64MB'")
    # a bar on stdout would stand among the output that others read; a notebook that cannot draw
    # one refuses even to switch it off
    with contextlib.suppress(duckdb.InvalidInputException):
        engine.raw_sql("SET enable_progress_bar = false")
    engine.raw_sql(f"SET memory_limit = '{memory_gb * 1000:.0f}MB'")
    engine.raw_sql("SET temp_directory = '{}'".format(folder.name.replace("'", "''")))
    try:
        with quiet():
            yield engine
    except duckdb.OutOfMemoryException as error:
        raise InputError(
            f"The incidents do not fit into {memory_gb:g} GB of memory and the free space in "
            f"{tempfile.gettempdir()}; raise intake.memory_gb, or set TMPDIR to a larger disk."
        ) from error
    except duckdb.Error as error:
        line = " ".join(str(error).split())[:200]
        raise InputError(f"The incidents cannot be read to their end: {line}.") from error
    finally:
        engine.disconnect()
        folder.cleanup()


def header(path: Path, name: str) -> tuple[list[str], str]:
    """Read the column names of a CSV file and the delimiter between them.

    Raises
    ------
    InputError
        The file is empty or is not text.
    """
    import gzip

    opener: Any = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as file:
            line = file.readline(1_000_000)
    except (OSError, EOFError) as error:
        raise InputError(f"Cannot read {name}: {error}.") from error
    if not line.strip():
        raise InputError(f"{name} is empty; a header line and rows of incidents are needed.")
    if "\0" in line:
        raise InputError(f"{name} is not a text file; give a CSV, a vector file or a zip of CSVs.")
    delimiter = max(_DELIMITERS, key=line.count)
    columns = [column.strip() for column in next(csv.reader([line], delimiter=delimiter))]
    # an index is often written without a name
    return [name or f"column {place}" for place, name in enumerate(columns, 1)], delimiter


def read_csv(engine: Any, paths: Sequence[Path], columns: Sequence[str], delimiter: str) -> Any:
    """Register CSV files that share a header as one table of text columns.

    Rows that cannot be parsed are set aside; `rejected_rows` counts them. The column `PATH`
    holds the path of each row's file.
    """
    clashes = len({column.lower() for column in columns}) != len(columns)
    if clashes:
        raise InputError(
            f"{paths[0].name} has a repeated column: {', '.join(columns)}; "
            "give every column its own name."
        )
    return engine.read_csv(
        # a path is one file: brackets, stars and question marks in its name are no pattern
        [re.sub(r"([*?\[])", r"[\1]", str(path)) for path in paths],
        columns=dict.fromkeys(columns, "VARCHAR"),
        auto_detect=False,
        header=True,
        delim=delimiter,
        quote='"',
        escape='"',
        filename=PATH,
        # and a folder called "Month=2021" says nothing about a column
        hive_partitioning=False,
        store_rejects=True,
        rejects_limit=0,
        # buffers of 16 lines of the greatest size would take longer to fill than to read
        buffer_size=32_000_000,
        max_line_size=16_000_000,
    )


def parquet_header(path: Path, name: str) -> tuple[list[str], str]:
    """Read the column names of a Parquet file; there is no delimiter.

    Raises
    ------
    InputError
        The file is no Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names), ""
    except (pa.ArrowException, OSError) as error:
        line = " ".join(str(error).split())[:200]
        raise InputError(f"Cannot read {name}: {line}.") from error


def read_parquet(engine: Any, paths: Sequence[Path]) -> Any:
    """Register Parquet files that share their columns as one table."""
    return engine.read_parquet(
        [str(path) for path in paths], filename=PATH, hive_partitioning=False
    )


def rejected_rows(engine: Any) -> list[tuple[str, int]]:
    """Return path and line of every row that could not be parsed; call after the reading."""
    query = """
        SELECT DISTINCT scans.file_path, errors.line
        FROM reject_errors AS errors
        JOIN reject_scans AS scans USING (scan_id, file_id)
        ORDER BY ALL
    """
    return [(str(path), int(line)) for path, line in engine.raw_sql(query).fetchall()]


def from_memory(engine: Any, table: pd.DataFrame) -> Any:
    """Register a pandas table."""
    engine.con.register("incidents_in_memory", table)
    return engine.table("incidents_in_memory")
