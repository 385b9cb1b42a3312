"""Briefing cards: one sheet a hotspot, with what stands in the plan and a code that can be read."""

from __future__ import annotations

import re
import subprocess

import numpy as np
import pytest

from hotspots.sharing.map import draw
from hotspots.sharing.page.cards import cards, geo_code

from .hostile import HOSTILE
from .test_page_whatif import allocated

FINDER = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]


def modules(code):
    side, digits = code
    bits = f"{int(digits, 16):0{4 * len(digits)}b}"[: side * side]
    return np.array([int(bit) for bit in bits]).reshape(side, side)


def read(square):
    """Read a QR code of version 2, level M, by ISO/IEC 18004: mask, path, then bytes."""
    side = len(square)
    assert side == 25  # version 2: 25 modules
    format_bits = [*square[8, :6], square[8, 7], square[8, 8], square[7, 8], *square[5::-1, 8]]
    value = int("".join(map(str, format_bits)), 2) ^ 0b101010000010010
    level, mask = value >> 13, value >> 10 & 7
    assert level == 0b00  # M
    rules = [
        lambda i, j: (i + j) % 2, lambda i, j: i % 2, lambda i, j: j % 3,
        lambda i, j: (i + j) % 3, lambda i, j: (i // 2 + j // 3) % 2,
        lambda i, j: i * j % 2 + i * j % 3, lambda i, j: (i * j % 2 + i * j % 3) % 2,
        lambda i, j: ((i + j) % 2 + i * j % 3) % 2,
    ]  # fmt: skip
    taken = np.zeros((side, side), dtype=bool)
    taken[:9, :9] = taken[:9, -8:] = taken[-8:, :9] = True  # finders and formats
    taken[6], taken[:, 6] = True, True  # timing
    taken[16:21, 16:21] = True  # alignment
    bits, upward = [], True
    for right in (24, 22, 20, 18, 16, 14, 12, 10, 8, 5, 3, 1):
        for i in range(side - 1, -1, -1) if upward else range(side):
            for j in (right, right - 1):
                if not taken[i, j]:
                    bits.append(int(square[i, j]) ^ (rules[mask](i, j) == 0))
        upward = not upward
    text = "".join(map(str, bits))
    assert text[:4] == "0100"  # bytes
    length = int(text[4:12], 2)
    return bytes(int(text[12 + 8 * n : 20 + 8 * n], 2) for n in range(length)).decode()


@pytest.mark.parametrize(
    ("lat", "lon"), [(51.65815, -0.39909), (50.0, 1.75), (55.81104, -2.03443), (-1.5, 179.99999)]
)
def test_the_code_is_a_geo_address(lat, lon):
    """Read by the rules of the standard, the code says where: geo:, latitude, longitude."""
    square = modules(geo_code(lat, lon))
    for corner in (square[:7, :7], square[:7, -7:], square[-7:, :7]):
        assert ["".join(map(str, row)) for row in corner] == FINDER
    assert read(square) == f"geo:{lat:.5f},{lon:.5f}"


def test_codes_lead_to_the_hotspots(tiny_plan):
    """Every hotspot's own position, as the page itself shows it; OS: TQ 0840 9440."""
    found = cards(tiny_plan())
    assert found["changes"] is None
    first = read(modules(found["codes"][0]))
    lat, lon = map(float, first.removeprefix("geo:").split(","))
    # easting 508,400, northing 194,400 by the OS's own formulas: 51.63810 N, 0.43460 W
    assert (lat, lon) == pytest.approx((51.638, -0.434), abs=0.002)
    assert len(found["codes"]) == 6


def test_changes_are_sentences(tiny_plan):
    """What entered and what remained, with then and now."""
    found = cards(tiny_plan(changed=True))
    assert found["changes"][0].startswith("Entered since the earlier plan: ")
    assert "0.25 in the earlier outline" in found["changes"][1]


def printed(page, path):
    """Print the cards as the button would."""
    page.evaluate("window.print = () => {}")
    page.locator("#print-cards").click()
    page.pdf(path=path, prefer_css_page_size=True)
    return path.read_bytes()


def text_of(path):
    try:
        done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("pdftotext is not installed")
    return done.stdout.decode().rstrip("\f").split("\f")


@pytest.mark.browser
def test_one_sheet_a_hotspot(tiny_plan, watched, tmp_path):
    """As many sheets as hotspots, each with where, when, why, hours, change, and the marking."""
    plan = allocated(tiny_plan)
    draw(plan).save(tmp_path / "map.html")
    view = watched()
    page = view.open(tmp_path / "map.html")
    printed(page, tmp_path / "cards.pdf")
    sheets = text_of(tmp_path / "cards.pdf")
    assert len(sheets) == 7
    for sheet, row in zip(sheets, plan.hotspots.itertuples(), strict=True):
        words = re.sub(r"\s+", " ", sheet)
        for expected in (
            row.hotspot_id,
            "Grid reference",
            "geo:51.",
            f"{row.hours_per_week:.1f}",
            f"{row.visits_per_day:.1f}",
            "Not known: the data have no times of day",
            "Kept by rank",
            "There is no earlier plan to compare with",
            "OFFICIAL",
            "Contains OS data",
        ):
            assert expected in words, expected
    assert page.locator(".card").count() == 0  # gone after printing
    assert page.locator("html[data-print]").count() == 0
    assert view.trouble == []


@pytest.mark.browser
def test_cards_follow_the_table(tiny_plan, watched, tmp_path):
    """A district, an order and a what-if: the cards are of the rows shown."""
    draw(allocated(tiny_plan)).save(tmp_path / "map.html")
    page = watched().open(tmp_path / "map.html")
    page.locator("#district").select_option("Watford")
    page.evaluate("hotspotsPage.leaveOut(0)")
    rows = page.locator("#plan tbody tr:visible").count()
    page.evaluate("hotspotsPage.makeCards()")
    cards_of = page.locator(".card")
    assert cards_of.count() == rows
    first = cards_of.first.text_content()
    assert "Hours (what if)" in first
    assert "Left out of this what-if." in first


@pytest.mark.browser
@pytest.mark.parametrize("name", ["script", "literal", "long", "long words", "right to left"])
def test_hostile_cards_are_one_sheet_each(tiny_plan, watched, tmp_path, name):
    """Whatever the words, nothing runs and no card needs a second sheet."""
    draw(tiny_plan(HOSTILE[name][:1_000], hotspots=2)).save(tmp_path / "map.html")
    view = watched()
    page = view.open(tmp_path / "map.html")
    pdf = printed(page, tmp_path / "cards.pdf")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
    assert view.trouble == []
