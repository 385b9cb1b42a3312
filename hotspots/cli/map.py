"""hotspots map: a plan of record drawn again, or written for other programs."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any, get_args

from hotspots.cli.options import add_context, with_context
from hotspots.cli.parsing import DONE
from hotspots.settings import Audience


def add(verbs: Any) -> None:
    """Add the verb map."""
    verb = verbs.add_parser("map", help="draw or export a plan.gpkg, without the incidents")
    verb.set_defaults(act=_map)
    verb.add_argument("plan", metavar="PLAN.gpkg", help="plan that hotspots run has written")
    verb.add_argument(
        "--audience",
        choices=get_args(Audience),
        help="whom it is for (what the plan's settings say); docs/sharing.md",
    )
    verb.add_argument(
        "-o",
        "--out",
        action="append",
        metavar="FILE",
        help="what is written; its ending says as what: .html .svg .png .kml .geojson .parquet "
        ".shp.zip .csv .xlsx; may be given several times (map.html)",
    )
    add_context(verb)


def _map(options: argparse.Namespace) -> int:
    from hotspots import programme, terminal

    paths = options.out or ["map.html"]
    for path in paths:
        programme.check_ending(path)
    plan = programme.read_plan(options.plan)
    plan = replace(plan, settings=with_context(plan.settings, options))
    for path in paths:
        terminal.progress(f"Writing {path}")
        programme.export(plan, path, options.audience)
    terminal.show_written(paths)
    return DONE
