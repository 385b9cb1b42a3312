"""Stops of each patrol as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hotspots.frames import Roster


def stops_by_patrol(roster: Roster) -> dict[str, list[dict[str, Any]]]:
    """Patrol id -> its stops in order, each a mapping of the columns `ROSTER_STOPS`."""
    found: dict[str, list[dict[str, Any]]] = {}
    for stop in roster.stops.to_dict("records"):
        row = {str(name): value for name, value in stop.items()}
        found.setdefault(str(row["patrol_id"]), []).append(row)
    return found
