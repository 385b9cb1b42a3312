"""Shapes for the map: WGS 84, five decimals, no words, only the number of their row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.geo import WGS84, reproject

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_DECIMALS = 5  # 1.1 m
_DETAIL = 5000  # parts of the extent below which a bend of a border is not shown
_BEND_M = 2.0  # bends of a hotspot that are not shown

Bounds = tuple[tuple[float, float], tuple[float, float]]


def collection(table: gpd.GeoDataFrame, *, coverage: bool = False) -> dict[str, Any]:
    """Turn the polygons of a table, in metres, into a GeoJSON feature collection.

    Shapes are simplified to what can be seen on a screen. The only property is ``n``, the
    position of the row; rows without a polygon are left out.

    Parameters
    ----------
    table
        Polygons in a projected CRS.
    coverage
        Whether the shapes are neighbours that must keep their common borders.
    """
    import shapely

    if table.empty:
        return {"type": "FeatureCollection", "features": []}
    shapes = table.geometry.to_numpy()
    if coverage:
        west, south, east, north = table.total_bounds
        shapes = _simplified(shapes, max(east - west, north - south) / _DETAIL)
    else:
        shapes = shapely.simplify(shapes, _BEND_M)
    degrees = reproject(table.set_geometry(shapes, crs=table.crs), WGS84).geometry
    features = []
    for n, shape in enumerate(shapely.transform(degrees.to_numpy(), _rounded)):
        polygons = [
            part
            for part in shapely.get_parts(shape)
            if part.geom_type == "Polygon" and not part.is_empty
        ]
        if polygons:
            features.append(
                {"type": "Feature", "properties": {"n": n}, "geometry": _geometry(polygons)}
            )
    return {"type": "FeatureCollection", "features": features}


def folded(features: dict[str, Any]) -> list[list[Any]]:
    """A feature collection as whole numbers, a third of its size.

    Returns
    -------
    list
        A feature each: its ``n``, then its polygons as lists of rings. A ring is its first
        position and then steps, longitude before latitude, in 1/100,000 degree, without the last
        position, which is the first again.

    Examples
    --------
    >>> square = [[[[0.0, 51.0], [0.1, 51.0], [0.1, 51.1], [0.0, 51.0]]]]
    >>> feature = {"properties": {"n": 7}, "geometry": {"coordinates": square}}
    >>> folded({"features": [feature]})
    [[7, [[[0, 5100000, 10000, 0, 0, 10000]]]]]
    """
    return [
        [
            feature["properties"]["n"],
            [[_steps(ring) for ring in polygon] for polygon in feature["geometry"]["coordinates"]],
        ]
        for feature in features["features"]
    ]


def _steps(ring: list[list[float]]) -> list[int]:
    whole = np.rint(np.asarray(ring[:-1]) * 10**_DECIMALS).astype(np.int64)
    start = np.zeros((1, 2), dtype=np.int64)
    steps: list[int] = np.diff(whole, axis=0, prepend=start).ravel().tolist()
    return steps


def extent(features: dict[str, Any]) -> Bounds:
    """Bounds of a feature collection, ((south, west), (north, east)); the world if empty."""
    points = [
        point
        for feature in features["features"]
        for polygon in feature["geometry"]["coordinates"]
        for point in polygon[0]
    ]
    if not points:
        return (-60.0, -180.0), (75.0, 180.0)
    longitudes, latitudes = zip(*points, strict=True)
    return (min(latitudes), min(longitudes)), (max(latitudes), max(longitudes))


def _geometry(polygons: list[Any]) -> dict[str, Any]:
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [[list(point) for point in ring.coords] for ring in (part.exterior, *part.interiors)]
            for part in polygons
        ],
    }


def _simplified(shapes: NDArray[Any], tolerance: float) -> NDArray[Any]:
    """Simplify polygons as a coverage; other geometries stay as they are."""
    import shapely

    polygonal = np.isin(shapely.get_type_id(shapes), (3, 6))
    simpler = shapes.copy()
    simpler[polygonal] = shapely.coverage_simplify(shapes[polygonal], tolerance)
    lost = shapely.is_empty(simpler) & ~shapely.is_empty(shapes)
    simpler[lost] = shapes[lost]
    return simpler


def _rounded(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(points, _DECIMALS)
