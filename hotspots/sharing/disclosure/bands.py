"""Counts in bands: what partners see of a number."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from hotspots.frames import Plan
    from hotspots.sharing.disclosure.suppression import Sum


def band_start(count: float, bands: Sequence[int]) -> float:
    """Least count of the band that holds `count`; missing stays missing.

    Examples
    --------
    >>> band_start(730, (0, 5, 100, 500, 1000)), band_start(4, (0, 5))
    (500.0, 0.0)
    """
    if pd.isna(count):
        return float("nan")
    return float(bands[bisect_right(bands, count) - 1])


def band_limits(count: float, bands: Sequence[int]) -> tuple[float, float]:
    """Least and greatest whole count of the band that holds `count`."""
    at = bisect_right(bands, count)
    return float(bands[at - 1]), float(bands[at] - 1) if at < len(bands) else float("inf")


def band_text(count: Any, bands: Sequence[int]) -> str:
    """Write the band of a count.

    Examples
    --------
    >>> bands = (0, 5, 100, 1000)
    >>> band_text(2, bands), band_text(730, bands), band_text(4000, bands), band_text(None, bands)
    ('under 5', '100–999', '1,000 or more', '–')
    """
    if pd.isna(count):
        return "–"
    low, high = band_limits(float(count), bands)
    if np.isinf(high):
        return f"{low:,.0f} or more"
    return f"under {high + 1:,.0f}" if low == 0 else f"{low:,.0f}–{high:,.0f}"


def count_text(plan: Plan, count: Any) -> str:
    """Write a count as the audience of a plan or edition may read it."""
    if plan.audience == "partner":
        return band_text(count, plan.settings.sharing.count_bands)
    return "–" if pd.isna(count) else f"{count:,.0f}"


def hidden_totals(
    low: ArrayLike, high: ArrayLike, sums: Sequence[Sum], *, below: float
) -> NDArray[np.bool_]:
    """Say which sums must not be shown, since their band would narrow that of a part too far.

    Parameters
    ----------
    low, high
        Band of every cell, shape (n,).
    sums
        Sums over sums, the inner ones first, each cell in one of them: a tree.
    below
        Width that the bounds of a part keep, or that of its band where that is less.

    Returns
    -------
    array of bool, shape (n,): true for totals that are withheld, the outermost first.
    """
    low, high = np.array(low, np.float64), np.array(high, np.float64)
    least = np.minimum(below, high - low)
    hidden = np.zeros(len(low), dtype=bool)
    for one in reversed(sums):
        lower, upper = _narrowed(low, high, sums)
        if not np.any(upper - lower < least - 1e-9):
            break
        hidden[one.total] = True
        low[one.total], high[one.total], least[one.total] = 0.0, np.inf, 0.0
    return hidden


def _narrowed(
    low: NDArray[np.float64], high: NDArray[np.float64], sums: Sequence[Sum]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bounds of all cells of a tree of sums: up from the parts, then down from the totals."""
    low, high = low.copy(), high.copy()
    for one in sums:
        parts = list(one.parts)
        low[one.total] = max(low[one.total], low[parts].sum())
        high[one.total] = min(high[one.total], high[parts].sum())
    for one in reversed(sums):
        parts = list(one.parts)
        others_low = low[parts].sum() - low[parts]
        # infinite parts: what the others can be at most is then infinite, too
        others_high = np.array([np.delete(high[parts], at).sum() for at in range(len(parts))])
        low[parts] = np.maximum(low[parts], low[one.total] - others_high)
        high[parts] = np.minimum(high[parts], high[one.total] - others_low)
    return low, high
