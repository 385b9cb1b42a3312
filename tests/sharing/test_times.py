"""Hours of the week in the GeoPackage, the workbook and the page."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest

from hotspots import frames
from hotspots.frames import Plan
from hotspots.sharing import draw, write_geopackage, write_workbook

from .plan_factory import small_plan

# openpyxl does not know the extension in which Excel keeps data bars that begin at 0
pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")
SAYS = "Busiest: Friday 20:00-22:00, 67% of incidents in 1% of the week. From 150 incidents."


def with_times(plan: Plan, says: str = SAYS) -> Plan:
    """Give every hotspot two thirds of its week on Friday from 20 to 22, the rest evenly."""
    share = np.full((7, 24), 1 / 3 / 166)
    share[4, 20:22] = 1 / 3
    ids = plan.hotspots["hotspot_id"].tolist()
    cells = pd.MultiIndex.from_product([ids, range(1, 8), range(24)])
    times = cells.to_frame(index=False, name=["hotspot_id", "weekday", "hour"])
    times["share"] = np.tile(share.ravel(), len(ids))
    times = times.assign(incidents=times["share"] * 150, shrunk=False, basis="recorded")
    peaks = pd.DataFrame(
        {
            "hotspot_id": ids,
            "incidents": 150.0,
            "shrunk": False,
            "first_weekday": 5,
            "weekdays": 1,
            "from_hour": 20,
            "hours": 2,
            "share": 2 / 3,
            "week_share": 2 / 168,
            "sentence": [f"{says} Number {n}." for n in range(len(ids))],
        }
    )
    targeting = replace(
        plan.targeting, times=times[frames.names(frames.HOTSPOT_TIMES)], peaks=peaks
    )
    return replace(plan, targeting=targeting)


@pytest.fixture(scope="module")
def plan(tiny_plan) -> Plan:
    return with_times(tiny_plan())


@pytest.fixture(scope="module")
def whole() -> Plan:
    return with_times(small_plan())


def test_the_geopackage_holds_both_tables(whole: Plan, tmp_path: Path) -> None:
    """They come back equal, with units and meanings, and are absent where hours are unknown."""
    path = write_geopackage(whole, tmp_path / "plan.gpkg")
    for name in ("hotspot_times", "hotspot_peaks"):
        found = pyogrio.read_dataframe(path, layer=name, read_geometry=False)
        expected = getattr(whole.targeting, name.removeprefix("hotspot_"))
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    with closing(sqlite3.connect(path)) as database:
        described = database.execute(
            "SELECT column_name FROM gpkg_data_columns WHERE table_name = 'hotspot_times'"
        ).fetchall()
    assert sorted(name for (name,) in described) == sorted(frames.names(frames.HOTSPOT_TIMES))


def test_without_hours_nothing_is_added(tmp_path: Path) -> None:
    """A plan from months has neither tables, sheets nor a table of hours in its page."""
    plan = small_plan()
    path = write_geopackage(plan, tmp_path / "plan.gpkg")
    assert not {"hotspot_times", "hotspot_peaks"} & {name for name, _ in pyogrio.list_layers(path)}
    book = openpyxl.load_workbook(write_workbook(plan, tmp_path / "plan.xlsx"))
    assert not {"Times", "Busiest hours"} & set(book.sheetnames)
    draw(plan).save(tmp_path / "map.html")
    html = (tmp_path / "map.html").read_text("utf-8")
    assert '"times":null' in html
    assert "When each hotspot is busiest" not in html


def test_the_sheet_is_a_heat_table_of_numbers(whole: Plan, tmp_path: Path) -> None:
    """Seven rows per hotspot, 24 columns of shares that are numbers, a colour scale on them."""
    path = write_workbook(whole, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["Times"]
    header = [cell.value for cell in sheet[4]]
    assert header == ["Hotspot", "Weekday", *(f"{hour:02d}" for hour in range(24))]
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    assert len(rows) == 7 * len(whole.hotspots)
    assert [row[1] for row in rows[:7]] == [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]  # fmt: skip
    assert rows[4][2 + 20] == pytest.approx(1 / 3)
    for start in range(0, len(rows), 7):
        week = [value for row in rows[start : start + 7] for value in row[2:]]
        assert all(isinstance(value, float) for value in week)
        assert sum(week) == pytest.approx(1)
    (scaled,) = sheet.conditional_formatting
    assert str(scaled.sqref) == f"C5:Z{4 + len(rows)}"
    assert scaled.rules[0].type == "colorScale"
    sentences = [row[-1] for row in book["Busiest hours"].iter_rows(min_row=5, values_only=True)]
    assert sentences == whole.targeting.peaks["sentence"].tolist()
    again = write_workbook(whole, tmp_path / "again.xlsx")
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.browser
def test_the_page_says_it_without_scripts(plan: Plan, watched, tmp_path: Path) -> None:
    """Every sentence stands in a table that needs no JavaScript."""
    draw(plan).save(tmp_path / "map.html")
    view = watched(java_script_enabled=False)
    page = view.open(tmp_path / "map.html")
    text = page.locator(".fold", has_text="When each hotspot is busiest").text_content()
    assert all(f"{SAYS} Number {n}." in text for n in range(len(plan.hotspots)))


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_details_show_the_hours_as_a_table(
    plan: Plan, watched, tmp_path: Path, width: int, height: int
) -> None:
    """The details have a table of 7 by 24 with its share in every cell, darkest at the peak."""
    draw(plan).save(tmp_path / "map.html")
    view = watched(width, height)
    page = view.open(tmp_path / "map.html")
    page.locator("tr[data-n='1'] .open").click()
    details = page.locator("#details")
    assert f"{SAYS} Number 1." in details.inner_text()
    week = details.locator("table.week")
    assert week.locator("tbody tr").count() == 7
    assert week.locator("tbody td").count() == 168
    assert week.locator("tbody th[scope=row]").all_inner_texts()[0::6] == ["Mon", "Sun"]
    friday = week.locator("tbody tr").nth(4).locator("td")
    assert friday.nth(20).text_content() == "20:00 33.3%"
    assert friday.nth(20).get_attribute("class") == "heat4"
    # 1/3/166 is 0.34 of an even share
    assert friday.nth(19).get_attribute("class") == "heat0"
    shades = [friday.nth(n).evaluate("e => getComputedStyle(e).backgroundColor") for n in (19, 20)]
    assert shades == ["rgb(238, 241, 244)", "rgb(122, 4, 3)"]
    box = week.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert view.trouble == []


@pytest.mark.browser
def test_hostile_sentences_are_text(tiny_plan, watched, tmp_path: Path) -> None:
    """A sentence is shown literally, whatever stands in it."""
    hostile = "<img src=x onerror=alert(1)></script><script>alert(1)</script>{{ 7 * 7 }}"
    draw(with_times(tiny_plan(), hostile)).save(tmp_path / "map.html")
    view = watched()
    page = view.open(tmp_path / "map.html")
    page.locator("tr[data-n='0'] .open").click()
    assert hostile in re.sub(r"\s+", " ", page.locator("#details").inner_text())
    assert view.trouble == []
