"""The verb of tasking: hours for every hotspot, the plain rules beside them, the budget curve."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pandas as pd

from hotspots.frames import ALLOCATION, Allocation, names
from hotspots.settings import TaskingSettings
from hotspots.tasking import coupled, messages
from hotspots.tasking.alternatives import (
    EQUAL,
    OPTIMUM,
    PROPORTIONAL,
    alternatives_table,
    plain_rules,
)
from hotspots.tasking.curve import budget_curve
from hotspots.tasking.greedy import Frontier, Visits
from hotspots.tasking.ledger import ledger
from hotspots.tasking.nested import as_solved, solve_nested
from hotspots.tasking.prices import prices
from hotspots.tasking.problem import Problem
from hotspots.tasking.sensitivity import SWEEP, sensitivity
from hotspots.tasking.solved import Solved


def allocate(
    hotspots: pd.DataFrame,
    settings: TaskingSettings | None = None,
    *,
    hours: float | None = None,
    times: pd.DataFrame | None = None,
    last_hours: Mapping[str, float] | None = None,
) -> Allocation:
    """Share out patrol hours so that the modelled number of covered incidents is largest.

    Hours are handed out as whole visits over the programme, by weekday and part of the day where
    these are known, spread evenly over its days or weeks. The k-th visit of a day (or day part)
    to a hotspot covers ``q**(k - 1) * (1 - q)`` of its incidents, so with ``y`` visits in ``D``
    days, ``k = y // D`` and ``r(k) = 1 - q**k``, a hotspot counts
    ``incidents_per_day * ((D - y % D) * r(k) + (y % D) * r(k + 1))``, and likewise in each
    period with its own incidents and occurrences.

    Within the budget and the floors and caps of hotspots and districts the plan is an exact
    optimum, best visit first; equal gains are taken in turns and then in order of the hotspot
    ids, so it does not depend on the order of rows. The budget is used up, to less than one
    visit, unless caps forbid it. Where officers on duty, providers, patrols or longest gaps
    couple hotspots and periods, HiGHS finds the plan, and ``bound`` is what none can exceed.

    Parameters
    ----------
    hotspots : DataFrame or GeoDataFrame, n rows
        Columns ``hotspot_id`` (unique), ``district`` and ``incidents_per_day`` (0 or more);
        others are ignored. It is not changed.
    settings : TaskingSettings, optional
        Budget, cost of a visit, days, q, floors and caps.
    hours : float, optional
        Budget in officer-hours, instead of the one in the settings.
    times : DataFrame, optional
        Columns `hotspots.frames.HOTSPOT_TIMES`, all 168 hours of every hotspot.
    last_hours : mapping, optional
        Hotspot id -> officer-hours of an earlier plan, to be held beside this one.

    Returns
    -------
    Allocation
        ``table``, one row per hotspot on the index of `hotspots`; ``visits``, when and by whom;
        ``alternatives``, the optimum beside splits of the whole budget that know no floors and
        caps, so that their ``value_share`` may exceed 1 where ``keeps_bounds`` is false;
        ``budget_curve``, best values from nothing to twice the budget, shares being of whole
        visits; ``prices`` of constraints; ``sensitivity``; ``messages``.

    Raises
    ------
    InputError
        No hotspot, a missing column, an empty or repeated id, an empty district, or a rate that
        is not a number of 0 or more.
    SettingsError
        A bound is set for a hotspot or a district that is not there.
    InfeasibleError
        The budget is below one visit or below what the constraints need, and the smallest that
        would do is named; or constraints contradict each other, and are named.

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
    >>> plan.alternatives.set_index("rule")["covered_incidents"].to_dict()
    {'optimum': 11.0, 'proportional': 11.0, 'equal': 10.5, 'best places first': 7.875}
    """
    settings = settings or TaskingSettings()
    if hours is not None:
        settings = dataclasses.replace(settings, hours=hours, pounds=None)
    problem, order = Problem.read(hotspots, settings, times)
    plan = _coupled(problem, last_hours) if problem.couples else _nested(problem, last_hours)
    table = plan.table.iloc[np.argsort(order)].set_axis(hotspots.index)
    table[["hotspot_id", "district"]] = hotspots[["hotspot_id", "district"]]
    return dataclasses.replace(plan, table=table[names(ALLOCATION)])


def _nested(problem: Problem, last_hours: Mapping[str, float] | None) -> Allocation:
    """Allocate by best visit first; the table stands in order of ids."""
    solved, frontier, budget = solve_nested(problem)
    settings, cost = problem.settings, problem.settings.hours_per_visit
    bounds = problem.bounds()
    splits = plain_rules(solved, budget, last_hours)

    def value(visits: Visits) -> float:
        return float(frontier.order.covered(visits).sum())

    alternatives = alternatives_table(
        splits,
        {rule: float(visits.sum() * cost) for rule, visits in splits.items()},
        value,
        bounds.hold,
        solved.value,
    )
    again, fewest = sensitivity(solved, lambda other: solve_nested(other)[0])
    free = Frontier(
        frontier.order, np.zeros_like(solved.visits), np.full_like(solved.visits, budget)
    )
    unbounded = as_solved(problem, free, free.plans(np.array([budget]))[0])
    said = (
        messages.default_budget(settings, len(problem.ids)),
        messages.unspent(settings, len(problem.ids), int(solved.visits.sum()), budget),
        messages.without_visits(problem.ids[solved.visits == 0].tolist()),
        messages.beside_proportional(solved.value, value(splits[PROPORTIONAL]), len(problem.ids)),
        messages.price_of_bounds(solved.value, unbounded.value),
        messages.no_hours_known(problem.periods.open, problem.times),
    )
    return Allocation(
        table=_table(solved, splits, fewest),
        alternatives=alternatives,
        budget_curve=budget_curve(frontier, hours_per_visit=cost, visits=budget),
        budget_hours=settings.budget_hours(len(problem.ids)),
        hours_per_visit=cost,
        days=settings.days,
        weeks=settings.weeks,
        messages=tuple(sentence for sentence in said if sentence),
        visits=solved.visits_table(),
        ledger=ledger(frontier, problem.ids, most=2 * budget),
        exclusion_is_exact=not settings.bounds_districts,
        prices=prices(problem, solved.value, lambda other: solve_nested(other)[0].value),
        sensitivity=again,
        method=solved.method,
        status=solved.status,
        bound=solved.bound,
    )


def _coupled(problem: Problem, last_hours: Mapping[str, float] | None) -> Allocation:
    """Allocate with HiGHS; the table stands in order of ids."""
    solved = coupled.solve_coupled(problem)
    settings, order = problem.settings, problem.week_order()
    splits = plain_rules(solved, int(solved.visits.sum()), last_hours)
    hours = float(solved.hours.sum())

    def value(visits: Visits) -> float:
        return float(order.covered(visits).sum())

    alternatives = alternatives_table(
        splits,
        dict.fromkeys(splits, hours),
        value,
        lambda visits: coupled.keeps(problem, visits),
        solved.value,
    )
    slow = coupled.is_slow(solved)
    again, fewest = sensitivity(solved, coupled.solve_coupled, () if slow else SWEEP)
    curve, plans = coupled.curve_and_plans(problem, solved, few=slow)
    said = (
        messages.default_budget(settings, len(problem.ids)),
        messages.solved_by(solved),
        messages.few_others(slow),
        messages.without_visits(problem.ids[solved.visits == 0].tolist()),
        messages.beside_proportional(solved.value, value(splits[PROPORTIONAL]), len(problem.ids)),
        messages.no_hours_known(problem.periods.open, problem.times),
    )
    return Allocation(
        table=_table(solved, splits, fewest),
        alternatives=alternatives,
        budget_curve=curve,
        budget_hours=settings.budget_hours(len(problem.ids)),
        hours_per_visit=settings.hours_per_visit,
        days=settings.days,
        weeks=settings.weeks,
        messages=tuple(sentence for sentence in said if sentence),
        visits=solved.visits_table(),
        budget_plans=plans,
        budget_pounds=settings.pounds,
        spent_pounds=solved.pounds if settings.pounds else None,
        patrols=solved.patrols_table(),
        prices=prices(
            problem, coupled.relaxed_value(problem), lambda other: coupled.relaxed_value(other)
        ),
        sensitivity=again,
        method=solved.method,
        status=solved.status,
        bound=solved.bound,
    )


def _table(solved: Solved, splits: Mapping[str, Visits], fewest: Visits) -> pd.DataFrame:
    """Make the columns `ALLOCATION` but id and district, in order of ids."""
    settings, visits, hours = solved.problem.settings, splits[OPTIMUM], solved.hours
    mean_cost = hours.sum() / max(int(visits.sum()), 1)
    return pd.DataFrame(
        {
            "visits": visits,
            "officer_hours": hours,
            "visits_per_day": visits / settings.days,
            "hours_per_week": hours / settings.weeks,
            "hours_share": hours / max(float(hours.sum()), 1e-300),
            "covered_incidents": solved.covered,
            "visits_under_every_q": fewest,
            "equal_hours": splits[EQUAL] * mean_cost,
            "proportional_hours": splits[PROPORTIONAL] * mean_cost,
        }
    )
