"""Roads, names and a tile server: what helps to find the way, and nothing more is let in."""

from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

import hotspots
from hotspots.errors import HotspotsError, InputError, OutputError, SettingsError
from hotspots.geo import WGS84
from hotspots.intake import read_named_places, read_roads
from hotspots.settings import Settings
from hotspots.sharing.map import draw
from hotspots.sharing.page import context

from .conftest import SOUTH, WEST
from .hostile import HOSTILE
from .test_map import Parts

BNG = "EPSG:27700"


def lines(*shapes):
    return gpd.GeoDataFrame(geometry=[shapely.LineString(shape) for shape in shapes], crs=BNG)


def decoded(coded):
    """Positions of the coded lines, by the rule written in the page."""
    return [np.cumsum(np.reshape(line, (-1, 2)), axis=0) / 1e5 for line in coded]


def test_lines_come_back_within_a_few_metres(tiny_plan):
    """A bent road of 3 km, coded and decoded, lies within simplification and rounding of itself."""
    districts = tiny_plan().targeting.districts
    bend = [(WEST + 500 + 100 * n, SOUTH + 900 + 300 * np.sin(n / 5)) for n in range(30)]
    (line,) = decoded(context.coded_lines(lines(bend), districts))
    back = gpd.GeoSeries([shapely.LineString(line)], crs=WGS84).to_crs(BNG)[0]
    assert shapely.hausdorff_distance(back, shapely.LineString(bend)) < 3 + 1.5 + 1
    assert len(line) < 30


def test_lines_are_joined_and_cut_to_the_districts(tiny_plan):
    """Two halves of a road become one line; what lies outside the bounds is gone."""
    districts = tiny_plan().targeting.districts
    middle = (WEST + 1000, SOUTH + 1000)
    roads = lines(
        [(WEST - 5000, SOUTH + 1000), middle],
        [middle, (WEST + 3000, SOUTH + 1000)],
        [(WEST - 5000, SOUTH), (WEST - 4000, SOUTH)],
    )
    (line,) = decoded(context.coded_lines(roads, districts))
    back = gpd.GeoSeries([shapely.LineString(line)], crs=WGS84).to_crs(BNG)[0]
    assert back.length == pytest.approx(3000, abs=5)
    assert back.bounds[0] == pytest.approx(WEST, abs=3)


def test_too_many_roads_are_refused(tiny_plan, monkeypatch):
    """Roads that no simplification makes small are refused with both numbers."""
    monkeypatch.setattr(context, "MOST_POSITIONS", 5)
    districts = tiny_plan().targeting.districts
    zigzag = [(WEST + 200 * n, SOUTH + 1000 * (n % 2)) for n in range(1, 15)]
    with pytest.raises(OutputError, match=r"14 positions.*\(5\)"):
        context.coded_lines(lines(zigzag), districts)


def test_towns_are_where_they_are():
    """Norwich, Penzance and Wrexham against their grid references (OS), to 2 km."""
    found = {name: (lon, lat) for name, lon, lat in context.towns(((49.8, -7.0), (56.0, 2.0)))}
    for name, easting, northing in (
        ("Norwich", 623_000, 308_500),
        ("Penzance", 147_300, 30_300),
        ("Wrexham", 333_600, 350_400),
    ):
        point = gpd.GeoSeries([shapely.Point(found[name])], crs=WGS84).to_crs(BNG)[0]
        assert point.distance(shapely.Point(easting, northing)) < 2000, name
    assert len(found) > 1000


def test_names_of_towns_are_credited_where_they_are_shown(tiny_plan):
    """The licence asks for it; without names the sentence is gone, too."""
    plan = tiny_plan()
    html = draw(plan).to_html()
    assert context.TOWN_ATTRIBUTION in html
    silent = replace(plan, settings=plan.settings.replace(sharing={"town_names": False}))
    assert "GeoNames" not in draw(silent).to_html()


@pytest.mark.browser
def test_roads_and_places_are_drawn_and_can_be_switched_off(tiny_plan, watched, tmp_path):
    """Roads on a canvas below the hotspots; names that collide with nothing."""
    places = gpd.GeoDataFrame(
        {"name": ["Depot", HOSTILE["picture"]]},
        geometry=[
            shapely.Point(WEST + 3000, SOUTH + 3600),
            shapely.Point(WEST + 6000, SOUTH + 3000),
        ],
        crs=BNG,
    )
    plan = tiny_plan(hotspots=2)
    roads = lines([(WEST + 100, SOUTH + 100), (WEST + 7900, SOUTH + 3900)])
    draw(plan, roads=roads, places=places).save(tmp_path / "map.html")
    view = watched()
    page = view.open(tmp_path / "map.html")
    assert page.locator(".leaflet-roads-pane canvas").count() == 1
    shown = page.locator(".names .town").all_inner_texts()
    assert "Depot" in shown
    assert HOSTILE["picture"] in shown
    page.get_by_label("Place names").uncheck()
    assert page.locator(".names .town").count() == 0
    page.get_by_label("Roads").uncheck()
    assert view.trouble == []


