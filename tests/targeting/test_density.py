"""The surface is checked against sums written out here.

In R the same value at a position is ``sum(w * 3 / (pi * h^2) * pmax(1 - d^2 / h^2, 0)^2) * 1e6``,
where ``d`` are the distances to the incidents in metres and the result is per km².
"""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.spatial.distance import cdist

from hotspots.errors import InputError
from hotspots.targeting import Grid, density, kernel_density, kernel_share_inside, rasterise

SEEDS = st.integers(0, 2**32 - 1)
Floats = NDArray[np.float64]


def written_out(x: Floats, y: Floats, weight: Floats, grid: Grid, bandwidth_m: float) -> Floats:
    """Quartic kernel of every place at every cell centre, per km²."""
    centres = np.column_stack(
        [part.ravel() for part in grid.centres(*np.indices((grid.rows, grid.columns)))]
    )
    share = cdist(centres, np.column_stack([x, y])) / bandwidth_m
    kernel = np.where(share < 1, 3 / (np.pi * bandwidth_m**2) * (1 - share**2) ** 2, 0)
    return (kernel @ weight).reshape(grid.rows, grid.columns) * 1e6


def lattice_error(bandwidth_m: float, cell_size_m: float) -> float:
    """Most that a sum over cells can differ from the kernel's mass of 1, relatively.

    By Poisson's summation formula the difference is the kernel's Fourier transform,
    48 J3(s) / s^3, summed over the other points of the dual lattice, s = 2 pi h / cell times
    their length. |J3(s)| <= 1.1 sqrt(2 / (pi s)) there, and the sum of length^-3.5 over the
    points of the square lattice is below 8.
    """
    s = 2 * np.pi * bandwidth_m / cell_size_m
    return float(8 * 48 * 1.1 * (2 / np.pi) ** 0.5 * s**-3.5)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (0, 0, 37.3019398),
        (50, 0, 41.9646823),
        (0, 200, 13.4286983),
        (0, 150, 9.9782689),
    ],
)
def test_known_answer(x: float, y: float, expected: float) -> None:
    """Three incidents and a bandwidth of 200 m give the values worked out independently."""
    at = Grid(x - 0.5, y - 0.5, 1, 1, 1)
    surface = kernel_density([0, 100, 0], [0, 0, 300], [1, 1, 1], at, 200)
    assert surface.item() == pytest.approx(expected, abs=1e-6)


def test_one_incident_by_hand() -> None:
    """One incident has 3 / (pi h²) at its place, 9/16 of it half way out, and 0 at the reach."""
    surface = kernel_density([0.5], [0.5], [2], Grid(0, 0, 1, 1, 201), 200)[0]
    peak = 2 * 3 / (np.pi * 0.2**2)
    assert surface[0] == pytest.approx(peak, rel=1e-12)
    assert surface[100] == pytest.approx(peak * 9 / 16, rel=1e-12)
    assert surface[200] == 0
    assert surface[199] > 0


@given(SEEDS)
@settings(max_examples=50, deadline=None)
def test_equals_the_sum_written_out(seed: int) -> None:
    """Every cell has the kernel sum over all places, those beyond the grid included."""
    draw = np.random.default_rng(seed)
    grid = Grid(draw.uniform(-50, 50), draw.uniform(-50, 50), draw.uniform(20, 80), 14, 17)
    x, y = draw.uniform(-600, 1600, (2, 60))
    weight = draw.integers(0, 9, 60).astype(float)
    bandwidth = draw.uniform(80, 500)
    surface = kernel_density(x, y, weight, grid, bandwidth)
    expected = written_out(x, y, weight, grid, bandwidth)
    # close to the reach the kernel itself is a difference of nearly equal numbers
    np.testing.assert_allclose(surface, expected, rtol=1e-12, atol=1e-12 * expected.max())


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_integrates_to_the_weights(seed: int) -> None:
    """The surface times the cell area adds up to the incidents, within the lattice's error."""
    draw = np.random.default_rng(seed)
    x, y = draw.uniform(0, 500, (2, 15))
    weight = draw.integers(1, 30, 15)
    grid = Grid.covering((0, 0, 500, 500), 10, margin_m=200)
    total = kernel_density(x, y, weight, grid, 200).sum() * grid.cell_km2
    assert lattice_error(200, 10) < 2e-5
    assert total == pytest.approx(weight.sum(), rel=lattice_error(200, 10))


