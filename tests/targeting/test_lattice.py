from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.targeting.lattice import TILE, Lattice


def scattered(seed: int, count: int = 300, sheets: int = 1) -> dict[str, np.ndarray]:
    """Places over 3 km by 2 km, some bins of 25 m apart and some together."""
    draw = np.random.default_rng(seed)
    return {
        "x_m": draw.uniform(0, 3000, count),
        "y_m": draw.uniform(0, 2000, count),
        "weight": draw.integers(1, 9, count),
        "sheet": draw.integers(0, sheets, count),
    }


def dense(places: dict[str, np.ndarray], sheet: int) -> np.ndarray:
    """Counts of one sheet by NumPy, with the empty tile around."""
    held = places["sheet"] == sheet
    counts = np.histogram2d(
        places["y_m"][held], places["x_m"][held],
        bins=(np.arange(0, 2025, 25), np.arange(0, 3025, 25)), weights=places["weight"][held],
    )[0]  # fmt: skip
    return np.pad(counts, TILE)


@settings(deadline=None)
@given(
    st.integers(0, 99), st.integers(0, 1), st.integers(-20, 100), st.integers(-20, 140),
    st.integers(1, 60),
)  # fmt: skip
def test_windows_hold_what_numpy_counts(
    seed: int, sheet: int, row: int, column: int, side: int
) -> None:
    """Any square of bins, off the lattice too, holds the counts of a plain histogram."""
    places = scattered(seed, sheets=2)
    lattice = Lattice.of(**places, x_min_m=0.0, y_min_m=0.0, step_m=25.0)
    plain = np.zeros((400, 400))
    counts = dense(places, sheet)
    plain[100 : 100 + counts.shape[0], 100 : 100 + counts.shape[1]] = counts
    expected = plain[100 + row : 100 + row + side, 100 + column : 100 + column + side]
    np.testing.assert_array_equal(lattice.window(sheet, row, column, side), expected)


def test_a_tile_is_kept_only_where_incidents_are() -> None:
    """Two incidents 100 km apart take two tiles, and the empty one."""
    lattice = Lattice.of(
        [10, 100_000], [10, 90_000], [1, 2], [0, 0], x_min_m=0.0, y_min_m=0.0, step_m=25.0
    )
    assert lattice.blocks.shape == (3, TILE, TILE)
    assert lattice.blocks.sum() == 3
    assert lattice.bin_km2 == pytest.approx(0.000625)


def test_one_sheet_alone_holds_its_incidents() -> None:
    """Tiles of a sheet, and no others."""
    places = scattered(5, sheets=3)
    lattice = Lattice.of(**places, x_min_m=0.0, y_min_m=0.0, step_m=25.0)
    for sheet in range(3):
        alone = lattice.on_sheet(sheet)
        assert {alone.sheet_of(int(key)) for key in alone.keys} == {sheet}
        assert alone.blocks.sum() == places["weight"][places["sheet"] == sheet].sum()


def test_bins_are_taken_in_a_copy() -> None:
    """What is taken can be afforded by nothing, and only in the copy."""
    lattice = Lattice.of(**scattered(6), x_min_m=0.0, y_min_m=0.0, step_m=25.0)
    copy = lattice.copied()
    before = copy.window(0, 20, 20, 8)
    copy.take(0, np.array([20, 21]), np.array([22, 22]))
    after = copy.window(0, 20, 20, 8)
    assert (after[[0, 1], [2, 2]] < -1e8).all()
    after[[0, 1], [2, 2]] = before[[0, 1], [2, 2]]
    np.testing.assert_array_equal(after, before)
    np.testing.assert_array_equal(lattice.window(0, 20, 20, 8), before)
    assert (copy.copied().window(0, 20, 20, 8)[[0, 1], [2, 2]] < -1e8).all()
    copy.copied().take(0, np.array([24]), np.array([24]))
    assert copy.window(0, 24, 24, 1)[0, 0] >= 0


def test_empty_ground_can_be_taken_and_ground_off_the_lattice_is_passed_over() -> None:
    """Bins of a tile without incidents, and beyond the rim on either side."""
    lattice = Lattice.of([5.0], [5.0], [1], [0], x_min_m=0.0, y_min_m=0.0, step_m=25.0).copied()
    beyond = lattice.tile_columns * TILE
    rows, columns = np.array([0, -1, TILE, TILE]), np.array([0, TILE, -1, beyond])
    lattice.take(0, rows, columns)
    assert sorted(lattice.taken) == [0]
    assert lattice.window(0, 0, 0, TILE)[0, 0] < -1e8
    assert lattice.window(0, TILE, TILE, 2).sum() == 1


def test_far_apart_places_make_few_tiles() -> None:
    """Two places at two ends of a continent, whose tiles cannot be marked one by one."""
    far = 4e6
    lattice = Lattice.of(
        [10.0, far], [far, 10.0], [2, 3], [0, 1], x_min_m=0.0, y_min_m=0.0, step_m=25.0
    )
    assert lattice.blocks.shape == (3, TILE, TILE)
    bins = TILE + int(far // 25)
    assert lattice.window(0, bins, TILE, 1).tolist() == [[2]]
    assert lattice.window(1, TILE, bins, 1).tolist() == [[3]]
