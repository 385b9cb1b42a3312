"""hotspots check-page: whether a finished page holds more than its audience may see."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import Any, get_args

from hotspots.cli.parsing import DONE, NOTHING
from hotspots.settings import Audience


def add(verbs: Any) -> None:
    """Add the verb check-page."""
    verb = verbs.add_parser(
        "check-page", help="whether a finished page holds more than its audience may see"
    )
    verb.set_defaults(act=_check_page)
    verb.add_argument("page", metavar="FILE.html", help="page that hotspots wrote")
    verb.add_argument(
        "--audience", choices=get_args(Audience), help="whom it is for (whom it says it is for)"
    )
    verb.add_argument(
        "--positions",
        metavar="FILE.csv",
        help="longitude and latitude of incidents, none of which may be in it",
    )
    verb.add_argument(
        "--below", type=int, default=5, metavar="N", help="counts below this are small (5)"
    )
    verb.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="HOST",
        help="host of map tiles that it may ask, once for each",
    )
    verb.add_argument("--json", action="store_true", help="print the findings as JSON on stdout")


def _check_page(options: argparse.Namespace) -> int:
    from hotspots import programme, terminal

    findings = programme.check_page(
        options.page,
        audience=options.audience,
        positions=options.positions,
        least=options.below,
        hosts=options.host,
    )
    if options.json:
        listed = [dataclasses.asdict(finding) for finding in findings]
        print(json.dumps({"page": options.page, "findings": listed}, indent=2))  # noqa: T201
    else:
        terminal.show_findings(findings, options.page)
    return NOTHING if findings else DONE
