from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from hotspots.targeting.growth import grow, square_sums

SQUARE = 3


def block(rows: slice, columns: slice, shape: tuple[int, int] = (20, 20)) -> np.ndarray:
    held = np.zeros(shape, dtype=bool)
    held[rows, columns] = True
    return held


@settings(deadline=None)
@given(st.integers(0, 999), st.integers(2, 5), st.floats(0.5, 3.0), st.integers(12, 120))
def test_laws(seed: int, square: int, price: float, most: int) -> None:
    """Whatever the values, the set is connected, wide enough, within its limits and no worse."""
    net = np.random.default_rng(seed).poisson(1.0, (24, 24)) - price
    start = block(slice(10, 10 + square), slice(8, 8 + square), (24, 24))
    most = max(most, square**2)
    before = net.copy()
    held = grow(net, start, square=square, most_bins=most, most_across=15)
    np.testing.assert_array_equal(net, before)
    assert start.sum() == square**2  # as it was
    assert ndimage.label(held)[1] == 1
    opened = ndimage.binary_opening(held, np.ones((square, square)))
    np.testing.assert_array_equal(opened, held)
    assert held.sum() <= most
    rows, columns = np.nonzero(held)
    assert max(np.ptp(rows), np.ptp(columns)) < 15
    assert net[held].sum() >= net[start].sum() - 1e-9
    # no square that shares a stretch of edge with it, or some of it, would still pay
    near = ndimage.binary_dilation(held)
    for i in range(24 - square + 1):
        for j in range(24 - square + 1):
            spot = (slice(i, i + square), slice(j, j + square))
            new = ~held[spot]
            if near[spot].sum() < 2 or not new.any() or held.sum() + new.sum() > most:
                continue
            low, high = min(rows.min(), i), max(rows.max() + 1, i + square)
            left, right = min(columns.min(), j), max(columns.max() + 1, j + square)
            if max(high - low, right - left) <= 15:
                assert net[spot][new].sum() <= 1e-9


def test_a_bent_street_is_followed() -> None:
    """From its middle a street with a corner is grown to both ends, and no farther."""
    street = block(slice(5, 8), slice(2, 14)) | block(slice(5, 17), slice(11, 14))
    net = np.where(street, 2.0, -1.0)
    held = grow(net, block(slice(5, 8), slice(6, 9)), square=3, most_bins=200, most_across=20)
    np.testing.assert_array_equal(held, street)


def test_it_ends_at_the_cap_with_the_best() -> None:
    """With room for one more square the richer of two ends is taken."""
    net = np.full((20, 20), -1.0)
    net[5:8, 5:8] = 1.0
    net[5:8, 2:5], net[5:8, 8:11] = 2.0, 3.0
    held = grow(net, block(slice(5, 8), slice(5, 8)), square=3, most_bins=18, most_across=20)
    np.testing.assert_array_equal(held, block(slice(5, 8), slice(5, 11)))


def test_it_keeps_within_its_extent() -> None:
    """A street longer than a set may reach across is cut at that length."""
    net = np.full((20, 20), -1.0)
    net[5:8, :] = 1.0
    held = grow(net, block(slice(5, 8), slice(5, 8)), square=3, most_bins=200, most_across=9)
    assert held.sum() == 27
    assert np.ptp(np.nonzero(held)[1]) == 8


def test_an_edge_that_costs_is_shaved() -> None:
    """A row and a column with nothing in them are given back, down to the narrowest width."""
    net = np.full((20, 20), -1.0)
    net[6:9, 6:9] = 4.0
    start = block(slice(5, 9), slice(6, 11))
    held = grow(net, start, square=3, most_bins=200, most_across=20)
    np.testing.assert_array_equal(held, block(slice(6, 9), slice(6, 9)))
    nothing = grow(np.full((20, 20), -1.0), start, square=3, most_bins=200, most_across=20)
    assert nothing.sum() == 9


def test_it_stays_in_one_piece() -> None:
    """A row that costs stays where it alone joins two legs; beside one leg it is given back."""
    net = np.full((20, 20), -1.0)
    net[6:9, 5] = net[6:9, 11] = 9.0
    legs = block(slice(6, 9), slice(5, 6)) | block(slice(6, 9), slice(11, 12))
    joined = legs | block(slice(5, 6), slice(5, 12))
    kept = grow(net, joined, square=1, most_bins=200, most_across=20)
    np.testing.assert_array_equal(kept, joined)
    one = block(slice(6, 9), slice(5, 6))
    tail = one | block(slice(5, 6), slice(5, 9))
    given_back = grow(net, tail, square=1, most_bins=200, most_across=20)
    np.testing.assert_array_equal(given_back, one)


@pytest.mark.parametrize(("high", "wide"), [(1, 1), (3, 3), (2, 5), (4, 1)])
def test_sums_of_rectangles(high: int, wide: int) -> None:
    """Sums over all rectangles are those of a plain loop."""
    values = np.random.default_rng(1).integers(0, 9, (7, 9)).astype(float)
    expected = [
        [values[i : i + high, j : j + wide].sum() for j in range(9 - wide + 1)]
        for i in range(7 - high + 1)
    ]
    np.testing.assert_allclose(square_sums(values, high, wide), expected)
