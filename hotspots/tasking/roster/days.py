"""On which days and in which shifts each hotspot has its visits."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hotspots.errors import InfeasibleError
from hotspots.frames import ANY_DAY
from hotspots.tasking.roster.calendar import Day, Window
from hotspots.tasking.roster.gaps import close_gaps, longest
from hotspots.tasking.roster.quotas import evenly

#: A shift's name, the hour at which it begins and the hours it lasts.
Shift = tuple[str, float, float]

_EARLY = -(10**12)


class Row(NamedTuple):
    """Visits of one hotspot by one provider, and when they may be.

    Attributes
    ----------
    hotspot, district, provider
        Who is visited, where, by whom.
    weekday
        1 is Monday; `ANY_DAY` for all.
    shifts
        Shifts to choose from; one where the plan names the part of the day.
    visits
        Visits in the weeks of the roster.
    """

    hotspot: str
    district: str
    provider: str
    weekday: int
    shifts: tuple[Shift, ...]
    visits: int


class Pace(NamedTuple):
    """Lengths in minutes.

    Attributes
    ----------
    visit
        On site.
    gap
        Between two visits to one hotspot, at least.
    base
        From and to the base.
    longest
        Of a whole patrol, at most.
    wait
        Between two stops, at most; None for no limit.
    """

    visit: int
    gap: int
    base: int
    longest: int
    wait: int | None = None


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
    length. A visit that cannot keep the time between two visits goes to the next shift or to
    the row's next day; whether it can is seen by placing each as early as it may be, which is
    exact, since visits are of equal length and shifts that begin earlier end earlier.

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
    own = [set(numbers) for numbers in wanted]
    open_days = [day for day in range(len(days)) if day not in closed]
    placed, left = _place(rows, wanted, own, windows, pace, seed)
    while left:
        row = min(left)
        for sooner in _sooner(wanted, row, own[row], open_days):
            placed, still = _place(rows, sooner, own, windows, pace, seed)
            if still.total() < left.total():
                wanted, left = sooner, still
                break
        else:
            raise InfeasibleError(
                f"{left.total()} of {sum(row.visits for row in rows)} visits to hotspot "
                f"{rows[row].hotspot} do not fit into the shifts with {pace.gap / 60:g} h between "
                "visits; give longer shifts (roster.shifts), or plan fewer hours there."
            )
    if most is not None and placed:

        def fits(trial: Sequence[Mapping[int, int]]) -> set[int] | None:
            found, late = _place(rows, trial, own, windows, pace, seed)
            return None if late else {span.day for _, span in found}

        wanted = list(close_gaps(wanted, own, days, most, fits))
        placed, _ = _place(rows, wanted, own, windows, pace, seed)
        without = longest({span.day for _, span in placed}, days) - 1
        if without >= most:
            notes.append(
                f"Hotspot {rows[0].hotspot} is without a visit for up to {without} days on end; "
                f"tasking.max_gap_days promises one in every {most}."
            )
    for planned, numbers, usual in zip(rows, wanted, own, strict=True):
        moved = sum(number for day, number in numbers.items() if day not in usual)
        if moved:
            notes.append(
                f"{moved} visits to hotspot {planned.hotspot} do not fit on the weekday for which "
                "they are planned; they are on other days."
            )
    return _with_latest(placed, pace), notes


def _place(
    rows: Sequence[Row],
    wanted: Sequence[Mapping[int, int]],
    usual: Sequence[Collection[int]],
    windows: Callable[[int, Shift], Window],
    pace: Pace,
    seed: int,
) -> tuple[list[tuple[Row, Window]], Counter[int]]:
    """Place every visit as early as it may be; what does not fit waits for a later usual day.

    Returns
    -------
    list of (Row, Window)
        In order of time.
    Counter
        Row -> visits that no day was left for.
    """
    placed: list[tuple[Row, Window]] = []
    ready = _EARLY
    waiting: Counter[int] = Counter()
    owed = [[0.0] * len(row.shifts) for row in rows]
    for day in sorted({day for own in wanted for day in own}):
        queue: list[tuple[int, int, str, str, int, int]] = []

        def wait(at: int, shift: int, day: int = day, queue: list[Any] = queue) -> None:
            span, row = windows(day, rows[at].shifts[shift]), rows[at]
            heapq.heappush(queue, (span.end, span.start, row.provider, span.shift, at, shift))

        for at, row in enumerate(rows):
            if day in wanted[at]:
                number = wanted[at][day] + (waiting.pop(at, 0) if day in usual[at] else 0)
                for shift in _choose(row, number, owed[at], f"{seed}/{row.district}/{day}"):
                    wait(at, shift)
        while queue:
            end, start, _, _, at, shift = heapq.heappop(queue)
            arrive = max(start + pace.base, ready)
            if arrive + pace.visit + pace.base <= end:
                placed.append((rows[at], windows(day, rows[at].shifts[shift])))
                ready = arrive + pace.visit + pace.gap
                continue
            ends = [windows(day, other).end for other in rows[at].shifts]
            if max(ends) > end:
                wait(at, min((e, other) for other, e in enumerate(ends) if e > end)[1])
            else:
                waiting[at] += 1
    return placed, waiting


def _sooner(
    wanted: Sequence[Mapping[int, int]], row: int, usual: Collection[int], open_days: Sequence[int]
) -> Iterator[list[Mapping[int, int]]]:
    """Move one visit of a row from its last day: to its usual days, then to others."""
    own = wanted[row]
    last = max((day for day in usual if own[day]), default=-1)
    if last < 0:
        return
    for day in sorted(open_days, key=lambda day: (day not in usual, own.get(day, 0), -day)):
        if day != last:
            moved = {**own, last: own[last] - 1, day: own.get(day, 0) + 1}
            yield [*wanted[:row], moved, *wanted[row + 1 :]]


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
    following = -_EARLY
    for row, window in reversed(placed):
        latest = min(window.end - pace.base - pace.visit, following - pace.gap - pace.visit)
        bookings.append(Booking(row.hotspot, row.provider, window, latest))
        following = latest
    return bookings[::-1]
