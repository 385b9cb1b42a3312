"""Intake: incident rows become weighted places inside districts, every row accounted for."""

from hotspots.intake.districts import BUNDLED_ATTRIBUTION, districts_fingerprint, read_districts
from hotspots.intake.places import read_places
from hotspots.intake.store import Store

__all__ = [
    "BUNDLED_ATTRIBUTION",
    "Store",
    "districts_fingerprint",
    "read_districts",
    "read_places",
]
