"""Profiles of the week: hand arithmetic, minute by minute, and laws."""

from __future__ import annotations

import itertools
import math
from datetime import datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots import frames
from hotspots.frames import Moments
from hotspots.targeting.peaks import HOURS, Peak, peak
from hotspots.targeting.timing import declared_times, filled_up, hotspot_times, week_profile

MONDAY = datetime(2024, 1, 1)
QUICK = settings(deadline=None, max_examples=60)
SPANS = st.lists(
    st.tuples(
        st.integers(0, 60 * 24 * 400),  # minutes after a Monday
        st.none() | st.integers(-500, 12_000),  # minutes it lasts
        st.integers(1, 9),
    ),
    max_size=25,
)


def profile(spans, shift: timedelta = timedelta(0)) -> np.ndarray:
    starts = [MONDAY + shift + timedelta(minutes=start) for start, _, _ in spans]
    ends = [
        None if lasts is None else begin + timedelta(minutes=lasts)
        for begin, (_, lasts, _) in zip(starts, spans, strict=True)
    ]
    return week_profile(
        np.array(starts, dtype="datetime64[s]"),
        np.array(ends, dtype="datetime64[s]"),
        [weight for _, _, weight in spans],
    )


def minute_by_minute(spans) -> np.ndarray:
    """The definition, one minute after the other."""
    week = np.zeros(HOURS)
    for start, lasts, weight in spans:
        if lasts is not None and lasts > HOURS * 60:
            week += weight / HOURS
            continue
        minutes = range(start, start + max(1, lasts or 1))
        for minute in minutes:
            week[minute // 60 % HOURS] += weight / len(minutes)
    return week


@pytest.mark.parametrize(
    ("start", "end", "first", "expected"),
    [
        ("2024-01-01T08:00", "2024-01-01T16:00", 8, [0.125] * 8),
        ("2024-01-01T01:00", "2024-01-01T02:30", 1, [0.666667, 0.333333]),
        ("2024-01-01T10:55", "2024-01-01T11:55", 10, [0.083333, 0.916667]),
        ("2024-01-07T22:00", "2024-01-08T02:00", 166, [0.25] * 4),
        ("2024-01-01T10:55", "2024-01-01T10:55", 10, [1.0]),
        ("2024-01-01T10:55", "NaT", 10, [1.0]),
        ("2024-01-01T10:55", "2024-01-01T09:00", 10, [1.0]),
        ("2024-01-05T23:59", "2024-01-06T00:01", 4 * 24 + 23, [0.5, 0.5]),
    ],
)
def test_known_weights(start: str, end: str, first: int, expected: list[float]) -> None:
    """Spans worked out by hand; the 1st of January 2024 was a Monday."""
    wanted = np.zeros(HOURS)
    wanted[(first + np.arange(len(expected))) % HOURS] = expected
    np.testing.assert_allclose(week_profile([start], [end])[0], wanted, atol=1e-6)


@pytest.mark.parametrize("minutes", [HOURS * 60, HOURS * 60 + 1, HOURS * 600])
def test_a_week_and_more_is_even(minutes: int) -> None:
    """A span of a week or longer says nothing about the hour."""
    end = datetime(2024, 1, 3, 13, 20) + timedelta(minutes=minutes)
    found = week_profile(["2024-01-03T13:20"], [end])
    np.testing.assert_allclose(found[0], 1 / HOURS, rtol=1e-12)


@QUICK
@given(SPANS)
def test_every_minute_weighs_the_same(spans) -> None:
    """Profiles are those of the definition, and sum to the incidents."""
    found = profile(spans)
    np.testing.assert_allclose(found[0], minute_by_minute(spans), atol=1e-9)
    assert math.isclose(found.sum(), sum(weight for *_, weight in spans), abs_tol=1e-9)
    assert (found >= 0).all()


@QUICK
@given(SPANS, st.integers(-60, 60))
def test_a_week_later_is_the_same(spans, weeks: int) -> None:
    """A shift by whole weeks changes nothing; one by a day rolls the profile by 24 hours."""
    np.testing.assert_array_equal(profile(spans, timedelta(weeks=weeks)), profile(spans))
    rolled = np.roll(profile(spans), 24, axis=1)
    np.testing.assert_allclose(profile(spans, timedelta(days=1)), rolled, atol=1e-12)


def test_groups_are_profiles_of_their_own() -> None:
    """Rows of the result hold what belongs to them, empty groups nothing."""
    start = ["2024-01-01T01:00", "2024-01-01T02:00", "2024-01-01T03:00"]
    found = week_profile(start, ["NaT"] * 3, [1, 2, 3], [2, 0, 2], 4)
    assert found.sum(axis=1).tolist() == [2, 0, 4, 0]
    assert found[2, [1, 3]].tolist() == [1, 3]


def test_few_incidents_are_filled_up() -> None:
    """40 incidents in one hour and 60 of an even week: (40 + 60/168) / 100 in that hour."""
    own = np.zeros((3, HOURS))
    own[0, 5], own[1, 5], own[2, 5] = 40, 100, 0
    even = np.full(HOURS, 1 / HOURS)
    found = filled_up(own, even)
    assert math.isclose(found[0, 5], (40 + 60 / 168) / 100)
    assert math.isclose(found[0, 6], 60 / 168 / 100)
    assert found[1, 5] == 1
    np.testing.assert_allclose(found[2], even)
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_filling_up_ends_without_a_jump() -> None:
    """Just below 100 incidents the profile is almost its own."""
    own = np.zeros((1, HOURS))
    own[0, 5] = 99.999
    assert filled_up(own, np.full(HOURS, 1 / HOURS))[0, 5] > 0.99998


def best_ratio(week: np.ndarray) -> float:
    """Highest likelihood ratio, by trying each part of the week hour by hour."""
    best = 0.0
    for hours, days in itertools.product(range(2, 9), range(1, 8)):
        if hours * days > 24:
            continue
        e = hours * days / HOURS
        for first, start in itertools.product(range(7 if days < 7 else 1), range(24)):
            cells = [
                ((first + day) * 24 + start + hour) % HOURS
                for day in range(days)
                for hour in range(hours)
            ]
            c = sum(week[cell] for cell in cells)
            if c > e:
                rest = (1 - c) * math.log((1 - c) / (1 - e)) if c < 1 else 0.0
                best = max(best, c * math.log(c / e) + rest)
    return best


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_the_peak_is_the_best_of_all_parts(seed: int) -> None:
    """No part of the week has a higher likelihood ratio than the one named."""
    chance = np.random.default_rng(seed)
    week = chance.gamma(0.5, size=HOURS)
    week /= week.sum()
    found = peak(week)
    c, e = found.share, found.week_share
    ratio = c * math.log(c / e) + (1 - c) * math.log((1 - c) / (1 - e))
    assert math.isclose(ratio, best_ratio(week), rel_tol=1e-9)
    cells = [
        ((found.first_day + day) * 24 + found.from_hour + hour) % HOURS
        for day in range(found.days)
        for hour in range(found.hours)
    ]
    assert math.isclose(sum(week[cells]), c, rel_tol=1e-9)


@pytest.mark.parametrize(
    ("days", "start", "hours", "says"),
    [
        ([4, 5], 20, 6, "Friday and Saturday 20:00-02:00"),
        ([6], 22, 4, "Sunday 22:00-02:00"),
        ([5, 6, 0], 9, 3, "Saturday to Monday 09:00-12:00"),
        (range(7), 15, 3, "every day 15:00-18:00"),
        ([0, 1, 2, 3, 4], 8, 2, "Monday to Friday 08:00-10:00"),
    ],
)
def test_planted_peaks_are_named(days, start: int, hours: int, says: str) -> None:
    """Incidents in one part of the week alone give that part, past midnight too."""
    week = np.zeros(HOURS)
    for day in days:
        for hour in range(hours):
            week[(day * 24 + start + hour) % HOURS] += 1
    found = peak(week / week.sum())
    assert str(found) == says
    assert math.isclose(found.share, 1)
    assert math.isclose(found.week_share, len(list(days)) * hours / 168)
    assert found.stands_out


def test_an_even_week_has_no_peak() -> None:
    """Nothing stands out where every hour is alike."""
    assert not peak(np.full(HOURS, 1 / HOURS)).stands_out
    assert Peak(0, 7, 0, 3, 0.15625).stands_out  # 1.25 times 21 / 168
    assert not Peak(0, 7, 0, 3, 0.156).stands_out


def town() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    districts = gpd.GeoDataFrame(
        {"district": ["West", "East"]},
        geometry=[shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)],
        crs=27700,
    )
    hotspots = gpd.GeoDataFrame(
        {"hotspot_id": ["E-1", "W-1"], "district": ["East", "West"]},
        geometry=[shapely.box(1500, 0, 1600, 100), shapely.box(100, 0, 200, 100)],
        crs=27700,
    )
    return districts, hotspots


