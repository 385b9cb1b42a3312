"""Small enough to be mailed, whatever it shows."""

from __future__ import annotations

import pytest

import hotspots
from hotspots.sharing.map import MOST_DROPPED, draw

from .large_plan import large_plan


def test_a_force_is_below_one_megabyte(sample_hotspots):
    """The bundled sample: 26 hotspots, five districts, three months of density."""
    html = draw(hotspots.allocate(sample_hotspots, hours=26_108)).to_html()
    assert len(html.encode()) < 1_000_000
    assert html.count('data-n="') == 26


@pytest.mark.reference
def test_a_force_with_twelve_months_is_below_one_megabyte(hertfordshire_plan):
    """Hertfordshire 2021: 26 hotspots, ten districts, twelve months of density."""
    html = draw(hertfordshire_plan).to_html()
    assert len(html.encode()) < 1_000_000
    assert 'max="12"' in html


@pytest.mark.browser
def test_a_country_is_below_four_megabytes(watched, tmp_path):
    """1,000 hotspots in 348 districts with 4,000 other candidates: small, whole, and alive."""
    plan = large_plan(1000, 4000)
    path = tmp_path / "map.html"
    draw(plan).save(path)
    assert path.stat().st_size < 4_000_000
    view = watched()
    page = view.open(path)
    assert page.locator("#plan tbody tr").count() == 1000
    said = f"Of 4,000 other candidates the best {MOST_DROPPED:,} are on the map"
    assert said in page.locator("#legend").inner_text()
    page.locator("#budget").fill("50")
    half = hotspots.allocate  # the same hours as a new allocation, for the whole country
    found = dict(page.evaluate("hotspotsPage.hotspots.map(({id, visits}) => [id, visits])"))
    hours = page.evaluate("hotspotsPage.plans.hours(hotspotsPage.budget())")
    table = half(plan, hours=hours).allocation.table
    assert found == dict(zip(table["hotspot_id"], table["visits"], strict=True))
    page.locator("#search").fill("Street 999,")
    assert page.evaluate("hotspotsPage.order().length") == 1
    assert view.trouble == []
