"""Laws that hold for every programme."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.settings import TaskingSettings
from hotspots.tasking import allocate

from .programmes import programmes, solve


def value(plan):
    return plan.table["covered_incidents"].sum()


@given(programmes())
@settings(deadline=None, max_examples=30)
def test_the_budget_and_every_bound_hold(programme):
    """Hours stay within the budget, floors and caps; what is left is under a visit, or capped."""
    table, tasking = programme
    plan = solve(table, tasking)
    hours = plan.table.set_index("hotspot_id")["officer_hours"]
    districts = plan.table.groupby("district")["officer_hours"].sum()
    little = 1e-6
    caps = 0.0
    for name, given_hours in hours.items():
        assert given_hours >= tasking.hotspot_floors.get(name, tasking.hotspot_floor_hours) - little
    for name, given_hours in districts.items():
        floor = tasking.district_floors.get(name, tasking.district_floor_hours)
        cap = tasking.district_caps.get(name, tasking.district_cap_hours)
        assert given_hours >= floor - little
        assert cap is None or given_hours <= cap + little
        own = [
            tasking.hotspot_caps.get(key, tasking.hotspot_cap_hours)
            for key in plan.table.loc[plan.table["district"] == name, "hotspot_id"]
        ]
        for key, limit in zip(
            plan.table.loc[plan.table["district"] == name, "hotspot_id"], own, strict=True
        ):
            assert limit is None or hours[key] <= limit + little
        step = plan.hours_per_visit
        often = 12 * tasking.days * step  # at most one visit in two hours
        limits = [
            often if limit is None else min(often, (limit + little) // step * step) for limit in own
        ]
        caps += min(sum(limits), np.inf if cap is None else (cap + little) // step * step)
    assert plan.hours <= plan.budget_hours + little
    assert plan.hours > min(plan.budget_hours, caps) - plan.hours_per_visit - little


@given(programmes(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_the_order_of_rows_changes_nothing(programme, random):
    """Shuffled rows give every hotspot the very same hours and the same sentences."""
    table, tasking = programme
    plan = solve(table, tasking)
    rows = list(range(len(table)))
    random.shuffle(rows)
    again = allocate(table.iloc[rows], tasking)
    pd.testing.assert_frame_equal(again.table.sort_index(), plan.table)
    pd.testing.assert_frame_equal(again.alternatives, plan.alternatives)
    pd.testing.assert_frame_equal(again.budget_curve, plan.budget_curve)
    assert again.messages == plan.messages


@given(programmes(), st.floats(0, 300))
@settings(deadline=None, max_examples=30)
def test_more_budget_takes_from_nobody(programme, more):
    """With more hours no hotspot loses a visit and the value does not fall."""
    table, tasking = programme
    plan = solve(table, tasking)
    richer = allocate(table, dataclasses.replace(tasking, hours=tasking.hours + more))
    assert (richer.table["visits"] >= plan.table["visits"]).all()
    assert value(richer) >= value(plan) * (1 - 1e-12)


@pytest.mark.parametrize(
    "dropped",
    [
        {"hotspot_floor_hours": 0.0, "hotspot_floors": {}},
        {"hotspot_cap_hours": None, "hotspot_caps": {}},
        {"district_floor_hours": 0.0, "district_floors": {}},
        {"district_cap_hours": None, "district_caps": {}},
    ],
)
@given(programme=programmes())
@settings(deadline=None, max_examples=30)
def test_dropping_a_bound_is_never_worse(dropped, programme):
    """A programme with fewer bounds is feasible too and worth at least as much."""
    table, tasking = programme
    plan = solve(table, tasking)
    freer = allocate(table, dataclasses.replace(tasking, **dropped))
    assert value(freer) >= value(plan) * (1 - 1e-9)


@given(
    count=st.integers(1, 30),
    hours=st.integers(1, 3000),
    q=st.sampled_from([0.0, 0.6, 0.99]),
    rate=st.sampled_from([0.0, 1e-9, 3.0]),
)
@settings(deadline=None, max_examples=30)
def test_equal_hotspots_differ_by_one_visit_at_most(count, hours, q, rate):
    """Equal rates and no bounds: nobody has two visits more than another."""
    table = pd.DataFrame(
        {
            "hotspot_id": [f"H{number:02}" for number in range(count)],
            "district": "N",
            "incidents_per_day": rate,
        }
    )
    plan = allocate(table, TaskingSettings(hours=hours, q=q, weeks=2))
    assert np.ptp(plan.table["visits"]) <= 1


@given(programmes())
@settings(deadline=None, max_examples=30)
def test_the_curve_never_falls_and_flattens(programme):
    """Values rise, slopes fall, and the row of the plan's own budget is the plan."""
    table, tasking = programme
    plan = solve(table, tasking)
    curve = plan.budget_curve
    worth, slope = curve["covered_incidents"].to_numpy(), curve["per_extra_hour"].to_numpy()
    little = 1e-9 * max(worth.max(), 1.0)
    assert (np.diff(curve["officer_hours"]) > 0).all()
    assert (np.diff(worth) >= -little).all()
    assert (np.diff(slope) <= 1e-9 * max(slope.max(), 1e-300)).all()
    rise = np.diff(worth) / np.diff(curve["officer_hours"])
    assert (rise <= slope[:-1] + little).all()
    assert (rise >= slope[1:] - little).all()
    own = curve.loc[curve["budget_share"] == 1.0, "covered_incidents"]
    assert own.tolist() == pytest.approx([value(plan)])


@given(programmes(), st.floats(0.01, 100))
@settings(deadline=None, max_examples=30)
def test_a_common_factor_changes_no_hours(programme, factor):
    """The plan depends on ratios of rates only, so a maximum effect cancels."""
    table, tasking = programme
    plan = solve(table, tasking)
    power = 2.0 ** round(np.log2(factor))
    scaled = table.assign(incidents_per_day=table["incidents_per_day"] * power)
    again = allocate(scaled, tasking)
    assert again.table["visits"].tolist() == plan.table["visits"].tolist()