def test_files_are_read_by_the_run(tiny_plan, tmp_path):
    """Paths in the settings: lines and points of any CRS, other shapes passed over."""
    plan = tiny_plan()
    roads, places = tmp_path / "roads.gpkg", tmp_path / "places.geojson"
    road = lines([(WEST + 100, SOUTH + 100), (WEST + 3000, SOUTH + 100)])
    road.to_crs(WGS84).to_file(roads)
    gpd.GeoDataFrame(
        {"Name": ["Depot", "", None]},
        geometry=[shapely.Point(WEST + 10, SOUTH + 10)] * 3,
        crs=BNG,
    ).to_crs(WGS84).to_file(places)
    sharing = {"roads": str(roads), "places": str(places)}
    drawn = hotspots.draw(replace(plan, settings=plan.settings.replace(sharing=sharing)))
    data = Parts(drawn.to_html()).texts("data")[0]
    assert '"Depot"' in data
    assert re.search(r'"roads":\[\[-\d+,\d+,\d+,-\d+\]\]', data)


@pytest.mark.parametrize(
    ("make", "reader", "says"),
    [
        (lambda path: None, read_roads, "is not there"),
        (lambda path: path.write_text("no layer"), read_roads, "cannot be read"),
        (lambda path: places_file(path, name="Depot"), read_roads, "holds no line"),
        (lambda path: lines([(0, 0), (9, 9)]).to_file(path), read_named_places, "no column name"),
        (lambda path: places_file(path, name=""), read_named_places, "no point with a name"),
        (lambda path: path.write_text("name\nDepot\n"), read_named_places, "has no shapes"),
    ],
    ids=["missing", "damaged", "points", "no names", "empty names", "table"],
)
def test_a_wrong_file_is_one_clear_line(tmp_path, make, reader, says):
    """What is wrong is said, with the path and what to give."""
    path = tmp_path / ("layer.csv" if says == "has no shapes" else "layer.geojson")
    make(path)
    with pytest.raises(InputError, match=says) as raised:
        reader(path, BNG)
    assert str(path) in str(raised.value)


def places_file(path, *, name):
    gpd.GeoDataFrame({"name": [name]}, geometry=[shapely.Point(0, 51)], crs=WGS84).to_file(path)


def test_a_missing_file_stops_a_run_before_it_begins(tmp_path):
    """Nothing is read or written before the files of the map are known to be there."""
    settings = Settings.from_dict({"sharing": {"roads": str(tmp_path / "none.gpkg")}})
    with pytest.raises(HotspotsError, match=r"sharing\.roads .*none\.gpkg"):
        hotspots.run("nothing.csv", "nowhere", settings=settings, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


TILES = {"tiles": "https://tiles.example.org:8443/os/{z}/{x}/{y}.png", "tile_attribution": "© Us"}


def test_a_tile_server_adds_its_host_and_nothing_else(tiny_plan):
    """Opt-in: the policy names the host for pictures only; scripts and the rest stay shut."""
    plan = tiny_plan()
    with_tiles = replace(plan, settings=plan.settings.replace(sharing=TILES))
    before, after = (Parts(draw(one).to_html()).policy for one in (plan, with_tiles))
    rules, wider = (
        dict(rule.strip().split(" ", 1) for rule in policy.split(";")) for policy in (before, after)
    )
    assert wider.pop("img-src") == "data: https://tiles.example.org:8443"
    assert rules.pop("img-src") == "data:"
    assert wider == rules
    html = draw(with_tiles).to_html()
    assert "© Us" in html
    assert "pictures are loaded from https://tiles.example.org:8443" in html


@pytest.mark.browser
def test_tiles_are_asked_of_that_server_alone(tiny_plan, watched, tmp_path):
    """With tiles on, pictures of the map are the only thing asked for."""
    plan = tiny_plan()
    draw(replace(plan, settings=plan.settings.replace(sharing=TILES))).save(tmp_path / "map.html")
    view = watched()
    page = view.open(tmp_path / "map.html")
    page.wait_for_timeout(300)
    assert view.requests
    assert all(
        re.fullmatch(r"https://tiles\.example\.org:8443/os/\d+/\d+/\d+\.png", url)
        for url in view.requests
    )
    assert page.locator(".leaflet-hotspots-pane path").count() == 6


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)//{z}{x}{y}",
        "https://a.example/{z}/{x}.png",
        "https://a.example; script-src *//{z}/{x}/{y}",
        "https://user:word@a.example/{z}/{x}/{y}.png",
        'https://a.example/"{z}/{x}/{y}',
        "ftp://a.example/{z}/{x}/{y}",
        "",
    ],
)
def test_an_address_that_could_widen_the_policy_is_refused(address):
    """Only plain web addresses with z, x and y; nothing can be smuggled into the policy."""
    with pytest.raises(SettingsError, match="tiles"):
        Settings.from_dict({"sharing": {"tiles": address, "tile_attribution": "Us"}})


def test_tiles_need_an_attribution():
    """Whose pictures these are must be said."""
    with pytest.raises(SettingsError, match="tile_attribution"):
        Settings.from_dict({"sharing": {"tiles": TILES["tiles"]}})
