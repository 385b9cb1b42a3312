"""Who patrols: each provider with what its visits cost and where and when it may go."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hotspots.errors import SettingsError
from hotspots.frames import POLICE
from hotspots.settings import Provider, TaskingSettings
from hotspots.tasking.periods import Periods

if TYPE_CHECKING:
    from hotspots.tasking.problem import Problem


@dataclass(frozen=True)
class Crew:
    """A provider's crews, with everything that was left open filled in.

    Attributes
    ----------
    provider
        Its name.
    size
        People who go together.
    minutes_per_visit
        Time on site and way to it.
    pounds_per_hour
        Cost of an officer-hour.
    hours, least_hours
        Most and least officer-hours over the programme; infinite where there is no most.
    officers, day_parts, districts, hotspots
        As in `hotspots.settings.Provider`.
    """

    provider: str
    size: int
    minutes_per_visit: float
    pounds_per_hour: float
    hours: float
    least_hours: float
    officers: Mapping[str, float]
    day_parts: Sequence[str]
    districts: Sequence[str]
    hotspots: Sequence[str]

    @property
    def hours_per_visit(self) -> float:
        """Officer-hours that one visit costs, travel included."""
        return self.size * self.minutes_per_visit / 60

    def allowed(self, problem: Problem) -> NDArray[np.bool_]:
        """Whether it may go to each hotspot in each period, shape (n, periods)."""
        where = np.array(
            [
                (not self.districts or district in self.districts)
                and (not self.hotspots or spot in self.hotspots)
                for spot, district in zip(problem.ids, problem.districts, strict=True)
            ]
        )
        when = np.array(
            [
                not self.day_parts or part in self.day_parts or name in self.day_parts
                for part, name in zip(problem.periods.part, problem.periods.names, strict=True)
            ]
        )
        allowed: NDArray[np.bool_] = where[:, None] & when[None, :]
        return allowed

    def on_duty(self, periods: Periods) -> NDArray[np.float64]:
        """Officers on duty in each period; infinite where nothing is said of any."""
        if not self.officers:
            return np.full(len(periods), np.inf)
        return np.array(
            [
                self.officers.get(name, self.officers.get(part, 0.0))
                for part, name in zip(periods.part, periods.names, strict=True)
            ]
        )


def read_crews(
    settings: TaskingSettings, ids: Sequence[str], districts: Sequence[str], periods: Periods
) -> list[Crew]:
    """List the providers of the settings, or the police alone.

    Raises
    ------
    SettingsError
        A provider names a day part, a district or a hotspot that is not there, or patrols are
        longer than a day part.
    """
    given = settings.providers or {POLICE: Provider(officers=settings.officers)}
    whens = [*dict.fromkeys([*periods.part, *periods.names])]
    for name, provider in given.items():
        where = "tasking" if not settings.providers else f"tasking.providers.{name}"
        _known(f"{where}.officers", provider.officers, whens, "a day part of the plan")
        _known(f"{where}.day_parts", provider.day_parts, whens, "a day part of the plan")
        _known(f"{where}.districts", provider.districts, districts, "a district with a hotspot")
        _known(f"{where}.hotspots", provider.hotspots, ids, "a hotspot id")
    shortest = float(periods.hours.min())
    if settings.patrol_hours is not None and settings.patrol_hours > shortest + 1e-9:
        raise SettingsError(
            f"patrol_hours is {settings.patrol_hours:g}, longer than the shortest day part, "
            f"{shortest:g} hours; shorten patrols or lengthen day_parts."
        )
    return [
        Crew(
            provider=name,
            size=settings.crew if provider.crew is None else provider.crew,
            minutes_per_visit=settings.visit_minutes + settings.travel_minutes,
            pounds_per_hour=(
                settings.pounds_per_hour
                if provider.pounds_per_hour is None
                else provider.pounds_per_hour
            ),
            hours=np.inf if provider.hours is None else provider.hours,
            least_hours=provider.least_hours,
            officers=provider.officers,
            day_parts=provider.day_parts,
            districts=provider.districts,
            hotspots=provider.hotspots,
        )
        for name, provider in given.items()
    ]


def _known(setting: str, given: Iterable[str], known: Sequence[str], what: str) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            raise SettingsError(
                f"{setting} names {name!r}, which is not {what}; the nearest is {near[0]!r}."
            )
