"""Downloads of what the table shows, compared with the plan."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
import shapely

from hotspots.geo import WGS84
from hotspots.sharing.map import draw

from .test_page_whatif import allocated, best

pytestmark = pytest.mark.browser


def downloaded(page, button, tmp_path):
    with page.expect_download() as waiting:
        page.locator(button).click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def test_the_csv_holds_the_plan(tiny_plan, watched, tmp_path):
    """All rows, best first, with the plan's numbers to six decimals."""
    plan = allocated(tiny_plan)
    draw(plan).save(tmp_path / "map.html")
    view = watched(accept_downloads=True)
    page = view.open(tmp_path / "map.html")
    path = downloaded(page, "#save-csv", tmp_path)
    assert path.name == "hotspots.csv"
    rows = rows_of(path)
    table = plan.hotspots
    assert [row["hotspot_id"] for row in rows] == list(table["hotspot_id"])
    assert [row["name"] for row in rows] == list(table["name"])
    for column in ("incidents", "visits", "officer_hours"):
        assert [float(row[column]) for row in rows] == list(table[column])
    for column in ("hours_per_week", "visits_per_day", "covered_incidents", "area_km2"):
        found = np.array([float(row[column]) for row in rows])
        np.testing.assert_allclose(found, table[column], atol=0.05)
    assert rows[0]["grid_reference"] == "TQ 0840 9440"
    assert view.trouble == []


def test_what_is_shown_is_what_is_saved(tiny_plan, watched, tmp_path):
    """District, search, order and what-if: the file follows the table."""
    plan = allocated(tiny_plan)
    draw(plan).save(tmp_path / "map.html")
    page = watched(accept_downloads=True).open(tmp_path / "map.html")
    page.evaluate("hotspotsPage.setWhatIf({hours: 150, excluded: ['WAT-02'], pinned: []})")
    page.locator("#district").select_option("Watford")
    page.locator("th[data-key='id'] button").click()
    page.locator("th[data-key='id'] button").click()
    path = downloaded(page, "#save-csv", tmp_path)
    assert path.name == "hotspots-what-if.csv"
    rows = rows_of(path)
    expected = {**best(plan, 150, without=["WAT-02"]), "WAT-02": 0}
    shown = sorted((name for name in expected if name.startswith("WAT")), reverse=True)
    assert [row["hotspot_id"] for row in rows] == shown
    assert {row["hotspot_id"]: int(row["visits"]) for row in rows} == {
        name: expected[name] for name in shown
    }
    assert {row["hotspot_id"]: row["choice"] for row in rows if row["choice"]} == {
        "WAT-02": "left out"
    }
    planned = dict(zip(plan.hotspots["hotspot_id"], plan.hotspots["officer_hours"], strict=True))
    assert all(float(row["planned_officer_hours"]) == planned[row["hotspot_id"]] for row in rows)


def test_the_geojson_holds_shapes_and_plan(tiny_plan, watched, tmp_path):
    """Outlines in WGS 84 within two metres of the plan's, and its numbers."""
    plan = allocated(tiny_plan)
    draw(plan).save(tmp_path / "map.html")
    page = watched(accept_downloads=True).open(tmp_path / "map.html")
    path = downloaded(page, "#save-geojson", tmp_path)
    assert path.name == "hotspots.geojson"
    found = json.loads(path.read_text(encoding="utf-8"))
    table = plan.hotspots.to_crs(WGS84)
    assert [one["id"] for one in found["features"]] == list(table["hotspot_id"])
    assert [one["properties"]["visits"] for one in found["features"]] == list(table["visits"])
    for one, shape in zip(found["features"], table.geometry, strict=True):
        saved = shapely.geometry.shape(one["geometry"])
        assert shapely.hausdorff_distance(saved, shape) < 2 / 70_000  # metres in a degree


@pytest.mark.parametrize(
    "text", ["=1+1", "+44", "-1+cmd", "@SUM(1)", "\tx", 'say "hi", you', "a\nb"]
)
def test_no_text_becomes_a_formula(tiny_plan, watched, tmp_path, text):
    """A text that a spreadsheet could calculate begins with an apostrophe, and stays one cell."""
    draw(tiny_plan(text, hotspots=2)).save(tmp_path / "map.html")
    page = watched(accept_downloads=True).open(tmp_path / "map.html")
    raw = downloaded(page, "#save-csv", tmp_path).read_bytes()
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert {len(row) for row in rows} == {18}
    name = rows[1][1]
    assert name.lstrip("'") == text
    assert name[0] not in "=+-@\t\r\n"
