"""The verb: known answers, the shape of the result, and what is refused at the border."""

import numpy as np
import pandas as pd
import pytest

from hotspots.errors import InputError
from hotspots.frames import ALLOCATION, ALTERNATIVES, BUDGET_CURVE, names
from hotspots.settings import TaskingSettings
from hotspots.tasking import allocate


def values(plan):
    return plan.alternatives.set_index("rule")["covered_incidents"]


def test_half_response_on_four_hotspots(hotspot_table, hourly):
    """Weights 8, 4, 2, 1 at q = 0.5 and six visits: 3, 2, 1, 0 worth 11, equal 10.5, by hand."""
    plan = allocate(hotspot_table([8, 4, 2, 1]), hourly(hours=6, q=0.5))
    assert plan.table["visits"].tolist() == [3, 2, 1, 0]
    assert plan.table["equal_hours"].tolist() == [2, 2, 1, 1]
    assert values(plan)["optimum"] == pytest.approx(11.0, abs=1e-12)
    assert values(plan)["equal"] == pytest.approx(10.5, abs=1e-12)


def test_default_response_on_four_hotspots(hotspot_table, hourly):
    """Weights 100, 60, 30, 10 at q = 0.6 and twelve visits: 5, 4, 3, 0 worth 167.968, by hand."""
    plan = allocate(hotspot_table([100, 60, 30, 10]), hourly(hours=12, q=0.6))
    assert plan.table["visits"].tolist() == [5, 4, 3, 0]
    assert plan.table["proportional_hours"].tolist() == [6, 4, 2, 0]
    assert values(plan)["optimum"] == pytest.approx(167.968, abs=1e-9)
    assert values(plan)["proportional"] == pytest.approx(166.7584, abs=1e-9)
    assert values(plan)["equal"] == pytest.approx(156.8, abs=1e-9)
    share = plan.alternatives.set_index("rule")["value_share"]
    assert share["equal"] == pytest.approx(156.8 / 167.968)


def test_only_the_first_visit_of_a_day_counts_at_q_0(hotspot_table, hourly):
    """At q = 0 each hotspot gets its first visit before any gets a second."""
    plan = allocate(hotspot_table([9, 1, 5]), hourly(hours=4, q=0))
    assert plan.table["visits"].tolist() == [2, 1, 1]
    assert values(plan)["optimum"] == 15.0


def test_visits_spread_over_the_days(hotspot_table, hourly):
    """Ten visits in seven days are one a day and a second on three, worth 7 * .5 + 3 * .25."""
    plan = allocate(hotspot_table([2]), hourly(hours=10, q=0.5, days_per_week=7))
    assert plan.table["covered_incidents"].tolist() == [2 * (7 * 0.5 + 3 * 0.25)]
    assert plan.table["visits_per_day"].tolist() == [10 / 7]
    assert plan.table["hours_per_week"].tolist() == [10.0]


def test_a_year_of_operation_hotspot():
    """The published 26,108 officer-hours buy 34,810 visits of 0.75 hours, 26,107.5 hours."""
    rates = np.linspace(0.4, 2.9, 26)
    table = pd.DataFrame(
        {
            "hotspot_id": [f"H{number:02}" for number in range(26)],
            "district": [f"D{number % 10}" for number in range(26)],
            "incidents_per_day": rates,
        }
    )
    plan = allocate(table, hours=26_108)
    assert plan.table["visits"].sum() == 34_810
    assert plan.hours == 26_107.5
    assert plan.hours_per_visit == 0.75
    assert plan.days == 364
    assert plan.table["visits"].is_monotonic_increasing
    assert plan.table["hours_share"].sum() == pytest.approx(1.0)
    assert plan.alternatives["visits"].tolist() == [34_810] * 4


def test_pounds_are_turned_into_hours(hotspot_table):
    """1,000,000 pounds at 38.30 are 26,109.66 hours, 34,812 visits of 0.75 hours."""
    plan = allocate(hotspot_table([1, 2] * 5), TaskingSettings(pounds=1_000_000.0))
    assert plan.budget_hours == pytest.approx(26_109.66, abs=0.005)
    assert plan.table["visits"].sum() == 34_812


def test_hours_given_to_the_verb_replace_the_budget(hotspot_table, hourly):
    """The hours argument wins over hours or pounds in the settings."""
    settings = hourly(pounds=1000.0)
    assert allocate(hotspot_table([1, 2]), settings, hours=5).table["visits"].sum() == 5
    assert settings.pounds == 1000.0


def test_rounding_error_loses_no_visit(hotspot_table):
    """0.3 hours buy three visits of 0.1 hours, though 0.3 / 0.1 is 2.9999999999999996."""
    cheap = TaskingSettings(hours=0.3, visit_minutes=6.0, travel_minutes=0.0, crew=1)
    assert allocate(hotspot_table([1]), cheap).table["visits"].tolist() == [3]


def test_published_columns_on_the_index_of_the_input(hotspot_table, hourly):
    """Tables have the published columns, rows stand as they came, and the input stays as it was."""
    hotspots = hotspot_table([1, 8, 4], "NSN").iloc[[2, 0, 1]].set_axis([7, 7, 9])
    before = hotspots.copy(deep=True)
    plan = allocate(hotspots, hourly(hours=6, q=0.5))
    pd.testing.assert_frame_equal(hotspots, before)
    assert list(plan.table) == names(ALLOCATION)
    assert list(plan.alternatives) == names(ALTERNATIVES)
    assert list(plan.budget_curve) == names(BUDGET_CURVE)
    assert plan.table.index.tolist() == [7, 7, 9]
    assert plan.table["hotspot_id"].tolist() == ["C", "A", "B"]
    assert plan.table["district"].tolist() == ["N", "N", "S"]
    assert plan.table["visits"].tolist() == [2, 1, 3]
    assert plan.alternatives["rule"].tolist() == ["optimum", "proportional", "equal"]


