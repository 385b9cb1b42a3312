"""The disclosure check: good pages pass, and every planted leak is found."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import json
import re
import struct
import zlib
from dataclasses import replace

import folium
import numpy as np
import pytest

import hotspots
from hotspots.errors import InputError, OutputError
from hotspots.geo import WGS84, Projection
from hotspots.programme import check_page as check_file
from hotspots.sharing.inspection import Positions, check_page
from hotspots.sharing.map import draw

from .hostile import HOSTILE

AUDIENCES = ["restricted", "partner", "public"]
CLOSED = ["partner", "public"]


@pytest.fixture(scope="module")
def sample():
    """The bundled real incidents as a plan, and their positions in degrees."""
    from hotspots.programme.identify import identify_with_places
    from hotspots.programme.stages import Stages

    settings = hotspots.Settings.from_dict({"tasking": {"hours": 26_108.0}})
    found, places = identify_with_places(
        hotspots.sample_incidents(), "west-yorkshire", settings, Stages(None)
    )
    spots = places.table[["x_m", "y_m"]].drop_duplicates()
    x, y = spots["x_m"].to_numpy(), spots["y_m"].to_numpy()
    longitude, latitude = Projection(places.crs, WGS84).transform(x, y)
    return hotspots.allocate(found), (x, y), (longitude, latitude)


@pytest.fixture(scope="module")
def pages(sample):
    plan, places, _ = sample
    return {audience: draw(plan, audience, positions=places).to_html() for audience in AUDIENCES}


@pytest.fixture(scope="module")
def positions(sample):
    _, (x, y), (longitude, latitude) = sample
    return Positions(longitude, latitude, x, y)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_real_pages_are_clean(pages, positions, audience):
    """On 18,441 real positions of three Julys nothing is found in any edition."""
    assert check_page(pages[audience], audience=audience, positions=positions) == []


@pytest.mark.parametrize("audience", AUDIENCES)
def test_hertfordshire_is_clean(hertfordshire_plan, audience):
    """Nothing is found in any edition of the county's plan."""
    assert check_page(draw(hertfordshire_plan, audience).to_html(), audience=audience) == []


test_hertfordshire_is_clean = pytest.mark.reference(test_hertfordshire_is_clean)


def test_a_page_for_fewer_is_not_one_for_more(pages):
    """The restricted page, judged as public: columns, candidates, classes and pixels are named."""
    said = " ".join(map(str, check_page(pages["restricted"], audience="public")))
    for words in (
        "is for restricted, not public",
        "'gi', which the public edition does not have",
        "rows of places that were not selected",
        "a picture of 6 classes, more than 3",
        "finer than",
        "covered",
    ):
        assert words in said, words
    partner = " ".join(map(str, check_page(pages["partner"], audience="public")))
    assert "'counted', which the public edition does not have" in partner


def in_plan(page, change):
    """Change the page's JSON."""
    found = re.search(r'(<script type="application/json" id="plan-data">)(.*?)(</script>)', page)
    value = json.loads(found[2])
    change(value)
    text = json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")
    return page[: found.start(2)] + text + page[found.end(2) :]


def put(page, html):
    """Plant something into the body."""
    return page.replace("</main>", f"{html}</main>", 1)


def with_png(page, change):
    """Change the picture of the density, and the policy so that its script still runs."""
    found = re.search(r"data:image/png;base64,([A-Za-z0-9+/=]+)", page)
    new = base64.b64encode(change(base64.b64decode(found[1]))).decode()
    return with_policy(page[: found.start(1)] + new + page[found.end(1) :])


def with_policy(page):
    """Make the policy know the scripts that are there, as someone who hides a leak would."""
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in re.findall(r"<script>(.*?)</script>", page, re.S)
    ]
    return re.sub(r"script-src [^;]*;", f"script-src {' '.join(hashes)};", page)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def first_count(value, number):
    columns = value["hotspots"]["columns"]
    value["hotspots"]["rows"][0][columns.index("incidents")] = number


def column(name, values):
    def change(value):
        value["hotspots"]["columns"].append(name)
        for row, one in zip(value["hotspots"]["rows"], values, strict=False):
            row.append(one)

    return change


