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
    Override,
    Places,
    Previous,
    Targeting,
    names,
    require,
)
from hotspots.geo import check_metres, crs_name
from hotspots.grid import Grid
from hotspots.settings import Settings
from hotspots.targeting.candidates import FEW_INCIDENTS, Clusters
from hotspots.targeting.changes import follow
from hotspots.targeting.clusters import dbscan
from hotspots.targeting.evidence import selected
from hotspots.targeting.methods import placed_pieces
from hotspots.targeting.parameters import Parameters, choose, price_choice, resolved
from hotspots.targeting.pieces import CAPPED, Piece, priced_pieces
from hotspots.targeting.point_list import broken_list
from hotspots.targeting.sketch import replaced_list, sketch
from hotspots.targeting.study import Study
from hotspots.targeting.surface import ground, positions
from hotspots.threads import at_once

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
    background: pd.DataFrame | None = None,
    previous: Previous | None = None,
    overrides: Sequence[Override] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Targeting:
    """Find candidate hotspots in places, and select the best inside the districts.

    Pieces of each district are grown as long as what they gain is worth their area, at one
    price for the whole study area. A candidate is a piece within the area cap on which a quartic
    kernel density and DBSCAN on the same weighted places agree: it holds a dense cell and a core
    place of a cluster, and has enough incidents in all and in enough months. Other methods cut
    out pieces in their own ways, and nothing else needs to agree.

    Parameters
    ----------
    places
        Weighted places in a projected CRS in metres.
    districts
        Columns `hotspots.frames.BOUNDARIES`, same CRS.
    settings
        Targeting settings; what is open is chosen from the data, by rule (a sweep comes before).
    choices
        Choices made before, kept in front of those made here.
    background
        Columns x_m, y_m, weight: the density is relative to that of these.
    previous
        An earlier plan, whose ids and names persist where hotspots overlap.
    overrides
        What people decided about single hotspots, in the same CRS.
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
        The tables lack columns or differ in CRS, all incidents lie on one point, or an override
        is about nothing that is there.
    InfeasibleError
        Fewer hotspots are asked for than there are districts to serve, or overrides contradict
        each other or the cap on changes.
    """
    settings = settings or Settings()
    if settings.targeting.max_changes is not None and previous is None:
        raise SettingsError(
            f"max_changes is {settings.targeting.max_changes}, but there is no earlier plan that "
            "may change; give --previous PLAN.gpkg."
        )
    crs = _check(places, districts)
    table = places.table
    selecting = table.loc[table["selecting"], ["x_m", "y_m", "weight", "district"]]
    inside = selecting[selecting["district"] != ""]
    inside_only = positions(inside)
    _check_positions(inside_only, table)
    parameters, chosen = _chosen(inside_only, places, districts, settings)
    grid = Grid.covering(districts.total_bounds, parameters.cell_size_m, parameters.bandwidth_m)
    base = ground(
        selecting, inside_only, districts, grid, parameters, settings.targeting, crs, background
    )
    chosen += base.choices
    priced = settings.targeting.method == "priced"

    def pieces_at_price() -> tuple[Sequence[Piece], float | None]:
        given = settings.targeting
        if not priced:
            placed = placed_pieces(
                inside, districts, base.surface, base.district_of_cell, parameters, given
            )
            return placed, given.price_per_km2
        return priced_pieces(
            inside,
            districts,
            grid,
            hotspots=parameters.hotspots,
            min_incidents=parameters.min_incidents,
            settings=given,
        )

    def clustered() -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        return dbscan(
            base.used["x_m"], base.used["y_m"], base.used["weight"],
            eps_m=parameters.eps_m, min_incidents=parameters.min_incidents,
        )  # fmt: skip

    (pieces, price), ((label, core), map_points) = at_once(
        pieces_at_price, lambda: (clustered(), sketch(table, crs))
    )
    if priced and price is not None and settings.targeting.price_per_km2 is None:
        chosen.append(price_choice(price, parameters, settings.targeting))
    counted = inside.groupby("district")["weight"].sum()
    wanted = resolved(settings.targeting, parameters, base.edge, price)
    clusters = Clusters(base.used[core], label[core])
    study = Study(places, districts, base.surface, clusters, wanted, pieces, progress)
    replaced: list[str] = []
    if previous is not None:
        replaced = replaced_list(map_points, previous, set(districts["district"]))
    decided = None
    if overrides or wanted.max_changes is not None:
        from hotspots.targeting.by_hand import Work
        from hotspots.targeting.decide import decide

        outcome, decided = decide(Work(study, previous), overrides)
        evidence, changes, scraps = outcome.gathered, outcome.changes, outcome.scraps
        hotspots, candidates = outcome.hotspots, outcome.candidates
        said = [*replaced, *outcome.messages]
    else:
        measured = study.measured()
        scraps = len(pieces) - len(measured)
        evidence = study.gathered(measured)
        hotspots, candidates, said = selected(evidence, wanted)
        changes = None
        if previous is not None:
            hotspots, candidates, changes, more = follow(
                hotspots, candidates, previous, places, districts, used=previous.mentioned
            )
            said += [*replaced, *more]
    said = [*broken_list(table, places.months), *said]
    return Targeting(
        hotspots=hotspots,
        candidates=candidates,
        districts=districts.assign(
            incidents=districts["district"].map(counted).fillna(0).astype("int64")
        )[[*names(DISTRICTS), "geometry"]],
        density=base.surface,
        quality=places.quality,
        settings=settings.replace(targeting=vars(wanted)),
        choices=[*choices, *chosen, *evidence.choices],
        messages=[
            *_messages(
                hotspots,
                evidence.candidates,
                districts,
                parameters.hotspots,
                price=price,
                scraps=scraps,
            ),
            *evidence.messages,
            *said,
        ],
        changes=changes,
        decided=decided,
        map_points=map_points,
    )


