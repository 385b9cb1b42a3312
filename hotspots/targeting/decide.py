"""Overrides carried out: the plan with all of them, and that without each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hotspots.errors import InfeasibleError
from hotspots.frames import ADD, FORBID, LIFT, MOVE, PIN, Decided, Override
from hotspots.targeting.by_hand import Chosen, Work
from hotspots.targeting.changes import within
from hotspots.targeting.meaning import Known, Meant
from hotspots.targeting.record import Carried, noted, recorded, sets_of

if TYPE_CHECKING:
    import geopandas as gpd

_SELECTING = (PIN, FORBID, ADD, MOVE)


def decide(work: Work, overrides: Sequence[Override]) -> tuple[Chosen, Decided | None]:
    """Carry out overrides, and find what there would be without each.

    Parameters
    ----------
    work
        Where hotspots are selected.
    overrides
        All of them, those that lift others included.

    Returns
    -------
    chosen, decided
        The selection, with names and notes; and the record, None without overrides.

    Raises
    ------
    InputError
        An override is about nothing that is there.
    InfeasibleError
        Overrides contradict each other, or ask for more hotspots than there are.
    """
    if not overrides:
        return work.chosen(draws=True), None
    lifted = {one.lifts for one in overrides if one.action == LIFT}
    live = [one for one in overrides if one.action != LIFT and one.override_id not in lifted]
    remembered = _remembered(overrides, work)
    draft = work.chosen((), remembered)
    drafts = [draft.hotspots, *remembered]
    old = None if work.previous is None else within(work.previous, work.study.districts)[0]
    known = Known(
        draft.hotspots,
        draft.candidates,
        old,
        work.study.districts,
        work.study.settings.area_cap_km2,
    )
    active = known.meant(live)
    final = work.chosen(active, drafts, draws=True)
    carried = Carried(active, final, {one.override.override_id: one for one in active})
    without = {
        one.override.override_id: _without(work, one, active, [final.hotspots, *drafts])
        for one in active
        if one.override.action in _SELECTING
    }
    table, messages = recorded(overrides, carried, without, work.study.surface.crs)
    final = noted(carried)
    plans = {key: plan.hotspots for key, plan in without.items() if isinstance(plan, Chosen)}
    return replace(final, messages=[*final.messages, *messages]), Decided(table, sets_of(plans))


def _remembered(overrides: Sequence[Override], work: Work) -> list[gpd.GeoDataFrame]:
    """Ids and ground of what is about no hotspot of the earlier plan, such as what it forbade."""
    import geopandas as gpd

    if work.previous is None:
        return []
    there = set(work.previous.hotspots["hotspot_id"])
    ids: dict[str, Override] = {}
    for one in overrides:
        if (
            one.carried
            and one.place is not None
            and "-" in one.hotspot
            and one.hotspot not in there
        ):
            ids.setdefault(one.hotspot, one)
    table = gpd.GeoDataFrame(
        {"hotspot_id": list(ids), "name": [one.definition.get("name", "") for one in ids.values()]},
        geometry=[one.place for one in ids.values()],
        crs=work.study.districts.crs,
    )
    return [table] if ids else []


def _without(
    work: Work, one: Meant, active: Sequence[Meant], drafts: Sequence[gpd.GeoDataFrame]
) -> Chosen | str:
    """The plan without an override, and what is about it; or why there would be none."""
    gone = one.override.override_id
    rest = [other for other in active if gone not in (other.override.override_id, other.needs)]
    try:
        return work.chosen(rest, drafts)
    except InfeasibleError as error:
        return str(error)
