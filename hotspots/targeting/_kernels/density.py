"""The quartic kernel of many places, summed cell by cell in an order that never varies."""

from __future__ import annotations

import itertools
import math
import os
from typing import TYPE_CHECKING

import numpy as np

from hotspots.compiled import compiled
from hotspots.threads import in_threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hotspots.grid import Grid

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

# Places that Shell's sort takes at once.
_FEW = 12


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
    places, start = _arranged(x, y, weight, grid, bandwidth_m, threads)
    if inside is not None:
        share = _shares(places, grid, bandwidth_m, inside, threads)
        weight = places[:, 2]
        places[:, 2] = np.divide(weight, share, out=np.zeros_like(share), where=share > 0)
    sums = np.zeros((grid.rows, grid.columns))
    reach = math.ceil(bandwidth_m / grid.cell_size_m)
    # rows of cells are cut where the places up to them are an equal share of all
    share_of = np.linspace(0, start[-1], threads + 1)
    cuts = np.searchsorted(start[1:-1], share_of[1:-1]).clip(0, grid.rows)
    jobs = []
    for low, high in zip([0, *cuts], [*cuts, grid.rows], strict=True):
        first = start[max(low - reach, -1) + 1]
        last = start[min(high - 1 + reach, grid.rows) + 2]
        jobs.append((places, first, last, *_corner(grid), bandwidth_m, low, high, sums))
    in_threads(_scatter, jobs)
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
    return _shares(np.column_stack([x, y]), grid, bandwidth_m, inside, threads)


def _shares(
    places: Floats,
    grid: Grid,
    bandwidth_m: float,
    inside: NDArray[np.bool_],
    threads: int | None,
) -> Floats:
    share = np.empty(len(places))
    cuts = np.linspace(0, len(places), (threads or os.cpu_count() or 1) + 1).astype(np.int64)
    in_threads(
        _share,
        [
            (places, first, last, *_corner(grid), bandwidth_m, inside, share)
            for first, last in itertools.pairwise(cuts)
        ],
    )
    return share


def _corner(grid: Grid) -> tuple[float, float, float]:
    return float(grid.x_min_m), float(grid.y_min_m), float(grid.cell_size_m)


def _arranged(
    x: Floats, y: Floats, weight: Floats, grid: Grid, bandwidth_m: float, threads: int
) -> tuple[Floats, NDArray[np.int64]]:
    """x, y and weight of places within reach in order, and where each row of cells starts.

    What is beyond the grid counts to one more row or column on that side.
    """
    key = np.empty(len(x), dtype=np.int32)
    start = np.zeros((grid.rows + 2) * (grid.columns + 2) + 2, dtype=np.int32)
    reach = math.ceil(bandwidth_m / grid.cell_size_m)
    _bucket(x, y, *_corner(grid), reach, grid.rows, grid.columns, key, start)
    places = np.empty((start[-1], 3))
    _arrange(x, y, weight, key, start, places)
    cuts = np.searchsorted(start[:-1], np.linspace(0, start[-1], threads + 1)[1:-1])
    ends = [0, *cuts, len(start) - 2]
    in_threads(_sort, [(start, first, last, places) for first, last in itertools.pairwise(ends)])
    return places, start[: -1 : grid.columns + 2].astype(np.int64)


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


@compiled("void(float64[::1], float64[::1], float64[::1], int32[::1], int32[::1], float64[:, ::1])")
def _arrange(x: Floats, y: Floats, w: Floats, key: Ints, start: Ints, places: Floats) -> None:
    """Copy places cell by cell, after which cell k starts at `start[k]`."""
    for i in range(len(x)):
        if key[i] >= 0:
            j = start[key[i] + 1]
            start[key[i] + 1] += 1
            places[j, 0], places[j, 1], places[j, 2] = x[i], y[i], w[i]


@compiled("void(float64[:, ::1], int64, int64)")
def _sort_few(places: Floats, first: int, end: int) -> None:
    """Sort places `first` to `end` by x, y and weight (Shell 1959)."""
    gap = 1
    while 3 * gap < end - first:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(first + gap, end):
            x, y, w = places[i, 0], places[i, 1], places[i, 2]
            j = i - gap
            while j >= first:
                px, py, pw = places[j, 0], places[j, 1], places[j, 2]
                if px < x or (px == x and (py < y or (py == y and pw <= w))):
                    break
                places[j + gap, 0], places[j + gap, 1], places[j + gap, 2] = px, py, pw
                j -= gap
            places[j + gap, 0], places[j + gap, 1], places[j + gap, 2] = x, y, w
        gap //= 3


