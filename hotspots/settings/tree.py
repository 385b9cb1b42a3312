"""The whole tree of settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hotspots.errors import SettingsError
from hotspots.settings.intake import DistrictSettings, IntakeSettings
from hotspots.settings.roster import RosterSettings
from hotspots.settings.sharing import SharingSettings
from hotspots.settings.targeting import TargetingSettings
from hotspots.settings.tasking import TaskingSettings
from hotspots.trees import build, read_toml


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set, by room.

    Examples
    --------
    >>> settings = Settings.from_dict({"targeting": {"hotspots": 10}})
    >>> settings.targeting.hotspots
    10
    """

    intake: IntakeSettings = field(default_factory=IntakeSettings)
    districts: DistrictSettings = field(default_factory=DistrictSettings)
    targeting: TargetingSettings = field(default_factory=TargetingSettings)
    tasking: TaskingSettings = field(default_factory=TaskingSettings)
    roster: RosterSettings = field(default_factory=RosterSettings)
    sharing: SharingSettings = field(default_factory=SharingSettings)

    @classmethod
    def from_file(cls, path: str | Path) -> Settings:
        """Read a TOML file with one table per room; an empty file equals the defaults.

        Tables ``[[jobs]]`` are no settings; `hotspots.read_jobs` reads them.

        Raises
        ------
        SettingsError
            The file is missing, is not TOML, or has an unknown key or a wrong value.
        """
        tree = read_toml(path)
        tree.pop("jobs", None)  # a list of runs, read by `hotspots.read_jobs`
        try:
            return cls.from_dict(tree)
        except SettingsError as error:
            raise SettingsError(f"{path}: {error}") from None

    @classmethod
    def from_dict(cls, tree: Mapping[str, Any]) -> Settings:
        """Build from nested mappings; unknown keys and wrong types are errors."""
        settings: Settings = build(cls, tree, "")
        return settings

    def replace(self, **rooms: Mapping[str, Any]) -> Settings:
        """Return a copy with some settings of some rooms changed.

        Examples
        --------
        >>> Settings().replace(tasking={"hours": 500.0}).tasking.hours
        500.0
        """
        tree = self.to_dict()
        for room, changes in rooms.items():
            tree.setdefault(room, {}).update(changes)
        return Settings.from_dict(tree)

    def to_dict(self) -> dict[str, Any]:
        """Nested plain dictionaries, as `from_dict` takes them."""
        return dataclasses.asdict(self)
