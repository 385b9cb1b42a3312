"""The response to visits."""

import numpy as np
import pytest

from hotspots.tasking.response import covered_incidents, gain, response


@pytest.mark.parametrize("q", [0.0, 0.25, 0.6, 0.99])
def test_gains_add_up_to_the_response(q):
    """r(k) is the sum of the first k gains, from r(0) = 0."""
    sums = np.concatenate([[0.0], np.cumsum(gain(np.arange(50), q))])
    np.testing.assert_allclose(response(np.arange(51), q), sums, atol=1e-14)


def test_only_the_first_visit_counts_at_q_0():
    """With q = 0:  0, 1, 1, and gains 1, 0, 0."""
    assert response([0, 1, 2], 0).tolist() == [0, 1, 1]
    assert gain([0, 1, 2], 0).tolist() == [1, 0, 0]


def test_small_gains_keep_their_digits():
    """The hundredth visit at q = 0.5 gains 2**-101, which 1 - q**k cannot tell from 0."""
    assert gain(100, 0.5) == 2.0**-101


def test_incidents_day_by_day():
    """Adding up the days of a week one by one gives the same incidents."""
    for visits in range(30):
        today = [visits // 7 + (day < visits % 7) for day in range(7)]
        expected = sum(3.0 * (1 - 0.6**count) for count in today)
        assert covered_incidents(visits, 3.0, days=7, q=0.6) == pytest.approx(expected, rel=1e-13)
