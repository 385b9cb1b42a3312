"""Sentences beside the plan."""

import pytest

from hotspots.settings import TaskingSettings
from hotspots.tasking import allocate


def test_the_default_budget_is_announced(hotspot_table):
    """26 times 1,004 hours would be a year of 26; two hotspots for half a year get 1,004."""
    plan = allocate(hotspot_table([3, 2]), TaskingSettings(weeks=26))
    assert plan.budget_hours == 1004
    assert plan.messages[0] == (
        "No budget was given: 1,004 officer-hours are used, the 1,004 per hotspot and year of "
        "Operation Hotspot for 2 hotspots over 26 weeks; set hours or pounds to change it."
    )


def test_hotspots_without_visits_are_named(hotspot_table, hourly):
    """Five ids at most, then how many more."""
    one = allocate(hotspot_table([8, 4, 0.1]), hourly(hours=3)).messages
    assert one[0] == (
        "1 hotspot gets no visit at this budget: C; set hotspot_floor_hours to reach every hotspot."
    )
    many = allocate(hotspot_table([8, *[0.1] * 8]), hourly(hours=2)).messages
    assert any(
        "8 hotspots get no visit" in text and "B, C, D, E, F and 3 more" in text for text in many
    )


def test_unspent_hours_are_told_with_both_numbers(hotspot_table, hourly):
    """Caps of 3 on two hotspots leave 4 of 10 hours."""
    plan = allocate(hotspot_table([8, 1]), hourly(hours=10, hotspot_cap_hours=3.0))
    assert "The caps leave 4 of 10 officer-hours unspent; raise a cap to use them." in plan.messages


def test_a_plan_hardly_better_than_proportional_says_so(hotspot_table, hourly):
    """Equal rates gain nothing; 5 and 4 gain 8.859375 / 8.8359375, 9 and 3 more than 1 %."""
    same = allocate(hotspot_table([2, 2]), hourly(hours=6)).messages
    assert same == ("This plan is worth no more than a split in proportion to incidents.",)
    near = allocate(hotspot_table([5, 4]), hourly(hours=12, q=0.5)).messages
    assert near == (
        "This plan is hardly better than a split in proportion to incidents: its modelled value "
        "is 0.27% higher.",
    )
    assert allocate(hotspot_table([9, 3]), hourly(hours=12)).messages == ()


def test_a_better_rule_that_breaks_bounds_is_told(hotspot_table, hourly):
    """7.5 against 4.875 is 53.85 % more, and the price of the floor is 1 - 4.875 / 7.5 = 35 %."""
    settings = hourly(hours=4, q=0.5, hotspot_floors={"B": 3.0})
    assert allocate(hotspot_table([8, 1]), settings).messages == (
        "A split in proportion to incidents would have a modelled value 53.85% higher, but it "
        "breaks the floors or caps.",
        "The floors and caps cost 35.00% of the modelled value that the same budget could reach.",
    )


def test_no_incidents_at_all_is_told(hotspot_table, hourly):
    """Rates of 0 everywhere leave nothing to go by."""
    assert allocate(hotspot_table([0, 0]), hourly(hours=2)).messages == (
        "No incidents to go by: visits are spread evenly.",
    )


@pytest.mark.parametrize("rates", [[0.0], [4.0]])
def test_one_hotspot_needs_no_comparison(hotspot_table, hourly, rates):
    """With a single hotspot every rule is the same, so nothing is said."""
    assert allocate(hotspot_table(rates), hourly(hours=2)).messages == ()
