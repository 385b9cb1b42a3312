"""Surfaces are rounded to a known step and come back from their bytes exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hotspots.packing import pack, pack_mask, rounded, surface_step, unpack, unpack_mask

shapes = st.tuples(st.integers(1, 9), st.integers(1, 9))
surfaces = arrays.arrays(np.float64, shapes, elements=st.floats(0, 1e6))
thresholds = st.floats(1e-3, 1e5)


@given(thresholds)
def test_the_step_is_a_power_of_two_below_a_1024th(threshold: float) -> None:
    """Between a 2,048th and a 1,024th of the threshold, with a mantissa of one half."""
    step = surface_step(threshold)
    assert threshold / 2048 < step <= threshold / 1024
    assert np.frexp(step)[0] == 0.5


@given(surfaces, thresholds)
def test_rounding_moves_a_value_by_half_a_step_at_most_and_only_once(
    values: np.ndarray, threshold: float
) -> None:
    """What is rounded is near, is whole steps, and is not changed by rounding again."""
    step = surface_step(threshold)
    once = rounded(values, threshold)
    assert (np.abs(once - values) <= step / 2).all()
    assert (once % step == 0).all()
    assert (rounded(once, threshold) == once).all()


@given(surfaces, thresholds)
def test_a_surface_comes_back_exactly(values: np.ndarray, threshold: float) -> None:
    """The bytes hold the rounded values, and the argument stays as it was."""
    before = values.copy()
    packed = pack(values, threshold)
    assert (unpack(packed, *values.shape, threshold) == rounded(values, threshold)).all()
    assert (values == before).all()


@given(arrays.arrays(bool, shapes))
def test_a_mask_comes_back_exactly(mask: np.ndarray) -> None:
    """Eight cells a byte, whatever the shape."""
    assert (unpack_mask(pack_mask(mask), *mask.shape) == mask).all()


def test_a_smooth_surface_takes_less_than_a_byte_a_cell() -> None:
    """A sum of a hundred kernels on 256 by 400 cells: eight bytes a cell become less than one."""
    chance = np.random.default_rng(7)
    x, y = np.meshgrid(np.arange(400.0), np.arange(256.0))
    values = np.zeros((256, 400))
    for east, north in zip(chance.uniform(0, 400, 100), chance.uniform(0, 256, 100), strict=True):
        square = (x - east) ** 2 + (y - north) ** 2
        values += 800 * np.where(square < 25, (1 - square / 25) ** 2, 0)
    assert len(pack(values, 500.0)) < values.size


def test_what_is_not_known_is_zero() -> None:
    """Missing and infinite densities are drawn as none, and kept as none."""
    values = np.array([[np.nan, np.inf, 3.0]])
    assert rounded(values, 1024.0).tolist() == [[0.0, 0.0, 3.0]]


def test_wrong_bytes_are_refused() -> None:
    """Bytes of another shape, cut bytes, and bytes of something else."""
    packed = pack(np.ones((4, 5)), 10.0)
    for wrong, rows in ((packed, 5), (packed, 3), (packed[:-4], 4), (b"no", 4)):
        with pytest.raises(ValueError, match="packed cells are"):
            unpack(wrong, rows, 5, 10.0)
