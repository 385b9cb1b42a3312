"""What a person sees in the terminal: tables, progress, and one line for an error."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.frames import REASONS

if TYPE_CHECKING:
    from hotspots.frames import Backtest, Plan, Quality, Repeats, Roster
    from hotspots.programme import Runs
    from hotspots.sharing import Finding

_HOTSPOTS_SHOWN = 40
_PEAKS_SHOWN = 5


def clean(text: object) -> str:
    """Text without line breaks and control characters, which a terminal would act on."""
    spaced = " ".join(str(text).split())
    return "".join(letter if letter.isprintable() else "�" for letter in spaced)


def progress(sentence: str) -> None:
    """Say on stderr what is being done."""
    sys.stderr.write(f"{clean(sentence)} ...\n")
    sys.stderr.flush()


def say(sentence: str) -> None:
    """Say on stderr, in one line, what has happened."""
    sys.stderr.write(f"{clean(sentence)}\n")
    sys.stderr.flush()


def complain(error: BaseException) -> None:
    """Say on stderr, in one line, what was wrong."""
    sys.stderr.write(f"hotspots: {clean(error)}\n")


def _console() -> Any:
    from rich.console import Console

    if hasattr(sys.stdout, "reconfigure"):
        # a name that the terminal's encoding lacks is shown as "?", it does not end the run
        sys.stdout.reconfigure(errors="replace")
    return Console(markup=False, emoji=False, highlight=False)


def _table(title: str, columns: Sequence[tuple[str, bool]]) -> Any:
    """Start a table; each column has a header and whether it holds numbers."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for header, numeric in columns:
        table.add_column(
            header, justify="right" if numeric else "left", overflow="fold", no_wrap=numeric
        )
    return table


def show_quality(quality: Quality) -> None:
    """Print what became of every row, the months, and what the rows are like."""
    console = _console()
    table = _table("Data quality", [("rows", False), ("number", True), ("share", True)])
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


