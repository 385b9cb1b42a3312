"""The best cells of a fixed grid, against counting by hand and by shapely."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hotspots.errors import InputError
from hotspots.targeting.placement import best_hexagons, best_squares
from hotspots.targeting.placement.pieces import served_first

spots = st.lists(
    st.tuples(st.integers(-900, 900), st.integers(-900, 900), st.integers(1, 9)),
    min_size=1,
    max_size=40,
)


def test_squares_are_counted_and_ranked():
    """Three squares of 100 m: 5 incidents, 4 on the western side of the next, 1 far south."""
    found = best_squares([10, 90, 100, 50], [10, 90, 0, -1], [2, 3, 4, 1], pieces=2, side_m=100)
    assert found.gain.tolist() == [5, 4]
    assert [shape.bounds for shape in found.geometry] == [(0, 0, 100, 100), (100, 0, 200, 100)]


def test_every_group_is_served_before_the_rest():
    """The best square of the poor district comes before the second best of the rich one."""
    x, group = [50, 150, 250, 350], [0, 0, 0, 1]
    plain = best_squares(x, [50] * 4, [9, 8, 7, 1], pieces=3, side_m=100)
    served = best_squares(x, [50] * 4, [9, 8, 7, 1], pieces=3, side_m=100, group=group)
    assert plain.gain.tolist() == [9, 8, 7]
    assert served.gain.tolist() == [9, 1, 8]
    assert served.group.tolist() == [0, 1, 0]


def test_served_first_by_hand():
    """Firsts 9, 6, 2 by gain, then 8, 7; with two pieces the two best groups."""
    gain, group = np.array([6.0, 9, 8, 2, 7]), np.array([1, 0, 0, 2, 0])
    assert served_first(gain, group, 5).tolist() == [1, 0, 3, 2, 4]
    assert served_first(gain, group, 2).tolist() == [1, 0]


@given(spots)
def test_hexagons_hold_what_shapely_finds_inside(rows):
    """All hexagons tile: each has the wanted area and the count of the points it covers."""
    x, y, w = (np.array(values, dtype=float) for values in zip(*rows, strict=True))
    found = best_hexagons(x + 0.123, y + 0.456, w, pieces=len(rows), area_km2=0.05)
    assert shapely.area(found.geometry) == pytest.approx(50_000)
    points = shapely.points(x + 0.123, y + 0.456)
    held = [w[shapely.covers(shape, points)].sum() for shape in found.geometry]
    assert held == found.gain.tolist()
    assert found.gain.sum() == w.sum()


@given(spots)
def test_squares_hold_every_incident_once(rows):
    """With as many squares as places nothing is lost, and counts fall."""
    x, y, w = zip(*rows, strict=True)
    found = best_squares(x, y, w, pieces=len(rows), side_m=130)
    assert found.gain.sum() == sum(w)
    assert (np.diff(found.gain) <= 0).all()


def test_nonsense_is_refused():
    """No pieces, no size."""
    with pytest.raises(InputError, match="At least 1 piece"):
        best_squares([0], [0], [1], pieces=0)
    with pytest.raises(InputError, match="size of a cell"):
        best_hexagons([0], [0], [1], pieces=1, area_km2=0)
