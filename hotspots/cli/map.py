"""hotspots map: a plan of record drawn again."""

from __future__ import annotations

import argparse
from typing import Any

from hotspots.cli.parsing import DONE


def add(verbs: Any) -> None:
    """Add the verb map."""
    verb = verbs.add_parser("map", help="draw a plan.gpkg again, without the incidents")
    verb.set_defaults(act=_map)
    verb.add_argument("plan", metavar="PLAN.gpkg", help="plan that hotspots run has written")
    verb.add_argument("-o", "--out", default="map.html", metavar="FILE", help="page (map.html)")


def _map(options: argparse.Namespace) -> int:
    from hotspots import programme, terminal

    plan = programme.read_plan(options.plan)
    terminal.progress("Drawing the map")
    programme.draw(plan).save(options.out)
    terminal.show_written([options.out])
    return DONE
