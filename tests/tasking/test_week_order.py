"""Best visit first over periods of the week, held against other ways to the same numbers."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.errors import SettingsError
from hotspots.settings import TaskingSettings
from hotspots.tasking import allocate
from hotspots.tasking.greedy import Frontier
from hotspots.tasking.problem import Problem

HALVES = {"day": "06:00-18:00", "dark": "18:00-06:00"}


def table(rates, districts=None):
    count = len(rates)
    return pd.DataFrame(
        {
            "hotspot_id": [f"H{number:02}" for number in range(count)],
            "district": districts or ["N"] * count,
            "incidents_per_day": np.asarray(rates, dtype=float),
        }
    )


def test_by_hand(hourly):
    """Halves of one day, rates 4 and 2: gains 2, 2 at A, then 1 at A, 1 at B in turns."""
    plan = allocate(table([8, 4]), hourly(hours=4, q=0.5, day_parts=HALVES))
    # every hour counts alike: 7 days of 8 incidents over 14 halves are 4 in each half
    assert plan.table["visits"].tolist() == [3, 1]
    assert plan.table["covered_incidents"].tolist() == [5.0, 1.0]
    assert plan.visits["visits"].tolist() == [2, 1, 1]
    assert "every hour of the week counts alike" in " ".join(plan.messages)


@pytest.mark.parametrize(
    ("response", "wanted"),
    [
        ({"response": "first"}, [1, 1]),
        ({"response": "linear", "linear_visits": 2}, [2, 0]),
        ({"response": "table", "response_table": (0.5, 0.7)}, [1, 1]),
        ({"response": "table", "response_table": (0.4, 0.8)}, [2, 0]),
    ],
)
def test_other_responses(hourly, response, wanted):
    """Rates 8 and 5, two visits: 8 + 5; 4 + 4 against 4 + 2.5; 4 + 2.5 against 4 + 1.6."""
    plan = allocate(table([8, 5]), hourly(hours=2, **response))
    assert plan.table["visits"].tolist() == wanted


def test_the_table_must_rise_less_and_less():
    """A response whose second visit is worth more than its first is refused."""
    with pytest.raises(SettingsError, match="rise by less and less"):
        TaskingSettings(response="table", response_table=(0.2, 0.6))


def test_one_period_is_the_closed_form():
    """A single part of 24 hours gives visits and values of the plan without day parts."""
    rates = np.random.default_rng(3).gamma(2.0, 0.4, 12)
    plain = TaskingSettings(hours=7000.0, district_floor_hours=500.0)
    whole = TaskingSettings(
        hours=7000.0, district_floor_hours=500.0, response="table", response_table=_geometric(12)
    )
    spots = table(rates, ["N", "S", "E"] * 4)
    one, two = allocate(spots, plain), allocate(spots, whole)
    assert one.table["visits"].tolist() == two.table["visits"].tolist()
    np.testing.assert_allclose(
        one.table["covered_incidents"], two.table["covered_incidents"], rtol=1e-9
    )
    np.testing.assert_allclose(
        one.budget_curve["covered_incidents"], two.budget_curve["covered_incidents"], rtol=1e-9
    )


def _geometric(most):
    return tuple((1 - 0.6 ** np.arange(1, most + 1)).tolist())


@st.composite
def weeks(draw):
    """Draw a few hotspots with hours of their own, under bounds on hotspots and districts."""
    count = draw(st.integers(1, 5))
    rates = draw(st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.7]), min_size=count, max_size=count))
    districts = draw(st.lists(st.sampled_from("NS"), min_size=count, max_size=count))
    seed = draw(st.integers(0, 99))
    shares = np.random.default_rng(seed).dirichlet(np.full(168, 0.3), count)
    hour = np.tile(np.arange(168), count)
    spots = table(rates, districts)
    times = pd.DataFrame(
        {
            "hotspot_id": spots["hotspot_id"].repeat(168).to_numpy(),
            "weekday": hour // 24 + 1,
            "hour": hour % 24,
            "share": shares.ravel(),
        }
    )
    tasking = TaskingSettings(
        hours=draw(st.floats(1, 400)),
        weeks=draw(st.integers(1, 4)),
        days_per_week=draw(st.integers(1, 7)),
        day_parts=draw(st.sampled_from([HALVES, {"late": "15:00-23:00"}])),
        q=draw(st.sampled_from([0.3, 0.6])),
        hotspot_floor_hours=draw(st.sampled_from([0.0, 0.75])),
        hotspot_cap_hours=draw(st.sampled_from([None, 40.0])),
        district_cap_hours=draw(st.sampled_from([None, 60.0])),
        response=draw(st.sampled_from(["geometric", "first"])),
    )
    return spots, times, tasking


@given(weeks())
@settings(deadline=None, max_examples=50)
def test_no_single_exchange_is_better(programme):
    """Moving one visit from any hotspot and period to any other never raises the value."""
    spots, times, tasking = programme
    problem, _ = Problem.read(spots, tasking, times)
    bounds = problem.bounds()
    visits = int(tasking.hours / 0.75 + 1e-9)
    if bounds.needed() > visits:
        return
    frontier: Frontier = problem.frontier(visits)
    plan = frontier.plans(np.array([visits]))[0]
    assert bounds.hold(plan)
    order, periods = problem.week_order(), problem.periods
    cells = order.by_period(plan)
    assert (cells.sum(axis=1) == plan).all()
    assert (cells <= periods.most * periods.occurrences).all()
    value = order.covered(plan).sum()
    by_period = order.covered_by_period(cells, periods)
    assert by_period.sum() == pytest.approx(value, rel=1e-9)
    for source, target in itertools.product(np.ndindex(cells.shape), repeat=2):
        if source == target or cells[source] == 0:
            continue
        other = cells.copy()
        other[source] -= 1
        other[target] += 1
        if not bounds.hold(other.sum(axis=1)):
            continue
        if other[target] > periods.most[target[1]] * periods.occurrences[target[1]]:
            continue
        assert order.covered_by_period(other, periods).sum() <= value * (1 + 1e-9) + 1e-12


@given(weeks())
@settings(deadline=None, max_examples=30)
def test_next_gain_is_what_one_more_visit_adds(programme):
    """The value of a further visit is the difference of two values."""
    spots, times, tasking = programme
    order = Problem.read(spots, tasking, times)[0].week_order()
    room = order.capacity
    for share in (0.0, 0.3, 0.9):
        visits = np.floor(room * share).astype(np.int64)
        more = np.minimum(visits + 1, room)
        np.testing.assert_allclose(
            order.next_gain(visits), order.covered(more) - order.covered(visits), atol=1e-9
        )
