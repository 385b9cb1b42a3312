"""Speed of the exact allocation, beside the same problem given to HiGHS."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import LinearConstraint, milp

from hotspots.settings import TaskingSettings
from hotspots.tasking import allocate


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


def test_highs(benchmark):
    """One plan for 26 hotspots and a year, without bounds, alternatives and curve."""
    rates, days, levels = hotspots(26)["incidents_per_day"].to_numpy(), 364, 96
    gains = (rates[:, None] * 0.6 ** np.arange(levels) * 0.4).ravel()
    budget = LinearConstraint(np.ones((1, gains.size)), 0, 34_810)
    answer = benchmark(
        milp, -gains, integrality=np.ones(gains.size), bounds=(0, days), constraints=budget
    )
    ours = allocate(hotspots(26), hours=26_108).table["covered_incidents"].sum()
    assert -answer.fun == pytest.approx(ours, rel=1e-4)