COORDINATES = "-1.54321,53.79876;-1.54333,53.79999"
WEEK = [round(0.1 + 0.01 * hour, 3) for hour in range(168)]


def b64(data):
    return base64.b64encode(data).decode()


#: What is planted -> how, and a word of what is said of it.
LEAKS = {
    "a count of 3 in JSON": (lambda page: in_plan(page, lambda v: first_count(v, 3)), "below 5: 3"),
    "a count of 3 in the table": (
        lambda page: re.sub(
            r'(<tr data-n="0".*?<td class="number">)[\d,–]+(</td>)',
            r"\g<1>3\2",
            page,
            count=1,
            flags=re.S,
        ),
        "below 5 under 'Incidents'",
    ),
    "a count in a sentence": (lambda page: put(page, "<p>Only 3 incidents here.</p>"), "below 5"),
    "a count in an attribute": (
        lambda page: page.replace('<tr data-n="0"', '<tr data-n="0" data-incidents="3"'),
        "data-incidents",
    ),
    "a data attribute": (
        lambda page: page.replace('<tr data-n="0"', '<tr data-n="0" data-crime-id="x"'),
        "an attribute that the page does not have",
    ),
    "a title attribute with a count": (
        lambda page: page.replace('<tr data-n="0"', '<tr data-n="0" title="4 robberies"'),
        "below 5",
    ),
    "a comment": (lambda page: put(page, "<!-- LEE-01: 3 -->"), "a comment"),
    "a comment after the end": (lambda page: page + "<!-- 3 -->", "a comment"),
    "a column of harm": (lambda page: in_plan(page, column("harm", [7.5])), "'harm'"),
    "a column nobody knows": (lambda page: in_plan(page, column("ledger", [[1]])), "'ledger'"),
    "a key nobody knows": (
        lambda page: in_plan(page, lambda v: v.update(extra={"a": 1})),
        "'extra'",
    ),
    "a candidate": (
        lambda page: in_plan(
            page, lambda v: v["candidates"]["rows"].append([1] * len(v["candidates"]["columns"]))
        ),
        "not selected",
    ),
    "a cell without a column": (
        lambda page: in_plan(page, lambda v: v["hotspots"]["rows"][0].append(3)),
        "cells without a column",
    ),
    "weekday hours": (
        lambda page: in_plan(page, lambda v: v.update(times=[{"shares": WEEK, "says": "x"}])),
        "times",
    ),
    "weekday hours under another name": (
        lambda page: in_plan(page, lambda v: v.update(why=WEEK)),
        "as many as hours of a week",
    ),
    "hours by weekday": (
        lambda page: in_plan(page, lambda v: v.update(why=[WEEK[:24]] * 7)),
        "as many as hours of a week",
    ),
    "weekdays as keys": (
        lambda page: in_plan(page, lambda v: v.update(kind={"Monday": 4, "Tue": 5})),
        "times",
    ),
    "a sentence on hours": (
        lambda page: put(page, "<p>Busiest on Friday from 22:00 to 02:00.</p>"),
        "times of the week",
    ),
    "a table of weekdays": (
        lambda page: put(
            page,
            "<table>"
            + "".join(
                f"<tr><th>{day}</th><td>1%</td></tr>"
                for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
            )
            + "</table>",
        ),
        "a table of weekdays",
    ),
    "other JSON": (
        lambda page: put(page, '<script type="application/json">{"incidents":3}</script>'),
        "below 5: 3",
    ),
    "zlib in JSON": (
        lambda page: in_plan(page, lambda v: v.update(crs=b64(zlib.compress(b"x" * 400)))),
        "compressed",
    ),
    "gzip in an attribute": (
        lambda page: put(page, f'<p class="{b64(gzip.compress(COORDINATES.encode()))}"></p>'),
        "compressed",
    ),
    "bzip2 in a comment": (
        lambda page: put(page, f"<!--{b64(bz2.compress(COORDINATES.encode()))}-->"),
        "compressed",
    ),
    "raw deflate": (
        lambda page: in_plan(
            page, lambda v: v.update(crs=b64(zlib.compress(COORDINATES.encode() * 9)[2:-4]))
        ),
        "compressed",
    ),
    "compressed twice": (
        lambda page: in_plan(
            page,
            lambda v: v.update(
                crs=b64(zlib.compress(gzip.compress(json.dumps({"incidents": 3}).encode())))
            ),
        ),
        "below 5: 3",
    ),
    "hexadecimal": (
        lambda page: put(page, f"<p>{zlib.compress(b'incidents' * 30).hex()}</p>"),
        "compressed",
    ),
    "JSON as base64": (
        lambda page: in_plan(page, lambda v: v.update(crs=b64(b'{"incidents": 3, "x": 12345}'))),
        "below 5: 3",
    ),
    "a text chunk in the picture": (
        lambda page: with_png(page, lambda png: png[:33] + chunk(b"tEXt", b"Note\0 3") + png[33:]),
        "a chunk 'tEXt'",
    ),
    "bytes after the picture": (
        lambda page: with_png(page, lambda png: png + COORDINATES.encode()),
        "bytes after its end",
    ),
    "bytes after the pixels": (
        lambda page: with_png(page, with_longer_pixels),
        "more or fewer pixels",
    ),
    "more classes": (lambda page: with_png(page, with_classes), "classes, more than"),
    "an http image": (
        lambda page: put(page, '<img src="http://example.invalid/x.png">'),
        "asks for 'http://example.invalid",
    ),
    "an https script": (
        lambda page: put(page, '<script src="https://example.invalid/x.js"></script>'),
        "asks for 'https://example.invalid",
    ),
    "a link": (
        lambda page: put(page, '<a href="https://example.invalid/?n=3">x</a>'),
        "asks for 'https://example.invalid",
    ),
    "a style that asks": (
        lambda page: page.replace("<style>", "<style>a{background:url(//example.invalid/x)}", 1),
        "a style that",
    ),
    "a script of one's own": (
        lambda page: with_policy(put(page, "<script>fetch('x')</script>")),
        "fetch",
    ),
    "a handler": (lambda page: put(page, '<p onclick="x()">x</p>'), "onclick"),
    "an inner page": (lambda page: put(page, '<iframe srcdoc="x"></iframe>'), "iframe"),
    "no policy": (
        lambda page: re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page),
        "no content security policy",
    ),
    "a policy with a host": (
        lambda page: page.replace("img-src data:", "img-src data: https://example.invalid"),
        "img-src https://example.invalid",
    ),
    "an unsafe policy": (
        lambda page: page.replace("script-src ", "script-src 'unsafe-inline' "),
        "unsafe-inline",
    ),
    "a changed script": (
        lambda page: page.replace('"use strict";', '"use strict"; 1;'),
        "a script that the policy does not know",
    ),
    "no attribution": (
        lambda page: re.sub(r"<p><strong>Attribution:.*?</p>", "", page, flags=re.S),
        "nobody is attributed",
    ),
    "no marking": (
        lambda page: re.sub(r'<p class="marking.*?</p>', "", page, flags=re.S),
        "no protective marking",
    ),
    "another marking": (
        lambda page: page.replace(" edition</bdi>", " edition for all</bdi>"),
        "does not name",
    ),
    "no audience": (
        lambda page: re.sub(r'<meta name="hotspots-audience"[^>]*>', "", page),
        "does not say for whom",
    ),
    "a point layer": (
        lambda page: with_policy(
            page.replace(
                "hotspotsPage.start(", "L.marker([53.8, -1.5]).addTo(map_0);hotspotsPage.start("
            )
        ),
        "marker",
    ),
    "a property of a shape": (
        lambda page: with_policy(
            page.replace("hotspotsPage.start(", 'L.x({"victims": 3});hotspotsPage.start(')
        ),
        "victims",
    ),
    "a comment in the script": (
        lambda page: with_policy(page.replace("hotspotsPage.start(", "/* x */hotspotsPage.start(")),
        "a comment or an address",
    ),
    "too large": (lambda page: page + " " * 4_000_000, "more than 4,000,000"),
}


