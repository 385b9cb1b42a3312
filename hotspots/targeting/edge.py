"""Whether incidents beyond the border of the study area are in the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.frames import Choice
from hotspots.grid import Grid
from hotspots.targeting.significance import cells_near

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_AS_DENSE_AS = 0.5


def edge_rule(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weight: ArrayLike,
    inside: NDArray[np.bool_],
    grid: Grid,
    bandwidth_m: float,
) -> tuple[str, Choice]:
    """Decide between ``"mass"`` and ``"none"`` from the incidents on both sides of the border.

    The incidents per km² within one bandwidth outside the border are compared with those
    within one bandwidth inside. At half as many or more, the neighbours' incidents are in the
    data and the surface needs no correction; otherwise what kernels lose across the border is
    put back.

    Parameters
    ----------
    x_m, y_m, weight
        Places on both sides of the border, shape (n,).
    inside
        Cells in the study area; the grid reaches a bandwidth beyond it.
    grid, bandwidth_m
        Grid and kernel.
    """
    row, column, held = grid.cell_of(x_m, y_m)
    reach = bandwidth_m / grid.cell_size_m
    counts = np.bincount(
        row[held] * grid.columns + column[held],
        np.asarray(weight, dtype=np.float64)[held],
        minlength=inside.size,
    ).reshape(inside.shape)
    rates = []
    for side in (~inside, inside):
        rim = side & (cells_near(~side, reach) > 0)
        rates.append(counts[rim].sum() / max(rim.sum() * grid.cell_km2, grid.cell_km2))
    beyond, within = rates
    ratio = beyond / within if within > 0 else 0.0
    rule = "none" if ratio >= _AS_DENSE_AS else "mass"
    meaning = (
        "the neighbours' incidents are in the data"
        if rule == "none"
        else "the neighbours' incidents are not in the data"
    )
    return rule, Choice(
        "edge",
        rule,
        f"within {bandwidth_m:g} m of the border there are {ratio:.0%} as many incidents per km² "
        f"outside as inside: {meaning}",
    )
