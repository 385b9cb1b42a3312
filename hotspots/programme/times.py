"""When the incidents of each hotspot happen, as far as the source says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.frames import Targeting
from hotspots.programme.stages import Stages
from hotspots.settings import Settings

if TYPE_CHECKING:
    import geopandas as gpd

_LACKING = {
    "month": "The source gives months only",
    "day": "The source gives days but no times of day",
}
# Share of midnight over that of an hour on average, from which it looks like a stand-in.
_MIDNIGHT = 3 / 24


def with_times(
    found: Targeting,
    incidents: Any,
    districts: gpd.GeoDataFrame,
    settings: Settings,
    stage: Stages,
) -> Targeting:
    """Add the hours of the week to hotspots, from the input or as declared.

    Rows are read again only where the layout of the input has times of day.
    """
    declared = settings.targeting.declared_profile
    lacking = ""
    if settings.targeting.times == "auto":
        from hotspots.intake import read_moments

        with stage("times", "Looking for times of day"):
            moments = read_moments(incidents, districts, settings.intake, need="hour")
            facts = {**found.quality.facts, **moments.facts}
            found = replace(found, quality=replace(found.quality, facts=facts))
            if moments.finest == "hour":
                from hotspots.targeting import hotspot_times

                times, peaks = hotspot_times(moments, found.hotspots, districts)
                messages = [*found.messages, *_remarks(moments.facts)]
                return replace(found, times=times, peaks=peaks, messages=messages)
            lacking = _LACKING[moments.finest]
    if declared:
        from hotspots.intake import read_declared_profile
        from hotspots.targeting import declared_times

        times, peaks = declared_times(read_declared_profile(declared), found.hotspots)
        why = f"{lacking}: the" if lacking else "The"
        said = f"{why} hours shown are the declared profile {Path(declared).name}."
        return replace(found, times=times, peaks=peaks, messages=[*found.messages, said])
    if lacking:
        found = replace(found, messages=[*found.messages, f"{lacking}: no hours are shown."])
    return found


def _remarks(facts: Mapping[str, int]) -> list[str]:
    """What a reader must know of the times."""
    read = facts["moments_read"]
    said = []
    for fact, sentence in (
        ("moments_without_a_time", "have no readable time of day and stand in no profile"),
        ("moments_end_before_start", "end before they begin; their start alone is used"),
        ("moments_over_a_week", "last over a week; they weigh alike in every hour"),
    ):
        if facts[fact]:
            said.append(f"{facts[fact]:,} of {read:,} incidents {sentence}.")
    midnight = facts["moments_at_midnight"] / max(1, read - facts["moments_without_a_time"])
    if midnight >= _MIDNIGHT:
        said.append(
            f"{midnight:.0%} of times are exactly 00:00, often a stand-in for an unknown time."
        )
    return said
