"""The compiled DBSCAN is compared with scikit-learn's, label by label.

Scikit-learn compares squared distances with the squared radius; so does the compiled path. Where
its tree lies wholly within reach it compares distances instead, and the two differ for pairs
whose distance rounds to the radius though its square exceeds the radius' square: such inputs are
left out here, apart from a test of their own.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.cluster import DBSCAN

from hotspots.errors import InputError
from hotspots.targeting import clusters, dbscan
from hotspots.targeting._kernels.dbscan import can_cluster, cluster

Floats = NDArray[np.float64]
SEEDS = st.integers(0, 2**32 - 1)


def reference(x: Floats, y: Floats, weight: Floats, eps: float, least: int) -> tuple[Floats, ...]:
    """Labels and cores by scikit-learn, visited from west to east, then south to north."""
    order = np.lexsort((y, x))
    found = DBSCAN(eps=eps, min_samples=least, algorithm="kd_tree").fit(
        np.column_stack([x, y])[order], sample_weight=weight[order]
    )
    labels, core = np.empty(len(x), dtype=np.int64), np.zeros(len(x), dtype=np.bool_)
    labels[order] = found.labels_
    core[order[found.core_sample_indices_]] = True
    return labels, core


def rounds_to(x: Floats, y: Floats, eps: float) -> bool:
    """Whether a distance rounds to the radius, though its square is above that of the radius."""
    squared = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    return bool(((squared > eps * eps) & (np.sqrt(squared) <= eps)).any())


def check(x: Floats, y: Floats, weight: Floats, eps: float, least: int) -> None:
    """Compare the compiled path, and that by pairs, with scikit-learn."""
    assert can_cluster(x, y, eps)
    expected = reference(x, y, weight, eps, least)
    for act in (cluster, clusters._by_pairs):
        labels, core = act(x, y, weight, eps, least)
        np.testing.assert_array_equal(labels, expected[0])
        np.testing.assert_array_equal(core, expected[1])


def scatter(draw: np.random.Generator, shape: str, count: int) -> Floats:
    """Places of one kind, shape (2, count)."""
    if shape == "spread":
        return draw.uniform(0, 1000, (2, count))
    if shape == "lattice":
        return draw.integers(0, 20, (2, count)) * draw.choice([1.0, 25.0, 50.0])
    if shape == "tenths":
        return draw.integers(0, 3000, (2, count)) / 10
    if shape == "repeated":
        return draw.uniform(0, 300, (2, 9))[:, draw.integers(0, 9, count)]
    if shape == "on a line":
        along = draw.uniform(0, 1000, count)
        return np.array([along, along * draw.choice([0, 0.5, 3])])
    if shape == "at one point":
        return np.full((2, count), draw.uniform(0, 9))
    assert shape == "crowds"
    return (draw.uniform(0, 1500, (2, 6)))[:, draw.integers(0, 6, count)] + draw.normal(
        0, draw.choice([1, 10, 60]), (2, count)
    )


SHAPES = ["spread", "lattice", "tenths", "repeated", "on a line", "at one point", "crowds"]


@given(
    SEEDS,
    st.sampled_from(SHAPES),
    st.sampled_from([1, 2, 7, 40, 250, 900]),
    st.sampled_from([0.0, 523_000.25, -3e6 / 7]),
    st.sampled_from([1, 2, 3, 6, 15, 50]),
)
@settings(max_examples=300, deadline=None)
def test_equals_scikit_learn(seed: int, shape: str, count: int, origin: float, least: int) -> None:
    """Labels, numbering and border places included, are those of scikit-learn."""
    draw = np.random.default_rng(seed)
    x, y = scatter(draw, shape, count) + np.array([[origin], [-origin]])
    weight = draw.choice(
        [np.ones(count), draw.integers(0, 5, count), draw.integers(1, 160, count) / 4]
    )
    eps = float(draw.choice([1, 2.5, 5, 25, 50, 75, 100, 125, draw.uniform(0.5, 200)]))
    assume(weight.any() and not rounds_to(x, y, eps))
    check(x, y, weight, eps, least)


@pytest.mark.parametrize("eps", [5.0, 25.0, 75.0, 0.5, 75.1, 0.3, 2**0.5, 5**0.5, 50 * 2**0.5])
def test_places_at_the_radius(eps: float) -> None:
    """Places exactly at the radius, or a rounding to either side of it, count as there."""
    angles = np.array([0, 0.6435011087932844, np.pi / 4, np.pi / 2, 2.214297435588181, np.pi])
    reaches = np.array([np.nextafter(eps, 0), eps, np.nextafter(eps, 2 * eps)])
    for origin in (0.0, 0.1, 1000.0, 430_000.7):
        for reach in reaches:
            x = origin + np.concatenate([[0], reach * np.cos(angles)])
            y = origin + np.concatenate([[0], reach * np.sin(angles)])
            if not rounds_to(x, y, eps):
                for least in (2, 3, 5):
                    check(x, y, np.ones(7), eps, least)


@pytest.mark.parametrize("eps", [5.0, 10.0, 13.0, 65.0, 2**0.5, 8**0.5, 10**0.5, 20**0.5])
@pytest.mark.parametrize("least", [1, 3, 9, 14, 60])
def test_lattice_with_places_at_the_radius(eps: float, least: int) -> None:
    """On whole metres, with many pairs at the radius itself, nothing differs."""
    y, x = (part.ravel().astype(float) for part in np.indices((37, 41)))
    kept = np.random.default_rng(least).uniform(size=len(x)) < 0.6
    assert not rounds_to(x[kept], y[kept], eps)
    check(x[kept], y[kept], np.ones(kept.sum()), eps, least)


def test_pair_whose_distance_rounds_to_the_radius() -> None:
    """The square decides: the root of 13, squared, is below 13, so 2 and 3 m do not reach."""
    eps = 13**0.5
    assert eps * eps < 13
    for act in (cluster, clusters._by_pairs):
        labels, _ = act(np.array([0.0, 2.0]), np.array([0.0, 3.0]), np.ones(2), eps, 2)
        assert labels.tolist() == [-1, -1]


def test_two_crowds_a_little_too_far_apart() -> None:
    """Crowds in cells side by side stay apart where no pair is within the radius."""
    draw = np.random.default_rng(4)
    x = np.concatenate([draw.uniform(0, 5, 4000), draw.uniform(105.01, 110, 4000)])
    y = draw.uniform(0, 5, 8000)
    labels, core = cluster(x, y, np.ones(8000), 100.0, 10)
    assert core.all()
    np.testing.assert_array_equal(labels, np.repeat([0, 1], 4000))


@pytest.mark.parametrize("seed", range(6))
def test_equals_scikit_learn_on_many_places(seed: int) -> None:
    """Some thousand places in towns of all sizes have scikit-learn's labels."""
    draw = np.random.default_rng(seed)
    size = draw.pareto(1.2, 40) + 0.05
    town = draw.choice(40, 20_000, p=size / size.sum())
    spread = draw.uniform(50, 900, 40)[town]
    x, y = draw.uniform(4e5, 4.3e5, (2, 40))[:, town] + draw.normal(0, 1, (2, 20_000)) * spread
    if seed % 2:
        x, y = x.round(), y.round()
    for eps, least in ((75.0, 10), (150.0, 50), (40.0, 3)):
        check(x, y, draw.integers(1, 4, 20_000).astype(float), eps, least)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_row_order_changes_nothing(seed: int) -> None:
    """Shuffled places keep their labels."""
    draw = np.random.default_rng(seed)
    x, y = scatter(draw, "lattice", 200)
    weight = draw.integers(0, 4, 200).astype(float)
    labels, core = cluster(x, y, weight, 50.0, 4)
    order = draw.permutation(200)
    shuffled = cluster(x[order], y[order], weight[order], 50.0, 4)
    np.testing.assert_array_equal(shuffled[0], labels[order])
    np.testing.assert_array_equal(shuffled[1], core[order])


