"""The compiled kernel sum is compared with numpy's bit by bit, and with a sum written out."""

from __future__ import annotations

import subprocess
import sys

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from hotspots.compiled import compiled
from hotspots.targeting import Grid, density, kernel_density, kernel_share_inside
from hotspots.targeting._kernels.density import kernel_sums

SEEDS = st.integers(0, 2**32 - 1)
Floats = NDArray[np.float64]
Problem = tuple[Floats, Floats, Floats, Grid, float, NDArray[np.bool_]]


def problem(seed: int) -> Problem:
    """Places on and around a grid: spread, on a lattice or repeated; kernels of any size."""
    draw = np.random.default_rng(seed)
    cell = float(draw.choice([50, 100, draw.uniform(3, 90)]))
    rows, columns = (int(number) for number in draw.integers(1, 30, 2))
    origin = draw.choice([0.0, 523_000.25, -1e6 / 3], 2)
    grid = Grid(float(origin[0]), float(origin[1]), cell, rows, columns)
    count = int(draw.integers(0, 200))
    bandwidth = float(draw.choice([cell / 3, cell, 4 * cell, draw.uniform(1, 8) * cell]))
    side = max(rows, columns) * cell
    x, y = draw.uniform(-1.2 * bandwidth, side + 1.2 * bandwidth, (2, count))
    if draw.uniform() < 0.3:
        x, y = np.round(x / cell * 2) * cell / 2, np.round(y / cell * 2) * cell / 2
    if count and draw.uniform() < 0.3:
        x, y = np.array([x, y])[:, draw.integers(0, max(1, count // 8), count)]
    weight = draw.choice([draw.integers(0, 9, count).astype(float), draw.uniform(0, 3, count)])
    inside = draw.uniform(size=(rows, columns)) < draw.uniform(0.1, 1)
    return x + origin[0], y + origin[1], weight, grid, bandwidth, inside


@given(SEEDS)
@settings(max_examples=250, deadline=None)
def test_equals_numpy_to_the_last_bit(seed: int) -> None:
    """Both paths give the very same surface, with and without a border."""
    x, y, weight, grid, bandwidth, inside = problem(seed)
    for mask in (None, inside):
        plain, compiled = (
            kernel_density(x, y, weight, grid, bandwidth, inside=mask, engine=engine)
            for engine in ("plain", "compiled")
        )
        np.testing.assert_array_equal(compiled, plain)
    shares = [
        kernel_share_inside(x, y, grid, bandwidth, inside, engine=engine)
        for engine in ("plain", "compiled")
    ]
    np.testing.assert_array_equal(shares[1], shares[0])


@given(SEEDS)
@settings(max_examples=50, deadline=None)
def test_equals_the_sum_written_out(seed: int) -> None:
    """Every cell has the kernel sum over all places, those beyond the grid included."""
    x, y, weight, grid, h, _ = problem(seed)
    centres = np.column_stack(
        [part.ravel() for part in grid.centres(*np.indices((grid.rows, grid.columns)))]
    )
    share = cdist(centres, np.column_stack([x, y])) / h
    kernel = np.where(share < 1, 3 / (np.pi * h**2) * (1 - share**2) ** 2, 0)
    expected = (kernel @ weight).reshape(grid.rows, grid.columns) * 1e6
    surface = kernel_density(x, y, weight, grid, h, engine="compiled")
    # close to the reach the kernel itself is a difference of nearly equal numbers
    np.testing.assert_allclose(
        surface, expected, rtol=1e-12, atol=1e-12 * expected.max(initial=1e-300)
    )


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_number_of_threads_changes_nothing(seed: int) -> None:
    """One thread and many give the very same sums."""
    x, y, weight, grid, bandwidth, inside = problem(seed)
    for mask in (None, inside):
        one = kernel_sums(x, y, weight, grid, bandwidth, inside=mask, threads=1)
        for threads in (2, 3, 8):
            more = kernel_sums(x, y, weight, grid, bandwidth, inside=mask, threads=threads)
            np.testing.assert_array_equal(more, one)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_row_order_changes_nothing(seed: int) -> None:
    """Shuffled places give the very same surface, also where many share a position."""
    x, y, weight, grid, bandwidth, inside = problem(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    for mask in (None, inside):
        one = kernel_sums(x, y, weight, grid, bandwidth, inside=mask)
        other = kernel_sums(x[order], y[order], weight[order], grid, bandwidth, inside=mask)
        np.testing.assert_array_equal(other, one)


def test_crowded_cells() -> None:
    """Thousands of places in one cell and thousands beyond the border are summed alike."""
    draw = np.random.default_rng(8)
    x = np.concatenate([draw.uniform(400, 450, 5000), draw.uniform(-200, 0, 3000)])
    y = draw.uniform(400, 450, 8000)
    grid = Grid(0, 0, 50, 20, 20)
    surfaces = [
        kernel_density(x, y, np.ones(8000), grid, 200, engine=engine)
        for engine in ("plain", "compiled")
    ]
    np.testing.assert_array_equal(surfaces[1], surfaces[0])
    assert surfaces[0].any()


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [(0, 0, 37.3019398), (50, 0, 41.9646823), (0, 200, 13.4286983), (0, 150, 9.9782689)],
)
def test_known_answer(x: float, y: float, expected: float) -> None:
    """Three incidents and a bandwidth of 200 m give the values worked out independently."""
    at = Grid(x - 0.5, y - 0.5, 1, 1, 1)
    surface = kernel_density([0, 100, 0], [0, 0, 300], [1, 1, 1], at, 200, engine="compiled")
    assert surface.item() == pytest.approx(expected, abs=1e-6)


def test_arguments_are_left_alone() -> None:
    """The arrays given are the same after the call."""
    arrays = [np.array([30.0, 10.0]), np.array([5.0, 80.0]), np.array([2.0, 1.0])]
    inside = np.ones((2, 2), dtype=np.bool_)
    copies = [array.copy() for array in arrays]
    kernel_density(*arrays, Grid(0, 0, 50, 2, 2), 100, inside=inside, engine="compiled")
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
    assert inside.all()


def test_many_places_take_the_compiled_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit the compiled path is chosen, with the same surface."""
    x, y, weight, grid, bandwidth, _ = problem(3)
    plain = kernel_density(x, y, weight, grid, bandwidth)
    assert plain.any()
    monkeypatch.setattr(density, "_COMPILED_FROM", 0)
    monkeypatch.setattr(density, "_plain_sums", None)
    np.testing.assert_array_equal(kernel_density(x, y, weight, grid, bandwidth), plain)


def test_few_places_compile_nothing() -> None:
    """A hundred thousand places are served without importing the compiler."""
    code = (
        "import sys, numpy as np\n"
        "from hotspots.targeting import Grid, dbscan, kernel_density\n"
        "x, y = np.random.default_rng(1).uniform(0, 1e5, (2, 100_000))\n"
        "kernel_density(x, y, np.ones(100_000), Grid(0, 0, 100, 1000, 1000), 300)\n"
        "dbscan(x, y, np.ones(100_000), eps_m=75, min_incidents=10)\n"
        "assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nowhere_to_keep_machine_code(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where no folder can be written to, kernels are compiled for this run, and it is said."""
    njit = numba.njit

    def without_cache(*signature: str, cache: bool = False, **options: object) -> object:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(*signature, **options)

    def double(x: float) -> float:
        return 2 * x

    monkeypatch.setattr(numba, "njit", without_cache)
    double.__module__ = "somewhere"
    with caplog.at_level("INFO", "hotspots"):
        assert compiled("float64(float64)")(double)(4.0) == 8
    assert "first time takes seconds" in caplog.text
