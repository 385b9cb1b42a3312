"""One validated tree of settings; every default stands here and nowhere else."""

from hotspots.settings.intake import (
    COLUMN_NAMES,
    DEFAULT_CATEGORIES,
    EVERY_CATEGORY,
    DistrictSettings,
    IntakeSettings,
)
from hotspots.settings.periods import USUAL_PARTS, WEEKDAYS, read_day_parts
from hotspots.settings.roster import RosterSettings
from hotspots.settings.sharing import Audience, SharingSettings
from hotspots.settings.targeting import EVERY_SETTING, SWEPT, TargetingSettings
from hotspots.settings.tasking import Provider, TaskingSettings
from hotspots.settings.tree import Settings

__all__ = [
    "COLUMN_NAMES",
    "DEFAULT_CATEGORIES",
    "EVERY_CATEGORY",
    "EVERY_SETTING",
    "SWEPT",
    "USUAL_PARTS",
    "WEEKDAYS",
    "Audience",
    "DistrictSettings",
    "IntakeSettings",
    "Provider",
    "RosterSettings",
    "Settings",
    "SharingSettings",
    "TargetingSettings",
    "TaskingSettings",
    "read_day_parts",
]
