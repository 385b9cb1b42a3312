"""Ranked pieces on one area, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hotspots.testing import Capture, capture

MONTHS = ["2021-01", "2021-02"]


@pytest.fixture
def incidents() -> pd.DataFrame:
    """In the first square, in both, in the second only, in none, and in another month."""
    rows = [
        (50.0, 50.0, "2021-01", 3),
        (150.0, 50.0, "2021-02", 2),
        (250.0, 50.0, "2021-02", 4),
        (900.0, 50.0, "2021-01", 7),
        (50.0, 50.0, "2021-03", 9),
    ]
    return pd.DataFrame(rows, columns=["x_m", "y_m", "period", "weight"])


def test_overlaps_count_once(incidents):
    """Squares of 200 m that share a half: the better one has what both hold."""
    pieces = np.array([shapely.box(0, 0, 200, 200), shapely.box(100, 0, 300, 200)])
    held = capture(pieces, incidents, MONTHS)
    np.testing.assert_allclose(held.area_km2, [0.04, 0.02])
    assert held.inside.tolist() == [[3, 2], [0, 4]]
    assert held.total_km2 == pytest.approx(0.06)
    # all of the first and half of what the second adds
    assert held.on(0.05).tolist() == pytest.approx([3, 4])
    assert held.on(0.02).tolist() == pytest.approx([1.5, 1])


def test_no_piece_holds_nothing(incidents):
    """Without pieces there are no incidents on any area."""
    held = capture(np.array([], dtype=object), incidents, MONTHS)
    assert held.total_km2 == 0
    assert held.on(1.0).tolist() == [0, 0]


@given(
    st.lists(st.tuples(st.floats(1e-3, 10), st.integers(0, 100), st.integers(0, 100)), min_size=1),
    st.floats(0, 50),
    st.floats(0, 50),
)
def test_more_area_never_holds_less(pieces, one, other):
    """It rises with the area, and stops at all there is."""
    held = Capture(
        np.array([piece[0] for piece in pieces]), np.array([piece[1:] for piece in pieces], float)
    )
    small, large = sorted((one, other))
    assert (held.on(small) <= held.on(large) + 1e-9).all()
    np.testing.assert_allclose(held.on(held.total_km2 + 1), held.inside.sum(axis=0))
