"""hotspots roster: a plan of record as dated patrols."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hotspots.cli.parsing import DONE
from hotspots.errors import SettingsError
from hotspots.settings import Settings

#: Option -> setting of the room roster that it fills.
_OPTIONS = {
    "weeks": "weeks",
    "patrol_hours": "patrol_hours",
    "wait": "wait_minutes",
    "bank_holidays": "bank_holidays",
    "bank_holiday_rule": "bank_holiday_rule",
    "travel_times": "travel_times",
    "randomised_share": "randomised_share",
    "seed": "seed",
    "marking": "marking",
}


def add(verbs: Any) -> None:
    """Add the verb roster."""
    verb = verbs.add_parser("roster", help="dated patrols from a plan.gpkg, without the incidents")
    verb.set_defaults(act=_roster)
    verb.add_argument("plan", metavar="PLAN.gpkg", help="plan that hotspots run has written")
    verb.add_argument("--from", dest="from_date", metavar="DATE", help="first day, YYYY-MM-DD")
    verb.add_argument("--weeks", type=int, metavar="N", help="weeks from there (4)")
    verb.add_argument(
        "--shift",
        action="append",
        metavar="NAME=SPAN",
        help="a shift, e.g. late=15:00-23:00; once for each, for visits at any time",
    )
    verb.add_argument("--patrol-hours", type=float, metavar="H", help="longest patrol (9)")
    verb.add_argument(
        "--wait", type=float, metavar="MIN", help="longest wait between two stops (no limit)"
    )
    verb.add_argument(
        "--bank-holidays",
        choices=("england-and-wales", "scotland", "northern-ireland", "none"),
        help="whose bank holidays count (england-and-wales)",
    )
    verb.add_argument(
        "--bank-holiday-rule",
        choices=("sunday", "patrol", "skip"),
        help="patrol then as on a Sunday, as on any day, or not at all (sunday)",
    )
    verb.add_argument(
        "--travel-times", metavar="FILE.csv", help="columns from_id, to_id and minutes"
    )
    verb.add_argument(
        "--randomised-share",
        type=float,
        metavar="S",
        help="share of visits kept for randomised patrol days, 0 to 1 (as planned)",
    )
    verb.add_argument("--seed", type=int, metavar="N", help="seed of starts, orders and days (0)")
    verb.add_argument("--marking", help="protective marking (OFFICIAL-SENSITIVE)")
    verb.add_argument("--config", metavar="FILE.toml", help="settings file; its [roster] counts")
    verb.add_argument("--out", default="roster", metavar="DIR", help="output folder (roster)")
    verb.add_argument("--json", action="store_true", help="print the summary as JSON on stdout")


def _roster(options: argparse.Namespace) -> int:
    from hotspots import programme, terminal
    from hotspots.sharing import ROSTER_FILES

    given: dict[str, Any] = {
        setting: getattr(options, option)
        for option, setting in _OPTIONS.items()
        if getattr(options, option) is not None
    }
    if options.from_date is not None:
        given["from_date"] = options.from_date
    if options.shift:
        given["shifts"] = _shifts(options.shift)
    terminal.progress(f"Reading {options.plan}")
    plan = programme.read_plan(options.plan)
    settings = Settings.from_file(options.config) if options.config else plan.settings
    made = programme.roster(
        plan, settings=settings.replace(roster=given), out=options.out, progress=terminal.progress
    )
    paths = [Path(options.out) / name for name in ROSTER_FILES]
    if options.json:
        print(json.dumps(terminal.roster_as_json(made, paths), indent=2))  # noqa: T201
    else:
        terminal.show_roster(made, paths)
    return DONE


def _shifts(given: list[str]) -> Mapping[str, str]:
    shifts: dict[str, str] = {}
    for text in given:
        name, equals, span = text.partition("=")
        if not (name.strip() and equals and span):
            raise SettingsError(f"--shift {text!r} is not NAME=SPAN, e.g. late=15:00-23:00.")
        if name in shifts:
            raise SettingsError(f"--shift {name!r} is given twice; give each shift its own name.")
        shifts[name] = span
    return shifts
