"""Sharing out a budget of hours over the hotspots found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import InputError, NothingFoundError
from hotspots.frames import Plan, Targeting
from hotspots.programme.overrides import decide_again, priced, share_out
from hotspots.settings import Settings

if TYPE_CHECKING:
    import pandas as pd


def allocate(
    found: Targeting | Plan,
    *,
    hours: float | None = None,
    pounds: float | None = None,
    settings: Settings | None = None,
    overrides: str | Path | None = None,
) -> Plan:
    """Share out a budget of patrol hours over the hotspots found.

    Parameters
    ----------
    found
        From `identify`; or a plan whose hotspots are kept, made just now or read back by
        `read_plan`.
    hours, pounds
        Budget in officer-hours, or in pounds at ``pounds_per_hour``; otherwise the one in the
        settings.
    settings
        Tasking and sharing settings; by default those of `found`, of a plan the plan's own.
    overrides
        File of what people decided since (docs/overrides.md): hotspots are selected again from
        the candidates.

    Returns
    -------
    Plan
        Hotspots with visits and hours, equal and proportional shares beside the optimum, and
        the budget curve.

    Raises
    ------
    InputError
        The plan is an edition for partners or the public.
    InfeasibleError
        The budget cannot meet the floors; both numbers are said.
    NothingFoundError
        There is no hotspot to allocate hours to.
    InputError
        An override cannot be carried out, or needs the incidents.

    Examples
    --------
    >>> import hotspots
    >>> found = hotspots.identify(hotspots.sample_incidents(), "west-yorkshire")
    >>> plan = hotspots.allocate(found, hours=5_000)
    >>> plan.allocation.hours
    4999.5
    """
    from hotspots.sharing import provenance

    resolved = found.settings
    if isinstance(found, Plan):
        if found.audience != "restricted":
            raise InputError(
                f"This is the {found.audience} edition of a plan, in which counts are left out; "
                "allocate hours in the plan of record."
            )
        last_hours = _hours_of(found.allocation.table)
        found = found.targeting
    else:
        last_hours = _last_hours(found)
    if settings is not None:
        resolved = replace(resolved, tasking=settings.tasking, sharing=settings.sharing)
    if hours is not None or pounds is not None:
        resolved = resolved.replace(tasking={"hours": hours, "pounds": pounds})
    if overrides is not None:
        found = decide_again(found, str(overrides))
        resolved = resolved.replace(targeting={"overrides": str(overrides)})
    if found.hotspots.empty:
        raise NothingFoundError(
            "No hotspot was found, so there are no hours to allocate; "
            + (" ".join(found.messages) or "lower targeting.min_incidents or dense_area_share.")
        )
    here = set(found.hotspots["hotspot_id"])
    last_hours = {one: given for one, given in last_hours.items() if one in here}
    allocation = share_out(found, resolved.tasking, times=found.times, last_hours=last_hours)
    facts = found.quality.facts
    accuracy = facts.get("transformation_accuracy_m")
    described = provenance.describe(
        found,
        resolved,
        source=found.origin.get("source"),
        attribution=found.origin.get("attribution", ()),
        transformation=str(facts["transformation"]) if facts.get("transformation") else None,
        transformation_accuracy_m=None if accuracy is None else float(accuracy),
        districts_sha256=found.origin.get("districts_sha256"),
    )
    costs = priced(found, allocation, resolved.tasking)
    return Plan(found, allocation, resolved, described, costs)


def _last_hours(found: Targeting) -> dict[str, float]:
    """Hours of the earlier plan that the hotspots were compared with; none without one."""
    path = found.settings.targeting.previous
    if path is None or found.changes is None:
        return {}
    from hotspots.intake import read_last_hours

    return read_last_hours(path)


def _hours_of(table: pd.DataFrame) -> dict[str, float]:
    """Officer-hours by hotspot id."""
    return dict(zip(table["hotspot_id"], table["officer_hours"], strict=True))
