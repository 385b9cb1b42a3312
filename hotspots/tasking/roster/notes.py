"""Sentences about a roster that a planner must see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from hotspots.settings import RosterSettings, TaskingSettings
from hotspots.tasking.roster.calendar import bank_holidays, patrol_weekdays
from hotspots.tasking.roster.tables import Tables

#: A plan whose ways take this much longer in the roster is said to be too hopeful.
_HOPEFUL = 1.25
_RESIDUAL_DAYS = 4
#: Sentences of one kind that are shown in full.
_ALIKE = 3


def messages(
    made: Tables,
    design: pd.DataFrame,
    visits: pd.DataFrame,
    tasking: TaskingSettings,
    settings: RosterSettings,
) -> tuple[str, ...]:
    """Collect the sentences."""
    return (
        *_weekdays(tasking, settings),
        *_holidays(settings),
        *_waiting(made.patrols),
        *_ways(made.patrols, tasking),
        *_design(design, visits, settings),
    )


def squeezed(sentences: Sequence[str]) -> list[str]:
    """Sentences with three of each kind at most; how many more there are is said once.

    Sentences are of one kind if they differ in numbers and in the hotspot alone.

    Examples
    --------
    >>> squeezed([f"Hotspot H{number} has {number} visits." for number in range(9)])[2:]
    ['Hotspot H2 has 2 visits.', 'The same holds for 6 more hotspots.']
    """
    kinds: dict[str, list[str]] = {}
    for sentence in sentences:
        kind = re.sub(r"[0-9]+", "", re.sub(r"(?i)(hotspot) \S+", r"\1", sentence))
        kinds.setdefault(kind, []).append(sentence)
    said = []
    for alike in kinds.values():
        said += alike[:_ALIKE]
        more = len(alike) - _ALIKE
        if more > 0:
            said.append(f"The same holds for {more} more hotspot{'s' if more > 1 else ''}.")
    return said


def _weekdays(tasking: TaskingSettings, settings: RosterSettings) -> Iterator[str]:
    if tasking.days_per_week < 7 and not settings.weekdays:
        from hotspots.settings.periods import WEEKDAYS

        chosen = [WEEKDAYS[day - 1] for day in patrol_weekdays(tasking, settings)]
        yield (
            f"The plan has {tasking.days_per_week} patrol days a week, and roster.weekdays does "
            f"not say which; taken are {', '.join(chosen)}."
        )


def _holidays(settings: RosterSettings) -> Iterator[str]:
    first = pd.Timestamp(str(settings.from_date))
    span = [(first + pd.Timedelta(days=day)).date() for day in range(7 * settings.weeks)]
    closed = bank_holidays(settings.bank_holidays, range(span[0].year, span[-1].year + 1))
    met = [f"{name} ({date})" for date, name in closed.items() if span[0] <= date <= span[-1]]
    if met:
        how = {
            "skip": "have no patrols",
            "sunday": "are patrolled as Sundays",
            "patrol": "are patrolled as other days",
        }[settings.bank_holiday_rule]
        yield f"Bank holidays in these weeks {how}: {', '.join(met)}."


def _waiting(patrols: pd.DataFrame) -> Iterator[str]:
    planned, taken = patrols["officer_hours"].sum(), patrols["shift_hours"].sum()
    if len(patrols) and taken > planned * 1.05:
        free = patrols["free_minutes"].mul(patrols["officers"]).sum() / 60
        yield (
            f"From start to end the patrols take {taken:,.1f} officer-hours, "
            f"{taken - planned:,.1f} more than the plan counts for their visits; {free:,.1f} of "
            "them are free between visits, for other work nearby (roster.wait_minutes ends a "
            "patrol instead)."
        )


def _ways(patrols: pd.DataFrame, tasking: TaskingSettings) -> Iterator[str]:
    number = patrols["visits"].sum()
    if not number:
        return
    mean = patrols["travel_minutes"].sum() / number
    if mean > _HOPEFUL * tasking.travel_minutes:
        yield (
            f"Ways take {mean:.1f} minutes a visit in this roster, those from and to the base "
            f"included; the plan counts {tasking.travel_minutes:g} (tasking.travel_minutes)."
        )


def _design(design: pd.DataFrame, visits: pd.DataFrame, settings: RosterSettings) -> Iterator[str]:
    asked = settings.randomised_share
    wanted = visits["randomised_visits"].sum() > 0 if asked is None else asked > 0
    if wanted and design.empty:
        yield (
            "Randomised patrol days were asked for, and these weeks are too few for a pair of "
            "days; make the roster longer."
        )
    if len(design):
        yield (
            "On a no-patrol day a hotspot has no visit; its other days have one number of visits "
            f"throughout. Effects of a patrol may last about {_RESIDUAL_DAYS} days, which makes "
            "the difference between the days of a pair smaller than the effect."
        )
