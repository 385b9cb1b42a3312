"""Columns of the roster, and the roster itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hotspots.frames.column import Column

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.settings import Settings

#: Values of a day's arm in the crossover design.
PATROL, NO_PATROL = "patrol", "no patrol"

ROSTER_PATROLS: tuple[Column, ...] = (
    Column("patrol_id", "str", "", "date, district, shift and number; with who patrols if several"),
    Column("date", "str", "", "day on which the shift begins, YYYY-MM-DD"),
    Column("weekday", "int", "", "1 is Monday, 7 is Sunday"),
    Column("bank_holiday", "str", "", "name of the bank holiday, otherwise empty"),
    Column("district", "str", "", "district"),
    Column("provider", "str", "", "who patrols"),
    Column("shift", "str", "", "shift, or part of the day"),
    Column("number", "int", "", "number among the patrols of that district, provider and shift"),
    Column("officers", "int", "officers", "people who go together"),
    Column("start", "str", "", "when it begins, local time with offset from UTC"),
    Column("end", "str", "", "when it is over, local time with offset from UTC"),
    Column("visits", "int", "visits", "stops"),
    Column("officer_hours", "float", "officer-hours", "visits x the plan's hours per visit"),
    Column("shift_hours", "float", "officer-hours", "officers x time from start to end"),
    Column("visit_minutes", "int", "minutes", "time on site"),
    Column("travel_minutes", "int", "minutes", "ways, with those from and to the base"),
    Column("free_minutes", "int", "minutes", "the rest, free for other work nearby"),
)

ROSTER_STOPS: tuple[Column, ...] = (
    Column("patrol_id", "str", "", "patrol"),
    Column("stop", "int", "", "place in the order of the patrol, from 1"),
    Column("hotspot_id", "str", "", "hotspot"),
    Column("name", "str", "", "name of the hotspot"),
    Column("arrive", "str", "", "planned arrival, local time with offset from UTC"),
    Column("leave", "str", "", "planned departure, local time with offset from UTC"),
    Column("way_minutes", "int", "minutes", "way from the stop before, or from the base"),
)

ROSTER_DESIGN: tuple[Column, ...] = (
    Column("hotspot_id", "str", "", "hotspot"),
    Column("block", "int", "", "pair of days of the same kind, numbered in order of time"),
    Column("date", "str", "", "day, YYYY-MM-DD"),
    Column("arm", "str", "", "patrol, or no patrol: that day it has no visit at all"),
    Column(
        "day_class", "str", "", "kind of both days of the block: alike in the week, or one weekday"
    ),
    Column("visits", "int", "visits", "visits of that hotspot on that day"),
    Column("seed", "int", "", "seed from which the arm was drawn"),
)

ROSTER_HOURS: tuple[Column, ...] = (
    Column("hotspot_id", "str", "", "hotspot"),
    Column("name", "str", "", "name"),
    Column("district", "str", "", "district"),
    Column("planned_visits", "float", "visits", "the plan's visits x weeks / the programme's"),
    Column("visits", "int", "visits", "visits in the roster"),
    Column("planned_hours", "float", "officer-hours", "planned_visits x hours per visit"),
    Column("officer_hours", "float", "officer-hours", "visits x hours per visit"),
    Column("days", "int", "days", "days with a visit"),
    Column("most_days_between", "int", "days", "most days from one with a visit to the next"),
    Column("randomised_visits", "int", "visits", "of them, on randomised patrol days"),
)

ROSTER_SHIFTS: tuple[Column, ...] = (
    Column("district", "str", "", "district"),
    Column("provider", "str", "", "who patrols"),
    Column("shift", "str", "", "shift, or part of the day"),
    Column("days", "int", "days", "days on which there is such a shift with a patrol"),
    Column("patrols", "int", "patrols", "patrols in all"),
    Column("patrols_most", "int", "patrols", "most at the same time"),
    Column("officers_most", "int", "officers", "most at the same time"),
    Column("officer_hours", "float", "officer-hours", "visits x hours per visit"),
    Column("shift_hours", "float", "officer-hours", "officers x time from start to end"),
)


@dataclass(frozen=True)
class Roster:
    """Dated patrols: who goes where and when, and on which days a hotspot has none.

    Attributes
    ----------
    patrols, stops, design, hours, shifts
        Columns `ROSTER_PATROLS`, `ROSTER_STOPS`, `ROSTER_DESIGN`, `ROSTER_HOURS` and
        `ROSTER_SHIFTS`.
    first_day, last_day
        First and last day, YYYY-MM-DD.
    settings
        All settings, with those of the roster.
    provenance
        What it was made from.
    messages
        Sentences that a planner must see.
    """

    patrols: pd.DataFrame
    stops: pd.DataFrame
    design: pd.DataFrame
    hours: pd.DataFrame
    shifts: pd.DataFrame
    first_day: str
    last_day: str
    settings: Settings
    provenance: Mapping[str, Any] = field(default_factory=dict)
    messages: Sequence[str] = ()

    def summary(self) -> str:
        """Two sentences: how much, and how the time of the patrols is spent."""
        patrols = self.patrols
        minutes = patrols[["visit_minutes", "travel_minutes", "free_minutes"]].sum()
        total = max(float(minutes.sum()), 1.0)
        blocks = len(self.design) // 2
        randomised = f" {blocks:,} pairs of days are randomised." if blocks else ""
        return (
            f"{len(patrols):,} patrols with {len(self.stops):,} visits "
            f"({patrols['officer_hours'].sum():,.2f} officer-hours of the plan) from "
            f"{self.first_day} to {self.last_day}. From start to end they take "
            f"{patrols['shift_hours'].sum():,.2f} officer-hours: "
            f"{minutes['visit_minutes'] / total:.0%} on site, "
            f"{minutes['travel_minutes'] / total:.0%} on the way, "
            f"{minutes['free_minutes'] / total:.0%} free between visits.{randomised}"
        )
