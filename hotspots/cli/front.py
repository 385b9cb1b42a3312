"""The front door: parse the command line, call the programme, print."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from hotspots.cli import allocate, backtest, check, check_page, map, repeats, roster, run
from hotspots.cli.parsing import DONE, INTERRUPTED, NOTHING, WRONG_INPUT, Parser
from hotspots.errors import HotspotsError, NothingFoundError
from hotspots.version import __version__


def parser() -> argparse.ArgumentParser:
    """Build the command line."""
    top = Parser(
        prog="hotspots",
        description="From incident points to hotspots, patrol hours and one map that opens "
        "anywhere.",
        epilog="Exit status: 0 done, 1 nothing to do, some of many runs failed or something was "
        "found in a page, 2 wrong input (one line says what).",
    )
    top.add_argument("--version", action="version", version=f"hotspots {__version__}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb in (run, allocate, map, roster, check, check_page, backtest, repeats):
        verb.add(verbs)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    try:
        options = parser().parse_args(arguments)
        return int(options.act(options))
    except HotspotsError as error:
        from hotspots import terminal

        terminal.complain(error)
        return NOTHING if isinstance(error, NothingFoundError) else WRONG_INPUT
    except KeyboardInterrupt:
        sys.stderr.write("hotspots: interrupted; nothing was written.\n")
        return INTERRUPTED
    except BrokenPipeError:
        # the reader of our output went away; what was asked for is done
        sys.stderr.close()
        return DONE
