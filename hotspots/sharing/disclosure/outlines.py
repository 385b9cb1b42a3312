"""Outlines of an edition: drawn again along fixed squares, so that no bend tells of a place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

#: Side of the squares. They start at the origin of the CRS, whatever the data.
SQUARE_M = 50.0

_AWAY_M = 2.0


def redrawn(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Copy a table with each outline as the squares that it covers by half or more.

    An outline that covers no square by half becomes the one that it covers most.
    """
    shapes = [_squares(shape) for shape in table.geometry]
    return table.set_geometry(np.array(shapes, dtype=object), crs=table.crs)


def _squares(shape: Any) -> Any:
    import shapely

    if shape is None or shape.is_empty:
        return shape
    west, south, east, north = shape.bounds
    columns = np.arange(math.floor(west / SQUARE_M), math.ceil(east / SQUARE_M)) * SQUARE_M
    rows = np.arange(math.floor(south / SQUARE_M), math.ceil(north / SQUARE_M)) * SQUARE_M
    x, y = (axis.ravel() for axis in np.meshgrid(columns, rows))
    squares = shapely.box(x, y, x + SQUARE_M, y + SQUARE_M)
    covered = shapely.area(shapely.intersection(squares, shape)) / SQUARE_M**2
    chosen = covered >= 0.5 - 1e-9
    if not chosen.any():
        chosen = np.arange(len(squares)) == covered.argmax()
    return shapely.normalize(shapely.union_all(squares[chosen]))


def points_inside(
    table: gpd.GeoDataFrame, positions: tuple[ArrayLike, ArrayLike] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A point inside each redrawn outline, to 10 m, that lies on no place of an incident.

    Parameters
    ----------
    table
        Redrawn outlines.
    positions
        Positions of incidents, where they are at hand: a point that happens to lie within 2 m of
        one moves on by 10 m.

    Returns
    -------
    x_m, y_m
    """
    import shapely
    from scipy.spatial import cKDTree

    inside = shapely.point_on_surface(table.geometry.to_numpy())
    spots = np.column_stack([shapely.get_x(inside), shapely.get_y(inside)])
    spots = np.floor(spots / 10) * 10 + 5  # the middle of a square of 10 m lies in its square of 50
    if positions is not None and len(spots):
        taken = cKDTree(np.column_stack([np.asarray(axis, np.float64) for axis in positions]))
        for at, spot in enumerate(spots):
            for step in ((0, 0), (10, 0), (0, 10), (-10, 0), (0, -10), (10, 10), (-10, -10)):
                moved = spot + step
                if taken.query(moved)[0] > _AWAY_M:
                    spots[at] = moved
                    break
    return spots[:, 0], spots[:, 1]
