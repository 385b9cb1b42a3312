from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from hotspots.targeting.footprints import close_gaps, components, split

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ROWS, COLUMNS = 11, 13


def islands(cells: Ints, columns: int = COLUMNS) -> list[set[int]]:
    """Connected sets of cells, found on the whole grid."""
    mask = np.zeros((ROWS, columns), dtype=np.bool_)
    mask.ravel()[cells] = True
    label, count = ndimage.label(mask)
    return [set(np.flatnonzero(label == number).tolist()) for number in range(1, count + 1)]


@st.composite
def footprints(draw: st.DrawFn) -> tuple[Ints, Floats, int]:
    """Cells of a random mask, a smooth, rough or stepped density, and a cap in cells."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    filled = draw(st.sampled_from([0.1, 0.5, 0.7, 0.9, 1.0]))
    density = random.uniform(0, 10, (ROWS, COLUMNS))
    kind = draw(st.sampled_from(["smooth", "rough", "stepped", "flat"]))
    if kind == "smooth":
        density = ndimage.gaussian_filter(density, 2)
    elif kind == "stepped":
        density = np.floor(density / 3)
    elif kind == "flat":
        density = np.ones_like(density)
    cells = np.flatnonzero(random.uniform(size=ROWS * COLUMNS) < filled)
    return cells, density.ravel(), draw(st.integers(1, 60))


def as_sets(pieces: list[Ints]) -> list[set[int]]:
    return [set(piece.tolist()) for piece in pieces]


@given(footprints())
@settings(max_examples=150, deadline=None)
def test_pieces_partition_the_footprint(data: tuple[Ints, Floats, int]) -> None:
    """Pieces are disjoint, connected, within the cap, and together the footprint."""
    cells, density, most = data
    pieces = split(cells, density, COLUMNS, most)
    whole = np.concatenate([*pieces, np.empty(0, dtype=np.int64)])
    assert sorted(whole.tolist()) == cells.tolist()
    for piece in pieces:
        assert 1 <= len(piece) <= most
        assert len(islands(piece)) == 1


@given(footprints())
@settings(max_examples=40, deadline=None)
def test_what_fits_stays_whole(data: tuple[Ints, Floats, int]) -> None:
    """A connected set within the cap is one piece."""
    cells, density, most = data
    pieces = as_sets(split(cells, density, COLUMNS, most))
    for island in islands(cells):
        assert (island in pieces) == (len(island) <= most)


@given(footprints(), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_order_and_scale_change_nothing(data: tuple[Ints, Floats, int], seed: int) -> None:
    """Shuffled cells and a density on another scale give the same pieces in the same order."""
    cells, density, most = data
    pieces = as_sets(split(cells, density, COLUMNS, most))
    shuffled = np.random.default_rng(seed).permutation(cells)
    before = shuffled.copy()
    assert as_sets(split(shuffled, density, COLUMNS, most)) == pieces
    assert as_sets(split(cells, 1024 * density, COLUMNS, most)) == pieces
    np.testing.assert_array_equal(shuffled, before)


@given(footprints())
@settings(max_examples=40, deadline=None)
def test_components_are_those_of_scipy(data: tuple[Ints, Floats, int]) -> None:
    """Components are SciPy's labels on the whole grid, each sorted, in order of first cells."""
    cells, _, _ = data
    found = components(cells[::-1], COLUMNS)
    assert as_sets(found) == sorted(islands(cells), key=min)
    for component in found:
        assert (np.diff(component) > 0).all()


def test_corners_and_row_ends_do_not_connect() -> None:
    """Cells that share a corner, or follow each other across the grid's edge, are apart."""
    assert as_sets(components(np.array([0, 6]), 5)) == [{0}, {6}]
    assert as_sets(components(np.array([4, 5]), 5)) == [{4}, {5}]
    flat = np.ones(15)
    # 3 and 4 end the first row, 5 and 6 begin the second
    assert as_sets(split(np.array([3, 4, 5, 6]), flat, 5, 3)) == [{3, 4}, {5, 6}]
    # two columns at opposite edges, joined by the top row alone
    ring = np.array([0, 4, 5, 9, 10, 11, 12, 13, 14])
    for piece in split(ring, flat, 5, 4):
        assert len(islands(piece, 5)) == 1


