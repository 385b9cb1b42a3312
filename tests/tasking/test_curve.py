"""The budget curve."""

import pytest

from hotspots.tasking import allocate


def test_a_curve_by_hand(hotspot_table, hourly):
    """Weights 4 and 1 at q = 0.5: gains 2, 1, .5, .5, .25, ... in turn."""
    curve = allocate(hotspot_table([4, 1]), hourly(hours=3, q=0.5)).budget_curve
    assert curve["officer_hours"].tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert curve["budget_share"].tolist() == [hours / 3 for hours in range(7)]
    assert curve["covered_incidents"].tolist() == [0, 2, 3, 3.5, 4, 4.25, 4.5]
    assert curve["per_extra_hour"].tolist() == [2, 1, 0.5, 0.5, 0.25, 0.25, 0.125]


def test_extra_value_is_per_hour_of_a_visit(hotspot_table, hourly):
    """A visit of half an hour that covers 2 incidents is worth 4 an hour."""
    settings = hourly(hours=3, q=0.5, visit_minutes=30.0)
    assert allocate(hotspot_table([4]), settings).budget_curve["per_extra_hour"][0] == 4.0


def test_each_point_is_the_plan_of_that_budget(hotspot_table, hourly):
    """Every row equals a plan made for that budget alone, floors and caps included."""
    table = hotspot_table([9, 5, 3, 0.5], "NNSS")
    bounds = {"district_floors": {"S": 7.0}, "hotspot_caps": {"A": 21.0}, "days_per_week": 3}
    curve = allocate(table, hourly(hours=50, **bounds)).budget_curve
    assert curve["officer_hours"].iloc[0] == 7
    assert curve["officer_hours"].iloc[-1] == 100
    assert len(curve) == 39
    for row in curve.itertuples():
        alone = allocate(table, hourly(hours=row.officer_hours, **bounds))
        worth = alone.table["covered_incidents"].sum()
        assert row.covered_incidents == pytest.approx(worth, rel=1e-12)
        more = allocate(table, hourly(hours=row.officer_hours + 1, **bounds))
        rise = more.table["covered_incidents"].sum() - worth
        assert row.per_extra_hour == pytest.approx(rise, abs=1e-12)


def test_caps_make_the_curve_flat(hotspot_table, hourly):
    """Beyond the caps an hour adds nothing."""
    curve = allocate(hotspot_table([4, 1]), hourly(hours=10, hotspot_cap_hours=3.0)).budget_curve
    flat = curve[curve["officer_hours"] >= 6]
    assert flat["per_extra_hour"].tolist() == [0.0] * len(flat)
    assert flat["covered_incidents"].nunique() == 1
