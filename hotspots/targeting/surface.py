"""The density surface of a study area, and the positions it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotspots.errors import SettingsError
from hotspots.frames import Choice, DensitySurface
from hotspots.geo import distinct_positions
from hotspots.grid import Grid, rasterise
from hotspots.targeting.adaptive import adaptive_bandwidths, adaptive_density, relative_density
from hotspots.targeting.density import kernel_density
from hotspots.targeting.edge import edge_rule

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.settings import TargetingSettings
    from hotspots.targeting.parameters import Parameters


@dataclass(frozen=True)
class Ground:
    """What targeting stands on.

    Attributes
    ----------
    surface
        Density and its threshold.
    district_of_cell
        Row of the district of each cell's centre, -1 outside; shape of the surface.
    used
        Distinct positions that made the surface: columns x_m, y_m, weight.
    edge
        Rule for the border, ``"mass"`` or ``"none"``.
    choices
        What was chosen from the data.
    """

    surface: DensitySurface
    district_of_cell: NDArray[np.int32]
    used: pd.DataFrame
    edge: str
    choices: list[Choice]


def ground(
    selecting: pd.DataFrame,
    inside_only: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    grid: Grid,
    parameters: Parameters,
    settings: TargetingSettings,
    crs: str,
    background: pd.DataFrame | None = None,
) -> Ground:
    """Estimate the density of a study area.

    Parameters
    ----------
    selecting
        Selecting incidents, inside the districts and beyond.
    inside_only
        Distinct positions inside: columns x_m, y_m, weight.
    districts, grid, parameters, settings, crs
        Study area, its grid, and how the density is estimated.
    background
        Columns x_m, y_m, weight: makes the density relative to it.

    Raises
    ------
    SettingsError
        No cell has its centre in a district.
    """
    import shapely

    district_of_cell = rasterise(shapely.force_2d(districts.geometry.to_numpy()), grid)
    inside = district_of_cell >= 0
    if not inside.any():
        raise SettingsError(
            f"No cell of {grid.cell_size_m:g} m has its centre in a district; lower "
            "targeting.cell_size_m, or check the districts."
        )
    everywhere = positions(selecting)
    edge: str = settings.edge
    choices = []
    if edge == "auto":
        edge, choice = edge_rule(
            everywhere["x_m"], everywhere["y_m"], everywhere["weight"],
            inside, grid, parameters.bandwidth_m,
        )  # fmt: skip
        choices.append(choice)
    used = inside_only if edge == "mass" else everywhere
    xyw = used["x_m"], used["y_m"], used["weight"]
    mask = inside if edge == "mass" else None
    if settings.kernel == "adaptive":
        bandwidths, incidents = adaptive_bandwidths(*xyw, parameters.bandwidth_m)
        values = adaptive_density(*xyw, grid, bandwidths, inside=mask)
        choices.append(_adaptive(bandwidths, incidents, parameters.bandwidth_m))
    else:
        values = kernel_density(*xyw, grid, parameters.bandwidth_m, inside=mask)
    if background is not None:
        behind = kernel_density(
            background["x_m"], background["y_m"], background["weight"], grid,
            parameters.bandwidth_m,
        )  # fmt: skip
        values = relative_density(values, behind, inside)
    surface = DensitySurface(
        values_per_km2=values,
        inside=inside,
        x_min_m=grid.x_min_m,
        y_min_m=grid.y_min_m,
        cell_size_m=grid.cell_size_m,
        bandwidth_m=parameters.bandwidth_m,
        threshold_per_km2=threshold(values[inside], parameters.dense_area_share),
        crs=crs,
    )
    return Ground(surface, district_of_cell, used, edge, choices)


def positions(places: pd.DataFrame) -> pd.DataFrame:
    """Distinct positions with their incidents, from west to east."""
    import pandas as pd

    x, y, weight = distinct_positions(places["x_m"], places["y_m"], places["weight"])
    return pd.DataFrame({"x_m": x, "y_m": y, "weight": weight})


def _adaptive(bandwidths: NDArray[np.float64], incidents: int, usual_m: float) -> Choice:
    low, middle, high = np.quantile(bandwidths, [0.05, 0.5, 0.95])
    return Choice(
        "kernel",
        f"adaptive, {low:g} to {high:g} m, median {middle:g} m",
        f"as far as the nearest {incidents:,} incidents of each place, as many as half of the "
        f"places have within {usual_m:g} m",
    )


def threshold(inside: NDArray[np.float64], share: float) -> float:
    """Density that the densest `share` of the cells reach.

    Parameters
    ----------
    inside
        Density of each cell.
    share
        Between 0 and 1; at least one cell reaches it.
    """
    count = max(1, round(share * len(inside)))
    # a partition takes many times as long where most values are 0
    above = inside[~(inside <= 0)]
    if len(above) >= count:
        inside = above
    return float(np.partition(inside, len(inside) - count)[len(inside) - count])
