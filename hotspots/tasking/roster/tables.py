"""The published tables of a roster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from hotspots.frames import (
    NO_PATROL,
    PATROL,
    ROSTER_DESIGN,
    ROSTER_HOURS,
    ROSTER_PATROLS,
    ROSTER_SHIFTS,
    ROSTER_STOPS,
    Column,
    names,
)
from hotspots.settings import RosterSettings, TaskingSettings
from hotspots.tasking.roster.booked import Booked
from hotspots.tasking.roster.calendar import Day, Window, local
from hotspots.tasking.roster.crossover import Block, kinds
from hotspots.tasking.roster.diary import Pace
from hotspots.tasking.roster.inputs import crew_of
from hotspots.tasking.roster.patrols import Patrol

_KINDS = {"int": "int64", "float": "float64", "str": "str"}


class Outing(NamedTuple):
    """A patrol with where it belongs; its stops are positions among the district's `ids`."""

    district: str
    provider: str
    window: Window
    number: int
    patrol: Patrol
    ids: tuple[str, ...]


class Tables(NamedTuple):
    """Tables `ROSTER_PATROLS`, `ROSTER_STOPS`, `ROSTER_HOURS` and `ROSTER_SHIFTS`."""

    patrols: pd.DataFrame
    stops: pd.DataFrame
    hours: pd.DataFrame
    shifts: pd.DataFrame


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> pd.DataFrame:
    """Make a table of published columns, empty if there are no rows."""
    made = pd.DataFrame(list(rows), columns=names(columns))
    return made.astype({column.name: _KINDS[column.kind] for column in columns})


def tables(
    outings: Sequence[Outing],
    days: Sequence[Day],
    visits: pd.DataFrame,
    hotspots: pd.DataFrame,
    blocks: Mapping[str, Sequence[Block]],
    tasking: TaskingSettings,
    settings: RosterSettings,
    pace: Pace,
) -> Tables:
    """Patrols in order of their start, their stops, and sums by hotspot and by shift."""
    zone = ZoneInfo(settings.timezone)
    ids = hotspots["hotspot_id"].astype(str)
    called = dict(zip(ids, hotspots.get("name", ids).astype(str), strict=True))
    several = len(visits["provider"].unique()) > 1
    codes = {}
    if "district_code" in hotspots:
        code = dict(zip(ids, hotspots["district_code"].astype(str), strict=True))
        codes = {row.district: code[str(row.hotspot_id)] for row in visits.itertuples()}
    patrols: list[dict[str, Any]] = []
    stops: list[dict[str, Any]] = []
    ordered = sorted(
        outings, key=lambda o: (o.window.day, o.patrol.start, o.district, o.provider, o.number)
    )
    for outing in ordered:
        row = _patrol(outing, days[outing.window.day], zone, tasking, pace)
        parts = [row["date"], codes.get(outing.district, outing.district), outing.window.shift]
        parts += [outing.provider] if several else []
        row["patrol_id"] = "-".join([*parts, str(outing.number)])
        patrols.append(row)
        stops += _stops(row["patrol_id"], outing, called, zone, pace)
    made = table(patrols, ROSTER_PATROLS)
    return Tables(
        made,
        table(stops, ROSTER_STOPS),
        _hours(outings, days, visits, called, blocks, tasking, settings),
        _shifts(outings, made),
    )


def design_table(booked: Booked, days: Sequence[Day], seed: int) -> pd.DataFrame:
    """Randomised days of every hotspot, the earlier day of a block first."""
    rows = []
    for spot in sorted(booked.blocks):
        counts = Counter(booking.window.day for booking in booked.visits[spot])
        alike = kinds(days, booked.weekdays[spot])
        for number, block in enumerate(sorted(booked.blocks[spot], key=min), 1):
            for day in sorted(block):
                rows.append(
                    {
                        "hotspot_id": spot,
                        "block": number,
                        "date": days[day].date.isoformat(),
                        "arm": PATROL if day == block.patrol else NO_PATROL,
                        "day_class": alike[day],
                        "visits": counts[day],
                        "seed": seed,
                    }
                )
    return table(rows, ROSTER_DESIGN)