def show_plan(plan: Plan, paths: Sequence[Path]) -> None:
    """Print the quality table, the choices made, the hours table and where the files are."""
    console = _console()
    show_quality(plan.targeting.quality)
    if plan.targeting.choices:
        console.print("\nChosen from the data:")
        for choice in plan.targeting.choices:
            console.print(f"  {clean(choice)}")
    table = _table(
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


def show_findings(findings: Sequence[Finding], page: str) -> None:
    """Print what an inspection of a page found: where, what, and what to do."""
    console = _console()
    if not findings:
        console.print(clean(f"{page} holds nothing beyond its audience."), soft_wrap=True)
        return
    table = _table(clean(page), [("where", False), ("what", False), ("what to do", False)])
    for finding in findings:
        table.add_row(*map(clean, (finding.where, finding.what, finding.todo)))
    console.print(table)


def _show_overrides(console: Any, plan: Plan) -> None:
    """Print what people decided, what it did, and what it costs."""
    if plan.overrides is None:
        return
    table = _table(
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
    console = _console()
    table = _table(
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


def show_written(paths: Sequence[str | Path]) -> None:
    """Print where files are."""
    console = _console()
    console.print("Written:")
    for path in paths:
        console.print(f"  {clean(path)}", soft_wrap=True)


def show_roster(made: Roster, paths: Sequence[Path]) -> None:
    """Print what each shift needs, what a planner must see, and where the files are."""
    console = _console()
    table = _table(
        clean(made.provenance["title"]),
        [("district", False), ("provider", False), ("shift", False), ("days", True),
         ("patrols", True), ("officers", True), ("hours", True)],
    )  # fmt: skip
    for row in made.shifts.itertuples():
        table.add_row(
            clean(row.district)[:60],
            clean(row.provider)[:20],
            clean(row.shift)[:20],
            f"{row.days:,}",
            f"{row.patrols:,}",
            f"{row.officers_most:,}",
            f"{row.officer_hours:,.1f}",
        )
    console.print(table)
    console.print(
        "Officers: most at the same time. Hours: officer-hours of visits, as the plan counts them."
    )
    console.print(clean(made.summary()))
    for message in made.messages:
        console.print(f"Note: {clean(message)}")
    show_written(paths)


def roster_as_json(made: Roster, paths: Sequence[Path]) -> dict[str, Any]:
    """Summary of a roster as plain values."""
    from hotspots.sharing import roster_record

    return roster_record(made) | {"outputs": [str(path) for path in paths]}


def show_repeats(found: Repeats, path: str | None) -> None:
    """Print pairs by distance and days, beside chance, and what stands out."""
    console = _console()
    table = _table(
        "Near repeats",
        [("distance", False), ("days between", False), ("observed", True), ("expected", True),
         ("ratio", True), ("p", True)],
    )  # fmt: skip
    before = ""
    for row in found.table.to_dict("records"):
        band, ratio = str(row["space_band"]), float(row["ratio"])
        table.add_row(
            "" if band == before else band,
            str(row["time_band"]).removesuffix(" days"),
            f"{row['observed']:,}",
            f"{row['expected']:,.1f}",
            "" if math.isnan(ratio) else f"{ratio:.2f}",
            f"{row['p']:.3g}",
        )
        before = band
    console.print(table)
    for choice in found.choices:
        console.print(f"Chosen: {clean(choice)}")
    console.print(clean(found.summary()))
    console.print(
        f"Expected: mean over all permutations of the days; p from {found.draws:,} of them, "
        f"seed {found.seed}. One band in twenty is at 0.05 by chance."
    )
    if path:
        console.print(f"\nWritten:\n  {clean(path)}", soft_wrap=True)


def repeats_as_json(found: Repeats) -> dict[str, Any]:
    """Near repeats as plain values."""
    from hotspots.sharing.provenance import records

    return {
        "incidents": found.incidents,
        "first_day": found.first_day,
        "last_day": found.last_day,
        "crs": found.crs,
        "draws": found.draws,
        "seed": found.seed,
        "choices": [str(choice) for choice in found.choices],
        "summary": found.summary(),
        "table": records(found.table),
    }


def show_runs(runs: Runs) -> None:
    """Print a table of many runs and where their index is."""
    from hotspots.programme import INDEX

    console = _console()
    table = _table(
        "Runs",
        [("run", False), ("status", False), ("hotspots", True), ("incidents", True),
         ("districts", True), ("hours", True)],
    )  # fmt: skip
    for outcome in runs.outcomes:
        figures = [outcome.hotspots, outcome.incidents, outcome.districts_served]
        table.add_row(
            clean(outcome.name)[:60],
            "kept" if outcome.kept else outcome.status,
            *("" if figure is None else f"{figure:,}" for figure in figures),
            "" if outcome.officer_hours is None else f"{outcome.officer_hours:,.1f}",
        )
    console.print(table)
    console.print(clean(runs.summary()))
    console.print("\nWritten:")
    console.print(f"  {clean(runs.folder / INDEX[0])}", soft_wrap=True)


def runs_as_json(runs: Runs) -> dict[str, Any]:
    """Summary of many runs as plain values."""
    from hotspots.programme import INDEX

    return {
        "summary": runs.summary(),
        "jobs": [asdict(outcome) for outcome in runs.outcomes],
        "outputs": [str(runs.folder / name) for name in INDEX],
    }


def show_backtest(result: Backtest, paths: Sequence[Path]) -> None:
    """Print how much of the later incidents each method holds, and the verdict in words."""
    console = _console()
    table = _table(
        f"{clean(result.provenance['title'])}",
        [("method", False), ("pieces", True), ("km²", True), ("hit rate", True), ("95%", True),
         ("PAI", True)],
    )  # fmt: skip
    for row in result.table.to_dict("records"):
        ends = [float(row[f"hit_rate_{end}"]) for end in ("low", "high")]
        table.add_row(
            clean(row["method"]),
            f"{row['pieces']:,}",
            f"{row['area_km2']:,.2f}",
            f"{row['hit_rate']:.1%}",
            "" if math.isnan(ends[0]) else f"{100 * ends[0]:.1f}-{100 * ends[1]:.1f}",
            f"{row['pai']:,.1f}",
        )
    console.print(table)
    for sentence in result.verdict:
        console.print(clean(sentence))
    swept = set() if result.sweep is None else set(result.sweep["setting"])
    for choice in result.choices:
        if choice.setting in swept:
            console.print(f"Swept: {clean(choice)}")
    for message in result.messages:
        console.print(f"Note: {clean(message)}")
    if paths:
        console.print("\nWritten:")
    for path in paths:
        console.print(f"  {clean(path)}", soft_wrap=True)


def backtest_as_json(result: Backtest, paths: Sequence[Path]) -> dict[str, Any]:
    """Summary of a backtest as plain values; what is empty is null."""
    from hotspots.sharing import accuracy_record

    return accuracy_record(result) | {"outputs": [str(path) for path in paths]}


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
