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


def _around(held: NDArray[np.bool_], margin: int) -> tuple[slice, slice]:
    """Rows and columns of the set, and a margin."""
    found = []
    for axis in (1, 0):
        lines = np.flatnonzero(held.any(axis=axis))
        found.append(slice(max(0, int(lines[0]) - margin), int(lines[-1]) + 1 + margin))
    return found[0], found[1]


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
    gain = square_sums(np.where(held, 0.0, net), square)
    new = square_sums(~held, square)
    # the set widened by one bin: a square touches it where it shares some of that
    wide = held.copy()
    wide[1:] |= held[:-1]
    wide[:-1] |= held[1:]
    wide[:, 1:] |= held[:, :-1]
    wide[:, :-1] |= held[:, 1:]
    fits = (square_sums(wide, square) >= 2) & (new > 0) & (new <= most_bins - held.sum())
    row, column = np.nonzero(held.any(axis=1))[0], np.nonzero(held.any(axis=0))[0]
    # neither longer nor wider than allowed
    fits[: max(0, row[-1] + 1 - most_across)] = False
    fits[row[0] + most_across - square + 1 :] = False
    fits[:, : max(0, column[-1] + 1 - most_across)] = False
    fits[:, column[0] + most_across - square + 1 :] = False
    gain[~fits] = -np.inf
    best = int(gain.argmax())
    if not gain.flat[best] > 0:
        return False
    i, j = divmod(best, gain.shape[1])
    held[i : i + square, j : j + square] = True
    return True


def _shave(net: NDArray[np.float64], held: NDArray[np.bool_], square: int) -> bool:
    """Take the run along an edge away that costs most, if the set stays sound; whether it did."""
    near = _around(held, square)
    whole, net, held = held, net[near], held[near]
    runs = []
    for turned, (bins, value) in enumerate(((held, net), (held.T, net.T))):
        rim = np.pad(bins, 1)
        steps = np.diff(rim[1:-1].astype(np.int8), axis=1)
        row, first = np.nonzero(steps == 1)
        last = np.nonzero(steps == -1)[1]
        total = np.pad(np.cumsum(np.where(bins, value, 0.0), axis=1), ((0, 0), (1, 0)))
        worth = total[row, last] - total[row, first]
        for place in np.flatnonzero(worth < 0):
            r, a, b = int(row[place]), int(first[place]), int(last[place])
            beside = rim[r, a + 1 : b + 1], rim[r + 2, a + 1 : b + 1]
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
    from scipy import ndimage

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
    return bool(ndimage.label(held)[1] == 1)
