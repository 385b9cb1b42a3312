"""What must hold for every roster, checked on its tables alone."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np
import pandas as pd

from hotspots.frames import (
    NO_PATROL,
    PATROL,
    ROSTER_HOURS,
    ROSTER_PATROLS,
    ROSTER_SHIFTS,
    ROSTER_STOPS,
    names,
)
from hotspots.settings import RosterSettings, TaskingSettings
from hotspots.tasking.roster import Rostered, roster

TOWNS = ("Ash", "Birch", "Cedar")


def plan_of(visits, *, towns: int = 2, seed: int = 1, **columns) -> pd.DataFrame:
    """Visits at any time, hotspots dealt to towns in turn."""
    ids = [f"H{number:02}" for number in range(len(visits))]
    table = pd.DataFrame(
        {
            "hotspot_id": ids,
            "district": [TOWNS[number % towns] for number in range(len(ids))],
            "weekday": 0,
            "day_part": "any time",
            "from_hour": 0.0,
            "part_hours": 24.0,
            "provider": "police",
            "visits": visits,
            "officer_hours": 0.75 * np.asarray(visits, dtype=float),
            "randomised_visits": 0,
        }
    )
    return table.assign(**columns)


def ground_of(visits: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """Hotspots at random positions within 4 km."""
    ids = sorted(set(visits["hotspot_id"]))
    chance = np.random.default_rng(seed)
    x, y = chance.uniform(0, 4000, (2, len(ids)))
    return pd.DataFrame(
        {"hotspot_id": ids, "name": [f"Street {i}" for i in ids], "x_m": x, "y_m": y}
    )


def make(
    visits: pd.DataFrame,
    tasking: TaskingSettings | None = None,
    hotspots: pd.DataFrame | None = None,
    **settings,
) -> Rostered:
    """A roster, checked against every law."""
    tasking = tasking or TaskingSettings()
    settings = RosterSettings(**({"from_date": "2027-02-01", "weeks": 4} | settings))
    made = roster(visits, ground_of(visits) if hotspots is None else hotspots, tasking, settings)
    check(made, visits, tasking, settings)
    return made


def minutes(late, early) -> float:
    return (datetime.fromisoformat(late) - datetime.fromisoformat(early)).total_seconds() / 60


def check(
    made: Rostered, visits: pd.DataFrame, tasking: TaskingSettings, settings: RosterSettings
) -> None:
    """Every law that has no exception."""
    patrols, stops = made.patrols, made.stops
    for table, columns in (
        (patrols, ROSTER_PATROLS), (stops, ROSTER_STOPS), (made.hours, ROSTER_HOURS),
        (made.shifts, ROSTER_SHIFTS),
    ):  # fmt: skip
        assert list(table.columns) == names(columns)
    assert patrols["patrol_id"].is_unique
    _planned_visits_once_each(made, visits, tasking, settings)
    _time_between_visits(stops, tasking, " ".join(made.messages))
    _inside_shifts(patrols, visits, settings, tasking)
    _patrols_add_up(patrols, stops, tasking)
    _design(made, visits)


def _planned_visits_once_each(made, visits, tasking, settings) -> None:
    count = Counter(made.stops["hotspot_id"])
    for spot, planned in visits.groupby("hotspot_id")["visits"].sum().items():
        exact = Fraction(int(planned) * settings.weeks, tasking.weeks)
        assert abs(count[spot] - exact) <= Fraction(1, 2)
    shown = made.hours.set_index("hotspot_id")["visits"]
    assert all(shown[spot] == count[spot] for spot in shown.index)
    assert sum(made.hours["visits"]) == len(made.stops)


def _time_between_visits(stops, tasking, said) -> None:
    for spot, own in stops.groupby("hotspot_id"):
        own = own.assign(at=pd.to_datetime(own["arrive"], utc=True)).sort_values("at")
        pairs = zip(own["leave"][:-1], own["arrive"][1:], strict=True)
        gap = 60 * tasking.hours_between_visits
        if f"Hotspot {spot} has so many visits" in said:
            gap -= tasking.visit_minutes  # from begin to begin
        assert all(minutes(b, a) >= gap for a, b in pairs)


def _inside_shifts(patrols, visits, settings, tasking) -> None:
    parts = {
        row.day_part: (row.from_hour, row.part_hours)
        for row in visits.itertuples()
        if row.day_part != "any time"
    }
    for name, span in settings.shifts.items():
        begin, end = (int(t[:2]) + int(t[3:]) / 60 for t in span.split("-"))
        parts.setdefault(name, (begin, (end - begin) % 24 or 24))
    for row in patrols.itertuples():
        start, end = (datetime.fromisoformat(t) for t in (row.start, row.end))
        begin, hours = parts[row.shift]
        midnight = datetime.fromisoformat(row.date)
        clock = [t.replace(tzinfo=None) for t in (start, end)]
        # on the clock: what a person reads on the wall
        assert clock[0] >= midnight + timedelta(minutes=round(60 * begin))
        assert clock[1] <= midnight + timedelta(minutes=round(60 * (begin + hours)))
        assert end - start <= timedelta(hours=settings.patrol_hours or tasking.patrol_hours or 9)
        assert end > start


def _patrols_add_up(patrols, stops, tasking) -> None:
    by_patrol = dict(list(stops.groupby("patrol_id", sort=False)))
    assert set(by_patrol) == set(patrols["patrol_id"])
    for row in patrols.itertuples():
        own = by_patrol[row.patrol_id]
        assert list(own["stop"]) == list(range(1, row.visits + 1))
        whole = minutes(row.end, row.start)
        assert row.visit_minutes + row.travel_minutes + row.free_minutes == whole
        assert row.free_minutes >= 0
        assert row.shift_hours == row.officers * whole / 60
        own_crew = tasking.providers.get(row.provider)
        assert row.officers == (own_crew.crew if own_crew else tasking.crew)
        each = row.officers * (tasking.visit_minutes + tasking.travel_minutes) / 60
        assert row.officer_hours == row.visits * each
        assert minutes(own["arrive"].iloc[0], row.start) == own["way_minutes"].iloc[0]
        spare = [minutes(b, a) for a, b in zip(own["leave"][:-1], own["arrive"][1:], strict=True)]
        assert all(t >= way for t, way in zip(spare, own["way_minutes"][1:], strict=True))


def _design(made, visits) -> None:
    design = made.design
    days = made.stops.assign(
        date=made.stops["patrol_id"].map(made.patrols.set_index("patrol_id")["date"])
    )
    count = Counter(zip(days["hotspot_id"], days["date"], strict=True))
    for row in design.itertuples():
        assert row.visits == count[row.hotspot_id, row.date]
        if row.arm == NO_PATROL:
            assert row.visits == 0
    for _, own in design.groupby(["hotspot_id", "block"]):
        assert sorted(own["arm"]) == [NO_PATROL, PATROL]
        assert len(set(own["day_class"])) == 1
    for _, own in design.groupby("hotspot_id"):
        assert own["date"].is_unique
        first = own.groupby("block")["arm"].first()
        assert abs((first == PATROL).sum() - (first == NO_PATROL).sum()) <= 1
