"""Work shared out to threads, for functions that release the interpreter's lock."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

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