def moments(*rows: tuple[float, str, str, int, bool, bool]) -> Moments:
    table = pd.DataFrame(
        [
            {
                "x_m": x,
                "y_m": 50.0,
                "district": district,
                "category": "a",
                "selecting": selecting,
                "start": pd.Timestamp(start),
                "end": pd.NaT,
                "timed": timed,
                "weight": weight,
            }
            for x, district, start, weight, selecting, timed in rows
        ]
    )
    return Moments(table.astype({"end": "datetime64[s]"}), "EPSG:27700", "hour", {})


def test_hotspots_are_filled_up_by_their_district() -> None:
    """The busy hotspot stands alone, the quiet one takes its district's week."""
    districts, hotspots = town()
    data = moments(
        (150, "West", "2024-01-01 10:00", 150, True, True),
        (1550, "East", "2024-01-02 11:00", 20, True, True),
        (1900, "East", "2024-01-03 12:00", 180, True, True),
        (1550, "East", "2024-01-04 13:00", 999, False, True),  # does not select
        (1550, "East", "2024-01-05 00:00", 999, True, False),  # no time of day
        (1550, "", "2024-01-05 00:00", 0, True, True),
    )
    times, peaks = hotspot_times(data, hotspots, districts)
    assert list(times) == frames.names(frames.HOTSPOT_TIMES)
    assert list(peaks) == frames.names(frames.HOTSPOT_PEAKS)
    east, west = (times[times["hotspot_id"] == name] for name in ("E-1", "W-1"))
    assert east["shrunk"].all()
    assert not west["shrunk"].any()
    assert (east["incidents"].sum(), west["incidents"].sum()) == (20, 150)
    # 20 own incidents and 80 by the district's shares, which are 20 and 180 of 200
    share = east.set_index(["weekday", "hour"])["share"]
    assert math.isclose(share[2, 11], (20 + 80 * 0.1) / 100)
    assert math.isclose(share[3, 12], 80 * 0.9 / 100)
    assert west.set_index(["weekday", "hour"])["share"][1, 10] == 1
    assert peaks["incidents"].tolist() == [20, 150]
    assert "From 20 incidents with a time, filled up to 100" in peaks["sentence"][0]
    assert peaks["sentence"][1].startswith("Busiest: Monday 09:00-11:00, 100% of incidents in 1%")
    assert (times.groupby("hotspot_id")["share"].sum() - 1).abs().max() < 1e-12


