from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist
from sklearn.cluster import DBSCAN

from hotspots.errors import InputError
from hotspots.targeting import Grid, dbscan, kernel_density

Ints = NDArray[np.int64]


@st.composite
def lattice_places(draw: st.DrawFn) -> tuple[Ints, Ints, Ints, float, int]:
    """Weighted places on a small lattice, where distances tie often, and parameters."""
    cells = st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(1, 4))
    x, y, weight = np.array(draw(st.lists(cells, min_size=1, max_size=40))).T
    eps = draw(st.sampled_from([1.0, 1.5, 2.0, 2.5, 3.0]))
    return x, y, weight, eps, draw(st.integers(1, 12))


def test_published_answer() -> None:
    """The example in scikit-learn's documentation gives the labels printed there."""
    x, y = np.array([[1, 2], [2, 2], [2, 3], [8, 7], [8, 8], [25, 80]]).T
    labels, core = dbscan(x, y, np.ones(6), eps_m=3, min_incidents=2)
    assert labels.tolist() == [0, 0, 0, 1, 1, -1]
    assert core.tolist() == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("last", "labels", "core"),
    [
        (1, [0, 0, 0, 0, 0, -1], [True, False, True, True, False, False]),
        (6, [0, 0, 0, 0, 0, 1], [True, False, True, True, False, True]),
    ],
)
def test_known_answer(last: int, labels: list[int], core: list[bool]) -> None:
    """Core, border and lone places come out as worked out by hand; a weight makes a core."""
    x, y = [0, 0, 50, 100, 190, 1000], [0, 50, 0, 0, 0, 1000]
    found = dbscan(x, y, [1, 1, 1, 1, 1, last], eps_m=100, min_incidents=4)
    assert found[0].tolist() == labels
    assert found[1].tolist() == core


@given(lattice_places())
@settings(max_examples=100, deadline=None)
def test_equals_scikit_learn_on_every_row(data: tuple[Ints, Ints, Ints, float, int]) -> None:
    """Labels and cores are those of scikit-learn on single rows from west to east."""
    x, y, weight, eps, fewest = data
    order = np.lexsort((y, x))
    rows = np.repeat(order, weight[order])
    reference = DBSCAN(eps=eps, min_samples=fewest, algorithm="brute").fit(
        np.column_stack([x, y])[rows]
    )
    expected = np.empty(len(x), dtype=np.int64)
    expected[rows] = reference.labels_
    core = np.zeros(len(x), dtype=np.bool_)
    core[rows[reference.core_sample_indices_]] = True
    found = dbscan(x, y, weight, eps_m=eps, min_incidents=fewest)
    np.testing.assert_array_equal(found[0], expected)
    np.testing.assert_array_equal(found[1], core)


@given(lattice_places())
@settings(max_examples=100, deadline=None)
def test_obeys_the_definition(data: tuple[Ints, Ints, Ints, float, int]) -> None:
    """Core places, their clusters and the borders are what the definition of 1996 says."""
    x, y, weight, eps, fewest = data
    near = cdist(np.column_stack([x, y]), np.column_stack([x, y])) <= eps
    core = near @ weight >= fewest
    labels, found = dbscan(x, y, weight, eps_m=eps, min_incidents=fewest)
    np.testing.assert_array_equal(found, core)
    groups = connected_components(near[np.ix_(core, core)])[1]
    together = groups[:, None] == groups
    np.testing.assert_array_equal(labels[core][:, None] == labels[core], together)
    for place in np.flatnonzero(~core):
        reachable = set(labels[core & near[place]])
        assert (labels[place] in reachable) if reachable else (labels[place] == -1)


def test_numbered_from_west_to_east_then_south_to_north() -> None:
    """Clusters are numbered by their first core place, the westernmost, then southernmost."""
    labels, _ = dbscan([500, 0, 0, 900], [0, 900, 100, 0], [9] * 4, eps_m=50, min_incidents=5)
    assert labels.tolist() == [2, 1, 0, 3]


