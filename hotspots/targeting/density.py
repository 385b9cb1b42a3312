"""Exact kernel density: the quartic kernel summed over weighted places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from hotspots.errors import InputError
from hotspots.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

Engine = Literal["auto", "plain", "compiled"]

_PAIRS_AT_ONCE = 4_000_000
# Pairs of places and cells: numpy takes some 15 ns for each, twice that inside a border. The
# compiled path takes 0.5 ns, and a second to start, or three the very first time. DBSCAN starts
# it anyway from so many places.
_COMPILED_FROM = 60_000_000
_MANY_PLACES = 200_000


def kernel_density(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weight: ArrayLike,
    grid: Grid,
    bandwidth_m: float,
    *,
    inside: NDArray[np.bool_] | None = None,
    engine: Engine = "auto",
) -> NDArray[np.float64]:
    """Kernel density of weighted places at cell centres, incidents per km².

    ``f(c) = sum_i w_i / m_i * 3 / (pi h^2) * (1 - d_i(c)^2 / h^2)^2`` for ``d_i < h``, the
    quartic (biweight) kernel, which integrates to the sum of weights. With `inside`, ``m_i`` is
    the share of the kernel's mass at place i that falls inside (the correction of Diggle 1985:
    what a kernel would lose across the border is kept, and the surface inside still integrates
    to the weights inside); otherwise 1.

    Parameters
    ----------
    x_m, y_m, weight
        Places, shape (n,): metres and incidents. Places farther than the bandwidth from the
        grid contribute nothing.
    grid
        Cells, whose centres are evaluated.
    bandwidth_m
        Reach h of the kernel, metres.
    inside
        Cells that belong to the study area, shape (rows, columns): correct for its border.
        Leave places outside the study area out then, as their mass would come on top.
    engine
        ``"plain"`` uses numpy, ``"compiled"`` numba, and ``"auto"`` numba where places times the
        cells of a kernel are many. The results are the same to the last bit.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), incidents per km².

    Raises
    ------
    InputError
        Arrays differ in length, hold something that is not finite, or weights are negative.

    Examples
    --------
    One incident; at its own place the density is 3 / (pi h^2):

    >>> surface = kernel_density([50.0], [50.0], [1], Grid(0, 0, 100, 1, 1), 200)
    >>> round(float(surface[0, 0]), 4)
    23.8732
    """
    x, y, w = check_places(x_m, y_m, weight)
    if _is_compiled(engine, len(x), grid, bandwidth_m):
        from hotspots.targeting._kernels.density import kernel_sums

        sums = kernel_sums(x, y, w, grid, bandwidth_m, inside=inside)
    else:
        sums = _plain_sums(x, y, w, grid, bandwidth_m, inside)
    sums *= 3e6 / (np.pi * bandwidth_m**6)
    return sums


def kernel_share_inside(
    x_m: ArrayLike,
    y_m: ArrayLike,
    grid: Grid,
    bandwidth_m: float,
    inside: NDArray[np.bool_],
    *,
    engine: Engine = "auto",
) -> NDArray[np.float64]:
    """Share of each place's kernel mass that falls on cells `inside`, shape (n,).

    Beside a straight border at a distance of 0, 1/4, 1/2, 3/4 and 1 bandwidth the share is
    0.5, 0.741755, 0.914765, 0.990029 and 1, up to the width of a cell. `engine` is that of
    `kernel_density`.
    """
    x, y, _ = check_places(x_m, y_m, np.ones(np.size(x_m)))
    if _is_compiled(engine, len(x), grid, bandwidth_m):
        from hotspots.targeting._kernels.density import kernel_shares

        return kernel_shares(x, y, grid, bandwidth_m, inside)
    shares = np.zeros(len(x))
    for cells, kernel, rows in _kernels(x, y, np.arange(len(x)), grid, bandwidth_m):
        shares[rows] = _shares(cells, kernel, inside)
    return shares


def check_places(
    x_m: ArrayLike, y_m: ArrayLike, weight: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Check arrays of weighted places; returns them as floats."""
    # pandas hands out read-only arrays, which compiled code does not take
    x, y, w = (np.require(values, np.float64, ["C", "W"]).ravel() for values in (x_m, y_m, weight))
    if not len(x) == len(y) == len(w):
        raise InputError(f"x_m, y_m and weight differ in length: {len(x)}, {len(y)}, {len(w)}.")
    if not (np.isfinite(x).all() and np.isfinite(y).all() and np.isfinite(w).all()):
        raise InputError("Places must be finite numbers; some of x_m, y_m or weight are not.")
    if (w < 0).any():
        raise InputError(f"Weights must be 0 or more; the smallest is {w.min():g}.")
    return x, y, w


