"""Significance is checked against published values, SciPy, esda and sums written out here."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.stats import false_discovery_control, norm

from hotspots.errors import InputError
from hotspots.targeting import Grid, kernel_density
from hotspots.targeting.significance import (
    benjamini_hochberg,
    gi_star,
    gi_star_points,
    monte_carlo_threshold,
    upper_tail,
)

SEEDS = st.integers(0, 2**32 - 1)
Floats = NDArray[np.float64]


def written_out(x: Floats, y: Floats, values: Floats, distance: float) -> Floats:
    """Gi* by a matrix of weights."""
    near = (cdist(np.column_stack([x, y]), np.column_stack([x, y])) <= distance).astype(float)
    n, mean = len(values), values.mean()
    spread = np.sqrt((values**2).mean() - mean**2)
    number = near.sum(axis=1)
    scale = spread * np.sqrt((n * (near**2).sum(axis=1) - number**2) / (n - 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(number < n, (near @ values - mean * number) / scale, 0)


def test_published_gi_star() -> None:
    """The six points in esda's documentation have the values printed there."""
    x, y = np.array([[10, 10], [20, 10], [40, 10], [15, 20], [30, 20], [30, 30]]).T
    z = gi_star_points(x, y, [2, 3, 3.2, 5, 8, 7], 15)
    expected = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    np.testing.assert_allclose(z, expected, atol=5e-9)


@given(SEEDS, st.sampled_from([0.0, 1.0, 1.5, 2.0, 3.0, 4.3, 5.0, 40.0]), st.booleans())
@settings(max_examples=100, deadline=None)
def test_gi_star_equals_the_sum_written_out(seed: int, reach: float, whole: bool) -> None:
    """On any grid and study area, z is that of a full matrix of weights."""
    draw = np.random.default_rng(seed)
    rows, columns = draw.integers(1, 15, 2)
    counts = draw.poisson(draw.gamma(0.5, 9, (rows, columns))) + draw.integers(1, 3)
    counts.flat[0] += 60
    values = counts if whole else counts * 0.37
    inside = draw.uniform(size=counts.shape) < draw.uniform(0.3, 1)
    inside.flat[0] = True
    if values[inside].sum() < 50 or inside.sum() < 3:
        inside[:] = True
        values.flat[0] += 200
    if inside.sum() < 3:
        return
    z = gi_star(values, 50.0, 50.0 * reach, inside=inside)
    row, column = np.nonzero(inside)
    expected = written_out(column * 50.0, row * 50.0, values[inside].astype(float), 50.0 * reach)
    np.testing.assert_allclose(z[inside], expected, atol=1e-9)
    assert np.isnan(z[~inside]).all()
    points = gi_star_points(column * 50.0, row * 50.0, values[inside], 50.0 * reach)
    np.testing.assert_allclose(points, z[inside], atol=1e-9)


def test_gi_star_of_many_cells_with_many_neighbours() -> None:
    """Cells times neighbours may be more than a whole number of 32 bits holds."""
    counts = np.random.default_rng(3).poisson(2, (300, 300))
    y, x = np.indices(counts.shape)
    near = (x - 150) ** 2 + (y - 150) ** 2 <= 100**2
    n, w = counts.size, int(near.sum())
    assert n * w > 2**31
    scale = counts.std() * np.sqrt((n * w - w**2) / (n - 1))
    expected = (counts[near].sum() - counts.mean() * w) / scale
    assert gi_star(counts, 50, 5000)[150, 150] == pytest.approx(expected, abs=1e-9)


def test_gi_star_equals_esda() -> None:
    """On a grid with 150 m neighbourhoods z is that of esda's G_Local."""
    esda = pytest.importorskip("esda")
    weights = pytest.importorskip("libpysal.weights")
    counts = np.random.default_rng(2).poisson(3, (24, 31))
    y, x = (part.ravel() * 50.0 for part in np.indices(counts.shape))
    near = weights.DistanceBand(np.column_stack([x, y]), 150.0, binary=True, silence_warnings=True)
    found = esda.G_Local(
        counts.ravel().astype(float), near, transform="B", permutations=0, star=True
    )
    np.testing.assert_allclose(gi_star(counts, 50.0, 150.0).ravel(), found.Zs, atol=1e-9)


def test_gi_star_where_there_is_nothing_to_tell() -> None:
    """Equal cells, and cells that all are neighbours, have a z of 0."""
    assert not gi_star(np.full((9, 9), 0.7), 50, 100).any()
    assert not gi_star(np.arange(81).reshape(9, 9), 50, 5000).any()
    assert gi_star_points([], [], [], 5).shape == (0,)


def test_few_incidents_are_refused() -> None:
    """Below fifty incidents nothing is called significant."""
    grid = np.zeros((5, 5), dtype=int)
    grid[2, 2] = 49
    with pytest.raises(InputError, match=r"49 incidents are too few.*50 or more"):
        gi_star(grid, 50, 100)
    with pytest.raises(InputError, match="49 incidents are too few"):
        monte_carlo_threshold([0, 1], [0, 1], [48, 1], Grid(0, 0, 50, 3, 3), 200)
    grid[0, 0] = 1
    inside = np.ones((5, 5), dtype=np.bool_)
    assert gi_star(grid, 50, 100, inside=inside)[2, 2] > 0
    inside[0, 0] = False
    with pytest.raises(InputError, match="too few"):
        gi_star(grid, 50, 100, inside=inside)


