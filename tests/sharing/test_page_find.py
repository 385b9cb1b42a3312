"""Finding hotspots in the page, one district at a time, and one period at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hotspots.frames import DensityFrame
from hotspots.sharing import raster
from hotspots.sharing.map import draw
from hotspots.sharing.page import periods


@pytest.fixture(scope="module")
def framed(tiny_plan):
    """A plan with three frames: nothing, the whole by month, and twice that."""
    plan = tiny_plan()
    density = plan.targeting.density
    frames = [
        DensityFrame((month,), replace(density, values_per_km2=density.values_per_km2 / 12 * times))
        for month, times in (("2021-01", 0), ("2021-02", 1), ("2021-03", 2))
    ]
    return replace(plan, targeting=replace(plan.targeting, frames=frames))


@pytest.fixture(scope="module")
def saved(framed, tmp_path_factory):
    path = tmp_path_factory.mktemp("find") / "map.html"
    draw(framed).save(path)
    return path


@pytest.mark.browser
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("wat-0", lambda row: row["id"].startswith("WAT-0")),
        ("STREET 3,", lambda row: row["name"].startswith("Street 3")),
        ("strèet  4, watford", lambda row: row["name"].startswith("Street 4")),
        ("hertsmere", lambda row: row["district"] == "Hertsmere"),
        ("no such place", lambda row: False),
        (".*", lambda row: False),
    ],
)
def test_search_finds_by_id_name_and_district(saved, watched, words, found):
    """Case and accents do not matter, words may stand apart, and nothing is a pattern."""
    page = watched().open(saved)
    page.locator("#search").fill(words)
    rows = page.evaluate(
        "hotspotsPage.hotspots.map(({id, name, district}) => ({id, name, district}))"
    )
    expected = [n for n, row in enumerate(rows) if found(row)]
    assert page.evaluate("hotspotsPage.order()") == expected
    assert page.locator("#plan tbody tr:visible").count() == len(expected)
    assert page.locator("#none-found").is_visible() == (not expected)
    assert f"{len(expected)} of 6 hotspots shown" in page.locator("#status").inner_text()


@pytest.mark.browser
def test_enter_in_the_search_opens_the_first_found(saved, watched):
    """From the keyboard alone: words, Enter, details."""
    page = watched().open(saved)
    page.locator("#search").fill("street 5")
    page.keyboard.press("Enter")
    assert "Street 5" in page.locator("#details").inner_text()
    assert page.evaluate("document.activeElement.id") == "details-title"


@pytest.mark.browser
def test_a_district_zooms_the_map_and_a_search_does_not(saved, watched):
    """The filter shows the district; typing leaves the map where it is and fades the others."""
    page = watched().open(saved)
    start = page.evaluate("hotspotsPage.map.getZoom()")
    page.locator("#search").fill("street 3,")
    page.wait_for_timeout(300)
    assert page.evaluate("hotspotsPage.map.getZoom()") == start
    faded = page.locator(".leaflet-hotspots-pane path[stroke-opacity='0.25']")
    assert faded.count() == 5
    page.locator("#search").fill("")
    page.locator("#district").select_option("Hertsmere")
    page.wait_for_timeout(600)
    assert page.evaluate("hotspotsPage.map.getZoom()") > start


@pytest.mark.browser
def test_the_period_slider_changes_the_picture_and_says_so(saved, watched):
    """Each position shows its own picture and label; the first is the whole again."""
    view = watched()
    page = view.open(saved)
    image = page.locator(".leaflet-density-pane img")
    whole = image.get_attribute("src")
    slider = page.locator("#period")
    assert slider.get_attribute("max") == "3"
    slider.focus()
    for label in ("January 2021", "February 2021", "March 2021"):
        page.keyboard.press("ArrowRight")
        assert page.locator("#period-says").inner_text() == label
        assert slider.get_attribute("aria-valuetext") == label
    last = image.get_attribute("src")
    assert last != whole
    assert "March 2021, in the classes of the whole period" in page.locator("#legend").inner_text()
    page.wait_for_timeout(400)
    assert page.url.endswith("#period=3")
    other = watched().page
    other.goto(page.url)
    other.wait_for_timeout(300)
    assert other.locator(".leaflet-density-pane img").get_attribute("src") == last
    slider.fill("0")
    assert image.get_attribute("src") == whole
    assert view.trouble == []


def test_frames_have_the_classes_of_the_whole(framed):
    """A place of twice the density is in a class as high or higher, by the same breaks."""
    density = framed.targeting.density
    breaks = raster.class_breaks(
        float(density.values_per_km2.max()) / 12, density.threshold_per_km2 / 12
    )
    nothing, same, twice = (
        raster.draw_density(
            frame.surface, frame.surface.values_per_km2, breaks, "inferno_r", pixels=1
        ).classes
        for frame in framed.targeting.frames
    )
    assert nothing.max() == 0
    assert same.max() in (5, 6)
    assert np.all(twice >= same)
    assert (twice > same).any()


def test_too_many_bytes_of_frames_are_left_out(framed, monkeypatch):
    """Where the pictures would make the page heavy, there is no slider."""
    monkeypatch.setattr(periods, "MOST_BYTES", 100)
    html = draw(framed).to_html()
    assert 'id="period"' not in html


def test_without_frames_there_is_no_slider(tiny_plan):
    """Fewer than three months have no frames, and the page no slider."""
    assert 'id="period"' not in draw(tiny_plan()).to_html()
