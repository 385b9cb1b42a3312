"""The Folium map: what it is made of, that it is reproducible, and what it refuses."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import unescape
from html.parser import HTMLParser

import branca.element
import folium
import geopandas as gpd
import numpy as np
import pytest
import shapely

from hotspots.errors import OutputError
from hotspots.sharing.folium_map import HotspotMap
from hotspots.sharing.map import draw


class Parts(HTMLParser):
    """Scripts, styles and the content security policy of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[tuple[str, str]] = []
        self.policy = ""
        self.kind = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        if tag in ("script", "style"):
            self.kind = "data" if given.get("type") == "application/json" else tag

    def handle_data(self, data):
        if self.kind:
            self.parts.append((self.kind, data))

    def handle_endtag(self, tag):
        self.kind = ""

    def texts(self, kind: str) -> list[str]:
        return [text for found, text in self.parts if found == kind]


def test_a_plan_is_drawn_with_folium(tiny_plan):
    """Districts, density, candidates and hotspots are layers of a real folium map."""
    drawn = draw(tiny_plan())
    layers = [child for child in drawn._children.values() if isinstance(child, folium.map.Layer)]
    assert isinstance(drawn, folium.Map)
    assert [layer.layer_name for layer in layers] == [
        "Districts",
        "Density surface",
        "Other candidates",
        "Hotspots",
    ]
    assert [layer.show for layer in layers] == [True, True, False, True]
    assert [len(layer.data["features"]) for layer in layers if hasattr(layer, "data")] == [2, 3, 6]


def test_two_builds_are_the_same_to_the_byte(tiny_plan, tmp_path):
    """Drawing twice, and rendering twice, gives the same file; no random id is left."""
    first, second = draw(tiny_plan()), draw(tiny_plan())
    first.save(tmp_path / "a.html")
    second.to_html()
    second.save(tmp_path / "b.html")
    same = (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert same
    script = Parts(first.to_html()).texts("script")[-1]
    assert not re.search(r"_[0-9a-f]{32}", script)


def test_every_way_out_gives_the_same_page(tiny_plan, tmp_path):
    """The file, the root's rendering and the notebook's frame hold one and the same page."""
    drawn = draw(tiny_plan())
    drawn.save(tmp_path / "map.html")
    html = drawn.to_html()
    same = (tmp_path / "map.html").read_text(encoding="utf-8") == html
    assert same
    assert drawn.get_root().render() == html
    frame = re.fullmatch(r'<iframe srcdoc="([^"]*)" sandbox="([^"]*)".*', drawn._repr_html_())
    assert unescape(frame[1]) == html
    assert "allow-same-origin" not in frame[2]


def test_the_policy_allows_exactly_the_scripts_and_styles_of_the_page(tiny_plan):
    """The CSP names the sha256 of each script and style, and forbids everything else."""
    page = Parts(draw(tiny_plan()).to_html())

    def hashes(kind):
        return {
            "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
            for text in page.texts(kind)
        }

    rules = dict(rule.strip().split(" ", 1) for rule in page.policy.split(";"))
    assert set(rules["script-src"].split()) == hashes("script")
    assert set(rules["style-src"].split()) == hashes("style")
    assert rules["default-src"] == rules["connect-src"] == "'none'"
    assert rules["form-action"] == rules["base-uri"] == "'none'"
    assert rules["img-src"] == "data:"
    assert "unsafe" not in page.policy


def test_shapes_travel_as_whole_numbers(tiny_plan):
    """Shapes are whole numbers of 1/100,000 degree, which give the outlines back to a metre."""
    plan = tiny_plan(hotspots=26)
    script = Parts(draw(plan).to_html()).texts("script")[-1]
    layers = [json.loads(text) for text in re.findall(r"unfold\((\[.*\])\), \{", script)]
    assert [len(layer) for layer in layers] == [2, 3, 26]
    for layer, table in ((layers[0], plan.targeting.districts), (layers[2], plan.hotspots)):
        shapes = [
            shapely.MultiPolygon(
                [(np.cumsum(np.reshape(rings[0], (-1, 2)), axis=0) / 1e5, []) for rings in polygons]
            )
            for _, polygons in layer
        ]
        back = gpd.GeoSeries(shapes, crs=4326).to_crs(table.crs)
        assert [n for n, _ in layer] == list(range(len(table)))
        for found, wanted in zip(back, table.geometry, strict=True):
            assert shapely.hausdorff_distance(found, wanted) < 1.5


def test_a_thousand_hotspots_need_one_style_function(tiny_plan):
    """The map's script grows by the shapes alone: one function styles a whole layer."""
    html = draw(tiny_plan(hotspots=1000)).to_html()
    script = Parts(html).texts("script")[-1]
    assert script.count("hotspotsPage.styles.hotspot") == 1
    assert "switch" not in script
    assert len(html.encode()) < 2_000_000


def test_no_word_of_the_data_stands_in_what_folium_writes(tiny_plan):
    """Names, notes and reasons travel as JSON or in the table, never in a folium element."""
    drawn = draw(tiny_plan("Unmistakable"))
    page = Parts(drawn.to_html())
    assert "Unmistakable" in page.texts("data")[0]
    assert not any("Unmistakable" in text for text in page.texts("script"))


def test_a_plan_without_hotspots_makes_a_page(tiny_plan, tmp_path):
    """Nothing found is a page that says so, not an error."""
    drawn = draw(tiny_plan(hotspots=0))
    drawn.save(tmp_path / "map.html")
    assert "No place met the rules" in (tmp_path / "map.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("missing", ["attribution", "source"])
def test_nothing_is_drawn_without_naming_the_source(tiny_plan, missing):
    """Licences ask for attribution: without it, or without a source, there is no page."""
    with pytest.raises(OutputError, match=f"sharing.{missing}"):
        draw(tiny_plan(**{missing: None}))


def test_blank_attribution_counts_as_none(tiny_plan):
    """A list of blanks does not pass for an attribution."""
    with pytest.raises(OutputError, match="nobody is named"):
        draw(tiny_plan(attribution=[" ", ""]))


def test_other_provenance_may_be_missing(tiny_plan):
    """Title, period and marking then come from the plan itself."""
    silent = dict.fromkeys(
        ("version", "title", "period", "marking", "crs", "transformation", "settings_sha256",
         "input_sha256", "transformation_accuracy_m")
    )  # fmt: skip
    html = draw(tiny_plan(**silent)).to_html()
    assert "January to December 2021" in html
    assert "Watford and Hertsmere" in html


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        (lambda: folium.TileLayer("OpenStreetMap"), "openstreetmap"),
        (lambda: folium.plugins.Fullscreen(), "cdn"),
        (lambda: folium.Marker([51.7, -0.4], popup="<b>x</b>"), "Popup"),
        (lambda: folium.Marker([51.7, -0.4], tooltip="x"), "Tooltip"),
        (lambda: folium.GeoJson({"type": "Point", "coordinates": [0, 51]}, tooltip="x"), "Tooltip"),
        (lambda: folium.Marker([51.7, -0.4], icon=folium.DivIcon("<b>x</b>")), "DivIcon"),
    ],
    ids=["tiles", "plugin", "popup", "tooltip", "layer tooltip", "icon"],
)
def test_what_would_load_or_write_html_is_refused(tiny_plan, tmp_path, element, reason):
    """Tiles, plugins from elsewhere and text as HTML are not saved; the reason names them."""
    import folium.plugins  # noqa: F401

    drawn = draw(tiny_plan())
    drawn.add_child(element())
    with pytest.raises(OutputError, match=f"(?i){reason}"):
        drawn.save(tmp_path / "map.html")
    assert not list(tmp_path.iterdir())


