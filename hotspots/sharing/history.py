"""The plans of a file, one after the other: by what they can be told apart, and their hours."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from hotspots.frames import HISTORY, HISTORY_ALLOCATION, History, names
from hotspots.sharing.files import clean_text
from hotspots.sharing.provenance import to_json

if TYPE_CHECKING:
    from hotspots.frames import Plan


def plan_id(plan: Plan) -> str:
    """Twelve hexadecimal digits: the same for the same hotspots and visits from the same input.

    They begin the SHA-256 of the checksums of incidents, boundaries and settings, and of every
    hotspot's id, position, area, incidents and visits.
    """
    table = plan.hotspots
    what = ["hotspot_id", "x_m", "y_m", "area_km2", "incidents", "visits"]
    made_from = [
        plan.provenance.get(key) for key in ("input_sha256", "districts_sha256", "settings_sha256")
    ]
    values = [[None if value != value else value for value in table[name]] for name in what]
    return _sha256([made_from, values])[:12]


def with_plan(plan: Plan, note: str = "", *, earlier: History | None = None) -> History:
    """Put a plan behind those before it.

    Parameters
    ----------
    plan
        The present plan.
    note
        Why it was made.
    earlier
        History of the plan that it replaces, whose own hours the caller has added. Where that
        is the same plan (`plan_id`), it is replaced, and keeps its note unless there is a new
        one.
    """
    import pandas as pd

    row = _row(plan, clean_text(note))
    plans, hours = (
        (_empty(HISTORY), _empty(HISTORY_ALLOCATION))
        if earlier is None
        else (earlier.plans, earlier.allocation)
    )
    if len(plans) and plans["plan_id"].iloc[-1] == row["plan_id"]:
        row["note"] = row["note"] or plans["note"].iloc[-1]
        plans = plans.iloc[:-1]
    row["plan_number"] = len(plans) + 1
    hours = hours[hours["plan_number"] < row["plan_number"]].reset_index(drop=True)
    last = pd.DataFrame([row])[names(HISTORY)]
    plans = pd.concat([plans, last], ignore_index=True) if len(plans) else last
    return History(plans, hours)


def hours_of(plan: Plan, plan_number: int) -> Any:
    """Rows of `HISTORY_ALLOCATION` for a plan that is being replaced."""
    table = plan.allocation.table.assign(plan_number=plan_number)
    return table[names(HISTORY_ALLOCATION)]


def _row(plan: Plan, note: str) -> dict[str, Any]:
    said = plan.provenance
    return {
        "plan_id": plan_id(plan),
        "note": note,
        "version": str(said.get("version") or ""),
        "period": str(said.get("period") or ""),
        "input_sha256": _sha256(said.get("input_sha256") or []),
        "districts_sha256": str(said.get("districts_sha256") or ""),
        "settings_sha256": str(said.get("settings_sha256") or ""),
        "hotspots": len(plan.targeting.hotspots),
        "visits": int(plan.allocation.table["visits"].sum()),
        "officer_hours": plan.allocation.hours,
        "budget_hours": float(plan.allocation.budget_hours),
    }


def _empty(columns: Any) -> Any:
    import pandas as pd

    kinds = {"int": "int64", "float": "float64", "str": "str"}
    return pd.DataFrame({c.name: pd.Series(dtype=kinds[c.kind]) for c in columns})


def _sha256(value: object) -> str:
    canonical = json.dumps(json.loads(to_json(value)), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
