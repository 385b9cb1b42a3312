"""The page in a real Chromium without a network: nothing runs, everything can be reached."""

from __future__ import annotations

import re

import pytest

from hotspots.sharing.map import draw

from .hostile import HOSTILE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def saved(tiny_plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "map.html"
    draw(tiny_plan()).save(path)
    return path


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_the_page_opens_without_a_network(saved, watched, tmp_path, width, height):
    """No request leaves the file, no error is logged, and the map is drawn."""
    view = watched(width, height)
    page = view.open(saved)
    page.screenshot(path=tmp_path / f"page-{width}x{height}.png")
    assert view.trouble == []
    assert page.locator(".leaflet-hotspots-pane path").count() == 6
    assert page.locator(".leaflet-districts-pane path").count() == 2
    assert page.locator(".leaflet-density-pane img").count() == 1
    assert page.locator(".leaflet-candidates-pane path").count() == 0
    assert "Contains OS data" in page.locator(".credit").inner_text()
    assert page.locator(".pill").count() >= 4
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_shown_and_never_run(tiny_plan, watched, tmp_path, name):
    """With hostile text in every field: no request, no error, no dialog, the text literal.

    A browser's time to break a line grows with the square of its longest word.
    """
    text = HOSTILE[name][:2_000]
    draw(tiny_plan(text, hotspots=2)).save(tmp_path / "map.html")
    view = watched()
    page = view.open(tmp_path / "map.html")
    page.locator("tr[data-n='0'] .open").click()
    shown = page.locator("#details h3 bdi").text_content()
    assert shown == re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "", text)
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=tmp_path / f"hostile-{width}x{height}.png")
        assert view.trouble == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_changes_are_drawn_and_listed(tiny_plan, watched, tmp_path):
    """What left is a dotted outline of its own layer, what entered a thick one; a table says it."""
    draw(tiny_plan(changed=True)).save(tmp_path / "map.html")
    view = watched()
    page = view.open(tmp_path / "map.html")
    left = page.locator(".leaflet-left-pane path")
    assert left.count() == 1
    assert left.get_attribute("stroke-dasharray") == "1 5"
    widths = page.locator(".leaflet-hotspots-pane path").evaluate_all(
        "paths => paths.map((path) => path.getAttribute('stroke-width'))"
    )
    assert sorted(widths) == ["2"] * 5 + ["4"]
    assert "Since the earlier plan" in page.locator("#legend").inner_text()
    fold = page.locator("details", has_text="Changes since the earlier plan")
    fold.locator("summary").click()
    rows = fold.locator("tbody tr")
    assert rows.count() == 7
    assert rows.nth(6).inner_text().split("\t") == [
        "Left",
        "Old Lane",
        "Old Lane",
        "0.20",
        "0.08",
        "–",
    ]
    page.locator("tr[data-n='0'] .open").click()
    details = page.locator("#details").inner_text()
    assert "entered since the earlier plan" in details
    assert "Kept by rank: 1200 incidents." in details
    assert view.trouble == []


def test_without_an_earlier_plan_nothing_is_said_of_changes(saved):
    """Neither layer, legend nor table of changes."""
    page = saved.read_text(encoding="utf-8")
    assert "earlier plan:" not in page
    assert "Former hotspots" not in page


def test_a_row_opens_its_details_by_keyboard(saved, watched):
    """Enter on a row's button opens the details, zooms the map and moves the focus there."""
    page = watched().open(saved)
    before = page.evaluate("hotspotsPage.map.getZoom()")
    page.locator("tr[data-n='2'] .open").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)
    details = page.locator("#details")
    assert details.is_visible()
    identity = page.locator("tr[data-n='2'] .open").inner_text()
    assert identity in details.inner_text()
    assert "Street 3, Watford" in details.inner_text()
    assert page.evaluate("document.activeElement.id") == "details-title"
    assert page.evaluate("hotspotsPage.map.getZoom()") > before
    page.keyboard.press("Escape")
    assert not details.is_visible()
    assert page.evaluate("document.activeElement.textContent") == identity


def test_the_details_hold_every_figure(saved, watched):
    """Hours beside the plain rules, ranks, note, pairing, peak density and position."""
    page = watched().open(saved)
    page.locator("tr[data-n='0'] .open").click()
    text = re.sub(r"\s+", " ", page.locator("#details").inner_text())
    for words in (
        "Rank 1 of 6 overall, 1 of",
        "51.9 officer-hours a week",
        "This plan 2,700",
        "By incidents 2,520",
        "Why here Kept by rank: 1200 incidents.",
        "Ranks 1 by excess, 1 by incidents, 1 by shrunken counts, 9 by harm",
        "Peak density 250 per km² and month (modelled)",  # 3,000 a year
        "Months hot 12 of 12",
        "split from a larger cluster",
        "Same cluster reaches into Three Rivers",
        "Grid reference TQ 0840 9440",
        "720 (modelled)",
    ):
        assert words in text, words


def test_a_hotspot_on_the_map_selects_its_row(saved, watched):
    """A click on a shape marks the row and opens the same details."""
    page = watched().open(saved)
    shape = page.locator(".leaflet-hotspots-pane path").nth(3)
    shape.dispatch_event("click")
    page.wait_for_timeout(100)
    assert page.locator("tr.selected").get_attribute("data-n") == "3"
    assert page.locator("tr.selected .open").inner_text() in page.locator("#details").inner_text()


