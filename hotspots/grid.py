"""A metre grid over the study area, and which of its cells lie in which polygon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.errors import SettingsError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MOST_CELLS = 100_000_000


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


def rasterise(polygons: Sequence[Any], grid: Grid) -> NDArray[np.int32]:
    """Number of the polygon that holds each cell centre, -1 where none does.

    Every polygon edge crosses some lines of cell centres; right of a crossing, inside becomes
    outside and outside inside (the even-odd rule, which holes obey too).

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
    labels = np.full((grid.rows, grid.columns), -1, dtype=np.int32)
    for number in range(len(polygons) - 1, -1, -1):
        row, column = _crossings(polygons[number], grid)
        if not len(row):
            continue
        low, high = row.min(), row.max() + 1
        left, right = column.min(), column.max() + 1
        width = right - left
        crossed = np.bincount((row - low) * width + column - left, minlength=(high - low) * width)
        toggles = (crossed % 2 == 1).reshape(high - low, width)
        inside = np.logical_xor.accumulate(toggles, axis=1)[:, : grid.columns - left]
        labels[low:high, left : min(right, grid.columns)][inside] = number
    return labels


def _crossings(polygon: Any, grid: Grid) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows whose centre line an edge crosses, and the first column right of each crossing."""
    import shapely

    ends, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(polygon)), return_index=True
    )
    same = ring[1:] == ring[:-1]
    x = (ends[:, 0] - grid.x_min_m) / grid.cell_size_m - 0.5
    y = (ends[:, 1] - grid.y_min_m) / grid.cell_size_m - 0.5
    x0, x1, y0, y1 = x[:-1][same], x[1:][same], y[:-1][same], y[1:][same]
    # half-open: a line through a shared end is crossed once
    first = np.ceil(np.minimum(y0, y1)).astype(np.int64)
    last = np.ceil(np.maximum(y0, y1)).astype(np.int64)
    count = last - first
    edge = np.repeat(np.arange(len(count)), count)
    row = first[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    slope = (x1 - x0)[edge] / (y1 - y0)[edge]
    column = np.ceil(x0[edge] + (row - y0[edge]) * slope).astype(np.int64)
    held = (row >= 0) & (row < grid.rows)
    return row[held], np.clip(column[held], 0, grid.columns)


def touched(polygons: Sequence[Any], grid: Grid) -> NDArray[np.bool_]:
    """Cells that the outline of a polygon may pass through; in the others nothing changes.

    Outlines are sampled at half a cell, so that each of their points is within a quarter of a
    cell of a sample, and the cells around those of the samples are marked too.

    Parameters
    ----------
    polygons
        Shapely polygons or multipolygons.
    grid
        The grid.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns).
    """
    import shapely

    outlines = shapely.segmentize(
        shapely.boundary(np.asarray(polygons, dtype=object)), grid.cell_size_m / 2
    )
    x, y = shapely.get_coordinates(outlines).T
    row, column, held = grid.cell_of(x, y)
    marked = np.zeros((grid.rows, grid.columns), dtype=np.bool_)
    marked[row[held], column[held]] = True
    wide = marked.copy()
    wide[1:] |= marked[:-1]
    wide[:-1] |= marked[1:]
    result = wide.copy()
    result[:, 1:] |= wide[:, :-1]
    result[:, :-1] |= wide[:, 1:]
    return result
