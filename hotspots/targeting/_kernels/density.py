"""The quartic kernel of many places, summed cell by cell in an order that never varies."""

from __future__ import annotations

import itertools
import math
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.targeting._kernels import compiled

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from hotspots.grid import Grid

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]


def kernel_sums(
    x: Floats,
    y: Floats,
    weight: Floats,
    grid: Grid,
    bandwidth_m: float,
    *,
    inside: NDArray[np.bool_] | None = None,
    threads: int | None = None,
) -> Floats:
    """Sum ``w * max(h^2 - d^2, 0)^2`` over places at the centre of each cell.

    Places are put in the order of the cells that hold them, row by row, and within a cell from
    west to east, south to north and light to heavy. Each thread fills some rows of the grid,
    over all places in that order, so neither the order of places given nor the number of
    threads changes a bit of the result.

    Parameters
    ----------
    x, y, weight
        Places, shape (n,), finite.
    grid, bandwidth_m
        Cells, and the reach h of the kernel.
    inside
        Divide weights by the share of their kernel on these cells, and leave the others 0.
    threads
        How many to use; as many as there are processors if not given.
    """
    threads = max(1, min(threads or os.cpu_count() or 1, grid.rows))
    (x, y, weight), start = _arranged(x, y, weight, grid, bandwidth_m, threads)
    if inside is not None:
        share = kernel_shares(x, y, grid, bandwidth_m, inside, threads=threads)
        weight = np.divide(weight, share, out=np.zeros_like(share), where=share > 0)
    sums = np.zeros((grid.rows, grid.columns))
    reach = math.ceil(bandwidth_m / grid.cell_size_m)
    # rows of cells are cut where the places up to them are an equal share of all
    share_of = np.linspace(0, start[-1], threads + 1)
    cuts = np.searchsorted(start[1:-1], share_of[1:-1]).clip(0, grid.rows)
    jobs = []
    for low, high in zip([0, *cuts], [*cuts, grid.rows], strict=True):
        first = start[max(low - reach, -1) + 1]
        last = start[min(high - 1 + reach, grid.rows) + 2]
        jobs.append((x, y, weight, first, last, *_corner(grid), bandwidth_m, low, high, sums))
    _run(_scatter, jobs)
    if inside is not None:
        sums[~inside] = 0
    return sums


def kernel_shares(
    x: Floats,
    y: Floats,
    grid: Grid,
    bandwidth_m: float,
    inside: NDArray[np.bool_],
    *,
    threads: int | None = None,
) -> Floats:
    """Share that cells `inside` have of each place's kernel on the grid; 0 out of reach."""
    share = np.empty(len(x))
    cuts = np.linspace(0, len(x), (threads or os.cpu_count() or 1) + 1).astype(np.int64)
    _run(
        _share,
        [
            (x, y, first, last, *_corner(grid), bandwidth_m, inside, share)
            for first, last in itertools.pairwise(cuts)
        ],
    )
    return share


def _run(kernel: Callable[..., None], jobs: list[tuple[Any, ...]]) -> None:
    with ThreadPoolExecutor(len(jobs)) as pool:
        for job in [pool.submit(kernel, *job) for job in jobs]:
            job.result()


def _corner(grid: Grid) -> tuple[float, float, float]:
    return float(grid.x_min_m), float(grid.y_min_m), float(grid.cell_size_m)


def _arranged(
    x: Floats, y: Floats, weight: Floats, grid: Grid, bandwidth_m: float, threads: int
) -> tuple[list[Floats], NDArray[np.int64]]:
    """Places within reach in order, and where each row of cells starts.

    What is beyond the grid counts to one more row or column on that side.
    """
    key = np.empty(len(x), dtype=np.int32)
    start = np.zeros((grid.rows + 2) * (grid.columns + 2) + 2, dtype=np.int32)
    reach = math.ceil(bandwidth_m / grid.cell_size_m)
    _bucket(x, y, *_corner(grid), reach, grid.rows, grid.columns, key, start)
    arranged = [np.empty(start[-1]) for _ in range(3)]
    _arrange(x, y, weight, key, start, *arranged)
    cuts = np.searchsorted(start[:-1], np.linspace(0, start[-1], threads + 1)[1:-1])
    ends = [0, *cuts, len(start) - 2]
    _run(_sort, [(start, first, last, *arranged) for first, last in itertools.pairwise(ends)])
    return arranged, start[: -1 : grid.columns + 2].astype(np.int64)


