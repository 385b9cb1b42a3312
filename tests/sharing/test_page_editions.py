"""Editions in a real browser: whole, quiet, and without what is not for their readers."""

from __future__ import annotations

import csv
import io
import re

import pytest

from hotspots.sharing.map import draw

from .hostile import HOSTILE

pytestmark = pytest.mark.browser

EDITIONS = ["partner", "public"]
#: Texts that would run, break out, or fill the page.
SOME = ["script", "end of JSON block", "template attack", "literal", "right to left", "long"]


@pytest.fixture(scope="module")
def saved(tiny_plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("editions")
    for edition in EDITIONS:
        draw(tiny_plan(changed=True), edition).save(folder / f"{edition}.html")
    return folder


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_an_edition_opens_and_every_hotspot_can_be_read(saved, watched, edition, width, height):
    """No request, no error; marking on top; details of every hotspot without empty figures."""
    view = watched(width, height)
    page = view.open(saved / f"{edition}.html")
    assert f"OFFICIAL · {edition} edition" in page.locator(".marking").first.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".leaflet-hotspots-pane path").count() == 6
    assert page.locator("#what-if").count() == 0
    assert page.locator("#period").count() == 0
    assert "Other candidates" not in page.locator("#layers").inner_text()
    for n in range(6):
        page.locator(f"tr[data-n='{n}'] .open").click()
        shown = page.locator("#details").inner_text()
        for word in ("NaN", "null", "undefined", "Ranks", "Gi*", "Covered"):
            assert word not in shown, (word, shown)
        assert "recorded incidents" in shown
    if edition == "partner":
        assert "1,000–1,999" in shown
    assert view.trouble == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_cards_of_an_edition_tell_no_more(saved, watched, edition):
    """Briefing cards are made for every hotspot, without times and rates."""
    view = watched()
    page = view.open(saved / f"{edition}.html")
    page.evaluate("hotspotsPage.makeCards()")
    cards = page.locator("#cards .card")
    assert cards.count() == 6
    for text in cards.all_text_contents():
        assert not re.search(r"NaN|null|undefined|\d a day\b.*earlier|\d\d:\d\d", text), text
    assert "since the earlier plan." in cards.first.text_content()
    assert view.trouble == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_downloads_of_an_edition_hold_what_it_shows(saved, watched, edition):
    """The CSV that the page gives has no column filled that the edition does not have."""
    view = watched(accept_downloads=True)
    page = view.open(saved / f"{edition}.html")
    with page.expect_download() as given:
        page.locator("#save-csv").click()
    text = given.value.path().read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == 6
    filled = {name for row in rows for name, cell in row.items() if cell}
    assert {"incidents", "officer_hours"} <= filled
    expected = {"partner": "1,000–1,999", "public": "1200"}
    assert rows[0]["incidents"] == expected[edition]
    given_away = {"share", "trend", "harm", "gi_star", "covered_incidents", "proportional_hours"}
    assert filled & given_away == set(), filled
    assert view.trouble == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_table_without_scripts_holds_no_more(saved, watched, edition):
    """Without JavaScript the same columns are there, none of them for months or times."""
    view = watched(java_script_enabled=False)
    page = view.open(saved / f"{edition}.html")
    heads = page.locator("#plan thead th").all_inner_texts()
    assert not [head for head in heads if "Months" in head]
    assert len(page.locator("#plan tbody tr").first.locator("th, td").all()) == len(heads)
    assert "busiest" not in page.locator("main").inner_text().lower()


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("name", SOME)
def test_hostile_text_in_an_edition_is_shown_and_never_run(
    tiny_plan, watched, tmp_path, edition, name
):
    """With hostile text in every field: no request, no error, no dialog."""
    draw(tiny_plan(HOSTILE[name], hotspots=2), edition).save(tmp_path / "map.html")
    view = watched()
    page = view.open(tmp_path / "map.html")
    page.locator("tr[data-n='0'] .open").click()
    page.evaluate("hotspotsPage.makeCards()")
    assert page.locator("#details h3 bdi").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert view.trouble == []
