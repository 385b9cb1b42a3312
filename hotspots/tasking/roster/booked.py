"""Days and shifts of every hotspot's visits, with its randomised days."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from hotspots.errors import InfeasibleError
from hotspots.frames import ANY_TIME
from hotspots.settings import RosterSettings, TaskingSettings
from hotspots.tasking.roster.calendar import Day, Window, window
from hotspots.tasking.roster.crossover import Block, draw_blocks, kinds
from hotspots.tasking.roster.days import Booking, Pace, Row, Shift, book
from hotspots.tasking.roster.quotas import quotas

#: How fast the randomised days of a hotspot become fewer while its visits do not fit.
_FEWER = 0.75


class Booked(NamedTuple):
    """By hotspot: its visits in order of time, its randomised days, the weekdays of its plan."""

    visits: Mapping[str, Sequence[Booking]]
    blocks: Mapping[str, Sequence[Block]]
    weekdays: Mapping[str, Collection[int]]
    messages: Sequence[str]


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
    randomised days, and that is said.

    Raises
    ------
    InfeasibleError
        Visits do not fit, even with no day randomised.
    """
    windows = _windows(days, ZoneInfo(settings.timezone))
    booked: dict[str, list[Booking]] = {}
    blocks: dict[str, list[Block]] = {}
    weekdays: dict[str, set[int]] = {}
    messages: list[str] = []
    for spot, own in visits.groupby("hotspot_id", sort=False):
        hotspot = str(spot)
        rows = _rows(hotspot, own, tasking, settings, shifts)
        weekdays[hotspot] = {row.weekday for row in rows}
        share = settings.randomised_share
        if share is None:
            share = float(own["randomised_visits"].sum() / own["visits"].sum())
        alike = kinds(days, weekdays[hotspot])
        wanted = drawn = _draw(days, alike, min(share, 1.0), hotspot, settings.seed)
        while True:
            closed = {block.no_patrol for block in drawn}
            try:
                booked[hotspot], said = book(
                    rows, days, closed, windows, pace, settings.seed, tasking.max_gap_days
                )
                break
            except InfeasibleError:
                if not drawn:
                    raise
                share *= _FEWER if len(drawn) > 1 else 0.0
                drawn = _draw(days, alike, min(share, 1.0), hotspot, settings.seed)
        if len(drawn) < len(wanted):
            messages.append(
                f"Hotspot {hotspot} has {len(drawn)} randomised pairs of days instead of "
                f"{len(wanted)}: its visits do not fit on the days that are left."
            )
        if drawn:
            blocks[hotspot] = drawn
        messages += said
    return Booked(booked, blocks, weekdays, messages)


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


def _draw(
    days: Sequence[Day], alike: Sequence[str], share: float, hotspot: str, seed: int
) -> list[Block]:
    if not share:
        return []
    return draw_blocks(days, alike, share, random.Random(f"{seed}/crossover/{hotspot}"))
