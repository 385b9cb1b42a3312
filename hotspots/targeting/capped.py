"""The best set of hotspots of which only so many may be new: an exact search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_IMPOSSIBLE = np.int64(-(2**62))
# Scores are compared in whole numbers of this part of the sum of their sizes.
_PARTS = 2.0**40


def best_set(
    score: ArrayLike,
    group: ArrayLike,
    old: ArrayLike,
    forced: ArrayLike,
    spare: ArrayLike,
    *,
    count: int,
    least_old: int,
    served: ArrayLike,
) -> NDArray[np.int64] | None:
    """Choose at most `count` things with the largest sum, enough of which are old.

    The sum is that of `score`; before it come as many things as possible that are not spare,
    and as few spare ones. All forced things are chosen, at least `least_old` old ones, and
    at least one of each group that is to be served.

    Parameters
    ----------
    score
        What is to be largest in sum, shape (n,).
    group
        Number of the group of each, from 0.
    old, forced, spare
        Whether each is old, must be chosen, or is chosen only where there is no other way.
    count, least_old
        Most things in all, and least old ones.
    served
        Whether each group must have one, shape (groups,).

    Returns
    -------
    ndarray of int or None
        Their numbers, in order; None where no set will do.

    Notes
    -----
    Within a group only two numbers matter: how many old and how many new things it gives, for
    then its best old and its best new ones are taken. Over the groups, ``best[k, j]`` is the
    largest sum of ``k`` things with ``j`` old ones (counted up to `least_old`), built up group
    by group: dynamic programming, exact since nothing else couples the groups. Ties go to fewer
    things of the first groups, and to fewer old ones.

    Examples
    --------
    Two of three may be chosen; one must be old, so the best old one stays:

    >>> yes, no = [True] * 3, [False] * 3
    >>> best_set([9, 8, 1], [0, 0, 0], [False, False, True], no, no,
    ...          count=2, least_old=1, served=[True]).tolist()
    [0, 2]
    """
    points = np.asarray(score, dtype=np.float64)
    number = np.asarray(group, dtype=np.int64)
    is_old, must, last = (np.asarray(flags, dtype=np.bool_) for flags in (old, forced, spare))
    whole = _whole(points)
    much = 2 * int(np.abs(whole).sum()) + 1
    whole = whole + np.where(last, -much, much)
    wanted = np.asarray(served, dtype=np.bool_)
    best = np.full((count + 1, least_old + 1), _IMPOSSIBLE)
    best[0, 0] = 0
    taken = []
    for one in range(len(wanted)):
        own = [
            _ordered(whole, np.flatnonzero((number == one) & (is_old == kind)), must)
            for kind in (True, False)
        ]
        best, way = _with_group(best, own, whole, must, bool(wanted[one]))
        taken.append((own, way))
    ends = best[:, least_old]
    if not (ends > _IMPOSSIBLE).any():
        return None
    at, held = int(np.argmax(ends)), least_old
    chosen: list[int] = []
    for own, way in reversed(taken):
        some, others, before = (int(value) for value in way[at, held])
        chosen += [*own[0][:some], *own[1][:others]]
        at, held = at - some - others, before
    return np.sort(np.array(chosen, dtype=np.int64))


def _whole(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Scores as whole numbers, so that sums are exact; small whole scores stay what they are."""
    size = float(np.abs(points).sum())
    exact = size < _PARTS and (points == np.rint(points)).all()
    scale = 1.0 if exact or size == 0 else 2.0 ** np.floor(np.log2(_PARTS / size))
    return np.rint(points * scale).astype(np.int64)


def _ordered(
    whole: NDArray[np.int64], rows: NDArray[np.int64], must: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Rows with the forced ones first, then the best."""
    return rows[np.lexsort((rows, -whole[rows], ~must[rows]))]


def _with_group(
    best: NDArray[np.int64],
    own: list[NDArray[np.int64]],
    whole: NDArray[np.int64],
    must: NDArray[np.bool_],
    served: bool,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sums with one more group, and how many old and new things of it each one takes."""
    count, most_old = best.shape[0] - 1, best.shape[1] - 1
    sums = [np.concatenate(([0], np.cumsum(whole[rows]))) for rows in own]
    least = [int(must[rows].sum()) for rows in own]
    result = np.full_like(best, _IMPOSSIBLE)
    way = np.zeros((*best.shape, 3), dtype=np.int16)
    columns = np.arange(most_old + 1)

    def offer(size: int, after: slice, ways: NDArray[np.int64], took: tuple[int, int, Any]) -> None:
        found = np.where(ways > _IMPOSSIBLE, ways + worth, _IMPOSSIBLE)
        better = found > result[size:, after]
        result[size:, after][better] = found[better]
        for part, value in enumerate(took):
            way[size:, after, part][better] = np.broadcast_to(value, better.shape)[better]

    for some in range(least[0], min(len(own[0]), count) + 1):
        for others in range(least[1], min(len(own[1]), count - some) + 1):
            size = some + others
            if size == 0 and served:
                continue
            worth = int(sums[0][some] + sums[1][others])
            before = best[: count + 1 - size]
            rest = max(most_old + 1 - some, 0)
            if rest:
                offer(size, slice(some, None), before[:, :rest], (some, others, columns[:rest]))
            if some:  # more old things than are asked for count as what is asked for
                full = before[:, rest:]
                at = full.argmax(axis=1)[:, None]
                ways = np.take_along_axis(full, at, axis=1)
                offer(size, slice(most_old, None), ways, (some, others, at + rest))
    return result, way
