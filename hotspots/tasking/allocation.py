"""The verb of tasking: hours for every hotspot, the plain rules beside them, the budget curve."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hotspots.errors import InputError
from hotspots.frames import (
    ALLOCATION,
    ALTERNATIVES,
    ANY_DAY,
    ANY_TIME,
    POLICE,
    VISITS,
    Allocation,
    names,
    require,
)
from hotspots.settings import TaskingSettings
from hotspots.tasking import messages
from hotspots.tasking.bounds import Bounds, check_budget, read_bounds
from hotspots.tasking.curve import budget_curve
from hotspots.tasking.greedy import Frontier, Ladder, Visits
from hotspots.tasking.ledger import ledger
from hotspots.tasking.response import covered_incidents
from hotspots.tasking.rules import equal_split, proportional_split

Texts = NDArray[np.object_]


def allocate(
    hotspots: pd.DataFrame,
    settings: TaskingSettings | None = None,
    *,
    hours: float | None = None,
) -> Allocation:
    """Share out patrol hours so that the modelled number of covered incidents is largest.

    Hours are handed out as whole visits over the programme, spread evenly over its days. The
    k-th visit of a day to a hotspot covers ``q**(k - 1) * (1 - q)`` of its incidents, so with
    ``y`` visits in ``D`` days, ``k = y // D`` and ``r(k) = 1 - q**k``, a hotspot counts
    ``incidents_per_day * ((D - y % D) * r(k) + (y % D) * r(k + 1))``. The plan is an exact
    optimum within the budget and the floors and caps of hotspots and districts; equal gains
    are taken in turns and then in order of the hotspot ids, so it does not depend on the order
    of rows. The budget is used up, to less than one visit, unless caps forbid it.

    Parameters
    ----------
    hotspots : DataFrame or GeoDataFrame, n rows
        Columns ``hotspot_id`` (unique), ``district`` and ``incidents_per_day`` (0 or more);
        others are ignored. It is not changed.
    settings : TaskingSettings, optional
        Budget, cost of a visit, days, q, floors and caps.
    hours : float, optional
        Budget in officer-hours, instead of the one in the settings.

    Returns
    -------
    Allocation
        ``table``, one row per hotspot on the index of `hotspots`; ``alternatives``, the
        optimum beside splits of the whole budget that know no floors and caps, so that their
        ``value_share`` may exceed 1 where ``keeps_bounds`` is false; ``budget_curve``, best
        values from nothing to twice the budget, shares being of whole visits; ``messages``.

    Raises
    ------
    InputError
        No hotspot, a missing column, an empty or repeated id, an empty district, or a rate that
        is not a number of 0 or more.
    SettingsError
        A bound is set for a hotspot or a district that is not there.
    InfeasibleError
        The budget is below one visit or below what the floors need, or bounds contradict each
        other.

    Notes
    -----
    Diminishing returns of visits: Koper (1995). Exactness of taking the best visit first under
    nested bounds: Federgruen and Groenevelt (1986), The greedy procedure for resource allocation
    problems. A maximum effect common to all hotspots would cancel: the plan depends on the rates
    and q alone, and the values are modelled, not promised.

    Examples
    --------
    >>> hotspots = pd.DataFrame({
    ...     "hotspot_id": ["N1", "N2", "S1", "S2"],
    ...     "district": ["North", "North", "South", "South"],
    ...     "incidents_per_day": [8.0, 4.0, 2.0, 1.0],
    ... })
    >>> one_day = TaskingSettings(
    ...     hours=6, q=0.5, weeks=1, days_per_week=1, visit_minutes=60, travel_minutes=0, crew=1
    ... )
    >>> plan = allocate(hotspots, one_day)
    >>> plan.table["visits"].tolist()
    [3, 2, 1, 0]
    >>> plan.alternatives[["rule", "covered_incidents"]].to_numpy().tolist()
    [['optimum', 11.0], ['proportional', 11.0], ['equal', 10.5]]
    """
    settings = settings or TaskingSettings()
    if hours is not None:
        settings = dataclasses.replace(settings, hours=hours, pounds=None)
    ids, districts, rates = _read(hotspots)
    order = np.argsort(ids)  # everything below stands in order of ids
    ids, districts, rates = ids[order], districts[order], rates[order]

    bounds = read_bounds(ids.tolist(), districts.tolist(), settings)
    budget_hours = settings.budget_hours(len(ids))
    budget = check_budget(bounds, budget_hours, settings)

    most = 2 * budget  # where the curve ends
    ladder = Ladder.build(rates, q=settings.q, days=settings.days, most=most)
    frontier = Frontier.build(ladder, bounds, most=most)
    splits = {
        "optimum": frontier.plans(np.array([budget]))[0],
        "proportional": proportional_split(rates, budget),
        "equal": equal_split(len(rates), budget),
    }
    alternatives = _alternatives(splits, rates, bounds, settings)
    table = _table(splits, rates, settings).iloc[np.argsort(order)].set_axis(hotspots.index)
    table[["hotspot_id", "district"]] = hotspots[["hotspot_id", "district"]]
    return Allocation(
        table=table[names(ALLOCATION)],
        alternatives=alternatives,
        budget_curve=budget_curve(frontier, rates, settings, visits=budget),
        budget_hours=budget_hours,
        hours_per_visit=settings.hours_per_visit,
        days=settings.days,
        weeks=settings.weeks,
        messages=_messages(ids, rates, splits, budget, ladder, settings),
        visits=_at_any_time(table),
        ledger=ledger(frontier, ids, rates, q=settings.q, most=most),
        exclusion_is_exact=not settings.bounds_districts,
    )


def _read(hotspots: pd.DataFrame) -> tuple[Texts, Texts, NDArray[np.float64]]:
    """Check the input table and take ids, districts and rates from it, in its order."""
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


def _value(visits: Visits, rates: NDArray[np.float64], settings: TaskingSettings) -> float:
    return float(covered_incidents(visits, rates, days=settings.days, q=settings.q).sum())


def _table(
    splits: dict[str, Visits], rates: NDArray[np.float64], settings: TaskingSettings
) -> pd.DataFrame:
    """Make the columns `ALLOCATION` but id and district, in order of ids."""
    cost, visits = settings.hours_per_visit, splits["optimum"]
    return pd.DataFrame(
        {
            "visits": visits,
            "officer_hours": visits * cost,
            "visits_per_day": visits / settings.days,
            "hours_per_week": visits * cost / settings.weeks,
            "hours_share": visits / max(int(visits.sum()), 1),
            "covered_incidents": covered_incidents(visits, rates, days=settings.days, q=settings.q),
            "equal_hours": splits["equal"] * cost,
            "proportional_hours": splits["proportional"] * cost,
        }
    )


def _at_any_time(table: pd.DataFrame) -> pd.DataFrame:
    """Make the columns `VISITS` of a plan that says nothing of weekdays and hours."""
    visits = table[["hotspot_id", "district", "visits", "officer_hours"]].reset_index(drop=True)
    return visits.assign(
        weekday=ANY_DAY,
        day_part=ANY_TIME,
        from_hour=0.0,
        part_hours=24.0,
        provider=POLICE,
        randomised_visits=0,
    )[names(VISITS)]


def _alternatives(
    splits: dict[str, Visits],
    rates: NDArray[np.float64],
    bounds: Bounds,
    settings: TaskingSettings,
) -> pd.DataFrame:
    """Put the optimum and the plain rules side by side, columns `ALTERNATIVES`."""
    best = _value(splits["optimum"], rates, settings)
    rows = []
    for rule, visits in splits.items():
        total, value = int(visits.sum()), _value(visits, rates, settings)
        share = value / best if best > 0 else 1.0
        rows.append(
            (rule, total, total * settings.hours_per_visit, value, share, bounds.hold(visits))
        )
    return pd.DataFrame(rows, columns=names(ALTERNATIVES))


def _messages(
    ids: Texts,
    rates: NDArray[np.float64],
    splits: dict[str, Visits],
    budget: int,
    ladder: Ladder,
    settings: TaskingSettings,
) -> tuple[str, ...]:
    """Collect the sentences that a planner must see."""
    plan = splits["optimum"]
    best = _value(plan, rates, settings)
    free = Frontier(ladder, lower=np.zeros_like(plan), upper=np.full_like(plan, budget))
    unbounded = free.plans(np.array([budget]))[0]
    sentences = (
        messages.default_budget(settings, len(ids)),
        messages.unspent(settings, len(ids), int(plan.sum()), budget),
        messages.without_visits(ids[plan == 0].tolist()),
        messages.beside_proportional(
            best, _value(splits["proportional"], rates, settings), len(ids)
        ),
        messages.price_of_bounds(best, _value(unbounded, rates, settings)),
    )
    return tuple(sentence for sentence in sentences if sentence)
