"""What each constraint costs: the best plan without it, beside the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from hotspots.frames import PRICES, names
from hotspots.settings import TaskingSettings
from hotspots.tasking.bounds import hours_text
from hotspots.tasking.problem import Problem

#: More single floors and caps than this are priced together only.
_SINGLE = 40
#: More hours than there are: no cap at all.
_NO_CAP_HOURS = 1e15


def prices(problem: Problem, best: float, value: Callable[[Problem], float]) -> pd.DataFrame:
    """Solve again without each constraint, one at a time and floors and caps all together.

    Parameters
    ----------
    problem : Problem
        As it was solved.
    best : float
        Value of the plan, by the same measure as `value`.
    value : callable
        Best value of a problem.

    Returns
    -------
    DataFrame
        Columns `hotspots.frames.PRICES`, the dearest first. A dropped constraint is never worse,
        so no price is below 0 but for the gap that a solver was allowed.
    """
    rows = []
    for label, changes in constraints(problem.settings):
        without = value(problem.under(replace(problem.settings, **changes)))
        price = max(without - best, 0.0)
        rows.append((label, without, price, price / without if without > 0 else 0.0))
    kinds = {"constraint": "str", **dict.fromkeys(names(PRICES)[1:], "float64")}
    table = pd.DataFrame(rows, columns=names(PRICES)).astype(kinds)
    return table.sort_values("price_incidents", ascending=False, kind="stable", ignore_index=True)


def constraints(settings: TaskingSettings) -> Iterator[tuple[str, dict[str, Any]]]:
    """List constraints in words, each with the settings that drop it."""
    nothing: dict[str, Any] = {
        "hotspot_floor_hours": 0.0,
        "hotspot_floors": {},
        "district_floor_hours": 0.0,
        "district_floors": {},
        "hotspot_cap_hours": None,
        "hotspot_caps": {},
        "district_cap_hours": None,
        "district_caps": {},
    }
    used = [name for name, value in nothing.items() if getattr(settings, name) != value]
    if len(used) > 1:
        yield "all floors and caps", {name: nothing[name] for name in used}
    for kind in ("hotspot", "district"):
        for end in ("floor", "cap"):
            general, special = getattr(settings, f"{kind}_{end}_hours"), f"{kind}_{end}s"
            if general:
                label = f"{end} of every {kind}, {hours_text(general)} hours"
                yield label, {f"{kind}_{end}_hours": nothing[f"{kind}_{end}_hours"]}
            # without its own floor or cap a hotspot would fall back to the general one
            own, nothing_of_it = (
                getattr(settings, special),
                0.0 if end == "floor" else _NO_CAP_HOURS,
            )
            binding = {name: hours for name, hours in own.items() if hours != nothing_of_it}
            if len(binding) > _SINGLE:
                free = dict.fromkeys(own, nothing_of_it)
                yield f"{len(binding)} {end}s of single {kind}s", {special: free}
                continue
            for name, hours in binding.items():
                label = f"{end} of {kind} {name}, {hours_text(hours)} hours"
                yield label, {special: {**own, name: nothing_of_it}}
    if settings.max_gap_days is not None:
        yield f"a visit in every {settings.max_gap_days} days", {"max_gap_days": None}
    if settings.officers:
        yield "officers on duty", {"officers": {}}
    if settings.patrol_hours is not None:
        yield f"patrols of {settings.patrol_hours:g} hours", {"patrol_hours": None}
    for name, provider in settings.providers.items():
        loose = {
            "officers on duty": {"officers": {}},
            "hours": {"hours": None},
            "promised hours": {"least_hours": 0.0},
            "day parts": {"day_parts": ()},
            "districts": {"districts": ()},
            "hotspots": {"hotspots": ()},
        }
        for what, change in loose.items():
            freed = replace(provider, **change)  # type: ignore[arg-type]
            if freed != provider:
                yield f"{what} of {name}", {"providers": {**settings.providers, name: freed}}
