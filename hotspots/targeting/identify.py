"""Targeting from end to end: places and districts in, hotspots out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.errors import InputError, SettingsError
from hotspots.frames import (
    BOUNDARIES,
    DISTRICTS,
    PLACES,
    Choice,
    DensitySurface,
    Places,
    Targeting,
    names,
    require,
)
from hotspots.geo import check_metres, crs_name, distinct_positions
from hotspots.grid import Grid, rasterise
from hotspots.settings import Settings
from hotspots.targeting.candidates import Clusters, measure
from hotspots.targeting.clusters import dbscan
from hotspots.targeting.density import kernel_density
from hotspots.targeting.edge import edge_rule
from hotspots.targeting.parameters import Parameters, choose, price_choice, resolved
from hotspots.targeting.pieces import grown_pieces
from hotspots.targeting.selection import select

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

_UNDATED_MONTHS = 12


def find_hotspots(
    places: Places,
    districts: gpd.GeoDataFrame,
    settings: Settings | None = None,
    *,
    choices: Sequence[Choice] = (),
) -> Targeting:
    """Find candidate hotspots in places, and select the best inside the districts.

    Pieces of each district are grown as long as what they gain is worth their area, at one
    price for the whole study area. A candidate is a piece within the area cap on which a quartic
    kernel density and DBSCAN on the same weighted places agree: it holds a dense cell and a core
    place of a cluster, and has enough incidents in all and in enough months.

    Parameters
    ----------
    places
        Weighted places in a projected CRS in metres.
    districts
        Columns `hotspots.frames.BOUNDARIES`, same CRS.
    settings
        Targeting settings; what is open is chosen from the data.
    choices
        Choices made before, kept in front of those made here.

    Returns
    -------
    Targeting
        Hotspots (fewer than asked for where there are fewer candidates, never padded), all
        candidates with the reason why each was dropped, the surface, choices and messages.

    Raises
    ------
    InputError
        The tables lack columns or differ in CRS, or all incidents lie on one point.
    InfeasibleError
        Fewer hotspots are asked for than there are districts to serve.
    """
    settings = settings or Settings()
    crs = _check(places, districts)
    table = places.table
    selecting = table[table["selecting"]]
    inside = selecting[selecting["district"] != ""]
    inside_only = _positions(inside)
    _check_positions(inside_only, table)
    west, south, east, north = districts.total_bounds
    parameters, chosen = choose(
        inside_only[["x_m", "y_m"]].to_numpy(),
        inside_only["weight"].to_numpy(dtype=np.float64),
        months=len(places.months) or _UNDATED_MONTHS,
        districts=len(districts),
        area_km2=float(districts["area_km2"].sum()),
        bounds_km2=float((east - west) * (north - south)) / 1e6,
        settings=settings.targeting,
    )
    grid = Grid.covering(districts.total_bounds, parameters.cell_size_m, parameters.bandwidth_m)
    edge, surface, used = _surface(
        selecting, inside_only, districts, grid, parameters, settings.targeting.edge, chosen, crs
    )
    label, core = dbscan(
        used["x_m"], used["y_m"], used["weight"],
        eps_m=parameters.eps_m, min_incidents=parameters.min_incidents,
    )  # fmt: skip
    pieces, price = grown_pieces(
        inside,
        districts,
        grid,
        hotspots=parameters.hotspots,
        min_incidents=parameters.min_incidents,
        settings=settings.targeting,
    )
    if settings.targeting.price_per_km2 is None:
        chosen.append(price_choice(price, parameters, settings.targeting))
    measured = measure(
        pieces,
        table,
        districts,
        surface,
        Clusters(used[core], label[core]),
        periods=list(places.months),
        days=places.days,
        min_incidents=parameters.min_incidents,
        min_periods_hot=settings.targeting.min_periods_hot,
    )
    hotspots, candidates = select(
        measured,
        parameters.hotspots,
        every_district=settings.targeting.every_district,
        min_separation_m=settings.targeting.min_separation_m,
    )
    counted = inside.groupby("district")["weight"].sum()
    done = resolved(settings.targeting, parameters, edge, price)
    return Targeting(
        hotspots=hotspots,
        candidates=candidates,
        districts=districts.assign(
            incidents=districts["district"].map(counted).fillna(0).astype("int64")
        )[[*names(DISTRICTS), "geometry"]],
        density=surface,
        quality=places.quality,
        settings=settings.replace(targeting=vars(done)),
        choices=[*choices, *chosen],
        messages=_messages(
            hotspots,
            measured,
            districts,
            parameters.hotspots,
            price=price,
            scraps=len(pieces) - len(measured),
        ),
    )


def _check(places: Places, districts: gpd.GeoDataFrame) -> str:
    """Check the tables; returns their CRS."""
    require(places.table, names(PLACES), "The table of places")
    require(districts, names(BOUNDARIES), "The table of districts")
    crs = check_metres(crs_name(districts.crs))
    if places.crs != crs:
        raise InputError(f"Places are in {places.crs} but districts in {crs}; bring both to one.")
    return crs


def _check_positions(inside_only: pd.DataFrame, table: pd.DataFrame) -> None:
    """Refuse incidents of which none is inside, or all are on one point."""
    if inside_only.empty:
        raise InputError(
            f"None of the {int(table['weight'].sum()):,} incidents is inside the districts and of "
            "a selecting category; check intake.categories and the coordinates."
        )
    if len(inside_only) == 1:
        raise InputError(
            f"All {int(inside_only['weight'].sum()):,} incidents inside the districts lie on 1 "
            "point; hotspots need incidents on several. Check the coordinates."
        )


def _surface(
    selecting: pd.DataFrame,
    inside_only: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    grid: Grid,
    parameters: Parameters,
    edge: str,
    chosen: list[Choice],
    crs: str,
) -> tuple[str, DensitySurface, pd.DataFrame]:
    """Rule for the border, density, and the positions it stands on."""
    import shapely

    inside = rasterise(shapely.force_2d(districts.geometry.to_numpy()), grid) >= 0
    if not inside.any():
        raise SettingsError(
            f"No cell of {grid.cell_size_m:g} m has its centre in a district; lower "
            "targeting.cell_size_m, or check the districts."
        )
    everywhere = _positions(selecting)
    if edge == "auto":
        edge, choice = edge_rule(
            everywhere["x_m"], everywhere["y_m"], everywhere["weight"],
            inside, grid, parameters.bandwidth_m,
        )  # fmt: skip
        chosen.append(choice)
    used = inside_only if edge == "mass" else everywhere
    values = kernel_density(
        used["x_m"], used["y_m"], used["weight"], grid, parameters.bandwidth_m,
        inside=inside if edge == "mass" else None,
    )  # fmt: skip
    surface = DensitySurface(
        values_per_km2=values,
        inside=inside,
        x_min_m=grid.x_min_m,
        y_min_m=grid.y_min_m,
        cell_size_m=grid.cell_size_m,
        bandwidth_m=parameters.bandwidth_m,
        threshold_per_km2=_threshold(values[inside], parameters.dense_area_share),
        crs=crs,
    )
    return edge, surface, used


def _positions(places: pd.DataFrame) -> pd.DataFrame:
    """Distinct positions with their incidents, from west to east."""
    import pandas as pd

    x, y, weight = distinct_positions(places["x_m"], places["y_m"], places["weight"])
    return pd.DataFrame({"x_m": x, "y_m": y, "weight": weight})


def _threshold(inside: NDArray[np.float64], share: float) -> float:
    """Density that the densest `share` of the cells reach."""
    count = max(1, round(share * len(inside)))
    return float(np.partition(inside, len(inside) - count)[len(inside) - count])


def _messages(
    hotspots: gpd.GeoDataFrame,
    measured: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    wanted: int,
    *,
    price: float,
    scraps: int,
) -> list[str]:
    """Sentences on what did not go as asked."""
    found = []
    if len(hotspots) < wanted:
        found.append(
            f"{wanted} hotspots were wanted; {int((measured['status'] == '').sum())} "
            f"candidates exist, {len(hotspots)} are returned."
        )
    without = sorted(
        set(districts["district"]) - set(measured[measured["status"] == ""]["district"])
    )
    if without:
        listed = ", ".join(without[:5]) + (
            f" and {len(without) - 5} more" if len(without) > 5 else ""
        )
        found.append(f"No candidate in {listed}.")
    cheaper = sorted(set(hotspots.loc[hotspots["price_per_km2"] < price, "district"]))
    if cheaper:
        found.append(
            f"To serve every district, area is priced lower in {', '.join(cheaper)}: nothing there "
            f"holds {price:,.4g} incidents per km²."
        )
    capped = hotspots["note"].str.startswith("Ends at the area cap").sum()
    if capped:
        found.append(f"{capped} hotspots end at the area cap; incidents go on beside them.")
    paired = (hotspots["paired_with"] != "").sum()
    if paired:
        found.append(f"{paired} hotspots belong to clusters that cross a district border.")
    few = hotspots["note"].str.contains("Fewer than").sum()
    if few:
        found.append(f"{few} hotspots hold fewer than 10 incidents: too few to call a pattern.")
    if scraps:
        found.append(f"{scraps} scraps of cells with hardly an incident are not listed.")
    return found