def test_a_rule_may_beat_the_plan_where_it_breaks_bounds(hotspot_table, hourly):
    """With a floor on the weakest hotspot the split that ignores it is worth more, and says so."""
    settings = hourly(hours=4, q=0.5, hotspot_floors={"B": 3.0})
    rows = allocate(hotspot_table([8, 1]), settings).alternatives.set_index("rule")
    assert rows["keeps_bounds"].to_dict() == {
        "optimum": True,
        "proportional": False,
        "equal": False,
    }
    assert rows.loc["optimum", "covered_incidents"] == 8 * 0.5 + 0.875
    assert rows.loc["proportional", "value_share"] == pytest.approx(7.5 / 4.875)


def test_without_any_incident_visits_are_even(hotspot_table, hourly):
    """All rates 0: an even spread, and value shares of 1."""
    plan = allocate(hotspot_table([0, 0, 0]), hourly(hours=7))
    assert plan.table["visits"].tolist() == [3, 2, 2]
    assert plan.alternatives["value_share"].tolist() == [1.0, 1.0, 1.0]


def test_hotspots_without_incidents_come_last(hotspot_table, hourly):
    """A hotspot with no incidents gets hours only when caps stop all others."""
    table = hotspot_table([0, 1e-300, 5])
    assert allocate(table, hourly(hours=5000)).table["visits"].iloc[0] == 0
    capped = hourly(hours=100, hotspot_cap_hours=10.0, hotspot_caps={"A": 50.0})
    assert allocate(table, capped).table["visits"].tolist() == [50, 10, 10]


def test_thousands_of_levels_do_not_underflow(hotspot_table, hourly):
    """Far past the point where 0.5**k is 0, hotspots still stand log2(rate ratio) apart."""
    plan = allocate(hotspot_table([1024, 1]), hourly(hours=20_000, q=0.5))
    assert plan.table["visits"].tolist() == [10_005, 9_995]


@pytest.mark.parametrize("q", [0.0, 1e-300, 1e-9, 0.5, 1 - 1e-9, 1 - 2**-53])
@pytest.mark.parametrize("hours", [1, 7, 1_000, 10**9])
def test_any_q_and_budget_spends_all(hotspot_table, hourly, q, hours):
    """From q = 0 to the last number below 1, and up to a billion visits, none is lost."""
    table = hotspot_table([1e-300, 3, 0, 1e300, 3])
    visits = allocate(table, hourly(hours=hours, q=q, weeks=520, days_per_week=7)).table["visits"]
    assert visits.sum() == hours
    assert (visits >= 0).all()
    assert visits[3] >= visits[1] >= visits[4] >= visits[0] >= visits[2] == 0


def test_equal_hotspots_take_turns(hotspot_table, hourly):
    """Four equal hotspots share six visits of a week as 2, 2, 1, 1, not as 6, 0, 0, 0."""
    plan = allocate(hotspot_table([1, 1, 1, 1]), hourly(hours=6, days_per_week=7))
    assert plan.table["visits"].tolist() == [2, 2, 1, 1]


def test_numbers_as_ids(hotspot_table, hourly):
    """Whole numbers serve as ids, and bounds name them as text."""
    table = hotspot_table([1, 1]).assign(hotspot_id=[11, 12])
    plan = allocate(table, hourly(hours=3, hotspot_floors={"12": 3.0}))
    assert plan.table["hotspot_id"].tolist() == [11, 12]
    assert plan.table["visits"].tolist() == [0, 3]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hotspot_id": ["A", "A"]}, "'A' occurs more than once (again in row 2)"),
        ({"hotspot_id": ["A", None]}, "hotspot_id is empty in row 2"),
        ({"district": [" ", "N"]}, "district is empty in row 1"),
        ({"incidents_per_day": [1.0, float("nan")]}, "incidents_per_day of hotspot B is"),
        ({"incidents_per_day": [1.0, -0.5]}, "hotspot B is"),
        ({"incidents_per_day": [float("inf"), 1.0]}, "hotspot A is"),
        ({"incidents_per_day": ["many", 1.0]}, "hotspot A is many; it must be a number"),
    ],
)
def test_wrong_tables_are_refused(hotspot_table, hourly, change, message):
    """A wrong id, district or rate is refused in one line that says where."""
    with pytest.raises(InputError) as refusal:
        allocate(hotspot_table([1, 2]).assign(**change), hourly(hours=5))
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_column_is_named(hotspot_table, hourly):
    """The refusal names the missing column and those found."""
    with pytest.raises(InputError, match="no column incidents_per_day; found: hotspot_id"):
        allocate(hotspot_table([1]).drop(columns="incidents_per_day"), hourly(hours=5))


def test_no_hotspot_is_refused(hotspot_table, hourly):
    """An empty table has nothing to allocate to."""
    with pytest.raises(InputError, match="no hotspot to allocate hours to"):
        allocate(hotspot_table([1]).head(0), hourly(hours=5))