def parameters_of(
    places: Places, districts: gpd.GeoDataFrame, settings: Settings | None = None
) -> tuple[Parameters, list[Choice]]:
    """Fill in what the settings leave open, as `find_hotspots` does before it looks.

    Returns
    -------
    parameters, choices
        Every value, and for each that was chosen from the data the value, unit and rule.

    Raises
    ------
    InputError
        As `find_hotspots`.
    """
    _check(places, districts)
    table = places.table
    inside_only = positions(table[table["selecting"] & (table["district"] != "")])
    _check_positions(inside_only, table)
    return _chosen(inside_only, places, districts, settings or Settings())


def _chosen(
    inside_only: pd.DataFrame, places: Places, districts: gpd.GeoDataFrame, settings: Settings
) -> tuple[Parameters, list[Choice]]:
    west, south, east, north = districts.total_bounds
    return choose(
        inside_only[["x_m", "y_m"]].to_numpy(),
        inside_only["weight"].to_numpy(dtype=np.float64),
        months=len(places.months) or _UNDATED_MONTHS,
        districts=len(districts),
        area_km2=float(districts["area_km2"].sum()),
        bounds_km2=float((east - west) * (north - south)) / 1e6,
        settings=settings.targeting,
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


def _messages(
    hotspots: gpd.GeoDataFrame,
    measured: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    wanted: int,
    *,
    price: float | None,
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
    # without a price of area every piece has the price 0
    below = hotspots["price_per_km2"] < (price or 0)
    if cheaper := sorted(set(hotspots.loc[below & (hotspots["price_per_km2"] > 0), "district"])):
        found.append(
            f"To serve every district, area is priced lower in {', '.join(cheaper)}: no piece of "
            f"size there is worth {price:,.4g} incidents per km²."
        )
    capped = hotspots["note"].str.startswith(CAPPED).sum()
    if capped:
        found.append(f"{capped} hotspots end at the area cap; incidents go on beside them.")
    paired = (hotspots["paired_with"] != "").sum()
    if paired:
        found.append(f"{paired} hotspots belong to clusters that cross a district border.")
    few = (hotspots["incidents"] < FEW_INCIDENTS).sum()
    if few:
        found.append(
            f"{few} hotspots hold fewer than {FEW_INCIDENTS} incidents: too few to call a pattern."
        )
    if scraps:
        found.append(f"{scraps} scraps of cells with hardly an incident are not listed.")
    return found
