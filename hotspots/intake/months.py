"""Months out of dates: one stated format, one pattern, the same on every engine."""

from __future__ import annotations

import calendar
import re
from typing import Any

from hotspots.errors import SettingsError

_PARTS = {
    "%Y": r"(\d{4})",
    "%y": r"(\d{2})",
    "%m": r"(\d{1,2})",
    "%b": r"([A-Za-z]{3})",
    "%B": r"([A-Za-z]+)",
    "%d": r"(\d{1,2})",
    "%H": r"\d{1,2}",
    "%I": r"\d{1,2}",
    "%M": r"\d{2}",
    "%S": r"\d{2}",
    "%f": r"\d{1,9}",
    "%p": r"[AaPp][Mm]",
    "%z": r"(?:Z|[+-]\d{2}:?\d{2})",
    "%a": r"[A-Za-z]{3}",
    "%A": r"[A-Za-z]+",
    "%%": "%",
}


# Parts of a clock time, read only where times are asked for.
_CLOCK = {"%H": "hour", "%I": "hour", "%M": "minute", "%p": "half"}


def date_pattern(date_format: str, *, clock: bool = False) -> tuple[str, dict[str, int]]:
    r"""Turn a `strftime` format into a regular expression and the groups of its parts.

    Parameters
    ----------
    date_format
        How dates are written.
    clock
        Also make groups of the parts of a clock time.

    Returns
    -------
    pattern, groups
        The expression, and group numbers of ``year``, ``month`` and perhaps ``day``; with
        `clock` perhaps of ``hour``, ``minute`` and ``half`` (AM or PM).

    Raises
    ------
    SettingsError
        A code is unknown, or year or month is missing.

    Examples
    --------
    >>> date_pattern("%d/%m/%Y")
    ('^(\\d{1,2})/(\\d{1,2})/(\\d{4})$', {'day': 1, 'month': 2, 'year': 3})
    """
    roles = {"%Y": "year", "%y": "year", "%m": "month", "%b": "month", "%B": "month", "%d": "day"}
    roles |= _CLOCK if clock else {}
    groups: dict[str, int] = {}
    pattern = ""
    for piece in re.findall(r"%.|[^%]+|%$", date_format):
        if piece.startswith("%"):
            if piece not in _PARTS:
                raise SettingsError(
                    f"date_format {date_format!r} has the code {piece!r}; known are "
                    f"{' '.join(_PARTS)}."
                )
            if piece in roles:
                if roles[piece] in groups:
                    raise SettingsError(
                        f"date_format {date_format!r} gives a {roles[piece]} twice."
                    )
                groups[roles[piece]] = len(groups) + 1
            part = _PARTS[piece]
            pattern += f"({part})" if clock and piece in _CLOCK else part
        else:
            pattern += re.escape(piece).replace(r"\ ", " ").replace(r"\-", "-").replace("/", "/")
    if not {"year", "month"} <= set(groups):
        raise SettingsError(f"date_format {date_format!r} needs a year (%Y) and a month (%m).")
    return f"^{pattern}$", groups


def month_of(text: Any, date_format: str) -> Any:
    """Ibis expression: the month ``YYYY-MM`` of a text column, null where it has none.

    A text that does not match the format, or names a day that its month does not have, is
    null, never an error.
    """
    import ibis

    fits, month = calendar_parts(text, date_format, *date_pattern(date_format))
    return fits.ifelse(month, ibis.null("string"))


def calendar_parts(
    text: Any, date_format: str, pattern: str, groups: dict[str, int]
) -> tuple[Any, Any]:
    """Ibis expressions: whether a text is a date that exists, and its month ``YYYY-MM``."""
    import ibis

    pattern = around(pattern)

    def part(name: str) -> Any:
        return text.re_extract(pattern, groups[name])

    year = part("year")
    if "%y" in date_format:
        # the POSIX rule: 69 to 99 are 1969 to 1999
        year = (year >= "69").ifelse(ibis.literal("19"), ibis.literal("20")).concat(year)
    if "%m" in date_format:
        number = part("month").try_cast("int64")
    else:
        names = calendar.month_name if "%B" in date_format else calendar.month_abbr
        number = (
            part("month")
            .lower()
            .cases(*[(names[index].lower(), index) for index in range(1, 13)], else_=None)
        )
    fits = text.re_search(pattern) & number.between(1, 12) & (year != "0000")
    if "day" in groups:
        day, full_year = part("day").try_cast("int64"), year.try_cast("int64")
        leap = ((full_year % 4 == 0) & (full_year % 100 != 0)) | (full_year % 400 == 0)
        longest = ibis.cases(
            (number.isin([4, 6, 9, 11]), 30),
            ((number == 2) & leap, 29),
            (number == 2, 28),
            else_=31,
        )
        fits = fits & day.between(1, longest)
    return fits, year.concat("-", number.cast("string").lpad(2, "0"))


def around(pattern: str) -> str:
    """The same pattern with white space allowed on both sides."""
    return rf"^\s*{pattern[1:-1]}\s*$"


def month_in(text: str, date_format: str) -> str | None:
    """Month ``YYYY-MM`` of one text without days, None where it has none; as `month_of`.

    Examples
    --------
    >>> month_in(" 2021-4 ", "%Y-%m"), month_in("2021-13", "%Y-%m")
    ('2021-04', None)
    """
    pattern, groups = date_pattern(date_format)
    found = re.fullmatch(rf"\s*{pattern[1:-1]}\s*", text, re.ASCII)
    if found is None:
        return None
    year, month = found[groups["year"]], int(found[groups["month"]])
    return f"{year}-{month:02d}" if 1 <= month <= 12 and year != "0000" else None


def span(first: str, last: str) -> list[str]:
    """Every month from `first` to `last`, both included.

    Examples
    --------
    >>> span("2020-11", "2021-02")
    ['2020-11', '2020-12', '2021-01', '2021-02']
    """
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{index // 12:04d}-{index % 12 + 1:02d}" for index in range(start, end + 1)]


def days_in(months: list[str]) -> int:
    """Days in some months.

    Examples
    --------
    >>> days_in(["2020-02", "2021-02"])
    57
    """
    return sum(calendar.monthrange(int(month[:4]), int(month[5:]))[1] for month in months)
