"""Sentences, tables and values that tell more than an audience may know."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from hotspots.sharing.inspection.allowed import COUNTS, KEYS, NO_ROWS
from hotspots.sharing.inspection.document import Table
from hotspots.sharing.inspection.finding import Finding

_COUNTED = re.compile(
    r"(?<![\d.,–\-/])(\d{1,3})\s+(?:[\w-]+\s+){0,2}(?:incident|crime|offence|victim|robber|burglar)",
    re.IGNORECASE,
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_CLOCK = r"(?:[01]?\d|2[0-4]):[0-5]\d"
_TIMES = re.compile(
    rf"\b{_DAY}s?\b.{{0,60}}?\b{_CLOCK}\b|\b{_CLOCK}\b.{{0,60}}?\b{_DAY}|"
    rf"\b{_CLOCK}\s*(?:–|-|to|until)\s*{_CLOCK}\b",
    re.IGNORECASE | re.DOTALL,
)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME_KEY = re.compile(
    r"week_?day|day_?part|(?<!per)hour(?!s|sShare)|time|clock|profile|busiest|peak_?hour|shares$",
    re.IGNORECASE,
)
_COUNT_KEY = re.compile(r"^(?!rank).*(?:incident|crime|offence|victim)", re.IGNORECASE)
_PER = "withhold it: make the page for its audience from the plan of record"
_NO_TIMES = "leave times out: make the page for its audience from the plan of record"


def in_text(text: str, where: str, *, least: int, hours: bool) -> Iterator[Finding]:
    """Small counts and times of the week in sentences."""
    for match in _COUNTED.finditer(text):
        if 1 <= int(match[1]) < least:
            yield Finding(where, f"a count below {least}: {_short(match[0])}", _PER)
    if not hours and (found := _TIMES.search(text)):
        yield Finding(where, f"times of the week: {_short(found[0])}", _NO_TIMES)


def in_table(table: Table, *, least: int, hours: bool) -> Iterator[Finding]:
    """Small counts and hours of the week in a table that is read without scripts."""
    where = f"line {table.line}, table"
    counts = [
        at
        for at, head in enumerate(table.headers)
        if re.fullmatch(r"(?:recorded )?incidents?(?: in them| inside)?", head, re.IGNORECASE)
    ]
    for row in table.rows:
        for at in counts:
            text = row[at].replace(",", "") if at < len(row) else ""
            if re.fullmatch(r"\d+", text) and 0 < int(text) < least:
                head = table.headers[at]
                yield Finding(where, f"a count below {least} under {head!r}: {text}", _PER)
    days = {text[:3].lower() for row in [table.headers, *table.rows] for text in row[:30]}
    if not hours and len(days & set(_DAYS)) >= 5:
        yield Finding(where, "a table of weekdays", _NO_TIMES)


def in_values(value: Any, where: str, *, audience: str, least: int) -> Iterator[Finding]:
    """Keys that an edition does not have, small counts and profiles of the week in JSON."""
    yield from _walk(value, where, audience, least, known=True)


def in_unknown_values(value: Any, where: str, *, audience: str, least: int) -> Iterator[Finding]:
    """The same for JSON that is no part of the page's data, whatever its keys."""
    yield from _walk(value, where, audience, least, known=False)


def _walk(value: Any, where: str, audience: str, least: int, *, known: bool) -> Iterator[Finding]:
    if isinstance(value, dict):
        if "columns" in value and "rows" in value and _is_table(value):
            yield from _rows(value, where, audience, least, known=known)
            return
        for key, one in value.items():
            yield from _entry(str(key), one, where, audience, least, known=known)
    elif isinstance(value, list):
        if _is_week(value):
            yield Finding(where, f"{_size(value)} numbers, as many as hours of a week", _NO_TIMES)
            return
        for one in value:
            if isinstance(one, dict | list):
                yield from _walk(one, where, audience, least, known=known)


def _is_table(value: dict[str, Any]) -> bool:
    columns, rows = value["columns"], value["rows"]
    return isinstance(columns, list) and isinstance(rows, list)


def _rows(
    table: dict[str, Any], where: str, audience: str, least: int, *, known: bool
) -> Iterator[Finding]:
    """Columns of a packed table."""
    rows = [row for row in table["rows"] if isinstance(row, list)]
    if rows and where.rpartition(", ")[2] in NO_ROWS:
        yield Finding(where, f"{len(rows)} rows of places that were not selected", _PER)
        return
    for at, column in enumerate(map(str, table["columns"])):
        cells = [row[at] for row in rows if at < len(row)]
        seen: set[str] = set()
        for cell in cells:
            for found in _entry(column, cell, where, audience, least, known=known):
                if found.what not in seen:
                    seen.add(found.what)
                    yield found
    wide = max(map(len, rows), default=0)
    if wide > len(table["columns"]):
        yield Finding(where, "cells without a column", "remove them")


def _entry(
    key: str, value: Any, where: str, audience: str, least: int, *, known: bool
) -> Iterator[Finding]:
    if _is_empty(value):
        return
    at = f"{where}, {key}"
    weekday = key.lower()[:3] in _DAYS and len(key) in (3, 6, 7, 8, 9)
    if (_TIME_KEY.search(key) or weekday) and key not in KEYS[audience]:
        yield Finding(at, f"times: {_short(value)}", _NO_TIMES)
        return
    if known and key not in KEYS[audience]:
        yield Finding(at, f"{key!r}, which the {audience} edition does not have", _PER)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    counts = key in COUNTS or _COUNT_KEY.search(key)
    if number and counts and 0 < value < least:
        yield Finding(at, f"a count below {least}: {value:g}", _PER)
    if isinstance(value, dict | list):
        yield from _walk(value, at, audience, least, known=known)


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, dict | list) and not value)


def _is_week(value: list[Any]) -> bool:
    """Whether it has a number for every hour of a week, in one row, by day or by hour."""
    if len(value) == 168:
        return all(_is_number(one) for one in value)
    if len(value) in (7, 24):
        inner = 168 // len(value)
        return all(
            isinstance(row, list) and len(row) == inner and all(map(_is_number, row))
            for row in value
        )
    return False


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


def _size(value: list[Any]) -> int:
    return sum(len(one) if isinstance(one, list) else 1 for one in value)


def parsed(text: str) -> Any:
    """JSON of a text, None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return repr(text[:57] + "..." if len(text) > 60 else text)
