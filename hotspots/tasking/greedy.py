"""The exact optimum under nested bounds, by best visit first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hotspots.tasking.bounds import Bounds

Visits = NDArray[np.int64]
#: Rows that one search works on: few enough for the processor's cache.
_ROWS_AT_ONCE = 8192


class Order(Protocol):
    """One order of all visits of all hotspots: gain, then turn among equals, then hotspot id.

    A visit's key is a whole number that falls from each visit of a hotspot to its next. Visits
    of equal gain are taken in turns, so that no hotspot is far ahead of its equals.
    """

    def above(self, key: NDArray[np.int64], spot: Visits) -> Visits:
        """Count the visits of each hotspot `spot` whose key is at least its `key`."""
        ...

    def span(self, limit: Visits) -> tuple[int, int]:
        """Bounds that lie below the key of every visit up to `limit` and above all keys."""
        ...

    def covered(self, visits: Visits) -> NDArray[np.float64]:
        """Incidents that each hotspot's visits reach; the last axis stands for hotspots."""
        ...

    def next_gain(self, visits: Visits) -> NDArray[np.float64]:
        """Incidents that one more visit to each hotspot would reach."""
        ...

    def blocks(self, lower: Visits, upper: Visits) -> pd.DataFrame:
        """List visits from `lower` to `upper` in blocks of one hotspot and one gain.

        Columns key (of the whole turn's first visit), spot, start and end (turns of the block's
        visits among their equals) and gain.
        """
        ...


def fill(
    order: Order, spot: Visits, start: Visits, limit: Visits, amount: Visits, group: Visits
) -> Visits:
    """Take the best visits from `start` up to `limit`, so many in each group.

    Parameters
    ----------
    order : Order
        Of the visits.
    spot : ndarray of int, shape (n,)
        Which hotspot each entry stands for, in order of ids within a group.
    start, limit : ndarray of int, shape (n,)
        Visits already taken, and the most that may be, ``start <= limit``.
    amount : ndarray of int, shape (groups,)
        Visits to add in each group; fewer where the limits leave no more.
    group : ndarray of int, shape (n,)
        Group of each entry.

    Returns
    -------
    ndarray of int, shape (n,)
        Visits, between `start` and `limit`. They never fall where an amount rises.
    """

    def taken(key: NDArray[np.int64]) -> tuple[Visits, Visits]:
        visits = np.clip(order.above(key[group], spot), start, limit)
        sums = np.bincount(group, weights=visits - start, minlength=len(amount))
        return visits, sums.astype(np.int64)

    # bisection for each group's lowest key down to which no more than the amount is taken
    bottom, top = order.span(limit)
    low, high = np.full(len(amount), bottom), np.full(len(amount), top)
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
    order
        The order of visits.
    lower, upper
        Visits of each hotspot that the floors take and that the caps allow, shape (n,).
    """

    order: Order
    lower: Visits
    upper: Visits

    @classmethod
    def build(cls, order: Order, bounds: Bounds, *, most: int) -> Frontier:
        """Prepare plans of up to `most` visits, within bounds that can be met."""
        limit = np.minimum(bounds.cap, most)
        missing = bounds.district_floor - bounds.per_district(bounds.floor)
        room = np.minimum(bounds.district_cap, bounds.per_district(limit))
        district = bounds.district
        spot = np.arange(len(limit))
        lower = fill(order, spot, bounds.floor, limit, np.maximum(missing, 0), district)
        left = room - bounds.per_district(lower)
        return cls(order, lower, fill(order, spot, lower, limit, left, district))

    def plans(self, budgets: Visits) -> Visits:
        """Best plan for each of some budgets in visits; shape (budgets, n).

        A budget beyond what the caps allow gets all that they allow.
        """
        hotspots = len(self.lower)
        at_once = max(1, _ROWS_AT_ONCE // hotspots)
        if len(budgets) > at_once:
            return np.vstack([self.plans(budgets[:at_once]), self.plans(budgets[at_once:])])
        count = len(budgets)
        visits = fill(
            self.order,
            spot=np.tile(np.arange(hotspots), count),
            start=np.tile(self.lower, count),
            limit=np.tile(self.upper, count),
            amount=budgets - int(self.lower.sum()),
            group=np.repeat(np.arange(count), hotspots),
        )
        return visits.reshape(count, -1)
