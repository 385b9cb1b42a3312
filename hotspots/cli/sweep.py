"""The option that asks for settings to be chosen by accuracy."""

from __future__ import annotations

import argparse

from hotspots.settings import EVERY_SETTING

#: Word on the command line -> setting.
WORDS = {
    "bandwidth": "bandwidth_m",
    "eps": "eps_m",
    "min-incidents": "min_incidents",
    "threshold": "dense_area_share",
    EVERY_SETTING: EVERY_SETTING,
}


def add_sweep(group: argparse._ArgumentGroup) -> None:
    """Add ``--sweep``."""
    group.add_argument(
        "--sweep",
        type=names,
        metavar="NAME[,NAME...]",
        help="choose by accuracy within the months: bandwidth, eps, min-incidents, threshold, or "
        "all of these that are not given (slower)",
    )


def names(text: str) -> tuple[str, ...]:
    """Settings that a list of words names.

    Examples
    --------
    >>> names("bandwidth,eps")
    ('bandwidth_m', 'eps_m')
    """
    words = [word.strip() for word in text.split(",")]
    unknown = [word for word in words if word not in WORDS and word not in WORDS.values()]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"{unknown[0]!r} cannot be swept; give some of {', '.join(WORDS)}"
        )
    return tuple(WORDS.get(word, word) for word in words)
