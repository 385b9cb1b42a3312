"""One allocation problem: hotspots, when they may be visited, what visits are worth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hotspots.errors import InputError
from hotspots.frames import require
from hotspots.settings import TaskingSettings
from hotspots.tasking.bounds import Bounds, read_bounds
from hotspots.tasking.day_order import DayOrder
from hotspots.tasking.greedy import Frontier
from hotspots.tasking.periods import Periods, period_rates, read_periods
from hotspots.tasking.response import gains
from hotspots.tasking.week_order import WeekOrder

Texts = NDArray[np.object_]


@dataclass(frozen=True)
class Problem:
    """Hotspots in order of their ids, and everything that a plan is judged by.

    Attributes
    ----------
    ids, districts, rates
        Id, district and incidents a day of each hotspot, shape (n,).
    harm
        Harm of each hotspot's incidents, shape (n,); None where it is not known of all.
    times
        Columns `hotspots.frames.HOTSPOT_TIMES`, or None.
    settings
        Tasking settings.
    periods
        When visits may be made.
    cell_rates
        Incidents in one occurrence of each period, shape (n, periods).
    """

    ids: Texts
    districts: Texts
    rates: NDArray[np.float64]
    harm: NDArray[np.float64] | None
    times: pd.DataFrame | None
    settings: TaskingSettings
    periods: Periods
    cell_rates: NDArray[np.float64]

    @classmethod
    def read(
        cls, hotspots: pd.DataFrame, settings: TaskingSettings, times: pd.DataFrame | None
    ) -> tuple[Problem, NDArray[np.int64]]:
        """Check the input table; returns the problem, and the order of ids among the rows."""
        ids, districts, rates = _read(hotspots)
        order = np.argsort(ids)
        harm = None
        if "harm" in hotspots:
            column = pd.to_numeric(hotspots["harm"], errors="coerce").to_numpy(dtype=float)
            if np.isfinite(column).all() and (column >= 0).all() and column.any():
                harm = column[order]
        blank = cls(
            ids=ids[order],
            districts=districts[order],
            rates=rates[order],
            harm=harm,
            times=times,
            settings=settings,
            periods=read_periods(settings, times_known=False),
            cell_rates=rates[order][:, None],
        )
        return blank.under(settings), order

    def under(self, settings: TaskingSettings) -> Problem:
        """Put the same hotspots under other settings."""
        periods = read_periods(settings, times_known=self.times is not None)
        rates = period_rates(self.rates, self.ids.tolist(), periods, self.times)
        return replace(self, settings=settings, periods=periods, cell_rates=rates)

    @property
    def in_pounds(self) -> bool:
        """Whether the budget is in pounds."""
        return self.settings.pounds is not None

    @property
    def couples(self) -> bool:
        """Whether constraints reach across the nesting of hotspots, districts and budget."""
        gaps = self.settings.max_gap_days is not None and not self.periods.open
        return self.settings.couples or gaps

    @property
    def rises(self) -> NDArray[np.float64]:
        """Share of an occurrence's incidents that its 1st, 2nd ... visit adds."""
        return gains(self.settings, int(self.periods.most.max()))

    @property
    def least_visits(self) -> int:
        """Visits that every hotspot needs so that no gap is too long."""
        gap = self.settings.max_gap_days
        return 0 if gap is None else -(-self.settings.days // gap)

    def bounds(self) -> Bounds:
        """Floors and caps in whole visits, those among them that time itself sets."""
        ids, districts = self.ids.tolist(), self.districts.tolist()
        if self.periods.most[0] < 0:
            return read_bounds(ids, districts, self.settings, least=self.least_visits)
        room = int((self.periods.most * self.periods.occurrences).sum())
        return read_bounds(ids, districts, self.settings, least=self.least_visits, room=room)

    def order(self, most: int) -> DayOrder | WeekOrder:
        """Order visits, up to `most` of each hotspot."""
        if self.periods.open and self.settings.response == "geometric":
            q, days = self.settings.q, self.settings.days
            return DayOrder.build(self.rates, q=q, days=days, most=most)
        return self.week_order()

    def frontier(self, most: int) -> Frontier:
        """Best plans of up to `most` visits under the nested bounds."""
        return Frontier.build(self.order(most), self.bounds(), most=most)

    def week_order(self) -> WeekOrder:
        """Order all visits over the periods."""
        return WeekOrder.build(self.cell_rates, self.periods, self.settings)


def _read(hotspots: pd.DataFrame) -> tuple[Texts, Texts, NDArray[np.float64]]:
    """Take ids, districts and rates from the input table, in its order."""
    require(hotspots, ["hotspot_id", "district", "incidents_per_day"], "The hotspot table")
    if hotspots.empty:
        raise InputError("The hotspot table has no rows: there is no hotspot to allocate hours to.")
    texts = []
    for name in ("hotspot_id", "district"):
        given = hotspots[name]
        text = given.astype(str).str.strip()
        for row in np.flatnonzero(given.isna() | (text == ""))[:1]:
            raise InputError(f"{name} is empty in row {row + 1} of the hotspot table; fill it in.")
        texts.append(given.astype(str).to_numpy(dtype=object))
    ids, districts = texts
    for number in np.flatnonzero(hotspots["hotspot_id"].astype(str).duplicated())[:1]:
        raise InputError(
            f"hotspot_id {ids[number]!r} occurs more than once (again in row {number + 1}); "
            "every hotspot needs its own id."
        )
    rates = pd.to_numeric(hotspots["incidents_per_day"], errors="coerce").to_numpy(dtype=float)
    for row in np.flatnonzero(~(np.isfinite(rates) & (rates >= 0)))[:1]:
        given = hotspots["incidents_per_day"].iloc[row]
        raise InputError(
            f"incidents_per_day of hotspot {ids[row]} is {given}; it must be a number, 0 or more."
        )
    return ids, districts, rates