@compiled("void(int32[::1], int64, int64, float64[:, ::1])")
def _sort(start: Ints, first: int, last: int, places: Floats) -> None:
    """Sort the places of each cell from `first` to `last` by x, y and weight.

    Where there are many, they are first dealt into as many strips of x as there are places.
    """
    most = 0
    for k in range(first, last):
        most = max(most, start[k + 1] - start[k])
    strip, till = np.empty(most, dtype=np.int32), np.empty(most + 2, dtype=np.int32)
    spare = np.empty((most, 3))
    for k in range(first, last):
        n = start[k + 1] - start[k]
        held = places[start[k] : start[k + 1]]
        low = high = 0.0
        if n > _FEW:
            low = high = held[0, 0]
            for i in range(n):
                low, high = min(low, held[i, 0]), max(high, held[i, 0])
        scale = (n - 0.5) / (high - low)
        if not (high > low and np.isfinite(scale)):
            _sort_few(held, 0, n)
            continue
        till[: n + 2] = 0
        for i in range(n):
            strip[i] = int((held[i, 0] - low) * scale)
            till[strip[i] + 2] += 1
            spare[i, 0], spare[i, 1], spare[i, 2] = held[i, 0], held[i, 1], held[i, 2]
        for t in range(2, n + 2):
            till[t] += till[t - 1]
        for i in range(n):
            j = till[strip[i] + 1]
            till[strip[i] + 1] += 1
            held[j, 0], held[j, 1], held[j, 2] = spare[i, 0], spare[i, 1], spare[i, 2]
        for t in range(n):
            if till[t + 1] - till[t] > 1:
                _sort_few(held, till[t], till[t + 1])


@compiled(
    "void(float64[:, ::1], int64, int64, float64, float64, float64, float64, int64, int64,"
    " float64[:, ::1])"
)
def _scatter(
    places: Floats,
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
    cells, columns, reach = sums.reshape(-1), sums.shape[1], h / cell + 1e-6
    for i in range(first, last):
        x, y, weight = places[i, 0], places[i, 1], places[i, 2]
        u, v = (x - west) / cell - 0.5, (y - south) / cell - 0.5
        # a cell more on either side than floats may have lost
        left = max(0, math.ceil(u - reach))
        width = min(columns, math.floor(u + reach) + 1) - left
        wide = np.uint64(max(width, 0))
        for k in range(width):
            dx = (west + (left + k + 0.5) * cell) - x
            near[k] = dx * dx
        for row in range(max(low, math.ceil(v - reach)), min(high, math.floor(v + reach) + 1)):
            dy = (south + (row + 0.5) * cell) - y
            rest = h * h - dy * dy
            # without a sign an index needs no test for counting from the end
            start = np.uint64(row * columns + left)
            for k in range(wide):
                kernel = rest - near[k]
                kernel = kernel if kernel > 0.0 else 0.0
                cells[start + k] += (kernel * kernel) * weight


@compiled(
    "void(float64[:, ::1], int64, int64, float64, float64, float64, float64,"
    " boolean[:, :], float64[::1])"
)
def _share(
    places: Floats,
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
        x, y = places[i, 0], places[i, 1]
        u, v = (x - west) / cell - 0.5, (y - south) / cell - 0.5
        whole = within = 0.0
        for row in range(
            max(0, math.ceil(v - h / cell - 1e-6)),
            min(rows, math.floor(v + h / cell + 1e-6) + 1),
        ):
            dy = (south + (row + 0.5) * cell) - y
            rest = h * h - dy * dy
            for column in range(
                max(0, math.ceil(u - h / cell - 1e-6)),
                min(columns, math.floor(u + h / cell + 1e-6) + 1),
            ):
                dx = (west + (column + 0.5) * cell) - x
                kernel = max(rest - dx * dx, 0.0)
                whole += kernel * kernel
                if inside[row, column]:
                    within += kernel * kernel
        share[i] = within / whole if whole > 0.0 else 0.0