def test_links_cannot_be_added_to_the_class(tiny_plan):
    """`add_js_link` would change every map of the process; it is refused and changes nothing."""
    before = list(HotspotMap.default_js)
    with pytest.raises(OutputError, match=r"example\.invalid"):
        draw(tiny_plan()).add_js_link("x", "https://example.invalid/x.js")
    assert HotspotMap.default_js == before
    assert all(not url.startswith("http") for _, url in before)


def test_rendered_text_is_not_run_as_a_template(tiny_plan):
    """A layer that somebody adds with ``{{ }}`` in it is kept as it is, and branca as it was."""
    drawn = draw(tiny_plan())
    words = {"name": "{{7*7}}{% if %}{# x"}
    point = {"type": "Point", "coordinates": [-0.4, 51.7]}
    feature = {"type": "Feature", "properties": words, "geometry": point}
    before = branca.element.Element, folium.map.Element
    drawn.add_child(folium.GeoJson({"type": "FeatureCollection", "features": [feature]}))
    script = Parts(drawn.to_html()).texts("script")[-1]
    assert "{{7*7}}{% if %}{# x" in script
    assert (branca.element.Element, folium.map.Element) == before


def test_a_plain_folium_map_is_left_as_it_was(tiny_plan):
    """Importing and drawing changes nothing for other folium maps of the process."""
    draw(tiny_plan()).to_html()
    html = folium.Map(tiles=None).get_root().render()
    assert "bootstrap" in html


def test_a_file_that_cannot_be_written_is_one_clear_line(tiny_plan, tmp_path):
    """A missing folder is named in an error of ours, and nothing else is left behind."""
    with pytest.raises(OutputError, match="nowhere"):
        draw(tiny_plan()).save(tmp_path / "nowhere" / "map.html")
    assert not list(tmp_path.iterdir())


def test_a_refused_page_leaves_the_former_file(tiny_plan, tmp_path):
    """The file of an earlier run survives a page that is refused."""
    path = tmp_path / "map.html"
    path.write_text("former")
    drawn = draw(tiny_plan())
    drawn.add_child(folium.TileLayer("OpenStreetMap"))
    with pytest.raises(OutputError):
        drawn.save(path)
    assert path.read_text() == "former"
    assert [found.name for found in tmp_path.iterdir()] == ["map.html"]
