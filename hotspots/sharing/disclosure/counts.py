"""Which counts of hotspots and districts an edition shows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from hotspots.frames import totals_of
from hotspots.sharing.disclosure.bands import band_limits, band_start, hidden_totals
from hotspots.sharing.disclosure.suppression import Order, Sum, withheld

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.frames import Plan
    from hotspots.sharing.disclosure.columns import Edition


@dataclass(frozen=True)
class Shown:
    """What an edition shows of counts and hours.

    Attributes
    ----------
    incidents, hours
        By hotspot, in the order of the plan: whole counts or least counts of bands, rounded
        officer-hours; NaN where withheld.
    withheld
        By hotspot, whether its count and hours are.
    districts
        Incidents by district, in the order of the districts.
    totals
        Columns `hotspots.frames.DISTRICT_TOTALS`.
    """

    incidents: NDArray[np.float64]
    hours: NDArray[np.float64]
    withheld: NDArray[np.bool_]
    districts: NDArray[np.float64]
    totals: pd.DataFrame


@dataclass(frozen=True)
class _Cells:
    """All counts in one row: hotspots, their sums by district, their sum, districts, all."""

    counts: NDArray[np.float64]
    sums: list[Sum]
    hotspots: int
    totals: int
    known: list[int]

    @property
    def inner(self) -> list[Sum]:
        """Sums of hotspots alone."""
        return [one for one in self.sums if one.total < self.hotspots + self.totals]


def shown_counts(plan: Plan, edition: Edition) -> Shown:
    """Decide which counts and hours an edition shows, and in which form."""
    totals = totals_of(plan)
    cells = _cells(plan, totals)
    step = plan.settings.sharing.round_hours
    hours = np.round(plan.hotspots["officer_hours"].to_numpy(np.float64) / step) * step
    if edition == "partner":
        bands = plan.settings.sharing.count_bands
        least = np.array([band_start(value, bands) for value in cells.counts])
        hidden = _hidden_bands(plan, cells)
        withheld_hotspots = np.zeros(cells.hotspots, dtype=bool)
    else:
        least = cells.counts
        hidden = _hidden_counts(plan, cells, hours)
        withheld_hotspots = hidden[: cells.hotspots]
    shown = np.where(hidden, np.nan, least)
    end = cells.hotspots + cells.totals
    districts = shown[end : end + len(plan.targeting.districts)]
    hours_shown = np.where(withheld_hotspots, np.nan, hours)
    totals = totals.assign(
        incidents=shown[cells.hotspots : end],
        officer_hours=np.round(totals["officer_hours"] / step) * step,
    )
    return Shown(shown[: cells.hotspots], hours_shown, withheld_hotspots, districts, totals)


def _cells(plan: Plan, totals: pd.DataFrame) -> _Cells:
    counts = plan.hotspots["incidents"].to_numpy(np.float64)
    names = plan.hotspots["district"].astype(str).to_numpy()
    number, end = len(counts), len(counts) + len(totals)
    known, sums = [], []
    for at, name in enumerate(totals["district"].iloc[:-1], start=number):
        parts = tuple(int(part) for part in np.flatnonzero(names == name))
        if parts:
            sums.append(Sum(at, parts))
        else:
            known.append(at)  # everybody sees that it has no hotspot
    sums.append(Sum(end - 1, tuple(range(number, end - 1))))
    districts = plan.targeting.districts
    values = [counts, totals["incidents"].to_numpy(np.float64)]
    if "incidents" in districts:
        order = {name: at for at, name in enumerate(totals["district"], start=number)}
        inside = districts["incidents"].to_numpy(np.float64)
        cells = range(end, end + len(inside))
        for at, name in zip(cells, districts["district"].astype(str), strict=True):
            sums.append(Sum(at, (order[name],), rest=True))
        sums.append(Sum(cells.stop, tuple(cells)))
        known.append(cells.stop)
        values += [inside, np.array([inside.sum()])]
    return _Cells(np.concatenate(values), sums, number, len(totals), known)


def _hidden_counts(plan: Plan, cells: _Cells, hours: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Cells that the public does not see; the hours of a hotspot go with its count."""
    least = plan.settings.sharing.suppress_below
    orders = _orders(plan)
    hidden = withheld(cells.counts, cells.sums, below=least, orders=orders, exempt=cells.known)
    few = np.flatnonzero(hidden[: cells.hotspots])
    if not len(few):
        return hidden
    # hours give the rate of incidents away to a factor of 1 / q, so they are withheld as well, with
    # further ones as long as a total gives them back to less than one visit a day
    allocation = plan.allocation
    level = min(allocation.hours_per_visit * allocation.days, hours.sum())
    given = np.concatenate([hours, np.zeros(cells.totals)])
    for one in cells.inner:
        given[one.total] = given[list(one.parts)].sum()
    more = withheld(
        given,
        cells.inner,
        below=-1.0,
        width=level,
        already=few,
        exempt=range(cells.hotspots, cells.hotspots + cells.totals),
    )
    both = np.flatnonzero(hidden)
    return withheld(
        cells.counts,
        cells.sums,
        below=least,
        orders=orders,
        already={*both.tolist(), *np.flatnonzero(more).tolist()},
        exempt=cells.known,
    )


def _hidden_bands(plan: Plan, cells: _Cells) -> NDArray[np.bool_]:
    """Totals whose bands would narrow those of hotspots."""
    sharing = plan.settings.sharing
    limits = np.array([band_limits(value, sharing.count_bands) for value in cells.counts])
    hidden = np.zeros(len(cells.counts), dtype=bool)
    end = cells.hotspots + cells.totals
    hidden[:end] = hidden_totals(
        limits[:end, 0], limits[:end, 1], cells.inner, below=sharing.suppress_below
    )
    return hidden


def _orders(plan: Plan) -> list[Order]:
    """What the numbers in ids tell: in a first plan they are the ranks in a district."""
    table = plan.targeting.hotspots.reset_index(drop=True)
    if plan.targeting.settings.targeting.rank_by != "excess":
        return []
    found = []
    groups = table.groupby(table["district"].astype(str), sort=True)
    for group, (_, own) in enumerate(groups):
        ranked = own.sort_values("rank_in_district")
        price = float(ranked["price_per_km2"].iloc[0])
        if not (ranked["price_per_km2"] == price).all():
            continue
        for first, second in pairwise(ranked.index):
            areas, counts = ranked["area_km2"], ranked["incidents"]
            difference = float(areas[first] - areas[second])
            if float(counts[first] - counts[second]) >= price * difference - 1e-6:
                found.append(Order(int(first), int(second), difference, group))
    return found
