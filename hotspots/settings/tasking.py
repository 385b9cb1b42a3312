"""How many hours there are, and what they may be spent on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from hotspots.errors import SettingsError
from hotspots.settings.periods import WEEKDAYS, read_day_parts
from hotspots.trees import check


def _check_amounts(name: str, amounts: Mapping[str, float]) -> None:
    for key, value in amounts.items():
        check(0 <= value < math.inf, f"{name}.{key}", value, "a number of hours, 0 or more")


@dataclass(frozen=True, kw_only=True)
class Provider:
    """Who patrols: police, PCSOs, a council's wardens, staff of a business district.

    Attributes
    ----------
    pounds_per_hour
        Cost of an hour of one of its officers. None: that of the programme.
    crew
        People who go together. None: that of the programme.
    hours
        Most officer-hours of this provider over the programme.
    least_hours
        Least officer-hours of it, such as a partner has promised to deliver.
    officers
        Its officers on duty by day part, such as ``late = 6``, or by weekday and day part, such
        as ``"Fri late" = 10``, which comes first. Empty: as many as are needed.
    day_parts
        Day parts, or weekdays and day parts, in which it patrols. Empty: all.
    districts
        Districts in which it patrols. Empty: all.
    hotspots
        Ids of hotspots in which it patrols. Empty: all.
    """

    pounds_per_hour: float | None = None
    crew: int | None = None
    hours: float | None = None
    least_hours: float = 0.0
    officers: Mapping[str, float] = field(default_factory=dict)
    day_parts: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    hotspots: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.pounds_per_hour is not None:
            rate = self.pounds_per_hour
            check(0 < rate < math.inf, "pounds_per_hour", rate, "a number above 0")
        check(self.crew is None or 1 <= self.crew <= 100, "crew", self.crew, "1 to 100")
        check(0 <= self.least_hours < math.inf, "least_hours", self.least_hours, "0 or more")
        if self.hours is not None:
            fits = self.least_hours <= self.hours < math.inf
            check(fits, "hours", self.hours, f"{self.least_hours:g} (least_hours) or more")
        for when, officers in self.officers.items():
            check(0 <= officers < math.inf, f"officers.{when}", officers, "a number, 0 or more")


@dataclass(frozen=True, kw_only=True)
class TaskingSettings:
    """How many hours there are and what a visit costs. Hours are officer-hours.

    Attributes
    ----------
    hours
        Budget in officer-hours. With neither hours nor pounds: 1,004 officer-hours per hotspot
        and year, the dosage of Operation Hotspot.
    pounds
        Budget in pounds, instead of hours.
    pounds_per_hour
        Cost of an officer-hour, pounds.
    weeks
        Length of the programme.
    days_per_week
        Patrol days in a week.
    visit_minutes
        Time on site. A visit costs ``crew * (visit_minutes + travel_minutes) / 60``
        officer-hours.
    travel_minutes
        Way to a visit.
    crew
        People who go together.
    q
        Response: the k-th visit of a day (or day part) to one hotspot is worth ``q`` times the
        one before, ``r(k) = 1 - q**k``; 0 makes only the first visit count.
    response
        Worth of k visits in a day (or day part): ``"geometric"``; ``"first"``, only the first
        one counts; ``"linear"`` up to `linear_visits`; ``"table"``, `response_table`.
    linear_visits
        Visits from which more add nothing, where the response is linear.
    response_table
        Share of incidents that 1, 2, 3 ... visits reach; it must rise by less and less.
    periods
        ``"auto"`` plans by weekday and day part where hours of the incidents are known or
        `day_parts` are set; ``"none"`` leaves open when a hotspot is visited.
    day_parts
        Parts of the day, name -> ``"HH:MM-HH:MM"``. Empty: early 07:00-15:00, late 15:00-23:00,
        night 23:00-07:00 where hours of the incidents are known.
    officers
        Police officers on duty by day part, or by weekday and day part; see `Provider`.
    providers
        Who patrols, name -> table. Empty: the police alone.
    max_gap_days
        In every so many days on end each hotspot has a visit.
    patrol_hours
        Length of a patrol, hours: crews are on duty for whole patrols in one district, and the
        budget pays for these. None: it pays for visits.
    randomised_share
        Share of each hotspot's visits, 0 to 1, kept for days that are drawn at random.
    solver_gap
        Where constraints couple: how far from the proven bound a plan may be, as a share.
    solver_seconds
        Where constraints couple: after so long the best plan so far is taken, with the gap that
        is proven by then. Only then does a plan depend on the speed of the machine, and it is said.
    hours_between_visits
        A hotspot is visited at most once in so many hours; 0 sets no such limit.
    hotspot_floor_hours
        Least officer-hours of every hotspot.
    hotspot_cap_hours
        Most officer-hours of every hotspot.
    district_floor_hours
        Least officer-hours of every district with a hotspot.
    district_cap_hours
        Most officer-hours of every district.
    hotspot_floors
        Least officer-hours by hotspot id, instead of the general floor.
    hotspot_caps
        Most officer-hours by hotspot id, instead of the general cap.
    district_floors
        Least officer-hours by district name, instead of the general floor.
    district_caps
        Most officer-hours by district name, instead of the general cap.
    """

    hours: float | None = None
    pounds: float | None = None
    pounds_per_hour: float = 38.30
    weeks: int = 52
    days_per_week: int = 7
    visit_minutes: float = 15.0
    travel_minutes: float = 7.5
    crew: int = 2
    q: float = 0.6
    hours_between_visits: float = 2.0
    response: Literal["geometric", "first", "linear", "table"] = "geometric"
    linear_visits: int = 4
    response_table: tuple[float, ...] = ()
    periods: Literal["auto", "none"] = "auto"
    day_parts: Mapping[str, str] = field(default_factory=dict)
    officers: Mapping[str, float] = field(default_factory=dict)
    providers: Mapping[str, Provider] = field(default_factory=dict)
    max_gap_days: int | None = None
    patrol_hours: float | None = None
    randomised_share: float = 0.0
    solver_gap: float = 0.001
    solver_seconds: float = 60.0
    hotspot_floor_hours: float = 0.0
    hotspot_cap_hours: float | None = None
    district_floor_hours: float = 0.0
    district_cap_hours: float | None = None
    hotspot_floors: Mapping[str, float] = field(default_factory=dict)
    hotspot_caps: Mapping[str, float] = field(default_factory=dict)
    district_floors: Mapping[str, float] = field(default_factory=dict)
    district_caps: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.hours is not None and self.pounds is not None:
            raise SettingsError(
                f"The budget is given twice, as {self.hours:g} hours and {self.pounds:g} pounds; "
                "give one of them."
            )
        for name in ("hours", "pounds", "pounds_per_hour"):
            value = getattr(self, name)
            if value is not None:
                check(0 < value < math.inf, name, value, "a number above 0")
        check(1 <= self.weeks <= 520, "weeks", self.weeks, "between 1 and 520")
        check(1 <= self.days_per_week <= 7, "days_per_week", self.days_per_week, "1 to 7")
        check(0 < self.visit_minutes <= 1440, "visit_minutes", self.visit_minutes, "1 to 1440")
        check(0 <= self.travel_minutes <= 1440, "travel_minutes", self.travel_minutes, "0 to 1440")
        check(1 <= self.crew <= 100, "crew", self.crew, "1 to 100")
        check(0 <= self.q < 1, "q", self.q, "0 or more and below 1")
        between = self.hours_between_visits
        check(0 <= between <= 24, "hours_between_visits", between, "0 to 24")
        self._check_response()
        self._check_people()
        for name in ("hotspot", "district"):
            floor = getattr(self, f"{name}_floor_hours")
            cap = getattr(self, f"{name}_cap_hours")
            check(0 <= floor < math.inf, f"{name}_floor_hours", floor, "0 or more")
            if cap is not None:
                check(0 <= cap < math.inf, f"{name}_cap_hours", cap, "0 or more")
            _check_amounts(f"{name}_floors", getattr(self, f"{name}_floors"))
            _check_amounts(f"{name}_caps", getattr(self, f"{name}_caps"))

    def _check_response(self) -> None:
        check(1 <= self.linear_visits <= 1000, "linear_visits", self.linear_visits, "1 to 1000")
        table = self.response_table
        if (self.response == "table") != bool(table):
            raise SettingsError(
                'response = "table" and response_table go together; '
                f"response is {self.response!r} and response_table {list(table)}."
            )
        rises = [b - a for a, b in zip((0.0, *table), table, strict=False)]
        less = all(later <= rise + 1e-12 for rise, later in pairwise(rises))
        fits = all(rise >= 0 for rise in rises) and less and all(share <= 1 for share in table)
        wanted = "shares up to 1 that rise by less and less, such as [0.4, 0.64, 0.78]"
        check(fits, "response_table", list(table), wanted)

    def _check_people(self) -> None:
        read_day_parts(self.day_parts)
        for when, officers in self.officers.items():
            check(0 <= officers < math.inf, f"officers.{when}", officers, "a number, 0 or more")
        if self.officers and self.providers:
            raise SettingsError(
                "officers and providers are both set; put the officers on duty of each provider "
                "into its own table, [tasking.providers.police.officers]."
            )
        gap = self.max_gap_days
        check(gap is None or 1 <= gap <= 366, "max_gap_days", gap, "1 to 366")
        patrol = self.patrol_hours
        check(patrol is None or 0 < patrol <= 24, "patrol_hours", patrol, "above 0, at most 24")
        share = self.randomised_share
        check(0 <= share <= 1, "randomised_share", share, "a share from 0 to 1")
        check(0 <= self.solver_gap <= 0.5, "solver_gap", self.solver_gap, "0 to 0.5")
        seconds = self.solver_seconds
        check(1 <= seconds <= 86_400, "solver_seconds", seconds, "1 to 86,400")

    @property
    def weekdays(self) -> tuple[str, ...]:
        """Names of the patrol days, Monday first."""
        return WEEKDAYS[: self.days_per_week]

    @property
    def couples(self) -> bool:
        """Whether constraints reach across hotspots and periods, beyond nested bounds."""
        return bool(self.officers or self.providers or self.patrol_hours)

    @property
    def hours_per_visit(self) -> float:
        """Officer-hours that one visit costs, travel included."""
        return self.crew * (self.visit_minutes + self.travel_minutes) / 60

    @property
    def days(self) -> int:
        """Patrol days in the programme."""
        return self.weeks * self.days_per_week

    @property
    def bounds_districts(self) -> bool:
        """Whether a district has a floor or a cap."""
        return bool(
            self.district_floor_hours
            or self.district_cap_hours is not None
            or any(self.district_floors.values())
            or self.district_caps
        )

    def visits_within(self, hours: float) -> int | None:
        """Most visits to a hotspot in some hours on end; None where there is no limit."""
        if self.hours_between_visits == 0:
            return None
        return math.floor(hours / self.hours_between_visits + 1e-9)

    def budget_hours(self, hotspots: int) -> float:
        """Budget in officer-hours for a programme of so many `hotspots`."""
        if self.hours is not None:
            return self.hours
        if self.pounds is not None:
            return self.pounds / self.pounds_per_hour
        return 1004.0 * hotspots * self.weeks / 52
