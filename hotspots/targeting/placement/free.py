"""Squares and rectangles that lie where the incidents are, not where a grid puts them."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from hotspots.errors import InputError
from hotspots.targeting.density import check_places
from hotspots.targeting.placement.pieces import Pieces, groups_of
from hotspots.targeting.placement.windows import Windows, fitting_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

#: Shares of the price and of the area within which they are found.
_CLOSE_ENOUGH = 2e-3
_COUNTS_AT_ONCE = 1_000_000


def free_squares(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weight: ArrayLike,
    *,
    pieces: int,
    side_m: float = 250.0,
    step_m: float = 25.0,
    group: ArrayLike | None = None,
) -> Pieces:
    """Place squares one after the other, each where it holds most incidents.

    Every square lies on a lattice of about `step_m` (the side over a whole number) and overlaps
    none before it.

    Parameters
    ----------
    x_m, y_m, weight
        Places, shape (n,).
    pieces
        How many squares; fewer are returned where fewer hold an incident.
    side_m, step_m
        Side of a square and step of the lattice, metres; on ground so wide that the lattice
        would have over 25 million bins, the step is doubled until it has not.
    group
        Number of the group (district) of each place: squares count places of one group only,
        and every group's best square comes first.

    Examples
    --------
    >>> found = free_squares([10, 130, 900], [0, 0, 0], [2, 2, 3], pieces=1, side_m=200)
    >>> found.gain.tolist(), found.geometry[0].bounds
    ([4.0], (-50.0, -175.0, 150.0, 25.0))
    """
    x, y, w = check_places(x_m, y_m, weight)
    _check(pieces, side_m, step_m)
    step = fitting_step(side_m / max(1, round(side_m / step_m)), x, y)
    bins = max(1, round(side_m / step))
    shapes = np.array([[bins, bins]])
    windows = _windows(x, y, w, groups_of(group, len(x)), side_m / bins, shapes)
    return _take(windows, 0.0, pieces)


def free_rectangles(
    x_m: ArrayLike,
    y_m: ArrayLike,
    weight: ArrayLike,
    *,
    pieces: int,
    area_km2: float,
    side_m: tuple[float, float] = (100.0, 400.0),
    step_m: float = 25.0,
    group: ArrayLike | None = None,
) -> Pieces:
    """Place rectangles one after the other at one price of area.

    Each rectangle is the one on the lattice with the most incidents less the price times its
    area, and overlaps none before it. One price holds for all of them: it is the lowest, found
    by bisection, at which `pieces` rectangles together are no larger than `area_km2`.

    Parameters
    ----------
    x_m, y_m, weight, pieces, group
        As `free_squares` takes them.
    area_km2
        Area of all rectangles together. Where even the smallest are larger, those are taken;
        the result says its area.
    side_m
        Least and greatest side, metres.
    step_m
        Step of the lattice and of the sides, metres; widened as `free_squares` does.
    """
    x, y, w = check_places(x_m, y_m, weight)
    _check(pieces, area_km2, step_m)
    step = fitting_step(step_m, x, y)
    least, most = (max(1, round(side / step)) for side in side_m)
    if not 0 < side_m[0] <= side_m[1]:
        raise InputError(f"The least side must not exceed the greatest; they are {side_m}.")
    sides = np.arange(least, most + 1)
    shapes = np.array([(high, wide) for high in sides for wide in sides])
    shapes = shapes[np.argsort(shapes.prod(axis=1), kind="stable")]
    windows = _windows(x, y, w, groups_of(group, len(x)), step, shapes)
    # above every gain, even that of a single place, the smallest rectangles are the best
    low = 0.0
    high = 2 * max((lattice.most_per_km2() for lattice in windows.values()), default=0.0)
    found = _take(windows, low, pieces)
    if found.area_km2 <= area_km2:
        return found
    found = _take(windows, high, pieces)
    if found.area_km2 > area_km2:
        return found
    while high - low > _CLOSE_ENOUGH * high and found.area_km2 < (1 - _CLOSE_ENOUGH) * area_km2:
        price = (low + high) / 2
        tried = _take(windows, price, pieces)
        if tried.area_km2 > area_km2 * (1 + 1e-9):
            low = price
        else:
            high, found = price, tried
    return found


def _windows(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    w: NDArray[np.float64],
    group: NDArray[np.int64],
    step: float,
    shapes: NDArray[np.int64],
) -> dict[int, Windows]:
    """Lattice of every group that has an incident."""
    if (w != np.floor(w)).any():
        raise InputError("Weights must be whole numbers of incidents.")
    held = w > 0
    numbers = np.unique(group[held])
    windows = {}
    for number in numbers:
        own = held & (group == number)
        windows[int(number)] = Windows(
            x[own], y[own], w[own], step, shapes, counts_at_once=_COUNTS_AT_ONCE // len(numbers)
        )
    return windows


def _take(windows: dict[int, Windows], price_per_km2: float, pieces: int) -> Pieces:
    """Take the best rectangle of every group, best first, then the best that are left."""
    import shapely

    streams = {number: lattice.best(price_per_km2) for number, lattice in windows.items()}
    taken: list[tuple[float, int, int, int, int]] = []
    waiting = [ahead for number, stream in streams.items() for ahead in _next(number, stream)]
    for ahead in sorted(waiting)[:pieces]:
        taken.append(ahead)
    waiting = [new for ahead in taken for new in _next(ahead[1], streams[ahead[1]])]
    heapq.heapify(waiting)
    while waiting and len(taken) < pieces:
        taken.append(heapq.heappop(waiting))
        for new in _next(taken[-1][1], streams[taken[-1][1]]):
            heapq.heappush(waiting, new)
    boxes, gain = [], []
    for loss, number, row, column, shape in taken:
        lattice = windows[number]
        south, west = lattice.first * lattice.step_m + np.array([row, column]) * lattice.step_m
        high, wide = lattice.shapes[shape] * lattice.step_m
        boxes.append((west, south, west + wide, south + high))
        gain.append(price_per_km2 * lattice.area_km2[shape] - loss)
    corners = np.array(boxes, dtype=np.float64).reshape(-1, 4).T
    group = np.array([number for _, number, *_ in taken], dtype=np.int64)
    return Pieces(shapely.box(*corners), group, np.array(gain, dtype=np.float64))


def _next(
    number: int, stream: Iterator[tuple[float, int, int, int]]
) -> list[tuple[float, int, int, int, int]]:
    """Next rectangle of a group, as a heap orders it; none where there is none."""
    return [(-gain, number, row, column, shape) for gain, row, column, shape in _one(stream)]


def _one(stream: Iterator[tuple[float, int, int, int]]) -> list[tuple[float, int, int, int]]:
    found = next(stream, None)
    return [] if found is None else [found]


def _check(pieces: int, size: float, step_m: float) -> None:
    if pieces < 1:
        raise InputError(f"At least 1 piece must be asked for; it is {pieces}.")
    if not (0 < size < np.inf and 0 < step_m < np.inf):
        raise InputError(f"Sizes and steps must be above 0; they are {size:g} and {step_m:g}.")
