"""What is said of a value that a sweep chose."""

from __future__ import annotations

import math
from typing import Any

from hotspots.frames import Choice
from hotspots.programme.tried import Tried, listed, shown


def choice_of(name: str, best: dict[str, Any], rows: list[dict[str, Any]], tried: Tried) -> Choice:
    """The value chosen, and in words why."""
    every = listed(name, [row["value"] for row in rows if not math.isnan(row["value"])])
    by, later = _months(best, "train"), _months(best, "test")
    around = best["unit"].partition(" ")[2] if name == "min_incidents" else ""
    value = f"{shown(name, best['value'])} {around}".strip()
    if best["value"] != tried.default:
        return Choice(
            name,
            value,
            f"best of {every} by incidents of {later} held on equal area, hotspots chosen by "
            f"{by}: {_against(best)}; the rule gives {shown(name, tried.default)}",
        )
    others = [row for row in rows if not row["note"] and row["value"] != tried.default]
    most = max(others, key=lambda row: row["difference"], default=None)
    said = "no other can be compared"
    if most is not None and not any(row["difference"] for row in others):
        said = f"all that can be compared hold the same {most['hit_rate_equal']:.1%}"
    elif most is not None:
        said = f"none holds clearly more; {shown(name, most['value'])} comes nearest with "
        said += _against(most)
    return Choice(
        name,
        value,
        f"by rule: {tried.rule}; of {every} on {later}, hotspots chosen by {by}, {said}",
    )


def _months(row: dict[str, Any], which: str) -> str:
    return f"{row[f'{which}_from']} to {row[f'{which}_to']}"


def _against(row: dict[str, Any]) -> str:
    """Hit rate on equal area beside the default's."""
    if not row["difference"] and row["difference_low"] == row["difference_high"]:
        return f"the same {row['hit_rate_equal']:.1%}"
    return (
        f"{row['hit_rate_equal']:.1%} against {row['hit_rate_default']:.1%} on "
        f"{row['equal_area_km2']:.2f} km² ({100 * row['difference']:+.2f} points, 95% interval "
        f"{100 * row['difference_low']:+.2f} to {100 * row['difference_high']:+.2f})"
    )
