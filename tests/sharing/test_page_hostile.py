"""Hostile text in every field of a plan: it is saved, whole, harmless and the same each time."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from hotspots.sharing.map import draw

from .hostile import HOSTILE


@pytest.fixture(params=HOSTILE, ids=list(HOSTILE))
def text(request):
    return HOSTILE[request.param]


def kept(text: str) -> str:
    """Text as the page holds it: without control characters."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "", text)


def test_hostile_text_in_every_field_makes_the_same_safe_page(tiny_plan, tmp_path, text):
    """The page is saved, twice the same, with every text whole in its block and its document."""
    for name in ("a.html", "b.html"):
        draw(tiny_plan(text, hotspots=2)).save(tmp_path / name)
    html = (tmp_path / "a.html").read_bytes()
    same = html == (tmp_path / "b.html").read_bytes()
    assert same
    page = html.decode()
    found = re.search(r'<script type="application/json" id="plan-data">(.*?)</script>', page)
    block = json.loads(found[1])
    columns = block["hotspots"]["columns"]
    first = dict(zip(columns, block["hotspots"]["rows"][0], strict=True))
    for field in ("name", "district", "note", "paired", "why", "mainly", "kind"):
        assert first[field] == kept(text), field
    assert block["attribution"][:2] == [kept(text)] * 2
    reason = dict(zip(block["candidates"]["columns"], block["candidates"]["rows"][0], strict=True))[
        "status"
    ]
    assert reason == kept(text)
    # heading and footer hold the text itself, escaped once and never evaluated
    heading = re.search(r"<h1><bdi>(.*?)</bdi></h1>", page, re.DOTALL)
    assert unescape(heading[1]) == kept(text).strip()
    assert unescape(re.search(r"<strong>Source[^<]*</strong> <bdi>(.*?)</bdi>", page, re.S)[1]) == (
        kept(text)
    )
    assert page.count("<script") == 4  # the data, Leaflet, our own, the map


def test_a_hostile_id_is_only_text(tiny_plan):
    """An id of a hotspot is generated, and yet treated like any other text."""
    plan = tiny_plan(hotspots=2)
    bad = '"><script>alert(1)</script>{{7*7}}'
    plan.targeting.hotspots.loc[0, "hotspot_id"] = bad
    plan.allocation.table.loc[0, "hotspot_id"] = bad
    page = draw(plan).to_html()
    assert "<script>alert" not in page
    assert "{{7*7}}" in page
