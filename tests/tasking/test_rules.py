"""Plain splits."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hotspots.tasking.rules import equal_split, proportional_split


def test_largest_remainders_take_the_odd_visits():
    """Shares 3.2, 1.6, 0.8, 0.4 of six visits become 3, 2, 1, 0."""
    assert proportional_split(np.array([8.0, 4.0, 2.0, 1.0]), 6).tolist() == [3, 2, 1, 0]


def test_equal_remainders_go_by_the_order_of_ids():
    """Two hotspots of 0.1 + 0.2 and 0.3 tie, whatever floating point says."""
    assert proportional_split(np.array([0.3, 0.1 + 0.2]), 3).tolist() == [2, 1]
    assert proportional_split(np.array([0.1 + 0.2, 0.3]), 3).tolist() == [2, 1]


def test_no_incidents_means_an_equal_split():
    """Nothing to be proportional to."""
    assert proportional_split(np.zeros(3), 5).tolist() == equal_split(3, 5).tolist() == [2, 2, 1]


@given(
    st.lists(st.floats(0, 1e300), min_size=1, max_size=60),
    st.integers(1, 10**9),
)
def test_every_visit_is_given_once_and_near_its_share(rates, visits):
    """Sums are exact and nobody is a visit away from the exact share."""
    split = proportional_split(np.array(rates), visits)
    assert split.sum() == visits
    weights = np.array(rates) / max(max(rates), 1e-320)
    if weights.any():
        assert np.all(np.abs(split - visits * (weights / weights.sum())) < 1 + 1e-6)