def test_row_order_changes_nothing() -> None:
    """Shuffled rows, some at one position with different weights, give the very same surface."""
    draw = np.random.default_rng(3)
    x, y = draw.integers(0, 12, (2, 300)) * 41.3
    weight = draw.uniform(0, 5, 300)
    grid = Grid(0, 0, 50, 10, 10)
    surface = kernel_density(x, y, weight, grid, 200)
    for _ in range(5):
        order = draw.permutation(300)
        shuffled = kernel_density(x[order], y[order], weight[order], grid, 200)
        np.testing.assert_array_equal(shuffled, surface)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_duplicates_are_weights(seed: int) -> None:
    """A place of weight w counts as w rows at its position, to rounding."""
    draw = np.random.default_rng(seed)
    x, y = draw.uniform(0, 1000, (2, 30))
    weight = draw.integers(0, 7, 30)
    grid = Grid(0, 0, 50, 20, 20)
    rows = np.repeat(np.arange(30), weight)
    one_by_one = kernel_density(x[rows], y[rows], np.ones(len(rows)), grid, 250)
    surface = kernel_density(x, y, weight, grid, 250)
    np.testing.assert_allclose(surface, one_by_one, rtol=1e-12, atol=1e-12 * surface.max())


@given(SEEDS, st.sampled_from([2.0**20, -(2.0**18), 3 * 2.0**16]))
@settings(max_examples=20, deadline=None)
def test_origin_changes_nothing(seed: int, shift: float) -> None:
    """Places and grid moved by a constant that floats hold exactly give the very same surface."""
    draw = np.random.default_rng(seed)
    x, y = draw.integers(0, 8000, (2, 40)) / 8  # eighths of a metre stay exact
    surface = kernel_density(x, y, np.ones(40), Grid(0, 0, 50, 20, 20), 200)
    moved = kernel_density(x + shift, y - shift, np.ones(40), Grid(shift, -shift, 50, 20, 20), 200)
    np.testing.assert_array_equal(moved, surface)


@given(SEEDS, st.floats(0, 100))
@settings(max_examples=20, deadline=None)
def test_weights_add(seed: int, factor: float) -> None:
    """The surface of a weighted sum is the weighted sum of the surfaces, to rounding."""
    draw = np.random.default_rng(seed)
    x, y = draw.uniform(0, 1000, (2, 30))
    one, other = draw.uniform(0, 9, (2, 30))
    grid = Grid(0, 0, 50, 20, 20)
    inside = draw.uniform(size=(20, 20)) < 0.8
    for mask in (None, inside):
        surfaces = [kernel_density(x, y, w, grid, 180, inside=mask) for w in (one, other)]
        both = kernel_density(x, y, one + factor * other, grid, 180, inside=mask)
        expected = surfaces[0] + factor * surfaces[1]
        np.testing.assert_allclose(both, expected, rtol=1e-12, atol=1e-12 * expected.max())


