"""Problems whose bounds are nested: best visit first is exact."""

from __future__ import annotations

import numpy as np

from hotspots.tasking.bounds import check_budget
from hotspots.tasking.crews import read_crews
from hotspots.tasking.greedy import Frontier, Visits
from hotspots.tasking.problem import Problem
from hotspots.tasking.solved import Solved
from hotspots.tasking.week_order import WeekOrder


def solve_nested(problem: Problem) -> tuple[Solved, Frontier, int]:
    """Find the optimum, its frontier up to twice the budget, and the visits the budget buys.

    Raises
    ------
    InfeasibleError
        Bounds contradict each other, or the budget does not pay for the floors.
    """
    settings = problem.settings
    bounds = problem.bounds()
    budget_hours = settings.budget_hours(len(problem.ids))
    budget = check_budget(bounds, budget_hours, settings)
    frontier = problem.frontier(2 * budget)
    visits = frontier.plans(np.array([budget]))[0]
    return as_solved(problem, frontier, visits), frontier, budget


def as_solved(problem: Problem, frontier: Frontier, visits: Visits) -> Solved:
    """Spread visits of a frontier over the periods."""
    order, periods = frontier.order, problem.periods
    cells = order.by_period(visits) if isinstance(order, WeekOrder) else visits[:, None]
    covered = order.covered(visits)
    ids, districts = problem.ids.tolist(), problem.districts.tolist()
    return Solved(
        problem=problem,
        crews=read_crews(problem.settings, ids, districts, periods),
        cells=cells[:, :, None],
        covered=covered,
        method="best visit first",
        status="optimal",
        bound=float(covered.sum()),
    )
