"""The full model as a mixed-integer programme: hotspot x period x provider, and what couples them.

Variables are whole visits ``y`` of each provider to each hotspot in each period, shares ``z`` of
them on each level of the response, whole patrols ``n`` where crews are on duty for patrols, and
``b``, whether a hotspot is visited on a weekday of every week. Levels gain less and less, so that
the programme needs no order among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hotspots.tasking.bounds import hours_text
from hotspots.tasking.crews import Crew
from hotspots.tasking.problem import Problem

Floats = NDArray[np.float64]
BUDGET = "the budget"


@dataclass
class Rows:
    """Constraints ``low <= sum(value * x) <= high``, each with a name a planner knows."""

    row: list[NDArray[np.int64]] = field(default_factory=list)
    column: list[NDArray[np.int64]] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    name: list[str] = field(default_factory=list)

    def add(
        self, name: str, column: NDArray[np.int64], value: Floats | float, low: float, high: float
    ) -> None:
        """Add one constraint; one that limits nothing is left out."""
        if low == -np.inf and high == np.inf:
            return
        column = np.ravel(column)
        self.row.append(np.full(len(column), len(self.name)))
        self.column.append(column)
        self.value.append(np.broadcast_to(np.asarray(value, dtype=float), column.shape))
        self.low.append(low)
        self.high.append(high)
        self.name.append(name)

    def add_many(
        self, name: str, column: NDArray[np.int64], value: Floats, low: float, high: float
    ) -> None:
        """Add one constraint of each row of `column` and `value`, shape (rows, terms)."""
        rows, terms = column.shape
        self.row.append(np.repeat(np.arange(len(self.name), len(self.name) + rows), terms))
        self.column.append(column.ravel())
        self.value.append(np.broadcast_to(value, column.shape).ravel())
        self.low += [low] * rows
        self.high += [high] * rows
        self.name += [name] * rows


@dataclass(frozen=True)
class Model:
    """A mixed-integer programme to be maximised, and where its variables stand.

    Attributes
    ----------
    gain, upper, whole
        Objective, upper bound and integrality of each variable; lower bounds are 0.
    rows
        Constraints; those called `BUDGET` limit what is spent.
    visits
        Place of each visit variable, shape (n, periods, providers).
    patrols
        Place of each patrol variable, shape (districts, periods, providers), districts in order
        of their names; None where crews are on duty for visits.
    spent
        What a unit of each variable costs, in the budget's unit.
    """

    gain: Floats
    upper: Floats
    whole: NDArray[np.bool_]
    rows: Rows
    visits: NDArray[np.int64]
    patrols: NDArray[np.int64] | None
    spent: Floats


def build_model(problem: Problem, crews: Sequence[Crew], budget: float) -> Model:
    """Write the programme of a problem with some crews and a budget in the budget's unit."""
    return _Builder(problem, crews).build(budget)


