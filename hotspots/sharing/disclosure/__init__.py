"""Editions of a plan: what each audience may see of it."""

from hotspots.sharing.disclosure.edition import for_audience

__all__ = ["for_audience"]
