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
    Previous,
    Targeting,
    names,
    require,
)
from hotspots.geo import check_metres, crs_name, distinct_positions
from hotspots.grid import Grid, rasterise
from hotspots.settings import Settings
from hotspots.targeting.candidates import find_pieces, measure
from hotspots.targeting.changes import follow
from hotspots.targeting.density import kernel_density
from hotspots.targeting.edge import edge_rule
from hotspots.targeting.evidence import gather, selected
from hotspots.targeting.parameters import choose, resolved
from hotspots.targeting.point_list import broken_list

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    previous: Previous | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Targeting:
    """Find candidate hotspots in places, and select the best inside the districts.

    A quartic kernel density over the study area and DBSCAN on the same weighted places must
    agree: a candidate is a connected set of dense cells around core places of one cluster, in
    one district, within the area cap, with enough incidents in all and hot in enough months.

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
    previous
        An earlier plan, whose ids and names persist where hotspots overlap.
    progress
        Called with the draws done and all draws, where incidents are drawn again.

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
    import shapely

    settings = settings or Settings()
    require(places.table, names(PLACES), "The table of places")
    require(districts, names(BOUNDARIES), "The table of districts")
    crs = check_metres(crs_name(districts.crs))
    if places.crs != crs:
        raise InputError(f"Places are in {places.crs} but districts in {crs}; bring both to one.")
    table = places.table
    selecting = table[table["selecting"]]
    inside_counts = selecting.groupby("district")["weight"].sum()
    inside_only = _positions(selecting[selecting["district"] != ""])
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
    district_of_cell = rasterise(shapely.force_2d(districts.geometry.to_numpy()), grid)
    inside = district_of_cell >= 0
    if not inside.any():
        raise SettingsError(
            f"No cell of {grid.cell_size_m:g} m has its centre in a district; lower "
            "targeting.cell_size_m, or check the districts."
        )
    everywhere = _positions(selecting)
    edge: str = settings.targeting.edge
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
    # the tiny slack keeps 0.1 / 0.0025 at 40 cells
    most_cells = int(settings.targeting.area_cap_km2 / grid.cell_km2 * (1 + 1e-9))
    pieces = find_pieces(used, surface, district_of_cell, grid, parameters, most_cells)
    measured = measure(
        pieces,
        table,
        districts,
        surface,
        grid,
        periods=list(places.months),
        days=places.days,
        min_incidents=parameters.min_incidents,
        min_periods_hot=settings.targeting.min_periods_hot,
    )
    wanted = resolved(settings.targeting, parameters, edge)
    evidence = gather(measured, places, surface, wanted, progress=progress)
    hotspots, candidates, said = selected(evidence, wanted)
    said = [*broken_list(table, places.months), *said]
    changes = None
    if previous is not None:
        hotspots, candidates, changes, more = follow(
            hotspots, candidates, previous, places, districts
        )
        said += more
    return Targeting(
        hotspots=hotspots,
        candidates=candidates,
        districts=districts.assign(
            incidents=districts["district"].map(inside_counts).fillna(0).astype("int64")
        )[[*names(DISTRICTS), "geometry"]],
        density=surface,
        quality=places.quality,
        settings=settings.replace(targeting=vars(wanted)),
        choices=[*choices, *chosen, *evidence.choices],
        messages=[
            *_messages(
                hotspots,
                evidence.candidates,
                districts,
                parameters.hotspots,
                scraps=len(pieces) - len(measured),
            ),
            *evidence.messages,
            *said,
        ],
        changes=changes,
    )


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
    chained = hotspots["note"].str.startswith("Cut from").sum()
    if chained:
        found.append(f"{chained} hotspots are pieces of chained clusters cut at the area cap.")
    paired = (hotspots["paired_with"] != "").sum()
    if paired:
        found.append(f"{paired} hotspots belong to clusters that cross a district border.")
    few = hotspots["note"].str.contains("Fewer than").sum()
    if few:
        found.append(f"{few} hotspots hold fewer than 10 incidents: too few to call a pattern.")
    if scraps:
        found.append(f"{scraps} scraps of cells with hardly an incident are not listed.")
    return found
