"""Weekdays by parts of the day, and the incidents that fall into each."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.errors import InputError, SettingsError
from hotspots.settings import TaskingSettings, read_day_parts
from hotspots.tasking.periods import period_rates, read_periods

THIRDS = {"early": "07:00-15:00", "late": "15:00-23:00", "night": "23:00-07:00"}


def profile(weights):
    """Hours of the week of hotspot A with these weights."""
    shares = np.asarray(weights, dtype=float) / np.sum(weights)
    hour = np.arange(168)
    return pd.DataFrame(
        {"hotspot_id": "A", "weekday": hour // 24 + 1, "hour": hour % 24, "share": shares}
    )


def test_a_week_of_three_parts():
    """21 periods of 8 hours, each 52 times a year, at most 4 visits at two hours apart."""
    periods = read_periods(TaskingSettings(day_parts=THIRDS), times_known=False)
    assert len(periods) == 21
    assert periods.names[:4] == ["Mon early", "Mon late", "Mon night", "Tue early"]
    assert set(periods.occurrences) == {52}
    assert set(periods.most) == {4}
    assert set(periods.hours) == {8.0}


@pytest.mark.parametrize(("known", "wanted"), [(True, 21), (False, 1)])
def test_day_parts_come_with_known_hours(known, wanted):
    """The usual parts stand where hours are known, one open period where they are not."""
    assert len(read_periods(TaskingSettings(), times_known=known)) == wanted
    assert len(read_periods(TaskingSettings(periods="none"), times_known=known)) == 1


def test_half_hours_by_hand():
    """One incident a day, all at Monday 22:00-24:00: half before 23:00, half after, 7 a week."""
    weights = np.zeros(168)
    weights[[22, 23]] = 1.0
    periods = read_periods(TaskingSettings(day_parts=THIRDS), times_known=True)
    rates = dict(
        zip(
            periods.names,
            period_rates(np.array([1.0]), ["A"], periods, profile(weights))[0],
            strict=True,
        )
    )
    assert rates["Mon late"] == pytest.approx(3.5)
    assert rates["Mon night"] == pytest.approx(3.5)
    assert sum(rates.values()) == pytest.approx(7.0)


def test_the_night_goes_on_into_the_next_day():
    """Sunday's night holds the hours of Monday before seven."""
    weights = np.zeros(168)
    weights[3] = 1.0  # Monday 03:00
    periods = read_periods(TaskingSettings(day_parts=THIRDS), times_known=True)
    rates = period_rates(np.array([1.0]), ["A"], periods, profile(weights))[0]
    assert rates[periods.names.index("Sun night")] == pytest.approx(7.0)


@given(
    st.lists(st.floats(0.01, 5), min_size=168, max_size=168),
    st.floats(0, 20),
    st.integers(0, 47),
    st.integers(1, 47),
)
@settings(deadline=None, max_examples=50)
def test_parts_of_the_whole_day_hold_every_incident(weights, rate, first, length):
    """Two parts that fill the day share out 7 days of incidents; without times by their length."""
    clock = [f"{half // 2:02}:{half % 2 * 30:02}" for half in range(48)]
    end = (first + length) % 48
    parts = {"a": f"{clock[first]}-{clock[end]}", "b": f"{clock[end]}-{clock[first]}"}
    periods = read_periods(TaskingSettings(day_parts=parts), times_known=True)
    rates = period_rates(np.array([rate]), ["A"], periods, profile(weights))
    assert rates.sum() == pytest.approx(7 * rate)
    even = period_rates(np.array([rate]), ["A"], periods, None)
    assert even[0, 0] == pytest.approx(rate * length / 48)


def test_every_hotspot_needs_its_hours():
    """A hotspot without hours is named."""
    periods = read_periods(TaskingSettings(day_parts=THIRDS), times_known=True)
    with pytest.raises(InputError, match="lack hotspot B"):
        period_rates(np.ones(2), ["A", "B"], periods, profile(np.ones(168)))


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"late": "15-23"}, "must be HH:MM-HH:MM"),
        ({"late": "15:00-24:30"}, "must be HH:MM-HH:MM"),
        ({"a": "15:00-23:00", "b": "22:00-02:00"}, "'a' and 'b' overlap"),
        ({"a": "00:00-24:00", "b": "01:00-02:00"}, "overlap"),
        ({"Fri late": "15:00-23:00"}, "without a weekday"),
        ({"": "15:00-23:00"}, "give it a name"),
    ],
)
def test_wrong_parts(parts, message):
    """A part that cannot be read, or overlaps another, is refused by name."""
    with pytest.raises(SettingsError, match=message):
        read_day_parts(parts)


def test_a_whole_day():
    """From midnight to midnight is 24 hours."""
    assert read_day_parts({"day": "00:00-24:00"}) == {"day": (0.0, 24.0)}
