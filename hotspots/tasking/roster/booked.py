"""Days and shifts of every hotspot's visits, with its randomised days."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from hotspots.errors import InfeasibleError
from hotspots.frames import ANY_TIME
from hotspots.settings import RosterSettings, TaskingSettings
from hotspots.tasking.roster.calendar import Day, Window, window
from hotspots.tasking.roster.crossover import Block, draw_blocks, kinds
from hotspots.tasking.roster.days import Booking, book
from hotspots.tasking.roster.diary import Pace, Row, Shift
from hotspots.tasking.roster.quotas import quotas

#: How fast the randomised days of a hotspot become fewer while its visits do not fit.
_FEWER = 0.75


class Booked(NamedTuple):
    """By hotspot.

    Attributes
    ----------
    visits
        In order of time.
    blocks
        Randomised days.
    weekdays
        Weekdays of its plan.
    cycles
        Minutes from one arrival to the next one at least.
    messages
        What a planner must see.
    """

    visits: dict[str, Sequence[Booking]]
    blocks: dict[str, Sequence[Block]]
    weekdays: dict[str, Collection[int]]
    cycles: dict[str, int]
    messages: list[str]


def book_all(
    visits: pd.DataFrame,
    days: Sequence[Day],
    tasking: TaskingSettings,
    settings: RosterSettings,
    pace: Pace,
    shifts: tuple[Shift, ...],
) -> Booked:
    """Give every visit of every hotspot a day and a shift, and draw its randomised days.

    Where visits do not fit on the days that randomising leaves, that hotspot has fewer
    randomised days. Where they do not fit even with none, the time between two visits counts
    from the beginning of one to the beginning of the next. Both are said.

    Raises
    ------
    InfeasibleError
        Visits do not fit.
    """
    windows = _windows(days, ZoneInfo(settings.timezone))
    # so many minutes begin to begin, with the gap that a plan with most visits still keeps
    closer = pace._replace(gap=max(pace.gap - pace.visit, 0))
    made = Booked({}, {}, {}, {}, [])
    for spot, own in visits.groupby("hotspot_id", sort=False):
        hotspot = str(spot)
        rows = _rows(hotspot, own, tasking, settings, shifts)
        made.weekdays[hotspot] = {row.weekday for row in rows}
        share = settings.randomised_share
        if share is None:
            share = float(own["randomised_visits"].sum() / own["visits"].sum())
        alike = kinds(days, made.weekdays[hotspot])
        tries = [(blocks, pace) for blocks in _drawn(days, alike, share, hotspot, settings.seed)]
        for blocks, lengths in [*tries, ([], closer)]:
            closed = {block.no_patrol for block in blocks}
            try:
                made.visits[hotspot], said = book(
                    rows, days, closed, windows, lengths, settings.seed, tasking.max_gap_days
                )
            except InfeasibleError:
                if lengths is closer:
                    raise
                continue
            made.cycles[hotspot] = lengths.gap + lengths.visit
            if blocks:
                made.blocks[hotspot] = blocks
            made.messages.extend([*_said(hotspot, blocks, tries[0][0], lengths is closer), *said])
            break
    return made


def _drawn(
    days: Sequence[Day], alike: Sequence[str], share: float, hotspot: str, seed: int
) -> Iterator[list[Block]]:
    """Randomised days, then fewer and fewer of them, and none at last."""
    while share > 0:
        chance = random.Random(f"{seed}/crossover/{hotspot}")
        blocks = draw_blocks(days, alike, min(share, 1.0), chance)
        if not blocks:
            break
        yield blocks
        share = min(share, 1.0) * (_FEWER if len(blocks) > 1 else 0.0)
    yield []


def _said(
    hotspot: str, blocks: Sequence[Block], wanted: Sequence[Block], closer: bool
) -> Iterator[str]:
    if len(blocks) < len(wanted):
        yield (
            f"Hotspot {hotspot} has {len(blocks)} randomised pairs of days instead of "
            f"{len(wanted)}: its visits do not fit on the days that are left."
        )
    if closer:
        yield (
            f"Hotspot {hotspot} has so many visits that the time between two of them counts from "
            "the beginning of one to the beginning of the next."
        )


def _windows(days: Sequence[Day], zone: ZoneInfo) -> Callable[[int, Shift], Window]:
    known: dict[tuple[int, Shift], Window] = {}

    def of(day: int, shift: Shift) -> Window:
        if (day, shift) not in known:
            known[day, shift] = window(days[day], day, *shift, zone)
        return known[day, shift]

    return of


def _rows(
    hotspot: str,
    own: pd.DataFrame,
    tasking: TaskingSettings,
    settings: RosterSettings,
    shifts: tuple[Shift, ...],
) -> list[Row]:
    numbers = quotas(own["visits"].tolist(), settings.weeks, tasking.weeks)
    return [
        Row(
            hotspot, str(row["district"]), str(row["provider"]), int(row["weekday"]),
            _own_shifts(row, shifts), number,
        )
        for row, number in zip(own.to_dict("records"), numbers, strict=True)
    ]  # fmt: skip


def _own_shifts(row: Mapping[Any, Any], shifts: tuple[Shift, ...]) -> tuple[Shift, ...]:
    """Shifts in which a row's visits may be: the roster's, or the plan's own part of the day."""
    if row["day_part"] == ANY_TIME:
        return shifts
    return ((str(row["day_part"]), float(row["from_hour"]), float(row["part_hours"])),)
