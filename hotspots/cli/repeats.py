"""hotspots repeats: whether incidents follow each other closely."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from hotspots.cli.options import add_input, settings_of
from hotspots.cli.parsing import DONE
from hotspots.errors import SettingsError
from hotspots.programme import SPACE_BANDS_M, TIME_BANDS_DAYS


def add(verbs: Any) -> None:
    """Add the verb repeats."""
    verb = verbs.add_parser(
        "repeats", help="whether incidents follow each other closely in space and time"
    )
    verb.set_defaults(act=_repeats)
    add_input(verb)
    space, time = (",".join(f"{bound:g}" for bound in b) for b in (SPACE_BANDS_M, TIME_BANDS_DAYS))
    verb.add_argument(
        "--space", metavar="M,M,...", help=f"upper bounds of distance bands, metres ({space})"
    )
    verb.add_argument(
        "--time", metavar="D,D,...", help=f"upper bounds of bands of days between ({time})"
    )
    verb.add_argument("--draws", type=int, default=999, metavar="N", help="permutations (999)")
    verb.add_argument("--seed", type=int, default=1, metavar="N", help="seed of them (1)")
    verb.add_argument("--out", metavar="FILE", help="write the table as FILE.csv or FILE.json")
    verb.add_argument("--json", action="store_true", help="print the table as JSON on stdout")


def _repeats(options: argparse.Namespace) -> int:
    from hotspots import programme, terminal

    found = programme.repeats(
        options.incidents,
        options.districts,
        settings=settings_of(options),
        space_bands_m=_bounds("--space", options.space, SPACE_BANDS_M),
        time_bands_days=[
            int(x) for x in _bounds("--time", options.time, TIME_BANDS_DAYS, whole=True)
        ],
        draws=options.draws,
        seed=options.seed,
        out=options.out,
        progress=terminal.progress,
    )
    if options.json:
        print(json.dumps(terminal.repeats_as_json(found), indent=2))  # noqa: T201
    else:
        terminal.show_repeats(found, options.out)
    return DONE


def _bounds(
    option: str, text: str | None, default: Sequence[float], *, whole: bool = False
) -> list[float]:
    """Numbers of an option such as 100,200,400."""
    if text is None:
        return list(default)
    try:
        return [int(part) if whole else float(part) for part in text.split(",")]
    except ValueError:
        kind, example = ("whole days", "7,14,28") if whole else ("metres", "100,200,400")
        raise SettingsError(
            f"{option} must be {kind} separated by commas, e.g. {example}; it is {text!r}."
        ) from None
