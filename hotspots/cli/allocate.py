"""hotspots allocate: other hours for the hotspots of a plan, without the incidents."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from hotspots.cli.options import add_tasking, settings_of
from hotspots.cli.parsing import DONE


def add(verbs: Any) -> None:
    """Add the verb allocate."""
    verb = verbs.add_parser("allocate", help="share out other hours over the hotspots of a plan")
    verb.set_defaults(act=_allocate)
    verb.add_argument("plan", metavar="PLAN.gpkg", help="plan that hotspots run has written")
    verb.add_argument(
        "--config", metavar="FILE.toml", help="tasking settings to use instead of the plan's"
    )
    add_tasking(verb)
    verb.add_argument(
        "--overrides", metavar="FILE", help="what people decided: pin, forbid, rename, fix hours"
    )
    verb.add_argument("--note", default="", metavar="TEXT", help="why, for the plan's history")
    verb.add_argument(
        "-o", "--out", metavar="FILE.gpkg", help="write there, and leave PLAN.gpkg as it is"
    )
    verb.add_argument("--json", action="store_true", help="print the summary as JSON on stdout")


def _allocate(options: argparse.Namespace) -> int:
    from hotspots import programme, terminal

    before = programme.read_plan(options.plan)
    terminal.progress("Allocating hours")
    plan = programme.allocate(
        before, settings=settings_of(options, before.settings), overrides=options.overrides
    )
    path = Path(options.out or options.plan)
    programme.write_plan(plan, path, note=options.note, earlier=options.plan)
    if options.json:
        print(json.dumps(terminal.plan_as_json(plan, [path]), indent=2))  # noqa: T201
    else:
        terminal.show_hours(plan, before)
        terminal.show_written([path])
    return DONE
