"""Density with a bandwidth of its own for every place, and density relative to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.errors import InputError
from hotspots.targeting.density import check_places, kernel_density

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from hotspots.grid import Grid

_STEP_M = 25.0
_REACH = (0.5, 2.0)
_AT_ONCE = 2_000_000


def adaptive_bandwidths(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weight: ArrayLike,
    bandwidth_m: float,
    *,
    incidents: int | None = None,
) -> tuple[NDArray[np.float64], int]:
    """Bandwidth of each place: as far as its nearest incidents reach.

    The bandwidth of a place is the distance within which `incidents` lie, its own included
    (Silverman 1986, section 5.2), in steps of 25 m, within half of `bandwidth_m` and twice it.

    Parameters
    ----------
    x_m, y_m, weight
        Distinct places, shape (n,).
    bandwidth_m
        Bandwidth of a place with the usual number of incidents around it.
    incidents
        How many. None: as many as half of the places have within `bandwidth_m`.

    Returns
    -------
    bandwidths_m, incidents
        Shape (n,); and the number of incidents.

    Examples
    --------
    >>> adaptive_bandwidths([0, 100, 900], [0, 0, 0], [5, 5, 5], 200, incidents=10)[0].tolist()
    [100.0, 100.0, 400.0]
    """
    from scipy.spatial import KDTree

    x, y, w = check_places(x_m, y_m, weight)
    if not bandwidth_m > 0:
        raise InputError(f"bandwidth_m must be above 0; it is {bandwidth_m:g}.")
    low, high = (max(_STEP_M, round(bandwidth_m * share / _STEP_M) * _STEP_M) for share in _REACH)
    tree = KDTree(np.column_stack([x, y]))
    if incidents is None:
        rows = np.arange(0, len(x), 1 + len(x) // 20_000)
        near = tree.query_ball_point(tree.data[rows], bandwidth_m)
        incidents = max(1, int(np.median([w[some].sum() for some in near]))) if len(x) else 1
    if incidents < 1:
        raise InputError(f"incidents must be 1 or more; it is {incidents}.")
    found = np.full(len(x), high)
    most = min(len(x), incidents)  # every place holds one incident or more
    size = max(1, _AT_ONCE // max(1, most))
    for first in range(0, len(x), size):
        some = slice(first, first + size)
        distance, place = tree.query(tree.data[some], k=range(1, most + 1))
        held = np.cumsum(w[place], axis=1)
        enough = held >= incidents
        reach = distance[np.arange(len(enough)), enough.argmax(axis=1)]
        found[some] = np.where(enough.any(axis=1), reach, high)
    stepped = np.ceil(np.round(found / _STEP_M, 9)) * _STEP_M
    return np.clip(stepped, low, high), incidents


def adaptive_density(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weight: ArrayLike,
    grid: Grid,
    bandwidths_m: NDArray[np.float64],
    *,
    inside: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Kernel density in which each place has its own bandwidth, incidents per km².

    The sum of `kernel_density` over the places of each bandwidth, so that it is exact and
    integrates to the weights.
    """
    x, y, w = check_places(x_m, y_m, weight)
    total = np.zeros((grid.rows, grid.columns))
    for bandwidth in np.unique(bandwidths_m):
        own = bandwidths_m == bandwidth
        total += kernel_density(x[own], y[own], w[own], grid, float(bandwidth), inside=inside)
    return total


def relative_density(
    density: NDArray[np.float64], background: NDArray[np.float64], inside: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Density relative to a background, incidents per km² as if the background were even.

    With f and g the two densities scaled to integrate to one over the study area of A km², the
    relative risk is ``r = (f + d) / (g + d)``, ``d = 1 / A`` (Bowman and Azzalini 1997: the
    constant keeps empty land near 1, where both are uncertain); the result is r times the mean
    of `density`.

    Parameters
    ----------
    density, background
        Two kernel densities with one bandwidth on one grid, shape (rows, columns).
    inside
        Cells of the study area; the others are 0 in the result.

    Raises
    ------
    InputError
        The background is empty inside the study area.
    """
    of, by = density[inside].mean(), background[inside].mean()
    if not by > 0:
        raise InputError(
            "The background has nothing inside the districts; check its coordinates and weights."
        )
    if not of > 0:
        return np.zeros_like(density)
    relative = (density / of + 1) / (background / by + 1) * of
    return np.where(inside, relative, 0.0)
