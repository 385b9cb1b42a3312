"""Work shared out to threads, which NumPy, PROJ and compiled functions let run at one time."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Result = TypeVar("_Result")
# Fewer things than this are sooner done than given to a thread.
_FEWEST = 100_000


def in_threads(function: Callable[..., _Result], jobs: Iterable[tuple[Any, ...]]) -> list[_Result]:
    """Call a function once for the arguments of each job, as many at a time as there are cores.

    Returns
    -------
    list
        Results in the order of the jobs. The first exception is raised when all have ended.

    Examples
    --------
    >>> in_threads(pow, [(2, 3), (3, 2)])
    [8, 9]
    """
    jobs = list(jobs)
    if len(jobs) == 1:
        return [function(*jobs[0])]
    with ThreadPoolExecutor(max(1, min(len(jobs), os.cpu_count() or 1))) as pool:
        return [given.result() for given in [pool.submit(function, *job) for job in jobs]]


def shares(count: int) -> list[tuple[int, int]]:
    """Begin and end of about equal shares of things, one for each core.

    Parameters
    ----------
    count
        Number of things; one share where they are few.

    Examples
    --------
    >>> shares(10)
    [(0, 10)]
    """
    parts = 1 if count < _FEWEST else os.cpu_count() or 1
    return list(itertools.pairwise(count * part // parts for part in range(parts + 1)))


def ascending(values: NDArray[Any]) -> NDArray[np.int64]:
    """Order in which values ascend; equal ones stand in any order.

    Parameters
    ----------
    values
        Shape (n,), none of them not a number.

    Examples
    --------
    >>> ascending(np.array([3.0, 1.0, 2.0])).tolist()
    [1, 2, 0]
    """

    def order(own: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        if own is None:
            return np.argsort(values)
        rows = np.flatnonzero(own)
        return rows[np.argsort(values[rows])]

    return np.concatenate(in_threads(order, _ranges(values)))


def in_order(values: NDArray[Any]) -> NDArray[Any]:
    """Values that ascend.

    Examples
    --------
    >>> in_order(np.array([3, 1, 2])).tolist()
    [1, 2, 3]
    """

    def part(own: NDArray[np.bool_] | None) -> NDArray[Any]:
        return np.sort(values if own is None else values[own])

    return np.concatenate(in_threads(part, _ranges(values)))


def _ranges(values: NDArray[Any]) -> list[tuple[NDArray[np.bool_] | None]]:
    """For each core which values are its own, of about equal ranges; None for all."""
    parts = len(shares(len(values)))
    if parts == 1:
        return [(None,)]
    sample = np.sort(values[:: 1 + len(values) // 10_000])
    cuts = sample[[len(sample) * part // parts for part in range(1, parts)]]
    above = [values >= cut for cut in cuts]
    return [
        (own,) for own in [~above[0], *(a & ~b for a, b in itertools.pairwise(above)), above[-1]]
    ]
