"""Moments out of dates and times: written once as Ibis expressions, the same on every engine."""

from __future__ import annotations

from typing import Any

from hotspots.intake.months import around, calendar_parts, date_pattern

_TIME = r"^(\d{1,2})(:(\d{2})(:\d{2}([.]\d+)?)?|[.]0+)?$"


def has_day(date_format: str) -> bool:
    """Whether a date format has days.

    Examples
    --------
    >>> has_day("%d/%m/%Y"), has_day("%Y-%m")
    (True, False)
    """
    return "day" in date_pattern(date_format)[1]


def has_clock(date_format: str) -> bool:
    """Whether a date format has hours that can be told apart.

    Examples
    --------
    >>> has_clock("%d/%m/%Y %H:%M"), has_clock("%d/%m/%Y %I:%M"), has_clock("%d/%m/%Y %I %p")
    (True, False, True)
    """
    groups = date_pattern(date_format, clock=True)[1]
    return "hour" in groups and ("%H" in date_format or "half" in groups)


def moment_of(text: Any, date_format: str) -> Any:
    """Ibis expression: ``YYYY-MM-DD HH:MM`` of a text column, never null.

    Without a time of day, or with one that does not exist, it is ``YYYY-MM-DD``; empty where
    the text is no date with a day.
    """
    import ibis

    if not has_day(date_format):
        return ibis.literal("")
    pattern, groups = date_pattern(date_format, clock=True)
    fits, month = calendar_parts(text, date_format, pattern, groups)

    def part(name: str) -> Any:
        return text.re_extract(around(pattern), groups[name])

    day = month.concat("-", part("day").lpad(2, "0"))
    clock = ibis.literal("")
    if has_clock(date_format):
        hour = part("hour").try_cast("int64")
        possible = hour.between(0, 23)
        if "%I" in date_format:
            possible = hour.between(1, 12)
            afternoon = part("half").lower().startswith("p")
            hour = hour % 12 + afternoon.ifelse(ibis.literal(12), ibis.literal(0))
        minute = part("minute") if "minute" in groups else ibis.literal("00")
        clock = _clock(possible, hour, minute)
    return fits.ifelse(joined(day, clock), ibis.literal("")).fill_null("")


def time_of(text: Any) -> Any:
    """Ibis expression: ``HH:MM`` of HH:MM, HH:MM:SS or an hour; empty where there is none."""
    pattern = around(_TIME)
    hour = text.re_extract(pattern, 1).try_cast("int64")
    minute = text.re_extract(pattern, 3).fill_null("")
    minute = (minute == "").ifelse("00", minute)
    fits = text.re_search(pattern) & hour.between(0, 23)
    return _clock(fits, hour, minute)


def joined(day: Any, clock: Any) -> Any:
    """Ibis expression: a day and perhaps a clock time, as one text."""
    return (clock == "").ifelse(day, day.concat(" ", clock))


def _clock(possible: Any, hour: Any, minute: Any) -> Any:
    import ibis

    possible = possible & (minute < "60")
    text = hour.cast("string").lpad(2, "0").concat(":", minute)
    return possible.ifelse(text, ibis.literal("")).fill_null("")
