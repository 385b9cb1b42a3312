"""The folium side of the page: the map and what is drawn on it, made of numbers only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import folium
import folium.map
from folium.template import Template

from hotspots.errors import OutputError
from hotspots.sharing.files import write_atomically
from hotspots.sharing.inspection import Positions
from hotspots.sharing.page import assets
from hotspots.sharing.page.root import PageRoot
from hotspots.sharing.page.shapes import Bounds, folded


class HotspotMap(folium.Map):
    """A Folium map inside its finished page: nothing is loaded, no text is run.

    Parameters
    ----------
    words, facts
        What the page shows without and with JavaScript, as `page.content.content` and
        `page.data.data` make them.
    bounds
        ((south, west), (north, east)) of what is shown at first, in degrees.
    positions
        Positions of incidents that must not be in the page.
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
        positions: Positions | None = None,
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
            trackResize=False,  # the page watches the size of the map itself
            **options,
        )
        PageRoot(words, facts, positions).add_child(self)

    def _add_link(self, name: str, url: str, default_list: list[tuple[str, str]]) -> None:
        """Refuse a link: folium would add it to every map of the process."""
        raise OutputError(
            f"{name} is not added: the page would load {url!r} from elsewhere, and a shared page "
            "must open without a network."
        )

    def render(self, **kwargs: Any) -> str:
        """Render what was added, layers before the switches and the page that need them."""
        last = (folium.LayerControl, Start)
        for name in [name for name, child in self._children.items() if isinstance(child, last)]:
            self._children.move_to_end(name)
        return str(super().render(**kwargs))  # type: ignore[no-untyped-call]

    def to_html(self) -> str:
        """Make the whole page.

        Raises
        ------
        OutputError
            It would load, send or run something that is not part of it, or it holds something
        beyond its audience.
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
            f'<iframe srcdoc="{escape(self.to_html())}" '
            'sandbox="allow-scripts allow-modals allow-downloads" '
            'title="Hotspots and patrol hours" width="100%" height="720" '
            'style="border: 1px solid #ccd4db"></iframe>'
        )


class Shapes(folium.GeoJson):
    """One layer of shapes with one style function in JavaScript, written as whole numbers."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = L.geoJson(hotspotsPage.unfold({{ this.numbers }}), {
            style: hotspotsPage.styles.{{ this.kind }},
            onEachFeature: hotspotsPage.each.{{ this.kind }}, pane: {{ this.pane|tojson }}});
        {% endmacro %}
        """
    )

    def __init__(
        self, features: dict[str, Any], kind: str, name: str, pane: str, *, show: bool = True
    ) -> None:
        super().__init__(features, name=name, show=show)
        self.numbers = json.dumps(folded(features), separators=(",", ":"))
        self.kind, self.pane = kind, pane


class Start(folium.MacroElement):
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
