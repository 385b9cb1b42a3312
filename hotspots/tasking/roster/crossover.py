"""Randomised patrol and no-patrol days: a crossover within each hotspot."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from typing import NamedTuple

from hotspots.frames import ANY_DAY
from hotspots.settings.periods import WEEKDAYS
from hotspots.tasking.roster.calendar import SUNDAY, Day
from hotspots.tasking.roster.quotas import evenly

#: Days that are alike, by the weekday as which a day counts.
_CLASSES = ("Monday to Thursday", "Friday and Saturday", "Sunday")


class Block(NamedTuple):
    """Two days of one kind, as positions among the patrol days: with patrol, and without."""

    patrol: int
    no_patrol: int


def day_class(day: Day) -> str:
    """Kind of a day: nights out make Friday and Saturday alike, and the others differ."""
    if day.counts_as == SUNDAY:
        return _CLASSES[2]
    return _CLASSES[1] if day.counts_as >= 5 else _CLASSES[0]


def kinds(days: Sequence[Day], weekdays: Collection[int]) -> list[str]:
    """Kind of each day for a hotspot; empty where it has no visits anyway.

    Parameters
    ----------
    days
        Patrol days, in order.
    weekdays
        Weekdays for which its visits are planned, 1 is Monday. With `ANY_DAY` alone, days of one
        `day_class` are of one kind; otherwise only equal weekdays are.
    """
    if set(weekdays) == {ANY_DAY}:
        return [day_class(day) for day in days]
    every = ANY_DAY in weekdays
    return [
        WEEKDAYS[day.counts_as - 1] if every or day.counts_as in weekdays else "" for day in days
    ]


def pairs(days: Sequence[Day], kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Pair days of one kind that follow each other, in order of the earlier one.

    Mondays to Thursdays, and Fridays and Saturdays, are paired within their week, all others with
    the next day of their kind up to a fortnight later. A day without a partner stays outside.
    """
    found = []
    waiting: dict[tuple[str, tuple[int, int]], int] = {}
    for number, (day, kind) in enumerate(zip(days, kinds, strict=True)):
        if not kind:
            continue
        week = day.date.isocalendar()[:2] if kind in _CLASSES[:2] else (0, 0)
        partner = waiting.pop((kind, week), None)
        if partner is not None and (day.date - days[partner].date).days <= 14:
            found.append((partner, number))
        else:
            waiting[kind, week] = number
    return sorted(found)


def share_of_days(share: float) -> float:
    """Share of the days that are in the design, from the share of visits kept for it.

    Half of the design's days have no patrol, and all other days have the same number of visits.
    With a share b of the days in the design, b / 2 of them have a patrol, out of 1 - b / 2, so
    that s = (b / 2) / (1 - b / 2), and b = 2 s / (1 + s).

    Examples
    --------
    >>> share_of_days(1 / 3), share_of_days(1.0)
    (0.5, 1.0)
    """
    return 2 * share / (1 + share)


def draw_blocks(
    days: Sequence[Day], kinds: Sequence[str], share: float, chance: random.Random
) -> list[Block]:
    """Choose pairs of days over the whole span evenly, and draw which day has the patrol.

    Half of the pairs have the patrol on the first day, half on the second (one more or less
    where their number is odd).

    Parameters
    ----------
    days
        Patrol days, in order.
    kinds
        Kind of each, empty for those that must stay outside.
    share
        Share of the visits kept for randomised days.
    chance
        Where the arms come from.
    """
    every = pairs(days, kinds)
    own = sum(kind != "" for kind in kinds)
    number = min(len(every), round(share_of_days(share) * own / 2))
    chosen = [
        pair
        for pair, taken in zip(every, evenly(number, len(every), chance.random()), strict=True)
        if taken
    ]
    first = [at < (len(chosen) + chance.randrange(2)) // 2 for at in range(len(chosen))]
    chance.shuffle(first)
    return [
        Block(*(pair if patrol_first else pair[::-1]))
        for pair, patrol_first in zip(chosen, first, strict=True)
    ]