@given(lattice_places(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_row_order_changes_nothing(
    data: tuple[Ints, Ints, Ints, float, int], random: object
) -> None:
    """Shuffled rows get the labels that they had, borders between two clusters included."""
    x, y, weight, eps, fewest = data
    order = np.arange(len(x))
    random.shuffle(order)  # type: ignore[attr-defined]
    labels, core = dbscan(x, y, weight, eps_m=eps, min_incidents=fewest)
    shuffled = dbscan(x[order], y[order], weight[order], eps_m=eps, min_incidents=fewest)
    np.testing.assert_array_equal(shuffled[0], labels[order])
    np.testing.assert_array_equal(shuffled[1], core[order])


@given(lattice_places(), st.sampled_from([2.0**20, -(2.0**21), 524_288.5]))
@settings(max_examples=50, deadline=None)
def test_origin_changes_nothing(data: tuple[Ints, Ints, Ints, float, int], shift: float) -> None:
    """Places moved by a constant that floats hold exactly keep their labels."""
    x, y, weight, eps, fewest = data
    labels, core = dbscan(x, y, weight, eps_m=eps, min_incidents=fewest)
    moved = dbscan(x + shift, y - shift, weight, eps_m=eps, min_incidents=fewest)
    np.testing.assert_array_equal(moved[0], labels)
    np.testing.assert_array_equal(moved[1], core)


def test_border_between_two_clusters_goes_west() -> None:
    """A border place that two clusters reach belongs to the western one, in any row order."""
    x, weight = np.array([-50, 0, 90, 180, 230]), np.array([7, 3, 1, 3, 7])
    for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 3, 4, 0, 1]):
        labels, core = dbscan(x[order], [0] * 5, weight[order], eps_m=90, min_incidents=10)
        back = np.argsort(order)
        assert labels[back].tolist() == [0, 0, 0, 1, 1]
        assert core[back].tolist() == [True, True, False, True, True]


def test_nothing_in_nothing_out() -> None:
    """Without places there are no labels, in the same types."""
    labels, core = dbscan([], [], [], eps_m=100, min_incidents=5)
    assert (labels.shape, labels.dtype) == ((0,), np.int64)
    assert (core.shape, core.dtype) == ((0,), np.bool_)


def test_a_lone_point_of_many_incidents_is_a_cluster() -> None:
    """Snapped incidents on a single point are a cluster when there are enough of them."""
    labels, core = dbscan([5, 900], [5, 900], [4, 3], eps_m=100, min_incidents=4)
    assert labels.tolist() == [0, -1]
    assert core.tolist() == [True, False]


def test_bad_places_are_refused() -> None:
    """Places that are not finite, differ in length or have negative weights are refused."""
    with pytest.raises(InputError, match="finite"):
        dbscan([1, np.nan], [1, 2], [1, 1], eps_m=10, min_incidents=1)
    with pytest.raises(InputError, match=r"length: 2, 1, 2\."):
        dbscan([1, 2], [1], [1, 1], eps_m=10, min_incidents=1)
    with pytest.raises(InputError, match="smallest is -1"):
        dbscan([1, 2], [1, 2], [1, -1], eps_m=10, min_incidents=1)


def test_read_only_arrays_are_taken() -> None:
    """What pandas hands out cannot be written to, and both paths take it all the same."""
    x, y = np.array([0.0, 50.0, 500.0]), np.zeros(3)
    for values in (x, y):
        values.setflags(write=False)
    for engine in ("plain", "compiled"):
        labels, _ = dbscan(x, y, [3, 2, 1], eps_m=100, min_incidents=5, engine=engine)
        assert labels.tolist() == [0, 0, -1]
        surface = kernel_density(x, y, [3, 2, 1], Grid(0, 0, 50, 4, 4), 100, engine=engine)
        assert surface.max() > 0
