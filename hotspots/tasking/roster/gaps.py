"""No more days between two visits to a hotspot than the plan promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice, pairwise

from hotspots.tasking.roster.calendar import Day

#: Visits of each row on each day.
Wanted = Sequence[Mapping[int, int]]

#: Moves that are tried for one hotspot; what is left then is said.
_TRIES = 300
_DONORS = 4


def longest(visited: Collection[int], days: Sequence[Day]) -> int:
    """Most days from one visit to the next, as if there were one just before and after."""
    return max(after - before for before, after in pairwise(_dates(visited, days)))


def excess(visited: Collection[int], days: Sequence[Day], most: int) -> int:
    """Days by which the time between visits exceeds the most, summed."""
    return sum(max(0, b - a - most) for a, b in pairwise(_dates(visited, days)))


def close_gaps(
    wanted: Wanted,
    usual: Sequence[Collection[int]],
    days: Sequence[Day],
    most: int,
    fits: Callable[[Wanted], Collection[int] | None],
) -> Wanted:
    """Move single visits into stretches that are too long without one.

    Parameters
    ----------
    wanted
        Visits of each row on each day.
    usual
        Days on which each row may have visits.
    days
        Patrol days.
    most
        In every so many days on end there shall be a visit.
    fits
        Days with a visit if the rows have these visits; None where these do not fit.

    Returns
    -------
    sequence of mappings
        With fewer days in excess, where moves help.
    """
    visited = fits(wanted)
    tries = iter(range(_TRIES))
    while visited is not None and (left := excess(visited, days, most)):
        for moved in _moves(wanted, usual, visited, days, most):
            if next(tries, None) is None:
                return wanted
            found = fits(moved)
            if found is not None and excess(found, days, most) < left:
                wanted, visited = moved, found
                break
        else:
            return wanted
    return wanted


def _moves(
    wanted: Wanted,
    usual: Sequence[Collection[int]],
    visited: Collection[int],
    days: Sequence[Day],
    most: int,
) -> Iterator[list[Mapping[int, int]]]:
    """Plans with one visit moved into the first stretch that is too long, to its middle first."""
    dates = _dates(visited, days)
    begin, end = next(pair for pair in pairwise(dates) if pair[1] - pair[0] > most)
    middle = (begin + end) / 2
    numbers = {number: day.date.toordinal() for number, day in enumerate(days)}
    inside = [number for number, date in numbers.items() if begin < date < end]
    inside.sort(key=lambda number: (abs(numbers[number] - middle), number))
    total = Counter[int]()
    for own in wanted:
        total.update(own)
    for goal in inside:
        for row, own in enumerate(wanted):
            if goal not in usual[row]:
                continue
            donors = sorted((d for d in own if own[d]), key=lambda d: (-total[d], d))
            for donor in islice(donors, _DONORS):
                moved = {**own, donor: own[donor] - 1, goal: own.get(goal, 0) + 1}
                yield [*wanted[:row], moved, *wanted[row + 1 :]]


def _dates(visited: Collection[int], days: Sequence[Day]) -> list[int]:
    """Days with a visit as numbers, between the day before the first and after the last day."""
    one = timedelta(days=1)
    ends = (days[0].date - one).toordinal(), (days[-1].date + one).toordinal()
    return [ends[0], *sorted(days[number].date.toordinal() for number in visited), ends[1]]
