"""Which district holds each position: exact, and fast for millions of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.grid import Grid, rasterise, touched

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

# Below this many positions drawing the raster costs more than it saves.
_FEW = 50_000
_CELLS = (1_000_000, 10_000_000)
_OUTSIDE, _NEAR = -1, -2


def assign(x_m: ArrayLike, y_m: ArrayLike, districts: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Row number of the district that holds each position, -1 outside all.

    For many positions a raster of the districts answers where no border is near; near one the
    geometry decides, so the result is that of `geopandas.sjoin` for every position.

    Parameters
    ----------
    x_m, y_m
        Positions in the CRS of `districts`, shape (n,), finite.
    districts
        Polygons. A position on a shared border goes to the first of them.
    """
    x, y = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
    if len(x) <= _FEW or not len(districts):
        return _exact(x, y, districts)
    west, south, east, north = districts.total_bounds
    cells = np.clip(len(x), *_CELLS)
    grid = Grid.covering(districts.total_bounds, ((east - west) * (north - south) / cells) ** 0.5)
    polygons = districts.geometry.to_numpy()
    label = rasterise(polygons, grid)
    label[touched(polygons, grid)] = _NEAR
    # a frame of cells outside all: one on the far edges, where positions on the bounds lie
    framed = np.full((grid.rows + 2, grid.columns + 2), _OUTSIDE, dtype=np.int32)
    framed[1:-1, 1:-1] = label
    framed[grid.rows + 1] = framed[:, grid.columns + 1] = _NEAR
    row = np.clip((y - south) / grid.cell_size_m + 1, 0, grid.rows + 1).astype(np.int64)
    column = np.clip((x - west) / grid.cell_size_m + 1, 0, grid.columns + 1).astype(np.int64)
    found: NDArray[np.int64] = framed.ravel()[row * (grid.columns + 2) + column].astype(np.int64)
    near = np.flatnonzero(found == _NEAR)
    found[near] = _exact(x[near], y[near], districts)
    return found


def _exact(
    x: NDArray[np.float64], y: NDArray[np.float64], districts: gpd.GeoDataFrame
) -> NDArray[np.int64]:
    """The same by geometry alone."""
    import shapely

    polygons = districts.geometry.to_numpy()
    shapely.prepare(polygons)
    found = np.full(len(x), -1, dtype=np.int64)
    points, rows = shapely.STRtree(polygons).query(shapely.points(x, y), predicate="intersects")
    # the last one written stays: the first district
    order = np.lexsort((rows, points))[::-1]
    found[points[order]] = rows[order]
    return found