def with_longer_pixels(png):
    """Append to what is compressed, so that no viewer shows it."""
    parts, at = [png[:8]], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"IDAT":
            body = zlib.compress(zlib.decompress(body) + COORDINATES.encode())
        parts.append(chunk(kind, body))
        at += 12 + length
    return b"".join(parts)


def with_classes(png):
    """Draw eight classes instead."""
    from hotspots.sharing.raster import write_png

    return write_png(np.arange(64, dtype=np.uint8).reshape(8, 8) % 9, ("#000000",) * 8)


@pytest.mark.parametrize(
    ("audience", "leak"),
    [("public", leak) for leak in LEAKS]
    + [("partner", leak) for leak in LEAKS if leak.startswith(("a count", "week", "zlib", "hour"))],
)
def test_every_planted_leak_is_found(pages, audience, leak):
    """A good page with one thing planted: something is found, and it is that thing."""
    plant, word = LEAKS[leak]
    page = plant(pages[audience])
    assert page != pages[audience]
    found = check_page(page, audience=audience)
    assert any(word in f"{one.where} {one.what}" for one in found), [str(one) for one in found]
    assert all(one.where and one.what and one.todo for one in found)


@pytest.fixture(scope="module")
def some(sample):
    """Three real positions, away from every hotspot's own point."""
    _, _, (longitude, latitude) = sample
    return [(float(longitude[at]), float(latitude[at])) for at in (5, 500, 5000)]


