"""How incidents and districts are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from hotspots.errors import SettingsError
from hotspots.trees import check, unknown_key

#: Offence categories that select hotspots by default: what visible patrol can touch.
#: Records that police activity itself makes (drugs, possession of weapons) stay out, so that
#: the map does not feed on where officers already went (Ensign et al. 2018).
DEFAULT_CATEGORIES: tuple[str, ...] = (
    "Anti-social behaviour",
    "Criminal damage and arson",
    "Public order",
    "Robbery",
    "Theft from the person",
    "Violence and sexual offences",
    # names that the same offences carried in older street files
    "Public disorder and weapons",
    "Violent crime",
)


#: Stands for every category in `IntakeSettings.categories`.
EVERY_CATEGORY = "all"


#: Columns of a file that a mapping may name, ours on the left of ``ours = "theirs"``.
COLUMN_NAMES: tuple[str, ...] = (
    "longitude",
    "latitude",
    "easting",
    "northing",
    "date",
    "time",
    "end_date",
    "end_time",
    "category",
    "incident_id",
    "location",
    "area_name",
)


def _check_month(name: str, value: str | None) -> None:
    if value is not None:
        fits = re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", value) is not None
        check(fits, name, value, "a month such as 2021-04")


@dataclass(frozen=True, kw_only=True)
class IntakeSettings:
    """How incident rows are read.

    Attributes
    ----------
    columns
        Mapping of our names (`COLUMN_NAMES`) to the file's; empty for data.police.uk files.
    crs
        CRS of easting/northing columns, for example ``"EPSG:27700"``; longitude and latitude
        are WGS 84.
    date_format
        How dates are written, in `strftime` codes, for example ``"%d/%m/%Y %H:%M"``. Columns
        time and end_time hold HH:MM, HH:MM:SS or an hour from 0 to 23.
    categories
        Categories that select hotspots; ``"all"`` alone for every one. None:
        `DEFAULT_CATEGORIES` for data.police.uk files, every category otherwise.
    from_month
        First month to count, ``YYYY-MM``. None: the first in the data.
    to_month
        Last month to count, ``YYYY-MM``. None: the last in the data.
    memory_gb
        Gigabytes of memory for reading files; what does not fit goes to a temporary folder
        (``TMPDIR``) while they are read.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None
    date_format: str = "%Y-%m"
    categories: tuple[str, ...] | None = None
    from_month: str | None = None
    to_month: str | None = None
    memory_gb: float = 2.5

    def __post_init__(self) -> None:
        for name in self.columns:
            if name not in COLUMN_NAMES:
                raise SettingsError(unknown_key("intake.columns", name, COLUMN_NAMES))
        if self.categories is not None:
            check(bool(self.categories), "intake.categories", [], "a list of at least one name")
            alone = len(self.categories) == 1 or EVERY_CATEGORY not in self.categories
            check(alone, "intake.categories", list(self.categories), '"all" alone, or names')
        check(0.1 <= self.memory_gb <= 10_000, "intake.memory_gb", self.memory_gb, "0.1 or more")
        _check_month("intake.from_month", self.from_month)
        _check_month("intake.to_month", self.to_month)
        if self.from_month and self.to_month:
            check(
                self.from_month <= self.to_month,
                "intake.to_month",
                self.to_month,
                f"{self.from_month} (from_month) or later",
            )

    @property
    def every_category(self) -> bool:
        """Whether every category was asked for."""
        return self.categories == (EVERY_CATEGORY,)


@dataclass(frozen=True, kw_only=True)
class DistrictSettings:
    """How a file of district boundaries is read.

    Attributes
    ----------
    name_column
        Column that holds the district names. None: the only text column, or one called name.
    only
        Names of the districts to keep, of those that the file or the names given hold. Empty:
        all of them.
    repair
        Repair invalid polygons (shapely's make_valid) instead of refusing them.
    crs
        Projected CRS in metres to work in. None: British National Grid in Great Britain,
        otherwise the UTM zone of the districts' centre.
    """

    name_column: str | None = None
    only: tuple[str, ...] = ()
    repair: bool = False
    crs: str | None = None
