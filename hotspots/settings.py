"""One validated tree of settings; every default stands here and nowhere else."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from hotspots.errors import SettingsError
from hotspots.trees import build, check, read_toml, unknown_key

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


def _check_amounts(name: str, amounts: Mapping[str, float]) -> None:
    for key, value in amounts.items():
        check(0 <= value < math.inf, f"{name}.{key}", value, "a number of hours, 0 or more")


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


@dataclass(frozen=True, kw_only=True)
class TargetingSettings:
    """Where hotspots are looked for. None means: chosen from the data, and announced.

    Attributes
    ----------
    hotspots
        How many to select. None: 26, or one per district where there are more districts.
    method
        How pieces are cut out: ``"priced"``, grown at one price of area where density and
        clusters agree; ``"density"``, around the peaks of the density; ``"dbscan"`` or
        ``"hdbscan"``, clusters; ``"squares"`` or ``"hexagons"``, cells of a fixed grid with the
        mean area.
    kernel
        ``"fixed"`` or ``"adaptive"``: each place has the bandwidth within which it has as many
        incidents as the others.
    relative_to
        A CSV with longitude, latitude and weight, or a vector file of points: the density is
        relative to that of these people or premises. Needs the method ``"density"``.
    every_district
        Give each district that has a candidate at least one hotspot.
    cell_size_m
        Side of a grid cell, metres.
    bandwidth_m
        Reach of the quartic kernel, metres.
    edge
        Correction at the border of the study area: ``"mass"`` divides each place by the share
        of its kernel inside, ``"none"`` counts on incidents beyond the border being in the
        data, ``"auto"`` looks whether they are.
    eps_m
        Radius of the neighbourhood in DBSCAN, metres.
    min_incidents
        Incidents in that neighbourhood that make a core place, and least incidents in a
        candidate.
    dense_area_share
        Share of the study area, 0 to 1, whose densest cells count as dense.
    area_cap_km2
        No hotspot is larger.
    mean_area_km2
        Mean area of the hotspots, km²: it sets the price of area.
    price_per_km2
        Incidents (of the whole period) that a km² must hold to be worth it, one price for the
        whole study area. None: the price at which hotspots have their mean area.
    min_width_m
        A hotspot is nowhere narrower, metres; less where the area cap demands it.
    min_separation_m
        Least distance between the centres of two selected hotspots, metres.
    min_periods_hot
        A candidate must be hot in this many months, where the data have that many; hot is a
        month with at least ``min_incidents / months`` incidents.
    times
        Hours of the week at which each hotspot's incidents happen: ``"auto"`` shows them where
        the input has times of day, ``"none"`` does not look for any.
    declared_profile
        Path of a CSV with the columns weekday (1 is Monday), hour and share, all 168 hours of a
        week: what someone declares where the input has no times. It is shown as declared.
        Empty: none.
    rank_by
        What ranks candidates: ``"excess"`` (incidents beyond the price of their area),
        ``"incidents"``, ``"shrunk"`` (the count drawn to the rate of all candidates) or
        ``"harm"``. The others are shown beside it.
    harm_table
        CSV file with the columns category and weight. None: the bundled Cambridge Crime Harm
        Index for the categories of data.police.uk.
    significance_q
        Drop candidates whose q value is above this. None: q values are shown and drop nothing.
    draws
        How often incidents are drawn again over the existing places, to see which peaks chance
        could make; 0 leaves it out, 199 is usual (half a minute for a county).
    seed
        Seed of these draws.
    previous
        An earlier plan.gpkg: hotspots that overlap one of its keep id and name, and what entered
        and left is listed.
    """

    hotspots: int | None = None
    method: Literal["priced", "density", "dbscan", "hdbscan", "squares", "hexagons"] = "priced"
    kernel: Literal["fixed", "adaptive"] = "fixed"
    relative_to: str | None = None
    every_district: bool = True
    cell_size_m: float | None = None
    bandwidth_m: float | None = None
    edge: Literal["auto", "mass", "none"] = "auto"
    eps_m: float | None = None
    min_incidents: int | None = None
    dense_area_share: float | None = None
    area_cap_km2: float = 0.1
    mean_area_km2: float = 0.0625
    price_per_km2: float | None = None
    min_width_m: float = 100.0
    min_separation_m: float = 0.0
    min_periods_hot: int = 2
    times: Literal["auto", "none"] = "auto"
    declared_profile: str = ""
    rank_by: Literal["excess", "incidents", "shrunk", "harm"] = "excess"
    harm_table: str | None = None
    significance_q: float | None = None
    draws: int = 0
    seed: int = 0
    previous: str | None = None

    def __post_init__(self) -> None:
        if self.hotspots is not None:
            check(self.hotspots >= 1, "hotspots", self.hotspots, "1 or more")
        if self.relative_to is not None:
            check(self.method == "density", "method", self.method, '"density" with relative_to')
        for name in ("cell_size_m", "bandwidth_m", "eps_m"):
            value = getattr(self, name)
            if value is not None:
                check(1 <= value <= 100_000, name, value, "between 1 and 100,000 metres")
        if self.cell_size_m and self.bandwidth_m:
            check(
                self.cell_size_m <= self.bandwidth_m,
                "cell_size_m",
                self.cell_size_m,
                f"at most the bandwidth, {self.bandwidth_m:g} m",
            )
        if self.min_incidents is not None:
            check(self.min_incidents >= 1, "min_incidents", self.min_incidents, "1 or more")
        if self.dense_area_share is not None:
            share = self.dense_area_share
            check(0 < share <= 1, "dense_area_share", share, "a share above 0, at most 1")
        for name in ("area_cap_km2", "mean_area_km2", "min_width_m"):
            check(0 < getattr(self, name) < math.inf, name, getattr(self, name), "above 0")
        if self.price_per_km2 is not None:
            price = self.price_per_km2
            check(0 <= price < math.inf, "price_per_km2", price, "0 or more incidents per km²")
        check(
            0 <= self.min_separation_m < math.inf,
            "min_separation_m",
            self.min_separation_m,
            "0 or more metres",
        )
        check(self.min_periods_hot >= 1, "min_periods_hot", self.min_periods_hot, "1 or more")
        for name in ("harm_table", "previous"):
            path = getattr(self, name)
            check(path is None or bool(path.strip()), name, path, "a file's path")
        if self.significance_q is not None:
            q = self.significance_q
            check(0 < q < 1, "significance_q", q, "a rate above 0 and below 1, such as 0.05")
        fits = self.draws == 0 or 19 <= self.draws <= 99_999
        check(fits, "draws", self.draws, "0, or between 19 and 99,999")
        check(self.seed >= 0, "seed", self.seed, "0 or more")


@dataclass(frozen=True, kw_only=True)
class TaskingSettings:
    """How many hours there are and what a visit costs. Hours are officer-hours.

    Attributes
    ----------
    hours
        Budget in officer-hours. With neither hours nor pounds: 1,004 officer-hours per hotspot
        and year, the dosage of Operation Hotspot.
    pounds
        Budget in pounds, instead of hours.
    pounds_per_hour
        Cost of an officer-hour, pounds.
    weeks
        Length of the programme.
    days_per_week
        Patrol days in a week.
    visit_minutes
        Time on site. A visit costs ``crew * (visit_minutes + travel_minutes) / 60``
        officer-hours.
    travel_minutes
        Way to a visit.
    crew
        People who go together.
    q
        Response: the k-th visit of a day to one hotspot is worth ``q`` times the one before,
        ``r(k) = 1 - q**k``; 0 makes only the first visit count.
    hotspot_floor_hours
        Least officer-hours of every hotspot.
    hotspot_cap_hours
        Most officer-hours of every hotspot.
    district_floor_hours
        Least officer-hours of every district with a hotspot.
    district_cap_hours
        Most officer-hours of every district.
    hotspot_floors
        Least officer-hours by hotspot id, instead of the general floor.
    hotspot_caps
        Most officer-hours by hotspot id, instead of the general cap.
    district_floors
        Least officer-hours by district name, instead of the general floor.
    district_caps
        Most officer-hours by district name, instead of the general cap.
    """

    hours: float | None = None
    pounds: float | None = None
    pounds_per_hour: float = 38.30
    weeks: int = 52
    days_per_week: int = 7
    visit_minutes: float = 15.0
    travel_minutes: float = 7.5
    crew: int = 2
    q: float = 0.6
    hotspot_floor_hours: float = 0.0
    hotspot_cap_hours: float | None = None
    district_floor_hours: float = 0.0
    district_cap_hours: float | None = None
    hotspot_floors: Mapping[str, float] = field(default_factory=dict)
    hotspot_caps: Mapping[str, float] = field(default_factory=dict)
    district_floors: Mapping[str, float] = field(default_factory=dict)
    district_caps: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.hours is not None and self.pounds is not None:
            raise SettingsError(
                f"The budget is given twice, as {self.hours:g} hours and {self.pounds:g} pounds; "
                "give one of them."
            )
        for name in ("hours", "pounds", "pounds_per_hour"):
            value = getattr(self, name)
            if value is not None:
                check(0 < value < math.inf, name, value, "a number above 0")
        check(1 <= self.weeks <= 520, "weeks", self.weeks, "between 1 and 520")
        check(1 <= self.days_per_week <= 7, "days_per_week", self.days_per_week, "1 to 7")
        check(0 < self.visit_minutes <= 1440, "visit_minutes", self.visit_minutes, "1 to 1440")
        check(0 <= self.travel_minutes <= 1440, "travel_minutes", self.travel_minutes, "0 to 1440")
        check(1 <= self.crew <= 100, "crew", self.crew, "1 to 100")
        check(0 <= self.q < 1, "q", self.q, "0 or more and below 1")
        for name in ("hotspot", "district"):
            floor = getattr(self, f"{name}_floor_hours")
            cap = getattr(self, f"{name}_cap_hours")
            check(0 <= floor < math.inf, f"{name}_floor_hours", floor, "0 or more")
            if cap is not None:
                check(0 <= cap < math.inf, f"{name}_cap_hours", cap, "0 or more")
            _check_amounts(f"{name}_floors", getattr(self, f"{name}_floors"))
            _check_amounts(f"{name}_caps", getattr(self, f"{name}_caps"))

    @property
    def hours_per_visit(self) -> float:
        """Officer-hours that one visit costs, travel included."""
        return self.crew * (self.visit_minutes + self.travel_minutes) / 60

    @property
    def days(self) -> int:
        """Patrol days in the programme."""
        return self.weeks * self.days_per_week

    def budget_hours(self, hotspots: int) -> float:
        """Budget in officer-hours for a programme of so many `hotspots`."""
        if self.hours is not None:
            return self.hours
        if self.pounds is not None:
            return self.pounds / self.pounds_per_hour
        return 1004.0 * hotspots * self.weeks / 52


@dataclass(frozen=True, kw_only=True)
class SharingSettings:
    """What the shared outputs say about themselves.

    Attributes
    ----------
    title
        Title of the map. None: made from the districts.
    marking
        Protective marking shown on every page.
    source
        Where the incidents come from. None: data.police.uk for its files, otherwise the file
        names.
    attribution
        Whose rights must be named, besides those known for data.police.uk and the bundled
        districts.
    palette
        Colours of the density classes.
    """

    title: str | None = None
    marking: str = "OFFICIAL"
    source: str | None = None
    attribution: str | None = None
    palette: Literal["inferno_r", "YlOrRd"] = "inferno_r"

    def __post_init__(self) -> None:
        if self.attribution is not None:
            check(bool(self.attribution.strip()), "attribution", self.attribution, "not empty")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set, by room.

    Examples
    --------
    >>> settings = Settings.from_dict({"targeting": {"hotspots": 10}})
    >>> settings.targeting.hotspots
    10
    """

    intake: IntakeSettings = IntakeSettings()
    districts: DistrictSettings = DistrictSettings()
    targeting: TargetingSettings = TargetingSettings()
    tasking: TaskingSettings = TaskingSettings()
    sharing: SharingSettings = SharingSettings()

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