HIDING = {
    "in a sentence": lambda page, spots: put(page, f"<p>{spots[0][1]:.5f}, {spots[0][0]:.5f}</p>"),
    "in JSON": lambda page, spots: in_plan(page, lambda v: v.update(why=[list(spots[0])])),
    "as two lists": lambda page, spots: in_plan(
        page, lambda v: v.update(why={"id": [s[0] for s in spots], "kind": [s[1] for s in spots]})
    ),
    "as an outline's point": lambda page, spots: in_plan(
        page, lambda v: v["districts"]["rows"].append(["x", *spots[0]])
    ),
    "as whole numbers": lambda page, spots: in_plan(
        page, lambda v: v.update(why=[round(1e5 * x) for spot in spots for x in spot])
    ),
    "as steps": lambda page, spots: in_plan(
        page,
        lambda v: v.update(
            why=np.diff(np.round(np.array([(0, 0), *spots]) * 1e6), axis=0)
            .astype(int)
            .ravel()
            .tolist()
        ),
    ),
    "as zlib": lambda page, spots: in_plan(
        page, lambda v: v.update(why=b64(zlib.compress(json.dumps(spots).encode())))
    ),
    "as doubles": lambda page, spots: in_plan(
        page, lambda v: v.update(why=b64(np.array(spots).tobytes()))
    ),
    "as floats": lambda page, spots: in_plan(
        page, lambda v: v.update(why=b64(np.array(spots, dtype="<f4").tobytes()))
    ),
    "as zlib of steps": lambda page, spots: in_plan(
        page,
        lambda v: v.update(
            why=b64(
                zlib.compress(
                    np.diff(np.round(np.array([(0, 0), *spots]) * 1e5), axis=0)
                    .astype("<i4")
                    .tobytes()
                )
            )
        ),
    ),
    "in the map": lambda page, spots: with_policy(
        page.replace("hotspotsPage.start(", f"map_0.center({list(spots[0])});hotspotsPage.start(")
    ),
}


@pytest.mark.parametrize("way", HIDING)
def test_hidden_positions_are_found(pages, positions, some, way):
    """Positions of real incidents, written or packed in eleven ways."""
    page = HIDING[way](pages["public"], some)
    found = check_page(page, audience="public", positions=positions)
    assert any("positions of incidents" in one.what for one in found), list(map(str, found))


def test_positions_as_corners_of_an_outline_are_found(pages, positions, sample):
    """A ring of real positions among the shapes of the map, as numbers or as their steps."""
    spots = [(float(a), float(b)) for a, b in zip(*sample[2], strict=True)][:200]
    whole = np.round(np.array([(0, 0), *spots]) * 1e5).astype(int)
    steps = json.dumps(np.diff(whole, axis=0).ravel().tolist(), separators=(",", ":"))
    ring = json.dumps([[round(a, 5), round(b, 5)] for a, b in [*spots, spots[0]]])
    for shape, before in ((f"[[99,[[{steps}]]],", "unfold(["), (f"[{ring}];[", "unfold([")):
        page = pages["public"].replace(before, f"{before[:-1]}{shape}", 1)
        assert page != pages["public"]
        found = check_page(with_policy(page), audience="public", positions=positions)
        assert any("corners of outlines" in one.what for one in found), list(map(str, found))


