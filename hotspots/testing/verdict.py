"""In words: which plain methods a method beats, and which it loses to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hotspots.testing.tables import SAME_AREA

if TYPE_CHECKING:
    import pandas as pd

_FEW_MONTHS = 6


def verdict(
    table: pd.DataFrame, *, ours: str, hindsight: str, months: int, splits: int = 1
) -> list[str]:
    """Say how `ours` compares with every other row of a table of accuracy.

    A method is beaten or wins where the interval of the difference in hit rate leaves out zero;
    otherwise there is no clear difference. Methods on another area are not ranked by their hit
    rate, but shown with their PAI, which favours small areas. With one month tested there is no
    interval, and the sentences say so.

    Parameters
    ----------
    table
        Columns `hotspots.frames.ACCURACY`.
    ours, hindsight
        Names of the method to be judged, and of the one that is no rival.
    months, splits
        How many months were tested, in how many splits.
    """
    rows: dict[str, dict[str, Any]] = {
        str(row["method"]): {str(key): value for key, value in row.items()}
        for row in table.to_dict("records")
    }
    mine = rows[ours]
    chosen = _months(mine, "train")
    if splits > 1:
        chosen = f"the months before each of {splits} splits"
    sentences = [
        f"{mine['pieces']} hotspots on {mine['area_km2']:.2f} km² ({mine['area_share']:.3%} of the "
        f"area), chosen by {chosen}, held "
        f"{mine['hit_rate']:.1%}{_span(mine, 'hit_rate')} of the {mine['incidents_test']:,} "
        f"incidents of {_months(mine, 'test')}: PAI {mine['pai']:.1f}."
    ]
    groups: dict[str, list[str]] = {"beats": [], "loses": [], "level": []}
    others = []
    for name, row in rows.items():
        if name in (ours, hindsight):
            continue
        if abs(row["area_km2"] - mine["area_km2"]) > SAME_AREA * mine["area_km2"]:
            others.append(
                f"{name} ({row['hit_rate']:.1%} on {row['area_km2']:.2f} km², PAI {row['pai']:.1f})"
            )
        else:
            groups[_outcome(row)].append(_against(row))
    single = months < 2
    words = {
        "beats": "Ahead of" if single else "Beats",
        "loses": "Behind" if single else "Loses to",
        "level": "Level with" if single else "No clear difference from",
    }
    for key, listed in groups.items():
        if listed:
            sentences.append(f"{words[key]} {'; '.join(listed)}.")
    if others:
        sentences.append(f"On another area, so not ranked: {'; '.join(others)}.")
    if hindsight in rows and rows[hindsight]["hit_rate"] > 0:
        ceiling = rows[hindsight]
        sentences.append(
            f"With hindsight {ceiling['pieces']} rectangles on {ceiling['area_km2']:.2f} km² would "
            f"have held {ceiling['hit_rate']:.1%}."
        )
    if single:
        sentences.append(
            "One month was tested: there is no interval, and a difference may be chance."
        )
    elif months < _FEW_MONTHS:
        sentences.append(
            f"Intervals come from {months} months only and are narrower than the truth."
        )
    return sentences


def _outcome(row: dict[str, Any]) -> str:
    """Whether the method at hand beats this row, loses to it, or neither."""
    low, high = row["difference_low"], row["difference_high"]
    if math.isnan(low):
        low = high = row["difference"]
    if low > 0:
        return "beats"
    return "loses" if high < 0 else "level"


def _against(row: dict[str, Any]) -> str:
    """One method with its hit rate and the difference."""
    points = f"{100 * row['difference']:+.1f} points"
    if not math.isnan(row["difference_low"]):
        points += f", {100 * row['difference_low']:+.1f} to {100 * row['difference_high']:+.1f}"
    return f"{row['method']} ({row['hit_rate']:.1%}; {points})"


def _months(row: dict[str, Any], which: str) -> str:
    first, last = row[f"{which}_from"], row[f"{which}_to"]
    return str(first) if first == last else f"{first} to {last}"


def _span(row: dict[str, Any], name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "" if math.isnan(low) else f" (95% interval {low:.1%} to {high:.1%})"