def test_published_false_discoveries() -> None:
    """Of the fifteen p values of Benjamini and Hochberg (1995), four are rejected at 0.05."""
    p = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719,
         .6528, .7590, 1]  # fmt: skip
    assert (benjamini_hochberg(p) <= 0.05).tolist() == [True] * 4 + [False] * 11


@given(SEEDS)
@settings(max_examples=50, deadline=None)
def test_false_discoveries_equal_scipy(seed: int) -> None:
    """In any order, with ties and gaps, q is SciPy's ``false_discovery_control``."""
    draw = np.random.default_rng(seed)
    p = draw.uniform(0, 1, (5, draw.integers(1, 30))) ** 3
    p = p.round(2) if seed % 2 else p
    q = benjamini_hochberg(p)
    np.testing.assert_allclose(q.ravel(), false_discovery_control(p.ravel()), rtol=1e-12)
    gaps = np.where(draw.uniform(size=p.shape) < 0.3, np.nan, p)
    known = ~np.isnan(gaps)
    assert np.isnan(benjamini_hochberg(gaps)[~known]).all()
    np.testing.assert_array_equal(benjamini_hochberg(gaps)[known], benjamini_hochberg(p[known]))


def test_upper_tail_is_one_sided() -> None:
    """Only much counts as evidence, and far tails keep their size: SciPy's ``norm.sf``."""
    z = np.array([-3.0, 0.0, 1.6448536269514722, 9.0, 30.0])
    np.testing.assert_allclose(upper_tail(z), norm.sf(z), rtol=1e-12)
    assert upper_tail(z)[2] == pytest.approx(0.05)


def draws_by_hand(
    x: Floats, y: Floats, total: int, grid: Grid, draws: int, seed: int
) -> list[float]:
    """Highest densities of draws, made one after another."""
    order = np.lexsort((y, x))
    maxima = []
    for stream in np.random.SeedSequence(seed).spawn(draws):
        at = order[np.random.default_rng(stream).integers(0, len(x), total)]
        surface = kernel_density(x[at], y[at], np.ones(total), grid, 200)
        maxima.append(float(surface.max()))
    return maxima


def test_threshold_is_the_highest_but_nine_of_199() -> None:
    """The threshold is the tenth highest of the maxima, which chance reaches in 5 %."""
    draw = np.random.default_rng(6)
    x, y = draw.uniform(0, 1500, (2, 80))
    grid = Grid(0, 0, 50, 30, 30)
    weight = draw.integers(1, 4, 80)
    found = monte_carlo_threshold(x, y, weight, grid, 200, seed=4)
    maxima = draws_by_hand(x, y, int(weight.sum()), grid, 199, 4)
    assert found == pytest.approx(sorted(maxima)[-10], rel=1e-12)


def test_threshold_does_not_depend_on_workers_or_order() -> None:
    """One worker and many, either path and any order of rows give the very same threshold."""
    draw = np.random.default_rng(7)
    x, y = draw.uniform(0, 1500, (2, 80))
    weight = draw.integers(1, 4, 80)
    grid = Grid(0, 0, 50, 30, 30)
    inside = np.zeros((30, 30), dtype=np.bool_)
    inside[5:25, 5:25] = True
    seen: list[tuple[int, int]] = []
    results = {
        monte_carlo_threshold(
            x[order], y[order], weight[order], grid, 200, inside=inside, correct_edge=True,
            draws=39, seed=1, workers=workers, engine=engine,
            progress=lambda done, total: seen.append((done, total)),
        )
        for order, workers, engine in (
            (np.arange(80), 1, "plain"),
            (np.arange(80), 4, "compiled"),
            (draw.permutation(80), None, "auto"),
        )
    }  # fmt: skip
    assert len(results) == 1
    assert sorted(seen) == sorted([(done, 39) for done in range(1, 40)] * 3)


def test_chance_exceeds_the_threshold_as_often_as_said() -> None:
    """Of surfaces drawn by chance, some 10 % go beyond the threshold of 10 %.

    The share among 400 has a standard deviation of 1.5 %, and the threshold's own level, the
    20th of 199 maxima, one of 2.1 %; 10 % is four of both together.
    """
    draw = np.random.default_rng(11)
    x, y = draw.uniform(0, 1000, (2, 60))
    grid = Grid(0, 0, 50, 20, 20)
    threshold = monte_carlo_threshold(x, y, [5] * 60, grid, 200, alpha=0.1, seed=2)
    beyond = np.mean(np.array(draws_by_hand(x, y, 300, grid, 400, seed=3)) > threshold)
    assert 0.0 < beyond < 0.2


def test_bad_draws_are_refused() -> None:
    """Too few draws for the level, and weights that cannot be drawn, are refused."""
    grid = Grid(0, 0, 50, 3, 3)
    with pytest.raises(InputError, match=r"18 draws are too few for alpha 0\.05; give 19 or more"):
        monte_carlo_threshold([0, 1], [0, 1], [48, 9], grid, 200, draws=18)
    with pytest.raises(InputError, match="whole numbers"):
        monte_carlo_threshold([0, 1], [0, 1], [48.5, 9], grid, 200)
