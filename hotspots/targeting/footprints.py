"""Footprints of cells: grown around clusters, and split where they exceed the area cap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def components(cells: NDArray[np.int64], columns: int) -> list[NDArray[np.int64]]:
    """Sets of cells that share sides, each sorted, in order of their first cell.

    Parameters
    ----------
    cells
        Flat cell numbers (row * columns + column).
    columns
        Columns of the grid.
    """
    from scipy import ndimage

    if not len(cells):
        return []
    row, column = np.divmod(np.sort(cells), columns)
    top, left = row.min(), column.min()
    box = np.zeros((row.max() - top + 1, column.max() - left + 1), dtype=np.bool_)
    box[row - top, column - left] = True
    label = ndimage.label(box)[0][row - top, column - left]
    flat = row * columns + column
    order = np.argsort(label, kind="stable")
    return list(np.split(flat[order], np.flatnonzero(np.diff(label[order])) + 1))


def split(
    cells: NDArray[np.int64], density: NDArray[np.float64], columns: int, most_cells: int
) -> list[NDArray[np.int64]]:
    """Cut cells into connected pieces of at most `most_cells` cells.

    A component within the cap stays whole. A larger one is cut along the valleys between its
    density peaks: each cell climbs to its peak, and the basins so found are joined again over
    the highest passes first, as long as the cap allows. A basin that is by itself too large
    gives the piece grown around its peak, densest cell first, and what is left is cut again.

    Parameters
    ----------
    cells
        Flat cell numbers.
    density
        Density of every cell of the grid, flat.
    columns
        Columns of the grid.
    most_cells
        Cap.
    """
    pieces = []
    for component in components(cells, columns):
        if len(component) <= most_cells:
            pieces.append(component)
            continue
        for basin in _basins(component, density, columns, most_cells):
            for part in components(basin, columns):
                if len(part) <= most_cells:
                    pieces.append(part)
                else:
                    grown = _grow(part, density, most_cells)
                    pieces.append(grown)
                    pieces += split(np.setdiff1d(part, grown), density, columns, most_cells)
    return pieces


def _neighbours(
    component: NDArray[np.int64], columns: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions in `component` (sorted) of all pairs of cells that share a side."""
    column = component % columns
    left, right = [], []
    for step, within in ((1, column < columns - 1), (columns, np.ones(len(column), np.bool_))):
        place = np.searchsorted(component, component + step)
        place = np.minimum(place, len(component) - 1)
        there = within & (component[place] == component + step)
        left.append(np.flatnonzero(there))
        right.append(place[there])
    return np.concatenate(left), np.concatenate(right)


def _basins(
    component: NDArray[np.int64], density: NDArray[np.float64], columns: int, most_cells: int
) -> list[NDArray[np.int64]]:
    """Cut a component into basins around its peaks, joined over high passes up to the cap."""
    height = density[component]
    one, other = _neighbours(component, columns)
    # steepest ascent: every cell points at its highest neighbour or itself; of equals the first
    rank = np.empty(len(component), dtype=np.int64)
    rank[np.lexsort((-np.arange(len(component)), height))] = np.arange(len(component))
    best = rank.copy()
    np.maximum.at(best, one, rank[other])
    np.maximum.at(best, other, rank[one])
    cell_of_rank = np.argsort(rank)
    peak = cell_of_rank[best]
    while not np.array_equal(peak, peak[peak]):
        peak = peak[peak]
    parent = {int(top): int(top) for top in np.unique(peak)}
    size = {
        int(top): int(count)
        for top, count in zip(*np.unique(peak, return_counts=True), strict=True)
    }

    def root(top: int) -> int:
        while parent[top] != top:
            top = parent[top]
        return top

    passes = np.minimum(height[one], height[other])
    across = peak[one] != peak[other]
    order = np.lexsort((other[across], one[across], -passes[across]))
    for a, b in zip(peak[one][across][order], peak[other][across][order], strict=True):
        first, second = sorted((root(int(a)), root(int(b))))
        if first != second and size[first] + size[second] <= most_cells:
            parent[second] = first
            size[first] += size[second]
    basin = np.array([root(int(top)) for top in peak])
    return [component[basin == top] for top in np.unique(basin)]


def _grow(
    part: NDArray[np.int64], density: NDArray[np.float64], most_cells: int
) -> NDArray[np.int64]:
    """Densest cells of a basin: every path up stays in it, so they hang together."""
    return np.sort(part[np.lexsort((part, -density[part]))[:most_cells]])


def close_gaps(
    cells: NDArray[np.int64], free: NDArray[np.bool_], columns: int
) -> NDArray[np.int64]:
    """Add the free cells in the notches and holes of a footprint, so that it can be walked.

    A notch is what a square of three by three cells cannot enter from outside without meeting
    the footprint (morphological closing).

    Parameters
    ----------
    cells
        Flat cell numbers.
    free
        Whether a cell may be added, flat over the grid.
    columns
        Columns of the grid.
    """
    from scipy import ndimage

    row, column = np.divmod(cells, columns)
    top, left = row.min() - 2, column.min() - 2
    box = np.zeros((row.max() - top + 3, column.max() - left + 3), dtype=np.bool_)
    box[row - top, column - left] = True
    closed = ndimage.binary_fill_holes(ndimage.binary_closing(box, np.ones((3, 3)))) & ~box
    new_row, new_column = np.nonzero(closed)
    new_row, new_column = new_row + top, new_column + left
    held = (new_row >= 0) & (new_column >= 0) & (new_column < columns)
    added = (new_row * columns + new_column)[held]
    added = added[added < len(free)]
    return np.union1d(cells, added[free[added]])
