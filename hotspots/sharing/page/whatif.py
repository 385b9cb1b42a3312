"""Exact plans for other budgets, as the page's slider reads them off; the page solves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.sharing.page.text import number, plain

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.frames import Allocation, Plan

#: Why a hotspot cannot be left out or kept in the page.
COUPLED = (
    "Leaving out or keeping single hotspots is not offered: the plans of different budgets hang "
    "together by more than one bound (periods, providers or the like), so every choice needs a "
    "plan of its own."
)
BOUND = (
    "Leaving out or keeping single hotspots is not offered: floors or caps of whole districts "
    "bind, so without a hotspot the best plan of the others would have to be found anew."
)
_CURVE_POINTS = 41
_HALF_A_CENT = 0.005  # of an hour


def what_if(plan: Plan, *, value: bool = True) -> dict[str, Any] | None:
    """Plans for budgets from nothing to twice the plan's.

    Parameters
    ----------
    plan
        The plan of record.
    value
        Whether the modelled value of visits comes along, from which the incidents of a hotspot
        can be worked out.

    Returns
    -------
    dict or None
        ``kind`` is ``"ledger"``: ``blocks`` of visits in the order in which the exact plan takes
        them, the first ``floors`` of them always, each [turn, hotspot, visits, covered incidents
        of each visit]. Or it is ``"table"``: ``plans`` for single budgets, each [officer-hours,
        visits of every hotspot, covered incidents of every hotspot]. Hotspots are numbers of
        rows of the hours table. None where the allocation holds neither, or where a visit has
        not the same cost everywhere.
    """
    allocation = plan.allocation
    table = allocation.table
    priced = np.abs(table["officer_hours"] - table["visits"] * allocation.hours_per_visit)
    if (priced > _HALF_A_CENT).any():
        return None  # crews of several sizes: hours do not follow from visits
    position = {name: n for n, name in enumerate(plan.hotspots["hotspot_id"])}
    common = {
        "hoursPerVisit": allocation.hours_per_visit,
        "days": allocation.days,
        "weeks": allocation.weeks,
        "budgetHours": number(allocation.budget_hours, 2),
        **(_curve(allocation) if value else {"curveHours": 1, "curveMost": 1}),
    }
    if allocation.ledger is not None and len(allocation.ledger):
        blocks, floors = _blocks(allocation.ledger, position, value=value)
        reason = "" if allocation.exclusion_is_exact else plain(BOUND)
        return {"kind": "ledger", "blocks": blocks, "floors": floors, "reason": reason, **common}
    if allocation.budget_plans is not None and len(allocation.budget_plans):
        plans = _plans(allocation.budget_plans, position, value=value)
        return {"kind": "table", "plans": plans, "reason": plain(COUPLED), **common}
    return None


def curve_picture(plan: Plan) -> dict[str, Any] | None:
    """Budget curve as the points of a line in a box of 100 by 40; None without a curve.

    The horizontal axis is the budget, up to the most of the curve; the vertical one the modelled
    value, likewise.
    """
    facts = _curve(plan.allocation)
    if not facts["curveMost"]:
        return None
    points = [
        (100 * hours / facts["curveHours"], 40 - 40 * value / facts["curveMost"])
        for hours, value in _few(plan.allocation.budget_curve)
    ]
    value = float(plan.allocation.table["covered_incidents"].sum())
    here = min(1.0, plan.allocation.hours / facts["curveHours"])
    return {
        "line": " ".join(f"{x:.2f},{y:.2f}" for x, y in points),
        "x": round(100 * here, 2),
        "y": round(40 - 40 * min(1.0, value / facts["curveMost"]), 2),
    }


def _curve(allocation: Allocation) -> dict[str, Any]:
    """Ends of the axes of the budget curve."""
    curve = allocation.budget_curve
    if not len(curve):
        return {"curveHours": 1, "curveMost": 0}
    return {
        "curveHours": number(curve["officer_hours"].max(), 2) or 1,
        "curveMost": number(curve["covered_incidents"].max(), 3),
    }


def _few(curve: pd.DataFrame) -> list[tuple[float, float]]:
    """At most `_CURVE_POINTS` points of the curve, both ends among them."""
    chosen = np.unique(np.linspace(0, len(curve) - 1, _CURVE_POINTS).round().astype(int))
    few = curve.iloc[chosen]
    return list(zip(few["officer_hours"], few["covered_incidents"], strict=True))


def _blocks(
    ledger: pd.DataFrame, position: dict[str, int], *, value: bool
) -> tuple[list[list[Any]], int]:
    """Blocks in the order in which they are bought, and how many of them the floors take."""
    ordered = ledger.sort_values(["order", "turn", "hotspot_id"], kind="stable")
    columns = (ordered[name].tolist() for name in ("turn", "hotspot_id", "visits"))
    worth = ordered["covered_per_visit"].tolist()
    blocks = [
        [turn, position[hotspot], visits, number(each, 8) if value else None]
        for turn, hotspot, visits, each in zip(*columns, worth, strict=True)
    ]
    return blocks, int((ordered["order"] == 0).sum())


def _plans(table: pd.DataFrame, position: dict[str, int], *, value: bool) -> list[list[Any]]:
    """One plan a budget, hotspots in the order of the hours table."""
    plans: list[list[Any]] = []
    for hours, own in table.groupby("budget_hours", sort=True):
        visits: list[Any] = [0] * len(position)
        covered: list[Any] = [0 if value else None] * len(position)
        columns = (own[name].tolist() for name in ("hotspot_id", "visits", "covered_incidents"))
        for hotspot, number_of_visits, worth in zip(*columns, strict=True):
            visits[position[hotspot]] = number_of_visits
            if value:
                covered[position[hotspot]] = number(worth, 3)
        plans.append([number(hours, 4), visits, covered])
    return plans
