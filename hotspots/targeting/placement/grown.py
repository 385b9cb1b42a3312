"""Density alone: the densest cells, or pieces grown around its peaks."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from hotspots.errors import InputError
from hotspots.targeting.placement.pieces import Pieces, served_first

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hotspots.frames import DensitySurface


def densest_cells(surface: DensitySurface, *, area_km2: float) -> Pieces:
    """Take the densest cells of a surface, one by one, until an area is reached.

    Parameters
    ----------
    surface
        Density; only cells inside the study area are taken.
    area_km2
        Area of the cells together, rounded to whole cells, at least one.

    Returns
    -------
    Pieces
        One square per cell, densest first; the gain is the density times the area of a cell.
        Equal ones from south to north, then from west to east.
    """
    import shapely

    if not 0 < area_km2 < np.inf:
        raise InputError(f"The area must be above 0; it is {area_km2:g} km².")
    size = surface.cell_size_m
    value = np.where(surface.inside, surface.values_per_km2, 0.0).ravel()
    order = np.argsort(-value, kind="stable")[: max(1, round(area_km2 * 1e6 / size**2))]
    order = order[value[order] > 0]
    row, column = np.divmod(order, surface.inside.shape[1])
    west, south = surface.x_min_m + column * size, surface.y_min_m + row * size
    boxes = shapely.box(west, south, west + size, south + size)
    return Pieces(boxes, np.zeros(len(order), dtype=np.int64), value[order] * size**2 / 1e6)


def grown_pieces(
    surface: DensitySurface,
    *,
    pieces: int,
    area_km2: float,
    group_of_cell: NDArray[np.int32] | None = None,
) -> Pieces:
    """Grow connected pieces of equal area around the peaks of a density.

    The densest cell that is free begins a piece; the densest free neighbour (by a side) joins
    it, until its share of the area is reached or nothing is left; then the next piece begins.

    Parameters
    ----------
    surface
        Density; only cells inside the study area are taken.
    pieces, area_km2
        How many, and their area together, in whole cells for each.
    group_of_cell
        Number of the group (district) of each cell, same shape as the surface, -1 outside: a
        piece stays in one group, and every group's first piece comes first.

    Returns
    -------
    Pieces
        The gain is the integral of the density over the piece.
    """
    import shapely

    if pieces < 1 or not 0 < area_km2 < np.inf:
        raise InputError(f"Pieces and area must be above 0; they are {pieces} and {area_km2:g}.")
    size, width = surface.cell_size_m, surface.inside.shape[1]
    value = np.where(surface.inside, surface.values_per_km2, 0.0).ravel()
    group = np.zeros(value.shape, np.int32) if group_of_cell is None else group_of_cell.ravel()
    numbers = np.unique(group[value > 0])
    most = max(1, round(area_km2 * 1e6 / size**2 / pieces))
    grown: list[tuple[float, int, list[int]]] = []
    for number in numbers:
        free = np.where(group == number, value, 0.0)
        order = np.argsort(-free, kind="stable")
        order = order[free[order] > 0]
        begun = 0
        for peak in order:
            if begun == pieces:
                break
            if free[peak] > 0:
                height = float(free[peak])
                grown.append((height, int(number), _grow(int(peak), free, width, most)))
                begun += 1
    chosen = served_first(
        np.array([height for height, _, _ in grown]),
        np.array([number for _, number, _ in grown], dtype=np.int64),
        pieces,
    )
    shapes = np.empty(len(chosen), dtype=object)
    gain = np.empty(len(chosen))
    for place, number in enumerate(chosen):
        row, column = np.divmod(np.array(grown[number][2]), width)
        west, south = surface.x_min_m + column * size, surface.y_min_m + row * size
        shapes[place] = shapely.union_all(shapely.box(west, south, west + size, south + size))
        gain[place] = value[grown[number][2]].sum() * size**2 / 1e6
    return Pieces(shapes, np.array([grown[n][1] for n in chosen], dtype=np.int64), gain)


def _grow(peak: int, free: NDArray[np.float64], width: int, most: int) -> list[int]:
    """Cells of one piece; they are free no longer (their density in `free` becomes 0)."""
    cells: list[int] = []
    edge = [(-free[peak], peak)]
    while edge and len(cells) < most:
        _, cell = heapq.heappop(edge)
        if free[cell] <= 0:
            continue
        free[cell] = 0.0
        cells.append(cell)
        row, column = divmod(cell, width)
        for up, right in ((-1, 0), (0, -1), (0, 1), (1, 0)):
            at_row, at_column = row + up, column + right
            if 0 <= at_column < width and 0 <= at_row * width < len(free):
                beside = at_row * width + at_column
                if free[beside] > 0:
                    heapq.heappush(edge, (-free[beside], beside))
    return cells
