"""The optimum beside plain rules for the same number of visits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hotspots.frames import ALTERNATIVES, names
from hotspots.tasking.greedy import Visits
from hotspots.tasking.rules import equal_split, proportional_split, saturating_split
from hotspots.tasking.solved import Solved

OPTIMUM, PROPORTIONAL, EQUAL = "optimum", "proportional", "equal"
HARM, SATURATION, LAST_YEAR = "proportional to harm", "best places first", "as last year"


def plain_rules(
    solved: Solved, visits: int, last_hours: Mapping[str, float] | None
) -> dict[str, Visits]:
    """Split some visits by each rule; rules that lack what they go by are left out.

    Parameters
    ----------
    solved : Solved
        The plan, whose hotspots and periods the rules share.
    visits : int
        Visits to split.
    last_hours : mapping, optional
        Hotspot id -> officer-hours of an earlier plan, whose shares are kept.
    """
    problem = solved.problem
    splits = {
        OPTIMUM: solved.visits,
        PROPORTIONAL: proportional_split(problem.rates, visits),
        EQUAL: equal_split(len(problem.rates), visits),
    }
    if problem.harm is not None:
        splits[HARM] = proportional_split(problem.harm, visits)
    if problem.periods.most[0] > 0:
        room = int((problem.periods.most * problem.periods.occurrences).sum())
        splits[SATURATION] = saturating_split(
            problem.rates, visits, room=np.full(len(problem.rates), room)
        )
    last = np.array([(last_hours or {}).get(name, 0.0) for name in problem.ids])
    if last.any():
        splits[LAST_YEAR] = proportional_split(last, visits)
    return splits


def alternatives_table(
    splits: Mapping[str, Visits],
    hours: Mapping[str, float],
    value: Callable[[Visits], float],
    keeps: Callable[[Visits], bool],
    best: float,
) -> pd.DataFrame:
    """Put the optimum and the plain rules side by side, columns `ALTERNATIVES`."""
    rows = []
    for rule, visits in splits.items():
        reached = best if rule == OPTIMUM else value(visits)
        share = reached / best if best > 0 else 1.0
        kept = True if rule == OPTIMUM else keeps(visits)
        rows.append((rule, int(visits.sum()), hours[rule], reached, share, kept))
    return pd.DataFrame(rows, columns=names(ALTERNATIVES))


def fewer(cells: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """Leave this share of each entry's visits, rounded down.

    Examples
    --------
    >>> fewer(np.array([10, 4, 1]), 0.8).tolist()
    [8, 3, 0]
    """
    left: NDArray[np.int64] = np.floor(cells * share + 1e-9).astype(np.int64)
    return left
