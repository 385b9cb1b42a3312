"""What pieces of ground are measured in, so that other pieces can be measured alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hotspots.targeting.candidates import Clusters, measure
from hotspots.targeting.evidence import Gathered, gather

if TYPE_CHECKING:
    import geopandas as gpd

    from hotspots.frames import DensitySurface, Places
    from hotspots.settings import TargetingSettings
    from hotspots.targeting.pieces import Piece


@dataclass(frozen=True)
class Study:
    """Places, districts, density and clusters, and settings with nothing left open.

    `pieces` are those that the method of the settings cut out.
    """

    places: Places
    districts: gpd.GeoDataFrame
    surface: DensitySurface
    clusters: Clusters
    settings: TargetingSettings
    pieces: Sequence[Piece]
    progress: Callable[[int, int], None] | None = None

    def measured(self, pieces: Sequence[Piece] | None = None) -> gpd.GeoDataFrame:
        """Columns `hotspots.frames.MEASURED` of some pieces, otherwise of its own."""
        settings = self.settings
        return measure(
            self.pieces if pieces is None else pieces,
            self.places.table,
            self.districts,
            self.surface,
            self.clusters,
            periods=list(self.places.months),
            days=self.places.days,
            min_incidents=settings.min_incidents or 0,
            min_periods_hot=settings.min_periods_hot,
            area_cap_km2=settings.area_cap_km2,
            agreed=settings.method == "priced",
        )

    def gathered(self, measured: gpd.GeoDataFrame, *, draws: bool = True) -> Gathered:
        """Measured pieces with the evidence on them; without `draws` no incident is redrawn."""
        settings = self.settings if draws else replace(self.settings, draws=0)
        return gather(measured, self.places, self.surface, settings, progress=self.progress)
