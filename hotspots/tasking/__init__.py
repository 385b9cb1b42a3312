"""Tasking: how many patrol hours each hotspot gets."""

from hotspots.tasking.allocation import allocate

__all__ = ["allocate"]
