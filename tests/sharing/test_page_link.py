"""Deep links: the address keeps what was chosen, and opening it restores that."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

import pytest

from hotspots.sharing.map import draw

from .test_page_whatif import allocated

pytestmark = pytest.mark.browser

STATE = """({
    visits: hotspotsPage.hotspots.map(({visits}) => visits),
    rows: hotspotsPage.order(),
    sort: document.querySelector("[aria-sort]").dataset.key,
    order: document.querySelector("[aria-sort]").getAttribute("aria-sort"),
    district: document.getElementById("district").value,
    search: document.getElementById("search").value,
    selected: document.querySelector("tr.selected .open").textContent,
    labels: document.getElementById("labels-say").value,
    out: document.getElementById("left-out").textContent,
    kept: document.getElementById("kept").textContent,
    zoom: hotspotsPage.map.getZoom().toFixed(1),
})"""
CENTRE = "Object.values(hotspotsPage.map.getCenter())"


@pytest.fixture
def saved(tiny_plan, tmp_path):
    path = tmp_path / "map.html"
    draw(allocated(tiny_plan)).save(path)
    return path


def test_a_link_restores_everything(saved, watched):
    """Budget, left out, kept, district, search, sorting, selection, labels and view of the map."""
    view = watched()
    page = view.open(saved)
    page.locator("#budget").fill("70")
    page.evaluate("hotspotsPage.leaveOut(0); hotspotsPage.keep(2)")
    page.locator("#district").select_option("Watford")
    page.locator("#search").fill("street")
    page.locator("th[data-key='visitsPerDay'] button").click()
    page.locator("th[data-key='visitsPerDay'] button").click()
    page.locator("#labels-say").select_option("ranks")
    page.locator("#plan tbody tr:visible .open").last.click()
    page.wait_for_timeout(900)
    page.evaluate("hotspotsPage.map.setZoom(12.5, {animate: false})")
    page.wait_for_timeout(500)
    before, centre = page.evaluate(STATE), page.evaluate(CENTRE)
    assert before["order"] == "ascending"
    other = watched()
    other.page.goto(page.url)
    other.page.wait_for_timeout(500)
    assert other.page.evaluate(STATE) == before
    assert other.page.evaluate(CENTRE) == pytest.approx(centre, abs=360 / 256 / 2**12.5)  # a pixel
    assert other.page.url == page.url
    assert view.trouble == other.trouble == []


def test_the_address_of_an_untouched_page_is_its_own(saved, watched):
    """Opening, looking, resizing and printing add nothing to the address."""
    page = watched().open(saved)
    page.set_viewport_size({"width": 1300, "height": 700})
    page.wait_for_timeout(400)
    page.pdf(path=saved.with_suffix(".pdf"))
    page.wait_for_timeout(400)
    assert page.url == saved.as_uri()


def test_an_id_alone_points_at_a_hotspot(saved, watched):
    """The page opened with #ID shows that hotspot, and another address another one."""
    identity = watched().open(saved).locator("tr[data-n='4'] .open").inner_text()
    page = watched().page
    page.goto(f"{saved.as_uri()}#{identity}")
    page.wait_for_timeout(300)
    assert page.locator("tr.selected .open").inner_text() == identity
    page.evaluate("location.hash = 'hotspot=WAT-01&hours=150'")
    page.wait_for_timeout(300)
    assert page.locator("tr.selected .open").inner_text() == "WAT-01"
    assert page.locator("[data-figure='hours']").inner_text() == "150"


@pytest.mark.parametrize(
    "hash",
    [
        "#%E0%A4%A",
        "#hotspot=%E0%A4%A&hours=abc&out=,,%&kept=nobody&district=Nowhere&sort=x,y&period=99",
        "#view=a,b,c&view=,,",
        "#hours=-5&view=99,200,1e9&sort=name",
        "#hotspot=<img src=x onerror=alert(1)>&search=<script>alert(1)</script>",
        "#__proto__=1&constructor=2&hours=1e400",
    ],
)
def test_a_wrong_link_does_no_harm(saved, watched, hash):
    """What an address gets wrong is passed over: no error, no dialog, the page is there."""
    view = watched()
    view.page.goto(saved.as_uri() + hash)
    view.page.wait_for_timeout(300)
    assert view.page.locator(".leaflet-hotspots-pane path").count() == 7
    assert view.page.locator("[data-figure='hours']").inner_text() in ("300", "1")
    assert view.trouble == []


def test_the_link_is_copied_and_said(saved, watched):
    """The button puts the whole address on the clipboard; a status line says so."""
    view = watched(permissions=["clipboard-read", "clipboard-write"])
    page = view.open(saved)
    page.locator("#budget").fill("50")
    page.locator("#copy-link").click()
    page.wait_for_timeout(200)
    assert page.locator("#status").inner_text() == "Link copied"
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(saved.as_uri() + "#")
    assert dict(parse_qsl(unquote(copied.split("#")[1])))["hours"] == "150"


def test_copying_works_without_the_clipboard_of_scripts(saved, watched):
    """Where a browser keeps its clipboard from pages, the old way is tried, then words help."""
    page = watched().open(saved)
    page.evaluate("document.execCommand = () => false")
    page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }"
    )
    page.locator("#copy-link").click()
    page.wait_for_timeout(200)
    assert "copy the address of this page instead" in page.locator("#status").inner_text()
