"""A plan: hotspots, hours, overrides, prices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.terminal.lines import clean, console_of, table_of
from hotspots.terminal.quality import show_quality

if TYPE_CHECKING:
    from hotspots.frames import Plan


_HOTSPOTS_SHOWN = 40


_PEAKS_SHOWN = 5


def show_plan(plan: Plan, paths: Sequence[Path]) -> None:
    """Print the quality table, the choices made, the hours table and where the files are."""
    console = console_of()
    show_quality(plan.targeting.quality)
    if plan.targeting.choices:
        console.print("\nChosen from the data:")
        for choice in plan.targeting.choices:
            console.print(f"  {clean(choice)}")
    table = table_of(
        f"\n{clean(plan.provenance['title'])}",
        [("id", False), ("hotspot", False), ("incidents", True), ("km²", True), ("hours", True),
         ("visits/day", True)],
    )  # fmt: skip
    hotspots = plan.hotspots
    for row in hotspots.head(_HOTSPOTS_SHOWN).itertuples():
        table.add_row(
            clean(row.hotspot_id),
            clean(row.name)[:60],
            f"{row.incidents:,}",
            f"{row.area_km2:.3f}",
            f"{row.officer_hours:,.1f}",
            f"{row.visits_per_day:.2f}",
        )
    console.print(table)
    if len(hotspots) > _HOTSPOTS_SHOWN:
        console.print(f"... and {len(hotspots) - _HOTSPOTS_SHOWN} more in plan.xlsx.")
    if plan.targeting.peaks is not None and len(plan.targeting.peaks):
        console.print("When the first are busiest:")
        for row in plan.targeting.peaks.head(_PEAKS_SHOWN).itertuples():
            console.print(f"  {clean(row.hotspot_id)}  {clean(row.sentence)}")
        console.print("All hours of the week stand in plan.xlsx.\n")
    _show_overrides(console, plan)
    _show_prices(console, plan)
    console.print(clean(plan.targeting.summary()))
    console.print(clean(plan.allocation.summary()))
    for message in [*plan.targeting.messages, *plan.allocation.messages]:
        console.print(f"Note: {clean(message)}")
    console.print("\nWritten:")
    for path in paths:
        console.print(f"  {clean(path)}", soft_wrap=True)


def _show_overrides(console: Any, plan: Plan) -> None:
    """Print what people decided, what it did, and what it costs."""
    if plan.overrides is None:
        return
    table = table_of(
        "Overrides (cost in modelled covered incidents; below 0 it gains)",
        [("override", False), ("what", False), ("hotspot", False), ("effect", False),
         ("cost", True)],
    )  # fmt: skip
    for row in plan.overrides.to_dict("records"):
        cost, share = float(row["cost_covered_incidents"]), float(row["cost_share"])
        table.add_row(
            clean(row["override_id"]),
            clean(row["action"]),
            clean(row["hotspot_id"]),
            clean(f"{row['effect']} {row['author']}, {row['time']}: {row['reason']}"),
            "" if math.isnan(cost) else f"{cost:,.1f} ({share:.2%})",
        )
    console.print(table)


def show_hours(plan: Plan, before: Plan) -> None:
    """Print the hours of every hotspot beside those of the plan before, and what was said."""
    console = console_of()
    table = table_of(
        f"\n{clean(plan.provenance['title'])}",
        [("id", False), ("hotspot", False), ("hours before", True), ("hours", True),
         ("change", True), ("visits/day", True)],
    )  # fmt: skip
    earlier = before.allocation.table.set_index("hotspot_id")["officer_hours"]
    for row in plan.hotspots.head(_HOTSPOTS_SHOWN).itertuples():
        hours = float(earlier.get(row.hotspot_id, 0.0))
        table.add_row(
            clean(row.hotspot_id),
            clean(row.name)[:60],
            f"{hours:,.1f}",
            f"{row.officer_hours:,.1f}",
            f"{row.officer_hours - hours:+,.1f}",
            f"{row.visits_per_day:.2f}",
        )
    console.print(table)
    if len(plan.hotspots) > _HOTSPOTS_SHOWN:
        console.print(f"... and {len(plan.hotspots) - _HOTSPOTS_SHOWN} more in the plan.")
    _show_overrides(console, plan)
    _show_prices(console, plan)
    console.print(clean(plan.allocation.summary()))
    for message in plan.allocation.messages:
        console.print(f"Note: {clean(message)}")


def _show_prices(console: Any, plan: Plan) -> None:
    """Print what the dearest constraints cost, and how the plan bears other assumptions."""
    prices = plan.allocation.prices
    if prices is not None and len(prices):
        console.print("What constraints cost of the modelled value:")
        for row in prices.head(_PEAKS_SHOWN).itertuples():
            console.print(f"  {row.price_share:7.2%}  {clean(row.constraint)}")
    again = plan.allocation.sensitivity
    if again is not None and len(again):
        least = again.sort_values("value_share", kind="stable").to_dict("records")[0]
        console.print(
            f"Under other assumptions this plan keeps at least {least['value_share']:.1%} of the "
            f"best plan's value ({clean(least['assumption'])})."
        )


def plan_as_json(plan: Plan, paths: Sequence[Path]) -> dict[str, Any]:
    """Summary of a run as plain values."""
    from hotspots.sharing.provenance import override_record, records

    columns = ["hotspot_id", "name", "district", "rank", "incidents", "area_km2", "visits",
               "officer_hours", "change", "why"]  # fmt: skip
    sweep = plan.targeting.sweep
    return {
        "title": plan.provenance["title"],
        "rows_read": plan.targeting.quality.rows_read,
        "rows_kept": plan.targeting.quality.rows_kept,
        "hotspots": plan.hotspots[columns].to_dict("records"),
        "budget_hours": plan.allocation.budget_hours,
        "officer_hours": plan.allocation.hours,
        "busiest": None
        if plan.targeting.peaks is None
        else dict(plan.targeting.peaks[["hotspot_id", "sentence"]].itertuples(index=False)),
        **override_record(plan),
        "summary": plan.summary(),
        "choices": [str(choice) for choice in plan.targeting.choices],
        "sweep": None if sweep is None else records(sweep),
        "messages": [*plan.targeting.messages, *plan.allocation.messages],
        "outputs": [str(path) for path in paths],
    }
