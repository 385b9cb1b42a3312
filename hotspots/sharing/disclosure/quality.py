"""Data quality and choices of an edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.frames import Choice, Quality
from hotspots.sharing.disclosure.bands import band_start
from hotspots.sharing.disclosure.suppression import Sum, withheld

if TYPE_CHECKING:
    from hotspots.frames import Plan
    from hotspots.sharing.disclosure.columns import Edition

#: Choices whose value says nothing of counts.
_CHOICES = ("categories", "hotspots", "bandwidth_m", "eps_m", "edge")

_OTHERS = "other categories"
_REST = "other reasons"


def reduced_choices(choices: Sequence[Choice]) -> list[Choice]:
    """Keep the values that say nothing of counts; the rules, which do, stay in the plan."""
    return [
        Choice(choice.setting, choice.value, "in the plan of record")
        for choice in choices
        if choice.setting in _CHOICES
    ]


def reduced_quality(plan: Plan, edition: Edition) -> Quality:
    """Reduce the report on data quality to totals that are safe, without its sentences."""
    own, sharing = plan.targeting.quality, plan.settings.sharing
    public = edition == "public"
    if public:
        categories = _public_categories(own.categories, sharing.suppress_below)
    else:
        categories = [
            {**entry, "incidents": band_start(entry["incidents"], sharing.count_bands)}
            for entry in map(_entry, own.categories)
        ]
    names = [
        {"name": f"file {number}" if public else file.get("name"), "sha256": file.get("sha256")}
        for number, file in enumerate(own.files, start=1)
    ]
    return Quality(
        rows_read=own.rows_read,
        rows_kept=own.rows_kept,
        left_out=_merged(own.left_out, sharing.suppress_below),
        files=names,
        months=own.months,
        months_missing=own.months_missing,
        facts={},
        categories=categories,
    )


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in ("category", "incidents", "selects")}


def _merged(left_out: Mapping[str, int], below: int) -> dict[str, int]:
    """Sum the reasons that left few rows out."""
    large = {reason: count for reason, count in left_out.items() if count >= below}
    rest = sum(left_out.values()) - sum(large.values())
    return large | ({_REST: rest} if rest else {})


def _public_categories(categories: Sequence[Mapping[str, Any]], below: int) -> list[dict[str, Any]]:
    """Sum the small categories, and with them one more where the sum would give them back."""
    found = []
    for selects in (True, False):
        entries = [_entry(entry) for entry in categories if bool(entry["selects"]) is selects]
        counts = np.array([entry["incidents"] for entry in entries], np.float64)
        if not len(counts):
            continue
        every = Sum(len(counts), tuple(range(len(counts))))
        hidden = withheld([*counts, counts.sum()], [every], below=below, exempt=[len(counts)])[:-1]
        found += [entry for entry, hide in zip(entries, hidden, strict=True) if not hide]
        rest = int(counts[hidden].sum())
        if rest >= below:
            found.append({"category": _OTHERS, "incidents": rest, "selects": selects})
    return found
