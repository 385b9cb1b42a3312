"""Bootstrap intervals over months: how much a figure hangs on the months that were tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

DRAWS = 2_000
CONFIDENCE = 0.95


def month_draws(months: int, *, draws: int = DRAWS, seed: int = 0) -> NDArray[np.int64]:
    """How often each month is drawn, with replacement, as many as there are.

    Parameters
    ----------
    months
        Months tested.
    draws
        How many times.
    seed
        Of the random numbers: the same seed gives the same draws.

    Returns
    -------
    numpy.ndarray
        Shape (draws, months); each row sums to `months`. One set of draws for several methods
        makes their comparison a paired one.

    Raises
    ------
    InputError
        Fewer than one month or draw.
    """
    if months < 1 or draws < 1:
        raise InputError(f"Months and draws must be 1 or more; they are {months} and {draws}.")
    even = np.full(months, 1 / months)
    return np.random.default_rng(seed).multinomial(months, even, size=draws)


def interval(
    above: ArrayLike, below: ArrayLike, draws: NDArray[np.int64], *, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Percentile interval of sum(above) / sum(below) over redrawn months (Efron 1979).

    Parameters
    ----------
    above, below
        One number per month, such as incidents inside and incidents in all; for the difference
        of two methods the difference of their incidents inside, shape (months,).
    draws
        From `month_draws`.
    confidence
        Share of the draws between the two ends.

    Returns
    -------
    low, high
        Both empty (NaN) for one month, which cannot say how much months differ, and where
        there is nothing to divide by.
    """
    over, under = (np.asarray(values, dtype=np.float64) for values in (above, below))
    if draws.shape[1] != len(over) or len(over) != len(under):
        raise InputError(
            f"Draws are of {draws.shape[1]} months, but there are {len(over)} and {len(under)}."
        )
    base = draws @ under
    if len(over) < 2 or not (base > 0).any():
        return float("nan"), float("nan")
    ratios = (draws @ over)[base > 0] / base[base > 0]
    tail = (1 - confidence) / 2
    low, high = np.quantile(ratios, [tail, 1 - tail])
    return float(low), float(high)
