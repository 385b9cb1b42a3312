"""Ranked pieces of ground compared on one area: what the best of them held, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotspots.testing.counting import first_piece

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Capture:
    """What ranked pieces held.

    Attributes
    ----------
    area_km2
        Area that each piece adds to those before it, shape (pieces,).
    inside
        Incidents that each adds, shape (pieces, months).
    """

    area_km2: NDArray[np.float64]
    inside: NDArray[np.float64]

    @property
    def total_km2(self) -> float:
        """Area of all pieces together."""
        return float(self.area_km2.sum())

    def on(self, area_km2: float) -> NDArray[np.float64]:
        """Incidents of each month that the best pieces held on so much area, shape (months,).

        Pieces are taken in order; the last counts by the part of its area that is left. More
        than their own area holds no more than they do.

        Examples
        --------
        >>> held = Capture(np.array([1.0, 2.0]), np.array([[10.0, 0.0], [8.0, 4.0]]))
        >>> held.on(2.0).tolist()
        [14.0, 2.0]
        """
        before = np.cumsum(self.area_km2) - self.area_km2
        left = np.clip(area_km2 - before, 0, self.area_km2)
        part = np.divide(left, self.area_km2, out=np.ones_like(left), where=self.area_km2 > 0)
        held: NDArray[np.float64] = part @ self.inside
        return held


def capture(
    geometry: NDArray[np.object_], incidents: pd.DataFrame, months: Sequence[str]
) -> Capture:
    """Count what ranked pieces of ground held in each month.

    Parameters
    ----------
    geometry
        Polygons, the best first; where they overlap, the better one counts.
    incidents
        Columns x_m, y_m, period, weight.
    months
        Months in the order wanted; incidents of others are left out.
    """
    import shapely

    ground = [shapely.union_all(geometry[: number + 1]) for number in range(len(geometry))]
    area = np.diff(shapely.area(ground), prepend=0.0) / 1e6
    piece = first_piece(geometry, incidents["x_m"], incidents["y_m"])
    number = {month: at for at, month in enumerate(months)}
    month = incidents["period"].astype(str).map(number)
    counted = (piece >= 0) & month.notna().to_numpy()
    inside = np.zeros((len(geometry), len(months)))
    where = piece[counted], month[counted].to_numpy(dtype=np.int64)
    np.add.at(inside, where, incidents["weight"].to_numpy(dtype=np.float64)[counted])
    return Capture(area, inside)
