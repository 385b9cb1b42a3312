"""The Folium map of a plan, and the one HTML page around it.

Folium draws places only: its elements hold numbers, never a word from a file of incidents or
boundaries, because folium and branca compile rendered text as a template again and write it into
scripts. All words travel as JSON or through an escaping template (see `hotspots.sharing.page`).
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import folium
import folium.map
import folium.raster_layers
import numpy as np

from hotspots.geo import WGS84, Projection
from hotspots.sharing import raster
from hotspots.sharing.disclosure import for_audience
from hotspots.sharing.folium_map import HotspotMap, Shapes, Start
from hotspots.sharing.inspection import Positions
from hotspots.sharing.page.cards import cards
from hotspots.sharing.page.content import content
from hotspots.sharing.page.context import context, tile_origin
from hotspots.sharing.page.data import data, former
from hotspots.sharing.page.periods import periods
from hotspots.sharing.page.shapes import collection, extent
from hotspots.sharing.page.text import figure
from hotspots.sharing.page.whatif import curve_picture, what_if

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike

    from hotspots.frames import Plan
    from hotspots.settings import Audience

#: How much of the density surface shows; the legend is drawn at the same opacity.
DENSITY_OPACITY = 0.75

#: Candidates that were not selected, the best first; the plan's file has all.
MOST_DROPPED = 2000

_SVG_LIMIT = 3000  # shapes; above, the browser draws on a canvas


def draw(
    plan: Plan,
    audience: Audience | None = None,
    *,
    positions: tuple[ArrayLike, ArrayLike] | None = None,
    roads: gpd.GeoDataFrame | None = None,
    places: gpd.GeoDataFrame | None = None,
) -> HotspotMap:
    """Draw a plan as a map page that opens anywhere, without a network.

    Parameters
    ----------
    plan
        The plan of record. Source and attribution come from ``plan.provenance`` or, where that
        is silent, from the settings; without them nothing is drawn.
    audience
        ``"restricted"``, ``"partner"`` or ``"public"``; by default that of the settings.
    positions
        Positions of incidents in the working CRS, x and y: the page for an audience other than
        ``"restricted"`` is then searched for them before it is saved.
    roads, places
        Lines, and points with a column ``name``, in the plan's CRS, drawn to find the way.

    Returns
    -------
    HotspotMap
        A `folium.Map` whose page is complete: `HotspotMap.save` writes it.

    Raises
    ------
    OutputError
        No source is known, or nobody can be attributed; or that edition cannot be made.
    """
    plan = for_audience(plan, audience, positions=positions)
    targeting, density = plan.targeting, plan.targeting.density
    months = max(1, len(targeting.quality.months))
    monthly, breaks = raster.monthly_classes(density, months)
    palette = plan.settings.sharing.palette
    dropped = targeting.candidates[targeting.candidates["status"] != "selected"]
    others, dropped = len(dropped), dropped.sort_values("rank", kind="stable").head(MOST_DROPPED)
    districts = collection(targeting.districts, coverage=True)
    bounds = extent(districts)
    around = context(plan, bounds, roads, places)
    facts = {
        **data(plan, dropped),
        **{name: around[name] for name in ("roads", "places", "tiles") if around.get(name)},
        "whatIf": what_if(plan),
        "periods": periods(plan, breaks),
        "cards": cards(plan),
    }
    words = {
        **content(plan, breaks, raster.colours_of(palette, len(breaks))),
        "what_if": facts["whatIf"],
        "curve": curve_picture(plan),
        "periods": len(facts["periods"]),
        "dropped": (
            f"Of {figure(others)} other candidates the best {figure(len(dropped))} are on the map; "
            "plan.gpkg has all."
            if others > len(dropped)
            else ""
        ),
    }
    facts["heading"] = words["title"]
    for page_part in (words, facts):
        page_part["attribution"] = [*page_part["attribution"], *around["credits"]]
    words["tile_origin"] = tile_origin(around["tiles"]) if around.get("tiles") else ""
    shapes = len(targeting.hotspots) + len(dropped) + len(targeting.districts)

    page = HotspotMap(
        words,
        facts,
        bounds=bounds,
        positions=_positions(positions, density.crs) if plan.audience != "restricted" else None,
        prefer_canvas=shapes > _SVG_LIMIT,
    )
    for name, level in (
        ("districts", 350),
        ("density", 360),
        ("left", 405),
        ("candidates", 410),
        ("hotspots", 420),
    ):
        page.add_child(folium.map.CustomPane(name, z_index=level, pointer_events=True))
    picture = raster.draw_density(density, monthly, breaks, palette)
    unselected = Shapes(
        collection(dropped), "candidate", "Other candidates", "candidates", show=False
    )
    layers = {
        "districts": Shapes(districts, "district", "Districts", "districts"),
        "density": folium.raster_layers.ImageOverlay(
            "data:image/png;base64," + base64.b64encode(picture.png).decode(),
            bounds=[list(corner) for corner in picture.bounds],
            name="Density surface",
            opacity=DENSITY_OPACITY,
            pixelated=False,
            pane="density",
        ),
        **({"candidates": unselected} if plan.audience == "restricted" else {}),
        "hotspots": Shapes(collection(targeting.hotspots), "hotspot", "Hotspots", "hotspots"),
    }
    left = former(plan)
    if len(left):
        layers["left"] = Shapes(collection(left), "left", "Former hotspots", "left")
    for layer in layers.values():
        page.add_child(layer)
    control = folium.LayerControl(collapsed=False)
    page.add_child(control)
    page.add_child(Start(layers, control, bounds))
    return page


def _positions(given: tuple[ArrayLike, ArrayLike] | None, crs: str) -> Positions | None:
    """Positions of incidents, in degrees as well."""
    if given is None:
        return None
    x, y = (np.asarray(axis, dtype=np.float64) for axis in given)
    return Positions(*Projection(crs, WGS84).transform(x, y), x, y)
