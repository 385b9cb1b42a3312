"""Growing a footprint to where one more square no longer pays for its area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def grow(
    net: NDArray[np.float64],
    start: NDArray[np.bool_],
    *,
    square: int,
    most_bins: int,
    most_across: int,
) -> NDArray[np.bool_]:
    """Grow a set of bins square by square, and shave its edges, while its net value rises.

    The square that adds most is taken first. What is taken away is a run of bins along an edge.
    The set stays connected by sides and a union of squares, so that it is nowhere narrower than
    one of them.

    Parameters
    ----------
    net
        Value of each bin less the price of its area, shape (rows, columns).
    start
        Bins to start from: a union of squares, connected.
    square
        Side of the squares, in bins.
    most_bins, most_across
        The set has no more bins than this, and is no longer or wider.

    Returns
    -------
    numpy.ndarray
        Bins of the footprint, shape (rows, columns).
    """
    held = start.copy()
    while _add(net, held, square, most_bins, most_across) or _shave(net, held, square):
        pass
    return held


def _box(held: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """First row and column of a set, and the row and column after its last."""
    rows, columns = (np.flatnonzero(held.any(axis=axis)) for axis in (1, 0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def square_sums(values: NDArray[Any], side: int, across: int = 0) -> NDArray[np.float64]:
    """Sums over all squares (or rectangles) of some bins, by their south-west bin.

    Shape (rows - side + 1, columns - (across or side) + 1).
    """
    across = across or side
    totals = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    np.cumsum(np.cumsum(values, axis=0), axis=1, out=totals[1:, 1:])
    tall = totals[side:] - totals[:-side]
    sums: NDArray[np.float64] = tall[:, across:] - tall[:, :-across]
    return sums


def _add(
    net: NDArray[np.float64],
    held: NDArray[np.bool_],
    square: int,
    most_bins: int,
    most_across: int,
) -> bool:
    """Add the best square that touches the set along at least two bins; whether there was one."""
    south, west, north, east = box = _box(held)
    first, along = max(0, south - square), max(0, west - square)
    gain, new, fits = _beside(net, held, square, box)
    fits &= (new > 0) & (new <= most_bins - held.sum())
    # neither longer nor wider than allowed
    fits[: max(0, north - most_across - first)] = False
    fits[south + most_across - square + 1 - first :] = False
    fits[:, : max(0, east - most_across - along)] = False
    fits[:, west + most_across - square + 1 - along :] = False
    gain[~fits] = -np.inf
    best = int(gain.argmax())
    if not gain.flat[best] > 0:
        return False
    i, j = divmod(best, gain.shape[1])
    held[first + i : first + i + square, along + j : along + j + square] = True
    return True


def would_grow(net: NDArray[np.float64], held: NDArray[np.bool_], square: int) -> bool:
    """Whether a square beside a set of bins would still pay, whatever the limits."""
    gain, _, near = _beside(net, held, square, _box(held))
    return bool((gain[near] > 0).any())


def _beside(
    net: NDArray[np.float64],
    held: NDArray[np.bool_],
    square: int,
    box: tuple[int, int, int, int],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """What squares around the set would add in value and in bins, and whether they touch it.

    The first square is as far south and west of the set as its side is long.
    """
    south, west, north, east = box
    first, along = max(0, south - square), max(0, west - square)
    # sums run from the south-west corner, and no farther than the last square
    before = slice(0, north + square), slice(0, east + square)
    gain = square_sums(np.where(held[before], 0.0, net[before]), square)[first:, along:]
    near = held[first : north + square, along : east + square]
    # the set widened by one bin: a square touches it where it shares some of that
    wide = near.copy()
    wide[1:] |= near[:-1]
    wide[:-1] |= near[1:]
    wide[:, 1:] |= near[:, :-1]
    wide[:, :-1] |= near[:, 1:]
    return gain, square_sums(~near, square), square_sums(wide, square) >= 2


def _shave(net: NDArray[np.float64], held: NDArray[np.bool_], square: int) -> bool:
    """Take the run along an edge away that costs most, if the set stays sound; whether it did."""
    south, west, north, east = _box(held)
    near = slice(south, north), slice(west, east)
    whole, net, held = held, net[near], held[near]
    rim = np.zeros((held.shape[0] + 2, held.shape[1] + 2), dtype=np.bool_)
    rim[1:-1, 1:-1] = held
    value = np.where(held, net, 0.0)
    runs = []
    for turned, (bins, worths) in enumerate(((rim, value), (rim.T, value.T))):
        before, after = bins[1:-1, :-1], bins[1:-1, 1:]
        row, first = np.nonzero(after & ~before)
        last = np.nonzero(before & ~after)[1]
        total = np.zeros((worths.shape[0], worths.shape[1] + 1))
        np.cumsum(worths, axis=1, out=total[:, 1:])
        worth = total[row, last] - total[row, first]
        for place in np.flatnonzero(worth < 0):
            r, a, b = int(row[place]), int(first[place]), int(last[place])
            beside = bins[r, a + 1 : b + 1], bins[r + 2, a + 1 : b + 1]
            if not (beside[0].any() and beside[1].any()):
                runs.append((float(worth[place]), turned, r, a, b))
    for _, turned, r, a, b in sorted(runs):
        left = held.copy()
        (left.T if turned else left)[r, a:b] = False
        if _is_sound(left, square):
            whole[near] = left
            return True
    return False


def _is_sound(held: NDArray[np.bool_], square: int) -> bool:
    """Whether a set of bins is one connected union of squares."""
    if not held.any():
        return False
    whole = square_sums(held, square) == square**2
    # every bin of the set must lie in a square that is all in the set
    corners = np.zeros((held.shape[0] + square - 1, held.shape[1] + square - 1))
    corners[square - 1 : square - 1 + whole.shape[0], square - 1 : square - 1 + whole.shape[1]] = (
        whole
    )
    if not np.array_equal(square_sums(corners, square)[: held.shape[0], : held.shape[1]] > 0, held):
        return False
    return _is_connected(held)


def _is_connected(held: NDArray[np.bool_]) -> bool:
    """Whether every bin of a set can be reached from every other by sides."""
    left = set(zip(*(axis.tolist() for axis in np.nonzero(held)), strict=True))
    reached = [left.pop()]
    while reached:
        row, column = reached.pop()
        for beside in (
            (row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)
        ):  # fmt: skip
            if beside in left:
                left.remove(beside)
                reached.append(beside)
    return not left