def test_climbing_stops_at_the_edge_of_the_grid() -> None:
    """A peak at the end of a row does not draw in the peak that begins the next row."""
    density = np.array([1.0, 1, 9, 8, 1, 1])  # two rows of three: 9 is east, 8 is west
    pieces = as_sets(split(np.arange(6), density, 3, 3))
    assert sorted(pieces, key=min) == [{0, 3, 4}, {1, 2, 5}]


def test_nothing_in_nothing_out() -> None:
    """Without cells there are no pieces."""
    empty = np.empty(0, dtype=np.int64)
    assert components(empty, 5) == []
    assert split(empty, np.ones(5), 5, 3) == []


@pytest.mark.parametrize(
    ("density", "most", "expected"),
    [
        # within the cap: whole, whatever its valleys
        ([5, 4, 3, 1, 3, 4, 6, 5], 8, [{0, 1, 2, 3, 4, 5, 6, 7}]),
        # two peaks: cut at the valley; the lowest cell climbs to the first of equal neighbours
        ([5, 4, 3, 1, 3, 4, 6, 5], 5, [{0, 1, 2, 3}, {4, 5, 6, 7}]),
        # three peaks: the two with the highest pass between them (5, against 1) are joined
        ([9, 1, 8, 5, 7], 3, [{0, 1}, {2, 3, 4}]),
        # the same where the joined ones would be too large
        ([9, 1, 8, 5, 7], 2, [{0, 1}, {2, 3}, {4}]),
        # three peaks of two cells each: either neighbour would fit, the higher pass decides
        ([9, 1, 8, 5, 7, 6], 4, [{0, 1}, {2, 3, 4, 5}]),
        # two peaks that are one cell too many together stay apart
        ([9, 5, 7, 6], 3, [{0, 1}, {2, 3}]),
        # one slope: the piece grown around the peak, then around the next
        ([9, 8, 7, 6, 5], 2, [{0, 1}, {2, 3}, {4}]),
        # one peak in the middle: its densest neighbours first
        ([1, 2, 7, 9, 8, 6, 1], 3, [{0, 1}, {2, 3, 4}, {5, 6}]),
        # the cap of one cell leaves single cells
        ([3, 1, 2], 1, [{0}, {1}, {2}]),
    ],
)
def test_cuts_by_hand(density: list[float], most: int, expected: list[set[int]]) -> None:
    """A row of cells is cut where one would cut it on paper."""
    cells = np.arange(len(density))
    pieces = split(cells, np.array(density, dtype=np.float64), len(density), most)
    assert sorted(as_sets(pieces), key=min) == expected


def test_a_chain_of_peaks_is_cut_between_them() -> None:
    """Five equal mounds along a street become five pieces, each around its own peak."""
    x, y = np.meshgrid(np.arange(50), np.arange(7))
    density = sum(
        np.exp(-((x - centre) ** 2 + (y - 3) ** 2) / 8) for centre in (4.5, 14.5, 24.5, 34.5, 44.5)
    )
    pieces = split(np.arange(350), density.ravel(), 50, 70)
    assert [len(piece) for piece in pieces] == [70] * 5
    assert sorted(float((piece % 50).mean()) for piece in pieces) == [4.5, 14.5, 24.5, 34.5, 44.5]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.2, 0.8))
def test_closing_gaps_adds_free_cells_only(seed: int, share: float) -> None:
    """A closed footprint holds the old one, takes free cells alone, and closing again adds none."""
    rng = np.random.default_rng(seed)
    rows, columns = 9, 11
    mask = rng.random(rows * columns) < share
    if not mask.any():
        return
    free = rng.random(rows * columns) < 0.7
    cells = np.flatnonzero(mask)
    closed = close_gaps(cells, free & ~mask, columns)
    assert np.isin(cells, closed).all()
    assert free[np.setdiff1d(closed, cells)].all()
    everywhere = close_gaps(cells, ~mask, columns)
    assert np.array_equal(close_gaps(everywhere, np.ones(len(mask), bool), columns), everywhere)


def test_a_notch_and_a_hole_are_closed() -> None:
    """By hand: a ring of eight cells gets its middle, a notch one cell wide is filled."""
    columns = 10
    ring = [22, 23, 24, 32, 34, 42, 43, 44]
    free = np.ones(100, dtype=bool)
    assert set(close_gaps(np.array(ring), free, columns)) - set(ring) == {33}
    notched = [22, 24, 32, 34, 42, 43, 44]
    assert {33, 23} >= set(close_gaps(np.array(notched), free, columns)) - set(notched) >= {33}
