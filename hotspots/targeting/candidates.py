"""Candidate hotspots: where density and clusters agree, and why the others were dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotspots.frames import CANDIDATES, names
from hotspots.grid import Grid
from hotspots.targeting.clusters import dbscan
from hotspots.targeting.footprints import close_gaps, components, split
from hotspots.targeting.names import numbered, street_names
from hotspots.targeting.parameters import Parameters

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.frames import DensitySurface

FEW_INCIDENTS = 10
DROPPED_NO_CLUSTER = "dense cells, but no core place of a cluster"
DROPPED_NOT_DENSE = "a cluster, but no dense cells"


@dataclass(frozen=True)
class Piece:
    """A set of cells in one district, and where it comes from."""

    cells: NDArray[np.int64]
    district: int
    cluster: int  # -1: no cluster
    pieces: int  # pieces the footprint was cut into
    whole_km2: float  # area of the footprint before the cut
    fault: str  # why it cannot be a candidate, empty where it can


def find_pieces(
    places: pd.DataFrame,
    surface: DensitySurface,
    district_of_cell: NDArray[np.int32],
    grid: Grid,
    parameters: Parameters,
    most_cells: int,
) -> list[Piece]:
    """Cut the study area's dense and clustered cells into pieces, each in one district.

    A dense cell belongs to the cluster of the nearest core place within ``eps_m / 2`` or the
    half diagonal of a cell, whichever is more; dense cells in the notches and holes of such a
    footprint are added to it. Pieces of dense cells with a cluster are sound;
    those of dense cells alone, or of clustered cells alone, carry a fault.

    Parameters
    ----------
    places
        Distinct positions: columns x_m, y_m, weight.
    surface
        Density and its threshold.
    district_of_cell
        Number of the district of each cell, -1 outside.
    grid, parameters, most_cells
        Grid, resolved parameters, and the area cap in cells.
    """
    from scipy.spatial import KDTree

    density = surface.values_per_km2.ravel()
    district = district_of_cell.ravel()
    dense = (density >= surface.threshold_per_km2) & (density > 0) & (district >= 0)
    label, core = dbscan(
        places["x_m"],
        places["y_m"],
        places["weight"],
        eps_m=parameters.eps_m,
        min_incidents=parameters.min_incidents,
    )
    reach = max(parameters.eps_m / 2, grid.cell_size_m * 2**-0.5)
    cluster = np.full(len(density), -1, dtype=np.int64)
    if core.any():
        spots = places.loc[core, ["x_m", "y_m"]].to_numpy()
        cells = _cells_near(spots, grid, reach)
        cells = cells[district[cells] >= 0]
        centres = np.column_stack(grid.centres(*np.divmod(cells, grid.columns)))
        distance, nearest = KDTree(spots).query(centres, distance_upper_bound=reach * (1 + 1e-9))
        found = np.isfinite(distance)
        cluster[cells[found]] = label[core][nearest[found]]
    agreed = np.flatnonzero(dense & (cluster >= 0))
    for cells, home, group in _by_district_and_cluster(agreed, district, cluster):
        free = dense & (cluster < 0) & (district == home)
        cluster[close_gaps(cells, free, grid.columns)] = group
    pieces = []
    agreed = np.flatnonzero(dense & (cluster >= 0))
    for cells, home, group in _by_district_and_cluster(agreed, district, cluster):
        for part in components(cells, grid.columns):
            cut = split(part, density, grid.columns, most_cells)
            whole = len(part) * grid.cell_km2
            pieces += [Piece(cells, home, group, len(cut), whole, "") for cells in cut]
    taken = {(piece.district, piece.cluster) for piece in pieces}
    alone = np.flatnonzero(~dense & (cluster >= 0))
    for cells, home, group in _by_district_and_cluster(alone, district, cluster):
        if (home, group) not in taken:
            for part in split(cells, density, grid.columns, most_cells):
                whole = len(part) * grid.cell_km2
                pieces.append(Piece(part, home, group, 1, whole, DROPPED_NOT_DENSE))
    unclustered = np.flatnonzero(dense & (cluster < 0))
    nothing = np.full_like(cluster, -1)
    for cells, home, _ in _by_district_and_cluster(unclustered, district, nothing):
        for part in split(cells, density, grid.columns, most_cells):
            whole = len(part) * grid.cell_km2
            pieces.append(Piece(part, home, -1, 1, whole, DROPPED_NO_CLUSTER))
    return pieces


# more than any number of columns, on the grid or beside it
_FAR = 1 << 31


def _cells_near(spots: NDArray[np.float64], grid: Grid, reach: float) -> NDArray[np.int64]:
    """Flat numbers of the cells in the squares around some positions."""
    most = int(np.ceil(reach / grid.cell_size_m))
    steps = np.arange(-most, most + 1)
    row, column, _ = grid.cell_of(spots[:, 0], spots[:, 1])
    # millions of places may lie in some thousand cells
    cell = np.unique(row.astype(np.int64) * _FAR + column)
    row = (cell + _FAR // 2) // _FAR
    column = cell - row * _FAR
    rows, columns = np.broadcast_arrays(
        row[:, None, None] + steps[:, None], column[:, None, None] + steps
    )
    held = (rows >= 0) & (rows < grid.rows) & (columns >= 0) & (columns < grid.columns)
    return np.unique(rows[held] * grid.columns + columns[held])


def _by_district_and_cluster(
    cells: NDArray[np.int64], district: NDArray[np.int32], cluster: NDArray[np.int64]
) -> list[tuple[NDArray[np.int64], int, int]]:
    """Group cells by district and cluster."""
    if not len(cells):
        return []
    order = np.lexsort((cells, cluster[cells], district[cells]))
    cells = cells[order]
    change = (np.diff(district[cells]) != 0) | (np.diff(cluster[cells]) != 0)
    groups = np.split(cells, np.flatnonzero(change) + 1)
    return [(group, int(district[group[0]]), int(cluster[group[0]])) for group in groups]


def measure(
    pieces: list[Piece],
    places: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    surface: DensitySurface,
    grid: Grid,
    *,
    periods: list[str],
    days: int,
    min_incidents: int,
    min_periods_hot: int,
) -> gpd.GeoDataFrame:
    """Measure pieces and rank them; those that fall short keep the reason in `status`.

    Parameters
    ----------
    pieces
        From `find_pieces`.
    places
        Places with all columns of `hotspots.frames.PLACES`.
    districts, surface, grid
        Study area.
    periods, days
        Months with data and the days in them.
    min_incidents, min_periods_hot
        Least incidents in all; and least months with at least ``min_incidents / months``.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns `hotspots.frames.CANDIDATES`; status is empty for sound candidates. Rank order:
        sound ones first, then most incidents, then density, then west, then south.
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    kept, geometry = _geometries(pieces, districts, grid)
    piece_of = _piece_of_place(kept, places, districts, grid)
    inside = places.assign(piece=piece_of)[piece_of >= 0]
    every = pd.RangeIndex(len(kept))
    chosen = inside[inside["selecting"]]
    incidents = chosen.groupby("piece")["weight"].sum().reindex(every, fill_value=0)
    other = inside[~inside["selecting"]].groupby("piece")["weight"].sum()
    monthly = chosen.groupby(["piece", "period"])["weight"].sum()
    months = max(1, len(periods))
    hot = (monthly >= min_incidents / months).groupby("piece").sum().reindex(every, fill_value=0)
    density = surface.values_per_km2.ravel()
    area = shapely.area(geometry) / 1e6
    spots = shapely.point_on_surface(geometry)
    home = districts.iloc[[piece.district for piece in kept]]
    selecting = places[places["selecting"] & (places["district"] != "")]
    table = gpd.GeoDataFrame(
        {
            "name": street_names(
                places.loc[places["selecting"], ["location", "weight"]],
                piece_of[places["selecting"].to_numpy()],
                len(kept),
            ),
            "district_code": home["district_code"].to_numpy(),
            "district": home["district"].to_numpy(),
            "incidents": incidents.to_numpy(),
            "incident_share": incidents.to_numpy() / max(1, selecting["weight"].sum()),
            "other_incidents": other.reindex(every, fill_value=0).to_numpy(),
            "area_km2": area,
            "incidents_per_km2": incidents.to_numpy() / area,
            "incidents_per_day": incidents.to_numpy() / days,
            "peak_per_km2": [float(density[piece.cells].max()) for piece in kept],
            "periods_hot": hot.to_numpy(),
            "periods": len(periods),
            "x_m": shapely.get_x(spots),
            "y_m": shapely.get_y(spots),
            "paired_with": _pairs(kept, districts),
            "note": [_note(piece, int(n)) for piece, n in zip(kept, incidents, strict=True)],
            "status": [
                _fault(piece, int(n), int(h), min_incidents, min(min_periods_hot, months), months)
                for piece, n, h in zip(kept, incidents, hot, strict=True)
            ],
            "hotspot_id": "",
        },
        geometry=geometry,
        crs=districts.crs,
    )
    # scraps of dense cells with hardly an incident are counted, not listed
    table = table[(table["status"] == "") | (table["incidents"] >= max(1, min_incidents // 2))]
    table = table.assign(sound=table["status"] == "").sort_values(
        ["sound", "incidents", "incidents_per_km2", "x_m", "y_m"],
        ascending=[False, False, False, True, True],
        ignore_index=True,
    )
    table["rank"] = np.arange(1, len(table) + 1)
    table["candidate_id"] = [f"C{rank:03d}" for rank in table["rank"]]
    table["name"] = numbered(table["name"], table["district"])
    return table[[*names(CANDIDATES), "geometry"]]


def _geometries(
    pieces: list[Piece], districts: gpd.GeoDataFrame, grid: Grid
) -> tuple[list[Piece], NDArray[np.object_]]:
    """Union of the cells of each piece, cut to its district; empty ones are left out."""
    import shapely

    size = grid.cell_size_m
    shapes = districts.geometry.to_numpy()
    kept, geometry = [], []
    for piece in pieces:
        row, column = np.divmod(piece.cells, grid.columns)
        x, y = grid.x_min_m + column * size, grid.y_min_m + row * size
        union = shapely.union_all(shapely.box(x, y, x + size, y + size))
        if not shapely.contains_properly(shapes[piece.district], union):
            union = shapely.intersection(union, shapes[piece.district])
            parts = shapely.get_parts(union)
            areal = parts[shapely.get_dimensions(parts) == 2]
            union = (
                shapely.multipolygons(areal)
                if len(areal) > 1
                else (areal[0] if len(areal) else None)
            )
        if union is not None:
            kept.append(piece)
            geometry.append(union)
    result = np.empty(len(geometry), dtype=object)
    result[:] = geometry
    return kept, result


def _piece_of_place(
    pieces: list[Piece], places: pd.DataFrame, districts: gpd.GeoDataFrame, grid: Grid
) -> NDArray[np.int64]:
    """Number of the piece that holds each place, -1 for none."""
    import pandas as pd

    piece_of_cell = np.full(grid.rows * grid.columns, -1, dtype=np.int64)
    for number, piece in enumerate(pieces):
        piece_of_cell[piece.cells] = number
    row, column, held = grid.cell_of(places["x_m"], places["y_m"])
    flat = np.where(held, row * grid.columns + column, 0)
    found = np.where(held, piece_of_cell[flat], -1)
    # a cell on a border belongs to the district of its centre, its places to their own
    number_of = pd.Series(np.arange(len(districts)), index=districts["district"])
    own = places["district"].map(number_of).fillna(-1).to_numpy()
    home = np.array([piece.district for piece in pieces] + [-2])
    return np.where((found >= 0) & (home[found] == own), found, -1)


def _pairs(pieces: list[Piece], districts: gpd.GeoDataFrame) -> list[str]:
    """Names of the other districts into which a piece's cluster reaches."""
    reach: dict[int, set[int]] = {}
    for piece in pieces:
        if not piece.fault:
            reach.setdefault(piece.cluster, set()).add(piece.district)
    label = districts["district"].tolist()
    return [
        "; ".join(
            label[number] for number in sorted(reach.get(piece.cluster, set()) - {piece.district})
        )
        for piece in pieces
    ]


def _note(piece: Piece, incidents: int) -> str:
    """What a reader must know of a piece."""
    notes = []
    if piece.pieces > 1:
        notes.append(f"Cut from a chained cluster of {piece.whole_km2:.3f} km².")
    if incidents < FEW_INCIDENTS:
        notes.append(f"Fewer than {FEW_INCIDENTS} incidents: too few to call a pattern.")
    return " ".join(notes)


def _fault(
    piece: Piece, incidents: int, hot: int, min_incidents: int, min_hot: int, months: int
) -> str:
    """Why a piece is no candidate, empty where it is one."""
    if piece.fault:
        return piece.fault
    if incidents < min_incidents:
        return f"{incidents} incidents, fewer than {min_incidents}"
    if hot < min_hot:
        return f"hot in {hot} of {months} months, fewer than {min_hot}"
    return ""
