"""Tasking: how many patrol hours each hotspot gets."""

from hotspots.tasking.allocation import allocate
from hotspots.tasking.fixed import fix_hours

__all__ = ["allocate", "fix_hours"]
