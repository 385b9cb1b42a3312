"""From planned visits to dated patrols."""

from hotspots.tasking.roster.build import Rostered, roster

__all__ = ["Rostered", "roster"]
