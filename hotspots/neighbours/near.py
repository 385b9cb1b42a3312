"""The nearest other position, all pairs within a distance, and what lies within it."""

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
# From here on nobody builds a tree: all positions pass by those asked for.
_MANY = 200_000
# A little farther, as trees may round otherwise than the square that decides.
_SLACK = 1 + 1e-9
_LEAF = 64


def nearest_m(x_m: Floats, y_m: Floats, rows: Ints) -> Floats:
    """Distance from some positions to the nearest other one, metres.

    Parameters
    ----------
    x_m, y_m
        Positions, two or more, shape (n,), finite.
    rows
        Positions to measure from, shape (m,).

    Examples
    --------
    >>> x, y = np.array([0.0, 3.0, 10.0]), np.array([0.0, 4.0, 4.0])
    >>> nearest_m(x, y, np.arange(3)).tolist()
    [5.0, 5.0, 7.0]
    """
    if len(x_m) > _MANY:
        from hotspots.neighbours.passing import nearest

        return nearest(x_m, y_m, rows)
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


def weight_around(x_m: Floats, y_m: Floats, weight: Floats, rows: Ints, reach_m: float) -> Floats:
    """Weight within a distance of some positions, their own included.

    Parameters
    ----------
    x_m, y_m, weight
        Positions, shape (n,), finite; weights whose sums are exact, such as counts.
    rows
        Some of them, shape (m,).
    reach_m
        Distance, ``dx^2 + dy^2 <= reach_m^2``, above 0.

    Returns
    -------
    array
        Shape (m,).

    Examples
    --------
    >>> x, y = np.array([0.0, 3.0, 10.0]), np.array([0.0, 4.0, 4.0])
    >>> weight_around(x, y, np.array([1.0, 2.0, 4.0]), np.arange(3), 5).tolist()
    [3.0, 3.0, 4.0]
    """
    if len(x_m) > _MANY:
        from hotspots.neighbours.passing import within

        return within(x_m, y_m, weight, rows, reach_m)
    if len(rows) == len(weight):
        a, b = pairs_within(x_m, y_m, reach_m)
        n = len(weight)
        around = weight + np.bincount(a, weight[b], n) + np.bincount(b, weight[a], n)
        return np.asarray(around[rows])
    tree, xy = _scipy_tree(x_m, y_m)
    around = np.empty(len(rows))
    for start in range(0, len(rows), 1_000):
        some = slice(start, start + 1_000)
        own = rows[some]
        near = tree.query_ball_point(xy[own], reach_m * _SLACK, return_sorted=False)
        counts = [len(found) for found in near]
        a, b = np.repeat(own, counts), np.concatenate(near).astype(np.int64)
        held = (x_m[a] - x_m[b]) ** 2 + (y_m[a] - y_m[b]) ** 2 <= reach_m**2
        around[some] = np.bincount(
            np.repeat(np.arange(len(own)), counts), weight[b] * held, len(own)
        )
    return around


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


def _scipy_tree(x_m: Floats, y_m: Floats) -> tuple[Any, Floats]:
    from scipy.spatial import KDTree

    xy = np.column_stack([x_m, y_m])
    # not balanced and with large leaves: the same neighbours, and sooner built
    return KDTree(xy, _LEAF, balanced_tree=False, compact_nodes=False), xy
