"""Exact DBSCAN on a grid, for many weighted places, in memory linear in the places.

Cells have a diagonal just below eps, so that places in one cell are neighbours, and neighbours
are at most two cells apart (Gunawan 2013; Gan and Tao 2015). A cell that holds enough is all
core, and one with too little around it has no core, without looking at a single distance; cells
with core places join where one pair of cores is within eps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

# The diagonal falls short of eps by more than the cell of a place can be wrong by rounding:
# 2^28 cells times three roundings of 2^-53 are 1e-7 of a cell.
_SHORT = 1e-6
_MOST_CELLS_ACROSS = 2**28


def can_cluster(x: Floats, y: Floats, eps: float) -> bool:
    """Whether the places are not spread over far more cells than there are places."""
    most = min(8 * len(x) + 1_000_000, _MOST_CELLS_ACROSS)
    return bool(max(np.ptp(x), np.ptp(y)) / _side(eps) < most)


def cluster(
    x: Floats, y: Floats, weight: Floats, eps: float, least: float
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Label places as a visit from west to east, then south to north would.

    Two places are neighbours if ``dx^2 + dy^2 <= eps^2`` in floating-point arithmetic, and a
    place is core if the weights of its neighbours and its own add up to `least` or more.

    Parameters
    ----------
    x, y, weight
        Places, shape (n,), at least one, finite; weights whose sums are exact, such as counts.
    eps, least
        Both above 0.

    Returns
    -------
    labels, core
        Cluster of each place, -1 for none, and whether it is a core place, shape (n,).
    """
    origin_x, origin_y, scale = float(x.min()), float(y.min()), 1 / _side(eps)
    column = ((x - origin_x) * scale).astype(np.int32)
    row = ((y - origin_y) * scale).astype(np.int32)
    by_row, order = np.empty_like(row), np.empty_like(row)
    _sort(row, np.arange(len(x), dtype=np.int32), np.zeros(row.max() + 2, dtype=np.int32), by_row)
    _sort(column, by_row, np.zeros(column.max() + 2, dtype=np.int32), order)
    column, row = column[order], row[order]
    fresh = np.flatnonzero((np.diff(column) != 0) | (np.diff(row) != 0)) + 1
    start = np.concatenate([[0], fresh, [len(x)]]).astype(np.int32)
    column, row = column[start[:-1]], row[start[:-1]]
    x, y, weight = x[order], y[order], weight[order]
    cells = len(column)

    near, till = np.empty((2, cells, 5), dtype=np.int32)
    _find_near(column, row, near, till)
    place = (x, y, eps * eps, start, near, till)
    held = np.add.reduceat(weight, start[:-1])
    cores = np.zeros(cells, dtype=np.int32)
    _find_cores(*place, weight, order, held, float(least), cores)
    root = np.arange(cells, dtype=np.int32)
    first = np.full(cells, -1, dtype=np.int32)
    _join(*place, cores, root, first)

    label = np.full(cells, -1, dtype=np.int32)
    roots = np.flatnonzero(first >= 0)
    label[roots[np.lexsort((y[first[roots]], x[first[roots]]))]] = np.arange(len(roots))
    labels = np.full(len(x), -1, dtype=np.int64)
    core = np.zeros(len(x), dtype=np.bool_)
    _label(*place, order, cores, np.where(cores > 0, label[root], -1), labels, core)
    return labels, core


def _side(eps: float) -> float:
    return eps * 2**-0.5 * (1 - _SHORT)


_PLACE = "float64[::1], float64[::1], float64, int32[::1], int32[:, ::1], int32[:, ::1], "


@compiled("boolean(float64, float64, float64)")
def _within(dx: float, dy: float, eps2: float) -> bool:
    """Compare like scikit-learn does."""
    return dx * dx + dy * dy <= eps2


@compiled("void(int32[::1], int32[::1], int32[::1], int32[::1])")
def _sort(key: Ints, order: Ints, start: Ints, out: Ints) -> None:
    """Put `order` in the order of keys, and leave it as it is among equal ones."""
    for i in range(len(key)):
        start[key[i] + 1] += 1
    for k in range(1, len(start)):
        start[k] += start[k - 1]
    for i in order:
        out[start[key[i]]] = i
        start[key[i]] += 1


@compiled("void(int32[::1], int32[::1], int32[:, ::1], int32[:, ::1])")
def _find_near(column: Ints, row: Ints, near: Ints, till: Ints) -> None:
    """Find which cells are at most two rows away, in each column from two before to two after.

    They are those from `near` up to `till`, without the last, and their places stand together.
    """
    for d in range(5):
        i = j = 0
        for k in range(len(column)):
            c, r = column[k] + d - 2, row[k]
            while i < len(column) and (column[i] < c or (column[i] == c and row[i] < r - 2)):
                i += 1
            j = max(i, j)
            while j < len(column) and column[j] == c and row[j] <= r + 2:
                j += 1
            near[k, d], till[k, d] = i, j


