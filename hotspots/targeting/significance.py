"""Which concentrations are more than chance: Gi*, false discoveries, and re-drawn incidents."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.errors import InputError
from hotspots.targeting.density import Engine, check_places, kernel_density

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from hotspots.grid import Grid

FEWEST_INCIDENTS = 50


def gi_star(
    counts: ArrayLike,
    cell_size_m: float,
    distance_m: float,
    *,
    inside: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Getis-Ord Gi* of every cell of a grid, as a z value (Ord and Getis 1995).

    ``z_i = (sum_j w_ij x_j - Xbar W_i) / (S sqrt((n sum_j w_ij^2 - W_i^2) / (n - 1)))`` with
    ``S^2 = mean(x^2) - Xbar^2`` and ``w_ij = 1`` for cells whose centres are at most
    `distance_m` apart, the cell itself included. The sums come from running totals along
    the rows, so the cost is that of a few additions per cell and row of the disc.

    Parameters
    ----------
    counts
        Incidents (or harm) in each cell, shape (rows, columns).
    cell_size_m, distance_m
        Side of a cell, and how far neighbours reach.
    inside
        Cells of the study area. Others do not exist: they are no one's neighbours and do not
        count in the mean, and their z is not a number. An area much wider than the towns in it
        makes every town significant.

    Returns
    -------
    numpy.ndarray
        z, shape (rows, columns); 0 where it is undefined, as all cells hold the same or all are
        neighbours.

    Raises
    ------
    InputError
        Fewer than `FEWEST_INCIDENTS` in all.
    """
    grid = np.asarray(counts)
    kept = np.ones(grid.shape, dtype=np.bool_) if inside is None else inside
    exact = _exact(grid)
    x = np.where(kept, grid, 0).astype(exact)
    _refuse_few(float(x.sum()))
    n = int(kept.sum())
    mean = x.sum() / n
    spread = np.sqrt(((x[kept] - mean) ** 2).mean()) if np.ptp(x[kept]) > 0 else 0.0
    reach = distance_m / cell_size_m * (1 + 1e-12)  # 3 x 0.1 is still 0.3
    near = cells_near(kept, reach)[kept].astype(np.int64)
    z = np.full(grid.shape, np.nan)
    z[kept] = _standardised(disc_sums(x, reach)[kept], near, n, mean, spread)
    return z


def gi_star_points(
    x_m: ArrayLike, y_m: ArrayLike, values: ArrayLike, distance_m: float
) -> NDArray[np.float64]:
    """Gi* of values at points, all within `distance_m` being neighbours, as a z value.

    The formula is that of `gi_star`. Shape (n,).

    Examples
    --------
    >>> gi_star_points([0, 10, 50, 60], [0, 0, 0, 0], [9, 8, 1, 2], 15).round(4).tolist()
    [1.7146, 1.7146, -1.7146, -1.7146]
    """
    from scipy.spatial import KDTree

    x, y, v = check_places(x_m, y_m, values)
    if not len(v):
        return v
    pairs = KDTree(np.column_stack([x, y])).query_pairs(distance_m, output_type="ndarray")
    held, near = v.copy(), np.ones(len(v), dtype=np.int64)
    for one, other in (pairs.T, pairs.T[::-1]):
        np.add.at(held, one, v[other])
        np.add.at(near, one, 1)
    return _standardised(held, near, len(v), v.mean(), v.std() if np.ptp(v) > 0 else 0.0)


