"""Which cells and which places belong to which candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.grid import Grid, rasterise

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray


def cells_of(candidates: gpd.GeoDataFrame, grid: Grid) -> NDArray[np.int32]:
    """Row number of the candidate that holds each cell centre, -1 for none.

    Shape (rows, columns). Footprints are sets of cells, cut at their district's border, so the
    centre decides.
    """
    return rasterise(candidates.geometry.to_numpy(), grid)


def members(
    places: pd.DataFrame, candidates: gpd.GeoDataFrame, cells: NDArray[np.int32], grid: Grid
) -> NDArray[np.int64]:
    """Row number of the candidate that holds each place, -1 for none; shape (places,).

    A place belongs to the candidate of its cell if both are in the same district: a cell on a
    border belongs to the district of its centre, its places to their own.

    Parameters
    ----------
    places
        Columns x_m, y_m and district.
    candidates
        Column district.
    cells, grid
        From `cells_of`.
    """
    import pandas as pd

    row, column, held = grid.cell_of(places["x_m"], places["y_m"])
    flat = np.where(held, row * grid.columns + column, 0)
    found = np.where(held, cells.ravel()[flat], -1)
    districts = pd.Index(candidates["district"].unique())
    own = places["district"].map({name: n for n, name in enumerate(districts)}).astype("float64")
    home = np.append(districts.get_indexer(candidates["district"]), -2)
    return np.where(home[found] == own.fillna(-1).to_numpy(), found, -1).astype(np.int64)
