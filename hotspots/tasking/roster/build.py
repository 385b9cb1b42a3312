"""The verb: from planned visits to dated patrols, as published tables."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from hotspots.errors import InputError, SettingsError
from hotspots.frames import ANY_TIME, DESIGN, VISITS, names, require
from hotspots.settings import RosterSettings, TaskingSettings
from hotspots.settings.roster import shift_hours
from hotspots.tasking.roster import notes
from hotspots.tasking.roster.calendar import Day, Window, patrol_days, window
from hotspots.tasking.roster.crossover import Block, draw_blocks, kinds
from hotspots.tasking.roster.days import Booking, Pace, Row, Shift, book
from hotspots.tasking.roster.patrols import Ground, Patrol, pack
from hotspots.tasking.roster.quotas import quotas
from hotspots.tasking.roster.tables import Outing, design_table, tables
from hotspots.tasking.roster.ways import read_travel_times, ways, with_table


class Rostered(NamedTuple):
    """Tables `PATROLS`, `STOPS`, `DESIGN`, `ROSTER_HOURS`, `ROSTER_SHIFTS`, days, sentences."""

    patrols: pd.DataFrame
    stops: pd.DataFrame
    design: pd.DataFrame
    hours: pd.DataFrame
    shifts: pd.DataFrame
    first_day: str
    last_day: str
    messages: tuple[str, ...]


def roster(
    visits: pd.DataFrame,
    hotspots: pd.DataFrame,
    tasking: TaskingSettings | None = None,
    settings: RosterSettings | None = None,
) -> Rostered:
    """Turn planned visits into dated patrols.

    Every hotspot gets its share of the programme's visits, rounded to whole ones; they are
    spread evenly over its days, keep ``hours_between_visits`` from the end of one to the
    beginning of the next (over all patrols and providers), and are packed into patrols by
    district, provider and shift. On the no-patrol days of the crossover design a hotspot has no
    visit.

    Parameters
    ----------
    visits : DataFrame
        Columns `VISITS`.
    hotspots : DataFrame
        Columns hotspot_id, x_m and y_m (metres); name and district_code where there are any.
    tasking
        Crew, visit, time between visits, length of the programme.
    settings
        Days, shifts, ways, randomised days, seed.

    Raises
    ------
    InputError
        Wrong visits, hotspots or travel times.
    SettingsError
        No first day, more weeks than the programme has, or a shift too short for a visit.
    InfeasibleError
        Visits do not fit with the time that must be between them.

    Examples
    --------
    Two hotspots with one visit a day each, for a week:

    >>> planned = pd.DataFrame({
    ...     "hotspot_id": ["N1", "N2"], "district": "North", "weekday": 0,
    ...     "day_part": "any time", "from_hour": 0.0, "part_hours": 24.0, "provider": "police",
    ...     "visits": [364, 364], "officer_hours": [273.0, 273.0], "randomised_visits": 0,
    ... })
    >>> spots = pd.DataFrame({"hotspot_id": ["N1", "N2"], "x_m": [0.0, 900.0], "y_m": 0.0})
    >>> week = RosterSettings(from_date="2027-03-22", weeks=1)
    >>> found = roster(planned, spots, settings=week)
    >>> len(found.patrols), found.patrols["officer_hours"].sum(), found.hours["visits"].tolist()
    (7, np.float64(10.5), [7, 7])
    """
    tasking, settings = tasking or TaskingSettings(), settings or RosterSettings()
    _check(visits, hotspots)
    days = patrol_days(tasking, settings)
    zone = ZoneInfo(settings.timezone)
    pace = _pace(tasking, settings)
    shifts = _shifts(settings, pace)
    visits = visits[visits["visits"] > 0].sort_values(
        ["district", "hotspot_id", "provider", "weekday", "from_hour", "day_part"], kind="stable"
    )
    messages: list[str] = []
    blocks = _blocks(visits, days, settings)

    windows: dict[tuple[int, Shift], Window] = {}

    def at(day: int, shift: Shift) -> Window:
        if (day, shift) not in windows:
            windows[day, shift] = window(days[day], day, *shift, zone)
        return windows[day, shift]

    rows: dict[str, list[Row]] = {}
    bookings: dict[str, list[Booking]] = {}
    for spot, own in visits.groupby("hotspot_id", sort=False):
        hotspot = str(spot)
        numbers = quotas(own["visits"].tolist(), settings.weeks, tasking.weeks)
        rows[hotspot] = [
            Row(
                hotspot, str(row["district"]), str(row["provider"]), int(row["weekday"]),
                _own_shifts(row, shifts), number,
            )
            for row, number in zip(own.to_dict("records"), numbers, strict=True)
        ]  # fmt: skip
        closed = {block.no_patrol for block in blocks.get(hotspot, [])}
        bookings[hotspot], said = book(rows[hotspot], days, closed, at, pace, settings.seed)
        messages += said

    outings, said = _pack(bookings, visits, hotspots, pace, settings)
    messages += said
    made = tables(outings, days, visits, hotspots, blocks, tasking, settings, pace)
    planned = {spot: {row.weekday for row in own} for spot, own in rows.items()}
    design = design_table(blocks, days, bookings, planned, settings.seed)
    messages += notes.messages(made, design, visits, tasking, settings)
    last = pd.Timestamp(str(settings.from_date)) + pd.Timedelta(days=7 * settings.weeks - 1)
    return Rostered(
        *made[:2], design[names(DESIGN)], *made[2:], str(settings.from_date),
        last.date().isoformat(), tuple(messages),
    )  # fmt: skip


def _check(visits: pd.DataFrame, hotspots: pd.DataFrame) -> None:
    require(visits, names(VISITS), "The table of visits")
    require(hotspots, ["hotspot_id", "x_m", "y_m"], "The hotspot table")
    known = hotspots["hotspot_id"].astype(str)
    for spot in known[known.duplicated()].head(1):
        raise InputError(f"hotspot_id {spot!r} occurs more than once; every hotspot needs its own.")
    for spot in visits.loc[~visits["hotspot_id"].isin(known), "hotspot_id"].head(1):
        raise InputError(
            f"The plan has visits to hotspot {spot!r}, which is not among its hotspots."
        )
    place = hotspots[["x_m", "y_m"]].to_numpy(dtype=float)
    for row in np.flatnonzero(~np.isfinite(place).all(axis=1))[:1]:
        raise InputError(f"Hotspot {known.iloc[row]} has no position (x_m, y_m); fill it in.")
    for name in ("visits", "randomised_visits"):
        number = pd.to_numeric(visits[name], errors="coerce")
        for row in np.flatnonzero(~((number >= 0) & (number == number.round())))[:1]:
            raise InputError(
                f"{name} of hotspot {visits['hotspot_id'].iloc[row]} is {visits[name].iloc[row]}; "
                "it must be a whole number, 0 or more."
            )
    several = visits.groupby("hotspot_id")["district"].nunique()
    for spot in several[several > 1].index[:1]:
        raise InputError(f"The plan has hotspot {spot!r} in more than one district; keep one.")


def _pace(tasking: TaskingSettings, settings: RosterSettings) -> Pace:
    base = tasking.travel_minutes if settings.base_minutes is None else settings.base_minutes
    return Pace(
        visit=math.ceil(tasking.visit_minutes),
        gap=math.ceil(60 * tasking.hours_between_visits),
        base=math.ceil(base),
        longest=math.floor(60 * settings.patrol_hours),
        wait=None if settings.wait_minutes is None else math.floor(settings.wait_minutes),
    )


def _shifts(settings: RosterSettings, pace: Pace) -> tuple[Shift, ...]:
    """Shifts of the roster, in order of their beginning; each must hold a visit."""
    found = [(name, *shift_hours(name, span)) for name, span in settings.shifts.items()]
    least = pace.visit + 2 * pace.base
    for name, _, hours in found:
        if 60 * hours < least:
            raise SettingsError(
                f"The shift {name!r} lasts {hours:g} h, and one visit with its ways {least} "
                "minutes; make it longer (roster.shifts)."
            )
    if pace.longest < least:
        raise SettingsError(
            f"roster.patrol_hours is {settings.patrol_hours:g} h, and one visit with its ways "
            f"takes {least} minutes; allow more."
        )
    return tuple(sorted(found, key=lambda shift: (shift[1], shift[2], shift[0])))


def _own_shifts(row: Mapping[Any, Any], shifts: tuple[Shift, ...]) -> tuple[Shift, ...]:
    """Shifts in which a row's visits may be: the roster's, or the plan's own part of the day."""
    if row["day_part"] == ANY_TIME:
        return shifts
    return ((str(row["day_part"]), float(row["from_hour"]), float(row["part_hours"])),)


