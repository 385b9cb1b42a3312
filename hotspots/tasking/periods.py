"""When visits may be made: weekdays by parts of the day, and what happens in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hotspots.errors import InputError
from hotspots.frames import ANY_DAY, ANY_TIME
from hotspots.settings import USUAL_PARTS, WEEKDAYS, TaskingSettings, read_day_parts

_WEEK_HOURS = 168


@dataclass(frozen=True)
class Periods:
    """Weekday by part of the day; one entry where a plan leaves open when visits are made.

    Attributes
    ----------
    weekday
        1 is Monday; 0 stands for every patrol day, shape (periods,).
    part
        Name of the part of the day.
    from_hour, hours
        Hour at which each begins, and hours that it lasts, shape (periods,).
    occurrences
        How often each occurs in the programme, shape (periods,).
    most
        Most visits to a hotspot in one occurrence, shape (periods,); -1 where there is no limit.
    """

    weekday: NDArray[np.int64]
    part: Sequence[str]
    from_hour: NDArray[np.float64]
    hours: NDArray[np.float64]
    occurrences: NDArray[np.int64]
    most: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.part)

    @property
    def open(self) -> bool:
        """Whether the plan leaves open when visits are made."""
        return int(self.weekday[0]) == ANY_DAY

    @property
    def names(self) -> list[str]:
        """Names such as Fri late, as they are written in settings."""
        if self.open:
            return [ANY_TIME]
        return [
            f"{WEEKDAYS[day - 1]} {part}" for day, part in zip(self.weekday, self.part, strict=True)
        ]


def read_periods(settings: TaskingSettings, *, times_known: bool) -> Periods:
    """List the periods that the settings ask for.

    Parameters
    ----------
    settings
        Day parts, patrol days and weeks.
    times_known
        Whether the hours of the incidents are known: then the usual parts stand for none given.
    """
    parts = settings.day_parts or (USUAL_PARTS if times_known else {})
    if settings.periods == "none" or not parts:
        most = settings.visits_within(24)
        if most is None and (settings.couples or settings.response != "geometric"):
            most = _most(24, settings)
        return Periods(
            weekday=np.array([ANY_DAY]),
            part=[ANY_TIME],
            from_hour=np.zeros(1),
            hours=np.full(1, 24.0),
            occurrences=np.array([settings.days]),
            most=np.array([-1 if most is None else most]),
        )
    spans = read_day_parts(parts)
    days, count = settings.days_per_week, len(spans)
    hours = np.tile([hours for _, hours in spans.values()], days)
    return Periods(
        weekday=np.repeat(np.arange(1, days + 1), count),
        part=list(spans) * days,
        from_hour=np.tile([begin for begin, _ in spans.values()], days),
        hours=hours,
        occurrences=np.full(days * count, settings.weeks),
        most=np.array([_most(length, settings) for length in hours]),
    )


def _most(hours: float, settings: TaskingSettings) -> int:
    """Most visits in so many hours; one after the other where nothing else limits them."""
    spaced = settings.visits_within(hours)
    if spaced is None:
        spaced = int(hours * 60 / settings.visit_minutes + 1e-9)
    return max(spaced, 1)


def period_rates(
    incidents_per_day: NDArray[np.float64],
    ids: Sequence[str],
    periods: Periods,
    times: pd.DataFrame | None,
) -> NDArray[np.float64]:
    """Incidents in one occurrence of each period, at each hotspot.

    A hotspot's week, ``7 * incidents_per_day``, is shared out over its hours of the week by its
    profile; where none is known every hour counts alike.

    Parameters
    ----------
    incidents_per_day : ndarray of float, shape (n,)
        Incidents a day at each hotspot.
    ids
        Their ids.
    periods
        Of which the rates are wanted.
    times
        Columns `hotspots.frames.HOTSPOT_TIMES`, or None.

    Returns
    -------
    ndarray of float, shape (n, periods)

    Raises
    ------
    InputError
        The times lack a hotspot.
    """
    if periods.open:
        return incidents_per_day[:, None].copy()
    shares = np.full((len(ids), _WEEK_HOURS), 1 / _WEEK_HOURS)
    if times is not None:
        hour = (times["weekday"] - 1) * 24 + times["hour"]
        week = pd.pivot_table(
            times.assign(of_week=hour), index="hotspot_id", columns="of_week", values="share"
        )
        week = week.reindex(index=list(ids), columns=range(_WEEK_HOURS))
        missing = week.index[week.isna().any(axis=1)]
        if len(missing):
            raise InputError(
                f"The hours of incidents lack hotspot {missing[0]}; give all 168 hours of the "
                "week of every hotspot, or set tasking.periods to none."
            )
        shares = week.to_numpy(dtype=float)
    return 7 * incidents_per_day[:, None] * (shares @ _overlap(periods))


def _overlap(periods: Periods) -> NDArray[np.float64]:
    """Share of each hour of the week that lies in each period, shape (168, periods)."""
    begin = (periods.weekday - 1) * 24 + periods.from_hour
    hour = np.arange(_WEEK_HOURS)[:, None]
    covered = np.zeros((_WEEK_HOURS, len(periods)))
    for week in (-_WEEK_HOURS, 0, _WEEK_HOURS):
        low = np.maximum(hour, begin + week)
        high = np.minimum(hour + 1, begin + week + periods.hours)
        covered += np.clip(high - low, 0, 1)
    return covered
