"""Intake: incident rows become weighted places inside districts, every row accounted for."""

from hotspots.intake.background import read_background
from hotspots.intake.context import read_named_places, read_roads
from hotspots.intake.declared import read_declared_profile
from hotspots.intake.districts import (
    BUNDLED_ATTRIBUTION,
    districts_fingerprint,
    read_districts,
    text_for,
)
from hotspots.intake.fingerprints import incident_fingerprints
from hotspots.intake.moments import read_moments
from hotspots.intake.months import days_in
from hotspots.intake.overrides import (
    carried_overrides,
    override_files,
    read_overrides,
    together,
)
from hotspots.intake.places import read_places
from hotspots.intake.plans import read_history, read_plan
from hotspots.intake.previous import read_last_hours, read_previous
from hotspots.intake.store import Store

__all__ = [
    "BUNDLED_ATTRIBUTION",
    "Store",
    "carried_overrides",
    "days_in",
    "districts_fingerprint",
    "incident_fingerprints",
    "override_files",
    "read_background",
    "read_declared_profile",
    "read_districts",
    "read_history",
    "read_last_hours",
    "read_moments",
    "read_named_places",
    "read_overrides",
    "read_places",
    "read_plan",
    "read_previous",
    "read_roads",
    "text_for",
    "together",
]
