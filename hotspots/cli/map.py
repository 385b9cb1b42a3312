"""hotspots map: a plan of record drawn again."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any, get_args

from hotspots.cli.options import add_context, with_context
from hotspots.cli.parsing import DONE
from hotspots.settings import Audience


def add(verbs: Any) -> None:
    """Add the verb map."""
    verb = verbs.add_parser("map", help="draw a plan.gpkg again, without the incidents")
    verb.set_defaults(act=_map)
    verb.add_argument("plan", metavar="PLAN.gpkg", help="plan that hotspots run has written")
    verb.add_argument(
        "--audience",
        choices=get_args(Audience),
        help="whom the page is for (what the plan's settings say); docs/sharing.md",
    )
    verb.add_argument("-o", "--out", default="map.html", metavar="FILE", help="page (map.html)")
    add_context(verb)


def _map(options: argparse.Namespace) -> int:
    from hotspots import programme, terminal

    plan = programme.read_plan(options.plan)
    plan = replace(plan, settings=with_context(plan.settings, options))
    terminal.progress("Drawing the map")
    programme.draw(plan, options.audience).save(options.out)
    terminal.show_written([options.out])
    return DONE