def upper_tail(z: ArrayLike) -> NDArray[np.float64]:
    """One-sided p value of z: the chance of as much or more under the normal distribution."""
    from scipy.special import ndtr

    tail: NDArray[np.float64] = ndtr(-np.asarray(z, dtype=np.float64))
    return tail


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Give the q value of each p: the false discovery rate at which it is first accepted.

    ``q_(i) = min_{j >= i} p_(j) n / j`` over the sorted p values (Benjamini and Hochberg 1995).
    What is not a number is left out and stays so.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.5, 0.03]).round(3).tolist()
    [0.03, 0.5, 0.045]
    """
    values = np.asarray(p, dtype=np.float64)
    known = ~np.isnan(values)
    ascending = np.sort(values[known])
    # equal ones have the highest of their ranks
    rank = np.flatnonzero(np.diff(ascending, append=np.inf)) + 1
    distinct = ascending[rank - 1]
    least = np.minimum.accumulate((distinct * len(ascending) / rank)[::-1])[::-1]
    q = np.full(values.shape, np.nan)
    q[known] = least[np.searchsorted(distinct, values[known])]
    return q


def monte_carlo_maxima(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weight: ArrayLike,
    grid: Grid,
    bandwidth_m: float,
    *,
    inside: NDArray[np.bool_] | None = None,
    correct_edge: bool = False,
    draws: int = 199,
    seed: int = 0,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    engine: Engine = "auto",
) -> NDArray[np.float64]:
    """Highest densities that chance makes, incidents per km², lowest first; shape (draws,).

    Each draw puts every incident on one of the existing places, all equally likely, and takes
    the highest density in the study area. Places stand for where incidents can be recorded at
    all, so a town is not significant for being a town.

    Parameters
    ----------
    x_m, y_m, weight
        Places and their incidents, whole numbers (0 for a place without), shape (n,).
    grid, bandwidth_m, engine
        As of `kernel_density`.
    inside
        Cells of the study area; all if not given.
    correct_edge
        Whether the surface is corrected for the border of `inside`.
    draws
        How many.
    seed
        Every draw has a stream of its own, so the result is the same with any `workers`.
    workers
        Threads; as many as there are processors if not given.
    progress
        Called with the draws done and all draws.

    Raises
    ------
    InputError
        Fewer than `FEWEST_INCIDENTS` in all, or weights that are not whole numbers.
    """
    x, y, w = check_places(x_m, y_m, weight)
    _refuse_few(float(w.sum()))
    if (w != np.floor(w)).any():
        raise InputError("Weights must be whole numbers of incidents to be drawn again.")
    order = np.lexsort((y, x))  # draws that do not depend on the order of rows
    x, y = x[order], y[order]
    mask = inside if correct_edge else None
    area = ... if inside is None else inside

    def highest(stream: np.random.SeedSequence) -> float:
        drawn = np.random.default_rng(stream).integers(0, len(x), int(w.sum()))
        again = np.bincount(drawn, minlength=len(x))
        surface = kernel_density(x, y, again, grid, bandwidth_m, inside=mask, engine=engine)
        return float(surface[area].max(initial=0))

    streams = np.random.SeedSequence(seed).spawn(draws)
    maxima = []
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        for done, job in enumerate(as_completed([pool.submit(highest, s) for s in streams]), 1):
            maxima.append(job.result())
            if progress:
                progress(done, draws)
    return np.sort(np.array(maxima))


def monte_carlo_threshold(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weight: ArrayLike,
    grid: Grid,
    bandwidth_m: float,
    *,
    draws: int = 199,
    alpha: float = 0.05,
    **options: Any,
) -> float:
    """Density that chance exceeds anywhere in a share `alpha` of draws, incidents per km².

    A cell above it is significant at level `alpha` for the area as a whole (Besag and Diggle
    1977). It is the k-th highest of `monte_carlo_maxima`, ``k = floor(alpha (draws + 1))``.

    Parameters
    ----------
    x_m, y_m, weight, grid, bandwidth_m, draws, **options
        As of `monte_carlo_maxima`.
    alpha
        Level.

    Raises
    ------
    InputError
        As `monte_carlo_maxima`, or too few draws for `alpha`.
    """
    # the slack keeps 0.05 x 200 at 10
    place = int(alpha * (draws + 1) * (1 + 1e-12))
    if place < 1:
        raise InputError(
            f"{draws} draws are too few for alpha {alpha:g}; give {int(np.ceil(1 / alpha)) - 1} "
            "or more."
        )
    maxima = monte_carlo_maxima(x_m, y_m, weight, grid, bandwidth_m, draws=draws, **options)
    return float(maxima[-place])


def _exact(counts: NDArray[Any]) -> type[np.int32 | np.int64 | np.float64]:
    """Smallest type in which any sum of the counts is exact, if they are whole."""
    if counts.dtype.kind not in "iub":
        return np.float64
    return np.int32 if np.abs(counts).sum(dtype=np.float64) < 2**31 else np.int64


def _refuse_few(incidents: float) -> None:
    if incidents < FEWEST_INCIDENTS:
        raise InputError(
            f"{incidents:,.10g} incidents are too few to call anything significant; "
            f"{FEWEST_INCIDENTS} or more are needed. Add months or categories."
        )


def _standardised(
    held: NDArray[Any], near: NDArray[np.int64], n: int, mean: float, spread: float
) -> NDArray[np.float64]:
    """Turn sums over neighbours, and their numbers, into z."""
    scale = spread * np.sqrt((n * near - near.astype(np.float64) ** 2) / max(n - 1, 1))
    z = np.zeros(near.shape)
    np.divide(held - mean * near, scale, out=z, where=scale > 0)
    return z


def cells_near(held: NDArray[np.bool_], reach: float) -> NDArray[Any]:
    """Number of cells of a set whose centres are at most `reach` cells away, as whole numbers."""
    # the smaller the numbers, the sooner they are added
    fits = (2 * reach + 1) ** 2 < 2**15
    return disc_sums(held.astype(np.int16 if fits else np.int32), reach)


def disc_sums(x: NDArray[Any], reach: float) -> NDArray[Any]:
    """Sum over the cells whose centres are at most `reach` cells away."""
    rows, columns = x.shape
    pad = min(int(reach), columns)
    totals = np.zeros((rows, columns + 1 + 2 * pad), dtype=x.dtype)
    np.cumsum(x, axis=1, out=totals[:, pad + 1 : pad + 1 + columns])
    totals[:, pad + 1 + columns :] = totals[:, [pad + columns]]
    sums = np.zeros_like(x)
    for step in range(min(int(reach), rows - 1) + 1):
        half = min(int(np.sqrt(reach**2 - step**2)), columns)
        east, west = pad + 1 + half, pad - half
        along = totals[:, east : east + columns] - totals[:, west : west + columns]
        sums[step:] += along[: rows - step]
        if step:
            sums[:-step] += along[step:]
    return sums
