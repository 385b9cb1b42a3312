"""The roster as a calendar (RFC 5545) that phones and office programs import."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hotspots.sharing.files import FIXED_TIME, clean_text
from hotspots.sharing.roster.stops import stops_by_patrol

if TYPE_CHECKING:
    from hotspots.frames import Roster

_LINE = 75  # octets, without the line end
_STAMP = FIXED_TIME.strftime("%Y%m%dT%H%M%SZ")
#: Before the first time zones and daylight saving of computers' clocks.
_LONG_AGO = datetime(1970, 1, 1)


def roster_calendar(roster: Roster) -> str:
    r"""One event for each patrol, with its stops; times are local, the time zone goes with them.

    An event keeps its UID as long as date, district, provider, shift and number of the patrol
    stay, so that importing a changed roster changes it. Time stamps are fixed: the same roster
    gives the same text. Lines end with CR LF and have at most 75 octets.
    """
    zone = roster.settings.roster.timezone
    about = roster.provenance
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//hotspots//roster//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(about['marking'])} · {_text(about['title'])}",
        f"X-WR-TIMEZONE:{_text(zone)}",
        *_timezone(zone, roster),
    ]
    stops = stops_by_patrol(roster)
    for patrol in roster.patrols.to_dict("records"):
        lines += _event(patrol, stops[str(patrol["patrol_id"])], zone, str(about["marking"]))
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _fold(line))


def _event(patrol: dict[Any, Any], stops: Any, zone: str, marking: str) -> Iterator[str]:
    key = [str(patrol[name]) for name in ("date", "district", "provider", "shift", "number")]
    uid = hashlib.sha256("\x1f".join(key).encode("utf-8", "replace")).hexdigest()[:32]
    officers = int(patrol["officers"])
    crew = f"{officers} officer{'s' if officers > 1 else ''}"
    listed = [
        f"{stop['arrive'][11:16]}-{stop['leave'][11:16]} {stop['hotspot_id']} {stop['name']}"
        for stop in stops
    ]
    title = f"Patrol {patrol['number']} {patrol['shift']}, {patrol['district']}"
    if patrol["bank_holiday"]:
        listed.insert(0, f"Bank holiday: {patrol['bank_holiday']}")
    body = [marking, f"{patrol['provider']}, {crew}", *listed]
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}@hotspots"
    yield f"DTSTAMP:{_STAMP}"
    for name, when in (("DTSTART", patrol["start"]), ("DTEND", patrol["end"])):
        local = datetime.fromisoformat(when)
        if local.replace(tzinfo=ZoneInfo(zone)).utcoffset() == local.utcoffset():
            yield f"{name};TZID={zone}:{local:%Y%m%dT%H%M%S}"
        else:  # the second of two equal times on the day the clock goes back
            yield f"{name}:{local.astimezone(UTC):%Y%m%dT%H%M%S}Z"
    yield f"SUMMARY:{_text(title)} ({crew})"
    yield f"LOCATION:{_text(patrol['district'])}"
    yield f"DESCRIPTION:{_text(chr(10).join(body))}"
    yield f"CATEGORIES:{_text(patrol['provider'])}"
    yield "CLASS:CONFIDENTIAL"
    yield "TRANSP:OPAQUE"
    yield "END:VEVENT"


def _timezone(name: str, roster: Roster) -> Iterator[str]:
    """The offsets that hold from a day before the roster to a day after it, change by change."""
    zone = ZoneInfo(name)
    first = datetime.fromisoformat(roster.first_day).replace(tzinfo=UTC) - timedelta(days=2)
    last = datetime.fromisoformat(roster.last_day).replace(tzinfo=UTC) + timedelta(days=3)
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{name}"
    yield from _observance(_LONG_AGO, first.astimezone(zone), first.astimezone(zone))
    hour = first
    while hour < last:
        before, after = hour.astimezone(zone), (hour + timedelta(hours=1)).astimezone(zone)
        if before.utcoffset() != after.utcoffset():
            minute = next(
                moment
                for moment in (hour + timedelta(minutes=n) for n in range(61))
                if moment.astimezone(zone).utcoffset() != before.utcoffset()
            )
            # a change is written in the time that held before it
            begins = (minute + (before.utcoffset() or timedelta())).replace(tzinfo=None)
            yield from _observance(begins, before, after)
        hour += timedelta(hours=1)
    yield "END:VTIMEZONE"


def _observance(begins: datetime, before: datetime, after: datetime) -> Iterator[str]:
    kind = "DAYLIGHT" if after.dst() else "STANDARD"
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{begins:%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{before:%z}"
    yield f"TZOFFSETTO:{after:%z}"
    yield f"TZNAME:{after:%Z}"
    yield f"END:{kind}"


def _text(value: object) -> str:
    r"""Escape text as the standard says: backslash, semicolon, comma, line end.

    Examples
    --------
    >>> _text("High St, Ware; 2")
    'High St\\, Ware\\; 2'
    """
    clean = re.sub(r"[\x7f-\x9f]", "", clean_text(str(value)))
    clean = clean.replace("\r\n", "\n").replace("\r", "\n")
    clean = re.sub("[\t\u2028\u2029]", " ", clean)
    escaped = re.sub(r"([\\;,])", r"\\\1", clean)
    return escaped.replace("\n", "\\n")


def _fold(line: str) -> Iterator[str]:
    """Cut a line into pieces of at most 75 octets, none within a character."""
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LINE:
            yield piece
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    yield piece
