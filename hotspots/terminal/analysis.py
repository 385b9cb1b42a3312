"""What other verbs found: rosters, repeats, many runs, accuracy, findings in a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.terminal.lines import clean, console_of, show_written, table_of

if TYPE_CHECKING:
    from hotspots.frames import Backtest, Repeats, Roster
    from hotspots.programme import Runs
    from hotspots.sharing import Finding


def show_findings(findings: Sequence[Finding], page: str) -> None:
    """Print what an inspection of a page found: where, what, and what to do."""
    console = console_of()
    if not findings:
        console.print(clean(f"{page} holds nothing beyond its audience."), soft_wrap=True)
        return
    table = table_of(clean(page), [("where", False), ("what", False), ("what to do", False)])
    for finding in findings:
        table.add_row(*map(clean, (finding.where, finding.what, finding.todo)))
    console.print(table)


def show_roster(made: Roster, paths: Sequence[Path]) -> None:
    """Print what each shift needs, what a planner must see, and where the files are."""
    console = console_of()
    table = table_of(
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
    console = console_of()
    table = table_of(
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

    console = console_of()
    table = table_of(
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
    console = console_of()
    table = table_of(
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
