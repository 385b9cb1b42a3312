"""Layers that help to find the way on the map: roads, and places with a name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import InputError
from hotspots.geo import reproject

if TYPE_CHECKING:
    import geopandas as gpd

_NAMES = ("name", "label", "title", "place", "name1")
_LINES = ("LineString", "MultiLineString", "LinearRing")


def read_roads(path: str | Path, crs: str) -> gpd.GeoDataFrame:
    """Read lines from a vector file.

    Parameters
    ----------
    path
        A file that GDAL reads, with a CRS.
    crs
        CRS to bring them to.

    Returns
    -------
    geopandas.GeoDataFrame
        Lines only; nothing else of the file is kept.

    Raises
    ------
    InputError
        The file is missing or unreadable, has no CRS, or holds no line.
    """
    layer = _read(path, "roads")
    lines = layer[layer.geom_type.isin(_LINES)]
    if lines.empty:
        raise InputError(f"The file of roads {path} holds no line; give a layer of lines.")
    return reproject(lines[["geometry"]], crs)


def read_named_places(path: str | Path, crs: str) -> gpd.GeoDataFrame:
    """Read points with a name from a vector file.

    Parameters
    ----------
    path
        A file that GDAL reads, with a CRS and a column ``name`` (or label, title, place, name1).
    crs
        CRS to bring them to.

    Returns
    -------
    geopandas.GeoDataFrame
        Column ``name``, without the empty ones, and a point each, in the order of the file.

    Raises
    ------
    InputError
        The file is missing or unreadable, has no CRS, no point or no column of names.
    """
    layer = _read(path, "places")
    columns = {str(name).lower(): name for name in layer.columns}
    column = next((columns[name] for name in _NAMES if name in columns), None)
    if column is None:
        found = ", ".join(str(name) for name in layer.columns if name != layer.geometry.name)
        raise InputError(
            f"The file of places {path} has no column name; found: {found or 'none'}. Call the "
            "column of names 'name'."
        )
    names = layer[column].astype("str").where(layer[column].notna(), "").str.strip()
    points = layer.assign(name=names)[(layer.geom_type == "Point") & (names != "")]
    if points.empty:
        raise InputError(
            f"The file of places {path} holds no point with a name; give a layer of points."
        )
    return reproject(points[["name", "geometry"]], crs)


def _read(path: str | Path, what: str) -> gpd.GeoDataFrame:
    """Read a whole layer; other geometries than wanted are left to the caller."""
    import geopandas as gpd
    from pyogrio.errors import DataLayerError, DataSourceError

    if not Path(path).exists():
        raise InputError(f"The file of {what} {path} is not there; check the path.")
    try:
        layer = gpd.read_file(path)
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise InputError(
            f"The file of {what} {path} cannot be read ({error}); give a GeoPackage, a GeoJSON "
            "or a Shapefile."
        ) from error
    if not hasattr(layer, "geom_type"):
        raise InputError(f"The file of {what} {path} has no shapes; give a layer with shapes.")
    if layer.crs is None:
        raise InputError(f"The file of {what} {path} has no CRS; save it with its CRS.")
    return layer[layer.geometry.notna() & ~layer.geometry.is_empty]
