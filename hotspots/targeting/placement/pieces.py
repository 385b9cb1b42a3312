"""Pieces of ground, best first, and how a piece for every district comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Pieces:
    """Pieces of ground in the order in which a rule would take them.

    Attributes
    ----------
    geometry
        Shapely polygons that do not overlap where each is cut to its group, shape (n,).
    group
        Number of the group (district) of each; 0 without groups.
    gain
        Incidents that each adds to those before it.
    """

    geometry: NDArray[np.object_]
    group: NDArray[np.int64]
    gain: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.geometry)

    @property
    def area_km2(self) -> float:
        """Area of all of them, before any is cut to a district."""
        import shapely

        return float(shapely.area(self.geometry).sum()) / 1e6


def groups_of(group: ArrayLike | None, count: int) -> NDArray[np.int64]:
    """Group numbers, all 0 where there are no groups."""
    return np.zeros(count, dtype=np.int64) if group is None else np.asarray(group, dtype=np.int64)


def served_first(
    gain: NDArray[np.float64], group: NDArray[np.int64], pieces: int
) -> NDArray[np.int64]:
    """Choose `pieces` of some ranked pieces, the best one of every group before all others.

    Parameters
    ----------
    gain, group
        Of each piece; equal gains are taken in the order given.
    pieces
        How many. With more groups than that, the groups with the best pieces are served.

    Returns
    -------
    numpy.ndarray
        Numbers of the pieces chosen, by falling gain among the first of each group, then by
        falling gain among the rest.
    """
    order = np.argsort(-gain, kind="stable")
    _, first = np.unique(group[order], return_index=True)
    leads = np.zeros(len(order), dtype=np.bool_)
    leads[first] = True
    return np.concatenate((order[leads], order[~leads]))[:pieces]
