"""Packing the visits of one district, provider and window into patrols."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hotspots.tasking.roster.calendar import Window
from hotspots.tasking.roster.diary import Pace
from hotspots.tasking.roster.quotas import evenly
from hotspots.tasking.roster.tour import round_minutes, shortest_round

#: A visit of a group: which hotspot, and the latest arrival.
_Due = tuple[int, int]


class Stop(NamedTuple):
    """A visit of a patrol: hotspot, arrival (minutes of UTC since 1970), minutes of the way."""

    hotspot: int
    arrive: int
    way: int


class Patrol(NamedTuple):
    """A crew's stops in order, with its start and end in minutes of UTC since 1970."""

    start: int
    end: int
    stops: tuple[Stop, ...]


class Ground:
    """The hotspots of one district: ways between them, and the shortest round over some.

    Parameters
    ----------
    xy_m
        Positions, shape (n, 2).
    minutes
        Ways between them, shape (n, n).
    cycle
        Minutes from one arrival at each to the next one at least, shape (n,).
    """

    def __init__(
        self, xy_m: NDArray[np.float64], minutes: NDArray[np.int64], cycle: Sequence[int]
    ) -> None:
        self.xy_m = xy_m
        self.cycle = cycle
        self.minutes: list[list[int]] = minutes.tolist()
        self._table = minutes
        self.round = cache(self._round)

    def _round(self, group: tuple[int, ...]) -> tuple[tuple[int, ...], bool]:
        """Shortest round over a group, and whether its reverse is as short."""
        part = self._table[np.ix_(group, group)]
        order = shortest_round(part)
        both = round_minutes(part, order[::-1]) <= round_minutes(part, order)
        return tuple(group[at] for at in order), both

    def split(self, group: tuple[int, ...], parts: int) -> list[tuple[int, ...]]:
        """Cut a group into compact parts of nearly equal number, across the longer side."""
        if parts <= 1 or len(group) <= 1:
            return [group]
        xy = self.xy_m[list(group)]
        axis = int(np.argmax(np.ptp(xy, axis=0)))
        order = [group[at] for at in np.lexsort((xy[:, 1 - axis], xy[:, axis]))]
        left = parts // 2
        cut = round(len(group) * left / parts)
        halves = (order[:cut], left), (order[cut:], parts - left)
        return [
            piece
            for half, number in halves
            if half
            for piece in self.split(tuple(sorted(half)), number)
        ]


def pack(
    due: Mapping[int, Sequence[int]],
    ready: Mapping[int, int],
    window: Window,
    ground: Ground,
    pace: Pace,
    chance: random.Random,
) -> list[Patrol]:
    """Make patrols that pay all visits due in a window.

    A patrol goes round its hotspots on the shortest round, from a starting point and in a
    direction drawn at random, as often as they have visits, and waits where the time between
    two visits demands it; what waiting is left at the end is cut by setting out later. Of one,
    two, three ... patrols side by side, each in a compact part of the district, those are taken
    that are fewest, and among as many the shortest in all. Each then begins at a random time in
    what the window and later visits leave.

    Parameters
    ----------
    due
        Hotspot -> latest arrival of each of its visits, in order.
    ready
        Hotspot -> earliest arrival, after its visit before.
    window
        When patrols may be out.
    ground, pace
        Ways, and lengths in minutes.
    chance
        Where randomness comes from.

    Returns
    -------
    list of Patrol
        In order of their start. With one patrol for each hotspot every visit that is booked can
        be paid, so there always is a result.
    """
    group = tuple(sorted(due))
    best: list[Patrol] = []
    for parts in range(1, len(group) + 1):
        if best and parts > len(best):
            break
        patrols: list[Patrol] = []
        for piece in ground.split(group, parts):
            chain = _chain(_sequence(piece, due, ground, chance), ready, window, ground, pace)
            if chain is None:
                patrols = []
                break
            patrols += _shifted(chain, due, window, ground, pace, chance)
        if patrols and (not best or _size(patrols) < _size(best)):
            best = patrols
    return sorted(best)


def _size(patrols: Sequence[Patrol]) -> tuple[int, int]:
    return len(patrols), sum(patrol.end - patrol.start for patrol in patrols)