@compiled(
    "void(float64[::1], float64[::1], float64, float64, float64, int64, int64, int64,"
    " int32[::1], int32[::1])"
)
def _bucket(
    x: Floats,
    y: Floats,
    west: float,
    south: float,
    cell: float,
    reach: int,
    rows: int,
    columns: int,
    key: Ints,
    start: Ints,
) -> None:
    """Number the cell of each place (-1 out of reach), and count places: two cells ahead."""
    for i in range(len(x)):
        column = np.floor((x[i] - west) / cell)
        row = np.floor((y[i] - south) / cell)
        key[i] = -1
        if -reach <= row < rows + reach and -reach <= column < columns + reach:
            row, column = min(max(row, -1), rows), min(max(column, -1), columns)
            key[i] = int(row + 1) * (columns + 2) + int(column + 1)
            start[key[i] + 2] += 1
    for k in range(2, len(start)):
        start[k] += start[k - 1]


@compiled(
    "void(float64[::1], float64[::1], float64[::1], int32[::1], int32[::1],"
    " float64[::1], float64[::1], float64[::1])"
)
def _arrange(
    x: Floats, y: Floats, w: Floats, key: Ints, start: Ints, xs: Floats, ys: Floats, ws: Floats
) -> None:
    """Copy places cell by cell, after which cell k starts at `start[k]`."""
    for i in range(len(x)):
        if key[i] >= 0:
            j = start[key[i] + 1]
            start[key[i] + 1] += 1
            xs[j], ys[j], ws[j] = x[i], y[i], w[i]


@compiled("void(int32[::1], int64, int64, float64[::1], float64[::1], float64[::1])")
def _sort(start: Ints, first: int, last: int, xs: Floats, ys: Floats, ws: Floats) -> None:
    """Sort the places of each cell from `first` to `last` by x, y and weight (Shell 1959)."""
    for k in range(first, last):
        gap = 1
        while 3 * gap < start[k + 1] - start[k]:
            gap = 3 * gap + 1
        while gap > 0:
            for i in range(start[k] + gap, start[k + 1]):
                px, py, pw = xs[i], ys[i], ws[i]
                j = i - gap
                while j >= start[k] and (
                    xs[j] > px or (xs[j] == px and (ys[j] > py or (ys[j] == py and ws[j] > pw)))
                ):
                    xs[j + gap], ys[j + gap], ws[j + gap] = xs[j], ys[j], ws[j]
                    j -= gap
                xs[j + gap], ys[j + gap], ws[j + gap] = px, py, pw
            gap //= 3


@compiled(
    "void(float64[::1], float64[::1], float64[::1], int64, int64, float64, float64, float64,"
    " float64, int64, int64, float64[:, ::1])"
)
def _scatter(
    x: Floats,
    y: Floats,
    w: Floats,
    first: int,
    last: int,
    west: float,
    south: float,
    cell: float,
    h: float,
    low: int,
    high: int,
    sums: Floats,
) -> None:
    """Add places `first` to `last` to rows `low` to `high`."""
    near = np.empty(2 * math.ceil(h / cell) + 3)
    for i in range(first, last):
        u, v = (x[i] - west) / cell - 0.5, (y[i] - south) / cell - 0.5
        # a cell more on either side than floats may have lost
        left = max(0, math.ceil(u - h / cell - 1e-6))
        width = min(sums.shape[1], math.floor(u + h / cell + 1e-6) + 1) - left
        for k in range(width):
            dx = (west + (left + k + 0.5) * cell) - x[i]
            near[k] = dx * dx
        weight = w[i]
        for row in range(
            max(low, math.ceil(v - h / cell - 1e-6)),
            min(high, math.floor(v + h / cell + 1e-6) + 1),
        ):
            dy = (south + (row + 0.5) * cell) - y[i]
            rest = h * h - dy * dy
            line = sums[row, left : left + width]
            for k in range(width):
                kernel = rest - near[k]
                kernel = kernel if kernel > 0.0 else 0.0
                line[k] += (kernel * kernel) * weight


@compiled(
    "void(float64[::1], float64[::1], int64, int64, float64, float64, float64, float64,"
    " boolean[:, :], float64[::1])"
)
def _share(
    x: Floats,
    y: Floats,
    first: int,
    last: int,
    west: float,
    south: float,
    cell: float,
    h: float,
    inside: NDArray[np.bool_],
    share: Floats,
) -> None:
    """Sum the kernels of places `first` to `last` over all cells and over those inside."""
    rows, columns = inside.shape
    for i in range(first, last):
        u, v = (x[i] - west) / cell - 0.5, (y[i] - south) / cell - 0.5
        whole = within = 0.0
        for row in range(
            max(0, math.ceil(v - h / cell - 1e-6)),
            min(rows, math.floor(v + h / cell + 1e-6) + 1),
        ):
            dy = (south + (row + 0.5) * cell) - y[i]
            rest = h * h - dy * dy
            for column in range(
                max(0, math.ceil(u - h / cell - 1e-6)),
                min(columns, math.floor(u + h / cell + 1e-6) + 1),
            ):
                dx = (west + (column + 0.5) * cell) - x[i]
                kernel = max(rest - dx * dx, 0.0)
                whole += kernel * kernel
                if inside[row, column]:
                    within += kernel * kernel
        share[i] = within / whole if whole > 0.0 else 0.0
