"""Who is near whom among positions in metres: the nearest, and all pairs within a distance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Up to here shapely's tree is used, which is imported anyway; SciPy's is faster from some
# thousand positions on, but takes longer to import than it saves.
_FEW = 20_000
# A little farther, as trees may round otherwise than the square that decides.
_SLACK = 1 + 1e-9
_LEAF = 64


def nearest_m(x_m: Floats, y_m: Floats, rows: Ints | slice) -> Floats:
    """Distance from some positions to the nearest other one, metres.

    Parameters
    ----------
    x_m, y_m
        Positions, two or more, shape (n,), finite.
    rows
        Positions to measure from.

    Examples
    --------
    >>> x, y = np.array([0.0, 3.0, 10.0]), np.array([0.0, 4.0, 4.0])
    >>> nearest_m(x, y, slice(None)).tolist()
    [5.0, 5.0, 7.0]
    """
    if len(x_m) > _FEW:
        tree, xy = _scipy_tree(x_m, y_m)
        distance: Floats = tree.query(xy[rows], k=2)[0][:, 1]
        return distance
    import shapely

    points = shapely.points(x_m, y_m)
    found, distance = shapely.STRtree(points).query_nearest(
        points[rows], exclusive=True, all_matches=False, return_distance=True
    )
    return distance[np.argsort(found[0])]


def pairs_within(x_m: Floats, y_m: Floats, distance_m: float) -> tuple[Ints, Ints]:
    """All pairs of positions at most a distance apart, each once, the lower number first.

    The square of the distance decides: ``dx^2 + dy^2 <= distance_m^2``.

    Examples
    --------
    >>> x, y = np.array([0.0, 3.0, 10.0]), np.array([0.0, 4.0, 4.0])
    >>> [numbers.tolist() for numbers in pairs_within(x, y, 5)]
    [[0], [1]]
    """
    if len(x_m) > _FEW:
        tree, _ = _scipy_tree(x_m, y_m)
        a, b = tree.query_pairs(distance_m * _SLACK, output_type="ndarray").T
    else:
        import shapely

        points = shapely.points(x_m, y_m)
        a, b = shapely.STRtree(points).query(
            points, predicate="dwithin", distance=distance_m * _SLACK
        )
        once = a < b
        a, b = a[once], b[once]
    near = (x_m[a] - x_m[b]) ** 2 + (y_m[a] - y_m[b]) ** 2 <= distance_m**2
    return a[near], b[near]


def connected(size: int, a: Ints, b: Ints) -> Ints:
    """Lowest number that each of `size` things is connected to by some pairs.

    Every root is hung below the lowest that one of its pairs reaches, until none changes.

    Examples
    --------
    >>> connected(5, np.array([4, 1]), np.array([1, 3])).tolist()
    [0, 1, 2, 1, 1]
    """
    root = np.arange(size)
    while True:
        one, other = root[a], root[b]
        apart = one != other
        if not apart.any():
            return root
        a, b, one, other = a[apart], b[apart], one[apart], other[apart]
        np.minimum.at(root, np.maximum(one, other), np.minimum(one, other))
        while (higher := root[root] != root).any():
            root[higher] = root[root[higher]]


def _scipy_tree(x_m: Floats, y_m: Floats) -> tuple[Any, Floats]:
    from scipy.spatial import KDTree

    xy = np.column_stack([x_m, y_m])
    # not balanced and with large leaves: the same neighbours, and sooner built
    return KDTree(xy, _LEAF, balanced_tree=False, compact_nodes=False), xy
