"""Reading what people decided about single hotspots, from a small file or an earlier plan."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.frames import LIFT, LIFTED, Override
from hotspots.intake.override_fields import CSV_COLUMNS, override_of
from hotspots.trees import unknown_key

if TYPE_CHECKING:
    import pandas as pd

_SUFFIXES = (".toml", ".csv")


def read_overrides(path: str | Path, crs: str) -> list[Override]:
    """Read a file of overrides (docs/overrides.md).

    Parameters
    ----------
    path
        TOML with tables ``[[overrides]]``, or CSV with the same names as columns.
    crs
        CRS to bring points and outlines to.

    Returns
    -------
    list of Override
        In the order of the file.

    Raises
    ------
    InputError
        The file is missing or broken, or an override lacks what it needs; the message names it.
    """
    found = []
    for number, entry in enumerate(_entries(Path(path)), start=1):
        found.append(override_of(entry, f"{path}, override {number}", crs, Path(path).parent))
    _check_ids(found, str(path))
    return found


def override_files(path: str | Path) -> list[Path]:
    """Files that a file of overrides depends on: itself and the outlines that it names."""
    path = Path(path)
    if not path.is_file():
        return []
    named = [str(entry.get("outline", "")).strip() for entry in _entries(path)]
    beside = [path.parent / name for name in named if name and len(name) < 500]
    return [path, *(one for one in dict.fromkeys(beside) if one.is_file())]


def carried_overrides(table: pd.DataFrame, what: str, crs: str) -> list[Override]:
    """Overrides that an earlier plan kept, but those that were lifted.

    Parameters
    ----------
    table
        Columns `hotspots.frames.OVERRIDES`, as the plan holds them.
    what
        What it is called in a message.
    crs
        CRS to bring points and outlines to.

    Raises
    ------
    InputError
        A definition cannot be read.
    """
    found = []
    held = table[(table["action"] != LIFT) & (table["status"] != LIFTED)]
    for row in held.itertuples(index=False):
        label = f"{what}: the override {row.override_id}"
        try:
            entry = json.loads(str(row.definition))
        except json.JSONDecodeError as error:
            raise InputError(f"{label} cannot be read ({error}); lift it, or run again.") from None
        if not isinstance(entry, dict):
            raise InputError(f"{label} is not a table of values; lift it, or run again.")
        entry["id"] = str(row.override_id)
        found.append(override_of(entry, label, crs, None, meant=str(row.hotspot_id)))
    _check_ids(found, what)
    return found


def together(carried: Sequence[Override], given: Sequence[Override]) -> list[Override]:
    """Overrides of an earlier plan and of a file: what the file says anew replaces the earlier.

    What the file says again, word for word, is the earlier one, which knows its place.
    """
    said = {one.override_id: one for one in given}
    kept = []
    for one in carried:
        again = said.get(one.override_id)
        if again is None:
            kept.append(one)
        elif again.definition == one.definition:
            kept.append(one)
            del said[one.override_id]
    return [*kept, *said.values()]


def _entries(path: Path) -> list[Mapping[str, Any]]:
    """The overrides of a file, as they stand there."""
    if path.suffix.lower() not in _SUFFIXES:
        raise InputError(f"The overrides file {path} ends in neither .toml nor .csv; rename it.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"There is no overrides file {path}; check the path.") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"Cannot read the overrides file {path}: {reason}.") from error
    if path.suffix.lower() == ".csv":
        return _rows(text, path)
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The overrides file {path} is not valid TOML: {error}.") from error
    for key in tree:
        if key != "overrides":
            raise InputError(f"{path}: {unknown_key('', key, ['overrides'])}")
    entries = tree.get("overrides", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(f"{path}: overrides must be tables, each under a line [[overrides]].")
    return entries


def _rows(text: str, path: Path) -> list[Mapping[str, Any]]:
    """Rows of a CSV file; an empty cell says nothing."""
    rows = csv.reader(text.splitlines())
    try:
        header = [name.strip() for name in next(rows, [])]
        entries: list[Mapping[str, Any]] = []
        for number, row in enumerate(rows, start=1):
            if len(row) > len(header):
                raise InputError(
                    f"{path}, override {number}: {len(row)} cells stand under {len(header)} "
                    "columns; put text with commas in quotes."
                )
            if any(cell.strip() for cell in row):
                filled = zip(header, row, strict=False)
                entries.append({name: cell for name, cell in filled if cell.strip()})
    except csv.Error as error:
        raise InputError(f"The overrides file {path} is not valid CSV: {error}.") from None
    for name in header:
        if name not in CSV_COLUMNS:
            raise InputError(f"{path}: {unknown_key('', name, CSV_COLUMNS)}")
    return entries


def _check_ids(overrides: Iterable[Override], what: str) -> None:
    seen = set()
    for one in overrides:
        if one.override_id in seen:
            raise InputError(
                f"{what}: the override {one.override_id} stands there twice; remove one, or give "
                "each an id of its own."
            )
        seen.add(one.override_id)
