"""How a plan becomes dated patrols."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hotspots.errors import SettingsError
from hotspots.settings.periods import WEEKDAYS
from hotspots.trees import check

_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")


@dataclass(frozen=True, kw_only=True)
class RosterSettings:
    """How a plan becomes dated patrols. Visits, crews and ways are those of ``[tasking]``.

    Attributes
    ----------
    from_date
        First day, ``YYYY-MM-DD``.
    weeks
        Weeks from there, at most those of the programme.
    weekdays
        Names of the patrol days of a week, ``"Mon"`` to ``"Sun"``. Empty: the first
        ``tasking.days_per_week`` of them.
    shifts
        Name and span of the shifts, ``"07:00-15:00"``, perhaps past midnight; they count where
        the plan says any time.
    patrol_hours
        No patrol is longer, from its start to its end. None: as in the plan, or 9.
    wait_minutes
        Longest wait between two stops: a longer one ends the patrol, and another one begins when
        it is over. None: a crew stays out, free for other work nearby.
    timezone
        Time zone of all times of day, by its IANA name.
    bank_holidays
        Whose bank holidays count: ``"england-and-wales"``, ``"scotland"``,
        ``"northern-ireland"`` or ``"none"``.
    bank_holiday_rule
        On a bank holiday patrol as on a ``"sunday"``, as on any other day (``"patrol"``), or
        not at all (``"skip"``); visits left out are made on the other days.
    walk_kmh
        Speed on foot, km/h.
    drive_kmh
        Speed by car, km/h, where that is quicker than walking; 0: on foot only.
    park_minutes
        Time to leave and to find a parking space, added to each drive.
    detour_factor
        Length of a way / straight line.
    travel_times
        A CSV with the columns from_id, to_id and minutes, hotspot by hotspot: its times go
        before those from distances. Empty: none.
    base_minutes
        Way to the first stop and back from the last one. None: ``tasking.travel_minutes``.
    randomised_share
        Share of the visits kept for randomised patrol days, 0 to 1. None: what the plan says.
    seed
        Seed of starts, orders and randomised days.
    marking
        Protective marking of the roster, since times of patrols are sensitive.
    """

    from_date: str | None = None
    weeks: int = 4
    weekdays: tuple[str, ...] = ()
    shifts: Mapping[str, str] = field(
        default_factory=lambda: {"early": "07:00-15:00", "late": "15:00-23:00"}
    )
    patrol_hours: float | None = None
    wait_minutes: float | None = None
    timezone: str = "Europe/London"
    bank_holidays: Literal["england-and-wales", "scotland", "northern-ireland", "none"] = (
        "england-and-wales"
    )
    bank_holiday_rule: Literal["sunday", "patrol", "skip"] = "sunday"
    walk_kmh: float = 5.0
    drive_kmh: float = 30.0
    park_minutes: float = 3.0
    detour_factor: float = 1.3
    travel_times: str = ""
    base_minutes: float | None = None
    randomised_share: float | None = None
    seed: int = 0
    marking: str = "OFFICIAL-SENSITIVE"

    def __post_init__(self) -> None:
        if self.from_date is not None:
            read_date("roster.from_date", self.from_date)
        check(1 <= self.weeks <= 520, "roster.weeks", self.weeks, "between 1 and 520")
        for name in self.weekdays:
            check(name in WEEKDAYS, "roster.weekdays", name, "names from Mon to Sun")
        once = len(set(self.weekdays)) == len(self.weekdays)
        check(once, "roster.weekdays", list(self.weekdays), "each day once")
        check(bool(self.shifts), "roster.shifts", {}, "at least one shift")
        for name, span in self.shifts.items():
            check(bool(name.strip()), "roster.shifts", name, "named")
            shift_hours(f"roster.shifts.{name}", span)
        longest = self.patrol_hours
        check(longest is None or 0 < longest <= 24, "roster.patrol_hours", longest, "up to 24")
        wait = self.wait_minutes
        check(wait is None or 0 <= wait <= 1440, "roster.wait_minutes", wait, "0 to 1440")
        check_timezone(self.timezone)
        check(0 < self.walk_kmh < math.inf, "roster.walk_kmh", self.walk_kmh, "above 0")
        for name in ("drive_kmh", "park_minutes"):
            value = getattr(self, name)
            check(0 <= value < math.inf, f"roster.{name}", value, "0 or more")
        factor = self.detour_factor
        check(1 <= factor < math.inf, "roster.detour_factor", factor, "1 or more")
        base = self.base_minutes
        check(base is None or 0 <= base <= 720, "roster.base_minutes", base, "0 to 720")
        share = self.randomised_share
        check(share is None or 0 <= share <= 1, "roster.randomised_share", share, "0 to 1")
        check(self.seed >= 0, "roster.seed", self.seed, "0 or more")
        check(bool(self.marking.strip()), "roster.marking", self.marking, "not empty")


def read_date(name: str, text: str) -> datetime.date:
    """Read a day written YYYY-MM-DD.

    Raises
    ------
    SettingsError
        It is written otherwise, or there is no such day.
    """
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise SettingsError(f"{name} must be a day such as 2027-04-05; it is {text!r}.")


def shift_hours(name: str, span: str) -> tuple[float, float]:
    """Hour at which a shift begins and hours it lasts; equal ends are a whole day.

    Raises
    ------
    SettingsError
        The span is not written like 07:00-15:00.

    Examples
    --------
    >>> shift_hours("late", "22:30-06:00")
    (22.5, 7.5)
    """
    found = _SPAN.fullmatch(span)
    check(found is not None, name, span, 'a span such as "07:00-15:00"')
    assert found is not None
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    begin, end = from_hour + from_minute / 60, to_hour + to_minute / 60
    check(end <= 24, name, span, "a span that ends at 24:00 or before")
    return begin, (end - begin) % 24 or 24.0


def check_timezone(name: str) -> None:
    """Refuse a time zone that nobody knows."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:
        raise SettingsError(
            f"roster.timezone must be an IANA name such as Europe/London; it is {name!r}."
        ) from error
