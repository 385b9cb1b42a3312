"""Problems whose constraints couple hotspots and periods: HiGHS, with a proven bound."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hotspots.errors import InfeasibleError
from hotspots.frames import BUDGET_CURVE, BUDGET_PLANS, names
from hotspots.tasking.bounds import hours_text
from hotspots.tasking.crews import Crew, read_crews
from hotspots.tasking.greedy import Visits
from hotspots.tasking.model import Model, build_model
from hotspots.tasking.problem import Problem
from hotspots.tasking.solved import Solved
from hotspots.tasking.solver import BEST_SO_FAR, Solution, conflict, least_budget, solve

#: Budgets for which a plan is made, as shares of the plan's.
SHARES = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
#: The same where a single plan takes seconds.
FEW_SHARES = (0.0, 0.5, 1.0, 2.0)
#: Visit variables from which a single plan takes seconds.
LARGE = 6000
_NAMED = 2


def solve_coupled(problem: Problem, *, budget: float | None = None) -> Solved:
    """Find a plan and the bound that it is proven to be near.

    Parameters
    ----------
    problem
        What is to be solved.
    budget
        In the problem's unit, officer-hours or pounds; by default that of its settings.

    Raises
    ------
    InfeasibleError
        Constraints contradict each other, and are named; or the budget is too small, and the
        smallest that would do is named.
    """
    problem.bounds()  # contradictions among floors and caps have messages of their own
    crews = _crews(problem)
    given = own_budget(problem) if budget is None else budget
    model = build_model(problem, crews, given)
    solution = _solve(problem, model)
    if solution is None:
        raise _refusal(problem, model, given)
    return _solved(problem, crews, model, solution)


def own_budget(problem: Problem) -> float:
    """Budget of the settings, in the problem's unit."""
    settings = problem.settings
    return settings.pounds if settings.pounds else settings.budget_hours(len(problem.ids))


def is_slow(plan: Solved) -> bool:
    """Whether a single plan takes long, so that only few others are made beside it."""
    return plan.cells.size > LARGE or plan.status == BEST_SO_FAR


def keeps(problem: Problem, visits: Visits) -> bool:
    """Whether so many visits to each hotspot can be made at all, parts of visits allowed."""
    model = build_model(problem, _crews(problem), own_budget(problem))
    for spot, number in enumerate(visits):
        model.rows.add("", model.visits[spot], 1.0, float(number), float(number))
    return solve(model, gap=0.0, relaxed=True) is not None


def curve_and_plans(
    problem: Problem, plan: Solved, *, few: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Plans for budgets from nothing to twice the plan's, where they can be made.

    The value of one more hour is the budget's dual price in the relaxed programme.
    """
    crews, given = _crews(problem), own_budget(problem)
    unit = problem.settings.pounds_per_hour if problem.in_pounds else 1.0
    curve, plans = [], []
    for share in FEW_SHARES if few else SHARES:
        model = build_model(problem, crews, given * share)
        solved = plan
        if share != 1:
            solution = _solve(problem, model)
            if solution is None:
                continue
            solved = _solved(problem, crews, model, solution)
        relaxed = solve(model, gap=0.0, relaxed=True)
        price = 0.0 if relaxed is None else relaxed.budget_price * unit
        curve.append((given * share / unit, share, solved.value, price))
        columns = (given * share / unit, problem.ids, solved.visits, solved.covered)
        plans.append(pd.DataFrame(dict(zip(names(BUDGET_PLANS), columns, strict=True))))
    return pd.DataFrame(curve, columns=names(BUDGET_CURVE)), pd.concat(plans, ignore_index=True)


def _solve(problem: Problem, model: Model) -> Solution | None:
    limits = problem.settings
    return solve(model, gap=limits.solver_gap, seconds=limits.solver_seconds)


def _crews(problem: Problem) -> list[Crew]:
    ids, districts = problem.ids.tolist(), problem.districts.tolist()
    return read_crews(problem.settings, ids, districts, problem.periods)


def _solved(problem: Problem, crews: Sequence[Crew], model: Model, solution: Solution) -> Solved:
    cells = np.rint(solution.amounts[model.visits]).astype(np.int64)
    spread = cells.sum(axis=2)
    covered = problem.week_order().covered_by_period(spread, problem.periods).sum(axis=1)
    patrols = None
    if model.patrols is not None:
        patrols = np.rint(solution.amounts[model.patrols]).astype(np.int64)
    return Solved(
        problem=problem,
        crews=crews,
        cells=cells,
        covered=covered,
        method="HiGHS",
        status=solution.status,
        bound=max(solution.bound, float(covered.sum())),
        patrols=patrols,
    )


def _refusal(problem: Problem, model: Model, given: float) -> InfeasibleError:
    """Say which constraints contradict each other, or which budget would do."""
    limits = problem.settings
    least = least_budget(model, gap=limits.solver_gap, seconds=limits.solver_seconds)
    if least is not None:
        text = _money if problem.in_pounds else _time
        return InfeasibleError(
            f"The budget is {text(given)} but the constraints need {text(least, up=True)}; raise "
            f"the budget to at least {text(least, up=True)}, or lower floors, promised hours or "
            "max_gap_days."
        )
    found = conflict(model)
    if not found:
        return InfeasibleError(
            "The constraints can be met with parts of visits, but not with whole ones; loosen "
            "floors, caps or officers on duty by a visit or two."
        )
    return InfeasibleError(
        f"These constraints contradict each other whatever the budget: {_listed(found)}. Loosen "
        "one of them."
    )


def _listed(found: Sequence[str]) -> str:
    """List constraints, those of one kind together and the first few by name."""
    kinds: dict[str, list[str]] = {}
    for name in found:
        kinds.setdefault(" ".join(name.split()[:4]), []).append(name)
    return "; ".join(
        ", ".join(names[:_NAMED])
        + (f" and {len(names) - _NAMED} more like it" if len(names) > _NAMED else "")
        for names in kinds.values()
    )


def _time(hours: float, *, up: bool = False) -> str:
    return f"{hours_text(hours, up=up)} officer-hours"


def _money(pounds: float, *, up: bool = False) -> str:
    return f"£{hours_text(pounds, up=up)}"


def relaxed_value(problem: Problem) -> float:
    """Bound on every plan: the value where parts of visits are allowed.

    Raises
    ------
    InfeasibleError
        Constraints contradict each other, or the budget is too small.
    """
    model = build_model(problem, _crews(problem), own_budget(problem))
    solution = solve(model, gap=0.0, relaxed=True)
    if solution is None:
        raise _refusal(problem, model, own_budget(problem))
    return solution.value
