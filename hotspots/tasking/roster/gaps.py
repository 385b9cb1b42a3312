"""No more days between two visits to a hotspot than the plan promises."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from itertools import islice, pairwise

from hotspots.tasking.roster.calendar import Day
from hotspots.tasking.roster.diary import Diary

_DONORS = 8


def longest(visited: Collection[int], days: Sequence[Day]) -> int:
    """Most days from one visit to the next, as if there were one just before and after."""
    return max(after - before for before, after in pairwise(_dates(visited, days)))


def close_gaps(
    diary: Diary, usual: Sequence[Collection[int]], days: Sequence[Day], most: int
) -> None:
    """Move single visits of a diary into stretches that are too long without one.

    Every move makes the days in excess fewer; it ends where none does.

    Parameters
    ----------
    diary
        The hotspot's visits; they are moved.
    usual
        Days on which each row may have visits.
    days
        Patrol days.
    most
        In every so many days on end there shall be a visit.
    """
    while any(_close(diary, move, days, most) for move in _moves(diary, usual, days, most)):
        pass


def _close(diary: Diary, move: tuple[int, int, int], days: Sequence[Day], most: int) -> bool:
    """Make a move, if it helps and fits."""
    row, donor, goal = move
    visited = diary.visited()
    after = visited | {goal}
    if len(diary.entries[donor]) == 1:
        after.discard(donor)
    if _excess(after, days, most) >= _excess(visited, days, most):
        return False
    entry = diary.take(donor, row)
    if diary.put(goal, row):
        return True
    diary.put_back(donor, entry)
    return False


def _moves(
    diary: Diary, usual: Sequence[Collection[int]], days: Sequence[Day], most: int
) -> Iterator[tuple[int, int, int]]:
    """Moves of a row's visit, from a day with many, into stretches that are too long."""
    dates = _dates(diary.visited(), days)
    for begin, end in pairwise(dates):
        if end - begin <= most:
            continue
        numbers = {number: day.date.toordinal() for number, day in enumerate(days)}
        inside = [number for number, date in numbers.items() if begin < date < end]
        inside.sort(key=lambda number: (abs(2 * numbers[number] - begin - end), number))
        for goal in inside:
            for row in range(len(diary.rows)):
                if goal in usual[row]:
                    for donor in islice(_donors(diary, row), _DONORS):
                        yield row, donor, goal


def _donors(diary: Diary, row: int) -> list[int]:
    """Days with a visit of a row, those with most visits first."""
    own = [day for day, entries in enumerate(diary.entries) if any(e.row == row for e in entries)]
    return sorted(own, key=lambda day: (-len(diary.entries[day]), day))


def _excess(visited: Collection[int], days: Sequence[Day], most: int) -> int:
    """Days by which the time between visits exceeds the most, summed."""
    return sum(max(0, b - a - most) for a, b in pairwise(_dates(visited, days)))


def _dates(visited: Collection[int], days: Sequence[Day]) -> list[int]:
    """Days with a visit as numbers, between the day before the first and after the last day."""
    one = timedelta(days=1)
    ends = (days[0].date - one).toordinal(), (days[-1].date + one).toordinal()
    return [ends[0], *sorted(days[number].date.toordinal() for number in visited), ends[1]]
