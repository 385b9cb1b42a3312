"""What the scripts of the page show: texts and numbers of hotspots, candidates and districts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.frames import LEFT
from hotspots.geo import BRITISH_NATIONAL_GRID, WGS84, Projection, crs_name
from hotspots.sharing.disclosure.bands import count_text
from hotspots.sharing.page.tasking import planned_visits
from hotspots.sharing.page.text import grid_reference, number, plain
from hotspots.sharing.page.wording import attribution

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from hotspots.frames import Plan

# name in the page -> column, and digits kept
_NUMBERS: dict[str, tuple[str, int]] = {
    "rank": ("rank", 0),
    "incidents": ("incidents", 0),
    "share": ("incident_share", 5),
    "other": ("other_incidents", 0),
    "area": ("area_km2", 4),
    "perKm2": ("incidents_per_km2", 1),
    "perDay": ("incidents_per_day", 2),
    "peak": ("peak_per_km2", 1),
    "hot": ("periods_hot", 0),
    "periods": ("periods", 0),
    "harm": ("harm", 0),
    "rankExcess": ("rank_by_excess", 0),
    "rankIncidents": ("rank_by_incidents", 0),
    "rankShrunk": ("rank_by_shrunk", 0),
    "rankHarm": ("rank_by_harm", 0),
    "gi": ("gi_star", 1),
    "q": ("q_value", 4),
    "trend": ("trend", 4),
    "trendLow": ("trend_low", 4),
    "trendHigh": ("trend_high", 4),
    "x": ("x_m", 0),
    "y": ("y_m", 0),
}
_HOURS: dict[str, tuple[str, int]] = {
    "rankIn": ("rank_in_district", 0),
    "visits": ("visits", 0),
    "hours": ("officer_hours", 2),
    "visitsPerDay": ("visits_per_day", 3),
    "hoursPerWeek": ("hours_per_week", 3),
    "hoursShare": ("hours_share", 5),
    "covered": ("covered_incidents", 1),
    "equal": ("equal_hours", 2),
    "proportional": ("proportional_hours", 2),
}
_TEXTS = {
    "name": "name",
    "district": "district",
    "paired": "paired_with",
    "note": "note",
    "kind": "hotspot_class",
    "months": "months_hot",
    "mainly": "main_categories",
}


def data(plan: Plan, dropped: gpd.GeoDataFrame) -> dict[str, Any]:
    """Plain values for the page's JSON.

    Parameters
    ----------
    plan
        The plan of record.
    dropped
        The candidates that were not selected, in the order in which the map draws them.
    """
    crs = crs_name(plan.targeting.density.crs)
    return {
        "audience": plan.audience,
        "months": max(1, len(plan.targeting.quality.months)),
        "weeks": plan.allocation.weeks,
        "crs": plain(crs),
        "attribution": attribution(plan),
        "hotspots": _packed(
            _counted(plan),
            crs,
            {"counted": "counted", "id": "hotspot_id", **_TEXTS, "why": "why", "change": "change"},
            {**_NUMBERS, **_HOURS},
        ),
        "candidates": _packed(
            dropped, crs, {"id": "candidate_id", **_TEXTS, "status": "status"}, _NUMBERS
        ),
        "districts": _districts(plan, crs),
        "times": _times(plan),
        "planned": planned_visits(plan),
    }


def _counted(plan: Plan) -> gpd.GeoDataFrame:
    """Hotspots with their count in words, where it stands for a band."""
    table = plan.hotspots
    banded = plan.audience == "partner"
    words = [count_text(plan, count) if banded else "" for count in table["incidents"]]
    return table.assign(counted=words)


def former(plan: Plan) -> gpd.GeoDataFrame:
    """Hotspots of an earlier plan that left, with their outlines; empty without one."""
    changes = plan.targeting.changes
    table = plan.targeting.hotspots.iloc[:0] if changes is None else changes
    return table if changes is None else table[table["change"] == LEFT]


def _packed(
    table: pd.DataFrame, crs: str, texts: dict[str, str], numbers: dict[str, tuple[str, int]]
) -> dict[str, Any]:
    """Rows as lists under one list of names: half the size of one mapping a row."""
    columns: dict[str, list[Any]] = {
        key: [plain(value) for value in table[name]] for key, name in texts.items()
    }
    for key, (name, digits) in numbers.items():
        columns[key] = [number(value, digits) for value in table[name]]
    longitude, latitude = _degrees(table["x_m"], table["y_m"], crs)
    columns["lon"], columns["lat"] = longitude, latitude
    if crs == BRITISH_NATIONAL_GRID:
        columns["grid"] = [
            grid_reference(x, y) for x, y in zip(table["x_m"], table["y_m"], strict=True)
        ]
    return {
        "columns": list(columns),
        "rows": [list(row) for row in zip(*columns.values(), strict=True)],
    }


def _times(plan: Plan) -> list[dict[str, Any]] | None:
    """Profile of the week of every hotspot, in 1/100,000, and when it is busiest, in words."""
    times, peaks = plan.targeting.times, plan.targeting.peaks
    if times is None or peaks is None:
        return None
    shares = {name: own["share"].to_numpy() for name, own in times.groupby("hotspot_id")}
    says = dict(zip(peaks["hotspot_id"], peaks["sentence"], strict=True))
    return [
        {
            "shares": [round(100_000 * float(share)) for share in shares[name]],
            "says": plain(says[name]),
        }
        for name in plan.hotspots["hotspot_id"]
    ]


def _districts(plan: Plan, crs: str) -> dict[str, Any]:
    """Name and a point inside of every district."""
    districts = plan.targeting.districts
    inside = districts.geometry.representative_point()
    longitude, latitude = _degrees(inside.x, inside.y, crs_name(districts.crs or crs))
    names = [plain(name) for name in districts["district"]]
    rows = [list(row) for row in zip(names, longitude, latitude, strict=True)]
    return {"columns": ["name", "lon", "lat"], "rows": rows}


def _degrees(x: Any, y: Any, crs: str) -> tuple[list[Any], list[Any]]:
    longitude, latitude = Projection(crs, WGS84).transform(
        np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    )
    return [number(v, 6) for v in longitude], [number(v, 6) for v in latitude]
