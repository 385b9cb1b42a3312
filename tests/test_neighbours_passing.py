"""Very many positions pass by a few: the results are those of SciPy's tree."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import KDTree

from hotspots import threads
from hotspots.neighbours.passing import nearest, within


@pytest.fixture(params=[1, 3], ids=["one thread", "three threads"])
def cores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Share out even small work."""
    monkeypatch.setattr("os.cpu_count", lambda: request.param)
    monkeypatch.setattr(threads, "_FEWEST", 1)


@pytest.mark.usefixtures("cores")
def test_weights_within_are_those_that_a_tree_finds() -> None:
    """Sums of weights within a distance are those of `scipy.spatial.KDTree`."""
    rng = np.random.default_rng(3)
    # whole metres, so that many places lie at the distance itself
    x, y = 450_000.0 + rng.integers(0, 3_000, 5_000), 190_000.0 + rng.integers(0, 3_000, 5_000)
    weight = rng.integers(1, 9, len(x)).astype(np.float64)
    weight.flags.writeable = False
    rows = np.arange(0, len(x), 7)
    near = KDTree(np.column_stack([x, y])).query_ball_point(np.column_stack([x, y])[rows], 125.0)
    assert within(x, y, weight, rows, 125.0).tolist() == [weight[some].sum() for some in near]


@pytest.mark.usefixtures("cores")
def test_nearest_are_those_that_a_tree_finds() -> None:
    """Crowds and loners alike, from steps of a metre to a stray a hundred kilometres away."""
    rng = np.random.default_rng(4)
    spread = np.repeat([1.0, 30.0, 5_000.0], 1_000)
    x, y = 450_000 + rng.normal(0, spread), 190_000 + rng.normal(0, spread)
    x[0] += 100_000
    xy = np.column_stack([x, y])
    wanted = KDTree(xy).query(xy[::3], k=2)[0][:, 1]
    np.testing.assert_allclose(nearest(x, y, np.arange(0, len(x), 3)), wanted, rtol=1e-15)


@pytest.mark.parametrize(
    ("x", "y", "wanted"),
    [
        ([0.0, 7.0, 9.0], [0.0, 0.0, 0.0], [7.0, 2.0, 2.0]),
        ([0.0, 0.0, 0.0], [0.0, 7.0, 9.0], [7.0, 2.0, 2.0]),
        ([5.0, 5.0], [5.0, 5.0], [0.0, 0.0]),
        ([0.0, 1e6], [0.0, 0.0], [1e6, 1e6]),
    ],
    ids=["in a row", "in a column", "on one spot", "two far apart"],
)
def test_nearest_on_a_line_and_on_a_spot(
    x: list[float], y: list[float], wanted: list[float]
) -> None:
    """Boxes without an area have nearest positions also."""
    rows = np.arange(len(x))
    assert nearest(np.array(x), np.array(y), rows).tolist() == wanted
