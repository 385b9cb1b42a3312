"""Neighbours by shapely's tree and by SciPy's are those of all pairs, measured one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from hotspots import neighbours

# a lattice of whole metres: many pairs are exactly as far apart as the distance asked for
SPOTS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=40, unique=True
)


@pytest.mark.parametrize("few", [0, 100], ids=["scipy", "shapely"])
@given(spots=SPOTS, distance=st.sampled_from([1.0, 5.0, 7.5, 13.0]))
@settings(max_examples=60, deadline=None)
def test_neighbours_are_those_of_all_pairs(
    few: int, spots: list[tuple[int, int]], distance: float
) -> None:
    """Nearest distance of every position, and the pairs within a distance, borders included."""
    x, y = np.array(spots, dtype=np.float64).T
    squared = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    wanted = {(a, b) for a, b in np.argwhere(squared <= distance**2).tolist() if a < b}
    np.fill_diagonal(squared, np.inf)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "_FEW", few)
        found = neighbours.nearest_m(x, y, slice(None, None, 2))
        a, b = neighbours.pairs_within(x, y, distance)
    np.testing.assert_allclose(found, np.sqrt(squared.min(axis=1))[::2], rtol=1e-15)
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
