"""Constraints that couple hotspots and periods: optimum, bound, laws and refusals."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.errors import InfeasibleError, SettingsError
from hotspots.frames import PATROLS, VISITS, names
from hotspots.settings import Provider, TaskingSettings
from hotspots.tasking import allocate, coupled
from hotspots.tasking.nested import solve_nested
from hotspots.tasking.problem import Problem

HALVES = {"day": "06:00-18:00", "dark": "18:00-06:00"}


def times(ids, shares):
    """All 168 hours of hotspots whose Monday holds these shares of the week, by day and dark."""
    rows = []
    for name, (day, dark) in zip(ids, shares, strict=True):
        for hour in range(168):
            share = day if hour == 8 else dark if hour == 20 else 0.0
            rows.append((name, hour // 24 + 1, hour % 24, share))
    return pd.DataFrame(rows, columns=["hotspot_id", "weekday", "hour", "share"])


def monday(**changes):
    """One Monday of two halves, a visit of one person and one hour, as often as wanted."""
    plain = {
        "weeks": 1,
        "days_per_week": 1,
        "visit_minutes": 60.0,
        "travel_minutes": 0.0,
        "crew": 1,
        "day_parts": HALVES,
        "hours_between_visits": 2.0,
        "q": 0.5,
        "solver_gap": 0.0,
    }
    return TaskingSettings(**{**plain, **changes})


def test_period_and_hotspot_capacities():
    """Rates [[10, 9], [9, 1]], one visit per hotspot and period: 9; best first reaches 5.5."""
    table = pd.DataFrame(
        {"hotspot_id": ["A", "B"], "district": "N", "incidents_per_day": [19 / 7, 10 / 7]}
    )
    hours = times("AB", [(10 / 19, 9 / 19), (0.9, 0.1)])
    one_each = {"officers": {"day": 1 / 12, "dark": 1 / 12}, "hotspot_cap_hours": 1.0}
    plan = allocate(table, monday(hours=4, **one_each), times=hours)
    assert plan.table["covered_incidents"].sum() == pytest.approx(9.0)
    assert plan.method == "HiGHS"
    assert plan.status == "optimal"
    assert plan.bound == pytest.approx(9.0)
    visits = plan.visits.set_index(["hotspot_id", "day_part"])["visits"]
    assert visits.to_dict() == {("A", "dark"): 1, ("B", "day"): 1}
    assert list(plan.visits) == names(VISITS)
    # best visit first takes 10 and is left with 1: (10 + 1) / 2
    assert (10 + 1) * 0.5 == 5.5 < plan.bound


@st.composite
def small(draw):
    """Draw two or three hotspots on one Monday with few officers, hours and pounds."""
    count = draw(st.integers(2, 3))
    ids = list("ABC"[:count])
    table = pd.DataFrame(
        {
            "hotspot_id": ids,
            "district": draw(st.lists(st.sampled_from("NS"), min_size=count, max_size=count)),
            "incidents_per_day": draw(
                st.lists(st.sampled_from([0.0, 1.0, 2.5, 6.0]), min_size=count, max_size=count)
            ),
        }
    )
    share = st.sampled_from([0.0, 0.1, 0.25, 0.5])
    shares = [(draw(share), draw(share)) for _ in ids]
    officers = draw(
        st.fixed_dictionaries({}, optional={"day": st.integers(0, 2), "dark": st.integers(0, 2)})
    )
    providers = {
        "police": Provider(officers={k: v / 12 for k, v in officers.items()}),
        "PCSO": Provider(
            pounds_per_hour=draw(st.sampled_from([20.0, 38.3])),
            hours=draw(st.none() | st.integers(1, 3)),
            districts=draw(st.sampled_from([(), ("N",)])) if "N" in set(table["district"]) else (),
        ),
    }
    return (
        table,
        times(ids, shares),
        monday(
            pounds=draw(st.floats(40, 160)),
            providers=providers,
            hotspot_floor_hours=draw(st.sampled_from([0.0, 0.0, 1.0])),
            hotspot_cap_hours=draw(st.sampled_from([None, 1.0, 2.0])),
            district_cap_hours=draw(st.sampled_from([None, 3.0])),
            hours_between_visits=6.0,
            response=draw(st.sampled_from(["geometric", "first", "linear"])),
            linear_visits=2,
        ),
    )


def best_by_trying(table, hours, tasking):
    """Value of the best of all plans, tried one by one; None where none is allowed."""
    problem, _ = Problem.read(table, tasking, hours)
    police, pcso = tasking.providers["police"], tasking.providers["PCSO"]
    parts, best = ["day", "dark"], None
    rates = [38.3, pcso.pounds_per_hour]
    steps = {"geometric": [0, 0.5, 0.75], "first": [0, 1, 1], "linear": [0, 0.5, 1]}
    reach = steps[tasking.response]
    spots = range(len(table))
    cell = [(p, c) for p in range(3) for c in range(3 - p)]  # at most two visits in twelve hours
    for plan in itertools.product(cell, repeat=2 * len(table)):
        visits = np.array(plan).reshape(len(table), 2, 2)
        total = visits.sum(axis=(1, 2))
        if (visits.sum(axis=(0, 1)) @ rates) > tasking.pounds + 1e-9:
            continue
        if (total < tasking.hotspot_floor_hours).any():
            continue
        if tasking.hotspot_cap_hours and (total > tasking.hotspot_cap_hours).any():
            continue
        if pcso.hours is not None and visits[:, :, 1].sum() > pcso.hours:
            continue
        if any(
            visits[:, number, 0].sum() > round(12 * police.officers.get(part, 0))
            for number, part in enumerate(parts)
            if police.officers
        ):
            continue
        towns = table["district"].to_numpy()
        if pcso.districts and visits[towns != "N", :, 1].any():
            continue
        if tasking.district_cap_hours and any(
            total[towns == town].sum() > tasking.district_cap_hours for town in set(towns)
        ):
            continue
        both = visits.sum(axis=2)
        value = sum(problem.cell_rates[h, s] * reach[both[h, s]] for h in spots for s in (0, 1))
        best = value if best is None else max(best, value)
    return best


@given(small())
@settings(deadline=None, max_examples=80)
def test_no_plan_is_better(programme):
    """Trying every plan finds none that is better, and none at all where it was refused."""
    table, hours, tasking = programme
    problem, _ = Problem.read(table, tasking, hours)
    best = best_by_trying(table, hours, tasking)
    if best is None:
        with pytest.raises(InfeasibleError):
            coupled.solve_coupled(problem)
        return
    solved = coupled.solve_coupled(problem)
    assert solved.value == pytest.approx(best, abs=1e-6)
    assert solved.pounds <= tasking.pounds + 1e-6


def rates(count):
    return np.random.default_rng(7).gamma(2.0, 0.4, count)


def year(count=8, **changes):
    """Hotspots in three districts, and a year of parts of the day."""
    table = pd.DataFrame(
        {
            "hotspot_id": [f"H{number:02}" for number in range(count)],
            "district": [f"D{number % 3}" for number in range(count)],
            "incidents_per_day": rates(count),
        }
    )
    plain = {
        "day_parts": {"early": "07:00-15:00", "late": "15:00-23:00", "night": "23:00-07:00"},
        "hours": 6000.0,
    }
    return table, TaskingSettings(**{**plain, **changes})


OFFICERS = {"early": 1.5, "late": 2.0, "night": 0.5, "Fri late": 4.0, "Sat late": 4.0}


def test_agrees_with_best_visit_first_where_both_apply():
    """With officers enough, HiGHS and best visit first have one value, whole visits included."""
    table, tasking = year(district_floor_hours=800.0, hotspot_cap_hours=1500.0)
    nested = solve_nested(Problem.read(table, tasking, None)[0])[0]
    plenty = dataclasses.replace(
        tasking, officers=dict.fromkeys(tasking.day_parts, 1e6), solver_gap=0.0
    )
    solved = coupled.solve_coupled(Problem.read(table, plenty, None)[0])
    assert solved.value == pytest.approx(nested.value, rel=1e-7)
    assert solved.hours.sum() <= 6000


def test_bound_is_above_the_plan_and_the_plan_above_greedy():
    """LP bound >= plan; and the plan is no worse than best visit first inside the capacities."""
    table, tasking = year(officers=OFFICERS)
    problem = Problem.read(table, tasking, None)[0]
    solved = coupled.solve_coupled(problem)
    bound = coupled.relaxed_value(problem)
    assert bound >= solved.value - 1e-6
    assert solved.value >= greedy(problem) - 1e-3 * solved.value
    assert solved.value >= bound * (1 - tasking.solver_gap)


def greedy(problem):
    """Take the visit of the largest gain that still fits, until none does."""
    tasking, periods = problem.settings, problem.periods
    officers = np.array(
        [
            tasking.officers.get(name, tasking.officers.get(part, 0.0))
            for name, part in zip(periods.names, periods.part, strict=True)
        ]
    )
    room = np.floor(officers * periods.hours * periods.occurrences / 0.75 + 1e-9)
    left = int(tasking.hours / 0.75)
    visits = np.zeros_like(problem.cell_rates, dtype=int)
    while left:
        level = visits // periods.occurrences
        gain = problem.cell_rates * 0.6**level * 0.4
        gain[level >= periods.most] = -1
        gain[:, room < 1] = -1
        spot, when = np.unravel_index(np.argmax(gain), gain.shape)
        if gain[spot, when] < 0:
            break
        step = int(min(room[when], left, periods.occurrences[when] - visits[spot, when] % 52))
        visits[spot, when] += step
        room[when] -= step
        left -= step
    return problem.week_order().covered_by_period(visits, periods).sum()


def test_officers_on_duty_hold():
    """No period has more officer-hours than officers on duty; Friday late has its own number."""
    table, tasking = year(officers=OFFICERS)
    visits = allocate(table, tasking).visits
    used = visits.groupby(["weekday", "day_part"])["officer_hours"].sum()
    for (weekday, part), hours in used.items():
        name = {5: "Fri", 6: "Sat"}.get(weekday, "")
        officers = OFFICERS.get(f"{name} {part}", OFFICERS[part])
        assert hours <= officers * 8 * 52 + 1e-6


def test_more_is_never_worse():
    """More budget, or one constraint less, never has a lower value, but for the gap allowed."""
    table, tasking = year(officers=OFFICERS, hotspot_floor_hours=300.0)
    plan = allocate(table, tasking)
    curve = plan.budget_curve["covered_incidents"]
    assert (curve.diff().dropna() >= -tasking.solver_gap * curve.max()).all()
    free = allocate(*year(officers=OFFICERS)).budget_curve
    assert free.iloc[0][["budget_share", "covered_incidents"]].tolist() == [0.0, 0.0]
    assert free["budget_share"].iloc[-1] == 2.0
    assert (plan.budget_curve["per_extra_hour"].diff().dropna() <= 1e-6).all()
    assert (plan.prices["price_incidents"] >= 0).all()
    assert set(plan.prices["constraint"]) == {
        "floor of every hotspot, 300 hours",
        "officers on duty",
    }
    bound = coupled.relaxed_value(Problem.read(table, tasking, None)[0])
    without = plan.prices.set_index("constraint")["covered_without"]
    assert (without >= bound - 1e-6).all()
    assert plan.prices["price_incidents"].max() > 0
    at_budget = plan.budget_plans[np.isclose(plan.budget_plans["budget_hours"], 6000)]
    assert at_budget["visits"].tolist() == plan.table["visits"].tolist()


def test_the_order_of_rows_changes_nothing():
    """Reversed rows give each hotspot the very same visits in every period."""
    table, tasking = year(officers=OFFICERS, max_gap_days=4)
    plan, again = allocate(table, tasking), allocate(table.iloc[::-1], tasking)
    pd.testing.assert_frame_equal(again.table.sort_index(), plan.table)
    pd.testing.assert_frame_equal(again.visits, plan.visits)


@pytest.mark.parametrize("gap", [1, 3, 4, 7])
def test_longest_gap(gap):
    """In every window of days one weekday is visited in all weeks."""
    table, tasking = year(hours=2500.0, max_gap_days=gap)
    visits = allocate(table, tasking).visits
    for _, own in visits.groupby("hotspot_id"):
        by_day = own.groupby("weekday")["visits"].sum().reindex(range(1, 8), fill_value=0)
        weekly = (by_day >= tasking.weeks).to_numpy()
        for first in range(7):
            assert weekly[[(first + step) % 7 for step in range(gap)]].any()


def test_longest_gap_where_times_are_open():
    """Without day parts a gap of three days is a floor of a third of the days, 122 visits."""
    table, tasking = year(hours=1200.0, day_parts={}, max_gap_days=3)
    plan = allocate(table, tasking)
    assert plan.method == "best visit first"
    assert plan.table["visits"].min() == 122


def test_patrols_are_whole():
    """Crews are on duty for whole patrols of a district; visits fit into them, and into money."""
    table, tasking = year(4, hours=3000.0, patrol_hours=8.0, solver_gap=0.01)
    plan = allocate(table, tasking)
    assert list(plan.patrols) == names(PATROLS)
    assert plan.patrols["officer_hours"].sum() <= 3000
    assert (plan.patrols["officer_hours"] == plan.patrols["patrols"] * 16).all()
    keys = ["district", "weekday", "day_part", "provider"]
    visits = plan.visits.groupby(keys)["visits"].sum()
    patrols = plan.patrols.set_index(keys)["patrols"].reindex(visits.index, fill_value=0)
    assert (visits * 22.5 <= patrols * 8 * 60 + 1e-6).all()


def test_providers_are_paid_their_rates():
    """Cheaper partners stretch the pounds; promised hours are delivered, limits are kept."""
    providers = {
        "police": Provider(),
        "PCSO": Provider(pounds_per_hour=25.0, crew=1, day_parts=("early", "late"), hours=1000.0),
        "council": Provider(pounds_per_hour=22.5, least_hours=300.0, districts=("D0",)),
    }
    table, tasking = year(hours=None, pounds=200_000.0, providers=providers)
    plan = allocate(table, tasking)
    hours = plan.visits.groupby("provider")["officer_hours"].sum()
    assert hours["PCSO"] <= 1000 + 1e-6
    assert hours["council"] >= 300 - 1e-6
    paid = hours["police"] * 38.3 + hours["PCSO"] * 25 + hours["council"] * 22.5
    assert plan.spent_pounds == pytest.approx(paid)
    assert paid <= 200_000 + 1e-6
    by = plan.visits.set_index("provider")
    assert "night" not in set(by.loc["PCSO", "day_part"])
    assert set(by.loc["council", "district"]) == {"D0"}
    assert "for £" in plan.summary()
    alone = allocate(*year(hours=None, pounds=200_000.0))
    assert plan.table["covered_incidents"].sum() > alone.table["covered_incidents"].sum()


def test_randomised_share():
    """A quarter of every hotspot's visits is kept for randomised days, to the whole visit."""
    table, tasking = year(randomised_share=0.25)
    visits = allocate(table, tasking).visits
    by_spot = visits.groupby("hotspot_id")[["visits", "randomised_visits"]].sum()
    assert (by_spot["randomised_visits"] - 0.25 * by_spot["visits"]).abs().max() <= 0.5
    assert (visits["randomised_visits"] <= visits["visits"]).all()