class _Builder:
    """Places of the variables, and the constraints one kind at a time."""

    def __init__(self, problem: Problem, crews: Sequence[Crew]) -> None:
        self.problem, self.crews = problem, crews
        self.settings, self.periods = problem.settings, problem.periods
        n, s, p = len(problem.ids), len(problem.periods), len(crews)
        self.levels = int(problem.periods.most.max())
        self.size = 0
        self.y = self._place(n, s, p)
        self.z = self._place(n, s, self.levels)
        self.towns = sorted(set(problem.districts))
        self.town = np.array([self.towns.index(name) for name in problem.districts])
        self.n = self._place(len(self.towns), s, p) if self.settings.patrol_hours else None
        self.gapped = self.settings.max_gap_days is not None and not self.periods.open
        days = self.settings.days_per_week
        self.b = self._place(n, days) if self.gapped else None
        self.rows = Rows()

    def _place(self, *shape: int) -> NDArray[np.int64]:
        count = int(np.prod(shape))
        self.size += count
        return np.arange(self.size - count, self.size).reshape(shape)

    def build(self, budget: float) -> Model:
        gain, upper = np.zeros(self.size), np.zeros(self.size)
        whole = np.ones(self.size, dtype=bool)
        occurrences, most = self.periods.occurrences, self.periods.most
        rises = self.problem.rises
        gain[self.z] = self.problem.cell_rates[:, :, None] * rises
        level = np.arange(self.levels)
        upper[self.z] = np.where(level < most[:, None], occurrences[:, None], 0)
        whole[self.z] = False
        for number, crew in enumerate(self.crews):
            allowed = crew.allowed(self.problem)
            upper[self.y[:, :, number]] = np.where(allowed, most * occurrences, 0)
        if self.n is not None:
            upper[self.n] = np.inf
        if self.b is not None:
            upper[self.b] = 1
        spent = self._spent()
        self._link()
        self._bounds()
        self._duty()
        self._gaps()
        self.rows.add(BUDGET, np.flatnonzero(spent), spent[spent > 0], -np.inf, budget)
        return Model(gain, upper, whole, self.rows, self.y, self.n, spent)

    def _spent(self) -> Floats:
        spent = np.zeros(self.size)
        for number, crew in enumerate(self.crews):
            unit = crew.pounds_per_hour if self.problem.in_pounds else 1.0
            if self.n is None:
                spent[self.y[:, :, number]] = crew.hours_per_visit * unit
            else:
                hours = self.settings.patrol_hours or 0.0
                spent[self.n[:, :, number]] = crew.size * hours * unit
        return spent

    def _link(self) -> None:
        """Visits of all providers stand on the levels of the response."""
        n, s, p = self.y.shape
        column = np.concatenate([self.z, self.y], axis=2).reshape(n * s, self.levels + p)
        value = np.concatenate([np.ones(self.levels), -np.ones(p)])
        self.rows.add_many("the two hours between visits", column, value, 0.0, 0.0)

    def _bounds(self) -> None:
        """Floors and caps of hotspots, districts and providers, in officer-hours."""
        settings, cost = self.settings, np.array([crew.hours_per_visit for crew in self.crews])
        hours = np.broadcast_to(cost, self.y.shape)
        for number, name in enumerate(self.problem.ids):
            low = settings.hotspot_floors.get(name, settings.hotspot_floor_hours)
            high = settings.hotspot_caps.get(name, settings.hotspot_cap_hours)
            self._hours(f"hotspot {name}", self.y[number], hours[number], low, high)
            if self.periods.open and settings.max_gap_days is not None:
                label = f"the longest gap at hotspot {name}"
                self.rows.add(label, self.y[number], 1.0, self.problem.least_visits, np.inf)
        for number, name in enumerate(self.towns):
            low = settings.district_floors.get(name, settings.district_floor_hours)
            high = settings.district_caps.get(name, settings.district_cap_hours)
            own = self.town == number
            self._hours(f"district {name}", self.y[own], hours[own], low, high)
        for number, crew in enumerate(self.crews):
            own, each = self.y[:, :, number], hours[:, :, number]
            if self.n is not None:
                own = self.n[:, :, number]
                each = np.full(own.shape, crew.size * (settings.patrol_hours or 0.0))
            self._hours(f"provider {crew.provider}", own, each, crew.least_hours, crew.hours)

    def _hours(
        self, who: str, column: NDArray[np.int64], hours: Floats, low: float, high: float | None
    ) -> None:
        slack = 1e-7
        if low > 0:
            self.rows.add(
                f"the floor of {who} ({hours_text(low)} hours)",
                column,
                hours.ravel(),
                low - slack,
                np.inf,
            )
        if high is not None and high < np.inf:
            self.rows.add(
                f"the cap of {who} ({hours_text(high)} hours)",
                column,
                hours.ravel(),
                -np.inf,
                high + slack,
            )

    def _duty(self) -> None:
        """Officers on duty in each period, and visits inside whole patrols."""
        for number, crew in enumerate(self.crews):
            officers = crew.on_duty(self.periods)
            for period, name in enumerate(self.periods.names):
                hours = officers[period] * self.periods.hours[period]
                hours *= self.periods.occurrences[period]
                label = f"the {crew.provider} officers on duty, {name}"
                if self.n is None:
                    column, each = self.y[:, period, number], crew.hours_per_visit
                else:
                    column = self.n[:, period, number]
                    each = crew.size * (self.settings.patrol_hours or 0.0)
                if hours < np.inf:
                    self.rows.add(label, column, each, -np.inf, hours + 1e-7)
                if self.n is None:
                    continue
                for town, _ in enumerate(self.towns):
                    own = self.y[self.town == town, period, number]
                    column = np.append(own, self.n[town, period, number])
                    value = np.append(
                        np.full(len(own), crew.minutes_per_visit / 60),
                        -(self.settings.patrol_hours or 0.0),
                    )
                    self.rows.add("the length of patrols", column, value, -np.inf, 1e-7)

    def _gaps(self) -> None:
        """Some weekdays on which a hotspot is visited every week, close enough together."""
        if self.b is None or self.settings.max_gap_days is None:
            return
        weeks = self.settings.weeks
        days = self.b.shape[1]
        for spot, name in enumerate(self.problem.ids):
            label = f"the longest gap at hotspot {name}"
            for day in range(days):
                on_day = self.y[spot, self.periods.weekday == day + 1].ravel()
                column = np.append(on_day, self.b[spot, day])
                value = np.append(np.ones(len(on_day)), -float(weeks))
                self.rows.add(label, column, value, 0.0, np.inf)
            for first in range(7):
                window = [(first + step) % 7 for step in range(min(self.settings.max_gap_days, 7))]
                inside = [day for day in window if day < days]
                self.rows.add(label, self.b[spot, inside], 1.0, 1.0, np.inf)
