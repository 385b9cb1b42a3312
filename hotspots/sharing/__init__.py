"""Sharing: a plan becomes the page, the layers and the workbook that people open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hotspots.sharing.accuracy import accuracy_record, write_accuracy
    from hotspots.sharing.history import hours_of, plan_id
    from hotspots.sharing.layers import write_geopackage
    from hotspots.sharing.map import HotspotMap, draw
    from hotspots.sharing.roster import ROSTER_FILES, roster_record, write_roster
    from hotspots.sharing.workbook import write_workbook

__all__ = [
    "ROSTER_FILES",
    "HotspotMap",
    "accuracy_record",
    "draw",
    "hours_of",
    "plan_id",
    "roster_record",
    "write_accuracy",
    "write_geopackage",
    "write_roster",
    "write_workbook",
]

_HOMES = {
    "ROSTER_FILES": "roster",
    "HotspotMap": "map",
    "accuracy_record": "accuracy",
    "draw": "map",
    "hours_of": "history",
    "plan_id": "history",
    "roster_record": "roster",
    "write_accuracy": "accuracy",
    "write_geopackage": "layers",
    "write_roster": "roster",
    "write_workbook": "workbook",
}


def __getattr__(name: str) -> Any:
    """Import folium and the writers only when they are asked for."""
    import importlib

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