REFUSALS = (
    (
        {"hours": 100.0, "officers": OFFICERS, "hotspot_floor_hours": 50.0},
        InfeasibleError,
        r"The floors need 402 officer-hours|constraints need 402",
    ),
    (
        {"officers": {"early": 0.0, "late": 0.1, "night": 0.0}, "hotspot_floor_hours": 60.0},
        InfeasibleError,
        r"contradict each other whatever the budget: .*floor of hotspot H00 \(60 hours\)",
    ),
    ({"officers": {"lates": 2.0}}, SettingsError, r"names 'lates'.*the nearest is 'late'"),
    ({"patrol_hours": 9.0}, SettingsError, r"longer than the shortest day part, 8 hours"),
    (
        {"providers": {"BID": Provider(districts=("D9",))}},
        SettingsError,
        r"tasking.providers.BID.districts names 'D9'",
    ),
)


@pytest.mark.parametrize(("changes", "error", "message"), REFUSALS)
def test_refusals(changes, error, message):
    """Every refusal says what was wrong, in numbers or names."""
    table, tasking = year(**changes)
    with pytest.raises(error, match=message):
        allocate(table, tasking)


def test_the_budget_that_a_refusal_names_is_enough():
    """The least budget can be met, and a hundredth less cannot."""
    table, tasking = year(hours=500.0, max_gap_days=2, officers=OFFICERS)
    with pytest.raises(InfeasibleError, match="at least") as refusal:
        allocate(table, tasking)
    least = float(str(refusal.value).split("at least ")[1].split(" ")[0].replace(",", ""))
    assert coupled.solve_coupled(
        Problem.read(table, dataclasses.replace(tasking, hours=least), None)[0]
    ).hours.sum() == pytest.approx(least, abs=0.75)
    with pytest.raises(InfeasibleError):
        allocate(table, dataclasses.replace(tasking, hours=least * 0.99))


def test_time_runs_out():
    """Patrols and gaps together are hard: the best plan so far comes with its proven gap."""
    table, tasking = year(
        26,
        hours=20_000.0,
        patrol_hours=8.0,
        max_gap_days=4,
        district_floor_hours=500.0,
        solver_gap=0.0,
        solver_seconds=2.0,
    )
    plan = allocate(table, tasking)
    assert plan.status == "best so far"
    assert 0.9 * plan.bound < plan.table["covered_incidents"].sum() < plan.bound
    assert plan.patrols["officer_hours"].sum() <= 20_000
    assert "is what 2 seconds allowed" in " ".join(plan.messages)
