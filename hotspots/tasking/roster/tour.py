"""The shortest round over some hotspots, exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Minutes = NDArray[np.int64]

#: Up to this many stops by dynamic programming, more of them by integer programming.
_FEW = 8


def shortest_round(minutes: Minutes) -> list[int]:
    """Order in which a round over all stops, back to the first, takes the least time.

    Up to eight stops by the dynamic programme of Held and Karp (1962), more by integer
    programming with HiGHS, where constraints against separate rounds are added until there is
    one (Dantzig, Fulkerson and Johnson 1954): both are exact.

    Parameters
    ----------
    minutes : ndarray of int, shape (n, n)
        Way from row to column; the two directions may differ.

    Returns
    -------
    list of int
        All stops, stop 0 first.

    Examples
    --------
    >>> corners = np.array([[0, 0], [5, 5], [0, 5], [5, 0]])
    >>> shortest_round(np.abs(corners[:, None] - corners).sum(axis=2))
    [0, 3, 1, 2]
    """
    number = len(minutes)
    if number <= 3 and (minutes == minutes.T).all():
        return list(range(number))
    return _held_karp(minutes.tolist()) if number <= _FEW else _subtours(minutes)


def round_minutes(minutes: Minutes, order: list[int]) -> int:
    """Minutes on the way of a round, back to its first stop."""
    return int(sum(minutes[a, b] for a, b in zip(order, order[1:] + order[:1], strict=True)))


def _held_karp(minutes: list[list[int]]) -> list[int]:
    """Dynamic programme over sets of visited stops (as bits, without stop 0) and the last stop."""
    rest = range(1, len(minutes))
    best: dict[tuple[int, int], tuple[int, int]] = {
        (1 << stop, stop): (minutes[0][stop], 0) for stop in rest
    }
    for visited in range(1, 1 << len(minutes)):
        for last in rest:
            if (visited, last) not in best:
                continue
            length = best[visited, last][0]
            for stop in rest:
                if visited >> stop & 1:
                    continue
                way = (length + minutes[last][stop], last)
                key = (visited | 1 << stop, stop)
                best[key] = min(best.get(key, way), way)
    visited = sum(1 << stop for stop in rest)
    last = min(rest, key=lambda stop: (best[visited, stop][0] + minutes[stop][0], stop), default=0)
    order = []
    while last:
        order.append(last)
        visited, last = visited & ~(1 << last), best[visited, last][1]
    return [0, *order[::-1]]


def _subtours(minutes: Minutes) -> list[int]:
    """Integer programme: one way out of and into each stop, and no separate rounds."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, csr_array, vstack

    number = len(minutes)
    start, goal = np.nonzero(~np.eye(number, dtype=bool))
    columns = np.arange(len(start))
    ones = np.ones(len(start))
    rows = vstack(
        [coo_array((ones, (end, columns)), shape=(number, len(start))) for end in (start, goal)]
    ).tocsr()
    low, high = np.ones(2 * number), np.ones(2 * number)
    while True:
        found = milp(
            minutes[start, goal].astype(float),
            integrality=np.ones(len(start)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(rows, low, high),
            options={"mip_rel_gap": 0.0},
        )
        taken = found.x > 0.5
        after = dict(zip(start[taken].tolist(), goal[taken].tolist(), strict=True))
        rounds = _rounds(after)
        if len(rounds) == 1:
            return rounds[0]
        inside = [np.isin(start, ring) & np.isin(goal, ring) for ring in rounds]
        rows = vstack([rows, csr_array(np.array(inside, dtype=float))]).tocsr()
        low = np.append(low, np.zeros(len(rounds)))
        high = np.append(high, [len(ring) - 1 for ring in rounds])


def _rounds(after: dict[int, int]) -> list[list[int]]:
    """Separate rounds, the one of stop 0 first."""
    left, rounds = dict(after), []
    while left:
        stop, ring = min(left), []
        while stop in left:
            ring.append(stop)
            stop = left.pop(stop)
        rounds.append(ring)
    return rounds
