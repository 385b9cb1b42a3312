"""The visits of one hotspot, day by day, with the time that must be between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from hotspots.tasking.roster.calendar import Window

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


class Entry(NamedTuple):
    """A visit, in the order in which visits of a day are made: by the end of its window."""

    end: int
    start: int
    provider: str
    shift: str
    row: int
    choice: int


class Diary:
    """Visits of one hotspot that keep the time between two of them.

    Whether they can is seen by placing each as early as it may be, in order of the ends of
    their windows. Each day knows the earliest arrival that the days before leave, so that a
    change is checked on its own day and the few after it.

    Parameters
    ----------
    rows
        Rows of the hotspot.
    days
        Number of days.
    windows
        Window of a shift on a day.
    pace
        Lengths in minutes.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        days: int,
        windows: Callable[[int, Shift], Window],
        pace: Pace,
    ) -> None:
        self.rows = rows
        self.entries: list[list[Entry]] = [[] for _ in range(days)]
        self._windows = windows
        self._pace = pace
        self._ready = [_EARLY] * (days + 1)
        self._midnight = [windows(day, ("", 0.0, 24.0)).start for day in range(days)]

    def put(self, day: int, row: int, choices: Sequence[int] | None = None) -> bool:
        """Add a visit of a row to a day, in the first of some shifts in which it fits.

        With no choices given, shifts with few visits come first.
        """
        if choices is None:
            used = [entry.shift for entry in self.entries[day]]
            shifts = self.rows[row].shifts
            choices = sorted(range(len(shifts)), key=lambda one: (used.count(shifts[one][0]), one))
        return any(self._insert(day, self._entry(day, row, choice)) for choice in choices)

    def take(self, day: int, row: int) -> Entry:
        """Remove the last visit of a row from a day."""
        entry = next(e for e in reversed(self.entries[day]) if e.row == row)
        left = list(self.entries[day])
        left.remove(entry)
        self._settle(day, left)
        return entry

    def put_back(self, day: int, entry: Entry) -> None:
        """Undo a `take`."""
        self._insert(day, entry)

    def visited(self) -> set[int]:
        """Days with a visit."""
        return {day for day, own in enumerate(self.entries) if own}

    def placed(self) -> Iterator[tuple[Row, Window]]:
        """Every visit in order of time, with its window."""
        for day, own in enumerate(self.entries):
            for entry in own:
                row = self.rows[entry.row]
                yield row, self._windows(day, row.shifts[entry.choice])

    def _entry(self, day: int, row: int, choice: int) -> Entry:
        span = self._windows(day, self.rows[row].shifts[choice])
        return Entry(span.end, span.start, self.rows[row].provider, span.shift, row, choice)

    def _insert(self, day: int, entry: Entry) -> bool:
        return self._settle(day, sorted([*self.entries[day], entry]))

    def _settle(self, day: int, entries: list[Entry]) -> bool:
        """Let a day have some visits, if these and those of the days after still fit."""
        changed: dict[int, int] = {}
        now, own, at = self._ready[day], entries, day
        while True:
            after = self._walk(own, now)
            if after is None:
                return False
            at += 1
            if at == len(self.entries):
                break
            if after <= self._midnight[at]:
                after = _EARLY  # no later visit has to wait for it
            changed[at] = after
            if after == self._ready[at]:
                break
            now, own = after, self.entries[at]
        self.entries[day] = entries
        for number, ready in changed.items():
            self._ready[number] = ready
        return True

    def _walk(self, entries: Sequence[Entry], ready: int) -> int | None:
        """Earliest arrival after some visits; None if one of them does not fit."""
        pace = self._pace
        for entry in entries:
            arrive = max(entry.start + pace.base, ready)
            if arrive + pace.visit + pace.base > entry.end:
                return None
            ready = arrive + pace.visit + pace.gap
        return ready
