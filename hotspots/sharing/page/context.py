"""What helps a reader to find the way: roads, names of towns and places, a tile server."""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from hotspots.geo import WGS84, reproject
from hotspots.sharing.page.text import plain

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from hotspots.frames import Plan
    from hotspots.sharing.page.shapes import Bounds

TOWN_ATTRIBUTION = "Town names: GeoNames, CC BY 4.0"
#: Names at most, the largest towns or the first places.
MOST_NAMES = 400
#: Positions of all roads at most: some 400 KB of the page.
MOST_POSITIONS = 120_000

_UNIT = 1e5  # in a degree
_SNAP_M = 1.0
_BENDS_M = (3.0, 6.0, 12.0, 25.0, 50.0)

Name = tuple[str, float, float]


def context(
    plan: Plan,
    bounds: Bounds,
    roads: gpd.GeoDataFrame | None,
    places: gpd.GeoDataFrame | None,
) -> dict[str, Any]:
    """Roads, names and tiles for the page's JSON, and whom to attribute for them.

    Parameters
    ----------
    plan
        The plan of record; its settings say whether towns are named and where tiles are.
    bounds
        ((south, west), (north, east)) of the districts, degrees.
    roads, places
        Lines, and points with a column ``name``, in the plan's CRS.
    """
    sharing = plan.settings.sharing
    found: dict[str, Any] = {"roads": [], "places": None, "credits": []}
    if roads is not None:
        found["roads"] = coded_lines(roads, plan.targeting.districts)
    names = [] if places is None else _own_places(places, bounds)
    if sharing.town_names and (known := towns(bounds)):
        names += known
        found["credits"].append(TOWN_ATTRIBUTION)
    if names:
        found["places"] = {"rows": [list(name) for name in names[:MOST_NAMES]]}
    if sharing.tiles:
        found["tiles"] = sharing.tiles
        found["credits"].append(plain(sharing.tile_attribution))
    return found


def tile_origin(address: str) -> str:
    """Scheme and host of a tile server, as the page's policy names it.

    Examples
    --------
    >>> tile_origin("https://tiles.example.org:8443/os/{z}/{x}/{y}.png?key=1")
    'https://tiles.example.org:8443'
    """
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def towns(bounds: Bounds) -> list[Name]:
    """Bundled towns inside some bounds, the largest first: name, longitude, latitude.

    Examples
    --------
    >>> [name for name, _, _ in towns(((51.88, -0.23), (51.93, -0.15)))]
    ['Stevenage']
    """
    (south, west), (north, east) = bounds
    text = (files("hotspots.data") / "places" / "towns.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    found = [(row["name"], float(row["longitude"]), float(row["latitude"])) for row in rows]
    return [town for town in found if west <= town[1] <= east and south <= town[2] <= north]


def coded_lines(roads: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> list[list[int]]:
    """Lines inside the bounds of the districts, each as its first position and then steps.

    Lines are cut to the bounds, snapped to a metre, joined where they meet end to end, and
    simplified: more the more positions there are, by up to 50 m, until `MOST_POSITIONS` hold
    them. Numbers are 1/100,000 degree, longitude before latitude.

    Raises
    ------
    OutputError
        Even so there are too many.
    """
    import shapely

    from hotspots.errors import OutputError

    lines = shapely.force_2d(roads.geometry.to_numpy())
    cut = shapely.clip_by_rect(lines, *districts.total_bounds)
    snapped = shapely.set_precision(shapely.union_all(cut), _SNAP_M)
    joined = shapely.get_parts(shapely.line_merge(snapped))
    joined = joined[(shapely.get_type_id(joined) == 1) & ~shapely.is_empty(joined)]
    for bend in _BENDS_M:
        simpler = shapely.simplify(joined, bend)
        if shapely.get_num_coordinates(simpler).sum() <= MOST_POSITIONS:
            return _coded(simpler, str(roads.crs))
    raise OutputError(
        f"The roads have {shapely.get_num_coordinates(simpler).sum():,} positions, too many for "
        f"a page to be mailed ({MOST_POSITIONS:,}); give fewer, such as main roads only."
    )


def _coded(lines: NDArray[Any], crs: str) -> list[list[int]]:
    """Lines in a projected CRS as whole numbers, in the order of their first positions."""
    import geopandas as gpd
    import shapely

    degrees = reproject(gpd.GeoDataFrame(geometry=lines, crs=crs), WGS84).geometry.to_numpy()
    coded = []
    for line in degrees:
        position = np.rint(shapely.get_coordinates(line) * _UNIT).astype(np.int64)
        moved = np.ones(len(position), dtype=bool)
        moved[1:] = (position[1:] != position[:-1]).any(axis=1)
        position = position[moved]
        if len(position) > 1:
            steps = np.diff(position, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
            coded.append([int(value) for value in steps.ravel()])
    return sorted(coded)


def _own_places(places: gpd.GeoDataFrame, bounds: Bounds) -> list[Name]:
    """Places of one's own inside the bounds, in their order."""
    (south, west), (north, east) = bounds
    points = reproject(places, WGS84).geometry
    return [
        (plain(name), round(x, 5), round(y, 5))
        for name, x, y in zip(places["name"], points.x, points.y, strict=True)
        if west <= x <= east and south <= y <= north
    ]
