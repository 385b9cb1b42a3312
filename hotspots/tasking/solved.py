"""A solved problem, whichever way it was solved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hotspots.frames import PATROLS, VISITS, names
from hotspots.tasking.crews import Crew
from hotspots.tasking.problem import Problem


@dataclass(frozen=True)
class Solved:
    """Visits of each provider to each hotspot in each period, and how good they are.

    Attributes
    ----------
    problem
        What was solved.
    crews
        Providers.
    cells
        Visits, shape (n, periods, providers).
    covered
        Incidents that they reach at each hotspot, shape (n,).
    method, status
        What solved it, and with what right: optimal, or within the gap asked for.
    bound
        Incidents that no plan can exceed.
    patrols
        Patrols, shape (districts, periods, providers); None where visits are paid for.
    """

    problem: Problem
    crews: Sequence[Crew]
    cells: NDArray[np.int64]
    covered: NDArray[np.float64]
    method: str
    status: str
    bound: float
    patrols: NDArray[np.int64] | None = None

    @property
    def visits(self) -> NDArray[np.int64]:
        """Visits of each hotspot, shape (n,)."""
        visits: NDArray[np.int64] = self.cells.sum(axis=(1, 2))
        return visits

    @property
    def hours(self) -> NDArray[np.float64]:
        """Officer-hours of each hotspot's visits, shape (n,)."""
        cost = np.array([crew.hours_per_visit for crew in self.crews])
        hours: NDArray[np.float64] = self.cells.sum(axis=1) @ cost
        return hours

    @property
    def pounds(self) -> float:
        """Cost of the visits, or of the patrols where these are paid for, pounds."""
        rate = np.array([crew.pounds_per_hour for crew in self.crews])
        if self.patrols is None:
            cost = np.array([crew.hours_per_visit for crew in self.crews])
            return float(self.cells.sum(axis=(0, 1)) @ (cost * rate))
        size = np.array([crew.size for crew in self.crews])
        hours = self.patrols.sum(axis=(0, 1)) * size * (self.problem.settings.patrol_hours or 0.0)
        return float(hours @ rate)

    @property
    def value(self) -> float:
        """Incidents that all visits reach."""
        return float(self.covered.sum())

    def visits_table(self) -> pd.DataFrame:
        """When and by whom, columns `VISITS`: a row for each entry with a visit.

        Where the plan leaves open when visits are made, hotspots without any have a row, too.
        """
        problem, periods = self.problem, self.problem.periods
        spot, period, crew = np.nonzero(self.cells + int(periods.open and len(self.crews) == 1))
        visits = self.cells[spot, period, crew]
        cost = np.array([one.hours_per_visit for one in self.crews])
        drawn = np.zeros_like(self.cells)
        share = problem.settings.randomised_share
        for number in range(len(self.cells)):
            drawn[number] = _drawn(self.cells[number], share)
        columns = (
            problem.ids[spot],
            problem.districts[spot],
            periods.weekday[period],
            np.array(periods.part, dtype=object)[period],
            periods.from_hour[period],
            periods.hours[period],
            np.array([one.provider for one in self.crews], dtype=object)[crew],
            visits,
            visits * cost[crew],
            drawn[spot, period, crew],
        )
        return pd.DataFrame(dict(zip(names(VISITS), columns, strict=True)))

    def patrols_table(self) -> pd.DataFrame | None:
        """Whole patrols of each district, columns `PATROLS`."""
        if self.patrols is None:
            return None
        periods, length = self.problem.periods, self.problem.settings.patrol_hours or 0.0
        town, period, crew = np.nonzero(self.patrols)
        patrols = self.patrols[town, period, crew]
        size = np.array([one.size for one in self.crews])
        columns = (
            np.array(sorted(set(self.problem.districts)), dtype=object)[town],
            periods.weekday[period],
            np.array(periods.part, dtype=object)[period],
            np.array([one.provider for one in self.crews], dtype=object)[crew],
            patrols,
            patrols * size[crew] * length,
        )
        return pd.DataFrame(dict(zip(names(PATROLS), columns, strict=True)))


def _drawn(cells: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """Visits of one hotspot kept for randomised days: its share, whole, by largest remainder."""
    exact = cells * share
    whole: NDArray[np.int64] = np.floor(exact + 1e-9).astype(np.int64)
    missing = round(cells.sum() * share) - int(whole.sum())
    first = np.argsort(-(exact - whole).ravel(), kind="stable")[: max(missing, 0)]
    whole.ravel()[first] += 1
    return whole
