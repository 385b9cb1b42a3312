"""What a planner must be told about an allocation, in plain sentences."""

from __future__ import annotations

from collections.abc import Sequence

from hotspots.settings import TaskingSettings
from hotspots.tasking.bounds import hours_text
from hotspots.tasking.solved import Solved

#: A plan that gains less than this share over the plain rule is called hardly better.
HARDLY = 0.01
_NAMED = 5


def default_budget(settings: TaskingSettings, hotspots: int) -> str:
    """Say which budget was used where none was given."""
    if settings.hours is not None or settings.pounds is not None:
        return ""
    hours = hours_text(settings.budget_hours(hotspots))
    return (
        f"No budget was given: {hours} officer-hours are used, the 1,004 per hotspot and year of "
        f"Operation Hotspot for {_count(hotspots, 'hotspot')} over "
        f"{_count(settings.weeks, 'week')}; set hours or pounds to change it."
    )


def unspent(settings: TaskingSettings, hotspots: int, visits: int, affordable: int) -> str:
    """Say how much of the budget the caps leave."""
    if visits >= affordable:
        return ""
    budget, used = settings.budget_hours(hotspots), visits * settings.hours_per_visit
    return (
        f"The caps leave {hours_text(budget - used)} of {hours_text(budget)} "
        "officer-hours unspent; raise a cap to use them."
    )


def without_visits(ids: Sequence[str]) -> str:
    """Name the hotspots that get no visit."""
    if not ids:
        return ""
    more = f" and {len(ids) - _NAMED:,} more" if len(ids) > _NAMED else ""
    noun, verb = ("hotspot", "gets") if len(ids) == 1 else ("hotspots", "get")
    return (
        f"{len(ids):,} {noun} {verb} no visit at this budget: {', '.join(ids[:_NAMED])}{more}; "
        "set hotspot_floor_hours to reach every hotspot."
    )


def beside_proportional(optimum: float, proportional: float, hotspots: int) -> str:
    """Say what the optimum gains over a split in proportion to incidents, where that is little.

    Examples
    --------
    >>> beside_proportional(100.5, 100.0, hotspots=9)[:71]
    'This plan is hardly better than a split in proportion to incidents: its'
    """
    if hotspots == 1:
        return ""
    if optimum <= 0:
        return "" if proportional > 0 else "No incidents to go by: visits are spread evenly."
    if proportional > optimum * (1 + 1e-9):
        return (
            "A split in proportion to incidents would have a modelled value "
            f"{proportional / optimum - 1:.2%} higher, but it breaks the floors or caps."
        )
    if optimum >= proportional * (1 + HARDLY):
        return ""
    gain = optimum / proportional - 1
    if gain < 5e-5:
        return "This plan is worth no more than a split in proportion to incidents."
    return (
        "This plan is hardly better than a split in proportion to incidents: its modelled value "
        f"is {gain:.2%} higher."
    )


def price_of_bounds(bounded: float, free: float) -> str:
    """Say what floors and caps cost, where it shows.

    Examples
    --------
    >>> price_of_bounds(98.0, 100.0)
    'The floors and caps cost 2.00% of the modelled value that the same budget could reach.'
    """
    price = 1 - bounded / free if free > 0 else 0.0
    if price < 5e-5:
        return ""
    return (
        f"The floors and caps cost {price:.2%} of the modelled value that the same budget could "
        "reach."
    )


def no_hours_known(open_times: bool, times: object) -> str:
    """Say that day parts are planned though nothing is known of hours."""
    if open_times or times is not None:
        return ""
    return (
        "The hours of the incidents are not known: every hour of the week counts alike, so the "
        "day parts say when officers are there, not when incidents happen."
    )


def solved_by(solved: Solved) -> str:
    """Say how near the plan is to what no plan can exceed."""
    if solved.status == "optimal":
        return "The plan is optimal under all its constraints (HiGHS, proven)."
    gap = 1 - solved.value / solved.bound if solved.bound > 0 else 0.0
    proven = f"The plan is within {gap:.3%} of the best under all its constraints (HiGHS, proven)"
    if solved.status == "best so far":
        return (
            f"{proven}, which is what {solved.problem.settings.solver_seconds:g} seconds allowed: "
            "raise tasking.solver_seconds for a closer one. Another machine may get another plan."
        )
    return f"{proven}; lower tasking.solver_gap for a closer proof."


def few_others(slow: bool) -> str:
    """Say what was left out of the plans beside the plan."""
    if not slow:
        return ""
    return (
        "The plan takes long to find: it is held against three budgets and no sweep of q, and "
        "visits_under_every_q are its own visits."
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
