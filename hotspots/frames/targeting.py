"""Results of targeting: the surface, the hotspots, and what was chosen on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hotspots.frames.found import SOUND

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.frames.input import Quality
    from hotspots.frames.overrides import Decided, Override
    from hotspots.settings import Settings


@dataclass(frozen=True)
class Choice:
    """A value that was chosen from the data, with the rule that chose it."""

    setting: str
    value: str
    rule: str

    def __str__(self) -> str:
        return f"{self.setting} = {self.value} ({self.rule})"


@dataclass(frozen=True)
class DensitySurface:
    """Kernel density on a metre grid.

    Attributes
    ----------
    values_per_km2
        Density at cell centres, shape (rows, columns), row 0 in the south; incidents of the
        whole period per km².
    inside
        Whether a cell's centre lies in a district, same shape.
    x_min_m, y_min_m, cell_size_m
        South-west corner of the grid and cell side.
    bandwidth_m, threshold_per_km2
        Reach of the kernel; density from which a cell is dense.
    crs
        CRS of the grid, for example ``"EPSG:27700"``.
    class_bounds_per_km2
        Lower bounds of classes, where the values say no more than the class of a cell; empty:
        they are the density itself.
    """

    values_per_km2: NDArray[np.float64]
    inside: NDArray[np.bool_]
    x_min_m: float
    y_min_m: float
    cell_size_m: float
    bandwidth_m: float
    threshold_per_km2: float
    crs: str
    class_bounds_per_km2: tuple[float, ...] = ()

    def __repr__(self) -> str:
        rows, columns = self.values_per_km2.shape
        return (
            f"<DensitySurface: {rows} x {columns} cells of {self.cell_size_m:g} m, "
            f"bandwidth {self.bandwidth_m:g} m>"
        )


@dataclass(frozen=True)
class DensityFrame:
    """The density of a part of the period.

    Attributes
    ----------
    months
        Months of the part, ``YYYY-MM``, in order.
    surface
        The density, incidents per km² and month, on cells of about 100 m.
    """

    months: Sequence[str]
    surface: DensitySurface


@dataclass(frozen=True)
class MapPoints:
    """What is kept of the distinct places of a plan (columns `MAP_POINTS`).

    Attributes
    ----------
    places
        Distinct places inside the districts.
    crs
        CRS in which they were rounded.
    sketch
        Digits that two plans of the same places share; empty where positions are not snapped.
    """

    places: int
    crs: str
    sketch: str


@dataclass(frozen=True)
class Previous:
    """An earlier plan: its hotspots (columns `PREVIOUS`), and ids it says were used before.

    `overrides` are those that were in force; `mentioned` are ids that their record names.
    `districts` are the names of its districts, `map_points` the sketch of its places, as far as
    it holds them.
    """

    hotspots: gpd.GeoDataFrame
    retired: pd.DataFrame
    overrides: Sequence[Override] = ()
    mentioned: Sequence[str] = ()
    districts: Sequence[str] = ()
    map_points: MapPoints | None = None


@dataclass(frozen=True)
class Targeting:
    """Where: the selected hotspots, all candidates, the surface, and how they were found.

    Attributes
    ----------
    hotspots, candidates, districts
        Columns `HOTSPOTS`, `CANDIDATES` and `DISTRICTS`, in one projected CRS in metres.
    density, quality
        The surface, and what became of every row.
    settings
        Settings with nothing left open.
    choices, messages
        Values chosen from the data, and sentences on what did not go as asked.
    origin
        Whose data these are: ``source`` and ``districts_sha256`` (text), ``attribution`` (list).
    times, peaks
        Columns `HOTSPOT_TIMES` and `HOTSPOT_PEAKS`; None where nothing is known of hours.
    changes
        Columns `CHANGES`, against an earlier plan; None without one.
    frames
        Density of parts of the period, in order; empty where there are fewer than three months
        or the grid is large.
    decided
        What became of the overrides; None without any.
    sweep
        Columns `SWEEP`: values that were tried; None where no setting was swept.
    map_points
        Sketch of the places, for a later plan to be compared with.
    """

    hotspots: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    density: DensitySurface
    quality: Quality
    settings: Settings
    choices: Sequence[Choice] = ()
    messages: Sequence[str] = ()
    origin: Mapping[str, Any] = field(default_factory=dict)
    times: pd.DataFrame | None = None
    peaks: pd.DataFrame | None = None
    changes: gpd.GeoDataFrame | None = None
    frames: Sequence[DensityFrame] = ()
    decided: Decided | None = None
    sweep: pd.DataFrame | None = None
    map_points: MapPoints | None = None

    def summary(self) -> str:
        """One sentence on what was found."""
        sound = int((self.candidates["status"].isin(SOUND)).sum())
        served = self.hotspots["district"].nunique()
        return (
            f"{len(self.hotspots)} hotspots from {sound} sound candidates in {served} of "
            f"{len(self.districts)} districts, holding {self.hotspots['incidents'].sum():,} of "
            f"{self.quality.rows_kept:,} incidents on "
            f"{self.hotspots['area_km2'].sum():.2f} km²."
        )
