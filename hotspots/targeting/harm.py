"""Harm weights of offence categories: the bundled index, or a table of one's own."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from hotspots.errors import InputError

#: Cambridge Crime Harm Index by category of data.police.uk; data/harm/README.md.
BUNDLED = "harm/cambridge-chi.csv"


def harm_weights(path: str | Path | None = None) -> dict[str, float]:
    """Weight of each category, its name in lower case.

    Parameters
    ----------
    path
        CSV file with the columns category and weight (any number, 0 or more). None: the bundled
        Cambridge Crime Harm Index, in days of imprisonment.

    Raises
    ------
    InputError
        The file cannot be read, lacks a column, has no rows, names a category twice, or has a
        weight that is not a number of 0 or more.

    Examples
    --------
    >>> harm_weights()["robbery"]
    365.0
    """
    if path is None:
        text = resources.files("hotspots.data").joinpath(BUNDLED).read_text(encoding="utf-8")
        return _parsed(text, "days", BUNDLED)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"Cannot read the harm table {path}: {reason}.") from error
    return _parsed(text, "weight", str(path))


def _parsed(text: str, column: str, what: str) -> dict[str, float]:
    rows = csv.DictReader(io.StringIO(text), strict=True)
    try:
        header = [name.strip().lower() for name in rows.fieldnames or ()]
        rows.fieldnames = header
        missing = [name for name in ("category", column) if name not in header]
        if missing:
            raise InputError(
                f"The harm table {what} has no column {' or '.join(missing)}; it needs category "
                f"and {column}, found: {', '.join(header) or 'nothing'}."
            )
        weights: dict[str, float] = {}
        for row in rows:
            name = key(row["category"] or "")
            if name in weights:
                raise InputError(f"The harm table {what} names {row['category']!r} twice.")
            weights[name] = _weight(row, column, f"{what}, line {rows.line_num}")
    except csv.Error as error:
        raise InputError(f"The harm table {what} is not a CSV file: {error}.") from error
    if not weights:
        raise InputError(f"The harm table {what} has no rows below its header.")
    return weights


def _weight(row: Mapping[str, str | None], column: str, where: str) -> float:
    given = (row[column] or "").strip()
    try:
        weight = float(given)
    except ValueError:
        weight = math.nan
    if not 0 <= weight < math.inf:
        raise InputError(
            f"The harm table {where}: the {column} of {row['category']!r} is {given!r}; write a "
            "number of 0 or more."
        )
    return weight


def key(category: object) -> str:
    """Name of a category as the tables are compared: without case and outer spaces."""
    return str(category).strip().casefold()
