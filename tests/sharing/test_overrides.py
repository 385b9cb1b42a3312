"""What people decided, in every output: text is text, and figures are figures."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from hotspots.frames import OVERRIDE_SETS, OVERRIDES, Decided, Plan, names
from hotspots.sharing import write_geopackage, write_workbook
from hotspots.sharing.files import clean_text
from hotspots.sharing.page.overrides import overrides
from hotspots.sharing.page.text import plain
from hotspots.sharing.provenance import override_record, to_json

from .plan_factory import HOSTILE, small_plan

pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")


def decided(text: str = "Market days") -> Plan:
    """A small plan under a pin that costs 12.5 and a rename whose hotspot is gone."""
    table = pd.DataFrame(
        {
            "override_id": ["pin-1", "rename-1"],
            "action": ["pin", "rename"],
            "hotspot_id": ["LDS-01", ""],
            "name": [text, text],
            "reason": text,
            "author": text,
            "time": "2026-03-01",
            "officer_hours": np.nan,
            "status": ["in force", "without effect"],
            "effect": text,
            "cost_covered_incidents": [12.5, np.nan],
            "cost_share": [0.025, np.nan],
            "definition": "{}",
        }
    )[names(OVERRIDES)]
    sets = pd.DataFrame(
        {
            "override_id": "pin-1",
            "hotspot_id": ["LDS-01", "BRD-01"],
            "district": [text, "Bradford"],
            "incidents_per_day": [0.5, 0.25],
        }
    )[names(OVERRIDE_SETS)]
    plan = small_plan()
    targeting = replace(plan.targeting, decided=Decided(table, sets))
    return replace(plan, targeting=targeting, overrides=table)


class Cells(HTMLParser):
    """Texts of the cells of a table, and the names of all elements."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: set[str] = set()
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a cell."""
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.cells.append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        """Add to the cell."""
        if self.inside:
            self.cells[-1] += data


@pytest.mark.parametrize("text", HOSTILE)
def test_the_page_shows_text_as_text(text: str) -> None:
    """Every cell holds what was written; no element comes of it."""
    read = Cells()
    read.feed(str(overrides(decided(text))))
    assert read.tags <= {
        "details", "summary", "div", "table", "thead", "tbody", "tr", "th", "td", "bdi", "br", "p",
    }  # fmt: skip
    shown = plain(text)
    assert f"LDS-01 {shown}" in read.cells
    assert f"{shown}{shown}, 2026-03-01" in read.cells
    assert f"Without effect. {shown}" in read.cells


def test_the_page_shows_costs_where_they_are_known() -> None:
    """12.5 of 500 is 2.50%; what is not known is a dash."""
    read = Cells()
    read.feed(str(overrides(decided())))
    assert read.cells[-6] == "12.5 (2.50%)"
    assert read.cells[-1] == "–"
    assert overrides(small_plan()) == ""


@pytest.mark.parametrize("text", HOSTILE)
def test_the_workbook_holds_text_and_numbers(text: str, tmp_path: Path) -> None:
    """No formula and no link; the cost is a number."""
    path = write_workbook(decided(text), tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(path)["Overrides"]
    rows = list(sheet.iter_rows(min_row=5))
    assert len(rows) == 2
    header = [cell.value for cell in next(iter(sheet.iter_rows(min_row=4, max_row=4)))]
    assert "Definition" not in header
    cost = rows[0][header.index("Cost (modelled covered incidents)")]
    assert (cost.value, cost.data_type) == (12.5, "n")
    assert all(cell.data_type in ("s", "n") for row in rows for cell in row)
    assert not any(cell.hyperlink for row in rows for cell in row)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_geopackage_keeps_both_tables(text: str, tmp_path: Path) -> None:
    """Read with Python's own SQLite: the words as they are, empty costs as NULL."""
    path = write_geopackage(decided(text), tmp_path / "plan.gpkg")
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT reason, author, cost_covered_incidents FROM overrides"
        ).fetchall()
        sets = database.execute("SELECT hotspot_id, incidents_per_day FROM override_sets")
        assert sets.fetchall() == [("LDS-01", 0.5), ("BRD-01", 0.25)]
    assert rows == [(clean_text(text), clean_text(text), 12.5), (clean_text(text),) * 2 + (None,)]


def test_a_plan_without_selecting_overrides_has_an_empty_table(tmp_path: Path) -> None:
    """The table of sets has its columns and no rows."""
    plan = decided()
    assert plan.targeting.decided is not None
    empty = replace(plan.targeting.decided, sets=plan.targeting.decided.sets.iloc[:0])
    plan = replace(plan, targeting=replace(plan.targeting, decided=empty))
    path = write_geopackage(plan, tmp_path / "plan.gpkg")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM override_sets").fetchone() == (0,)


def test_the_record_is_plain_values() -> None:
    """Costs that are not known are null, so that JSON can hold them."""
    record = override_record(decided())
    assert [row["cost_covered_incidents"] for row in record["overrides"]] == [12.5, None]
    assert "null" in to_json(record)
    assert override_record(small_plan()) == {}
