"""Sharing: a plan becomes the page, the layers and the workbook that people open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hotspots.sharing.accuracy import accuracy_record, write_accuracy
    from hotspots.sharing.disclosure import for_audience
    from hotspots.sharing.folium_map import HotspotMap
    from hotspots.sharing.history import hours_of, plan_id
    from hotspots.sharing.inspection import Finding, Positions, check_page
    from hotspots.sharing.layers import write_geopackage
    from hotspots.sharing.map import draw
    from hotspots.sharing.roster import ROSTER_FILES, roster_record, write_roster
    from hotspots.sharing.surfaces import check_ending, write_surface
    from hotspots.sharing.workbook import write_workbook

__all__ = [
    "ROSTER_FILES",
    "Finding",
    "HotspotMap",
    "Positions",
    "accuracy_record",
    "check_ending",
    "check_page",
    "draw",
    "for_audience",
    "hours_of",
    "plan_id",
    "roster_record",
    "write_accuracy",
    "write_geopackage",
    "write_roster",
    "write_surface",
    "write_workbook",
]

_HOMES = {
    "ROSTER_FILES": "roster",
    "Finding": "inspection",
    "HotspotMap": "folium_map",
    "Positions": "inspection",
    "accuracy_record": "accuracy",
    "check_ending": "surfaces",
    "check_page": "inspection",
    "draw": "map",
    "for_audience": "disclosure",
    "hours_of": "history",
    "plan_id": "history",
    "roster_record": "roster",
    "write_accuracy": "accuracy",
    "write_geopackage": "layers",
    "write_roster": "roster",
    "write_surface": "surfaces",
    "write_workbook": "workbook",
}


def __getattr__(name: str) -> Any:
    """Import folium and the writers only when they are asked for."""
    import importlib

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
