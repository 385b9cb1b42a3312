"""The ledger's first visits are the plan of every budget."""

import dataclasses

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.frames import LEDGER, names
from hotspots.tasking import allocate

from .programmes import programmes, solve


def bought(ledger, visits):
    """Visits of each hotspot when so many are bought, as a reader of the ledger would count."""
    counts = dict.fromkeys(ledger["hotspot_id"], 0)
    for (_, _), turn in ledger.groupby([ledger["order"] == 0, "turn"], sort=False):
        blocks = list(turn[["hotspot_id", "visits"]].itertuples(index=False, name=None))
        if turn["order"].iloc[0] == 0:
            for name, number in blocks:
                counts[name] += number
            visits -= turn["visits"].sum()
            continue
        for step in range(max(number for _, number in blocks)):
            for name, number in blocks:
                if step < number and visits > 0:
                    counts[name] += 1
                    visits -= 1
    return counts


def test_by_hand(hotspot_table, hourly):
    """Gains of rates 8, 4, 2 halve: A 4; A 2 and B 2 in turns; A 1, B 1 and C 1 in turns."""
    ledger = allocate(hotspot_table([8, 4, 2]), hourly(hours=3, q=0.5)).ledger
    assert list(ledger) == names(LEDGER)
    first = ledger[["turn", "hotspot_id", "visits", "covered_per_visit"]].head(6)
    assert list(first.itertuples(index=False, name=None)) == [
        (1, "A", 1, 4.0),
        (2, "A", 1, 2.0),
        (2, "B", 1, 2.0),
        (3, "A", 1, 1.0),
        (3, "B", 1, 1.0),
        (3, "C", 1, 1.0),
    ]


@given(programmes(), st.floats(0, 2))
@settings(deadline=None, max_examples=30)
def test_a_prefix_is_the_plan(programme, share):
    """Whatever the budget up to twice the plan's, reading the ledger gives `allocate`'s visits."""
    table, tasking = programme
    plan = solve(table, tasking)
    least = plan.ledger.loc[plan.ledger["order"] == 0, "visits"].sum() * plan.hours_per_visit
    hours = max(share * plan.budget_hours, least + 1e-6, plan.hours_per_visit)
    visits = int(hours / plan.hours_per_visit + 1e-9)
    if visits > 2 * int(plan.budget_hours / plan.hours_per_visit + 1e-9):
        return
    again = allocate(table, dataclasses.replace(tasking, hours=hours))
    counts = bought(plan.ledger, visits)
    expected = again.table.set_index("hotspot_id")["visits"]
    pd.testing.assert_series_equal(
        pd.Series(counts, dtype="int64").reindex(expected.index, fill_value=0),
        expected,
        check_names=False,
    )


@given(programmes())
@settings(deadline=None, max_examples=30)
def test_its_visits_gain_less_and_less(programme):
    """After the floors, no block covers more per visit than one before it."""
    table, tasking = programme
    gains = solve(table, tasking).ledger.query("order > 0")["covered_per_visit"]
    assert (gains.diff().dropna() <= 1e-9 * gains.max()).all()


def test_passing_over_a_hotspot(hotspot_table, hourly):
    """Without district bounds, leaving out A's blocks is the plan of B and C alone."""
    plan = allocate(hotspot_table([8, 4, 2]), hourly(hours=4, q=0.5))
    assert plan.exclusion_is_exact
    rest = plan.ledger[plan.ledger["hotspot_id"] != "A"]
    alone = allocate(hotspot_table([8, 4, 2]).iloc[1:], hourly(hours=4, q=0.5))
    assert bought(rest, 4) == alone.table.set_index("hotspot_id")["visits"].to_dict()
    assert not allocate(
        hotspot_table([8, 4, 2]), hourly(hours=4, q=0.5, district_floor_hours=1.0)
    ).exclusion_is_exact


def test_at_most_one_visit_in_two_hours(hotspot_table, hourly):
    """Twelve visits fit into a day; a floor above that is refused, and says what to change."""
    plan = allocate(hotspot_table([8, 4]), hourly(hours=40, hours_between_visits=2.0))
    assert plan.table["visits"].tolist() == [12, 12]
    with pytest.raises(ValueError, match=r"its cap allows 12, .*hours_between_visits"):
        allocate(
            hotspot_table([8]),
            hourly(hours=40, hours_between_visits=2.0, hotspot_floor_hours=13.0),
        )


def test_a_hotspot_s_own_floor_of_nothing_has_no_price(hotspot_table, hourly):
    """Where one hotspot is let off the general floor, dropping that is no constraint dropped."""
    plan = allocate(
        hotspot_table([8, 4]),
        hourly(hours=2, hotspot_floor_hours=2.0, hotspot_floors={"B": 0.0}),
    )
    named = ["all floors and caps", "floor of every hotspot, 2 hours"]
    assert plan.prices["constraint"].tolist() == named
