"""The best cells of a fixed grid by simple count: squares, and hexagons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.errors import InputError
from hotspots.targeting.density import check_places
from hotspots.targeting.placement.pieces import Pieces, groups_of, served_first

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def best_squares(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weight: ArrayLike,
    *,
    pieces: int,
    side_m: float = 250.0,
    group: ArrayLike | None = None,
) -> Pieces:
    """Take the squares of a fixed grid that hold most incidents.

    Grid lines lie at whole multiples of `side_m` from the origin of the CRS, so that the grid
    does not depend on the data. A square holds its western and southern sides.

    Parameters
    ----------
    x_m, y_m, weight
        Places, shape (n,).
    pieces
        How many squares; fewer are returned where fewer hold an incident.
    side_m
        Side of a square, metres.
    group
        Number of the group (district) of each place: every group's best square comes first,
        and the part of a square in another group counts for that one.

    Returns
    -------
    Pieces
        Equal counts in order of group, then from west to east, then from south to north.
    """
    import shapely

    x, y, w = check_places(x_m, y_m, weight)
    _check(pieces, side_m)
    column, row = np.floor(x / side_m), np.floor(y / side_m)
    keys, count = _counted(groups_of(group, len(x)), column, row, w)
    chosen = served_first(count, keys[:, 0].astype(np.int64), pieces)
    west, south = keys[chosen, 1] * side_m, keys[chosen, 2] * side_m
    squares = shapely.box(west, south, west + side_m, south + side_m)
    return Pieces(squares, keys[chosen, 0].astype(np.int64), count[chosen])


def best_hexagons(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weight: ArrayLike,
    *,
    pieces: int,
    area_km2: float = 0.0625,
    group: ArrayLike | None = None,
) -> Pieces:
    """Take the hexagons of a fixed grid that hold most incidents.

    Regular hexagons with a corner in the north; one has its centre at the origin of the CRS.

    Parameters
    ----------
    x_m, y_m, weight, pieces, group
        As `best_squares` takes them.
    area_km2
        Area of a hexagon; the default is that of a square of 250 m.
    """
    import shapely

    x, y, w = check_places(x_m, y_m, weight)
    _check(pieces, area_km2)
    radius = (area_km2 * 1e6 / (1.5 * 3**0.5)) ** 0.5
    across, along = radius * 3**0.5, radius * 1.5
    # a hexagon is what lies nearest to its centre; the centres are two square lattices
    best = np.full(len(x), np.inf)
    column, row = np.zeros(len(x)), np.zeros(len(x))
    for shift in (0.0, 0.5):
        at_column = np.round(x / across - shift) + shift
        at_row = (np.round(y / along / 2 - shift) + shift) * 2
        far = (x - at_column * across) ** 2 + (y - at_row * along) ** 2
        near = far < best
        best[near], column[near], row[near] = far[near], at_column[near], at_row[near]
    keys, count = _counted(groups_of(group, len(x)), column, row, w)
    chosen = served_first(count, keys[:, 0].astype(np.int64), pieces)
    centre = np.column_stack((keys[chosen, 1] * across, keys[chosen, 2] * along))
    angle = np.pi / 6 + np.pi / 3 * np.arange(6)
    corners = centre[:, None] + radius * np.column_stack((np.cos(angle), np.sin(angle)))
    return Pieces(shapely.polygons(corners), keys[chosen, 0].astype(np.int64), count[chosen])


def _counted(
    group: NDArray[np.int64],
    column: NDArray[np.float64],
    row: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Group, column and row of every cell with incidents, shape (m, 3), and their number."""
    held = weight > 0
    keys, cell = np.unique(np.column_stack((group, column, row))[held], axis=0, return_inverse=True)
    count = np.bincount(cell.ravel(), weight[held], minlength=len(keys))
    return keys.astype(np.float64), count.astype(np.float64)


def _check(pieces: int, size: float) -> None:
    if pieces < 1:
        raise InputError(f"At least 1 piece must be asked for; it is {pieces}.")
    if not 0 < size < np.inf:
        raise InputError(f"The size of a cell must be above 0; it is {size:g}.")
