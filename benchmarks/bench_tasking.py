"""Speed of the allocation: best visit first beside a general solver, and the full model."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import LinearConstraint, milp

from hotspots.settings import TaskingSettings
from hotspots.tasking import allocate
from hotspots.tasking.coupled import solve_coupled
from hotspots.tasking.problem import Problem


def hotspots(count: int) -> pd.DataFrame:
    """Make hotspots with gamma rates, in a tenth as many districts."""
    number = np.arange(count)
    return pd.DataFrame(
        {
            "hotspot_id": [f"H{row:05}" for row in number],
            "district": [f"D{row % max(count // 10, 10):03}" for row in number],
            "incidents_per_day": np.random.default_rng(1).gamma(2.0, 0.4, count),
        }
    )


@pytest.mark.parametrize(("count", "hours"), [(26, 26_108), (5_000, 3_750_000)])
@pytest.mark.parametrize("floor", [0, 200])
def test_allocate(benchmark, count, hours, floor):
    """The whole verb: optimum, alternatives, 41 points of the budget curve, messages."""
    settings = TaskingSettings(hours=hours, hotspot_floor_hours=floor, district_floor_hours=900)
    plan = benchmark(allocate, hotspots(count), settings)
    assert plan.table["visits"].sum() == round(hours / 0.75 - 0.5)


PARTS = {"early": "07:00-15:00", "late": "15:00-23:00", "night": "23:00-07:00"}
OFFICERS = {"early": 6.0, "late": 10.0, "night": 4.0, "Fri late": 20.0}


@pytest.mark.parametrize("count", [26, 1_000])
@pytest.mark.parametrize("coupling", ["officers", "gaps"])
def test_full_model(benchmark, count, coupling):
    """One plan by 21 periods, under officers on duty or longest gaps; the gap is proven."""
    officers = {name: number * count / 26 for name, number in OFFICERS.items()}
    couples = {"officers": officers} if coupling == "officers" else {"max_gap_days": 3}
    settings = TaskingSettings(hours=1_004 * count, day_parts=PARTS, **couples)
    problem, _ = Problem.read(hotspots(count), settings, None)
    solved = benchmark.pedantic(solve_coupled, (problem,), rounds=1 if count > 100 else 3)
    assert solved.value >= 0.99 * solved.bound


def test_general_solver(benchmark):
    """One plan for 26 hotspots and a year by SciPy's milp, without bounds and curve."""
    rates, days, levels = hotspots(26)["incidents_per_day"].to_numpy(), 364, 96
    gains = (rates[:, None] * 0.6 ** np.arange(levels) * 0.4).ravel()
    budget = LinearConstraint(np.ones((1, gains.size)), 0, 34_810)
    answer = benchmark(
        milp, -gains, integrality=np.ones(gains.size), bounds=(0, days), constraints=budget
    )
    ours = allocate(hotspots(26), hours=26_108).table["covered_incidents"].sum()
    assert -answer.fun == pytest.approx(ours, rel=1e-4)
