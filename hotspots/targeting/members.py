"""Which cells and which places belong to which candidate."""

from __future__ import annotations

from collections.abc import Mapping
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


def members(places: pd.DataFrame, candidates: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Row number of the candidate that holds each place, -1 for none; shape (places,).

    What stands on a border belongs to its own district.

    Parameters
    ----------
    places
        Columns x_m, y_m and district.
    candidates
        Column district, and polygons within it.
    """
    import pandas as pd

    found = holders(candidates.geometry.to_numpy(), places["x_m"], places["y_m"])
    districts = pd.Index(candidates["district"].unique())
    number_of = {name: n for n, name in enumerate(districts)}
    home = districts.get_indexer(candidates["district"])
    some = np.flatnonzero(found >= 0)
    own = numbers_of(places["district"].iloc[some], number_of)
    found[some[home[found[some]] != own]] = -1
    return found


def numbers_of(names: pd.Series[Any], number_of: Mapping[str, int]) -> NDArray[np.int64]:
    """Number of each name, -1 for none; each category is looked up once."""
    categories = names.astype("category").cat
    numbers = [number_of.get(name, -1) for name in categories.categories]
    return np.array([*numbers, -1], dtype=np.int64)[categories.codes.to_numpy()]


def holders(geometry: NDArray[np.object_], x_m: Any, y_m: Any) -> NDArray[np.int64]:
    """Number of the polygon that holds each position, the first of several; -1 for none."""
    import shapely

    x, y = np.asarray(x_m, np.float64), np.asarray(y_m, np.float64)
    order = None
    if (np.diff(x) < 0).any():
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
    held = np.full(len(x), -1, dtype=np.int64)
    shapely.prepare(geometry)
    bounds = shapely.bounds(geometry)
    first = np.searchsorted(x, bounds[:, 0], side="left")
    last = np.searchsorted(x, bounds[:, 2], side="right")
    # the last one written stays: the first polygon
    for number in range(len(geometry) - 1, -1, -1):
        strip = slice(first[number], last[number])
        _, south, _, north = bounds[number]
        some = first[number] + np.flatnonzero((y[strip] >= south) & (y[strip] <= north))
        if len(some):
            held[some[shapely.intersects_xy(geometry[number], x[some], y[some])]] = number
    if order is None:
        return held
    found = np.empty_like(held)
    found[order] = held
    return found


def grid_of(surface: DensitySurface) -> Grid:
    """Cells of a surface."""
    rows, columns = surface.values_per_km2.shape
    return Grid(surface.x_min_m, surface.y_min_m, surface.cell_size_m, rows, columns)
