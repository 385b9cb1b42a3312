"""DBSCAN alone: the clusters with most incidents, as discs around their core places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotspots.errors import InputError
from hotspots.targeting.clusters import dbscan
from hotspots.targeting.density import check_places
from hotspots.targeting.placement.pieces import Pieces, groups_of, served_first

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

#: Radii to choose among, metres.
SWEEP_M: tuple[float, ...] = tuple(float(eps) for eps in range(50, 401, 50))

_SCALES = (0.0, 4.0)
_ROUNDS = 14


def best_clusters(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weight: ArrayLike,
    *,
    pieces: int,
    eps_m: float | Sequence[float],
    min_incidents: int,
    area_km2: float | None = None,
    group: ArrayLike | None = None,
) -> Pieces:
    """Take the DBSCAN clusters with most incidents.

    The ground of a cluster is the union of discs around its core places, of ``eps_m / 2`` unless
    an area is wanted. Its incidents are those of all its members.

    Parameters
    ----------
    x_m, y_m, weight
        Distinct places, shape (n,).
    pieces
        How many clusters; fewer are returned where there are fewer.
    eps_m, min_incidents
        Parameters of `hotspots.targeting.dbscan`. Of several radii (such as `SWEEP_M`) the one
        is taken whose clusters come nearest to `area_km2`, the smaller of equals.
    area_km2
        Wanted area together; needed for several radii. The discs are then made smaller or
        larger, up to four times, until they have it.
    group
        Number of the group (district) of each place: a cluster belongs to the group with most
        of its incidents, and every group's best cluster comes first.
    """
    radii = sorted(float(eps) for eps in np.atleast_1d(eps_m))
    if len(radii) != 1 and area_km2 is None:
        raise InputError("Give area_km2, to choose among several eps_m.")
    x, y, w = check_places(x_m, y_m, weight)
    number = groups_of(group, len(x))
    found = [_clusters(x, y, w, number, pieces, eps, min_incidents) for eps in radii]
    if area_km2 is None:
        return found[0].pieces(1.0)
    nearest = min(found, key=lambda each: abs(each.area_km2(1.0) - area_km2))
    low, high = _SCALES
    for _ in range(_ROUNDS):
        scale = (low + high) / 2
        low, high = (low, scale) if nearest.area_km2(scale) > area_km2 else (scale, high)
    return nearest.pieces(low)


@dataclass(frozen=True)
class _Clusters:
    """The best clusters of one radius: their core places, group and incidents."""

    spots: Sequence[NDArray[np.object_]]
    group: NDArray[np.int64]
    count: NDArray[np.float64]
    eps_m: float

    def pieces(self, scale: float) -> Pieces:
        """Discs of the radius times `scale`."""
        import shapely

        shapes = np.empty(len(self.spots), dtype=object)
        for place, spots in enumerate(self.spots):
            shapes[place] = shapely.union_all(shapely.buffer(spots, scale * self.eps_m / 2))
        return Pieces(shapes, self.group, self.count)

    def area_km2(self, scale: float) -> float:
        """Area of those discs, each bit of ground once."""
        import shapely

        return float(shapely.union_all(self.pieces(scale).geometry).area) / 1e6


def _clusters(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    w: NDArray[np.float64],
    group: NDArray[np.int64],
    pieces: int,
    eps_m: float,
    min_incidents: int,
) -> _Clusters:
    """Take the best clusters of one radius."""
    import shapely

    label, core = dbscan(x, y, w, eps_m=eps_m, min_incidents=min_incidents)
    clusters = int(label.max(initial=-1)) + 1
    member = label >= 0
    count = np.bincount(label[member], w[member], minlength=clusters).astype(np.float64)
    shares = np.zeros((clusters, int(group.max(initial=0)) + 1))
    np.add.at(shares, (label[member], group[member]), w[member])
    home = shares.argmax(axis=1)
    chosen = served_first(count, home, pieces)
    spots = [
        shapely.points(x[core & (label == cluster)], y[core & (label == cluster)])
        for cluster in chosen
    ]
    return _Clusters(spots, home[chosen], count[chosen], eps_m)
