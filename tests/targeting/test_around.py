"""Incidents around places: those that SciPy's tree finds."""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree

from hotspots.targeting._kernels.around import weight_around


def test_weights_around_are_those_that_a_tree_finds() -> None:
    """Sums of weights within a distance are those of `scipy.spatial.KDTree`."""
    rng = np.random.default_rng(3)
    # whole metres, so that many places lie at the distance itself
    x, y = np.sort(rng.integers(0, 3_000, 5_000)), rng.integers(0, 3_000, 5_000)
    x, y = 450_000.0 + x, 190_000.0 + y
    weight = rng.integers(1, 9, len(x)).astype(np.float64)
    rows = np.arange(0, len(x), 7)
    found = weight_around(x, y, weight, rows, 125.0)
    near = KDTree(np.column_stack([x, y])).query_ball_point(np.column_stack([x, y])[rows], 125.0)
    assert found.tolist() == [weight[some].sum() for some in near]
