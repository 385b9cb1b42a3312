"""For everyone: axe without findings in every state, and every control by keyboard alone."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

import pytest

from hotspots.frames import DensityFrame
from hotspots.sharing.map import draw

from .test_page_whatif import allocated

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def saved(tiny_plan, tmp_path_factory):
    """A page with everything that a page can have: what if, periods, changes."""
    plan = allocated(tiny_plan, changed=True)
    density = plan.targeting.density
    months = ("2021-01", "2021-02", "2021-03")
    frames = [
        DensityFrame((month,), replace(density, values_per_km2=density.values_per_km2 / 12))
        for month in months
    ]
    path = tmp_path_factory.mktemp("access") / "map.html"
    draw(replace(plan, targeting=replace(plan.targeting, frames=frames))).save(path)
    return path


@pytest.fixture(scope="module")
def axe():
    """The axe engine (Deque, MPL-2.0), which runs inside the page."""
    package = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    return files(package).joinpath("axe.min.js").read_text(encoding="utf-8")


def findings(page, axe):
    """What axe objects to, and what it could not decide for want of a colour behind a text."""
    page.evaluate(axe)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    assert len(found["passes"]) > 20  # it did look
    return [
        (one["id"], node["target"], node["failureSummary"])
        for one in found["violations"]
        for node in one["nodes"]
    ]


def start(page):
    """As it opens."""


def details(page):
    """Details open, every fold open, other candidates shown."""
    page.locator("tr[data-n='1'] .open").click()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.get_by_label("Other candidates").check()
    page.wait_for_timeout(400)


def moved(page):
    """Another budget, one left out, one kept, a period, a search, sorted."""
    page.locator("#budget").fill("60")
    page.locator("tr[data-n='2'] .open").click()
    page.get_by_role("button", name="Leave out", exact=True).click()
    page.evaluate("hotspotsPage.keep(3)")
    page.locator("#period").fill("2")
    page.locator("#search").fill("street")
    page.locator("th[data-key='hours'] button").evaluate("button => button.click()")
    page.wait_for_timeout(400)


STATES = {"start": start, "details": details, "moved": moved}


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)], ids=["desk", "phone"])
@pytest.mark.parametrize("state", STATES)
def test_axe_has_no_finding(saved, watched, axe, state, width, height, colours):
    """WCAG 2.2 A and AA and best practices, light and dark, desk and phone."""
    view = watched(width, height, color_scheme=colours)
    page = view.open(saved)
    STATES[state](page)
    assert findings(page, axe) == []
    assert view.trouble == []


def test_axe_has_no_finding_without_javascript(saved, chromium, watched, axe):
    """The page as a reader without scripts has it: rendered so, then looked at."""
    page = watched(java_script_enabled=False).open(saved)
    html = page.content().replace("<script", "<template").replace("</script", "</template")
    other = watched()
    other.page.set_content(html)
    assert not other.page.locator("#what-if").is_visible()
    assert findings(other.page, axe) == []


def test_every_control_is_reached_by_tab_in_reading_order(saved, watched):
    """Tab from the top: links past the banner, buttons, slider, search, table, map, folds."""
    page = watched().open(saved)
    names = []
    for _ in range(90):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """(() => {
                const node = document.activeElement;
                if (node === document.body) return "";
                const box = node.getBoundingClientRect();
                const label = node.labels && node.labels.length ? node.labels[0].textContent : "";
                const seen = box.width > 0 && box.height > 0 ? "" : "unseen ";
                return seen + (node.id || node.getAttribute("aria-label") || label.trim() ||
                    node.textContent.trim());
            })()"""
        )
        if not name:
            break
        names.append(name)
    assert not [name for name in names if name.startswith("unseen ")]
    wanted = [
        "Skip to the hours table", "Skip to the map", "copy-link", "print", "print-cards",
        "budget", "budget-hours", "search", "district", "Hours table", "WAT-01", "save-csv",
        "save-geojson", "Hours by district", "Zoom in", "Whole area", "period", "labels-say",
        "Districts", "Other candidates", "Data quality: 15,000 of 20,000 rows counted",
    ]  # fmt: skip
    places = [names.index(name) for name in wanted]
    assert places == sorted(places)


def test_focus_is_seen_and_targets_are_large(saved, watched):
    """Every control is at least 24 px each way, and focus changes how it looks."""
    page = watched().open(saved)
    small = page.evaluate(
        """[...document.querySelectorAll("button, select, input, summary, a")]
            .filter((node) => node.offsetParent && !node.closest(".skip") && !node.matches(".skip"))
            .map((node) => [node.id || node.textContent.trim(), node.getBoundingClientRect(),
                node.labels && node.labels[0] ? node.labels[0].getBoundingClientRect() : null])
            .filter(([, box, label]) => Math.max(box.height, label ? label.height : 0) < 24 ||
                Math.max(box.width, label ? label.width : 0) < 24)
            .map(([name]) => name)"""
    )
    assert small == []
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"


def test_the_phone_needs_no_scrolling_sideways(saved, watched):
    """At 390 pixels, and at 320, neither the page nor the hours table is wider than the screen."""
    for width in (390, 360):
        page = watched(width, 844).open(saved)
        frame = page.locator(".table-frame").first
        assert frame.evaluate("node => node.scrollWidth <= node.clientWidth")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_numbers_are_written_as_in_britain(saved, watched):
    """Thousands have commas and decimals points, whatever the language of the browser."""
    page = watched(locale="de-DE").open(saved)
    page.locator("#budget").fill("99")
    page.evaluate("hotspotsPage.setWhatIf({hours: 299.25, excluded: [], pinned: []})")
    assert page.locator("#budget-hours").input_value() == "299.25"
    assert page.evaluate("hotspotsPage.figure(1234567.891, 1)") == "1,234,567.9"
