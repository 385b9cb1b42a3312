"""hotspots backtest: accuracy on later months."""

from __future__ import annotations

import argparse
import json
from typing import Any

from hotspots.cli.options import add_input, add_sharing, add_targeting, settings_of
from hotspots.cli.parsing import DONE


def add(verbs: Any) -> None:
    """Add the verb backtest."""
    verb = verbs.add_parser("backtest", help="accuracy on later months, beside plain methods")
    verb.set_defaults(act=_backtest)
    add_input(verb)
    verb.objection = lambda options: (
        "" if options.districts else "the following arguments are required: --districts"
    )
    when = verb.add_argument_group(
        "which months are tested, by those before them (the later half)"
    ).add_mutually_exclusive_group()
    when.add_argument("--split", metavar="YYYY-MM", help="first month tested")
    when.add_argument(
        "--rolling", type=int, metavar="K", help="test each of the last K months by itself"
    )
    add_targeting(verb)
    add_sharing(verb)
    verb.add_argument(
        "--out", metavar="DIR", help="write accuracy.html, accuracy.csv and accuracy.json there"
    )
    verb.add_argument("--json", action="store_true", help="print the result as JSON on stdout")


def _backtest(options: argparse.Namespace) -> int:
    from hotspots import programme, terminal

    result = programme.backtest(
        options.incidents,
        options.districts,
        split=options.split,
        rolling=options.rolling,
        settings=settings_of(options),
        progress=terminal.progress,
    )
    paths = []
    if options.out is not None:
        from hotspots.sharing import write_accuracy

        paths = write_accuracy(result, options.out)
    if options.json:
        print(json.dumps(terminal.backtest_as_json(result, paths), indent=2))  # noqa: T201
    else:
        terminal.show_backtest(result, paths)
    return DONE