def test_without_any_moment_every_hour_is_alike() -> None:
    """Nothing known is an even week, and is said to be from none."""
    districts, hotspots = town()
    times, peaks = hotspot_times(
        moments((150, "West", "2024-01-01 10:00", 1, False, True)), hotspots, districts
    )
    np.testing.assert_allclose(times["share"], 1 / HOURS)
    assert peaks["sentence"].str.startswith("No part of the week stands out. From 0").all()


def test_a_declared_profile_is_called_declared() -> None:
    """It gives shares and no incidents."""
    _, hotspots = town()
    week = np.zeros(HOURS)
    week[[20, 21]] = 0.5
    times, peaks = declared_times(week, hotspots)
    assert set(times["basis"]) == {"declared"}
    assert times["incidents"].isna().all()
    assert peaks["sentence"].str.contains("declared profile, not one of recorded").all()
    assert peaks["sentence"].str.startswith("Busiest: Monday 20:00-22:00, 100%").all()


def test_no_hotspots_give_empty_tables() -> None:
    """The columns stay."""
    districts, hotspots = town()
    data = moments((150, "West", "2024-01-01 10:00", 1, True, True))
    for tables in (
        hotspot_times(data, hotspots.iloc[:0], districts),
        declared_times(np.full(HOURS, 1 / HOURS), hotspots.iloc[:0]),
    ):
        assert [len(table) for table in tables] == [0, 0]
        assert list(tables[0]) == frames.names(frames.HOTSPOT_TIMES)
        assert list(tables[1]) == frames.names(frames.HOTSPOT_PEAKS)
