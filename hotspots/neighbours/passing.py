"""What is near some of very many positions: those are put into cells, and all pass by once.

Each of the few stands in its cell and the eight around it, so that whoever is at most a cell's
side away finds it in the own cell. Neither a tree nor an order of the many is needed, and memory
grows with the few alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.compiled import compiled
from hotspots.threads import in_threads, shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_MOST_CELLS_ACROSS = 1_500
# Cells are wider than what is asked for by more than rounding can move a position in them.
_SLACK = 1 + 1e-6
_FARTHER = 4


def nearest(x: Floats, y: Floats, rows: Ints) -> Floats:
    """Distance from some positions to the nearest other one.

    Parameters
    ----------
    x, y
        Positions, two or more, shape (n,), finite.
    rows
        Positions to measure from, shape (m,).

    Returns
    -------
    array
        Shape (m,), in the unit of x and y.
    """
    x, y = _plain(x), _plain(y)
    width, height = float(np.ptp(x)), float(np.ptp(y))
    # of evenly spread positions most have another within the side of one's share of the area
    reach = max((width * height / len(x)) ** 0.5, max(width, height) / len(x)) or 1.0
    distance = np.full(len(rows), np.inf)
    left = np.arange(len(rows))
    while len(left):
        cells = _Cells.of(x[rows[left]], y[rows[left]], reach)
        own = np.asarray(rows[left], dtype=np.int64)

        def search(first: int, end: int, cells: _Cells = cells, own: Ints = own) -> Floats:
            least = np.full(len(own), np.inf)
            _least(own, least, x, y, first, end, *cells.arguments())
            return least

        least = np.sqrt(np.min(in_threads(search, shares(len(x))), axis=0))
        found = (least <= reach) | (reach > 2 * (width + height))
        distance[left[found]] = least[found]
        left = left[~found]
        reach *= _FARTHER
    return distance


def within(x: Floats, y: Floats, weight: Floats, rows: Ints, reach: float) -> Floats:
    """Weight within a distance of some positions, their own included.

    Parameters
    ----------
    x, y, weight
        Positions, shape (n,), finite; weights whose sums are exact, such as counts.
    rows
        Some of them, shape (m,).
    reach
        Distance, in the unit of x and y.

    Returns
    -------
    array
        Shape (m,).
    """
    x, y, weight = _plain(x), _plain(y), _plain(weight)
    cells = _Cells.of(x[rows], y[rows], reach)

    def add(first: int, end: int) -> Floats:
        around = np.zeros(len(rows))
        _sum(weight, reach**2, around, x, y, first, end, *cells.arguments())
        return around

    return np.asarray(np.sum(in_threads(add, shares(len(x))), axis=0))


@dataclass(frozen=True)
class _Cells:
    """Where the few stand: those of cell k are `few` from `start[k]` to `start[k + 1]`."""

    west: float
    south: float
    side: float
    columns: int
    rows: int
    start: NDArray[np.int32]
    few: NDArray[np.int32]
    x: Floats
    y: Floats

    @classmethod
    def of(cls, x: Floats, y: Floats, reach: float) -> _Cells:
        extent = max(float(np.ptp(x)), float(np.ptp(y)))
        side = max(reach * _SLACK, extent / _MOST_CELLS_ACROSS)
        west, south = float(x.min()) - 2 * side, float(y.min()) - 2 * side
        column = ((x - west) / side).astype(np.int64)
        row = ((y - south) / side).astype(np.int64)
        columns, rows = int(column.max()) + 2, int(row.max()) + 2
        around = (np.arange(-1, 2)[:, None] * rows + np.arange(-1, 2)).ravel()
        cell = (around[:, None] + column * rows + row).ravel()
        few = (np.argsort(cell, kind="stable") % len(x)).astype(np.int32)
        counts = np.bincount(cell, minlength=columns * rows)
        start = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        return cls(west, south, side, columns, rows, start, few, x, y)

    def arguments(self) -> tuple[Any, ...]:
        return tuple(vars(self).values())


def _plain(values: Floats) -> Floats:
    """Values side by side in memory that may be written to, as compiled functions want them."""
    return np.require(values, np.float64, ["C", "W"])


_GIVEN = (
    "float64[::1], float64[::1], int64, int64, float64, float64, float64, int64, int64, "
    "int32[::1], int32[::1], float64[::1], float64[::1]"
)


@compiled("int64(float64, float64, float64, float64, float64, int64, int64)")
def _cell(
    x: float, y: float, west: float, south: float, side: float, columns: int, rows: int
) -> int:
    """Cell of a position, -1 where there is none."""
    column, row = np.floor((x - west) / side), np.floor((y - south) / side)
    if 0 <= column < columns and 0 <= row < rows:
        return int(column) * rows + int(row)
    return -1


@compiled(f"void(int64[::1], float64[::1], {_GIVEN})")
def _least(
    own: Ints,
    least: Floats,
    x: Floats,
    y: Floats,
    first: int,
    end: int,
    west: float,
    south: float,
    side: float,
    columns: int,
    rows: int,
    start: NDArray[np.int32],
    few: NDArray[np.int32],
    few_x: Floats,
    few_y: Floats,
) -> None:
    """Least square of the distance of each of the few to any other position."""
    for i in range(first, end):
        k = _cell(x[i], y[i], west, south, side, columns, rows)
        if k >= 0:
            for j in few[start[k] : start[k + 1]]:
                if own[j] != i:
                    dx, dy = x[i] - few_x[j], y[i] - few_y[j]
                    least[j] = min(least[j], dx * dx + dy * dy)


@compiled(f"void(float64[::1], float64, float64[::1], {_GIVEN})")
def _sum(
    weight: Floats,
    reach2: float,
    around: Floats,
    x: Floats,
    y: Floats,
    first: int,
    end: int,
    west: float,
    south: float,
    side: float,
    columns: int,
    rows: int,
    start: NDArray[np.int32],
    few: NDArray[np.int32],
    few_x: Floats,
    few_y: Floats,
) -> None:
    """Add the weight of each position to those of the few that are within reach."""
    for i in range(first, end):
        k = _cell(x[i], y[i], west, south, side, columns, rows)
        if k >= 0:
            for j in few[start[k] : start[k + 1]]:
                dx, dy = x[i] - few_x[j], y[i] - few_y[j]
                if dx * dx + dy * dy <= reach2:
                    around[j] += weight[i]
