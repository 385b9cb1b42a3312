"""Which piece of ground holds each place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def first_piece(geometry: NDArray[np.object_], x_m: ArrayLike, y_m: ArrayLike) -> NDArray[np.int64]:
    """Number of the first piece that holds each place, its outline included; -1 for none.

    Parameters
    ----------
    geometry
        Shapely polygons in order of rank, shape (n,).
    x_m, y_m
        Places, shape (m,).

    Returns
    -------
    numpy.ndarray
        Shape (m,): so each incident counts once, however many pieces hold it.

    Examples
    --------
    >>> import shapely
    >>> first_piece(shapely.box([0, 5], 0, [10, 20], 10), [7, 15, 30], [5, 5, 5]).tolist()
    [0, 1, -1]
    """
    import shapely

    points = shapely.points(np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64))
    pieces, places = shapely.STRtree(points).query(geometry, predicate="intersects")
    found = np.full(len(points), len(geometry), dtype=np.int64)
    np.minimum.at(found, places, pieces)
    return np.where(found < len(geometry), found, -1)
