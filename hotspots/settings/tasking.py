"""How many hours there are, and what they may be spent on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from hotspots.errors import SettingsError
from hotspots.trees import check


def _check_amounts(name: str, amounts: Mapping[str, float]) -> None:
    for key, value in amounts.items():
        check(0 <= value < math.inf, f"{name}.{key}", value, "a number of hours, 0 or more")


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
        Response: the k-th visit of a day to one hotspot is worth ``q`` times the one before,
        ``r(k) = 1 - q**k``; 0 makes only the first visit count.
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
        for name in ("hotspot", "district"):
            floor = getattr(self, f"{name}_floor_hours")
            cap = getattr(self, f"{name}_cap_hours")
            check(0 <= floor < math.inf, f"{name}_floor_hours", floor, "0 or more")
            if cap is not None:
                check(0 <= cap < math.inf, f"{name}_cap_hours", cap, "0 or more")
            _check_amounts(f"{name}_floors", getattr(self, f"{name}_floors"))
            _check_amounts(f"{name}_caps", getattr(self, f"{name}_caps"))

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
