"""What overrides ask of the hours, and what each one costs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hotspots.errors import InfeasibleError, InputError, SettingsError
from hotspots.frames import (
    ADD,
    FIX_HOURS,
    IN_FORCE,
    LIFT,
    MOVE,
    RENAME,
    Allocation,
    Override,
    Targeting,
)
from hotspots.settings import TaskingSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from hotspots.frames import Previous

_NO_PLAN = " Without it there is no plan: "


def read(path: str | None, previous: Previous | None, crs: str) -> Sequence[Override]:
    """Overrides of an earlier plan and of a file, together."""
    from hotspots.intake import read_overrides, together

    carried = previous.overrides if previous is not None else ()
    return together(carried, read_overrides(path, crs) if path else ())


def decide_again(found: Targeting, path: str) -> Targeting:
    """Select hotspots again from the candidates of a plan, under a further file of overrides.

    Raises
    ------
    InputError
        An override asks for ground to be measured, and the incidents are not at hand.
    """
    from hotspots.intake import carried_overrides, read_overrides, together
    from hotspots.targeting import select_again

    crs = found.density.crs
    held = found.decided
    carried = () if held is None else carried_overrides(held.table, "The plan", crs)
    every = together(carried, read_overrides(path, crs))
    lifted = {one.lifts for one in every if one.action == LIFT}
    for one in every:
        drawn = one.action in (ADD, MOVE)
        if drawn and (not one.carried or one.override_id in lifted):
            what = "lifted" if one.carried else "carried out"
            raise InputError(
                f"The override {one.override_id} ({one.action}) can only be {what} with the "
                "incidents, by which its ground is measured; give it to hotspots run --overrides."
            )
    return select_again(found, every)


def share_out(found: Targeting, settings: TaskingSettings, **options: Any) -> Allocation:
    """Share out the hours with those that somebody fixed.

    Parameters
    ----------
    found, settings
        Hotspots with what was decided about them, and how hours are shared out.
    **options
        Passed on to `hotspots.tasking.allocate`.

    Raises
    ------
    InfeasibleError
        The budget cannot meet the floors, fixed hours among them.
    """
    from hotspots.tasking import allocate, fix_hours

    hours = _fixed(found)
    if not hours:
        return allocate(found.hotspots, settings, **options)
    bounded, visits, said = fix_hours(settings, hours)
    try:
        allocation = allocate(found.hotspots, bounded, **options)
    except InfeasibleError as error:
        cost = settings.hours_per_visit
        listed = ", ".join(f"{one} {number * cost:,.10g}" for one, number in visits.items())
        raise InfeasibleError(f"{error} Hours fixed by overrides: {listed}.") from None
    return replace(allocation, messages=[*allocation.messages, *said])


def priced(
    found: Targeting, allocation: Allocation, settings: TaskingSettings
) -> pd.DataFrame | None:
    """The table of overrides with what each costs; None where there are none.

    The cost of an override is the modelled value of the best plan without it, at the same budget
    and with all the others, less that of the plan: incidents that visits could cover in its
    place. It is below 0 where the override gains. Hours of the week are left aside, as they are
    not known of hotspots that were not selected.

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
    if settings.hours is None and settings.pounds is None:
        settings = replace(settings, hours=settings.budget_hours(len(found.hotspots)))
    fixed = _fixed(found)
    held = _value(found.hotspots, settings, fixed)
    hours = allocation.table.set_index("hotspot_id")[["visits", "officer_hours"]]
    sets = dict(tuple(decided.sets.groupby("override_id")))
    for row in table.index[table["status"] == IN_FORCE]:
        key, action, own = (table[name][row] for name in ("override_id", "action", "hotspot_id"))
        has_hours = _hours_of(table["definition"][row]) is not None and own in fixed
        if has_hours:
            table.loc[row, "officer_hours"] = float(hours["officer_hours"][own])
        if action == FIX_HOURS:
            table.loc[row, "effect"] = f"{hours['visits'][own]:,} visits in all."
        if action == RENAME:
            table.loc[row, ["cost_covered_incidents", "cost_share"]] = 0.0
        if key not in sets and action != FIX_HOURS:
            continue
        rest = {one: given for one, given in fixed.items() if not (has_hours and one == own)}
        effect = table["effect"][row].partition(_NO_PLAN)[0]
        try:
            without = _value(sets.get(key, found.hotspots), settings, rest)
        except (InfeasibleError, SettingsError) as error:
            table.loc[row, "effect"] = f"{effect}{_NO_PLAN}{error}"
            continue
        lost = without - held if abs(without - held) > 1e-9 * max(without, held) else 0.0
        table.loc[row, "cost_covered_incidents"] = lost
        table.loc[row, "cost_share"] = lost / without if without > 0 else 0.0
    return table


def _fixed(found: Targeting) -> dict[str, float]:
    """Officer-hours that are fixed, by hotspot id, as they were asked for."""
    if found.decided is None:
        return {}
    table = found.decided.table
    here = (table["status"] == IN_FORCE) & table["hotspot_id"].isin(found.hotspots["hotspot_id"])
    pairs = zip(table.loc[here, "hotspot_id"], table.loc[here, "definition"], strict=True)
    hours = [(str(one), _hours_of(definition)) for one, definition in pairs]
    return {one: given for one, given in hours if given is not None}


def _hours_of(definition: object) -> float | None:
    """Hours that an override fixes, from its definition."""
    hours = json.loads(str(definition)).get("hours")
    return None if hours is None else float(hours)


def _value(hotspots: pd.DataFrame, settings: TaskingSettings, fixed: dict[str, float]) -> float:
    """Best modelled value of some hotspots, under the bounds that are about them."""
    from hotspots.tasking import best_value, fix_hours

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
    return best_value(hotspots.reset_index(drop=True), bounded)
