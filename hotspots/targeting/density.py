"""Exact kernel density: the quartic kernel summed over weighted places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.errors import InputError
from hotspots.targeting.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

_PAIRS_AT_ONCE = 4_000_000


def kernel_density(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weight: ArrayLike,
    grid: Grid,
    bandwidth_m: float,
    *,
    inside: NDArray[np.bool_] | None = None,
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
    order = np.lexsort((w, y, x))  # sums that do not depend on the order of rows
    x, y, w = x[order], y[order], w[order]
    flat = np.zeros(grid.rows * grid.columns)
    for cells, kernel, rows in _kernels(x, y, grid, bandwidth_m):
        amount = w[rows]
        if inside is not None:
            whole = kernel.sum(axis=1)
            kernel = np.where(inside.ravel()[cells], kernel, 0.0)
            share = np.divide(kernel.sum(axis=1), whole, out=np.zeros_like(whole), where=whole > 0)
            amount = np.divide(amount, share, out=np.zeros_like(share), where=share > 0)
        flat += np.bincount(cells.ravel(), (kernel * amount[:, None]).ravel(), minlength=len(flat))
    return flat.reshape(grid.rows, grid.columns) * 1e6


def kernel_share_inside(
    x_m: ArrayLike, y_m: ArrayLike, grid: Grid, bandwidth_m: float, inside: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Share of each place's kernel mass that falls on cells `inside`, shape (n,).

    Beside a straight border at a distance of 0, 1/4, 1/2, 3/4 and 1 bandwidth the share is
    0.5, 0.741755, 0.914765, 0.990029 and 1, up to the width of a cell.
    """
    x, y, _ = check_places(x_m, y_m, np.ones(np.size(x_m)))
    shares = np.zeros(len(x))
    for cells, kernel, rows in _kernels(x, y, grid, bandwidth_m):
        whole = kernel.sum(axis=1)
        within = np.where(inside.ravel()[cells], kernel, 0.0).sum(axis=1)
        shares[rows] = np.divide(within, whole, out=np.zeros_like(whole), where=whole > 0)
    return shares


def check_places(
    x_m: ArrayLike, y_m: ArrayLike, weight: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Check arrays of weighted places; returns them as floats."""
    x, y, w = (np.asarray(values, dtype=np.float64).ravel() for values in (x_m, y_m, weight))
    if not len(x) == len(y) == len(w):
        raise InputError(f"x_m, y_m and weight differ in length: {len(x)}, {len(y)}, {len(w)}.")
    if not (np.isfinite(x).all() and np.isfinite(y).all() and np.isfinite(w).all()):
        raise InputError("Places must be finite numbers; some of x_m, y_m or weight are not.")
    if (w < 0).any():
        raise InputError(f"Weights must be 0 or more; the smallest is {w.min():g}.")
    return x, y, w


def _kernels(
    x: NDArray[np.float64], y: NDArray[np.float64], grid: Grid, bandwidth_m: float
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]]:
    """Yield cells, kernel values (per m²) and place numbers, some places at a time.

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
    order = np.flatnonzero(near)
    size = max(1, _PAIRS_AT_ONCE // len(steps) ** 2)
    scale = 3 / (np.pi * bandwidth_m**2)
    for start in range(0, len(order), size):
        chunk = order[start : start + size]
        rows = row[chunk, None] + steps
        columns = column[chunk, None] + steps
        centre_x, centre_y = grid.centres(rows, columns)
        dx, dy = centre_x - x[chunk, None], centre_y - y[chunk, None]
        squared = (dy[:, :, None] ** 2 + dx[:, None, :] ** 2) / bandwidth_m**2
        held = ((rows >= 0) & (rows < grid.rows))[:, :, None] & (
            (columns >= 0) & (columns < grid.columns)
        )[:, None, :]
        kernel = np.where(held & (squared < 1), scale * (1 - squared) ** 2, 0.0)
        cells = np.where(held, rows[:, :, None] * grid.columns + columns[:, None, :], 0)
        yield cells.reshape(len(chunk), -1), kernel.reshape(len(chunk), -1), chunk