def test_arguments_are_left_alone() -> None:
    """The arrays given are the same after the call."""
    arrays = [np.array([30.0, 10.0, 12.0]), np.array([5.0, 80.0, 80.0]), np.array([2.0, 1.0, 3.0])]
    copies = [array.copy() for array in arrays]
    dbscan(*arrays, eps_m=10, min_incidents=3, engine="compiled")
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_known_answer() -> None:
    """Core, border and lone places come out as worked out by hand."""
    x, y = [0, 0, 50, 100, 190, 1000], [0, 50, 0, 0, 0, 1000]
    labels, core = dbscan(x, y, [1, 1, 1, 1, 1, 6], eps_m=100, min_incidents=4, engine="compiled")
    assert labels.tolist() == [0, 0, 0, 0, 0, 1]
    assert core.tolist() == [True, False, True, True, False, True]


def test_radius_tiny_beside_the_extent() -> None:
    """A radius of millimetres in a country of kilometres still gives scikit-learn's labels."""
    x, y = np.array([0, 0.0005, 4e5, 9e5]), np.array([0, 0, 8e5, 8e5])
    assert not can_cluster(x, y, 0.001)
    labels, _ = dbscan(x, y, np.ones(4), eps_m=0.001, min_incidents=2, engine="compiled")
    assert labels.tolist() == [0, 0, -1, -1]


def test_many_places_take_the_compiled_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit the compiled path is chosen, with the same labels."""
    draw = np.random.default_rng(1)
    x, y = draw.uniform(0, 900, (2, 500))
    plain = dbscan(x, y, np.ones(500), eps_m=50, min_incidents=5)
    monkeypatch.setattr(clusters, "_COMPILED_FROM", 499)
    monkeypatch.setattr("sklearn.cluster.DBSCAN", None)
    monkeypatch.setattr(clusters, "_by_pairs", None)
    compiled = dbscan(x, y, np.ones(500), eps_m=50, min_incidents=5)
    np.testing.assert_array_equal(compiled, plain)


@pytest.mark.parametrize("engine", ["plain", "compiled"])
def test_no_incidents_no_clusters(engine: str) -> None:
    """Places without a single incident are in no cluster."""
    labels, core = dbscan([0, 1], [0, 0], [0, 0], eps_m=9, min_incidents=1, engine=engine)  # type: ignore[arg-type]
    assert labels.tolist() == [-1, -1]
    assert not core.any()


@pytest.mark.parametrize(("eps", "fewest"), [(0, 1), (-1, 1), (np.nan, 1), (9, 0)])
def test_parameters_must_be_above_zero(eps: float, fewest: int) -> None:
    """A radius or number of incidents that is not above 0 is refused with both values."""
    with pytest.raises(InputError, match="must be above 0"):
        dbscan([0, 1], [0, 0], [1, 1], eps_m=eps, min_incidents=fewest)
