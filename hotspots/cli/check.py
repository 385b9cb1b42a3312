"""hotspots check: the quality of incident data."""

from __future__ import annotations

import argparse
import json
from typing import Any

from hotspots.cli.options import add_input, settings_of
from hotspots.cli.parsing import DONE


def add(verbs: Any) -> None:
    """Add the verb check."""
    verb = verbs.add_parser("check", help="report on the quality of incident data only")
    verb.set_defaults(act=_check)
    add_input(verb)
    verb.add_argument("--json", action="store_true", help="print the report as JSON on stdout")


def _check(options: argparse.Namespace) -> int:
    from hotspots import programme, terminal

    quality = programme.check(options.incidents, options.districts, settings=settings_of(options))
    if options.json:
        print(json.dumps(quality.to_dict(), indent=2))  # noqa: T201
    else:
        terminal.show_quality(quality)
    return DONE
