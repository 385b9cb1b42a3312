from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.errors import InputError
from hotspots.grid import Grid
from hotspots.targeting import kernel_density
from hotspots.targeting.adaptive import adaptive_bandwidths, adaptive_density, relative_density

GRID = Grid(-1000, -1000, 50, 80, 80)


def places(seed: int, count: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    return draw.uniform(0, 2000, count), draw.uniform(0, 2000, count), draw.integers(1, 9, count)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 99), st.integers(1, 80))
def test_a_bandwidth_reaches_the_number_of_incidents(seed: int, incidents: int) -> None:
    """Within its own bandwidth every place has so many, and 25 m less are too few, by a loop."""
    x, y, w = places(seed)
    found, used = adaptive_bandwidths(x, y, w, 200, incidents=incidents)
    assert used == incidents
    assert set(found) <= set(np.arange(100, 425, 25.0))
    for here, there, bandwidth in zip(x, y, found, strict=True):
        far = np.hypot(x - here, y - there)
        if bandwidth < 400:
            assert w[far <= bandwidth].sum() >= incidents
        if bandwidth > 100:
            assert w[far <= bandwidth - 25].sum() < incidents


def test_the_usual_number_is_that_of_half_the_places() -> None:
    """Left open, the number of incidents is the median around a place, by a loop."""
    x, y, w = places(3)
    near = [w[np.hypot(x - a, y - b) <= 300].sum() for a, b in zip(x, y, strict=True)]
    assert adaptive_bandwidths(x, y, w, 300)[1] == int(np.median(near))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 99))
def test_the_density_integrates_to_the_incidents(seed: int) -> None:
    """Whatever the bandwidths, cells times density make the number of incidents."""
    x, y, w = places(seed)
    bandwidths, _ = adaptive_bandwidths(x, y, w, 400, incidents=20)
    surface = adaptive_density(x, y, w, GRID, bandwidths)
    assert surface.sum() * GRID.cell_km2 == pytest.approx(w.sum(), rel=0.02)


def test_equal_bandwidths_give_the_fixed_kernel() -> None:
    """With one bandwidth for all it is the fixed surface."""
    x, y, w = places(5)
    np.testing.assert_allclose(
        adaptive_density(x, y, w, GRID, np.full(len(x), 250.0)),
        kernel_density(x, y, w, GRID, 250.0),
    )


def test_the_same_risk_everywhere_is_even() -> None:
    """Incidents in proportion to people give the mean density in every cell."""
    x, y, w = places(6)
    people = kernel_density(x, y, 40 * w, GRID, 300)
    incidents = kernel_density(x, y, w, GRID, 300)
    inside = np.zeros(incidents.shape, dtype=bool)
    inside[20:60, 20:60] = True
    even = relative_density(incidents, people, inside)
    np.testing.assert_allclose(even[inside], incidents[inside].mean())
    assert (even[~inside] == 0).all()


def test_relative_density_by_hand() -> None:
    """Three cells: incidents 8, 1, 0 for people 1, 1, 4 are worth 11/3 x 3, 2 x 2 ... on paper."""
    inside = np.ones((1, 3), dtype=bool)
    found = relative_density(np.array([[8.0, 1.0, 0.0]]), np.array([[1.0, 1.0, 4.0]]), inside)
    # means 3 and 2: (8/3 + 1) / (1/2 + 1) * 3, (1/3 + 1) / (1/2 + 1) * 3, 1 / (2 + 1) * 3
    np.testing.assert_allclose(found, [[22 / 3, 8 / 3, 1.0]])


def test_bad_input() -> None:
    """An empty background, and numbers that make no sense, are refused."""
    inside = np.ones((1, 3), dtype=bool)
    with pytest.raises(InputError, match="background has nothing inside the districts"):
        relative_density(np.ones((1, 3)), np.zeros((1, 3)), inside)
    with pytest.raises(InputError, match="incidents must be 1 or more; it is 0"):
        adaptive_bandwidths([0], [0], [1], 100, incidents=0)
    with pytest.raises(InputError, match="bandwidth_m must be above 0"):
        adaptive_bandwidths([0], [0], [1], 0)
