"""Whole visits from hours, and every refusal with its numbers."""

import numpy as np
import pytest

from hotspots.errors import InfeasibleError, SettingsError
from hotspots.tasking import allocate
from hotspots.tasking.bounds import read_bounds, visits_for, visits_within


@pytest.mark.parametrize(
    ("hours", "cost", "within", "needed"),
    [
        (0.3, 0.1, 3, 3),  # 2.9999999999999996 in floating point
        (26_108, 0.75, 34_810, 34_811),
        (0.1 + 0.2, 0.1, 3, 3),  # 3.0000000000000004
        (0.0, 0.75, 0, 0),
        (0.74, 0.75, 0, 1),
        (750_000_000, 0.75, 10**9, 10**9),
    ],
)
def test_whole_visits(hours, cost, within, needed):
    """Budgets and caps round down, floors up, and rounding error does neither."""
    assert visits_within(hours, cost) == within
    assert visits_for(hours, cost) == needed


def test_a_bound_by_name_replaces_the_general_one(hourly):
    """Each hotspot and district has its own bound where one is given, the general one elsewhere."""
    settings = hourly(
        hotspot_floor_hours=2.0,
        hotspot_floors={"B": 0.0},
        hotspot_cap_hours=9.5,
        hotspot_caps={"A": 20.0},
        district_floor_hours=4.2,
        district_floors={"S": 1.0},
        district_cap_hours=30.0,
        district_caps={"N": 25.0},
    )
    bounds = read_bounds(["A", "B", "C"], ["N", "N", "S"], settings)
    assert bounds.floor.tolist() == [2, 0, 2]
    assert bounds.cap.tolist() == [20, 9, 9]
    assert bounds.district.tolist() == [0, 0, 1]
    assert bounds.district_floor.tolist() == [5, 1]
    assert bounds.district_cap.tolist() == [25, 30]
    assert bounds.needed() == 5 + 2
    assert bounds.hold(np.array([5, 0, 2]))
    assert not bounds.hold(np.array([4, 0, 2]))  # district N below 5
    assert not bounds.hold(np.array([5, 0, 10]))  # hotspot C above 9
    assert not bounds.hold(np.array([20, 9, 2]))  # district N above 25
    assert not bounds.hold(np.array([5, 0, 1]))  # hotspot C below 2


@pytest.mark.parametrize(
    ("error", "changes", "message"),
    [
        (
            InfeasibleError,
            {"hours": 5, "hotspot_floor_hours": 2.0},
            "The floors need 6 officer-hours but the budget is 5; raise the budget to at least 6 "
            "or lower the floors (hotspot_floor_hours).",
        ),
        (
            InfeasibleError,
            {"hours": 7.5, "hotspot_floors": {"A": 1.0}, "district_floor_hours": 4.0},
            "The floors need 8 officer-hours but the budget is 7.5; raise the budget to at least "
            "8 or lower the floors (hotspot_floors and district_floor_hours).",
        ),
        (
            InfeasibleError,
            {"hours": 0.999},
            "One visit costs 1 officer-hours but the budget is 0.99; raise the budget to at least "
            "1 or make visits cheaper (visit_minutes, travel_minutes, crew).",
        ),
        (
            InfeasibleError,
            {"hours": 9, "hotspot_floor_hours": 3.0, "hotspot_caps": {"B": 2.0}},
            "The floor of hotspot B needs 3 officer-hours but its cap allows 2, in whole visits of "
            "1; lower the floor or raise the cap (hotspot_floors, hotspot_caps, "
            "hours_between_visits).",
        ),
        (
            InfeasibleError,
            {"hours": 9, "hotspot_floors": {"C": 1.5}, "hotspot_caps": {"C": 1.5}},
            "The floor of hotspot C needs 2 officer-hours but its cap allows 1, in whole visits of "
            "1; lower the floor or raise the cap (hotspot_floors, hotspot_caps, "
            "hours_between_visits).",
        ),
        (
            InfeasibleError,
            {"hours": 9, "district_floor_hours": 5.0, "district_caps": {"North": 4.0}},
            "The floor of district North needs 5 officer-hours but its cap allows 4, in whole "
            "visits of 1; lower the floor or raise the cap.",
        ),
        (
            InfeasibleError,
            {"hours": 9, "hotspot_floor_hours": 2.0, "district_cap_hours": 3.0},
            "The hotspot floors of district North need 4 officer-hours but its cap allows 3, in "
            "whole visits of 1; lower the floor or raise the cap.",
        ),
        (
            InfeasibleError,
            {"hours": 9, "hotspot_cap_hours": 2.0, "district_floors": {"North": 5.0}},
            "The floor of district North needs 5 officer-hours but the caps of its hotspots allow "
            "4, in whole visits of 1; lower the floor or raise the cap.",
        ),
        (
            SettingsError,
            {"hours": 9, "hotspot_floors": {"a": 1.0}},
            "hotspot_floors has a bound for 'a', which is not a hotspot id; the nearest is ",
        ),
        (
            SettingsError,
            {"hours": 9, "hotspot_caps": {"D": 1.0}},
            "hotspot_caps has a bound for 'D', which is not a hotspot id; the nearest is ",
        ),
        (
            SettingsError,
            {"hours": 9, "district_floors": {"Nort": 1.0}},
            "district_floors has a bound for 'Nort', which is not a district with a hotspot; the "
            "nearest is 'North'.",
        ),
        (
            SettingsError,
            {"hours": 9, "district_caps": {"south": 1.0}},
            "district_caps has a bound for 'south', which is not a district with a hotspot; the "
            "nearest is 'South'.",
        ),
        (
            SettingsError,
            {"hours": 1e300},
            "The budget is 1e+300 officer-hours, more than 1,000,000,000 visits; check its unit.",
        ),
        (
            SettingsError,
            {"hours": 9, "hotspot_floors": {"A": 1e12}},
            "The floor of hotspot A is 1e+12 officer-hours, more than 1,000,000,000 visits; check "
            "its unit.",
        ),
    ],
)
def test_refusals(hotspot_table, hourly, error, changes, message):
    """Each contradiction is refused in one line with both numbers."""
    table = hotspot_table([3, 2, 1], ["North", "North", "South"])
    with pytest.raises(error) as refusal:
        allocate(table, hourly(**changes))
    assert str(refusal.value).startswith(message)
    assert "\n" not in str(refusal.value)
    assert type(refusal.value) is error


def test_the_named_budget_is_enough(hotspot_table, hourly):
    """The budget that a refusal asks for is accepted, also where hours have many decimals."""
    table = hotspot_table([3, 2])
    odd = {"visit_minutes": 20.0, "hotspot_floor_hours": 11.1}
    with pytest.raises(InfeasibleError, match=r"at least 22\.67 or lower"):
        allocate(table, hourly(hours=22.66, **odd))
    assert allocate(table, hourly(hours=22.67, **odd)).hours == pytest.approx(68 / 3)


def test_huge_caps_mean_no_cap(hotspot_table, hourly):
    """A cap beyond any budget is no cap."""
    settings = hourly(hours=9, hotspot_cap_hours=1e300, district_caps={"N": 1e300})
    assert allocate(hotspot_table([3, 2]), settings).table["visits"].sum() == 9
