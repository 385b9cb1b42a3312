"""Plain rules beside the optimum: equal, in proportion, the best places first, as last year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hotspots.tasking.greedy import Visits


def equal_split(hotspots: int, visits: int) -> Visits:
    """Split visits equally, the odd ones going to the first ids.

    Examples
    --------
    >>> equal_split(4, 6).tolist()
    [2, 2, 1, 1]
    """
    return proportional_split(np.ones(hotspots), visits)


def proportional_split(rates: NDArray[np.float64], visits: int) -> Visits:
    """Split visits in proportion to `rates`, whole ones by largest remainder.

    Remainders that are equal to nine decimals go by the order of ids, in which `rates` stand.
    Where every rate is 0 the split is equal.

    Examples
    --------
    >>> proportional_split(np.array([100.0, 60.0, 30.0, 10.0]), 12).tolist()
    [6, 4, 2, 0]
    """
    if not rates.any():
        return equal_split(len(rates), visits)
    weights = rates / rates.max()
    exact = np.round(visits * (weights / weights.sum()), 9)
    whole: Visits = np.floor(exact).astype(np.int64)
    remainder = np.round(exact - whole, 9)
    first = np.argsort(-remainder, kind="stable")
    whole[first[: visits - int(whole.sum())]] += 1
    return whole


def saturating_split(rates: NDArray[np.float64], visits: int, *, room: Visits) -> Visits:
    """Give the hotspot of the highest rate all visits that it has time for, then the next.

    Equal rates go by the order of ids, in which `rates` stand.

    Examples
    --------
    >>> saturating_split(np.array([2.0, 5.0, 1.0]), 7, room=np.array([4, 4, 4])).tolist()
    [3, 4, 0]
    """
    best = np.argsort(-rates, kind="stable")
    before = np.cumsum(room[best]) - room[best]
    split: Visits = np.empty(len(rates), dtype=np.int64)
    split[best] = np.clip(visits - before, 0, room[best])
    return split
