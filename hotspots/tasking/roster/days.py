"""On which days and in which shifts each hotspot has its visits."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from hotspots.errors import InfeasibleError
from hotspots.frames import ANY_DAY
from hotspots.tasking.roster.calendar import Day, Window
from hotspots.tasking.roster.diary import Diary, Pace, Row, Shift
from hotspots.tasking.roster.gaps import close_gaps, longest
from hotspots.tasking.roster.quotas import evenly

_LATE = 10**12


class Booking(NamedTuple):
    """One visit: to which hotspot, by whom, in which window, and the latest arrival.

    Where every visit arrives at its latest or before, all later ones still fit.
    """

    hotspot: str
    provider: str
    window: Window
    latest: int


def book(
    rows: Sequence[Row],
    days: Sequence[Day],
    closed: Collection[int],
    windows: Callable[[int, Shift], Window],
    pace: Pace,
    seed: int,
    most: int | None = None,
) -> tuple[list[Booking], list[str]]:
    """Give every visit of one hotspot a day and a shift.

    A row's visits are spread evenly over its days, and over the shifts in proportion to their
    length. A visit that cannot keep the time between two visits goes to another shift, to the
    row's next day, or to the day with fewest visits.

    Parameters
    ----------
    rows
        Of one hotspot.
    days
        Patrol days.
    closed
        Days, as positions, on which the hotspot must have no visit.
    windows
        Window of a shift on a day.
    pace
        Lengths in minutes.
    seed
        Of the rhythm, which the hotspots of a district share so that they share patrols.
    most
        In every so many days on end there shall be a visit. None: no such promise.

    Returns
    -------
    list of Booking
        In order of time.
    list of str
        What a planner must see.

    Raises
    ------
    InfeasibleError
        Some visits do not fit.
    """
    wanted, notes = _by_day(rows, days, closed, seed)
    diary = Diary(rows, len(days), windows, pace)
    open_days = [day for day in range(len(days)) if day not in closed]
    left = _fill(diary, wanted, seed)
    for row, number in sorted(left.items()):
        for _ in range(number):
            order = sorted(
                open_days, key=lambda day: (day not in wanted[row], len(diary.entries[day]), -day)
            )
            if not any(diary.put(day, row) for day in order):
                raise InfeasibleError(
                    f"Not all of the {sum(row.visits for row in rows)} visits to hotspot "
                    f"{rows[row].hotspot} fit into the shifts with {pace.gap / 60:g} h between "
                    "visits; give longer shifts (roster.shifts), or plan fewer hours there."
                )
    if most is not None:
        close_gaps(diary, wanted, days, most)
    notes += _said(diary, wanted, days, most)
    return _with_latest(list(diary.placed()), pace), notes


def _fill(diary: Diary, wanted: Sequence[Mapping[int, int]], seed: int) -> Counter[int]:
    """Put every visit on its day; one that does not fit waits for a later day of its row.

    Returns
    -------
    Counter
        Row -> visits for which no day was left.
    """
    waiting: Counter[int] = Counter()
    owed = [[0.0] * len(row.shifts) for row in diary.rows]
    for day in range(len(diary.entries)):
        for at, row in enumerate(diary.rows):
            if day not in wanted[at]:
                continue
            number = wanted[at][day] + waiting.pop(at, 0)
            for shift in _choose(row, number, owed[at], f"{seed}/{row.district}/{day}"):
                others = [other for other in range(len(row.shifts)) if other != shift]
                if not diary.put(day, at, [shift, *others]):
                    waiting[at] += 1
    return waiting


def _said(
    diary: Diary, wanted: Sequence[Mapping[int, int]], days: Sequence[Day], most: int | None
) -> list[str]:
    """What a planner must see of a hotspot's visits."""
    said = []
    hotspot = diary.rows[0].hotspot
    moved = sum(
        day not in wanted[entry.row] for day, own in enumerate(diary.entries) for entry in own
    )
    if moved:
        said.append(
            f"{moved} visits to hotspot {hotspot} do not fit on the weekday for which they are "
            "planned; they are on other days."
        )
    visited = diary.visited()
    if most is not None and visited and (without := longest(visited, days) - 1) >= most:
        said.append(
            f"Hotspot {hotspot} is without a visit for up to {without} days on end; "
            f"tasking.max_gap_days promises one in every {most}."
        )
    return said


def _by_day(
    rows: Sequence[Row], days: Sequence[Day], closed: Collection[int], seed: int
) -> tuple[list[Mapping[int, int]], list[str]]:
    """Visits of each row on each of its days, nought included."""
    wanted: list[Mapping[int, int]] = []
    notes = []
    open_days = [number for number in range(len(days)) if number not in closed]
    for row in rows:
        own = [n for n in open_days if row.weekday in (ANY_DAY, days[n].counts_as)]
        if row.visits and not own:
            if not open_days:
                raise InfeasibleError(
                    f"Hotspot {row.hotspot} has {row.visits} visits and no patrol day in these "
                    "weeks; make the roster longer or change roster.bank_holiday_rule."
                )
            notes.append(
                f"{row.visits} visits to hotspot {row.hotspot} are planned for a weekday that "
                "these weeks do not have; they are on other days."
            )
            own = open_days
        rhythm = f"{seed}/{row.district}/{row.provider}/{row.weekday}/{row.shifts}"
        phase = random.Random(rhythm).random()
        wanted.append(dict(zip(own, evenly(row.visits, len(own), phase), strict=True)))
    return wanted, notes


def _choose(row: Row, number: int, owed: list[float], rhythm: str) -> list[int]:
    """Share a day's visits over the shifts by their lengths; what is owed is carried on."""
    if len(owed) == 1:
        return [0] * number
    hours = [shift[2] for shift in row.shifts]
    turns = list(range(len(hours)))
    random.Random(rhythm).shuffle(turns)
    for shift in turns:
        owed[shift] += number * hours[shift] / sum(hours)
    chosen = []
    for _ in range(number):
        shift = max(turns, key=lambda turn: round(owed[turn], 6))
        owed[shift] -= 1
        chosen.append(shift)
    return chosen


def _with_latest(placed: Sequence[tuple[Row, Window]], pace: Pace) -> list[Booking]:
    bookings = []
    following = _LATE
    for row, window in reversed(placed):
        latest = min(window.end - pace.base - pace.visit, following - pace.gap - pace.visit)
        bookings.append(Booking(row.hotspot, row.provider, window, latest))
        following = latest
    return bookings[::-1]
