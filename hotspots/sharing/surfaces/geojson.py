"""The hotspots as GeoJSON (RFC 7946): longitude and latitude, outer rings anticlockwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.geo import WGS84, reproject
from hotspots.sharing.layers import published
from hotspots.sharing.provenance import to_json
from hotspots.sharing.surfaces.about import about

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from hotspots.frames import Plan

DECIMALS = 6  # 0.1 m


def write_geojson(plan: Plan, path: Path) -> None:
    """Write one feature a line; what the plan says of itself is the member ``about``."""
    table = degrees(published(plan.hotspots, "hotspots"))
    words = table.drop(columns="geometry").astype(object)
    rows = words.where(words.notna(), None).to_dict("records")
    lines = [
        _line({"type": "Feature", "id": row["hotspot_id"], "properties": row, "geometry": shape})
        for row, shape in zip(rows, shapes_of(table), strict=True)
    ]
    path.write_text(
        f'{{"type": "FeatureCollection",\n"about": {_line(about(plan))},\n"features": [\n'
        + ",\n".join(lines)
        + "\n]}\n",
        encoding="utf-8",
    )


def degrees(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Polygons in WGS 84, rounded, outer rings anticlockwise."""
    import shapely

    moved = reproject(table, WGS84).geometry.to_numpy()
    shapes = shapely.orient_polygons(shapely.transform(moved, _rounded), exterior_cw=False)
    return table.set_geometry(type(table.geometry)(shapes, index=table.index, crs=WGS84))


def shapes_of(table: gpd.GeoDataFrame) -> list[dict[str, Any] | None]:
    """Geometry of every row as GeoJSON; None where there is none."""
    import shapely

    return [None if shape is None else shapely.geometry.mapping(shape) for shape in table.geometry]


def _rounded(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(points, DECIMALS)


def _line(value: object) -> str:
    return to_json(value, indent=None).strip()
