"""Candidate hotspots: pieces measured and ranked, and why some were dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.frames import MEASURED, names
from hotspots.targeting.members import grid_of, holders, numbers_of
from hotspots.targeting.names import numbered, street_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.frames import DensitySurface
    from hotspots.targeting.pieces import Piece

FEW_INCIDENTS = 10
DROPPED_NO_CLUSTER = "no core place of a cluster inside"
DROPPED_NOT_DENSE = "no dense cell inside"


@dataclass(frozen=True)
class Clusters:
    """Core places of DBSCAN (columns x_m, y_m, weight), and the cluster of each."""

    cores: pd.DataFrame
    label: NDArray[np.int64]


def measure(
    pieces: Sequence[Piece],
    places: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    surface: DensitySurface,
    clusters: Clusters,
    *,
    periods: Sequence[str],
    days: int,
    min_incidents: int,
    min_periods_hot: int,
    area_cap_km2: float,
    agreed: bool = True,
) -> gpd.GeoDataFrame:
    """Measure pieces and rank them; those that fall short keep the reason in `status`.

    Parameters
    ----------
    pieces
        Polygons, each cut to its district here; what is left without area is left out.
    places
        Places with all columns of `hotspots.frames.PLACES`.
    districts, surface, clusters
        Study area, its density, and the core places in it.
    periods, days
        Months with data and the days in them.
    min_incidents, min_periods_hot
        Least incidents in all; and least months with at least ``min_incidents / months``.
    area_cap_km2
        A larger piece is no candidate.
    agreed
        Whether a candidate must hold a core place of a cluster, and a dense cell. Nothing is
        asked of pieces that were set by hand.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns `hotspots.frames.MEASURED`; status is empty for sound candidates. Rank order:
        sound ones first, then the largest excess, then most incidents, then west, then south.
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    pieces, geometry = _cut(pieces, districts)
    every = pd.RangeIndex(len(pieces))
    homes = np.array([piece.district for piece in pieces], dtype=np.int64)
    held = holders(geometry, places["x_m"], places["y_m"])
    # what stands on a border belongs to its own district
    number_of = {name: number for number, name in enumerate(districts["district"])}
    some = np.flatnonzero(held >= 0)
    some = some[homes[held[some]] == numbers_of(places["district"].iloc[some], number_of)]
    inside = places.iloc[some].assign(piece=held[some])
    chosen = inside[inside["selecting"]]
    incidents = chosen.groupby("piece")["weight"].sum().reindex(every, fill_value=0)
    other = inside[~inside["selecting"]].groupby("piece")["weight"].sum()
    monthly = chosen.groupby(["piece", "period"], observed=True)["weight"].sum()
    months = max(1, len(periods))
    hot = (monthly >= min_incidents / months).groupby("piece").sum().reindex(every, fill_value=0)
    area = shapely.area(geometry) / 1e6
    spots = shapely.point_on_surface(geometry)
    peak = _peaks(chosen, len(pieces), surface)
    cluster = _cluster_of(geometry, clusters)
    price = np.array([piece.price_per_km2 for piece in pieces], dtype=np.float64)
    selecting = (places["selecting"] & (places["district"] != "")).to_numpy()
    every_incident = places["weight"].to_numpy()[selecting].sum()
    least_hot = min(min_periods_hot, months)
    by_hand = np.array([piece.by_hand for piece in pieces], dtype=np.bool_)
    status = np.select(
        [
            by_hand,
            agreed & (cluster < 0),
            agreed & ((peak < surface.threshold_per_km2) | (peak <= 0)),
            area > area_cap_km2 * (1 + 1e-9),
            incidents < min_incidents,
            hot < least_hot,
        ],
        [
            "",
            DROPPED_NO_CLUSTER,
            DROPPED_NOT_DENSE,
            [f"{km2:.3f} km², larger than the cap of {area_cap_km2:g}" for km2 in area],
            [f"{n} incidents, fewer than {min_incidents}" for n in incidents],
            [f"hot in {n} of {months} months, fewer than {least_hot}" for n in hot],
        ],
        default="",
    )
    table = gpd.GeoDataFrame(
        {
            "name": street_names(
                places.loc[places["selecting"], ["location", "weight"]],
                held[places["selecting"].to_numpy()],
                len(pieces),
            ),
            "district_code": districts["district_code"].to_numpy()[homes],
            "district": districts["district"].to_numpy()[homes],
            "incidents": incidents.to_numpy(),
            "incident_share": incidents.to_numpy() / max(1, every_incident),
            "other_incidents": other.reindex(every, fill_value=0).to_numpy(),
            "area_km2": area,
            "price_per_km2": price,
            "excess_incidents": incidents.to_numpy() - price * area,
            "incidents_per_km2": incidents.to_numpy() / area,
            "incidents_per_day": incidents.to_numpy() / days,
            "peak_per_km2": peak,
            "periods_hot": hot.to_numpy(),
            "periods": len(periods),
            "x_m": shapely.get_x(spots),
            "y_m": shapely.get_y(spots),
            "paired_with": _pairs(cluster, homes, districts["district"].tolist()),
            "note": np.array(
                [_note(piece, int(n)) for piece, n in zip(pieces, incidents, strict=True)], object
            ),
            "status": status.astype(object),
            "hotspot_id": "",
        },
        geometry=geometry,
        crs=districts.crs,
    )
    # scraps with hardly an incident are counted, not listed
    table = table[(table["status"] == "") | (table["incidents"] >= max(1, min_incidents // 2))]
    table = table.assign(sound=table["status"] == "").sort_values(
        ["sound", "excess_incidents", "incidents", "x_m", "y_m"],
        ascending=[False, False, False, True, True],
        ignore_index=True,
    )
    table["rank"] = np.arange(1, len(table) + 1)
    table["candidate_id"] = [f"C{rank:03d}" for rank in table["rank"]]
    table["name"] = numbered(table["name"], table["district"])
    return table[[*names(MEASURED), "geometry"]]


def _cut(
    pieces: Sequence[Piece], districts: gpd.GeoDataFrame
) -> tuple[list[Piece], NDArray[np.object_]]:
    """Cut each piece to its district; those without area are left out."""
    import shapely

    homes = districts.geometry.to_numpy()[[piece.district for piece in pieces]]
    shapely.prepare(homes)
    whole = np.array([piece.geometry for piece in pieces], dtype=object)
    across = np.flatnonzero(~shapely.contains_properly(homes, whole))
    cut = whole.copy()
    cut[across] = [polygons(shapely.intersection(whole[n], homes[n])) for n in across]
    kept = shapely.area(cut) > 0
    return [piece for piece, has in zip(pieces, kept, strict=True) if has], cut[kept]


def polygons(shape: Any) -> Any:
    """The polygons of a geometry, without the lines and points of an intersection."""
    import shapely

    parts = shapely.get_parts(shape)
    areal = parts[shapely.get_dimensions(parts) == 2]
    return areal[0] if len(areal) == 1 else shapely.multipolygons(areal)


def _peaks(inside: pd.DataFrame, count: int, surface: DensitySurface) -> NDArray[np.float64]:
    """Highest density of a cell with incidents of each piece."""
    peak = np.zeros(count)
    row, column, held = grid_of(surface).cell_of(inside["x_m"], inside["y_m"])
    values = surface.values_per_km2[row[held], column[held]]
    np.maximum.at(peak, inside["piece"].to_numpy()[held], values)
    return peak


def _cluster_of(geometry: NDArray[np.object_], clusters: Clusters) -> NDArray[np.int64]:
    """Cluster to which most incidents at core places of each piece belong, -1 for none."""
    held = holders(geometry, clusters.cores["x_m"], clusters.cores["y_m"])
    some = np.flatnonzero(held >= 0)
    rows = clusters.cores.iloc[some].assign(piece=held[some], label=clusters.label[some])
    totals = rows.groupby(["piece", "label"])["weight"].sum().reset_index()
    most = totals.sort_values(["piece", "weight", "label"], ascending=[True, False, True])
    label = np.full(len(geometry), -1, dtype=np.int64)
    first = most.drop_duplicates("piece")
    label[first["piece"].to_numpy()] = first["label"].to_numpy()
    return label


def _pairs(
    cluster: NDArray[np.int64], homes: NDArray[np.int64], districts: Sequence[str]
) -> list[str]:
    """Names of the other districts into which a piece's cluster reaches."""
    reach: dict[int, set[int]] = {}
    for label, home in zip(cluster, homes, strict=True):
        if label >= 0:
            reach.setdefault(int(label), set()).add(int(home))
    return [
        "; ".join(districts[n] for n in sorted(reach.get(int(label), set()) - {int(home)}))
        for label, home in zip(cluster, homes, strict=True)
    ]


def _note(piece: Piece, incidents: int) -> str:
    """What a reader must know of a piece."""
    few = (
        f"Fewer than {FEW_INCIDENTS} incidents: too few to call a pattern."
        if incidents < FEW_INCIDENTS
        else ""
    )
    return " ".join(filter(None, [piece.note, few]))
