"""Coordinate reference systems, at the border only: inside, everything is metres."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.errors import InputError
from hotspots.threads import in_threads, shares

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

WGS84 = "EPSG:4326"
BRITISH_NATIONAL_GRID = "EPSG:27700"

# Great Britain without Ireland and the French coast, coarsely: longitude, latitude.
_GREAT_BRITAIN = (
    (-6.6, 49.7), (-1.5, 50.3), (0.9, 50.6), (1.55, 51.05), (2.1, 52.5), (0.6, 53.8),
    (-1.2, 55.6), (-0.4, 61.1), (-9.0, 58.5), (-8.0, 56.4), (-6.6, 55.45), (-5.4, 54.9),
    (-4.9, 54.0), (-5.0, 52.6), (-5.6, 51.8), (-6.6, 49.7),
)  # fmt: skip


def crs_name(crs: Any) -> str:
    """Name a CRS by authority and code where it has one, otherwise by its WKT.

    Raises
    ------
    InputError
        `crs` is not a CRS that PROJ knows.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        known = CRS.from_user_input(crs)
    except CRSError:
        raise InputError(f"{crs!r} is not a CRS; write for example 'EPSG:27700'.") from None
    authority = known.to_authority()
    return ":".join(authority) if authority else str(known.to_wkt())


def working_crs(longitude: float, latitude: float) -> str:
    """Choose the projected CRS in metres for a study area centred on a position.

    Returns
    -------
    str
        British National Grid in Great Britain, otherwise the UTM zone of the position
        (WGS 84), with its exceptions for Norway left out.

    Examples
    --------
    >>> working_crs(-0.2, 51.8), working_crs(-79.4, 43.7), working_crs(151.2, -33.9)
    ('EPSG:27700', 'EPSG:32617', 'EPSG:32756')
    """
    import shapely

    if shapely.contains_xy(shapely.Polygon(_GREAT_BRITAIN), longitude, latitude):
        return BRITISH_NATIONAL_GRID
    zone = int((longitude + 180) // 6) % 60 + 1
    return f"EPSG:{(32600 if latitude >= 0 else 32700) + zone}"


def check_metres(crs: str) -> str:
    """Check that a CRS is projected, in metres, and true to scale.

    Raises
    ------
    InputError
        It is geographic, in another unit, or Web Mercator.
    """
    from pyproj import CRS

    name = crs_name(crs)
    known = CRS.from_user_input(name)
    unit = known.axis_info[0].unit_name if known.axis_info else "unknown"
    if not known.is_projected or unit != "metre" or name in ("EPSG:3857", "EPSG:3395"):
        raise InputError(
            f"Distances need a projected CRS in metres; {name} ({known.name}) is not one that "
            "measures true metres. Leave crs out to have one chosen, or name one such as "
            "EPSG:27700."
        )
    return name


class Projection:
    """One pinned transformation between two CRSs.

    PROJ keeps several candidate operations for a pair and may fall back from one to another
    point by point; here the most accurate one available without a network is taken for all
    points, and can be named in a manifest.

    Attributes
    ----------
    description, accuracy_m
        Name of the operation and its stated accuracy in metres (None: not stated).
    """

    def __init__(self, source: str, target: str) -> None:
        from pyproj.transformer import TransformerGroup

        with warnings.catch_warnings():
            # "Best transformation is not available": its accuracy is stated in the manifest
            warnings.filterwarnings("ignore", category=UserWarning, module="pyproj")
            group = TransformerGroup(source, target, always_xy=True, allow_ballpark=False)
        if not group.transformers:
            raise InputError(f"No transformation from {source} to {target} is available here.")
        best = group.transformers[0]
        self._transformer = best
        self.description = str(best.description).removeprefix("axis order change (2D) + ")
        self.accuracy_m = float(best.accuracy) if best.accuracy >= 0 else None

    def transform(
        self, x: ArrayLike, y: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Transform arrays of coordinates; what cannot be transformed becomes infinite."""
        x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        parts = shares(len(x))
        if len(parts) == 1:
            out_x, out_y = self._transformer.transform(x, y)
            return np.asarray(out_x), np.asarray(out_y)
        out_x, out_y = np.empty_like(x), np.empty_like(y)

        def move(first: int, end: int) -> None:
            from pyproj import Transformer

            # PROJ's contexts are not shared between threads without waiting for each other
            own = Transformer.from_pipeline(self._transformer.definition)
            out_x[first:end], out_y[first:end] = own.transform(x[first:end], y[first:end])

        in_threads(move, parts)
        return out_x, out_y


def reproject(table: gpd.GeoDataFrame, target: str) -> gpd.GeoDataFrame:
    """Copy a GeoDataFrame into another CRS by one pinned `Projection`."""
    import shapely

    source = crs_name(table.crs)
    if source == target:
        return table.copy()
    projection = Projection(source, target)

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(projection.transform(points[:, 0], points[:, 1]))

    moved = shapely.transform(table.geometry.to_numpy(), move)
    return table.set_geometry(
        type(table.geometry)(moved, index=table.index, crs=target, name=table.geometry.name)
    )


def distinct_positions(
    x: ArrayLike, y: ArrayLike, weight: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Distinct positions from west to east and south to north, and the weight at each.

    Examples
    --------
    >>> [values.tolist() for values in distinct_positions([2, 1, 2], [0, 0, 0], [1, 1, 3])]
    [[1.0, 2.0], [0.0, 0.0], [1.0, 4.0]]
    """
    x, y, w = (np.asarray(values, dtype=np.float64) for values in (x, y, weight))
    if not len(x):
        return x, y, w
    same_x = x[1:] == x[:-1]
    if (x[1:] < x[:-1]).any() or (same_x & (y[1:] < y[:-1])).any():
        order = np.lexsort((y, x))
        x, y, w = x[order], y[order], w[order]
        same_x = x[1:] == x[:-1]
    same_x &= y[1:] == y[:-1]
    if not same_x.any():
        return x.copy(), y.copy(), w.copy()
    first = np.flatnonzero(np.concatenate(([True], ~same_x)))
    return x[first], y[first], np.add.reduceat(w, first)
