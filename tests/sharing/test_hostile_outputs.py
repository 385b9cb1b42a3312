"""Hostile text through every output of every audience: it stays text, or is left out."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from html import unescape

import openpyxl
import pytest

from hotspots.sharing.disclosure import for_audience
from hotspots.sharing.layers import write_geopackage
from hotspots.sharing.map import draw
from hotspots.sharing.provenance import run_manifest, to_json
from hotspots.sharing.tables import write_table
from hotspots.sharing.workbook import write_workbook

from .hostile import HOSTILE
from .plan_factory import small_plan, with_changes

# openpyxl does not know the extension in which Excel keeps data bars that begin at 0
pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")

AUDIENCES = ["restricted", "partner", "public"]


def kept(text):
    """Text as files hold it: without control characters."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)


@pytest.fixture(params=AUDIENCES, scope="module")
def audience(request):
    return request.param


@pytest.fixture(params=HOSTILE, ids=list(HOSTILE), scope="module")
def text(request):
    return HOSTILE[request.param]


@pytest.fixture(scope="module")
def view(text, audience):
    plan = small_plan(
        name=text, district=text, note=text, title=f"Plan {text}", message=text, file_name=text,
        reason=text,
    )  # fmt: skip
    return for_audience(with_changes(plan, name=text), audience)


def test_cells_of_the_workbook_are_text(view, tmp_path):
    """No cell of any sheet is a formula or a link, and the district is there as it was."""
    write_workbook(view, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]
    names = {str(cell.value) for cell in cells}
    book.close()
    district = kept(view.targeting.districts["district"][0])
    # openpyxl reads what XML cannot tell from an escape, and a cell ends at 32,767 characters
    assert any(name.replace("\r\n", "\n")[:200] == district[:200] for name in names)


def test_the_geopackage_holds_text(view, tmp_path):
    """Names come back as text from every table, and nothing beyond the audience with them."""
    write_geopackage(view, tmp_path / "plan.gpkg")
    with closing(sqlite3.connect(tmp_path / "plan.gpkg")) as database:
        rows = database.execute("SELECT district, note FROM hotspots ORDER BY fid").fetchall()
        candidates = database.execute("SELECT count(*) FROM candidates").fetchone()[0]
        messages = [row[0] for row in database.execute("SELECT message FROM messages")]
    expected = [kept(str(name)) for name in view.hotspots["district"]]
    assert [name for name, _ in rows] == expected
    closed = view.audience != "restricted"
    assert closed == (candidates == 0)
    assert closed == all(not note for _, note in rows)
    assert closed == (len(messages) == len(view.targeting.messages))


def test_a_table_comes_back_from_csv(view, tmp_path):
    """Every text is one cell, whatever quotes, commas and line ends it holds."""
    table = view.hotspots.drop(columns="geometry")
    write_table(table, tmp_path / "hotspots.csv")
    text = (tmp_path / "hotspots.csv").read_text("utf-8", errors="surrogatepass")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["district"] for row in rows] == [str(name) for name in table["district"]]


def test_records_are_json(view):
    """quality.json and run.json can be read, and hold the text whole or not at all."""
    quality = json.loads(to_json(view.targeting.quality.to_dict()))
    record = json.loads(to_json(run_manifest(view, timings_s={}, peak_memory_mb=None)))
    assert record["provenance"]["title"].startswith("Plan ")
    if view.audience == "restricted":
        assert quality["warnings"] == list(view.targeting.quality.warnings)
    else:
        assert (quality["warnings"], quality["facts"]) == ([], {})
    if view.audience == "public":
        assert quality["files"][0]["name"] == "file 1"


def test_the_page_and_its_frame_in_a_notebook_hold_text(view):
    """The page is made, checked and shown in a frame; no script of the text's own is in either."""
    drawn = draw(view)
    page, frame = drawn.to_html(), drawn._repr_html_()
    assert page.count("<script") == 4
    assert unescape(re.search(r'srcdoc="(.*?)"', frame, re.S)[1]) == page
    assert re.fullmatch(r'<iframe srcdoc="[^"]*" sandbox="[a-z -]*" [^<>]*></iframe>', frame)
