"""Reading where the records live: any database or cluster that Ibis speaks to, never writing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hotspots.errors import HotspotsError, InputError
from hotspots.intake.engines import quiet

_URL = re.compile(r"^([a-z][a-z0-9+]*)://", re.IGNORECASE)
_EXTRAS = {"postgres": "postgres", "postgresql": "postgres", "spark": "spark", "pyspark": "spark"}


def is_url(source: str | Path) -> bool:
    """Whether a source is a database URL rather than a path."""
    return isinstance(source, str) and _URL.match(source) is not None


def without_password(url: str) -> str:
    """A URL fit to be shown and stored.

    Examples
    --------
    >>> without_password("postgresql://analyst:secret@records/force?sslmode=require#incidents")
    'postgresql://records/force#incidents'
    """
    scheme, _, rest = url.partition("://")
    address, hash_, table = rest.partition("#")
    return f"{scheme}://{address.partition('?')[0].rpartition('@')[2]}{hash_}{table}"


@contextmanager
def database(url: str) -> Iterator[tuple[Any, Any]]:
    """Connect to a database and find the table that a URL names.

    Parameters
    ----------
    url
        ``BACKEND://...#TABLE`` as Ibis writes it, the table perhaps with its schema
        (``records.incidents``); or ``spark://HOST:PORT#TABLE``, where the table may also be a
        path ending in .parquet or .csv that the cluster can read.

    Yields
    ------
    engine, table
        The Ibis connection, read-only where the backend can be told so, and the table.

    Raises
    ------
    InputError
        No table is named, the driver is not installed, or the server refuses.
    """
    address, _, name = url.partition("#")
    shown = without_password(url)
    if not name:
        raise InputError(f"{shown} names no table; write it after #, as in {shown}#incidents.")
    with clear_errors(shown), quiet():
        engine = _spark(address) if address.startswith("spark://") else _connect(address)
    try:
        with clear_errors(shown):
            table = _table(engine, name)
        with quiet():
            yield engine, table
    finally:
        engine.disconnect()


@contextmanager
def clear_errors(shown: str) -> Iterator[None]:
    """Turn whatever a driver raises into one line that names the database."""
    try:
        yield
    except HotspotsError:
        raise
    except ImportError as error:
        scheme = shown.partition("://")[0].lower()
        extra = _EXTRAS.get(scheme, "")
        wanted = f"hotspots-engine[{extra}]" if extra else f"ibis-framework[{scheme}]"
        raise InputError(f"No driver for {scheme} is installed: pip install '{wanted}'.") from error
    except Exception as error:
        line = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError(f"Cannot read {shown}: {line}") from error


def _connect(address: str) -> Any:
    import ibis

    engine = ibis.connect(address)
    if engine.name == "postgres":
        engine.raw_sql("SET default_transaction_read_only = on").close()
    return engine


def _spark(address: str) -> Any:
    import ibis
    from pyspark.sql import SparkSession

    session = SparkSession.builder.master(address).appName("hotspots").getOrCreate()
    return ibis.pyspark.connect(session)


def _table(engine: Any, name: str) -> Any:
    if engine.name == "pyspark" and name.lower().endswith((".parquet", ".csv")):
        read = engine.read_csv if name.lower().endswith(".csv") else engine.read_parquet
        return read(name, header=True) if read == engine.read_csv else read(name)
    schema, _, table = name.rpartition(".")
    return engine.table(table, database=schema or None)
