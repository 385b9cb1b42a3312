"""Overrides carried out: the plan with all of them, and that without each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hotspots.errors import InfeasibleError
from hotspots.frames import ADD, FORBID, LIFT, MOVE, PIN, Decided, Override
from hotspots.targeting.by_hand import Chosen, Work
from hotspots.targeting.meaning import ELSEWHERE, Known, Meant
from hotspots.targeting.record import Carried, noted, recorded, sets_of

if TYPE_CHECKING:
    import geopandas as gpd

_CHOOSING = (PIN, FORBID)
_SELECTING = (*_CHOOSING, ADD, MOVE)


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
        return work.chosen((), work.remembered(overrides), draws=True), None
    lifted = {one.lifts for one in overrides if one.action == LIFT}
    live = [one for one in overrides if one.action != LIFT and one.override_id not in lifted]
    remembered = work.remembered(overrides)
    draft = work.chosen((), remembered)
    drafts = [draft.hotspots, *remembered]
    known = Known(
        draft.hotspots,
        draft.candidates,
        work.old(),
        work.study.districts,
        work.study.settings.area_cap_km2,
    )
    active = known.meant(live)
    final = work.chosen(active, drafts, draws=True)
    carried = Carried(active, final, {one.override.override_id: one for one in active})
    without = {
        one.override.override_id: _without(work, one, active, [final.hotspots, *drafts])
        for one in active
        if one.key[0] != ELSEWHERE
        and one.override.action in (_SELECTING if work.measures else _CHOOSING)
    }
    table, messages = recorded(overrides, carried, without, work.study.surface.crs)
    final = noted(carried)
    plans = {key: plan.hotspots for key, plan in without.items() if isinstance(plan, Chosen)}
    return replace(final, messages=[*final.messages, *messages]), Decided(table, sets_of(plans))


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
