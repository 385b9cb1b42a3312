"""What became of every row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hotspots.frames import REASONS
from hotspots.terminal.lines import clean, console_of, table_of

if TYPE_CHECKING:
    from hotspots.frames import Quality


def show_quality(quality: Quality) -> None:
    """Print what became of every row, the months, and what the rows are like."""
    console = console_of()
    table = table_of("Data quality", [("rows", False), ("number", True), ("share", True)])
    total = max(1, quality.rows_read)

    def row(label: str, number: int) -> None:
        table.add_row(label, f"{number:,}", f"{number / total:.2%}")

    row("read", quality.rows_read)
    for reason, number in quality.left_out.items():
        if number:
            row(f"  left out: {REASONS.get(reason, reason)}", number)
    row("kept", quality.rows_kept)
    console.print(table)
    months = quality.months
    if months:
        console.print(f"Months: {len(months)}, {months[0]} to {months[-1]}.")
    for line in _facts(quality.facts):
        console.print(line)
    for warning in quality.warnings:
        console.print(f"Note: {clean(warning)}")


def _facts(facts: Mapping[str, Any]) -> list[str]:
    lines = []
    if facts.get("rows_per_place"):
        near = facts.get("median_nearest_place_m")
        lines.append(
            f"Places: {facts['places']:,}, {facts['rows_per_place']:.2f} rows each"
            + (f", {near:g} m apart (median)" if near else "")
            + ("; positions are snapped." if facts.get("snapped") == "yes" else ".")
        )
    if facts.get("farthest_km_outside"):
        lines.append(
            f"Outside the districts: {facts['median_km_outside']:g} km away (median), "
            f"{facts['farthest_km_outside']:g} km at most."
        )
    if facts.get("moments_read"):
        lines.append(_times(facts))
    if facts.get("area_name_disagrees_share") is not None:
        lines.append(
            f"LSOA names of another district than the polygon: "
            f"{facts['area_name_disagrees_share']:.2%}."
        )
    return lines


def _times(facts: Mapping[str, Any]) -> str:
    """What the times of single moments are like."""
    count = {name.removeprefix("moments_"): n for name, n in facts.items() if "moments_" in name}
    return (
        f"Times of day: {count['read'] - count['without_a_time']:,} incidents have one "
        f"({count['at_midnight']:,} of them 00:00), {count['without_a_time']:,} have none; "
        f"{count['with_an_end']:,} have an end, {count['end_before_start']:,} of them before the "
        f"start and {count['over_a_week']:,} over a week later."
    )
