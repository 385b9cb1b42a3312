"""HiGHS: a model in, the best plan found with its proven bound out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.errors import InfeasibleError
from hotspots.tasking.model import BUDGET, Floats, Model

if TYPE_CHECKING:
    import highspy


#: Status of a plan when the time ran out.
BEST_SO_FAR = "best so far"


@dataclass(frozen=True)
class Solution:
    """What the solver found.

    Attributes
    ----------
    amounts
        Of each variable.
    value, bound
        Objective, and what no plan can exceed.
    status
        ``"optimal"``, ``"within the gap"`` that was asked for, or ``"best so far"`` when the time
        ran out.
    budget_price
        Worth of one more unit of budget, where the model was relaxed.
    """

    amounts: Floats
    value: float
    bound: float
    status: str
    budget_price: float = np.nan


def solve(
    model: Model, *, gap: float, seconds: float = math.inf, relaxed: bool = False
) -> Solution | None:
    """Maximise; None where the model has no solution.

    With `relaxed`, parts of visits are allowed, which bounds every plan.

    One thread and one seed: the same model gives the same plan, unless the `seconds` run out,
    after which the best found so far is taken.

    Raises
    ------
    InfeasibleError
        The seconds ran out before any plan was found.
    """
    solver = _load(model, relaxed=relaxed)
    solver.setOptionValue("mip_rel_gap", gap)
    if not relaxed:
        solver.setOptionValue("time_limit", float(seconds))
    solver.run()
    return _read(solver, model, relaxed=relaxed)


def least_budget(model: Model, *, gap: float, seconds: float) -> float | None:
    """Budget that is enough for the other constraints; None where none would do.

    None smaller than by the share `gap` of it would be, if that can be proven in some `seconds`.
    """
    free = _without(model, BUDGET)
    solution = solve(replace(free, gain=-model.spent), gap=gap, seconds=seconds)
    return None if solution is None else float(model.spent @ solution.amounts)


def conflict(model: Model) -> list[str]:
    """Name constraints that contradict each other, apart from the budget.

    The parts of an irreducible set are found by the solver, each needed for the conflict. Where
    only whole visits contradict, and parts of visits would not, the list is empty.
    """
    import highspy

    free = _without(model, BUDGET)
    solver = _load(free, relaxed=True)
    solver.setOptionValue("iis_strategy", int(highspy.IisStrategy.kIisStrategyFromLp))
    status, found = solver.getIis()
    if status != highspy.HighsStatus.kOk:
        return []
    return [*dict.fromkeys(free.rows.name[row] for row in found.row_index_)]


def _without(model: Model, name: str) -> Model:
    """Open the constraints of one name."""
    rows = replace(
        model.rows,
        low=[
            -np.inf if n == name else low
            for n, low in zip(model.rows.name, model.rows.low, strict=True)
        ],
        high=[
            np.inf if n == name else high
            for n, high in zip(model.rows.name, model.rows.high, strict=True)
        ],
    )
    return replace(model, rows=rows)


def _load(model: Model, *, relaxed: bool) -> highspy.Highs:
    import highspy
    from scipy.sparse import csr_array

    rows = model.rows
    shape = (len(rows.name), len(model.gain))
    entries = (np.concatenate(rows.value), (np.concatenate(rows.row), np.concatenate(rows.column)))
    matrix = csr_array(entries, shape=shape)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = shape[1], shape[0]
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = model.gain
    lp.col_lower_, lp.col_upper_ = np.zeros(shape[1]), model.upper
    lp.row_lower_, lp.row_upper_ = np.array(rows.low), np.array(rows.high)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    if not relaxed:
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in model.whole]
    solver = highspy.Highs.__new__(highspy.Highs)
    super(highspy.Highs, solver).__init__()  # its own start would print a banner
    options: dict[str, Any] = {"output_flag": False, "threads": 1, "random_seed": 0}
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(lp)
    return solver


def _read(solver: highspy.Highs, model: Model, *, relaxed: bool) -> Solution | None:
    import highspy

    ended, info = solver.getModelStatus(), solver.getInfo()
    late = ended == highspy.HighsModelStatus.kTimeLimit
    if late and info.primal_solution_status != highspy.kSolutionStatusFeasible:
        raise InfeasibleError(
            "No plan was found in the time allowed, and none was shown to be impossible; raise "
            "tasking.solver_seconds, or loosen patrol_hours, max_gap_days or officers on duty."
        )
    if not late and ended != highspy.HighsModelStatus.kOptimal:
        return None
    solution = solver.getSolution()
    amounts: Floats = np.array(solution.col_value)
    value = float(info.objective_function_value)
    if relaxed:
        price = abs(float(solution.row_dual[model.rows.name.index(BUDGET)]))
        return Solution(amounts, value, value, "optimal", price)
    bound = float(info.mip_dual_bound)
    status = "optimal" if bound <= value + 1e-9 * abs(value) else "within the gap"
    if late:
        status = BEST_SO_FAR
    return Solution(amounts, value, bound, status)
