"""Rectangles placed freely, against a search through all of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.errors import InputError
from hotspots.targeting.placement import free_rectangles, free_squares
from hotspots.targeting.placement.windows import Windows, fitting_step

spots = st.lists(
    st.tuples(st.integers(0, 149), st.integers(0, 149), st.integers(1, 9)), min_size=1, max_size=25
)


def _search(rows, shapes, price, most, step=10):
    """Greedy by trying every rectangle that begins on the lattice; the net gains."""
    taken, gains = [], []
    while len(gains) < most:
        best = None
        for (high, wide), south, west in itertools.product(
            shapes, range(-50, 150, step), range(-50, 150, step)
        ):
            north, east = south + high * step, west + wide * step
            if any(south < n and s < north and west < e and w < east for s, w, n, e in taken):
                continue
            count = sum(k for x, y, k in rows if west <= x < east and south <= y < north)
            gain = count - price * high * wide * step**2 / 1e6
            if count and (best is None or gain > best[0] + 1e-9):
                best = (gain, (south, west, north, east))
        if best is None:
            break
        gains.append(best[0])
        taken.append(best[1])
    return gains


def _windows(rows, shapes, counts_at_once):
    x, y, w = (np.array(values, dtype=float) for values in zip(*rows, strict=True))
    return Windows(x, y, w, 10.0, np.array(shapes), counts_at_once=counts_at_once)


@settings(max_examples=30)
@given(spots, st.sampled_from([0.0, 300.0, 2_000.0]), st.sampled_from([1, 60, 10_000]))
def test_first_rectangle_is_the_best_of_all(rows, price, counts_at_once):
    """Whatever part of the corners is looked at first."""
    shapes = [(2, 2), (2, 4), (5, 3)]
    found = next(_windows(rows, shapes, counts_at_once).best(price))
    assert found[0] == pytest.approx(_search(rows, shapes, price, 1)[0])


@settings(max_examples=15)
@given(spots, st.sampled_from([0.0, 900.0]))
def test_looking_at_few_corners_changes_nothing(rows, price):
    """Corners are left out only while they cannot matter: the same rectangles, all of them."""
    shapes = [(2, 2), (2, 4), (5, 3)]
    few, all_of_them = (
        list(_windows(rows, shapes, number).best(price)) for number in (1, 1_000_000)
    )
    assert few == all_of_them


def test_greedy_equals_a_search():
    """Three crowds without ties: gains of every step equal those of the plain search."""
    draw = np.random.default_rng(5)
    rows = [(int(x), int(y), 1) for x, y in draw.integers(0, 150, (40, 2))]
    rows += [(31, 42, 17), (77, 110, 29), (122, 18, 23)]
    shapes = [(3, 3)]
    found = [gain for gain, *_ in itertools.islice(_windows(rows, shapes, 1).best(0), 3)]
    assert found == _search(rows, shapes, 0, 3)


@given(spots)
def test_squares_are_disjoint_and_hold_what_they_claim(rows):
    """Counted again by shapely; half-open sides are met by a hundredth of a metre."""
    x, y, w = (np.array(values, dtype=float) for values in zip(*rows, strict=True))
    found = free_squares(x, y, w, pieces=4, side_m=60, step_m=10)
    points = shapely.points(x + 0.01, y + 0.01)
    held = [w[shapely.contains(shape, points)].sum() for shape in found.geometry]
    assert held == found.gain.tolist()
    assert shapely.union_all(found.geometry).area == pytest.approx(3_600 * len(found))


def test_free_squares_beat_the_grid_that_cuts_a_crowd():
    """Nine incidents around a grid corner: one square holds all of them."""
    x = [240, 250, 260] * 3
    y = [240] * 3 + [250] * 3 + [260] * 3
    assert free_squares(x, y, [1] * 9, pieces=1, side_m=250).gain.tolist() == [9]


def test_every_group_is_served():
    """The poor district's one incident comes second, not last."""
    x = [0, 1_000, 2_000, 3_000]
    found = free_squares(x, [0] * 4, [9, 8, 7, 1], pieces=3, side_m=100, group=[0, 0, 0, 1])
    assert (found.gain.tolist(), found.group.tolist()) == ([9, 1, 8], [0, 1, 0])


def test_rectangles_follow_a_street_within_the_area():
    """A straight street of 300 m and a corner: thin boxes hold all at a third of the squares."""
    x = [*range(5, 300, 10), *[1_005] * 10]
    y = [5] * 40
    found = free_rectangles(x, y, [1] * 40, pieces=2, area_km2=0.04)
    assert found.gain.sum() == 40
    assert found.area_km2 == pytest.approx(0.04)  # 100 m x 300 m and 100 m x 100 m


@settings(max_examples=15, deadline=None)
@given(spots, st.floats(0.01, 0.2))
def test_rectangles_never_exceed_the_area(rows, area_km2):
    """Unless even the smallest do."""
    x, y, w = zip(*rows, strict=True)
    found = free_rectangles(x, y, w, pieces=3, area_km2=area_km2, side_m=(20, 60), step_m=10)
    assert found.area_km2 <= max(area_km2, 3 * 0.0004) + 1e-12


def test_wide_ground_gets_a_wider_step():
    """1,000 km squared at 25 m would be 1.6 billion bins; 200 m makes 25 million."""
    wide = np.array([0.0, 1e6])
    assert fitting_step(25.0, wide, wide) == 200.0
    assert fitting_step(25.0, wide[:1], wide[:1]) == 25.0


def test_nonsense_is_refused():
    """No pieces, no size, exchanged sides, parts of incidents."""
    with pytest.raises(InputError, match="At least 1 piece"):
        free_squares([0], [0], [1], pieces=0)
    with pytest.raises(InputError, match="above 0"):
        free_squares([0], [0], [1], pieces=1, side_m=-5)
    with pytest.raises(InputError, match="least side"):
        free_rectangles([0], [0], [1], pieces=1, area_km2=1, side_m=(400, 100))
    with pytest.raises(InputError, match="whole numbers"):
        free_squares([0], [0], [0.5], pieces=1)
