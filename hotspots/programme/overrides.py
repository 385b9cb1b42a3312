"""What overrides ask of the hours, and what each one costs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.errors import InfeasibleError, SettingsError
from hotspots.frames import FIX_HOURS, IN_FORCE, RENAME, Allocation, Override, Targeting
from hotspots.settings import TaskingSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from hotspots.frames import Previous


def read(path: str | None, previous: Previous | None, crs: str) -> Sequence[Override]:
    """Overrides of an earlier plan and of a file, together."""
    from hotspots.intake import read_overrides, together

    carried = previous.overrides if previous is not None else ()
    return together(carried, read_overrides(path, crs) if path else ())


def share_out(found: Targeting, settings: TaskingSettings) -> Allocation:
    """Share out the hours with those that somebody fixed.

    Raises
    ------
    InfeasibleError
        The budget cannot meet the floors, fixed hours among them.
    """
    from hotspots.tasking import allocate, fix_hours

    hours = _fixed(found)
    if not hours:
        return allocate(found.hotspots, settings)
    bounded, visits, said = fix_hours(settings, hours)
    try:
        allocation = allocate(found.hotspots, bounded)
    except InfeasibleError as error:
        listed = ", ".join(f"{one} {number * settings.hours_per_visit:,.10g}"
                           for one, number in visits.items())  # fmt: skip
        raise InfeasibleError(f"{error} Hours fixed by overrides: {listed}.") from None
    return replace(allocation, messages=[*allocation.messages, *said])


def priced(
    found: Targeting, allocation: Allocation, settings: TaskingSettings
) -> pd.DataFrame | None:
    """The table of overrides with what each costs; None where there are none.

    The cost of an override is the modelled value of the plan without it, at the same budget and
    with all the others, less that of the plan: incidents that visits could cover in its place.
    It is below 0 where the override gains.

    Parameters
    ----------
    found
        Hotspots, and those that there would be without each override.
    allocation
        The plan's hours.
    settings
        As the plan's hours were shared out by.
    """
    decided = found.decided
    if decided is None:
        return None
    table = decided.table.copy()
    held = float(allocation.table["covered_incidents"].sum())
    cost = allocation.hours_per_visit
    visits = allocation.table.set_index("hotspot_id")["visits"]
    sets = dict(tuple(decided.sets.groupby("override_id")))
    fixed = _fixed(found)
    for row in table.index[table["status"] == IN_FORCE]:
        key, action = table["override_id"][row], table["action"][row]
        has_hours = not np.isnan(table["officer_hours"][row])
        own = table["hotspot_id"][row]
        if has_hours and own in fixed:
            table.loc[row, "officer_hours"] = float(visits[own] * cost)
        if action == FIX_HOURS:
            table.loc[row, "effect"] = f"{visits[own]:,} visits in all."
        if action == RENAME:
            table.loc[row, ["cost_covered_incidents", "cost_share"]] = 0.0
        if key not in sets and action != FIX_HOURS:
            continue
        hotspots = sets.get(key, found.hotspots)
        hours = {one: given for one, given in fixed.items() if not (has_hours and one == own)}
        try:
            without = _value(hotspots, settings, hours, allocation.budget_hours)
        except (InfeasibleError, SettingsError) as error:
            effect = f"{table['effect'][row]} Without it there is no plan: {error}"
            table.loc[row, "effect"] = effect
            continue
        lost = without - held if abs(without - held) > 1e-9 * max(without, held) else 0.0
        table.loc[row, "cost_covered_incidents"] = lost
        table.loc[row, "cost_share"] = lost / without if without > 0 else 0.0
    return table


def _fixed(found: Targeting) -> dict[str, float]:
    """Officer-hours that are fixed, by hotspot id."""
    if found.decided is None:
        return {}
    table = found.decided.table
    rows = table[(table["status"] == IN_FORCE) & table["officer_hours"].notna()]
    here = rows["hotspot_id"].isin(found.hotspots["hotspot_id"])
    pairs = rows.loc[here, ["hotspot_id", "officer_hours"]].itertuples(index=False)
    return {str(one): float(hours) for one, hours in pairs}


def _value(
    hotspots: pd.DataFrame, settings: TaskingSettings, fixed: dict[str, float], budget: float
) -> float:
    """Best modelled value of some hotspots, under the bounds that are about them."""
    from hotspots.tasking import allocate, fix_hours

    ids, districts = set(hotspots["hotspot_id"]), set(hotspots["district"])
    own: dict[str, Any] = {
        name: {key: hours for key, hours in getattr(settings, name).items() if key in held}
        for name, held in (
            ("hotspot_floors", ids),
            ("hotspot_caps", ids),
            ("district_floors", districts),
            ("district_caps", districts),
        )
    }
    bounded, _, _ = fix_hours(
        replace(settings, **own), {one: given for one, given in fixed.items() if one in ids}
    )
    table = allocate(hotspots.reset_index(drop=True), bounded, hours=budget).table
    return float(table["covered_incidents"].sum())
