"""Other ways to cut out pieces, all to the same table of candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.errors import InputError
from hotspots.targeting import placement
from hotspots.targeting.pieces import POOL, Piece

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.frames import DensitySurface
    from hotspots.settings import TargetingSettings
    from hotspots.targeting.parameters import Parameters
    from hotspots.targeting.placement import Pieces

# HDBSCAN compares all incidents of a district with each other.
_MOST_ROWS = 60_000
_GOLDEN_ANGLE = np.pi * (3 - 5**0.5)


def placed_pieces(
    places: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    surface: DensitySurface,
    district_of_cell: NDArray[np.int32],
    parameters: Parameters,
    settings: TargetingSettings,
) -> list[Piece]:
    """Cut out pieces by the method named in the settings, eight for each hotspot wanted.

    ``squares`` and ``hexagons`` are cells of a fixed grid with the mean area, by count;
    ``density`` grows pieces of the mean area around the peaks of the surface; ``dbscan`` takes
    clusters and ``hdbscan`` clusters of differing density, as discs of ``eps_m / 2``.

    Parameters
    ----------
    places
        Columns x_m, y_m, weight and district: selecting incidents inside the districts.
    districts, surface, district_of_cell
        Study area, its density, and the row of the district of each cell.
    parameters, settings
        Parameters and settings of targeting.

    Raises
    ------
    InputError
        A district holds too many incidents for HDBSCAN.
    """
    number_of = dict(zip(districts["district"], range(len(districts)), strict=True))
    group = places["district"].astype(object).map(number_of).to_numpy(dtype=np.int64)
    xyw = places["x_m"], places["y_m"], places["weight"]
    pool = POOL * parameters.hotspots
    mean = settings.mean_area_km2
    if settings.method == "squares":
        found = placement.best_squares(*xyw, pieces=pool, side_m=1e3 * mean**0.5, group=group)
    elif settings.method == "hexagons":
        found = placement.best_hexagons(*xyw, pieces=pool, area_km2=mean, group=group)
    elif settings.method == "density":
        found = placement.grown_pieces(
            surface, pieces=pool, area_km2=pool * mean, group_of_cell=district_of_cell
        )
    else:
        spots = places.assign(group=group).groupby(["group", "x_m", "y_m"])["weight"].sum()
        table = spots.reset_index()
        cluster = _dbscan if settings.method == "dbscan" else _hdbscan
        found = cluster(table, pool, parameters)
    return [
        Piece(shape, int(home)) for shape, home in zip(found.geometry, found.group, strict=True)
    ]


def _dbscan(table: pd.DataFrame, pool: int, parameters: Parameters) -> Pieces:
    return placement.best_clusters(
        table["x_m"], table["y_m"], table["weight"], pieces=pool, eps_m=parameters.eps_m,
        min_incidents=parameters.min_incidents, group=table["group"],
    )  # fmt: skip


def _hdbscan(table: pd.DataFrame, pool: int, parameters: Parameters) -> Pieces:
    """Clusters of HDBSCAN (Campello, Moulavi and Sander 2013), district by district.

    It knows no weights, so the incidents of a place are spread over a disc of `eps_m / 4`
    around it, evenly and always alike.
    """
    import shapely
    from sklearn.cluster import HDBSCAN

    shapes, homes, counts = [], [], []
    for home, rows in table.groupby("group"):
        incidents = int(rows["weight"].sum())
        if incidents > _MOST_ROWS:
            raise InputError(
                f"{incidents:,} incidents in one district are too many for hdbscan, which "
                f"takes {_MOST_ROWS:,}; choose fewer months or categories, or another method."
            )
        if incidents < max(2, parameters.min_incidents):
            continue
        place, x, y = _spread(rows, parameters.eps_m / 4)
        label = np.full(len(x), -1)
        for single in (False, True):  # one cluster alone is found only when it is allowed
            if label.max() < 0:
                model = HDBSCAN(
                    min_cluster_size=max(2, parameters.min_incidents),
                    allow_single_cluster=single,
                    copy=True,
                )
                label = model.fit(np.column_stack([x, y])).labels_
        for cluster in range(int(label.max(initial=-1)) + 1):
            spots = rows.iloc[np.unique(place[label == cluster])]
            points = shapely.points(spots["x_m"], spots["y_m"])
            shapes.append(shapely.union_all(shapely.buffer(points, parameters.eps_m / 2)))
            homes.append(home)
            counts.append(int((label == cluster).sum()))
    order = np.argsort(-np.array(counts, dtype=np.float64), kind="stable")[:pool]
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    return placement.Pieces(
        geometry[order], np.array(homes, np.int64)[order], np.array(counts, np.float64)[order]
    )


def _spread(
    rows: pd.DataFrame, radius_m: float
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Row number and position of single incidents, spread like the seeds of a sunflower."""
    weight = rows["weight"].to_numpy(dtype=np.int64)
    place = np.repeat(np.arange(len(rows)), weight)
    seed = np.arange(len(place)) - np.repeat(np.cumsum(weight) - weight, weight)
    reach = radius_m * np.sqrt((seed + 0.5) / weight[place])
    angle = seed * _GOLDEN_ANGLE
    x = rows["x_m"].to_numpy()[place] + reach * np.cos(angle)
    y = rows["y_m"].to_numpy()[place] + reach * np.sin(angle)
    return place, x, y
