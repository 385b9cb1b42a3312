"""What a roster is made from, checked, and its lengths in minutes."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from hotspots.errors import InputError, SettingsError
from hotspots.frames import VISITS, names, require
from hotspots.settings import RosterSettings, TaskingSettings
from hotspots.settings.roster import shift_hours
from hotspots.tasking.roster.diary import Pace, Shift

_LONGEST_HOURS = 9.0


def check_tables(visits: pd.DataFrame, hotspots: pd.DataFrame) -> None:
    """Refuse visits and hotspots that no roster can be made from.

    Raises
    ------
    InputError
        A missing column, a repeated or unknown id, a position or a number that is none.
    """
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


def pace_of(tasking: TaskingSettings, settings: RosterSettings) -> Pace:
    """Lengths in whole minutes, rounded so that none is too short."""
    base = tasking.travel_minutes if settings.base_minutes is None else settings.base_minutes
    longest = settings.patrol_hours or tasking.patrol_hours or _LONGEST_HOURS
    return Pace(
        visit=math.ceil(tasking.visit_minutes),
        gap=math.ceil(60 * tasking.hours_between_visits),
        base=math.ceil(base),
        longest=math.floor(60 * longest),
        wait=None if settings.wait_minutes is None else math.floor(settings.wait_minutes),
    )


def crew_of(provider: str, tasking: TaskingSettings) -> tuple[int, float]:
    """People of a provider who go together, and officer-hours that one visit of theirs costs."""
    known = tasking.providers.get(provider)
    crew = tasking.crew if known is None or known.crew is None else known.crew
    return crew, crew * (tasking.visit_minutes + tasking.travel_minutes) / 60


def shifts_of(settings: RosterSettings, pace: Pace) -> tuple[Shift, ...]:
    """Shifts of the roster, in order of their beginning.

    Raises
    ------
    SettingsError
        A shift, or a patrol of the greatest length, is too short for a visit.
    """
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
            f"roster.patrol_hours is {pace.longest / 60:g} h, and one visit with its ways "
            f"takes {least} minutes; allow more."
        )
    return tuple(sorted(found, key=lambda shift: (shift[1], shift[2], shift[0])))
