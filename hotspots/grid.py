"""A metre grid over the study area, and which of its cells lie in which polygon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hotspots.errors import SettingsError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MOST_CELLS = 100_000_000
_CLOSE = 1e-6


@dataclass(frozen=True)
class Grid:
    """Square cells, row 0 in the south, column 0 in the west.

    Attributes
    ----------
    x_min_m, y_min_m
        South-west corner.
    cell_size_m
        Side of a cell.
    rows, columns
        Shape.
    """

    x_min_m: float
    y_min_m: float
    cell_size_m: float
    rows: int
    columns: int

    @classmethod
    def covering(cls, bounds: Sequence[float], cell_size_m: float, margin_m: float = 0.0) -> Grid:
        """Cover west, south, east, north bounds and a margin around them.

        Raises
        ------
        SettingsError
            The grid would have more than `MOST_CELLS` cells.
        """
        west, south, east, north = bounds
        x_min, y_min = west - margin_m, south - margin_m
        columns = max(1, int(np.ceil((east + margin_m - x_min) / cell_size_m)))
        rows = max(1, int(np.ceil((north + margin_m - y_min) / cell_size_m)))
        if rows * columns > MOST_CELLS:
            raise SettingsError(
                f"cell_size_m {cell_size_m:g} makes {rows * columns:,} cells, more than "
                f"{MOST_CELLS:,}; raise targeting.cell_size_m or give fewer districts."
            )
        return cls(float(x_min), float(y_min), float(cell_size_m), rows, columns)

    @property
    def cell_km2(self) -> float:
        """Area of a cell."""
        return self.cell_size_m**2 / 1e6

    def cell_of(
        self, x: ArrayLike, y: ArrayLike
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Row and column of the cell that holds each position, and whether one does."""
        column = np.floor((np.asarray(x) - self.x_min_m) / self.cell_size_m).astype(np.int64)
        row = np.floor((np.asarray(y) - self.y_min_m) / self.cell_size_m).astype(np.int64)
        held = (row >= 0) & (row < self.rows) & (column >= 0) & (column < self.columns)
        return row, column, held

    def centres(
        self, row: ArrayLike, column: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Coordinates of cell centres."""
        x = self.x_min_m + (np.asarray(column) + 0.5) * self.cell_size_m
        y = self.y_min_m + (np.asarray(row) + 0.5) * self.cell_size_m
        return x, y


class Runs(NamedTuple):
    """Stretches of cells along rows, each held by one polygon, in order of where they start.

    Cells are numbered row by row. Cells `start` to `end`, the last not included, belong to
    polygon `number`.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    number: NDArray[np.int64]

    @property
    def overlap(self) -> bool:
        """Whether two polygons hold the same cell."""
        return bool((self.end[:-1] > self.start[1:]).any())


def rasterise(polygons: Sequence[Any] | NDArray[Any], grid: Grid) -> NDArray[np.int32]:
    """Number of the polygon that holds each cell centre, -1 where none does.

    Parameters
    ----------
    polygons
        Shapely polygons or multipolygons; where two hold a centre, the first is taken.
    grid
        The grid.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns).
    """
    return drawn(runs(polygons, grid), grid)


def drawn(found: Runs, grid: Grid) -> NDArray[np.int32]:
    """Draw runs of cells: the number of each, the lowest where several meet, -1 elsewhere."""
    start, end, number = found
    cells = grid.rows * grid.columns
    if not found.overlap:
        bounds = np.concatenate([[0], np.column_stack([start, end]).ravel(), [cells]])
        values = np.full(len(bounds) - 1, -1, dtype=np.int32)
        values[1::2] = number
        return np.repeat(values, np.diff(bounds)).reshape(grid.rows, grid.columns)
    labels = np.full(cells, -1, dtype=np.int32)
    last = np.argsort(-number, kind="stable")
    for first, until, value in zip(start[last], end[last], number[last], strict=True):
        labels[first:until] = value
    return labels.reshape(grid.rows, grid.columns)


def runs(polygons: Sequence[Any] | NDArray[Any], grid: Grid) -> Runs:
    """Find the runs of cells whose centres a polygon holds.

    Every polygon edge crosses some lines of cell centres; right of a crossing, inside becomes
    outside and outside inside (the even-odd rule, which holes obey too).
    """
    x0, y0, x1, y1, number = _edges(polygons, grid)
    x0, y0, x1, y1 = x0 - 0.5, y0 - 0.5, x1 - 0.5, y1 - 0.5
    # half-open: a line through a shared end is crossed once
    first = np.ceil(np.minimum(y0, y1)).astype(np.int64)
    last = np.ceil(np.maximum(y0, y1)).astype(np.int64)
    edge, row = _counted(first, last)
    slope = (x1 - x0)[edge] / (y1 - y0)[edge]
    column = np.ceil(x0[edge] + (row - y0[edge]) * slope).astype(np.int64)
    held = (row >= 0) & (row < grid.rows)
    row, column, number = row[held], column[held].clip(0, grid.columns), number[edge[held]]
    # by polygon, then along the rows: each row is crossed an even number of times
    order = np.argsort((number * grid.rows + row) * (grid.columns + 1) + column)
    cell, number = (row * grid.columns + column)[order], number[order]
    start, end, number = cell[::2], cell[1::2], number[::2]
    order = np.argsort(start, kind="stable")
    order = order[(start < end)[order]]
    return Runs(start[order], end[order], number[order])


def outline_cells(
    polygons: Sequence[Any] | NDArray[Any], grid: Grid
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cells that the outline of a polygon passes through, and the polygon's number.

    A cell is among them if the outline comes closer to it than a millionth of a cell, which is
    more than coordinates are rounded by. In a cell that is not, nothing changes.

    Parameters
    ----------
    polygons
        Shapely polygons or multipolygons.
    grid
        The grid; cells are numbered row by row.

    Returns
    -------
    cells, numbers
        Each pair once, by cell and number.
    """
    x0, y0, x1, y1, number = _edges(polygons, grid)
    south, north = np.minimum(y0, y1), np.maximum(y0, y1)
    low = np.floor(south - _CLOSE).astype(np.int64).clip(0, grid.rows)
    high = np.floor(north + _CLOSE).astype(np.int64).clip(-1, grid.rows - 1)
    edge, row = _counted(low, high + 1)
    slope = np.zeros(len(x0))
    np.divide(x1 - x0, y1 - y0, out=slope, where=y1 != y0)
    x0, y0, x1, slope = x0[edge], y0[edge], x1[edge], slope[edge]
    # where the edge enters and leaves the row; a level edge is in it from end to end
    enters = x0 + (np.maximum(south[edge], row - _CLOSE) - y0) * slope
    leaves = x0 + (np.minimum(north[edge], row + 1 + _CLOSE) - y0) * slope
    level = south[edge] == north[edge]
    leaves[level] = x1[level]
    west, east = np.minimum(enters, leaves), np.maximum(enters, leaves)
    left = np.floor(west - _CLOSE).astype(np.int64).clip(0, grid.columns)
    right = np.floor(east + _CLOSE).astype(np.int64).clip(-1, grid.columns - 1)
    piece, column = _counted(left, right + 1)
    cell = row[piece] * grid.columns + column
    return pairs_once(cell, number[edge[piece]], len(polygons))


def pairs_once(
    cells: NDArray[np.int64], numbers: NDArray[np.int64], most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each pair of a cell and a number below `most` once, in order."""
    pairs = np.sort(cells * most + numbers)  # np.unique hashes, which is slower
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    cells = pairs // most
    return cells, pairs - cells * most


def _edges(
    polygons: Sequence[Any] | NDArray[Any], grid: Grid
) -> tuple[
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.int64],
]:
    """Both ends of every edge, in cells from the corner of the grid, and its polygon."""
    import shapely

    parts, polygon = shapely.get_parts(np.asarray(polygons, dtype=object), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    ends, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    x = (ends[:, 0] - grid.x_min_m) / grid.cell_size_m
    y = (ends[:, 1] - grid.y_min_m) / grid.cell_size_m
    number = polygon[part[ring[1:][same]]]
    return x[:-1][same], y[:-1][same], x[1:][same], y[1:][same], number


def _counted(
    first: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count from each `first` up to its `end`: which range, and the numbers."""
    count = np.maximum(end - first, 0)
    which = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return which, np.arange(len(which)) - np.repeat(before - first, count)
