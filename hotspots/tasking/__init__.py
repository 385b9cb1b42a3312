"""Tasking: how many patrol hours each hotspot gets."""

from hotspots.tasking.allocation import allocate
from hotspots.tasking.fixed import fix_hours
from hotspots.tasking.value import best_value

__all__ = ["allocate", "best_value", "fix_hours"]
