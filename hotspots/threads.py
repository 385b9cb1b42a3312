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
_Other = TypeVar("_Other")
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


def at_once(one: Callable[[], _Result], other: Callable[[], _Other]) -> tuple[_Result, _Other]:
    """Results of two functions that know nothing of each other.

    Examples
    --------
    >>> at_once(lambda: 1, lambda: "a")
    (1, 'a')
    """
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(other)
        first = one()
        return first, second.result()


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


def in_order(values: NDArray[Any]) -> NDArray[Any]:
    """Values that ascend.

    Examples
    --------
    >>> in_order(np.array([3, 1, 2])).tolist()
    [1, 2, 3]
    """
    parts = len(shares(len(values)))
    if parts == 1:
        return np.sort(values)
    sample = np.sort(values[:: 1 + len(values) // 10_000])
    cuts = sample[[len(sample) * part // parts for part in range(1, parts)]]
    above = [values >= cut for cut in cuts]
    own = [~above[0], *(one & ~other for one, other in itertools.pairwise(above)), above[-1]]
    return np.concatenate(in_threads(lambda some: np.sort(values[some]), [(some,) for some in own]))