def _blocks(
    visits: pd.DataFrame, days: Sequence[Day], settings: RosterSettings
) -> dict[str, list[Block]]:
    """Randomised pairs of days of each hotspot, from the plan's share or the one set."""
    found = {}
    for spot, own in visits.groupby("hotspot_id", sort=False):
        share = settings.randomised_share
        if share is None:
            share = float(own["randomised_visits"].sum() / own["visits"].sum())
        if share > 0:
            chance = random.Random(f"{settings.seed}/crossover/{spot}")
            alike = kinds(days, set(own["weekday"]))
            found[str(spot)] = draw_blocks(days, alike, min(share, 1.0), chance)
    return found


def _pack(
    bookings: Mapping[str, Sequence[Booking]],
    visits: pd.DataFrame,
    hotspots: pd.DataFrame,
    pace: Pace,
    settings: RosterSettings,
) -> tuple[list[Outing], list[str]]:
    """Make the patrols of every district, provider and window, in order of time."""
    table = read_travel_times(settings.travel_times) if settings.travel_times else None
    place = hotspots.set_index(hotspots["hotspot_id"].astype(str))[["x_m", "y_m"]].astype(float)
    outings: list[Outing] = []
    missing = total = 0
    for name, own in visits.groupby("district", sort=True):
        ids = sorted(own["hotspot_id"].astype(str).unique())
        xy = place.loc[ids].to_numpy()
        minutes = ways(xy[:, 0], xy[:, 1], settings)
        if table is not None:
            minutes, gaps = with_table(minutes, ids, table)
            missing, total = missing + gaps, total + len(ids) * (len(ids) - 1)
        ground = Ground(xy, minutes)
        outings += _district(str(name), ids, bookings, ground, pace, settings.seed)
    said = []
    if missing:
        said.append(
            f"{missing:,} of {total:,} ways between hotspots of a district are not in the travel "
            "times; they come from distances."
        )
    return outings, said


def _district(
    district: str,
    ids: Sequence[str],
    bookings: Mapping[str, Sequence[Booking]],
    ground: Ground,
    pace: Pace,
    seed: int,
) -> list[Outing]:
    groups: dict[tuple[int, int, int, str, str], tuple[Window, dict[int, list[int]]]] = {}
    for number, spot in enumerate(ids):
        for booking in bookings[spot]:
            span = booking.window
            key = (span.day, span.end, span.start, booking.provider, span.shift)
            groups.setdefault(key, (span, {}))[1].setdefault(number, []).append(booking.latest)
    ready: dict[int, int] = {}
    outings = []
    for key in sorted(groups):
        span, due = groups[key]
        provider = key[3]
        chance = random.Random(f"{seed}/{district}/{provider}/{span}")
        patrols: list[Patrol] = pack(due, ready, span, ground, pace, chance)
        for patrol in patrols:
            for stop in patrol.stops:
                free = stop.arrive + pace.visit + pace.gap
                ready[stop.hotspot] = max(ready.get(stop.hotspot, free), free)
        outings += [
            Outing(district, provider, span, turn, patrol, tuple(ids))
            for turn, patrol in enumerate(patrols, 1)
        ]
    return outings
