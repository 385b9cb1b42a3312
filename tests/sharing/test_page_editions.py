"""Every edition in a real browser: no control is dead, nothing is asked of a network."""

from __future__ import annotations

import re

import pytest

from hotspots.sharing.map import draw

from .test_page_whatif import allocated

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("audience", ["restricted", "partner", "public"])
def test_every_control_of_an_edition_works(tiny_plan, watched, tmp_path, audience):
    """Search, district, sorting, details, labels, downloads, link, cards and the slider if any."""
    path = tmp_path / "map.html"
    draw(allocated(tiny_plan), audience).save(path)
    view = watched(accept_downloads=True)
    page = view.open(path)
    assert (page.locator("#budget").count() == 1) == (audience == "restricted")
    rows = page.locator("#plan tbody tr")
    for key in page.locator("#plan thead th").evaluate_all("all => all.map(h => h.dataset.key)"):
        page.locator(f"th[data-key='{key}'] button").evaluate("button => button.click()")
    page.locator("#search").fill("wat-")
    page.locator("#district").select_option("Watford")
    shown = page.locator("#plan tbody tr:visible")
    assert 0 < shown.count() < rows.count()
    shown.first.locator(".open").click()
    assert page.locator("#details").is_visible()
    page.locator("#labels-say").select_option("hours")
    for box in page.locator("#layers input[type='checkbox']").all():
        box.click()
        box.click()
    for button in ("#save-csv", "#save-geojson"):
        with page.expect_download() as waiting:
            page.locator(button).click()
        assert waiting.value.suggested_filename.startswith("hotspots")
    if audience == "restricted":
        page.locator("#budget").fill("40")
    page.locator("#copy-link").click()
    page.evaluate("window.print = () => {}")
    page.locator("#print-cards").click()
    page.pdf(path=tmp_path / "cards.pdf", prefer_css_page_size=True)
    sheets = re.findall(rb"/Type\s*/Page\b", (tmp_path / "cards.pdf").read_bytes())
    assert len(sheets) == shown.count()
    page.wait_for_timeout(300)
    assert "district=Watford" in page.url
    assert view.trouble == []
