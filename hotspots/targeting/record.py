"""The record of overrides: what each is about now, what it did, and the notes at hotspots."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hotspots.frames import (
    ADD,
    FIX_HOURS,
    FORBID,
    IN_FORCE,
    LIFT,
    LIFTED,
    MOVE,
    OVERRIDE_SETS,
    OVERRIDES,
    PIN,
    RENAME,
    WITHOUT_EFFECT,
    Override,
    names,
)
from hotspots.targeting.by_hand import Chosen
from hotspots.targeting.meaning import ELSEWHERE, Meant

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_NAMED = 3
_OUTLINE_DIGITS = 2  # centimetres


@dataclass(frozen=True)
class Carried:
    """Overrides that hold, by id too, and the plan that they give."""

    active: Sequence[Meant]
    final: Chosen
    by_id: Mapping[str, Meant]

    def titles(self) -> dict[str, str]:
        """Id and new name of every hotspot that is given one."""
        rows = [(self.row(one), one.override.name) for one in self.active if one.override.name]
        ids = self.final.hotspots["hotspot_id"]
        return {str(ids.iloc[row]): name for row, name in rows if row is not None}

    def labels(self, one: Meant) -> list[int]:
        """Rows of the candidates that an override is about, where ground was set by hand too."""
        for other in self.active:
            if other.outline is not None and other.key == one.key:
                return self.final.labels[other.override.override_id]
        return self.final.labels[one.override.override_id]

    def row(self, one: Meant) -> int | None:
        """Row of the hotspot that an override is about; None where it is none."""
        if one.override.action == FORBID:
            return None
        for label in self.labels(one):
            own = self.final.candidates["hotspot_id"][label]
            for row in np.flatnonzero(self.final.hotspots["hotspot_id"] == own)[:1]:
                return int(row)
        return None


def recorded(
    overrides: Sequence[Override],
    carried: Carried,
    without: Mapping[str, Chosen | str],
    crs: str,
) -> tuple[pd.DataFrame, list[str]]:
    """Make the table of overrides, and sentences on those that a reader must know of.

    Parameters
    ----------
    overrides
        All of them, in their order.
    carried
        Those that hold.
    without
        The plan without each that selects, or why there would be none.
    crs
        Working CRS, to keep ground in.
    """
    import pandas as pd

    by = {one.lifts: one for one in overrides if one.action == LIFT}
    there = {one.override_id for one in overrides}
    rows = []
    for one in overrides:
        entry: dict[str, object] = {
            "hotspot_id": one.hotspot,
            "name": one.name,
            "officer_hours": np.nan if one.hours is None else one.hours,
        }
        definition = dict(one.definition)
        if one.hours is not None:
            definition["hours"] = one.hours
        if one.action == LIFT:
            found = one.lifts in there
            entry["status"] = IN_FORCE if found else WITHOUT_EFFECT
            entry["effect"] = f"Lifts {one.lifts}." if found else f"There is no {one.lifts}."
        elif one.override_id in by:
            lift = by[one.override_id]
            entry |= {"status": LIFTED, "effect": f"Lifted by {lift.author} ({lift.override_id})."}
        else:
            meant = carried.by_id[one.override_id]
            entry |= _about(meant, carried, without.get(one.override_id))
            definition |= _ground(meant, carried, crs)
        said = {
            "override_id": one.override_id,
            "action": one.action,
            "reason": one.reason,
            "author": one.author,
            "time": one.time,
            "cost_covered_incidents": np.nan,
            "cost_share": np.nan,
            "definition": json.dumps(definition, sort_keys=True),
        }
        rows.append(entry | said)
    table = pd.DataFrame(rows)[names(OVERRIDES)]
    return table, _said(table)


def _about(one: Meant, carried: Carried, without: Chosen | str | None) -> dict[str, object]:
    """What an override is about now, and what it did."""
    row, hotspots = carried.row(one), carried.final.hotspots
    entry: dict[str, object] = {}
    if row is not None:
        entry["hotspot_id"] = str(hotspots["hotspot_id"].iloc[row])
        name = str(hotspots["name"].iloc[row])
        entry["name"] = carried.titles().get(str(entry["hotspot_id"]), name)
    elif one.name or one.hotspot_id:
        entry |= {"hotspot_id": one.hotspot_id, "name": one.name}
    if one.key[0] == ELSEWHERE:
        return entry | {"status": WITHOUT_EFFECT, "effect": "It lies outside these districts."}
    if one.override.action in (RENAME, FIX_HOURS):
        if row is None:
            return entry | {"status": WITHOUT_EFFECT, "effect": "That is no hotspot now."}
        was = str(hotspots["name"].iloc[row])
        renamed = "Has that name already." if was == one.override.name else f"Was {was}."
        effect = renamed if one.override.action == RENAME else "Floor and cap of its hours."
        return entry | {"status": IN_FORCE, "effect": effect}
    labels = carried.final.labels[one.override.override_id]
    if one.override.action == FORBID and not labels:
        return entry | {"status": WITHOUT_EFFECT, "effect": "No candidate is there now."}
    parts = [*_how(one, carried, labels), _difference(carried.final, without, carried.titles())]
    if without is None:
        parts[-1] = "What it costs is known only with the incidents."
    return entry | {"status": IN_FORCE, "effect": " ".join(parts)}


def _how(one: Meant, carried: Carried, labels: Sequence[int]) -> list[str]:
    """How it was done."""
    said = []
    if one.left_out > 1e-6:
        said.append(f"{one.left_out:.0%} of the ground drawn lies in other districts: left out.")
    if one.override.action == PIN and one.outline is not None:
        said.append("No candidate is there now: it has the outline of the earlier plan.")
    reasons = [carried.final.reasons.get(label, "") for label in labels]
    if one.override.action != FORBID and any(reasons):
        said.append(f"Kept although: {'; '.join(filter(None, reasons))}.")
    return said


def _difference(final: Chosen, without: Chosen | str | None, titles: Mapping[str, str]) -> str:
    """Which hotspots there are because of an override, and which are not."""
    if without is None:
        return ""
    if isinstance(without, str):
        return f"Without it there is no plan: {without}"
    parts = []
    for word, here, other in (("In", final, without), ("Out", without, final)):
        new = here.hotspots[~here.hotspots["hotspot_id"].isin(other.hotspots["hotspot_id"])]
        listed = [
            f"{titles.get(one, name)} ({one})"
            for one, name in zip(new["hotspot_id"], new["name"], strict=True)
        ]
        if listed:
            more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
            parts.append(f"{word}: {', '.join(listed[:_NAMED])}{more}")
    return f"{'; '.join(parts)}." if parts else "The same hotspots without it."


def _ground(one: Meant, carried: Carried, crs: str) -> dict[str, str]:
    """Ground of what an override is about, so that a later plan finds it again."""
    import shapely

    kept = {}
    place, row = one.place, carried.row(one)
    if one.override.action not in (ADD, MOVE) and row is not None:
        place = carried.final.hotspots.geometry.iloc[row]
    if one.key[0] == ELSEWHERE:
        place = one.override.place
    if place is not None and one.override.action != ADD:
        kept["place"] = place
    moved = one.override.outline if one.key[0] == ELSEWHERE else one.outline
    if one.override.action == MOVE and moved is not None:
        kept["moved_to"] = moved
    if not kept:
        return {}
    text = {
        name: str(shapely.to_wkt(shape, rounding_precision=_OUTLINE_DIGITS))
        for name, shape in kept.items()
    }
    labels = carried.final.labels[one.override.override_id]
    reasons = [carried.final.reasons.get(label, "") for label in labels]
    if one.override.action == PIN and any(reasons):
        text["was"] = reasons[0]
    return {**text, "ground_crs": crs}


def noted(carried: Carried) -> Chosen:
    """The plan with new names, and a note at every hotspot and candidate that people decided on."""
    final = carried.final
    hotspots, candidates = final.hotspots.copy(), final.candidates.copy()
    for one in carried.active:
        note, row = one.override.said(), carried.row(one)
        for label in final.labels[one.override.override_id] if row is None else []:
            if one.override.action == FORBID:
                candidates.loc[label, "note"] = _joined(candidates["note"][label], note)
        if row is None:
            continue
        own = candidates["hotspot_id"] == hotspots["hotspot_id"].iloc[row]
        for table, at in ((hotspots, hotspots.index == row), (candidates, own)):
            table.loc[at, "note"] = [_joined(text, note) for text in table.loc[at, "note"]]
            if one.override.name:
                table.loc[at, "name"] = one.override.name
    return replace(final, hotspots=hotspots, candidates=candidates)


def _joined(*texts: object) -> str:
    return " ".join(str(text) for text in texts if text)


def sets_of(plans: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Hotspots that there would be without each override, columns `OVERRIDE_SETS`."""
    import pandas as pd

    wanted = names(OVERRIDE_SETS)
    parts = [
        pd.DataFrame(table[wanted[1:]]).assign(override_id=key)[wanted]
        for key, table in plans.items()
    ]
    if parts:
        return pd.concat(parts, ignore_index=True)
    empty = {name: pd.Series(dtype="float64" if "per_day" in name else "str") for name in wanted}
    return pd.DataFrame(empty)


def _said(table: pd.DataFrame) -> list[str]:
    """Sentences on overrides."""
    held = Counter(table.loc[table["status"] == IN_FORCE, "action"])
    held.pop(LIFT, None)
    counted = ", ".join(f"{number} {action}" for action, number in held.items())
    said = [f"Overrides in force: {counted}; their reasons and costs stand beside the plan."]
    idle = table[table["status"] == WITHOUT_EFFECT]
    said = said if counted else []
    said += [
        f"The override {row.override_id} ({row.action}) has no effect: {row.effect}"
        for row in idle.itertuples()
    ]
    return said
