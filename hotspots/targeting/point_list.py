"""Whether the list of map points that positions are snapped to changed within the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hotspots.targeting.members import numbers_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_FEWEST_PLACES = 50
_SNAPPED = 0.2
_FAR_BELOW = 0.5
_AT_ONCE = 50_000


def broken_list(places: pd.DataFrame, months: Sequence[str]) -> list[str]:
    """Warn where the positions of later months are not those of earlier ones.

    Of two months, the share in common is that of the positions of the month with fewer that
    occur in both. At every split of the months, the mean share of pairs across the split is
    set against the mean of pairs on one side of it; the split where it is lowest counts. A
    break is said where it is below half, and pairs on one side share a fifth or more (below
    that positions are not snapped, and nothing can be said).

    Parameters
    ----------
    places
        Columns x_m, y_m, period.
    months
        Months with data, in order; those with fewer than 50 positions are not looked at.

    Returns
    -------
    list of str
        One sentence, or none.
    """
    number = {month: at for at, month in enumerate(months)}
    period = numbers_of(places["period"], number)
    dated = period >= 0
    if len(months) < 3 or not dated.any():
        return []
    x, y = places["x_m"].to_numpy(), places["y_m"].to_numpy()
    if not dated.all():
        x, y, period = x[dated], y[dated], period[dated]
    common = _common(x, y, period, len(months))
    kept = np.flatnonzero(np.diag(common) >= _FEWEST_PLACES)
    common = common[np.ix_(kept, kept)]
    size = np.diag(common)
    share = common / np.minimum.outer(size, size)
    earlier, later = np.triu_indices(len(kept), 1)
    pair = share[earlier, later]
    worst: tuple[float, int, float, float] | None = None
    for split in range(1, len(kept)):
        across = (earlier < split) & (later >= split)
        if across.all():
            continue
        between, within = float(pair[across].mean()), float(pair[~across].mean())
        if within >= _SNAPPED and (worst is None or between / within < worst[0]):
            worst = between / within, split, between, within
    if worst is None or worst[0] >= _FAR_BELOW:
        return []
    _, split, between, within = worst
    return [
        f"The map points of {months[kept[split]]} and later are not those of before: two months "
        f"on either side share {between:.0%} of their positions, on one side {within:.0%}. The "
        "list they are snapped to seems to have been replaced; do not compare small areas across."
    ]


def _common(
    x: NDArray[np.float64], y: NDArray[np.float64], month: NDArray[np.int64], months: int
) -> NDArray[np.float64]:
    """Positions that occur in both of two months, shape (months, months)."""
    step = np.diff(x)
    if (step < 0).any() or (np.diff(y)[step == 0] < 0).any():
        order = np.lexsort((y, x))
        x, y, month = x[order], y[order], month[order]
    at = np.cumsum(np.concatenate(([False], (np.diff(x) != 0) | (np.diff(y) != 0))))
    pairs = at * months + month
    if (np.diff(pairs) < 0).any():
        pairs.sort()
    at, month = np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], months)
    common = np.diag(np.bincount(month, minlength=months).astype(np.float64))
    # a position of one month is common to no two
    shared = np.bincount(at)[at] > 1
    month = month[shared]
    at = np.cumsum(np.diff(at[shared], prepend=at[:1]) != 0)
    for first in range(0, int(at.max(initial=-1)) + 1, _AT_ONCE):
        some = slice(*np.searchsorted(at, (first, first + _AT_ONCE)))
        held = np.zeros((min(_AT_ONCE, int(at[-1]) + 1 - first), months))
        held[at[some] - first, month[some]] = 1
        several = held.T @ held
        np.fill_diagonal(several, 0)
        common += several
    return common