def _patrol(
    outing: Outing, day: Day, zone: ZoneInfo, tasking: TaskingSettings, pace: Pace
) -> dict[str, Any]:
    start, end, stops = outing.patrol
    on_site = pace.visit * len(stops)
    travel = sum(stop.way for stop in stops) + pace.base
    officers, hours = crew_of(outing.provider, tasking)
    return {
        "date": day.date.isoformat(),
        "weekday": day.date.isoweekday(),
        "bank_holiday": day.holiday,
        "district": outing.district,
        "provider": outing.provider,
        "shift": outing.window.shift,
        "number": outing.number,
        "officers": officers,
        "start": local(start, zone).isoformat(timespec="minutes"),
        "end": local(end, zone).isoformat(timespec="minutes"),
        "visits": len(stops),
        "officer_hours": len(stops) * hours,
        "shift_hours": officers * (end - start) / 60,
        "visit_minutes": on_site,
        "travel_minutes": travel,
        "free_minutes": end - start - on_site - travel,
    }


def _stops(
    patrol_id: str, outing: Outing, called: Mapping[str, str], zone: ZoneInfo, pace: Pace
) -> Iterator[dict[str, Any]]:
    for turn, stop in enumerate(outing.patrol.stops, 1):
        spot = outing.ids[stop.hotspot]
        yield {
            "patrol_id": patrol_id,
            "stop": turn,
            "hotspot_id": spot,
            "name": called[spot],
            "arrive": local(stop.arrive, zone).isoformat(timespec="minutes"),
            "leave": local(stop.arrive + pace.visit, zone).isoformat(timespec="minutes"),
            "way_minutes": stop.way,
        }


def _hours(
    outings: Sequence[Outing],
    days: Sequence[Day],
    visits: pd.DataFrame,
    called: Mapping[str, str],
    blocks: Mapping[str, Sequence[Block]],
    tasking: TaskingSettings,
    settings: RosterSettings,
) -> pd.DataFrame:
    """Planned and rostered visits of each hotspot, and its days."""
    made: dict[str, Counter[int]] = {}
    hours: Counter[tuple[str, str]] = Counter()
    for outing in outings:
        for stop in outing.patrol.stops:
            visited = outing.ids[stop.hotspot]
            made.setdefault(visited, Counter())[outing.window.day] += 1
            hours[visited, outing.provider] += 1
    cost = {name: crew_of(name, tasking)[1] for name in visits["provider"].astype(str).unique()}
    rows = []
    for spot, own in visits.groupby("hotspot_id", sort=True):
        counts = made.get(str(spot), Counter())
        dates = [days[day].date for day in sorted(counts)]
        share = settings.weeks / tasking.weeks
        each = own["provider"].astype(str).map(cost)
        rows.append(
            {
                "hotspot_id": str(spot),
                "name": called[str(spot)],
                "district": str(own["district"].iloc[0]),
                "planned_visits": float(own["visits"].sum()) * share,
                "visits": counts.total(),
                "planned_hours": float((own["visits"] * each).sum()) * share,
                "officer_hours": sum(hours[str(spot), name] * cost[name] for name in cost),
                "days": len(dates),
                "most_days_between": max(((b - a).days for a, b in pairwise(dates)), default=0),
                "randomised_visits": sum(
                    counts[block.patrol] for block in blocks.get(str(spot), [])
                ),
            }
        )
    return table(rows, ROSTER_HOURS)


def _shifts(outings: Sequence[Outing], patrols: pd.DataFrame) -> pd.DataFrame:
    """How many patrols and officers each shift needs, by district and provider."""
    spans: dict[tuple[str, str, str, int], list[tuple[int, int]]] = {}
    for outing in outings:
        key = (outing.district, outing.provider, outing.window.shift, outing.window.day)
        spans.setdefault(key, []).append((outing.patrol.start, outing.patrol.end))
    most: Counter[tuple[str, str, str]] = Counter()
    for (district, provider, shift, _), times in spans.items():
        where = (district, provider, shift)
        most[where] = max(most[where], _at_once(times))
    rows = []
    by = ["district", "provider", "shift"]
    for place, own in patrols.groupby(by, sort=True):
        district, provider, shift = (str(part) for part in place)
        rows.append(
            {
                "district": district,
                "provider": provider,
                "shift": shift,
                "days": own["date"].nunique(),
                "patrols": len(own),
                "patrols_most": most[district, provider, shift],
                "officers_most": most[district, provider, shift] * int(own["officers"].iloc[0]),
                "officer_hours": own["officer_hours"].sum(),
                "shift_hours": own["shift_hours"].sum(),
            }
        )
    return table(rows, ROSTER_SHIFTS)


def _at_once(spans: Sequence[tuple[int, int]]) -> int:
    """Most spans that overlap; one may begin when another ends."""
    changes = sorted([(end, -1) for _, end in spans] + [(start, 1) for start, _ in spans])
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most
