"""Intervals over months, against arithmetic and SciPy's bootstrap."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from hotspots.errors import InputError
from hotspots.testing import interval, month_draws


def test_draws_are_months_with_replacement():
    """Every draw has as many months as there are; each comes once on average."""
    draws = month_draws(6, draws=4_000, seed=3)
    assert draws.shape == (4_000, 6)
    assert (draws.sum(axis=1) == 6).all()
    assert draws.mean(axis=0) == pytest.approx(np.ones(6), abs=0.06)  # sd 0.91 / sqrt(4000)
    assert (draws == month_draws(6, draws=4_000, seed=3)).all()


def test_two_months_by_hand():
    """10 and 30 of 100: a quarter of the draws is all one month, so the ends are 0.1 and 0.3."""
    assert interval([10, 30], [100, 100], month_draws(2)) == pytest.approx((0.1, 0.3))


def test_equal_months_leave_no_doubt():
    """The same share in every month, whatever its size."""
    assert interval([1, 2, 4], [10, 20, 40], month_draws(3)) == pytest.approx((0.1, 0.1))


def test_it_agrees_with_scipy():
    """Percentile bootstrap of the ratio of sums, months paired; both have some noise."""
    draw = np.random.default_rng(8)
    total = draw.integers(800, 1_200, 12)
    inside = draw.binomial(total, 0.1)
    theirs = stats.bootstrap(
        (inside, total),
        lambda n, m, axis: n.sum(axis=axis) / m.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=20_000,
        method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval
    ours = interval(inside, total, month_draws(12, draws=20_000))
    assert ours == pytest.approx((theirs.low, theirs.high), abs=2e-4)


def test_one_month_and_nothing_give_no_interval():
    """One month cannot differ from itself; no incidents give no share."""
    assert all(math.isnan(end) for end in interval([3], [9], month_draws(1)))
    assert all(math.isnan(end) for end in interval([0, 0], [0, 0], month_draws(2)))


def test_nonsense_is_refused():
    """No months, and draws of other months."""
    with pytest.raises(InputError, match="1 or more"):
        month_draws(0)
    with pytest.raises(InputError, match="3 months"):
        interval([1, 2], [3, 4], month_draws(3))
