"""What stands on the sheets of a roster's workbook: columns, and rows of plain values."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hotspots.sharing.provenance import LIMITS
from hotspots.sharing.roster.stops import stops_by_patrol

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.frames import Roster

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Column(NamedTuple):
    """A column: header, width in characters, kind (text, whole, hours, date, time)."""

    header: str
    width: int
    kind: str


_PATROLS = (
    Column("Date", 12, "date"),
    Column("Day", 6, "text"),
    Column("Shift", 9, "text"),
    Column("Patrol", 7, "whole"),
    Column("Provider", 10, "text"),
    Column("Officers", 9, "whole"),
    Column("Start", 7, "time"),
    Column("End", 7, "time"),
    Column("Visits", 7, "whole"),
    Column("Officer-hours", 9, "hours"),
    Column("Stops in order, with planned arrival", 50, "text"),
    Column("Bank holiday", 11, "text"),
)
_HOURS = (
    Column("Hotspot", 13, "text"),
    Column("Name", 34, "text"),
    Column("District", 24, "text"),
    Column("Planned visits", 10, "hours"),
    Column("Visits", 9, "whole"),
    Column("Planned officer-hours", 13, "hours"),
    Column("Officer-hours", 13, "hours"),
    Column("Days", 7, "whole"),
    Column("Most days between", 9, "whole"),
    Column("Visits on randomised days", 12, "whole"),
)
_SHIFTS = (
    Column("District", 24, "text"),
    Column("Provider", 14, "text"),
    Column("Shift", 14, "text"),
    Column("Days", 8, "whole"),
    Column("Patrols", 9, "whole"),
    Column("Patrols at once, most", 12, "whole"),
    Column("Officers at once, most", 12, "whole"),
    Column("Officer-hours of visits", 14, "hours"),
    Column("Officer-hours from start to end", 16, "hours"),
)
_DESIGN = (
    Column("Hotspot", 13, "text"),
    Column("Name", 40, "text"),
    Column("Block", 8, "whole"),
    Column("Date", 12, "date"),
    Column("Day", 7, "text"),
    Column("Arm", 12, "text"),
    Column("Kind of day", 22, "text"),
    Column("Visits", 8, "whole"),
    Column("Seed", 8, "whole"),
)
_ABOUT = (Column("What", 26, "text"), Column("Value", 110, "text"))


class Sheet(NamedTuple):
    """A sheet; where the rows have weeks, each week begins on a new page."""

    name: str
    says: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    weeks: Sequence[int] = ()


def roster_sheets(roster: Roster) -> Iterator[Sheet]:
    """Summary, Hotspots, Shifts, one for each district, and Randomised days if there are any."""
    says = "What this roster is, and what it was made from"
    yield Sheet("Summary", says, _ABOUT, _about(roster))
    yield Sheet("Hotspots", "Planned and rostered visits", _HOURS, _rows(roster.hours))
    says = "Patrols and officers that each shift needs"
    yield Sheet("Shifts", says, _SHIFTS, _rows(roster.shifts))
    weeks = _weeks(roster)
    # a district's own name is on its sheet already
    called = {
        row["hotspot_id"]: row["name"].removesuffix(f", {row['district']}")
        for row in roster.hours.to_dict("records")
    }
    stops = {
        key: "\n".join(
            f"{stop['arrive'][11:16]}  {stop['hotspot_id']}  {called[stop['hotspot_id']]}"
            for stop in own
        )
        for key, own in stops_by_patrol(roster).items()
    }
    for district, own in roster.patrols.groupby("district", sort=True):
        rows = [_patrol(row, stops) for row in own.to_dict("records")]
        says = f"Patrols in {district}, one row each"
        yield Sheet(str(district), says, _PATROLS, rows, [weeks[row[0]] for row in rows])
    if len(roster.design):
        named = dict(zip(roster.hours["hotspot_id"], roster.hours["name"], strict=True))
        rows = [
            [row["hotspot_id"], named[row["hotspot_id"]], row["block"], _date(row["date"]),
             _day(row["date"]), row["arm"], row["day_class"], row["visits"], row["seed"]]
            for row in roster.design.to_dict("records")
        ]  # fmt: skip
        says = "Days with and without patrol, drawn at random within each block"
        yield Sheet("Randomised days", says, _DESIGN, rows)


def _about(roster: Roster) -> list[list[str]]:
    about, settings = roster.provenance, roster.settings.roster
    rows = [
        ["Summary", roster.summary()],
        *([["Note", text] for text in roster.messages]),
        ["How to read it", "Times are planned arrivals; the time between stops that is neither "
         "visit nor way is free for other work nearby. Officer-hours count visits as in the plan."],
        ["Seed", str(settings.seed)],
        ["Time zone", settings.timezone],
        ["Incidents", f"{about.get('source') or ''}, {about['period']}"],
        ["Made with", f"hotspots {about.get('version', '')}"],
        *([["Attribution", text] for text in about["attribution"]]),
        *([["Limits", text] for text in LIMITS[:2]]),
    ]  # fmt: skip
    return [[what, str(value)] for what, value in rows]


def _rows(table: pd.DataFrame) -> list[list[Any]]:
    return [list(row) for row in table.itertuples(index=False, name=None)]


def _patrol(row: Mapping[Any, Any], stops: Mapping[str, str]) -> list[Any]:
    return [
        _date(row["date"]), _day(row["date"]), row["shift"], row["number"], row["provider"],
        row["officers"], _time(row["start"]), _time(row["end"]), row["visits"],
        row["officer_hours"], stops[str(row["patrol_id"])], row["bank_holiday"],
    ]  # fmt: skip


def _weeks(roster: Roster) -> dict[datetime.date, int]:
    first = _date(roster.first_day)
    return {date: (date - first).days // 7 for date in set(map(_date, roster.patrols["date"]))}


def _date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def _day(text: str) -> str:
    return _DAYS[_date(text).weekday()]


def _time(text: str) -> datetime.time:
    return datetime.datetime.fromisoformat(text).time()
