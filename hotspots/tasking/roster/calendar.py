"""Days of a roster: patrol days, bank holidays, and spans of local time as minutes of UTC."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hotspots.errors import SettingsError
from hotspots.settings import RosterSettings, TaskingSettings
from hotspots.settings.periods import WEEKDAYS
from hotspots.settings.roster import read_date

_SUBDIVISIONS = {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)

SUNDAY = 7


class Day(NamedTuple):
    """A day with patrols: its date, as which weekday (1 to 7) it counts, and its holiday."""

    date: datetime.date
    counts_as: int
    holiday: str


class Window(NamedTuple):
    """A span in which patrols may be out, in minutes of UTC since 1970."""

    start: int
    end: int
    day: int
    shift: str


def bank_holidays(region: str, years: Sequence[int]) -> Mapping[datetime.date, str]:
    """Bank holidays of some years with substitute days and single ones, date -> name.

    A holiday on a weekend counts, and its substitute day as well. They come from the library
    `holidays`, which holds the rules and the proclaimed days.

    Examples
    --------
    >>> days = bank_holidays("england-and-wales", [2023])
    >>> len(days), str(min(days)), datetime.date(2023, 5, 8) in days
    (10, '2023-01-01', True)
    """
    if region == "none":
        return {}
    import holidays

    found = holidays.country_holidays("GB", subdiv=_SUBDIVISIONS[region], years=list(years))
    return dict(sorted(found.items()))


def patrol_weekdays(tasking: TaskingSettings, roster: RosterSettings) -> tuple[int, ...]:
    """Weekdays with patrols, 1 is Monday.

    Raises
    ------
    SettingsError
        The roster names more or fewer of them than the plan has.
    """
    if not roster.weekdays:
        return tuple(range(1, tasking.days_per_week + 1))
    if len(roster.weekdays) != tasking.days_per_week:
        raise SettingsError(
            f"roster.weekdays names {len(roster.weekdays)} days, and the plan has "
            f"{tasking.days_per_week} a week (tasking.days_per_week); name as many."
        )
    return tuple(sorted(WEEKDAYS.index(name) + 1 for name in roster.weekdays))


def patrol_days(tasking: TaskingSettings, roster: RosterSettings) -> list[Day]:
    """All days with patrols, in order.

    Raises
    ------
    SettingsError
        No first day is set, or the roster is longer than the programme.
    """
    if roster.from_date is None:
        raise SettingsError("The roster has no first day; set roster.from_date or give --from.")
    first = read_date("roster.from_date", roster.from_date)
    if roster.weeks > tasking.weeks:
        raise SettingsError(
            f"roster.weeks is {roster.weeks}, and the programme has {tasking.weeks} weeks "
            "(tasking.weeks); make a roster of that many or fewer."
        )
    if not 1971 <= first.year <= 2199:
        raise SettingsError(f"roster.from_date must be from 1971 to 2199; it is {first}.")
    dates = [first + datetime.timedelta(days=n) for n in range(7 * roster.weeks)]
    closed = bank_holidays(roster.bank_holidays, range(first.year, dates[-1].year + 1))
    on_duty = patrol_weekdays(tasking, roster)
    days = []
    for date in dates:
        holiday, weekday = closed.get(date, ""), date.isoweekday()
        if holiday and roster.bank_holiday_rule == "skip":
            continue
        if holiday and roster.bank_holiday_rule == "sunday":
            weekday = SUNDAY
        if date.isoweekday() in on_duty:
            days.append(Day(date, weekday, holiday))
    return days


def window(day: Day, number: int, shift: str, begin: float, hours: float, zone: ZoneInfo) -> Window:
    """Span of a shift that begins on a day at an hour of its clock and lasts so many hours of it.

    Where the clock changes within, the span is an hour shorter or longer.
    """
    midnight = datetime.datetime.combine(day.date, datetime.time())
    ends = [
        (midnight + datetime.timedelta(minutes=round(60 * hour))).replace(tzinfo=zone)
        for hour in (begin, begin + hours)
    ]
    start, end = (int((time - _EPOCH).total_seconds()) // 60 for time in ends)
    return Window(start, end, number, shift)


def local(minute: int, zone: ZoneInfo) -> datetime.datetime:
    """Local time of a minute of UTC since 1970."""
    return (_EPOCH + datetime.timedelta(minutes=minute)).astimezone(zone)
