"""The classes of the surface as polygons, for a GIS: what the page shows as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.frames import CONTOURS, names

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from hotspots.frames import DensitySurface

_BEND = 0.1  # bends that are not kept, parts of a cell
_POLYGON = 3  # shapely's number of the type


def contours(
    density: DensitySurface,
    monthly: NDArray[np.float64],
    breaks: Sequence[float],
    districts: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Trace the classes of the map as polygons, cut to the districts.

    Between cell centres values are linear along the sides of the squares that they span, as
    contourpy's serial algorithm takes them; bends of less than a tenth of a cell are left out.
    The page interpolates bilinearly, so its borders agree with these to a part of a cell.

    Parameters
    ----------
    density
        Gives the grid.
    monthly
        Incidents per km² and month on it.
    breaks
        Lower bounds of the classes.
    districts
        What the polygons are cut to.

    Returns
    -------
    GeoDataFrame
        Columns `hotspots.frames.CONTOURS`, one row a class that occurs, lowest first.
    """
    import geopandas as gpd
    import shapely

    land = shapely.union_all(districts.geometry.to_numpy())
    shapely.prepare(land)
    lines = _generator(density, monthly)
    rows = []
    for number, (low, high) in enumerate(pairwise((*breaks, np.inf)), start=1):
        shape = _cut(_polygons(lines, low, high, density.cell_size_m), land)
        if not shape.is_empty:
            rows.append((number, float(low), high if np.isfinite(high) else np.nan, shape))
    columns = [*names(CONTOURS), "geometry"]
    table = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=density.crs)
    return table.astype({"class": "int64", "from_per_km2": "float64", "to_per_km2": "float64"})


def _generator(density: DensitySurface, values: NDArray[np.float64]) -> Any:
    import contourpy

    rows, columns = values.shape
    # the outermost centres go on to the border of the grid and beyond
    x = density.x_min_m + (np.arange(-1, columns + 1) + 0.5) * density.cell_size_m
    y = density.y_min_m + (np.arange(-1, rows + 1) + 0.5) * density.cell_size_m
    padded = np.pad(values, 1, mode="edge")
    kind = contourpy.FillType.OuterOffset
    return contourpy.contour_generator(x, y, padded, name="serial", fill_type=kind)


def _polygons(lines: Any, low: float, high: float, cell_m: float) -> NDArray[np.object_]:
    """Areas in which values lie between two bounds, without bends that say nothing."""
    import shapely

    polygons = []
    for points, offsets in zip(*lines.filled(low, high), strict=True):
        shell, *holes = (points[first:end] for first, end in pairwise(offsets))
        polygons.append(shapely.Polygon(shell, holes))
    found: NDArray[np.object_] = shapely.simplify(np.array(polygons, dtype=object), _BEND * cell_m)
    return found


def _cut(shapes: NDArray[np.object_], land: Any) -> Any:
    """One multipolygon of what lies on the land; most areas lie on it wholly."""
    import shapely

    crossed = ~shapely.is_valid(shapes)
    shapes = shapes.copy()
    shapes[crossed] = shapely.make_valid(shapes[crossed], method="structure", keep_collapsed=False)
    shapes = shapes[shapely.intersects(land, shapes)]
    whole = shapely.contains(land, shapes)
    shapes = np.concatenate([shapes[whole], shapely.intersection(shapes[~whole], land)])
    together = _multipolygon(shapes)
    # where bends were left out, neighbours may overlap a little
    return together if together.is_valid else _multipolygon(shapely.union_all(shapes))


def _multipolygon(shapes: Any) -> Any:
    import shapely

    parts = shapely.get_parts(shapes)
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == _POLYGON])
