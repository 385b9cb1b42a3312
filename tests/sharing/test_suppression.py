"""Which cells are withheld: worked out by hand, and attacked by an integer programme."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from hotspots.sharing.disclosure.bands import (
    band_limits,
    band_start,
    band_text,
    hidden_totals,
)
from hotspots.sharing.disclosure.suppression import Order, Sum, bounds_of, withheld

INF = float("inf")
FAR = 1e6


def attack(low, high, sums, cell):
    """Least and greatest whole number that a cell can be, as HiGHS's integer programme finds."""
    size = len(low)
    rows, lower, upper = [], [], []
    for one in sums:
        row = np.zeros(size)
        row[list(one.parts)] = 1
        row[one.total] -= 1
        rows.append(row)
        lower.append(-FAR if one.rest else 0)
        upper.append(0)
    found = []
    for sign in (1, -1):
        aim = np.zeros(size)
        aim[cell] = sign
        result = milp(
            aim,
            integrality=np.ones(size),
            bounds=Bounds(low, np.minimum(high, FAR)),
            constraints=LinearConstraint(np.array(rows), lower, upper),
        )
        found.append(sign * result.fun)
    return found


def test_a_small_count_takes_the_next_smallest_with_it():
    """3 of 3 + 12 + 40 = 55: with 12 withheld too, each can be anything from 0 to 15."""
    sums = [Sum(3, (0, 1, 2))]
    assert withheld([3, 12, 40, 55], sums, below=5).tolist() == [True, True, False, False]
    bounds = bounds_of([0, 0, 40, 55], [INF, INF, 40, 55], sums)
    assert bounds[:2].tolist() == [[0, 15], [0, 15]]


def test_two_small_counts_whose_sum_is_small_take_a_third():
    """1 + 2 = 3 could be 0 to 3 only, narrower than 5: 9 goes as well, and then 0 to 12."""
    hidden = withheld([1, 2, 9, 30, 42], [Sum(4, (0, 1, 2, 3))], below=5)
    assert hidden.tolist() == [True, True, True, False, False]


def test_two_small_counts_that_hide_each_other_take_no_third():
    """3 + 4 = 7: each can be 0 to 7, wide enough."""
    hidden = withheld([3, 4, 30, 37], [Sum(3, (0, 1, 2))], below=5)
    assert hidden.tolist() == [True, True, False, False]


def test_a_total_goes_where_it_has_one_part():
    """A district with one hotspot of 2: its total is 2 as well, and hides with another's."""
    sums = [Sum(3, (0,)), Sum(4, (1, 2)), Sum(5, (3, 4))]
    hidden = withheld([2, 20, 30, 2, 50, 52], sums, below=5)
    assert hidden[[0, 3]].all()
    assert not hidden[5] or hidden[4]
    low = np.where(hidden, 0, [2, 20, 30, 2, 50, 52])
    high = np.where(hidden, INF, [2, 20, 30, 2, 50, 52])
    for cell in np.flatnonzero(hidden):
        least, most = attack(low, high, sums, cell)
        assert most - least >= 5


def test_nothing_small_hides_nothing():
    """Without a count below 5 everything is published."""
    assert not withheld([5, 6, 11], [Sum(2, (0, 1))], below=5).any()


def test_a_known_price_of_area_is_not_needed_for_an_order_to_tell():
    """Alike in area and ranked behind 4, a withheld count is 0 to 4; ahead of 40, 40 or more."""
    low, high = [40.0, 0.0, 4.0], [40.0, INF, 4.0]
    behind = bounds_of(low, high, [], [Order(0, 1, 0.0), Order(1, 2, 0.0)])
    assert behind[1].tolist() == [4, 40]
    # larger than the one behind it by 0.1 km²: a price from nothing to infinity says nothing
    free = bounds_of(low, high, [], [Order(1, 2, 0.1)])
    assert free[1].tolist() == [4, INF]


@st.composite
def tables(draw):
    """Counts of districts with some hotspots each, many of them small, and their sums."""
    districts = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    number = sum(districts)
    counts = draw(
        st.lists(
            st.one_of(st.integers(0, 6), st.integers(0, 300)), min_size=number, max_size=number
        )
    )
    sums, start = [], 0
    for at, size in enumerate(districts):
        sums.append(Sum(number + at, tuple(range(start, start + size))))
        start += size
    sums.append(Sum(number + len(districts), tuple(range(number, number + len(districts)))))
    values = list(counts)
    for one in sums:
        values.append(sum(values[part] for part in one.parts))
    return values, sums


@settings(max_examples=40, deadline=None)
@given(tables(), st.integers(2, 10))
def test_no_withheld_cell_can_be_bounded_narrowly(table, below):
    """An attacker with every published sum and an integer programme learns less than `below`."""
    values, sums = table
    hidden = withheld(values, sums, below=below)
    assert all(value >= below for value, hide in zip(values, hidden, strict=True) if not hide)
    low, high = np.where(hidden, 0, values), np.where(hidden, INF, values)
    for cell in np.flatnonzero(hidden):
        least, most = attack(low, high, sums, cell)
        assert most - least >= below
        assert least <= values[cell] <= most


@settings(max_examples=40, deadline=None)
@given(tables())
def test_bounds_are_those_of_an_integer_programme(table):
    """The relaxation is exact on sums of sums: whole numbers bound no better."""
    values, sums = table
    hidden = np.arange(len(values)) % 2 == 0
    low, high = np.where(hidden, 0, values), np.where(hidden, INF, values)
    for cell, (least, most) in enumerate(bounds_of(low, high, sums)):
        expected = attack(low, high, sums, cell)
        assert least == pytest.approx(expected[0])
        assert most == pytest.approx(expected[1]) or min(most, expected[1]) > FAR / 2


BANDS = (0, 5, 10, 20, 50, 100, 200, 500)


@settings(max_examples=40, deadline=None)
@given(tables())
def test_bands_of_totals_do_not_narrow_those_of_parts(table):
    """With every band that is shown, each part keeps a width of 5, or that of its band."""
    values, sums = table
    low, high = np.array([band_limits(value, BANDS) for value in values]).T
    hidden = hidden_totals(low, high, sums, below=5)
    totals = [one.total for one in sums]
    assert not hidden[: min(totals)].any()
    shown_low, shown_high = np.where(hidden, 0, low), np.where(hidden, INF, high)
    for cell in range(min(totals)):
        least, most = attack(shown_low, shown_high, sums, cell)
        assert most - least >= min(5, high[cell] - low[cell])


def test_a_total_that_would_pin_its_parts_is_withheld():
    """200 + 200 + 50 + 20 + 20 + 5 = 495, below 500: each part at its least or 4 more."""
    parts = [200, 200, 50, 20, 20, 5]
    low, high = np.array([band_limits(value, BANDS) for value in [*parts, sum(parts)]]).T
    assert hidden_totals(low, high, [Sum(6, tuple(range(6)))], below=5).tolist() == [
        *[False] * 6,
        True,
    ]


@given(st.integers(0, 10**6))
def test_a_band_holds_its_count(count):
    """A count lies in its band, and every count of a band has the same text."""
    low, high = band_limits(count, BANDS)
    assert low <= count <= high
    assert band_start(count, BANDS) == low
    assert band_text(count, BANDS) == band_text(low, BANDS)