@compiled(
    f"void({_PLACE} float64[::1], int32[::1], float64[::1], float64, int32[::1])", any_order=True
)
def _find_cores(
    x: Floats,
    y: Floats,
    eps2: float,
    start: Ints,
    near: Ints,
    till: Ints,
    weight: Floats,
    order: Ints,
    held: Floats,
    least: float,
    cores: Ints,
) -> None:
    """Move the core places of each cell to its front, and count them."""
    for k in range(len(held)):
        if held[k] >= least:
            cores[k] = start[k + 1] - start[k]
            continue
        around = 0.0
        for d in range(5):
            for j in range(near[k, d], till[k, d]):
                around += held[j]
        if around < least * (1 - 1e-9):
            continue
        i, end = start[k], start[k + 1]
        while i < end:
            px, py = x[i], y[i]
            reached = 0.0
            for d in (2, 1, 3, 0, 4):
                if reached < least:
                    run = slice(start[near[k, d]], start[till[k, d]])
                    xs, ys, ws = x[run], y[run], weight[run]
                    for q in range(len(xs)):
                        more = ws[q]
                        reached += more if _within(xs[q] - px, ys[q] - py, eps2) else 0.0
            if reached >= least:
                i += 1
            else:
                end -= 1
                x[i], x[end] = x[end], x[i]
                y[i], y[end] = y[end], y[i]
                weight[i], weight[end] = weight[end], weight[i]
                order[i], order[end] = order[end], order[i]
        cores[k] = end - start[k]


@compiled(f"void({_PLACE} int32[::1], int32[::1], int32[::1])")
def _join(
    x: Floats,
    y: Floats,
    eps2: float,
    start: Ints,
    near: Ints,
    till: Ints,
    cores: Ints,
    root: Ints,
    first: Ints,
) -> None:
    """Give cells whose cores are connected one root, and each root its first core place."""
    for k in range(len(cores)):
        for d in range(2, 5):
            for j in range(max(near[k, d], k + 1), till[k, d]):
                if cores[k] == 0 or cores[j] == 0:
                    continue
                a, b = k, j
                while root[a] != a:
                    root[a] = root[root[a]]
                    a = root[a]
                while root[b] != b:
                    root[b] = root[root[b]]
                    b = root[b]
                if a == b:
                    continue
                # the box around the cores of the other cell spares most pairs of two crowds
                west, east, south, north = np.inf, -np.inf, np.inf, -np.inf
                for q in range(start[j], start[j] + cores[j]):
                    west, east = min(west, x[q]), max(east, x[q])
                    south, north = min(south, y[q]), max(north, y[q])
                linked = False
                for p in range(start[k], start[k] + cores[k]):
                    to_x, to_y = min(max(x[p], west), east), min(max(y[p], south), north)
                    if not linked and _within(to_x - x[p], to_y - y[p], eps2):
                        for q in range(start[j], start[j] + cores[j]):
                            linked |= _within(x[q] - x[p], y[q] - y[p], eps2)
                if linked:
                    root[max(a, b)] = min(a, b)
    for k in range(len(cores)):
        root[k] = root[root[k]]  # a root stands before its cells
        for p in range(start[k], start[k] + cores[k]):
            f = first[root[k]]
            if f < 0 or x[p] < x[f] or (x[p] == x[f] and y[p] < y[f]):
                first[root[k]] = p


@compiled(f"void({_PLACE} int32[::1], int32[::1], int32[::1], int64[::1], boolean[::1])")
def _label(
    x: Floats,
    y: Floats,
    eps2: float,
    start: Ints,
    near: Ints,
    till: Ints,
    order: Ints,
    cores: Ints,
    label: Ints,
    labels: NDArray[np.int64],
    core: NDArray[np.bool_],
) -> None:
    """Label core places like their cell, and others like the first cluster that reaches them."""
    for k in range(len(cores)):
        for i in range(start[k], start[k + 1]):
            best = label[k]
            if i < start[k] + cores[k]:
                core[order[i]] = True
            else:
                for d in range(5):
                    for j in range(near[k, d], till[k, d]):
                        if cores[j] > 0 and (best < 0 or label[j] < best):
                            for q in range(start[j], start[j] + cores[j]):
                                if _within(x[q] - x[i], y[q] - y[i], eps2):
                                    best = label[j]
                                    break
            labels[order[i]] = best
