"""The exact optimum under nested bounds, by best visit first."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotspots.tasking.bounds import Bounds

Visits = NDArray[np.int64]
#: Rows that one search works on: few enough for the processor's cache.
_ROWS_AT_ONCE = 8192


@dataclass(frozen=True)
class Ladder:
    """One order of all visits of all hotspots: gain, then turn within a level, then hotspot id.

    Visit ``j`` of a hotspot (from 0) stands on level ``j // days``, where every visit gains
    ``rate * q**level * (1 - q)``. Its key ``top - (j // days) * drop - j % days`` is a logarithm
    of that gain in whole numbers, so that no level underflows and equal gains are equal keys;
    gains closer than about one part in 10**9 count as equal. Hotspots with equal gains take
    turns, so that none is a whole level ahead of its equals.

    Attributes
    ----------
    top
        Key of each hotspot's first visit, shape (n,), hotspots in order of their ids.
    drop
        How far the key falls from one level to the next.
    days
        Visits on a level.
    """

    top: Visits
    drop: int
    days: int

    @classmethod
    def build(cls, rates: NDArray[np.float64], *, q: float, days: int, most: int) -> Ladder:
        """Order up to `most` visits of each hotspot, given incidents a day in order of ids.

        Hotspots without incidents come after every visit to the others. ``q = 0`` is the limit
        of small q: all first visits of a day, then all second ones, though these gain nothing.
        """
        levels = most // days + 2
        some = rates > 0
        rung = np.zeros(len(rates), dtype=np.int64)
        if q == 0:
            step = len(rates)
            rung[some] = np.unique(rates[some], return_inverse=True)[1]
        else:
            # q so near to 1 that a level is lost in rounding error is ordered as if less near
            fall = max(-math.log(q), 1e-11)
            step = max(1, min(round(fall * 2**36), 2**61 // (days * levels)))
            logs = np.log(rates[some])
            rung[some] = np.rint((logs - logs.max(initial=-np.inf)) * (step / fall))
        rung[~some] = rung.min(initial=0) - levels * step
        return cls(top=rung * days, drop=step * days, days=days)

    def above(self, key: NDArray[np.int64]) -> Visits:
        """Count the visits of each hotspot whose key is at least its `key`."""
        level, left = np.divmod(self.top - key, self.drop)
        return np.where(level < 0, 0, level * self.days + np.minimum(left + 1, self.days))

    def fill(self, start: Visits, limit: Visits, amount: Visits, group: Visits) -> Visits:
        """Take the best visits from `start` up to `limit`, so many in each group.

        Parameters
        ----------
        start, limit : ndarray of int, shape (n,)
            Visits already taken, and the most that may be, ``start <= limit``.
        amount : ndarray of int, shape (groups,)
            Visits to add in each group; fewer where the limits leave no more.
        group : ndarray of int, shape (n,)
            Group of each hotspot.

        Returns
        -------
        ndarray of int, shape (n,)
            Visits, between `start` and `limit`. They never fall where an amount rises.
        """

        def taken(key: NDArray[np.int64]) -> tuple[Visits, Visits]:
            visits = np.clip(self.above(key[group]), start, limit)
            sums = np.bincount(group, weights=visits - start, minlength=len(amount))
            return visits, sums.astype(np.int64)

        # bisection for each group's lowest key down to which no more than the amount is taken
        bottom = self.top - (limit // self.days + 1) * self.drop
        low = np.full(len(amount), bottom.min() - 1)
        high = np.full(len(amount), self.top.max() + 1)
        while np.any(high - low > 1):
            middle = low + (high - low) // 2
            fits = taken(middle)[1] <= amount
            high, low = np.where(fits, middle, high), np.where(fits, low, middle)
        visits, sums = taken(high)
        # what is left goes to visits of the very next key, one per hotspot, in order of ids
        next_one = np.flatnonzero(taken(high - 1)[0] > visits)
        next_one = next_one[np.argsort(group[next_one], kind="stable")]
        first = np.searchsorted(group[next_one], group[next_one])
        turn = np.arange(len(next_one)) - first
        visits[next_one[turn < (amount - sums)[group[next_one]]]] += 1
        return visits


@dataclass(frozen=True)
class Frontier:
    """Best plans for every budget between the floors and the caps.

    Each of its `plans` is an exact optimum. Inside a district only hotspot bounds matter, so
    taking the best open visit first is best for every number of visits x, and the plan for
    x + 1 contains the plan for x. A district's best value is therefore concave in x, its floor
    and its cap are two points on one fixed order of visits (`lower` and `upper`), and best visit
    first between them, over all districts, is the optimum of the whole by the same argument. No
    floor is stranded, because floors are bought first. (Federgruen and Groenevelt 1986: greedy
    solves concave resource allocation over nested bounds.)

    Attributes
    ----------
    ladder
        The order of visits.
    lower, upper
        Visits of each hotspot that the floors take and that the caps allow, shape (n,).
    """

    ladder: Ladder
    lower: Visits
    upper: Visits

    @classmethod
    def build(cls, ladder: Ladder, bounds: Bounds, *, most: int) -> Frontier:
        """Prepare plans of up to `most` visits, within bounds that can be met."""
        limit = np.minimum(bounds.cap, most)
        missing = bounds.district_floor - bounds.per_district(bounds.floor)
        room = np.minimum(bounds.district_cap, bounds.per_district(limit))
        district = bounds.district
        lower = ladder.fill(bounds.floor, limit, np.maximum(missing, 0), district)
        upper = ladder.fill(lower, limit, room - bounds.per_district(lower), district)
        return cls(ladder, lower, upper)

    def plans(self, budgets: Visits) -> Visits:
        """Best plan for each of some budgets in visits; shape (budgets, n).

        A budget beyond what the caps allow gets all that they allow.
        """
        hotspots = len(self.lower)
        at_once = max(1, _ROWS_AT_ONCE // hotspots)
        if len(budgets) > at_once:
            return np.vstack([self.plans(budgets[:at_once]), self.plans(budgets[at_once:])])
        count = len(budgets)
        copies = Ladder(np.tile(self.ladder.top, count), self.ladder.drop, self.ladder.days)
        visits = copies.fill(
            start=np.tile(self.lower, count),
            limit=np.tile(self.upper, count),
            amount=budgets - int(self.lower.sum()),
            group=np.repeat(np.arange(count), hotspots),
        )
        return visits.reshape(count, -1)