def test_places_at_a_time_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The surface is the same, to rounding, when the places are taken a few at a time."""
    draw = np.random.default_rng(5)
    x, y = draw.uniform(-100, 1100, (2, 200))
    weight = draw.integers(1, 5, 200)
    grid = Grid(0, 0, 50, 20, 20)
    inside = rasterise([shapely.box(120, 120, 700, 900)], grid) >= 0
    results = []
    for pairs in (10**9, 1000, 1):
        monkeypatch.setattr(density, "_PAIRS_AT_ONCE", pairs)
        results.append(kernel_density(x, y, weight, grid, 200, inside=inside))
    np.testing.assert_allclose(results[1], results[0], rtol=1e-12)
    np.testing.assert_allclose(results[2], results[0], rtol=1e-12)


def test_reaches_from_beyond_the_grid() -> None:
    """A place outside the grid counts as far as its kernel reaches, and no farther."""
    wide, narrow = Grid(-500, -500, 50, 30, 30), Grid(0, 0, 50, 10, 10)
    x, y = [-120.0, -199.0, -201.0], [30.0, 240.0, 240.0]
    surface = kernel_density(x, y, [1, 2, 4], narrow, 200)
    np.testing.assert_array_equal(surface, kernel_density(x, y, [1, 2, 4], wide, 200)[10:20, 10:20])
    assert surface.any()
    assert not kernel_density([-201.0], [240.0], [4], narrow, 200).any()


@pytest.mark.parametrize(
    ("distance", "mass"),
    [(0, 0.5), (0.25, 0.741755), (0.5, 0.914765), (0.75, 0.990029), (1, 1)],
)
def test_mass_beside_a_straight_border(distance: float, mass: float) -> None:
    """The share of the kernel inside is that of the integral, within the cells' error.

    With cells of h / 100 the midpoint rule errs by at most cell² / 24 times the steepest slope
    of the kernel's profile, 1.66 / h²: below 7e-6.
    """
    grid = Grid(-200, -200, 2, 200, 300)
    inside = np.zeros((200, 300), dtype=np.bool_)
    inside[:, 100:] = True  # east of x = 0
    share = kernel_share_inside([200 * distance], [0], grid, 200, inside)
    assert share.item() == pytest.approx(mass, abs=1e-5)


@pytest.mark.parametrize("distance", [0.1, 0.33, 0.62, 0.9])
def test_mass_is_the_integral_of_the_profile(distance: float) -> None:
    """At any whole number of cells from the border the share is the integral by SciPy."""
    grid = Grid(-200, -200, 2, 200, 300)
    inside = np.zeros((200, 300), dtype=np.bool_)
    inside[:, 100:] = True
    mass = quad(lambda u: 16 / (5 * np.pi) * (1 - u**2) ** 2.5, -distance, 1)[0]
    share = kernel_share_inside([200 * distance], [0], grid, 200, inside)
    assert share.item() == pytest.approx(mass, abs=1e-5)


def test_mass_in_corners() -> None:
    """At the corner of a quadrant a quarter of the kernel is inside, at a notch three quarters."""
    grid = Grid(-250, -250, 10, 50, 50)
    quadrant = np.zeros((50, 50), dtype=np.bool_)
    quadrant[25:, 25:] = True
    assert kernel_share_inside([0], [0], grid, 200, quadrant).item() == pytest.approx(0.25)
    assert kernel_share_inside([0], [0], grid, 200, ~quadrant).item() == pytest.approx(0.75)


def test_mass_of_places_out_of_reach_is_zero() -> None:
    """Places whose kernel meets no cell have no mass inside, and are no error."""
    grid = Grid(0, 0, 100, 3, 3)
    everything = np.ones((3, 3), dtype=np.bool_)
    shares = kernel_share_inside([-180, -5000, 150], [50, 50, 150], grid, 200, everything)
    assert shares.tolist() == [0, 0, 1]


@given(SEEDS, st.sampled_from([4.0, 3.0, 1.5]))
@settings(max_examples=50, deadline=None)
def test_correction_keeps_what_would_be_lost(seed: int, cells: float) -> None:
    """Inside any mask the corrected surface sums to all that the plain one has everywhere.

    So it integrates to the incidents as exactly as the plain kernel on that grid does.
    """
    draw = np.random.default_rng(seed)
    grid = Grid(0, 0, 50, 24, 24)
    bandwidth = 50 * cells
    inside = draw.uniform(size=(24, 24)) < draw.uniform(0.1, 0.9)
    inside[:4] = inside[-4:] = False
    inside[:, :4] = inside[:, -4:] = False
    inside[12, 12] = True
    row, column = np.nonzero(inside)
    pick = draw.integers(0, len(row), 40)
    x, y = grid.centres(row[pick], column[pick])
    x, y = x + draw.uniform(-25, 25, 40), y + draw.uniform(-25, 25, 40)
    weight = draw.integers(1, 9, 40)
    corrected = kernel_density(x, y, weight, grid, bandwidth, inside=inside)
    plain = kernel_density(x, y, weight, grid, bandwidth)
    assert not corrected[~inside].any()
    assert corrected.sum() == pytest.approx(plain.sum(), rel=1e-9)
    assert corrected.sum() * grid.cell_km2 == pytest.approx(
        weight.sum(), rel=lattice_error(bandwidth, 50)
    )


def test_correction_leaves_the_middle_alone() -> None:
    """Places farther than the bandwidth from the border keep their kernels as they are."""
    grid = Grid(0, 0, 50, 30, 30)
    inside = rasterise([shapely.box(200, 200, 1300, 1300)], grid) >= 0
    x, y = [620.0, 710.0], [680.0, 810.0]
    plain = kernel_density(x, y, [1, 3], grid, 200)
    np.testing.assert_array_equal(kernel_density(x, y, [1, 3], grid, 200, inside=inside), plain)


def test_correction_doubles_at_a_straight_border() -> None:
    """Right at a straight border, where half of the kernel is lost, the rest counts double."""
    grid = Grid(-500, -500, 50, 20, 20)
    inside = rasterise([shapely.box(0, -500, 500, 500)], grid) >= 0
    plain = kernel_density([0.0], [0.0], [1], grid, 200)
    corrected = kernel_density([0.0], [0.0], [1], grid, 200, inside=inside)
    np.testing.assert_allclose(corrected, np.where(inside, 2 * plain, 0), rtol=1e-12)


def test_no_places_make_an_empty_surface() -> None:
    """Without places the surface is zero, in the shape of the grid."""
    surface = kernel_density([], [], [], Grid(0, 0, 50, 3, 4), 200)
    np.testing.assert_array_equal(surface, np.zeros((3, 4)))


def test_arguments_are_left_alone() -> None:
    """The arrays given are the same after the call."""
    x, y, weight = np.array([30.0, 10.0]), np.array([5.0, 80.0]), np.array([2.0, 1.0])
    inside = np.ones((2, 2), dtype=np.bool_)
    kernel_density(x, y, weight, Grid(0, 0, 50, 2, 2), 100, inside=inside)
    assert x.tolist() == [30, 10]
    assert y.tolist() == [5, 80]
    assert weight.tolist() == [2, 1]
    assert inside.all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("argument", [0, 1, 2])
def test_numbers_must_be_finite(bad: float, argument: int) -> None:
    """A value that is not finite is refused, wherever it stands."""
    given_values = [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]
    given_values[argument][1] = bad
    with pytest.raises(InputError, match="finite"):
        kernel_density(*given_values, Grid(0, 0, 50, 2, 2), 100)


def test_lengths_must_agree() -> None:
    """Arrays of different lengths are refused with the lengths."""
    with pytest.raises(InputError, match=r"length: 2, 3, 1\."):
        kernel_density([1, 2], [1, 2, 3], [1], Grid(0, 0, 50, 2, 2), 100)


def test_weights_must_not_be_negative() -> None:
    """A negative weight is refused with its value."""
    with pytest.raises(InputError, match=r"0 or more; the smallest is -3\."):
        kernel_density([1, 2], [1, 2], [1, -3], Grid(0, 0, 50, 2, 2), 100)