def test_nothing_is_saved_that_goes_beyond_its_audience(tiny_plan, tmp_path):
    """A layer of points somebody adds to a public map is refused, and the former file stays."""
    path = tmp_path / "map.html"
    path.write_text("former")
    drawn = draw(tiny_plan(), "public")
    point = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [0, 51]},
    }
    drawn.add_child(folium.GeoJson({"type": "FeatureCollection", "features": [point]}))
    with pytest.raises(OutputError, match=r"not fit for its audience: .*Point"):
        drawn.save(path)
    assert path.read_text() == "former"
    assert len(list(tmp_path.iterdir())) == 1
    draw(tiny_plan()).save(path)  # the restricted page may have more layers


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("audience", CLOSED)
def test_hostile_text_is_no_finding(tiny_plan, audience, name):
    """Text in every field, whatever it holds, is harmless and no reason to refuse the page."""
    page = draw(tiny_plan(HOSTILE[name], hotspots=2), audience).to_html()
    assert page.count("<script") == 4


def test_the_file_check_reads_files(pages, tmp_path, sample):
    """From files: the page, and positions as a street file has them."""
    (tmp_path / "map.html").write_text(pages["public"], encoding="utf-8")
    _, _, (longitude, latitude) = sample
    lines = [f"{a:.6f},{b:.6f}" for a, b in zip(longitude, latitude, strict=True)]
    street = tmp_path / "street.csv"
    street.write_text("\n".join(["Longitude,Latitude", *lines, ","]))
    assert check_file(tmp_path / "map.html", positions=street) == []
    spot = put(pages["public"], f"<p>{lines[7]}</p>")
    (tmp_path / "leak.html").write_text(spot, encoding="utf-8")
    assert "positions" in check_file(tmp_path / "leak.html", positions=street)[0].what


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.html", None, "Cannot read"),
        ("plan.html", b"no page", "no HTML page|not an HTML page"),
        ("plan.html", b"\xff\xfe<html>", "not UTF-8"),
    ],
)
def test_what_is_no_page_is_wrong_input(tmp_path, name, content, words):
    """One line says what was wrong."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        check_file(path)


def test_positions_need_their_columns(pages, tmp_path):
    """A CSV without longitude is refused; the columns it has are named."""
    (tmp_path / "map.html").write_text(pages["public"], encoding="utf-8")
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="no columns longitude and latitude; found: a, b"):
        check_file(tmp_path / "map.html", positions=tmp_path / "x.csv")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_tile_server_has_to_be_named(tiny_plan, audience):
    """Tiles that were asked for are saved; whoever checks the file has to name the host again."""
    plan = tiny_plan()
    tiles = {
        "tiles": "https://tiles.example.org/{z}/{x}/{y}.png",
        "tile_attribution": "Example tiles",
    }
    shared = plan.settings.replace(sharing=tiles)
    page = draw(replace(plan, settings=shared), audience).to_html()
    assert check_page(page, audience=audience, hosts=["tiles.example.org"]) == []
    (finding,) = check_page(page, audience=audience)
    assert "img-src https://tiles.example.org" in finding.what


def test_roads_and_towns_may_touch_an_incident_by_chance(pages, positions, sample):
    """Three of a road's many points on incidents are chance; a road of incidents is not."""
    spots = [[float(a), float(b)] for a, b in zip(*sample[2], strict=True)][:400]

    def road(points):
        steps = np.diff(np.round(np.array([(0, 0), *points]) * 1e5), axis=0).astype(int)
        return lambda value: value.update(roads=[steps.ravel().tolist()])

    away = [[a + 0.0003, b + 0.0002] for a, b in spots]
    few = in_plan(pages["public"], road([*away[:200], *spots[:1], *away[200:]]))
    assert check_page(few, audience="public", positions=positions) == []
    many = in_plan(pages["public"], road(spots))
    found = check_page(many, audience="public", positions=positions)
    assert any("of roads and places" in one.what for one in found)
