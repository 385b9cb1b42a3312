"""The verb: from planned visits to dated patrols, as published tables."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from hotspots.settings import RosterSettings, TaskingSettings
from hotspots.tasking.roster import notes
from hotspots.tasking.roster.booked import Booked, book_all
from hotspots.tasking.roster.calendar import Window, patrol_days
from hotspots.tasking.roster.days import Booking
from hotspots.tasking.roster.diary import Pace
from hotspots.tasking.roster.inputs import check_tables, pace_of, shifts_of
from hotspots.tasking.roster.patrols import Ground, Patrol, pack
from hotspots.tasking.roster.tables import Outing, design_table, tables
from hotspots.tasking.roster.ways import read_travel_times, ways, with_table


class Rostered(NamedTuple):
    """Tables as in `hotspots.frames.Roster`, first and last day, and sentences."""

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
    check_tables(visits, hotspots)
    days = patrol_days(tasking, settings)
    pace = pace_of(tasking, settings)
    shifts = shifts_of(settings, pace)
    visits = visits[visits["visits"] > 0].sort_values(
        ["district", "hotspot_id", "provider", "weekday", "from_hour", "day_part"], kind="stable"
    )
    booked = book_all(visits, days, tasking, settings, pace, shifts)
    outings, said = _pack(booked, visits, hotspots, pace, settings)
    made = tables(outings, days, visits, hotspots, booked.blocks, tasking, settings, pace)
    design = design_table(booked, days, settings.seed)
    messages = [
        *notes.squeezed(booked.messages),
        *said,
        *notes.messages(made, design, visits, tasking, settings),
    ]
    last = pd.Timestamp(str(settings.from_date)) + pd.Timedelta(days=7 * settings.weeks - 1)
    return Rostered(
        *made[:2], design, *made[2:], str(settings.from_date),
        last.date().isoformat(), tuple(messages),
    )  # fmt: skip


def _pack(
    booked: Booked,
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
        ground = Ground(xy, minutes, [booked.cycles[spot] for spot in ids])
        outings += _district(str(name), ids, booked.visits, ground, pace, settings.seed)
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
                free = stop.arrive + ground.cycle[stop.hotspot]
                ready[stop.hotspot] = max(ready.get(stop.hotspot, free), free)
        outings += [
            Outing(district, provider, span, turn, patrol, tuple(ids))
            for turn, patrol in enumerate(patrols, 1)
        ]
    return outings
