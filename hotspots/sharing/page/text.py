"""Text and numbers as the shared page writes them: harmless characters, en-GB numbers."""

from __future__ import annotations

import json
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hotspots.sharing.files import clean_text

NOT_KNOWN = "–"

_SQUARES = "ABCDEFGHJKLMNOPQRSTUVWXYZ"  # without I, as the Ordnance Survey letters its squares
_UNITS = {"_m": "m", "_km2": "km²", "_share": "share", "_hours": "officer-hours"}


def plain(value: object) -> str:
    """Text of a table's cell: empty for what is missing, without control characters."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return re.sub(r"[\x7f-\x9f]", "", clean_text(str(value)))


def number(value: Any, digits: int = 4) -> float | int | None:
    """Round to a plain number for JSON; None where it is missing or not finite.

    Examples
    --------
    >>> number(3.0), number(2.123456), number(float("nan"))
    (3, 2.1235, None)
    """
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    if not math.isfinite(found):
        return None
    rounded = round(found, digits)
    return int(rounded) if rounded == int(rounded) else rounded


def figure(value: Any, digits: int = 0) -> str:
    """Write a number for reading, thousands separated.

    Examples
    --------
    >>> figure(61234), figure(0.0821, 3), figure(None)
    ('61,234', '0.082', '–')
    """
    found = number(value, 12)
    return NOT_KNOWN if found is None else _fixed(found, digits)


def scaled(value: Any) -> str:
    """Write a number for reading with about three significant digits.

    Examples
    --------
    >>> scaled(15234.2), scaled(42.26), scaled(7.5), scaled(0.0123)
    ('15,234', '42.3', '7.5', '0.0123')
    """
    found = number(value, 12)
    if found is None:
        return NOT_KNOWN
    size = abs(found)
    if size == 0 or size >= 100 or found == int(found):
        return _fixed(found, 0)
    text = _fixed(found, 2 - math.floor(math.log10(size)))
    return text.rstrip("0").rstrip(".")


def percent(value: Any, digits: int = 1) -> str:
    """Write a share for reading.

    Examples
    --------
    >>> percent(0.0389)
    '3.9%'
    """
    found = number(value, 12)
    return NOT_KNOWN if found is None else f"{_fixed(100 * found, digits)}%"


def _fixed(value: float, digits: int) -> str:
    """Round halves up, as browsers do: 26.25 must not be 26.2 here and 26.3 there."""
    exact = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{exact:,f}"


def setting_name(name: str) -> tuple[str, str]:
    """Split a setting's name into words and its unit.

    Examples
    --------
    >>> setting_name("cell_size_m"), setting_name("min_incidents")
    (('Cell size', 'm'), ('Min incidents', ''))
    """
    for ending, unit in _UNITS.items():
        if name.endswith(ending):
            return words(name.removesuffix(ending)), unit
    return words(name), ""


def words(name: str) -> str:
    """Write a key as words: ``outside_districts`` becomes ``Outside districts``."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def grid_reference(easting_m: float, northing_m: float) -> str:
    """Eight-figure Ordnance Survey grid reference of a British National Grid position.

    Examples
    --------
    >>> grid_reference(651409.9, 313177.3), grid_reference(-5.0, 0.0)
    ('TG 5140 1317', '')
    """
    if not (0 <= easting_m < 700_000 and 0 <= northing_m < 1_300_000):
        return ""
    column, row = int(easting_m // 100_000), int(northing_m // 100_000)
    big = _SQUARES[17 - row // 5 * 5 + column // 5]
    small = _SQUARES[(4 - row % 5) * 5 + column % 5]
    return (
        f"{big}{small} {int(easting_m % 100_000 // 10):04d} {int(northing_m % 100_000 // 10):04d}"
    )


def json_block(value: object) -> str:
    """JSON that can stand inside a ``<script>`` element whatever text it holds.

    Raises
    ------
    ValueError
        A number is not finite.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
