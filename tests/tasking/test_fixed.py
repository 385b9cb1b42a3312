"""Hours that somebody fixed: whole visits, floor and cap in one, never a gain."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.settings import TaskingSettings
from hotspots.tasking import allocate, fix_hours


def table_of(rates):
    return pd.DataFrame(
        {
            "hotspot_id": [f"H{number}" for number in range(len(rates))],
            "district": "Ash",
            "incidents_per_day": rates,
        }
    )


def test_hours_are_rounded_down_to_whole_visits_and_said():
    """A visit costs 0.75: 100 hours are 133 visits, 99.75 hours; 99.75 hours are just that."""
    tasking = TaskingSettings(hotspot_floors={"H9": 3.0})
    bounded, visits, said = fix_hours(tasking, {"H0": 100.0, "H1": 99.75, "H2": 0.0})
    assert visits == {"H0": 133, "H1": 133, "H2": 0}
    assert bounded.hotspot_floors == {"H9": 3.0, "H0": 99.75, "H1": 99.75, "H2": 0.0}
    assert bounded.hotspot_caps == {"H0": 99.75, "H1": 99.75, "H2": 0.0}
    assert said == ["Hours of H0 are fixed at 99.75, not 100: whole visits cost 0.75 each."]
    assert tasking.hotspot_caps == {}


def test_known_answer_with_one_hotspot_fixed():
    """Known optimum 3, 2, 1, 0 of weights 8, 4, 2, 1 and q 1/2; with the first fixed at one visit.

    Five visits are left for 4, 2, 1: gains 2, 1, .5, .25 / 1, .5, .25 / .5, .25: taken are
    2, 1, 1, and .5 twice (of .5, .5, .5), so 4 + 5 = 9 of value against 11.
    """
    tasking = TaskingSettings(
        hours=6, q=0.5, weeks=1, days_per_week=1, visit_minutes=60, travel_minutes=0, crew=1
    )
    bounded, _, said = fix_hours(tasking, {"H0": 1.0})
    plan = allocate(table_of([8.0, 4.0, 2.0, 1.0]), bounded)
    assert said == []
    assert plan.table["visits"].iloc[0] == 1
    assert plan.table["covered_incidents"].sum() == 9.0


@given(
    st.lists(st.floats(0, 50), min_size=1, max_size=6),
    st.integers(0, 30),
    st.floats(1, 60),
    st.floats(0, 0.95),
)
@settings(max_examples=60, deadline=None)
def test_fixed_hours_never_gain(rates, visits, hours, q):
    """The same hotspots with one bound less reach at least as much."""
    tasking = TaskingSettings(
        hours=max(hours, visits, 1), q=q, weeks=1, days_per_week=7,
        visit_minutes=60, travel_minutes=0, crew=1,
    )  # fmt: skip
    bounded, fixed, _ = fix_hours(tasking, {"H0": float(visits)})
    free = allocate(table_of(rates), tasking).table
    held = allocate(table_of(rates), bounded).table
    assert held["visits"].iloc[0] == fixed["H0"] == visits
    value, best = held["covered_incidents"].sum(), free["covered_incidents"].sum()
    assert value <= best * (1 + 1e-9)
    if free["visits"].iloc[0] == visits:
        assert np.isclose(value, best)
