"""DBSCAN on weighted places: deterministic, and equal to DBSCAN on every single row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.errors import InputError
from hotspots.neighbours import connected, pairs_within
from hotspots.targeting.density import Engine, check_places

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# Places: pairs of neighbours take 0.3 s for so many where they lie thinly and far more where they
# crowd. The compiled path takes a tenth of a second, and a second to start, or four the first time.
_COMPILED_FROM = 200_000


def dbscan(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weight: ArrayLike,
    *,
    eps_m: float,
    min_incidents: int,
    engine: Engine = "auto",
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Cluster weighted places by density (Ester, Kriegel, Sander and Xu 1996).

    A place is a core place if the weights within `eps_m` of it, its own included, reach
    `min_incidents`; core places within `eps_m` of each other share a cluster, and other places
    within `eps_m` of a core place belong to it as its border. A place of weight w is treated as
    w rows at one position would be. Places are visited from west to east, then south to north,
    so neither the numbering nor a border place between two clusters depends on row order.

    Parameters
    ----------
    x_m, y_m, weight
        Places, shape (n,): metres and incidents.
    eps_m
        Radius of the neighbourhood, metres.
    min_incidents
        Incidents in it that make a core place.
    engine
        ``"plain"`` uses scikit-learn, whose memory grows with the neighbours of all places,
        ``"compiled"`` numba, whose memory grows with the places. ``"auto"`` takes numba where
        there are many places, and otherwise pairs of neighbours, so that a small run need not
        import either. Labels are the same, except that scikit-learn decides either way
        on a pair whose distance rounds to `eps_m` though its square exceeds ``eps_m**2``, by
        how its tree happens to be cut; the others go by the square. Many places spread over far
        more squares of `eps_m` than there are places go to scikit-learn.

    Returns
    -------
    labels, core
        Cluster of each place, -1 for none, and whether it is a core place; shape (n,).

    Raises
    ------
    InputError
        Arrays differ in length or hold something that is not finite, weights are negative, or
        `eps_m` or `min_incidents` is not above 0.

    Examples
    --------
    >>> dbscan([0, 50, 500], [0, 0, 0], [3, 2, 1], eps_m=100, min_incidents=5)[0].tolist()
    [0, 0, -1]
    """
    x, y, w = check_places(x_m, y_m, weight)
    if not (eps_m > 0 and min_incidents > 0):
        raise InputError(f"eps_m {eps_m:g} and min_incidents {min_incidents:g} must be above 0.")
    labels = np.full(len(x), -1, dtype=np.int64)
    core = np.zeros(len(x), dtype=np.bool_)
    if not w.any():
        return labels, core
    if engine == "compiled" or (engine == "auto" and len(x) > _COMPILED_FROM):
        from hotspots.targeting._kernels.dbscan import can_cluster, cluster

        if can_cluster(x, y, eps_m):
            return cluster(x, y, w, eps_m, min_incidents)
    elif engine == "auto":
        return _by_pairs(x, y, w, eps_m, min_incidents)
    from sklearn.cluster import DBSCAN

    order = np.lexsort((y, x))
    # algorithm="kd_tree" keeps neighbour search exact and its memory in the neighbours
    found = DBSCAN(eps=eps_m, min_samples=min_incidents, algorithm="kd_tree").fit(
        np.column_stack([x, y])[order], sample_weight=w[order]
    )
    labels[order] = found.labels_
    core[order[found.core_sample_indices_]] = True
    return labels, core


def _by_pairs(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    eps_m: float,
    min_incidents: float,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The same from all pairs of neighbours."""
    order = np.lexsort((y, x))
    x, y, weight = x[order], y[order], weight[order]
    a, b = pairs_within(x, y, eps_m)
    n = len(x)
    held = weight + np.bincount(a, weight[b], n) + np.bincount(b, weight[a], n)
    core = held >= min_incidents
    both = core[a] & core[b]
    # clusters are numbered by their first core place, and a border goes to the first it reaches
    first = connected(n, a[both], b[both])
    label = np.full(n, n, dtype=np.int64)
    label[core] = np.unique(first[core], return_inverse=True)[1]
    reached = label.copy()
    for one, other in ((a, b), (b, a)):
        border = ~core[one] & core[other]
        np.minimum.at(reached, one[border], label[other[border]])
    labels = np.empty(n, dtype=np.int64)
    labels[order] = np.where(reached < n, reached, -1)
    cores = np.empty(n, dtype=np.bool_)
    cores[order] = core
    return labels, cores
