"""Whether a place was hot all the time, and whether it grows: months, classes, trend."""

from __future__ import annotations

import calendar
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hotspots.targeting.chance import FEWEST_IN_A_HOTSPOT
from hotspots.targeting.members import numbers_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

FEWEST_MONTHS = 4
PERSISTENT, EMERGING, FORMER = "persistent", "emerging", "former"
INTERMITTENT, NEVER, UNCLASSED = "intermittent", "never hot", "not classed"
_PERSISTENT_SHARE = 0.75
_Z95 = 1.959963984540054


def monthly_counts(
    places: pd.DataFrame, piece: NDArray[np.int64], count: int, months: Sequence[str]
) -> NDArray[np.int64]:
    """Selecting incidents of each candidate in each month, shape (count, months).

    Parameters
    ----------
    places
        Columns period, selecting, weight.
    piece
        Candidate of each place, -1 for none.
    count, months
        Number of candidates; months with data, in order.
    """
    own = places["selecting"].to_numpy(dtype=bool) & (piece >= 0)
    number = {month: at for at, month in enumerate(months)}
    rows = np.flatnonzero(own)
    month = numbers_of(places["period"].iloc[rows], number)
    rows, month = rows[month >= 0], month[month >= 0]
    cell = piece[rows] * len(months) + month
    counts = np.bincount(cell, places["weight"].to_numpy()[rows], minlength=count * len(months))
    return counts.astype(np.int64).reshape(count, len(months))


def hotspot_class(hot: Sequence[bool] | NDArray[np.bool_]) -> str:
    """Class of a place by the months in which it was hot, in order.

    The first of these that fits, of M months: *persistent*, hot in three quarters of the months
    or more, and at least once in the last quarter; *emerging*, hot in the last third but never
    in the first half; *former*, hot in the first half but never in the last third;
    *intermittent*, hot at some time; otherwise *never hot*. Quarter and third round up, half
    rounds down. Fewer than four months are *not classed*.

    Examples
    --------
    >>> hotspot_class([True] * 12)
    'persistent'
    >>> hotspot_class([False] * 8 + [True] * 4)
    'emerging'
    """
    months = len(hot)
    if months < FEWEST_MONTHS:
        return UNCLASSED
    flags = np.asarray(hot, dtype=np.bool_)
    early = bool(flags[: months // 2].any())
    late = bool(flags[-math.ceil(months / 3) :].any())
    enough = flags.sum() >= _PERSISTENT_SHARE * months
    if enough and flags[-math.ceil(months / 4) :].any():
        return PERSISTENT
    if late and not early:
        return EMERGING
    if early and not late:
        return FORMER
    return INTERMITTENT if flags.any() else NEVER


def runs(months: Sequence[str]) -> str:
    """Months as text, those that follow on each other joined.

    Examples
    --------
    >>> runs(["2021-01", "2021-02", "2021-03", "2021-06", "2021-12", "2022-01"])
    '2021-01 to 2021-03, 2021-06, 2021-12 to 2022-01'
    """
    groups: list[list[str]] = []
    for month in months:
        if groups and _number(month) == _number(groups[-1][-1]) + 1:
            groups[-1].append(month)
        else:
            groups.append([month])
    return ", ".join(
        group[0] if len(group) == 1 else f"{group[0]} to {group[-1]}" for group in groups
    )


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])


def change(before: float, after: float, exposure: float = 1.0) -> tuple[float, float, float]:
    """Relative change of a count, and its 95 % interval.

    ``after / (before * exposure) - 1``, where `exposure` is how much longer the later time is.
    The interval is that of the log ratio of two Poisson counts, standard error
    ``sqrt(1 / before + 1 / after)``. Not numbers where a count is 0.

    Examples
    --------
    >>> [round(100 * value, 1) for value in change(1000, 855)]
    [-14.5, -22.0, -6.3]
    """
    if before <= 0 or after <= 0:
        return math.nan, math.nan, math.nan
    ratio = after / (before * exposure)
    reach = _Z95 * math.sqrt(1 / before + 1 / after)
    return ratio - 1, ratio * math.exp(-reach) - 1, ratio * math.exp(reach) - 1


def trends(counts: NDArray[np.int64], months: Sequence[str]) -> NDArray[np.float64]:
    """Change per day from the first half of the months to the second, with its interval.

    Of an odd number of months the middle one is left out. Empty below four months, below 10
    incidents, and where a half has none.

    Parameters
    ----------
    counts
        Shape (candidates, months).
    months
        ``YYYY-MM``, in order.

    Returns
    -------
    numpy.ndarray
        Shape (candidates, 3): change, lower end, upper end.
    """
    found = np.full((len(counts), 3), np.nan)
    half = len(months) // 2
    if len(months) < FEWEST_MONTHS:
        return found
    days = [calendar.monthrange(int(month[:4]), int(month[5:7]))[1] for month in months]
    longer = sum(days[-half:]) / sum(days[:half])
    for row, own in enumerate(counts):
        if own.sum() >= FEWEST_IN_A_HOTSPOT:
            found[row] = change(float(own[:half].sum()), float(own[-half:].sum()), longer)
    return found
