"""Incidents around some of very many places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.targeting._kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def weight_around(
    x: Floats, y: Floats, weight: Floats, rows: NDArray[np.int64], reach: float
) -> Floats:
    """Weight within `reach` of the places `rows`, their own included.

    Parameters
    ----------
    x, y, weight
        Places from west to east, shape (n,); weights whose sums are exact, such as counts.
    rows
        Some of them, shape (m,).
    reach
        Distance, in the unit of x and y.

    Returns
    -------
    array
        Shape (m,).
    """
    # a little wider than `reach`, since differences are rounded
    wide = reach * (1 + 1e-9) + np.abs(x).max() * 1e-15
    start = np.searchsorted(x, x[rows] - wide).astype(np.int64)
    end = np.searchsorted(x, x[rows] + wide, side="right").astype(np.int64)
    around = np.zeros(len(rows))
    weight = np.array(weight, dtype=np.float64)  # may be read-only
    _sum_around(x, y, weight, np.asarray(rows, dtype=np.int64), start, end, reach**2, around)
    return around


@compiled(
    "void(float64[::1], float64[::1], float64[::1], int64[::1], int64[::1], int64[::1], "
    "float64, float64[::1])",
    any_order=True,
)
def _sum_around(
    x: Floats,
    y: Floats,
    weight: Floats,
    rows: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    reach2: float,
    around: Floats,
) -> None:
    for k in range(len(rows)):
        px, py = x[rows[k]], y[rows[k]]
        total = 0.0
        for q in range(start[k], end[k]):
            dx, dy = x[q] - px, y[q] - py
            if dx * dx + dy * dy <= reach2:
                total += weight[q]
        around[k] = total