def _sequence(
    group: tuple[int, ...],
    due: Mapping[int, Sequence[int]],
    ground: Ground,
    chance: random.Random,
) -> list[_Due]:
    """Visits of a group in the order of their rounds."""
    order, both = ground.round(group)
    first = chance.randrange(len(order))
    order = order[first:] + order[:first]
    if both and chance.random() < 0.5:
        order = order[::-1]
    rounds = max(len(due[hotspot]) for hotspot in group)
    phase = chance.random()
    taken = {spot: evenly(len(due[spot]), rounds, phase) for spot in group}
    left = {spot: iter(due[spot]) for spot in group}
    return [
        (spot, next(left[spot])) for turn in range(rounds) for spot in order if taken[spot][turn]
    ]


def _chain(
    visits: Sequence[_Due],
    ready: Mapping[int, int],
    window: Window,
    ground: Ground,
    pace: Pace,
) -> list[list[Stop]] | None:
    """Pay visits one after the other as early as may be.

    A patrol that is full, or would have to wait too long, is followed by another, after it is
    back unless that is too late. None if a visit would come after its latest arrival.
    """
    free = dict(ready)
    patrols: list[list[Stop]] = []
    for spot, latest in visits:
        earliest = max(window.start + pace.base, free.get(spot, window.start))
        stop = _next(patrols[-1], spot, earliest, ground, pace) if patrols else None
        if stop is None:
            if patrols:
                home = patrols[-1][-1].arrive + pace.visit + 2 * pace.base
                earliest = max(earliest, min(home, latest))
            stop = Stop(spot, earliest, pace.base)
            patrols.append([])
        if stop.arrive > latest:
            return None
        patrols[-1].append(stop)
        free[spot] = stop.arrive + ground.cycle[spot]
    return patrols


def _next(
    stops: Sequence[Stop], spot: int, earliest: int, ground: Ground, pace: Pace
) -> Stop | None:
    """Go on to another stop; None if the patrol would get too long or wait too long for it."""
    before = stops[-1]
    way = ground.minutes[before.hotspot][spot]
    there = before.arrive + pace.visit + way
    arrive = max(there, earliest)
    whole = arrive + pace.visit + pace.base - (stops[0].arrive - pace.base)
    if whole > pace.longest or (pace.wait is not None and arrive - there > pace.wait):
        return None
    return Stop(spot, arrive, way)


def _shifted(
    chain: Sequence[Sequence[Stop]],
    due: Mapping[int, Sequence[int]],
    window: Window,
    ground: Ground,
    pace: Pace,
    chance: random.Random,
) -> list[Patrol]:
    """Set out later where that saves waiting, and then at random."""
    latest = {spot: list(times) for spot, times in due.items()}
    following: dict[int, int] = {}
    patrols = []
    for stops in reversed(chain):
        bounds = []
        for stop in reversed(stops):
            bound = latest[stop.hotspot].pop()
            bounds.append(bound)
        bounds.reverse()
        arrivals = _later([*stops], bounds, following, ground, pace)
        room = window.end - (arrivals[-1] + pace.visit + pace.base)
        last_of = {stop.hotspot: at for at, stop in enumerate(stops)}
        for at, (stop, arrive, bound) in enumerate(zip(stops, arrivals, bounds, strict=True)):
            if last_of[stop.hotspot] == at and stop.hotspot in following:
                bound = min(bound, following[stop.hotspot] - ground.cycle[stop.hotspot])
            room = min(room, bound - arrive)
        late = chance.randint(0, room)
        moved = [
            stop._replace(arrive=arrive + late)
            for stop, arrive in zip(stops, arrivals, strict=True)
        ]
        for stop in reversed(moved):
            following[stop.hotspot] = stop.arrive
        patrols.append(
            Patrol(
                moved[0].arrive - pace.base, moved[-1].arrive + pace.visit + pace.base, tuple(moved)
            )
        )
    return patrols


def _later(
    stops: Sequence[Stop],
    bounds: Sequence[int],
    following: Mapping[int, int],
    ground: Ground,
    pace: Pace,
) -> list[int]:
    """Arrivals as late as the last one, the latest arrivals and later visits allow."""
    after = dict(following)
    arrivals = [stops[-1].arrive]
    after[stops[-1].hotspot] = stops[-1].arrive
    for (stop, onward), bound in zip(reversed(list(pairwise(stops))), bounds[-2::-1], strict=True):
        arrive = min(arrivals[-1] - onward.way - pace.visit, bound)
        if stop.hotspot in after:
            arrive = min(arrive, after[stop.hotspot] - ground.cycle[stop.hotspot])
        arrivals.append(arrive)
        after[stop.hotspot] = arrive
    return arrivals[::-1]