def _is_compiled(engine: Engine, places: int, grid: Grid, bandwidth_m: float) -> bool:
    across = 2 * np.ceil(bandwidth_m / grid.cell_size_m) + 1
    many = places > _MANY_PLACES or places * across**2 > _COMPILED_FROM
    return engine == "compiled" or (engine == "auto" and many)


def _plain_sums(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    w: NDArray[np.float64],
    grid: Grid,
    bandwidth_m: float,
    inside: NDArray[np.bool_] | None,
) -> NDArray[np.float64]:
    """Sum of ``w * max(h^2 - d^2, 0)^2`` at each cell centre.

    Places are added one after another in the order of the cells that hold them and, within
    a cell, of x, y and weight: sums that do not depend on the order of rows. What is beyond
    the grid counts to one more row or column on that side.
    """
    row, column, _ = grid.cell_of(x, y)
    row, column = row.clip(-1, grid.rows), column.clip(-1, grid.columns)
    order = np.lexsort((w, y, x, column, row))
    sums = np.zeros(grid.rows * grid.columns)
    for cells, kernel, rows in _kernels(x, y, order, grid, bandwidth_m):
        amount = w[rows]
        if inside is not None:
            share = _shares(cells, kernel, inside)
            kernel = np.where(inside.ravel()[cells], kernel, 0.0)
            amount = np.divide(amount, share, out=np.zeros_like(share), where=share > 0)
        np.add.at(sums, cells.ravel(), (kernel * amount[:, None]).ravel())
    return sums.reshape(grid.rows, grid.columns)


def _shares(
    cells: NDArray[np.int64], kernel: NDArray[np.float64], inside: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Share of each row of kernel values that stands on cells inside."""
    # running sums, as they add one value after another
    whole = kernel.cumsum(axis=1)[:, -1]
    within = np.where(inside.ravel()[cells], kernel, 0.0).cumsum(axis=1)[:, -1]
    share = np.zeros_like(whole)
    np.divide(within, whole, out=share, where=whole > 0)
    return share


def _kernels(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    order: NDArray[np.intp],
    grid: Grid,
    bandwidth_m: float,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]]:
    """Yield cells, kernel values in m⁴ and place numbers, some places at a time in `order`.

    Cells outside the grid get cell 0 and kernel 0.
    """
    reach = int(np.ceil(bandwidth_m / grid.cell_size_m))
    steps = np.arange(-reach, reach + 1)
    row, column, _ = grid.cell_of(x, y)
    near = (
        (row >= -reach)
        & (row < grid.rows + reach)
        & (column >= -reach)
        & (column < grid.columns + reach)
    )
    order = order[near[order]]
    size = max(1, _PAIRS_AT_ONCE // len(steps) ** 2)
    for start in range(0, len(order), size):
        chunk = order[start : start + size]
        rows = row[chunk, None] + steps
        columns = column[chunk, None] + steps
        centre_x, centre_y = grid.centres(rows, columns)
        dx, dy = centre_x - x[chunk, None], centre_y - y[chunk, None]
        rest = (bandwidth_m * bandwidth_m - dy[:, :, None] ** 2) - dx[:, None, :] ** 2
        held = ((rows >= 0) & (rows < grid.rows))[:, :, None] & (
            (columns >= 0) & (columns < grid.columns)
        )[:, None, :]
        kernel = np.where(held & (rest > 0), rest**2, 0.0)
        cells = np.where(held, rows[:, :, None] * grid.columns + columns[:, None, :], 0)
        yield cells.reshape(len(chunk), -1), kernel.reshape(len(chunk), -1), chunk