def test_a_rank_on_the_map_selects_its_row(saved, watched):
    """The labels are large enough to press and lead to the same details."""
    page = watched().open(saved)
    label = page.locator(".pill", has_text="1").first
    box = label.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    label.click()
    page.wait_for_timeout(100)
    assert page.locator("tr.selected").get_attribute("data-n") == "0"


def test_dropped_candidates_can_be_shown_with_their_reason(saved, watched):
    """They are off at first; switched on, each says why it was dropped."""
    page = watched().open(saved)
    page.get_by_label("Other candidates").check()
    shapes = page.locator(".leaflet-candidates-pane path")
    assert shapes.count() == 3
    shapes.first.dispatch_event("click")
    page.wait_for_timeout(100)
    assert "hot in one month only" in page.locator("#details").inner_text()
    assert page.locator("tr.selected").count() == 0


def test_the_table_sorts_and_says_so(saved, watched):
    """A heading sorts down, then up, by number or by word, and aria-sort follows."""
    page = watched().open(saved)
    heading = page.locator("th[data-key='hot']")
    column = page.locator("#plan tbody td:nth-child(7)")
    heading.locator("button").click()
    down = [int(text.split()[0]) for text in column.all_inner_texts()]
    assert down == sorted(down, reverse=True)
    assert heading.get_attribute("aria-sort") == "descending"
    heading.locator("button").click()
    up = [int(text.split()[0]) for text in column.all_inner_texts()]
    assert up == sorted(up) != down
    assert heading.get_attribute("aria-sort") == "ascending"
    assert page.locator("[aria-sort]").count() == 1
    assert "ascending" in page.locator("#status").inner_text()


def test_a_district_can_be_chosen(saved, watched):
    """The filter leaves the rows of one district."""
    page = watched().open(saved)
    page.locator("#district").select_option("Hertsmere")
    shown = page.locator("#plan tbody tr:visible")
    assert 0 < shown.count() < 6
    assert all(id.startswith("HER") for id in shown.locator(".open").all_inner_texts())


def test_the_table_can_be_read_without_javascript(saved, watched):
    """Without scripts: figures and hours stand there, and a sentence says what is missing."""
    page = watched(java_script_enabled=False).open(saved)
    assert page.locator("#plan tbody tr").count() == 6
    assert page.locator("#plan tbody tr").first.is_visible()
    assert page.locator(".figures dd").first.is_visible()
    assert "need JavaScript" in page.locator("body").inner_text()
    assert not page.locator(".folium-map").is_visible()


def test_labels_do_not_lie_over_each_other(tiny_plan, watched, tmp_path):
    """No two of the labels of 40 hotspots and two districts overlap at the first zoom."""
    draw(tiny_plan(hotspots=40)).save(tmp_path / "map.html")
    page = watched().open(tmp_path / "map.html")
    boxes = page.evaluate(
        """[...document.querySelectorAll(".pill, .names bdi")].map(node => {
            const {left, right, top, bottom} = node.getBoundingClientRect();
            return [left, right, top, bottom];
        })"""
    )
    assert len(boxes) > 20
    assert all(right - left >= 20 for left, right, _, _ in boxes)
    for n, (left, right, top, bottom) in enumerate(boxes):
        for west, east, north, south in boxes[n + 1 :]:
            apart = left >= east or west >= right or top >= south or north >= bottom
            assert apart


def test_paper_gets_table_map_and_details(saved, watched, tmp_path):
    """Printing gives three sheets or so: the folded sections are open, the buttons are gone."""
    page = watched().open(saved)
    path = tmp_path / "page.pdf"
    page.pdf(path=path, prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", path.read_bytes())) == 3
    page.emulate_media(media="print")
    assert not page.locator("#print").is_visible()
    assert page.evaluate("document.querySelectorAll('details[open]').length") == 0


def test_a_notebook_frame_shows_the_page(tiny_plan, watched, tmp_path):
    """The frame of a notebook, cut off from its page, draws the same map without an error."""
    frame = draw(tiny_plan())._repr_html_()
    (tmp_path / "notebook.html").write_text(f"<!DOCTYPE html>{frame}", encoding="utf-8")
    view = watched()
    page = view.open(tmp_path / "notebook.html")
    inner = page.frame_locator("iframe")
    assert inner.locator(".leaflet-hotspots-pane path").count() == 6
    inner.locator("tr[data-n='0'] .open").click()
    assert inner.locator("#details").is_visible()
    assert view.trouble == []


def test_marks_of_direction_stay_in_their_text(tiny_plan, watched, tmp_path):
    """A right-to-left override in the period does not turn round the words that follow it."""
    draw(tiny_plan(HOSTILE["right to left"], hotspots=2)).save(tmp_path / "map.html")
    page = watched().open(tmp_path / "map.html")
    first, last = page.evaluate(
        """(() => {
            const text = document.querySelector(".period").lastChild;
            return [2, text.length - 2].map(at => {
                const range = document.createRange();
                range.setStart(text, at);
                range.setEnd(text, at + 1);
                return range.getBoundingClientRect().left;
            });
        })()"""
    )
    assert first < last


def test_less_motion_is_respected(saved, watched):
    """A reader who asked for less motion gets a map that jumps instead of flying."""
    page = watched(reduced_motion="reduce").open(saved)
    page.locator("tr[data-n='1'] .open").click()
    zoom = page.evaluate("hotspotsPage.map.getZoom()")
    page.wait_for_timeout(400)
    assert zoom == page.evaluate("hotspotsPage.map.getZoom()") > 13
