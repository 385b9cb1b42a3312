"""Plain rules beside the optimum: an equal split, and a split in proportion to incidents."""

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
