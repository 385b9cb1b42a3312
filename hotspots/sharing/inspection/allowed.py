"""What the data and the map of an edition's page may hold; everything else is a finding.

A name that is missing here has not been thought of for this audience.
"""

from __future__ import annotations

from collections.abc import Mapping

from hotspots.sharing import raster
from hotspots.sharing.disclosure.surface import CELL_M, CLASSES

_COMMON = frozenset(
    {
        "audience", "months", "weeks", "crs", "attribution", "hotspots", "candidates", "districts",
        "columns", "rows", "id", "name", "district", "paired", "kind", "mainly", "why", "change",
        "rank", "rankIn", "incidents", "area", "periods", "visits", "hours", "visitsPerDay",
        "hoursPerWeek", "hoursShare", "equal", "lon", "lat", "grid", "x", "y", "heading", "roads",
        "places", "tiles", "cards", "codes", "changes",
    }
)  # fmt: skip

#: Keys of the page's data that may hold something.
KEYS: Mapping[str, frozenset[str]] = {
    "partner": _COMMON | {"counted"},
    "public": _COMMON | {"share", "perKm2", "perDay"},
}

#: Keys of counts of incidents.
COUNTS = frozenset({"incidents", "other", "count", "counts", "n", "weight", "observed"})

#: Keys of what lies around: on a road or in a town there may be an incident by chance.
AROUND = ("roads", "places")

#: Keys of tables that have no row in an edition.
NO_ROWS = frozenset({"candidates"})

#: Words of the script that draws the map.
MAP_WORDS = frozenset(
    """
    Density Districts Former Hotspots L addTo attributionControl autoZIndex base_layers bottomleft
    bounds candidates center collapsed const control createPane density district districts each
    false geoJson hotspot hotspots hotspotsPage imageOverlay layers left let map maxZoom minZoom
    onEachFeature opacity overlays pane position preferCanvas scale start style styles surface
    topright trackResize true unfold var wheelPxPerZoomLevel zIndex zoom zoomControl zoomDelta
    zoomSnap
    """.split()  # noqa: SIM905
)

#: Most classes of a picture, and least metres on the ground of its pixels.
MOST_CLASSES: Mapping[str, int] = {"restricted": raster.CLASSES, **CLASSES}
LEAST_PIXEL_M: Mapping[str, float] = {"restricted": 0.0, **{k: v / 2 for k, v in CELL_M.items()}}
