"""Rectangles anywhere on a lattice, each the best one left, found exactly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_BINS = 25_000_000
_MOST_CORNERS = 100_000


def fitting_step(step_m: float, x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Step of the lattice, doubled until the bins around all places are few enough to hold."""
    extent = [max(1.0, float(np.ptp(values))) if len(values) else 1.0 for values in (x, y)]
    while extent[0] * extent[1] / step_m**2 > _MOST_BINS:
        step_m *= 2
    return step_m


class Windows:
    """Weighted places binned on a lattice, and the rectangles of some shapes over its bins.

    The sides of every rectangle lie on lattice lines, so the count of its bins is the exact
    count of the places it holds (its western and southern sides included).

    Parameters
    ----------
    x, y, weight
        Places.
    step_m
        Distance between lattice lines; one of them goes through the origin of the CRS.
    shapes
        Bins from south to north and from west to east of each shape, shape (m, 2), in the order
        in which equals are taken.
    counts_at_once
        About how many counts of rectangles are held in memory.
    """

    def __init__(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        weight: NDArray[np.float64],
        step_m: float,
        shapes: NDArray[np.int64],
        *,
        counts_at_once: int,
    ) -> None:
        self.shapes = shapes
        self.step_m = step_m
        self.area_km2 = shapes.prod(axis=1) * step_m**2 / 1e6
        self._most = shapes.max(axis=0)
        row, column = (np.floor(values / step_m).astype(np.int64) for values in (y, x))
        # rectangles may begin before the first bin and end after the last one
        self.first = np.array([row.min(), column.min()]) - self._most
        reach = np.array([row.max(), column.max()]) + 2 * self._most - self.first
        flat = (row - self.first[0]) * reach[1] + column - self.first[1]
        self._bins = np.bincount(flat, weight, minlength=reach.prod()).reshape(tuple(reach))
        self._taken = -(float(weight.sum()) + 1.0)
        self._bounds = _counts_of(self._bins, self._most)
        self._activate(min(_MOST_CORNERS, max(1, counts_at_once // len(shapes))))

    def _activate(self, corners: int, bound: float = np.inf) -> None:
        """Look at the corners where the largest shape holds most, at those with `bound` at least.

        Parameters
        ----------
        corners
            About how many; all with the same count are taken or left.
        bound
            Every corner with so many is looked at, however many there are.
        """
        held = self._bounds[self._bounds > 0]
        if len(held) > corners:
            bound = min(bound, float(np.partition(held, len(held) - corners)[len(held) - corners]))
        else:
            bound = 0.0
        mask = (self._bounds >= bound) & (self._bounds > 0)
        self._row, self._column = np.nonzero(mask)
        self._slot = np.full(mask.shape, -1, dtype=np.int32)
        self._slot[mask] = np.arange(len(self._row))
        left = self._bounds[~mask]
        self._left_out = float(left.max(initial=0.0))
        self._counts = _counts_at(_summed(self._bins), self._row, self._column, self.shapes)

    def most_per_km2(self) -> float:
        """Price from which no rectangle gains anything; at it, the smallest are taken."""
        if not len(self._counts):
            return 0.0
        looked_at = float((self._counts / self.area_km2).max())
        return max(looked_at, self._left_out / float(self.area_km2.min()))

    def best(self, price_per_km2: float) -> Iterator[tuple[float, int, int, int]]:
        """Yield rectangles that do not overlap, each the best that is left.

        The best is the one with the most incidents less `price_per_km2` times its area.
        Corners at which even the largest shape holds too few to matter are not looked at, and
        when they may matter, they are.

        Yields
        ------
        net gain, row and column of the south-western bin, number of the shape
        """
        cost = price_per_km2 * self.area_km2
        chosen: list[tuple[int, int, int, int]] = []
        taken = np.zeros(self._bins.shape, dtype=np.bool_)
        best = _best_of(self._counts, cost)
        while True:
            corner = int(np.argmax(best[0])) if len(self._row) else -1
            gain = float(best[0][corner]) if corner >= 0 else -np.inf
            if self._left_out > 0 and gain <= self._left_out - float(cost.min()):
                self._activate(2 * len(self._row), gain + float(cost.min()))
                best = _best_of(self._counts, cost)
                for box in chosen:
                    self._count_around(box, taken, best, cost)
                continue
            if gain == -np.inf:
                return
            shape = int(best[1][corner])
            row, column = int(self._row[corner]), int(self._column[corner])
            high, wide = (int(bins) for bins in self.shapes[shape])
            chosen.append((row, column, row + high, column + wide))
            taken[row : row + high, column : column + wide] = True
            yield gain, row, column, shape
            self._count_around(chosen[-1], taken, best, cost)

    def _count_around(
        self,
        box: tuple[int, int, int, int],
        taken: NDArray[np.bool_],
        best: tuple[NDArray[np.float64], NDArray[np.int64]],
        cost: NDArray[np.float64],
    ) -> None:
        """Look again at the corners around a rectangle, as none may overlap what is taken."""
        south, west, north, east = box
        south, west = max(0, south - self._most[0] + 1), max(0, west - self._most[1] + 1)
        near = self._slot[south:north, west:east]
        near = near[near >= 0]
        around = (slice(south, north + self._most[0]), slice(west, east + self._most[1]))
        bins = np.where(taken[around], self._taken, self._bins[around])
        counts = _counts_at(
            _summed(bins), self._row[near] - south, self._column[near] - west, self.shapes
        )
        best[0][near], best[1][near] = _best_of(counts, cost)


def _summed(bins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Summed-area table, one row and column larger."""
    table = np.zeros((bins.shape[0] + 1, bins.shape[1] + 1))
    np.cumsum(bins, axis=0, out=table[1:, 1:])
    np.cumsum(table[1:, 1:], axis=1, out=table[1:, 1:])
    return table


def _counts_of(bins: NDArray[np.float64], shape: NDArray[np.int64]) -> NDArray[np.float64]:
    """Count in the rectangle of one shape that begins at each bin; 0 where it would not fit."""
    high, wide = shape
    table = _summed(bins)
    counts = np.zeros(bins.shape)
    fit = table[high:, wide:] - table[:-high, wide:] - table[high:, :-wide] + table[:-high, :-wide]
    counts[: fit.shape[0], : fit.shape[1]] = fit
    return counts


def _counts_at(
    table: NDArray[np.float64],
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    shapes: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Count in the rectangles of every shape that begin at some bins, shape (n, m).

    Those that hold nothing, or what is taken, have minus infinity: they are never chosen.
    """
    heights, at_height = np.unique(shapes[:, 0], return_inverse=True)
    widths, at_width = np.unique(shapes[:, 1], return_inverse=True)
    north = np.concatenate(([0], heights)) * table.shape[1]
    east = np.concatenate(([0], widths))
    base = row * table.shape[1] + column
    sums = table.ravel()[base[:, None] + (north[:, None] + east).ravel()]
    sums = sums.reshape(len(base), len(north), len(east))
    # a rectangle is the sum to its far corner, less the strips beside it
    sums = sums[:, 1:, 1:] - sums[:, 1:, :1] - sums[:, :1, 1:] + sums[:, :1, :1]
    counts: NDArray[np.float64] = sums.reshape(len(base), -1)
    counts = counts[:, at_height.ravel() * len(widths) + at_width.ravel()]
    counts[counts < 0.5] = -np.inf
    return counts


def _best_of(
    counts: NDArray[np.float64], cost: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Best gain over the shapes at each corner, and the shape."""
    if not len(counts):
        return np.zeros(0), np.zeros(0, dtype=np.int64)
    gains = counts - cost
    shape = np.argmax(gains, axis=1)
    return gains[np.arange(len(gains)), shape], shape
