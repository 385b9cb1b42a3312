"""The document around the map: words, tables, numbers, and the check of the finished page."""

from __future__ import annotations

import json
import re

import pytest

from hotspots.sharing.map import draw
from hotspots.sharing.page.check import problems
from hotspots.sharing.page.text import (
    figure,
    grid_reference,
    json_block,
    number,
    plain,
    scaled,
)
from hotspots.sharing.page.wording import gain

SAFE = "<!DOCTYPE html><html><head><style>a{}</style></head><body><p>words</p></body></html>"


@pytest.fixture(scope="module")
def page(tiny_plan):
    return draw(tiny_plan()).to_html()


def visible(html: str) -> str:
    """Text of a page, without its scripts, styles and tags."""
    html = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_page_says_what_it_shows(page):
    """Title, period, incidents counted, marking, source, limits and data stand in the text."""
    text = visible(page)
    for words in (
        "Watford and Hertsmere",
        "January to December 2021",
        "15,000 incidents counted",
        "data.police.uk",
        "Contains OS data",
        "decision support, not evidence about any person",
        "where crime was reported",
        "approximate",
        "plan.gpkg",
        "plan.xlsx",
        "quality.json",
    ):
        assert words in text, words
    assert text.count("OFFICIAL") >= 2
    assert '<html lang="en-GB">' in page
    assert "user-scalable" not in page


def test_the_hours_stand_before_the_map_and_need_no_script(page):
    """Every hotspot's hours are in the document's own table, ahead of the map."""
    table = page[page.index('<table id="plan"') : page.index("</table>")]
    assert page.index("</table>") < page.index('class="folium-map"')
    assert table.count("<tr data-n=") == 6
    # 1,200 incidents x 3 visits x 0.75 officer-hours, and that over 52 weeks
    assert ">2,700<" in table
    assert ">51.9<" in table


def test_the_headline_figures_follow_from_the_plan(page):
    """Share of incidents and of area, hours and visits, worked out by hand."""
    text = visible(page)
    # six squares of 240 m on 32 km2
    assert f"{100 * 6 * 0.0576 / 32:.1f}%" in text
    # visits are three times the incidents 1200, 1193, 1186, 1179, 1172, 1165
    assert "21,285" in text
    assert "15,964" in text  # 21,285 x 0.75, to the hour


def test_the_gain_over_a_plain_rule_is_called_small(tiny_plan):
    """A split in proportion to incidents is within three per cent, and the page says so."""
    sentences = gain(tiny_plan())
    assert "97.0%" in sentences[0]
    assert "small (3.0%)" in sentences[0]
    assert "70.0%" in sentences[1]


def test_quality_and_choices_are_in_the_page(page):
    """Rows read, left out by reason and counted; parameters chosen with unit and rule."""
    text = visible(page)
    assert re.search(r"Read 20,000 Left out: No coordinates 4,000", text)
    assert re.search(r"Counted 15,000", text)
    assert re.search(r"Bandwidth 200 m the best of three", text)
    assert "sha256 cdcdcdcdcdcd" in text
    assert "accurate to 2 m" in text


def test_the_legend_names_its_unit_cells_bandwidth_and_threshold(page):
    """The legend can be read alone: six classes and how the surface was made."""
    legend = visible(page[page.index('id="legend"') : page.index('id="about"')])
    assert "Incidents per km² and month" in legend
    assert "100 m cells, 200 m bandwidth" in re.sub(r"\s+", " ", legend)
    assert "Cells of 167 and over" in legend  # 2,000 a year over 12 months
    assert len(re.findall(r"[\d,.]+(?:–[\d,.]+|\+)", legend)) == 6


@pytest.mark.parametrize(
    "bad",
    [
        '<script src="https://example.invalid/x.js"></script>',
        "<script>alert(1)</script>",
        "<style>b{}</style>",
        '<link rel="stylesheet" href="x.css">',
        '<img src="http://example.invalid/x.png">',
        '<img src="x.png">',
        '<p onclick="alert(1)">x</p>',
        '<p style="color:red">x</p>',
        '<iframe srcdoc="x"></iframe>',
        '<form action="x"></form>',
        '<a href="javascript:alert(1)">x</a>',
        '<base href="x">',
        '<object data="x"></object>',
        '<meta http-equiv="refresh" content="0; url=x">',
        '<svg><use xlink:href="http://example.invalid/x"/></svg>',
    ],
)
def test_the_check_finds_what_does_not_belong(bad):
    """Whatever loads, sends or runs is found by the check of the finished page."""
    assert problems(SAFE, [], ["a{}"]) == []
    assert problems(SAFE.replace("<p>words</p>", bad), [], ["a{}"])


def test_the_check_reads_into_styles():
    """A style that is ours but asks for a file is found as well."""
    style = "a{background:url(http://example.invalid/x)}"
    assert problems(SAFE.replace("a{}", style), [], [style])
    assert problems(SAFE.replace("a{}", "@import 'x';"), [], ["@import 'x';"])


def test_json_can_stand_inside_a_script():
    """No character that a browser or a script reads specially is left as it is."""
    text = "</script>&<!--\u2028\u2029é"
    block = json_block([text])
    assert json.loads(block) == [text]
    assert not set("<>&\u2028\u2029é") & set(block)
    with pytest.raises(ValueError):
        json_block([float("nan")])


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a\x00b", "ab"), (None, ""), (float("nan"), ""), ("x\ud800", "x\ufffd")],
)
def test_plain_text_has_no_control_characters(value, expected):
    """What a document cannot hold is taken out; what is missing is empty."""
    assert plain(value) == expected


def test_numbers_are_written_the_british_way():
    """Thousands have commas, the missing a dash, small numbers enough digits."""
    assert figure(1234567) == "1,234,567"
    assert figure(26.25, 1) == "26.3"  # as browsers round it
    assert figure(float("inf")) == "–"
    assert scaled(0.75) == "0.75"
    assert scaled(2000 / 12) == "167"
    assert number("x") is None


def test_grid_references_are_those_of_the_ordnance_survey():
    """Known places: Caister Castle water tower, Watford, the Scilly Isles, Shetland."""
    assert grid_reference(651_409, 313_177) == "TG 5140 1317"
    assert grid_reference(510_900, 196_600) == "TQ 1090 9660"
    assert grid_reference(90_000, 10_000) == "SV 9000 1000"
    assert grid_reference(447_700, 1_141_800) == "HU 4770 4180"
