"""Which district holds each position: exact, and fast for millions of them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.grid import Grid, drawn, outline_cells, pairs_once, runs

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Below this many positions drawing the raster costs more than it saves.
_FEW = 20_000
_CELLS = (250_000, 4_000_000)
_AT_ONCE = 1 << 16
_OUTSIDE = -1


def assign(x_m: ArrayLike, y_m: ArrayLike, districts: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Row number of the district that holds each position, -1 outside all.

    For many positions a raster of the districts answers where no border is near; in a cell
    with a border the geometry of the districts that meet there decides, so the result is that
    of `geopandas.sjoin` for every position.

    Parameters
    ----------
    x_m, y_m
        Positions in the CRS of `districts`, shape (n,), finite.
    districts
        Polygons. A position on a shared border goes to the first of them.
    """
    x, y = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
    polygons = districts.geometry.to_numpy()
    if len(x) <= _FEW or not len(polygons):
        return _exact(x, y, polygons)
    west, south, east, north = districts.total_bounds
    cells = np.clip(len(x), *_CELLS)
    side = ((east - west) * (north - south) / cells) ** 0.5
    raster = _Raster.of(polygons, Grid.covering(districts.total_bounds, side, 2 * side))
    found = np.empty(len(x), dtype=np.int64)
    for start in range(0, len(x), _AT_ONCE):
        block = slice(start, start + _AT_ONCE)
        found[block] = raster.at(x[block], y[block])
    near = np.flatnonzero(found < _OUTSIDE)
    if raster.disjoint:
        found[near] = raster.first(x[near], y[near], _OUTSIDE - 1 - found[near], polygons)
    else:
        found[near] = _exact(x[near], y[near], polygons)
    return found


@dataclass(frozen=True)
class _Raster:
    """Districts on a grid that reaches beyond them on all sides.

    Attributes
    ----------
    labels
        District of each cell, -1 outside all; below, -2 - k for the k-th cell with a border.
    start, candidates
        Districts that may hold a position in the k-th cell with a border, in order:
        ``candidates[start[k] : start[k + 1]]``. Complete if `disjoint`.
    disjoint
        Whether no cell centre is held by two districts.
    """

    grid: Grid
    labels: NDArray[np.int32]
    start: Ints
    candidates: Ints
    disjoint: bool

    @classmethod
    def of(cls, polygons: NDArray[Any], grid: Grid) -> _Raster:
        held = runs(polygons, grid)
        labels = drawn(held, grid).ravel()
        cells, numbers = outline_cells(polygons, grid)
        # a district may also hold the whole of a cell that only another's outline passes
        inner = np.flatnonzero(labels[cells] >= 0)
        cells, numbers = pairs_once(
            np.concatenate([cells, cells[inner]]),
            np.concatenate([numbers, labels[cells[inner]]]),
            len(polygons),
        )
        start = np.flatnonzero(np.diff(cells, prepend=-1, append=-1))
        labels[cells[start[:-1]]] = _OUTSIDE - np.arange(1, len(start))
        return cls(grid, labels, start, numbers, not held.overlap)

    def at(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        """Labels of the cells that hold some positions; beyond the grid, of the nearest cell."""
        grid = self.grid
        row = (y - grid.y_min_m) * (1 / grid.cell_size_m)
        column = (x - grid.x_min_m) * (1 / grid.cell_size_m)
        cell = row.clip(0, grid.rows - 1, out=row).astype(np.int32)
        cell *= grid.columns
        cell += column.clip(0, grid.columns - 1, out=column).astype(np.int32)
        return self.labels.take(cell)

    def first(self, x: Floats, y: Floats, cell: Ints, polygons: NDArray[Any]) -> Ints:
        """First of the candidates in each cell that holds the position."""
        import shapely

        shapely.prepare(polygons)
        found = np.full(len(x), _OUTSIDE, dtype=np.int64)
        left = np.arange(len(x))
        turn = 0
        while len(left):
            left = left[self.start[cell[left]] + turn < self.start[cell[left] + 1]]
            number = self.candidates[self.start[cell[left]] + turn]
            order = np.argsort(number)
            left, number = left[order], number[order]
            holds = np.zeros(len(left), dtype=np.bool_)
            cuts = np.flatnonzero(np.diff(number, prepend=-1, append=-1))
            for low, high in itertools.pairwise(cuts):
                rows = left[low:high]
                holds[low:high] = shapely.intersects_xy(polygons[number[low]], x[rows], y[rows])
            found[left[holds]] = number[holds]
            left = left[~holds]
            turn += 1
        return found


def _exact(x: Floats, y: Floats, polygons: NDArray[Any]) -> Ints:
    """The same by geometry alone."""
    import shapely

    shapely.prepare(polygons)
    found = np.full(len(x), _OUTSIDE, dtype=np.int64)
    points, rows = shapely.STRtree(polygons).query(shapely.points(x, y), predicate="intersects")
    # the last one written stays: the first district
    order = np.lexsort((rows, points))[::-1]
    found[points[order]] = rows[order]
    return found
