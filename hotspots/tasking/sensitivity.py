"""What becomes of the plan where the response is another, or fewer visits are delivered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from hotspots.errors import InfeasibleError
from hotspots.frames import SENSITIVITY, names
from hotspots.tasking.alternatives import fewer
from hotspots.tasking.greedy import Visits
from hotspots.tasking.problem import Problem
from hotspots.tasking.solved import Solved

#: Values of q that the plan is held against.
SWEEP = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
#: Share of visits that is delivered in the downside; half of the planned time is common
#: (Williams and Coupe), a fifth missing is a good year.
DELIVERED = 0.8


def sensitivity(
    solved: Solved, solve: Callable[[Problem], Solved], sweep: Sequence[float] = SWEEP
) -> tuple[pd.DataFrame, Visits]:
    """Hold the plan against the best plan under other assumptions.

    Parameters
    ----------
    solved : Solved
        The plan.
    solve : callable
        The best plan of a problem.
    sweep : sequence of float
        Values of q to hold it against, besides its own.

    Returns
    -------
    DataFrame
        Columns `hotspots.frames.SENSITIVITY`; the best of fewer visits is empty where these
        would not meet the floors.
    ndarray of int, shape (n,)
        Fewest visits that each hotspot gets under any q of the sweep.
    """
    problem, fewest = solved.problem, solved.visits
    rows: list[tuple[str, float, float, float, int]] = []
    settings = problem.settings
    if settings.response == "geometric":
        for q in sorted({*sweep, settings.q}):
            other = problem.under(replace(settings, q=q))
            best = solved if q == settings.q else solve(other)
            fewest = np.minimum(fewest, best.visits)
            rows.append(_row(f"q = {q:g}", _worth(other, solved.cells), best, solved))
    left = fewer(solved.cells, DELIVERED)
    hours = settings.budget_hours(len(problem.ids))
    pounds = settings.pounds
    less = replace(
        settings,
        hours=None if pounds else hours * DELIVERED,
        pounds=pounds * DELIVERED if pounds else None,
    )
    label = f"{1 - DELIVERED:.0%} fewer visits"
    try:
        rows.append(_row(label, _worth(problem, left), solve(problem.under(less)), solved))
    except InfeasibleError:  # the floors need more: there is no plan to hold this one against
        rows.append((label, _worth(problem, left), np.nan, np.nan, 0))
    return pd.DataFrame(rows, columns=names(SENSITIVITY)), fewest


def _worth(problem: Problem, cells: Visits) -> float:
    """Incidents that visits reach under a problem's response."""
    spread = cells.sum(axis=2)
    if problem.periods.open and problem.settings.response == "geometric":
        order = problem.order(int(spread.sum()))
        return float(order.covered(spread[:, 0]).sum())
    return float(problem.week_order().covered_by_period(spread, problem.periods).sum())


def _row(
    assumption: str, worth: float, best: Solved, plan: Solved
) -> tuple[str, float, float, float, int]:
    common = int(np.minimum(best.visits, plan.visits).sum())
    share = worth / best.value if best.value > 0 else 1.0
    return assumption, worth, best.value, share, common
