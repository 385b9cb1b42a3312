"""Which counts are withheld, so that no small one can be worked out from the others.

A published table is a set of cells and of sums over them. Whoever reads it can bound every
withheld cell by linear programming; a cell is safe where those bounds lie far enough apart
(Cox 1980, "Suppression methodology and statistical disclosure control").
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Sum:
    """A relation that every reader knows: cell `total` is the sum of the cells `parts`.

    With `rest` there is something besides the parts, of which only is known that it is not
    negative: `total` is at least their sum.
    """

    total: int
    parts: tuple[int, ...]
    rest: bool = False


@dataclass(frozen=True)
class Order:
    """What a published rank tells: ``cell first - cell second >= price * area_difference_km2``.

    Hotspots are ranked by ``incidents - price * area``. The price is one number for all orders of a
    `group`, which a reader does not know.
    """

    first: int
    second: int
    area_difference_km2: float
    group: int = 0


def bounds_of(
    low: ArrayLike, high: ArrayLike, sums: Sequence[Sum], orders: Sequence[Order] = ()
) -> NDArray[np.float64]:
    """Bound every cell as sharply as its reader can.

    Parameters
    ----------
    low, high
        What is known of each cell by itself, shape (n,): equal where it is published, its band
        where that is, 0 and infinity where it is withheld.
    sums, orders
        What is known of cells together.

    Returns
    -------
    array, shape (n, 2)
        Least and greatest value that each cell can have.

    Examples
    --------
    >>> inf = float("inf")
    >>> bounds_of([0, 0, 7, 30], [inf, inf, 7, 30], [Sum(3, (0, 1, 2))])[0].tolist()
    [0.0, 23.0]
    """
    low, high = np.asarray(low, np.float64), np.asarray(high, np.float64)
    result = np.column_stack([low, high])
    involved = {cell for one in sums for cell in (one.total, *one.parts)}
    involved |= {cell for order in orders for cell in (order.first, order.second)}
    open_cells = [cell for cell in sorted(involved) if high[cell] > low[cell]]
    if not open_cells:
        return result
    equal, unequal = _relations(len(low), sums, orders)
    limits = [*zip(low, np.where(np.isinf(high), np.nan, high), strict=True)]
    limits = [(a, None if np.isnan(b) else b) for a, b in limits]
    limits += [(0.0, None)] * (equal.shape[1] - len(low))  # the prices of area
    for cell in open_cells:
        result[cell] = (
            _extreme(cell, 1.0, equal, unequal, limits),
            _extreme(cell, -1.0, equal, unequal, limits),
        )
    return result


def _relations(
    cells: int, sums: Sequence[Sum], orders: Sequence[Order]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows of ``row @ x == 0`` and of ``row @ x <= 0``; the last variables are the prices."""
    equal: list[NDArray[np.float64]] = []
    unequal: list[NDArray[np.float64]] = []
    width = cells + max((order.group for order in orders), default=-1) + 1
    for one in sums:
        row = np.zeros(width)
        row[list(one.parts)] = 1.0
        row[one.total] -= 1.0
        (unequal if one.rest else equal).append(row)
    for order in orders:
        row = np.zeros(width)
        row[order.second], row[order.first] = 1.0, -1.0
        row[cells + order.group] = order.area_difference_km2
        unequal.append(row)
    empty = np.zeros((0, width))
    return np.array(equal) if equal else empty, np.array(unequal) if unequal else empty


def _extreme(
    cell: int,
    sign: float,
    equal: NDArray[np.float64],
    unequal: NDArray[np.float64],
    limits: Sequence[tuple[float, float | None]],
) -> float:
    from scipy.optimize import linprog

    aim = np.zeros(len(limits))
    aim[cell] = sign
    found = linprog(
        aim,
        A_ub=unequal if len(unequal) else None,
        b_ub=np.zeros(len(unequal)) if len(unequal) else None,
        A_eq=equal if len(equal) else None,
        b_eq=np.zeros(len(equal)) if len(equal) else None,
        bounds=limits,
        method="highs",
    )
    if found.status == 3:  # nothing bounds it
        return -sign * float("inf")
    if found.status != 0:
        raise ArithmeticError(f"The bounds of cell {cell} cannot be found: {found.message}")
    return sign * float(found.fun)


def withheld(
    values: ArrayLike,
    sums: Sequence[Sum],
    *,
    below: float,
    width: float | None = None,
    orders: Sequence[Order] = (),
    already: Collection[int] = (),
    exempt: Collection[int] = (),
) -> NDArray[np.bool_]:
    """Say which cells must not be published.

    First those below `below` (primary suppression). Then, as long as a reader could bound one of
    them to less than `width`, the smallest cell that stands in a sum with it as well (secondary
    suppression): a part before a total, and of equal ones the first.

    Parameters
    ----------
    values
        The cells, shape (n,), not negative.
    sums, orders
        What every reader knows of them. A sum that the cells do not keep is no knowledge.
    below
        Cells below this are withheld.
    width
        No withheld cell can be bounded more narrowly than to this; by default `below`.
    already
        Cells that are withheld for another reason.
    exempt
        Cells that are published whatever they are: constants that everybody knows.

    Returns
    -------
    array of bool, shape (n,)

    Examples
    --------
    >>> withheld([3, 12, 40, 55], [Sum(3, (0, 1, 2))], below=5).tolist()
    [True, True, False, False]
    """
    cells = np.asarray(values, np.float64)
    fixed = np.zeros(len(cells), dtype=bool)
    fixed[list(exempt)] = True
    hidden = (cells < below) & ~fixed
    hidden[list(already)] = True
    least = below if width is None else width
    sums = [one for one in sums if _kept(one, cells)]
    totals = {one.total for one in sums}
    while hidden.any():
        low, high = np.where(hidden, 0.0, cells), np.where(hidden, np.inf, cells)
        bounds = bounds_of(low, high, sums, orders)
        weak = np.flatnonzero(hidden & (bounds[:, 1] - bounds[:, 0] < least - _TOLERANCE))
        near = _neighbours(weak, sums, orders)
        open_cells = [cell for cell in near if not hidden[cell] and not fixed[cell]]
        if not open_cells:
            open_cells = [] if not len(weak) else list(np.flatnonzero(~hidden & ~fixed))
        if not open_cells:
            break
        hidden[min(open_cells, key=lambda cell: (cell in totals, cells[cell], cell))] = True
    return hidden


def _kept(one: Sum, cells: NDArray[np.float64]) -> bool:
    rest = float(cells[one.total] - cells[list(one.parts)].sum())
    return rest >= -_TOLERANCE if one.rest else abs(rest) <= _TOLERANCE


def _neighbours(weak: NDArray[np.intp], sums: Sequence[Sum], orders: Sequence[Order]) -> list[int]:
    """Cells that stand in one relation with the first weak cell."""
    if not len(weak):
        return []
    cell, near = int(weak[0]), set()
    for group in [(one.total, *one.parts) for one in sums] + [(o.first, o.second) for o in orders]:
        if cell in group:
            near |= set(group)
    return sorted(near - {cell})
