"""Neighbours by either tree or by passing all are those of all pairs, measured one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from hotspots import neighbours
from hotspots.neighbours import near

# a lattice of whole metres: many pairs are exactly as far apart as the distance asked for
SPOTS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=40, unique=True
)


BRANCHES = pytest.mark.parametrize(
    ("few", "many"), [(100, 100), (0, 100), (0, 0)], ids=["shapely", "scipy", "passing"]
)


@BRANCHES
@given(spots=SPOTS, distance=st.sampled_from([1.0, 5.0, 7.5, 13.0]))
@settings(max_examples=60, deadline=None)
def test_neighbours_are_those_of_all_pairs(
    few: int, many: int, spots: list[tuple[int, int]], distance: float
) -> None:
    """Nearest distance, the pairs within a distance and the weight there, borders included."""
    x, y = np.array(spots, dtype=np.float64).T
    squared = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    weight = np.arange(1.0, 1 + len(x))
    around = (squared <= distance**2) @ weight
    rows = np.arange(len(x))
    wanted = {(a, b) for a, b in np.argwhere(squared <= distance**2).tolist() if a < b}
    np.fill_diagonal(squared, np.inf)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near, "_FEW", few)
        patch.setattr(near, "_MANY", many)
        found = neighbours.nearest_m(x, y, rows[::2])
        a, b = neighbours.pairs_within(x, y, distance)
        some = neighbours.weight_around(x, y, weight, rows[1::2], distance)
        every = neighbours.weight_around(x, y, weight, rows, distance)
    np.testing.assert_allclose(found, np.sqrt(squared.min(axis=1))[::2], rtol=1e-15)
    assert every.tolist() == around.tolist()
    assert some.tolist() == around[1::2].tolist()
    assert len(a) == len(wanted)
    assert set(zip(a.tolist(), b.tolist(), strict=True)) == wanted


@given(size=st.integers(1, 40), pairs=st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39))))
@settings(max_examples=100, deadline=None)
def test_connected_parts_are_those_of_scipy(size: int, pairs: list[tuple[int, int]]) -> None:
    """The same parts, each named by its lowest number."""
    a, b = (np.array([pair[side] % size for pair in pairs], dtype=np.int64) for side in (0, 1))
    links = coo_array((np.ones(len(a)), (a, b)), shape=(size, size))
    part = connected_components(links, directed=False)[1]
    lowest = [int(np.flatnonzero(part == own)[0]) for own in part]
    assert neighbours.connected(size, a, b).tolist() == lowest


def test_a_long_chain_is_one_part() -> None:
    """A hundred thousand links in disorder."""
    order = np.random.default_rng(1).permutation(100_000)
    assert not neighbours.connected(100_000, order[:-1], order[1:]).any()
