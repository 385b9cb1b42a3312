"""The Folium map of a plan, and the one HTML page around it.

Folium draws places only: its elements hold numbers, never a word from a file of incidents or
boundaries, because folium and branca compile rendered text as a template again and write it into
scripts. All words travel as JSON or through an escaping template (see `hotspots.sharing.page`).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import folium.map
import folium.raster_layers
from folium.template import Template
from folium.utilities import JsCode

from hotspots.errors import OutputError
from hotspots.packing import rounded
from hotspots.sharing import raster
from hotspots.sharing.files import write_atomically
from hotspots.sharing.page import assets
from hotspots.sharing.page.content import content
from hotspots.sharing.page.data import data, former
from hotspots.sharing.page.root import PageRoot
from hotspots.sharing.page.shapes import Bounds, collection, extent

if TYPE_CHECKING:
    from hotspots.frames import Plan

#: How much of the density surface shows; the legend is drawn at the same opacity.
DENSITY_OPACITY = 0.75

_SVG_LIMIT = 3000  # shapes; above, the browser draws on a canvas


def draw(plan: Plan) -> HotspotMap:
    """Draw a plan as a map page that opens anywhere, without a network.

    Parameters
    ----------
    plan
        The plan of record. Source and attribution come from ``plan.provenance`` or, where that
        is silent, from the settings; without them nothing is drawn.

    Returns
    -------
    HotspotMap
        A `folium.Map` whose page is complete: `HotspotMap.save` writes it.

    Raises
    ------
    OutputError
        No source is known, or nobody can be attributed.
    """
    targeting, density = plan.targeting, plan.targeting.density
    months = max(1, len(targeting.quality.months))
    # what the plan's file keeps, so that the same map can be drawn from it
    monthly = rounded(density.values_per_km2, density.threshold_per_km2)
    monthly /= months
    palette = plan.settings.sharing.palette
    peak = float(monthly.max(where=density.inside, initial=0.0))
    breaks = raster.class_breaks(peak, density.threshold_per_km2 / months)
    dropped = targeting.candidates[targeting.candidates["status"] != "selected"]
    words = content(plan, breaks, raster.PALETTES[palette])
    districts = collection(targeting.districts, coverage=True)
    bounds = extent(districts)
    shapes = len(targeting.hotspots) + len(dropped) + len(targeting.districts)

    page = HotspotMap(words, data(plan, dropped), bounds=bounds, prefer_canvas=shapes > _SVG_LIMIT)
    for name, level in (
        ("districts", 350),
        ("density", 360),
        ("left", 405),
        ("candidates", 410),
        ("hotspots", 420),
    ):
        page.add_child(folium.map.CustomPane(name, z_index=level, pointer_events=True))
    picture = raster.draw_density(density, monthly, breaks, palette)
    layers = {
        "districts": _shapes(districts, "district", "Districts", "districts"),
        "density": folium.raster_layers.ImageOverlay(
            "data:image/png;base64," + base64.b64encode(picture.png).decode(),
            bounds=[list(corner) for corner in picture.bounds],
            name="Density surface",
            opacity=DENSITY_OPACITY,
            pixelated=False,
            pane="density",
        ),
        "candidates": _shapes(
            collection(dropped), "candidate", "Other candidates", "candidates", show=False
        ),
        "hotspots": _shapes(collection(targeting.hotspots), "hotspot", "Hotspots", "hotspots"),
    }
    left = former(plan)
    if len(left):
        layers["left"] = _shapes(collection(left), "left", "Former hotspots", "left")
    for layer in layers.values():
        page.add_child(layer)
    control = folium.LayerControl(collapsed=False)
    page.add_child(control)
    page.add_child(_Start(layers, control, bounds))
    return page


class HotspotMap(folium.Map):
    """A Folium map inside its finished page: nothing is loaded, no text is run.

    Parameters
    ----------
    words, facts
        What the page shows without and with JavaScript, as `page.content.content` and
        `page.data.data` make them.
    bounds
        ((south, west), (north, east)) of what is shown at first, in degrees.
    **options
        Options of Leaflet's map.
    """

    default_js = [("leaflet", assets.LEAFLET_JS)]  # noqa: RUF012
    default_css = [("leaflet_css", assets.LEAFLET_CSS)]  # noqa: RUF012

    # Folium's own header forbids pinch zoom and sets styles of the whole document.
    _template = Template(
        """
        {% macro html(this, kwargs) %}<div class="folium-map" id="{{ this.get_name() }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = L.map({{ this.get_name()|tojson }},
            {center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }}});
        L.control.zoom({position: "topright"}).addTo({{ this.get_name() }});
        L.control.scale({position: "bottomleft"}).addTo({{ this.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(
        self,
        words: Mapping[str, Any],
        facts: Mapping[str, Any],
        *,
        bounds: Bounds,
        **options: Any,
    ) -> None:
        (south, west), (north, east) = bounds
        super().__init__(
            location=[(south + north) / 2, (west + east) / 2],
            tiles=None,
            zoom_control=False,
            attributionControl=False,
            maxZoom=18,
            minZoom=4,
            zoomSnap=0.1,
            zoomDelta=1,
            wheelPxPerZoomLevel=100,
            **options,
        )
        PageRoot(words, facts).add_child(self)

    def _add_link(self, name: str, url: str, default_list: list[tuple[str, str]]) -> None:
        """Refuse a link: folium would add it to every map of the process."""
        raise OutputError(
            f"{name} is not added: the page would load {url!r} from elsewhere, and a shared page "
            "must open without a network."
        )

    def to_html(self) -> str:
        """Make the whole page.

        Raises
        ------
        OutputError
            It would load, send or run something that is not part of it.
        """
        return str(self.get_root().render())

    def save(self, outfile: str | Path, **kwargs: Any) -> None:  # type: ignore[override]
        """Write the page to a file, whole or not at all.

        Raises
        ------
        OutputError
            The page is not safe to share, or the file cannot be written.
        """
        html = self.to_html().encode()
        write_atomically(outfile, lambda path: path.write_bytes(html))

    def _repr_html_(self, **kwargs: Any) -> str:
        """Show the page in a notebook, in a frame of its own."""
        return (
            f'<iframe srcdoc="{escape(self.to_html())}" sandbox="allow-scripts allow-modals" '
            'title="Hotspots and patrol hours" width="100%" height="720" '
            'style="border: 1px solid #ccd4db"></iframe>'
        )


def _shapes(
    features: dict[str, Any], kind: str, name: str, pane: str, *, show: bool = True
) -> folium.GeoJson:
    """Make one layer of shapes with one style function in JavaScript."""
    return folium.GeoJson(
        features,
        name=name,
        show=show,
        pane=pane,
        style=JsCode(f"hotspotsPage.styles.{kind}"),
        on_each_feature=JsCode(f"hotspotsPage.each.{kind}"),
    )


class _Start(folium.MacroElement):
    """The last words of the map's script: hand the layers over to the page."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        hotspotsPage.start({map: {{ this._parent.get_name() }}, bounds: {{ this.bounds|tojson }},
            control: {{ this.control.get_name() }}, layers: {
            {%- for name, layer in this.layers.items() %}
            {{ name }}: {{ layer.get_name() }},
            {%- endfor %}
            }});
        {% endmacro %}
        """
    )

    def __init__(
        self,
        layers: Mapping[str, folium.map.Layer],
        control: folium.LayerControl,
        bounds: Bounds,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Start"
        self.layers, self.control, self.bounds = layers, control, bounds
