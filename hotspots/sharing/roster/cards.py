"""The roster as cards to print, cut and hand out: one HTML file in which nothing runs or loads."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from importlib.resources import files
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from hotspots.sharing.page.document import style_policy
from hotspots.sharing.page.text import plain
from hotspots.sharing.provenance import LIMITS
from hotspots.sharing.roster.stops import stops_by_patrol

if TYPE_CHECKING:
    from hotspots.frames import Roster

#: Lines that fit on a card of a quarter of a page; longer ones take half a page.
_SHORT = 15.0
#: Characters of a line on a card.
_LINE = 34


def roster_cards(roster: Roster) -> str:
    """One card for each patrol, four to a page of A4, or two where a district has long patrols.

    Cards stand by district and in order of time, each week on pages of its own. The marking is
    on every card. The same roster gives the same text.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = _read("cards.css")
    about = roster.provenance
    return environment.from_string(_read("cards.html")).render(
        policy=style_policy([style]),
        style=style,
        title=plain(about["title"]),
        marking=plain(about["marking"]),
        limits=LIMITS[0],
        summary=plain(roster.summary()),
        messages=[plain(text) for text in roster.messages],
        first=_day(roster.first_day),
        last=_day(roster.last_day),
        visit=f"{roster.settings.tasking.visit_minutes:g}",
        between=f"{roster.settings.tasking.hours_between_visits:g}",
        source=plain(about.get("source") or ""),
        period=plain(about["period"]),
        version=plain(about.get("version", "")),
        attribution=[plain(text) for text in about["attribution"]],
        districts=list(_districts(roster)),
    )


def _districts(roster: Roster) -> Iterator[dict[str, Any]]:
    stops = stops_by_patrol(roster)
    first = date.fromisoformat(roster.first_day)
    for district, own in roster.patrols.groupby("district", sort=True):
        cards = [_card(row, stops[str(row["patrol_id"])]) for row in own.to_dict("records")]
        each = 4 if max(map(_lines, cards)) <= _SHORT else 2
        weeks = [(date.fromisoformat(text) - first).days // 7 for text in own["date"]]
        yield {
            "name": plain(district),
            "tall": each == 2,
            "patrols": len(cards),
            "pages": list(_pages(cards, weeks, each)),
        }


def _pages(
    cards: Sequence[dict[str, Any]], weeks: Sequence[int], each: int
) -> Iterator[list[dict[str, Any]]]:
    numbered = zip(weeks, cards, strict=True)
    for _, week in groupby(numbered, key=lambda pair: pair[0]):
        held = [card for _, card in week]
        yield from (held[at : at + each] for at in range(0, len(held), each))


def _lines(card: dict[str, Any]) -> float:
    """About how many lines the stops of a card take; smaller ones say what is free."""
    return math.fsum(
        1.0 + (len(stop["id"]) + len(stop["name"]) >= _LINE) + 0.7 * (stop["free"] > 0)
        for stop in card["stops"]
    )


def _card(row: dict[Any, Any], stops: Any) -> dict[str, Any]:
    officers = int(row["officers"])
    free = [
        int((_moment(after["arrive"]) - _moment(stop["leave"])).total_seconds() / 60)
        - int(after["way_minutes"])
        for stop, after in pairwise(stops)
    ]
    return {
        "day": _day(row["date"]),
        "holiday": plain(row["bank_holiday"]),
        "shift": plain(row["shift"]),
        "number": row["number"],
        "provider": plain(row["provider"]),
        "officers": f"{officers} officer{'s' if officers > 1 else ''}",
        "start": row["start"][11:16],
        "end": row["end"][11:16],
        "stops": [
            {
                "arrive": stop["arrive"][11:16],
                "id": plain(stop["hotspot_id"]),
                "name": plain(stop["name"].removesuffix(f", {row['district']}")),
                "free": minutes if minutes >= 10 else 0,
            }
            for stop, minutes in zip(stops, [*free, 0], strict=True)
        ],
    }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: str) -> str:
    """A date as it is read aloud, the same whatever language the machine speaks."""
    day = date.fromisoformat(text)
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{days[day.weekday()]} {day.day} {months[day.month - 1]} {day.year}"


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")
