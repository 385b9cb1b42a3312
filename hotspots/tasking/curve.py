"""The budget curve: what fewer or more hours would do."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hotspots.frames import BUDGET_CURVE, names
from hotspots.tasking.greedy import Frontier

#: Steps from no hours to twice the plan's budget.
STEPS = 40


def budget_curve(frontier: Frontier, *, hours_per_visit: float, visits: int) -> pd.DataFrame:
    """Best modelled value at budgets from nothing to twice the plan's.

    Every row is an exact optimum. The curve begins where the floors can be paid for, never
    falls, and its slope never rises; where the caps allow no more it is flat.

    Parameters
    ----------
    frontier : Frontier
        Best plans, for budgets up to twice `visits`.
    hours_per_visit : float
        Officer-hours that a visit costs.
    visits : int
        Visits that the plan's budget buys, 1 or more: the row with ``budget_share`` 1.

    Returns
    -------
    DataFrame
        Columns `hotspots.frames.BUDGET_CURVE`, at most 42 rows, smallest budget first.
    """
    cost = hours_per_visit
    steps = np.rint(visits * 2 * np.arange(STEPS + 1) / STEPS).astype(np.int64)
    least = int(frontier.lower.sum())
    budgets = np.unique(np.append(steps[steps > least], least))
    plans = frontier.plans(budgets)
    more = np.where(plans < frontier.upper, frontier.order.next_gain(plans), 0.0)
    columns = (
        budgets * cost,
        budgets / visits,
        frontier.order.covered(plans).sum(axis=1),
        more.max(axis=1) / cost,
    )
    return pd.DataFrame(dict(zip(names(BUDGET_CURVE), columns, strict=True)))
