"""Layers of one's own on the map: kept, drawn and offline; or refused with the reason."""

from __future__ import annotations

import folium
import folium.plugins
import pytest

from hotspots.errors import OutputError
from hotspots.sharing.map import draw

from .hostile import HOSTILE

BEATS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"beat": HOSTILE["end of script"] + HOSTILE["literal"] + "{{7*7}}"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[-0.40, 51.65], [-0.39, 51.65], [-0.39, 51.66], [-0.40, 51.65]]],
            },
        }
    ],
}


def extended(plan, name="Beats"):
    """A drawn plan with a layer of each kind that stays within the page."""
    drawn = draw(plan)
    folium.GeoJson(BEATS, name=name, style_function=lambda _: {"color": "#00602b"}).add_to(drawn)
    group = folium.FeatureGroup(name="Station")
    folium.CircleMarker([51.655, -0.395], radius=9, color="#a02a63").add_to(group)
    folium.Marker([51.656, -0.396]).add_to(group)
    group.add_to(drawn)
    folium.PolyLine([[51.65, -0.40], [51.66, -0.38]], color="#b25e00").add_to(drawn)
    return drawn


@pytest.mark.browser
def test_layers_of_ones_own_are_drawn_offline(tiny_plan, watched, tmp_path):
    """Shapes, circles, a pin and a line: on the map, in the switches, and no request."""
    extended(tiny_plan()).save(tmp_path / "map.html")
    view = watched()
    page = view.open(tmp_path / "map.html")
    assert page.locator("path[stroke='#00602b']").count() == 1
    assert page.locator("path[stroke='#a02a63']").count() == 1
    assert page.locator("path[stroke='#b25e00']").count() == 1
    pin = page.locator(".leaflet-marker-icon")
    assert pin.evaluate("node => node.naturalWidth > 0 && node.complete")
    page.get_by_label("Beats").uncheck()
    assert page.locator("path[stroke='#00602b']").count() == 0
    page.get_by_label("Station").uncheck()
    assert pin.count() == 0
    page.locator("tr[data-n='0'] .open").click()
    assert page.locator("#details").is_visible()
    assert view.trouble == []


@pytest.mark.browser
@pytest.mark.parametrize("text", ["script", "picture", "svg", "literal", "template attack"])
def test_a_hostile_name_of_a_layer_is_text(tiny_plan, watched, tmp_path, text):
    """The name stands in the switches letter by letter, and no element comes of it."""
    extended(tiny_plan(), HOSTILE[text]).save(tmp_path / "map.html")
    view = watched()
    page = view.open(tmp_path / "map.html")
    labels = page.locator("#layers label").all_inner_texts()
    assert HOSTILE[text] in [label.strip() for label in labels]
    assert page.locator("#layers label img, #layers label svg, #layers label script").count() == 0
    assert view.trouble == []


def test_an_extended_map_is_the_same_each_time(tiny_plan):
    """Rendering twice gives the same page, and nothing of the first is left in the second."""
    drawn = extended(tiny_plan())
    assert drawn.to_html() == drawn.to_html() == extended(tiny_plan()).to_html()


def elsewhere(layer):
    """A layer as folium makes it of a file that stays beside the page."""
    layer.embed = False
    return layer


HTML = "<img src=x onerror=alert(1)>"
REFUSED = {
    "popup of a circle": (lambda: folium.CircleMarker([51.7, -0.4], popup=HTML), "Popup"),
    "icon": (lambda: folium.Marker([51.7, -0.4], icon=folium.Icon()), "Icon draws with fonts"),
    "click for marker": (lambda: folium.ClickForMarker(HTML), "ClickForMarker"),
    "html": (lambda: folium.Element(HTML), "Element of one's own HTML"),
    "heat map": (lambda: folium.plugins.HeatMap([[51.7, -0.4]]), "leaflet_heat"),
    "cluster": (lambda: folium.plugins.MarkerCluster(), "markercluster"),
    "picture": (
        lambda: folium.raster_layers.ImageOverlay(
            "https://example.invalid/a.png", bounds=[[51, -1], [52, 0]]
        ),
        "example.invalid",
    ),
    "web map service": (
        lambda: folium.WmsTileLayer("https://example.invalid/wms", layers="x"),
        "example.invalid",
    ),
    "file of its own": (lambda: elsewhere(folium.GeoJson(BEATS)), "embed=False"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_safe_or_not_offline_is_refused(tiny_plan, tmp_path, what):
    """The reason names the element, and no file is left."""
    element, reason = REFUSED[what]
    drawn = draw(tiny_plan())
    drawn.add_child(element())
    with pytest.raises(OutputError, match=f"(?i){reason}"):
        drawn.save(tmp_path / "map.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("part", ["header", "html", "script"])
def test_what_is_put_into_the_root_is_refused(tiny_plan, part):
    """Nothing that folium would carry past the page's template is dropped in silence."""
    drawn = draw(tiny_plan())
    getattr(drawn.get_root(), part).add_child(folium.Element("<script>alert(1)</script>"))
    with pytest.raises(OutputError, match="added to its header, its HTML or its scripts"):
        drawn.to_html()


@pytest.mark.browser
def test_a_notebook_shows_an_extended_map_without_a_network(tiny_plan, watched, tmp_path):
    """The frame of a notebook holds the same page, with the layers of one's own."""
    frame = extended(tiny_plan())._repr_html_()
    (tmp_path / "notebook.html").write_text(f"<!DOCTYPE html>{frame}", encoding="utf-8")
    view = watched()
    page = view.open(tmp_path / "notebook.html")
    inner = page.frame_locator("iframe")
    assert inner.locator("path[stroke='#00602b']").count() == 1
    assert inner.locator(".leaflet-hotspots-pane path").count() == 6
    assert view.trouble == []
