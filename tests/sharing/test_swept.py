"""What was tried for settings, in every output; nothing of it where none was swept."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from html import unescape

import openpyxl
import pyogrio
import pytest

from hotspots import frames
from hotspots.sharing import write_geopackage, write_workbook
from hotspots.sharing.map import draw
from hotspots.sharing.provenance import run_manifest

from .hostile import HOSTILE
from .plan_factory import small_plan, with_sweep
from .test_page_hostile import kept


def test_the_geopackage_has_a_table(tmp_path):
    """Published columns, with unit and meaning; the same bytes again."""
    plan = with_sweep(small_plan(), note=HOSTILE["formula"])
    path = write_geopackage(plan, tmp_path / "plan.gpkg")
    table = pyogrio.read_dataframe(path, layer="sweep")
    assert list(table.columns) == frames.names(frames.SWEEP)
    assert table["chosen"].tolist() == [True, True, False, False]
    assert table["note"].iloc[2] == HOSTILE["formula"]
    assert table["value"].isna().tolist() == [False, False, True, False]
    with closing(sqlite3.connect(path)) as database:
        described = {row[0] for row in database.execute("SELECT table_name FROM gpkg_data_columns")}
    assert "sweep" in described
    assert write_geopackage(plan, tmp_path / "again.gpkg").read_bytes() == path.read_bytes()
    without = write_geopackage(small_plan(), tmp_path / "without.gpkg")
    assert "sweep" not in {name for name, _ in pyogrio.list_layers(without)}


@pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")
def test_the_workbook_has_a_sheet(tmp_path):
    """Before the data quality; text that looks like a formula stays text."""
    book = openpyxl.load_workbook(
        write_workbook(with_sweep(small_plan(), note="=1+1"), tmp_path / "plan.xlsx")
    )
    assert book.sheetnames[-3:] == ["Sweep", "Data quality", "About"]
    rows = list(book["Sweep"].iter_rows(min_row=4, values_only=True))
    assert rows[0][:4] == ("Setting", "Value", "Unit", "Rule")
    assert [row[1] for row in rows[1:]] == [0.005, 150, None, 75]
    assert book["Sweep"]["B5"].number_format == "General"
    assert rows[3][-1] == "=1+1"
    meanings = [row[0] for row in book["About"].iter_rows(min_row=5, values_only=True)]
    assert "Column of Sweep" in meanings
    plain = openpyxl.load_workbook(write_workbook(small_plan(), tmp_path / "plain.xlsx"))
    assert "Sweep" not in plain.sheetnames


def test_the_run_lists_it():
    """Rows as plain values, null for what is empty."""
    manifest = run_manifest(with_sweep(small_plan()), timings_s={}, peak_memory_mb=None)
    rows = json.loads(json.dumps(manifest, allow_nan=False))["sweep"]
    assert [row["value"] for row in rows] == [0.005, 150.0, None, 75.0]
    assert run_manifest(small_plan(), timings_s={}, peak_memory_mb=None)["sweep"] is None


def test_the_page_has_a_table(tiny_plan):
    """Value with its unit, rates, the difference with its interval; nothing without a sweep."""
    page = unescape(draw(with_sweep(tiny_plan(hotspots=2))).to_html())
    table = page[page.index("Values that were tried") :]
    cells = re.findall(r"<td[^>]*>(?:<bdi>)?(.*?)(?:</bdi>)?</td>", table[: table.index("</table")])
    assert cells[:7] == [
        "0.5%", "by rule", "0.25", "10.0%", "4.0", "+0.00 (+0.00 to +0.00)", "yes",
    ]  # fmt: skip
    assert cells[7:14] == [
        "150 m", "usual", "0.24", "13.0%", "5.5", "+3.10 (+2.10 to +4.00)", "yes",
    ]  # fmt: skip
    assert cells[14:] == [
        "–", "a knee", "not tried: snapped",
        "75 m", "usual", "0.05", "4.0%", "8.0", "on 0.05 km², too far",
    ]  # fmt: skip
    assert "Values that were tried" not in draw(tiny_plan(hotspots=2)).to_html()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_notes_stand_literally(tiny_plan, text):
    """Text in the table is escaped, once."""
    page = draw(with_sweep(tiny_plan(hotspots=2), note=text, rule=text)).to_html()
    table = page[page.index("Values that were tried") :]
    found = re.search(r'<td colspan="5"><bdi>(.*?)</bdi></td>', table, re.DOTALL)
    assert unescape(found[1]) == kept(text)
    assert table.count(found[1]) >= 2  # the rule, too
    assert page.count("<script") == 4
