"""How many of a programme's visits fall into the weeks of a roster."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise


def quotas(visits: Sequence[int], weeks: int, programme_weeks: int) -> list[int]:
    """Visits of one hotspot's rows in some weeks of a programme.

    The sum is the hotspot's visits x weeks / programme weeks, rounded to the nearest whole (a
    half up), so that its hours are those of the plan to within half a visit; each row has its
    own share rounded down or up, the largest remainders up first.

    Examples
    --------
    >>> quotas([100, 50, 7], weeks=4, programme_weeks=52)
    [8, 4, 0]
    >>> quotas([100, 50, 7], weeks=52, programme_weeks=52)
    [100, 50, 7]
    """
    exact = [Fraction(int(number) * weeks, programme_weeks) for number in visits]
    whole = [int(share) for share in exact]
    wanted = int(sum(exact) + Fraction(1, 2))
    order = sorted(range(len(exact)), key=lambda row: (whole[row] - exact[row], row))
    for row in order[: wanted - sum(whole)]:
        whole[row] += 1
    return whole


def evenly(number: int, places: int, phase: float) -> list[int]:
    """Spread a number over places so that any stretch of them has its share, rounded.

    Parameters
    ----------
    number
        What is spread.
    places
        Over how many.
    phase
        Where in the rhythm it begins, 0 or more and below 1.

    Examples
    --------
    >>> evenly(3, 7, 0.0)
    [0, 0, 1, 0, 1, 0, 1]
    """
    scale = 10**6 * max(places, 1)
    first = int(phase % 1 * 10**6) * max(places, 1)
    steps = [(first + number * place * 10**6) // scale for place in range(places + 1)]
    return [after - before for before, after in pairwise(steps)]
