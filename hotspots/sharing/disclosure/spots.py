"""Hotspots of an edition: names, counts, sentences and outlines."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.sharing.disclosure.bands import band_start, band_text
from hotspots.sharing.disclosure.columns import reduced
from hotspots.sharing.disclosure.outlines import points_inside, redrawn

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike

    from hotspots.frames import Plan
    from hotspots.sharing.disclosure.columns import Edition
    from hotspots.sharing.disclosure.counts import Shown

_CLASSES = ("persistent", "emerging", "former", "intermittent")
#: Categories are named where each of those named, a tenth or more, cannot be a small count.
_NAMED_FROM = 10


def reduced_hotspots(
    plan: Plan,
    edition: Edition,
    shown: Shown,
    positions: tuple[ArrayLike, ArrayLike] | None,
) -> gpd.GeoDataFrame:
    """Make the hotspots as an edition shows them, in an order that tells nothing withheld."""
    own, quality = plan.targeting.hotspots, plan.targeting.quality
    table = redrawn(reduced(own, "hotspots"))
    table["x_m"], table["y_m"] = points_inside(table, positions)
    table["incidents"] = shown.incidents
    table["rank"], table["rank_in_district"] = own["rank"], own["rank_in_district"]
    public = edition == "public"
    if public:
        kept = max(1, quality.rows_kept)
        table["incident_share"] = shown.incidents / kept
        table["incidents_per_km2"] = shown.incidents / own["area_km2"].to_numpy()
        table["incidents_per_day"] = shown.incidents * _per_incident(own)
    else:
        table["incident_share"] = np.nan
    names = zip(own["name"], own["hotspot_id"], own["district"], strict=True)
    table["name"] = [public_name(*one) if public else one[0] for one in names]
    counts = own["incidents"].to_numpy(np.float64)
    many = ~shown.withheld & (counts >= _NAMED_FROM * plan.settings.sharing.suppress_below)
    some = ~shown.withheld & (counts >= plan.settings.sharing.suppress_below)
    table["hotspot_class"] = [
        text if seen and text in _CLASSES else "not classed"
        for text, seen in zip(own["hotspot_class"], some, strict=True)
    ]
    table["main_categories"] = [
        _kinds(str(text)) if seen else ""
        for text, seen in zip(own["main_categories"], many, strict=True)
    ]
    table["why"] = [_why(plan, edition, row) for row in table.itertuples()]
    if shown.withheld.any():
        table = _ordered(table)
    return table


def reduced_changes(plan: Plan, edition: Edition) -> gpd.GeoDataFrame:
    """Make what entered, remained and left as an edition shows it."""
    own = plan.targeting.changes
    if own is None:
        raise ValueError("The plan has no changes.")
    table = redrawn(reduced(own, "changes"))
    ids = own["hotspot_id"].where(own["hotspot_id"] != "", own["previous_id"])
    names = zip(own["name"], ids, own["district"], strict=True)
    table["name"] = [public_name(*one) if edition == "public" else one[0] for one in names]
    table["overlap_share"] = np.round(own["overlap_share"], 1)
    if edition == "partner":
        bands = plan.settings.sharing.count_bands
        for name in ("incidents_then", "incidents_now"):
            table[name] = [band_start(count, bands) for count in own[name]]
    return table


def public_name(name: str, hotspot_id: str, district: str) -> str:
    """Name of a street; what has the number of a house, or of a postcode, becomes the id.

    Roads such as A414 keep their name, and so do "Place 1, Watford" and a "(2)" at the end.

    Examples
    --------
    >>> public_name("High Street, Watford (2)", "WAT-02", "Watford")
    'High Street, Watford (2)'
    >>> public_name("Flat 3, 12 High Street", "WAT-01", "Watford")
    'Hotspot WAT-01, Watford'
    """
    bare = re.sub(r"\s\(\d+\)$", "", re.sub(r"^Place \d+,", "", name))
    return f"Hotspot {hotspot_id}, {district}" if re.search(r"(?<!\w)\d", bare) else name


def _per_incident(own: gpd.GeoDataFrame) -> float:
    """Incidents a day for each incident: one over the days of the period, for all hotspots."""
    counts = own["incidents"].to_numpy(np.float64)
    return float(own["incidents_per_day"].sum() / counts.sum()) if counts.sum() > 0 else math.nan


def _kinds(text: str) -> str:
    """Categories without their shares."""
    return "; ".join(re.sub(r"\s*\d+%$", "", part) for part in text.split("; "))


def _why(plan: Plan, edition: Edition, row: Any) -> str:
    """A sentence made of what the edition shows of a hotspot."""
    if math.isnan(row.incidents):
        return "Its count is withheld, so that small numbers stay unknown."
    if edition == "partner":
        count, share = band_text(row.incidents, plan.settings.sharing.count_bands), ""
    else:
        count, share = f"{row.incidents:,.0f}", f", {100 * row.incident_share:.1f}% of all counted"
    kind = "" if row.hotspot_class == "not classed" else f" ({row.hotspot_class})"
    mainly = f" Mostly {row.main_categories}." if row.main_categories else ""
    return f"{count} recorded incidents on {row.area_km2:.2f} km²{share}{kind}.{mainly}"


def _ordered(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Order by what is published, those withheld last by id, and rank accordingly."""
    order = table.sort_values(
        ["incidents", "hotspot_id"], ascending=[False, True], na_position="last", kind="stable"
    )
    order = order.reset_index(drop=True)
    order["rank"] = np.arange(1, len(order) + 1)
    order["rank_in_district"] = order.groupby(order["district"].astype(str)).cumcount() + 1
    return order
