"""Which cells and which places belong to which candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.grid import Grid, rasterise

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.frames import DensitySurface


def cells_of(candidates: gpd.GeoDataFrame, grid: Grid) -> NDArray[np.int32]:
    """Row number of the candidate that holds each cell centre, -1 for none.

    Shape (rows, columns).
    """
    return rasterise(candidates.geometry.to_numpy(), grid)


def members(
    places: pd.DataFrame, candidates: gpd.GeoDataFrame, surface: DensitySurface
) -> NDArray[np.int64]:
    """Row number of the candidate that holds each place, -1 for none; shape (places,).

    What stands on a border belongs to its own district.

    Parameters
    ----------
    places
        Columns x_m, y_m and district.
    candidates
        Column district, and polygons within it.
    surface
        Density of the study area, whose cells narrow the search.
    """
    import pandas as pd

    found = holders(candidates.geometry.to_numpy(), places["x_m"], places["y_m"], surface)
    districts = pd.Index(candidates["district"].unique())
    number_of = {name: n for n, name in enumerate(districts)}
    own = places["district"].astype(object).map(number_of).fillna(-1).to_numpy()
    home = np.append(districts.get_indexer(candidates["district"]), -2)
    return np.where(home[found] == own, found, -1).astype(np.int64)


def holders(
    geometry: NDArray[np.object_], x_m: Any, y_m: Any, surface: DensitySurface
) -> NDArray[np.int64]:
    """Number of the polygon that holds each position, the first of several; -1 for none."""
    import shapely

    x, y = np.asarray(x_m, np.float64), np.asarray(y_m, np.float64)
    held = np.full(len(x), -1, dtype=np.int64)
    grid = grid_of(surface)
    # most positions are in no cell that a polygon may touch
    near = np.zeros((grid.rows + 2, grid.columns + 2), dtype=np.bool_)
    for west, south, east, north in shapely.bounds(geometry):
        (first, last), (left, right), _ = grid.cell_of([west, east], [south, north])
        near[max(first, -1) + 1 : last + 2, max(left, -1) + 1 : right + 2] = True
    row, column, _ = grid.cell_of(x, y)
    some = np.flatnonzero(near[row.clip(-1, grid.rows) + 1, column.clip(-1, grid.columns) + 1])
    points = shapely.points(x[some], y[some])
    place, shape = shapely.STRtree(geometry).query(points, predicate="intersects")
    order = np.lexsort((shape, place))[::-1]  # the last one written stays: the first polygon
    held[some[place[order]]] = shape[order]
    return held


def grid_of(surface: DensitySurface) -> Grid:
    """Cells of a surface."""
    rows, columns = surface.values_per_km2.shape
    return Grid(surface.x_min_m, surface.y_min_m, surface.cell_size_m, rows, columns)
