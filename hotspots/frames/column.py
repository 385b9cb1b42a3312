"""One published column, and checks on tables that must have some."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from hotspots.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


class Column(NamedTuple):
    """One published column: its name, kind (int, float, str, bool, time), unit and meaning."""

    name: str
    kind: str
    unit: str
    meaning: str


def names(columns: Iterable[Column]) -> list[str]:
    """Names of some published columns, in order."""
    return [column.name for column in columns]


def require(table: pd.DataFrame, wanted: Sequence[str], what: str) -> None:
    """Check that `table` has the `wanted` columns.

    Raises
    ------
    InputError
        Some are missing; the message names them and those found.
    """
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise InputError(
            f"{what} has no column {', '.join(missing)}; found: {', '.join(map(str, table))}."
        )
