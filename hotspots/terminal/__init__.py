"""What a person sees in the terminal: tables, progress, and one line for an error."""

from hotspots.terminal.analysis import (
    backtest_as_json,
    repeats_as_json,
    roster_as_json,
    runs_as_json,
    show_backtest,
    show_findings,
    show_repeats,
    show_roster,
    show_runs,
)
from hotspots.terminal.lines import (
    clean,
    complain,
    progress,
    say,
    show_written,
)
from hotspots.terminal.plan import (
    plan_as_json,
    show_hours,
    show_plan,
)
from hotspots.terminal.quality import (
    show_quality,
)

__all__ = [
    "backtest_as_json",
    "clean",
    "complain",
    "plan_as_json",
    "progress",
    "repeats_as_json",
    "roster_as_json",
    "runs_as_json",
    "say",
    "show_backtest",
    "show_findings",
    "show_hours",
    "show_plan",
    "show_quality",
    "show_repeats",
    "show_roster",
    "show_runs",
    "show_written",
]
