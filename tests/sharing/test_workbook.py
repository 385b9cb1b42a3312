"""The workbook holds the plan's numbers as numbers and its text as text."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from hotspots.errors import InputError
from hotspots.sharing.workbook import HEADER_ROW, write_workbook

from .plan_factory import HOSTILE, small_plan, with_changes

# openpyxl does not know the extension in which Excel keeps data bars that begin at 0
pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")

SHEETS = [
    "Hotspots",
    "Districts",
    "Alternatives",
    "Budget curve",
    "Candidates",
    "Data quality",
    "About",
]


def write(path: Path, **texts: Any) -> Path:
    return write_workbook(small_plan(**texts), path / "plan.xlsx")


def table(path: Path, sheet: str) -> pd.DataFrame:
    return pd.read_excel(path, sheet_name=sheet, header=HEADER_ROW, keep_default_na=False)


def test_sheets_stand_in_order_with_one_header_row(tmp_path: Path) -> None:
    """Each sheet has title and marking in row 1 and a filterable table from row 4."""
    book = openpyxl.load_workbook(write(tmp_path))
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet["A1"].value == (
            "OFFICIAL · restricted edition · Hotspot patrol plan: Leeds and Bradford · "
            "January to February 2021"
        )
        (found,) = sheet.tables.values()
        first, last = found.ref.split(":")
        assert first == "A4"
        assert sheet[last].row == sheet.max_row
        assert found.autoFilter is not None
        headers = [cell.value for cell in sheet[4] if cell.value is not None]
        assert len(headers) == len(set(headers)) == sheet.max_column
        assert sheet.freeze_panes in ("B5", "C5")


def test_hotspots_are_the_plan(tmp_path: Path) -> None:
    """Every hotspot is there with its numbers, and the sums are those of the plan."""
    plan = small_plan()
    found = table(write(tmp_path), "Hotspots")
    assert found["Hotspot"].tolist() == ["LDS-01", "LDS-02", "BRD-01"]
    assert found["Incidents"].sum() == plan.hotspots["incidents"].sum() == 85
    assert found["Officer-hours"].sum() == plan.allocation.hours == 75
    assert found["Visits"].tolist() == [50, 30, 20]
    assert found["Share of officer-hours"].sum() == pytest.approx(1)
    assert len(found.columns) == len(plan.hotspots.columns) - 1


def test_districts_add_up(tmp_path: Path) -> None:
    """Hours, hotspots and incidents by district are the sums over its hotspots."""
    found = table(write(tmp_path), "Districts").set_index("District")
    assert found["Hotspots"].to_dict() == {"Leeds": 2, "Bradford": 1}
    assert found["Incidents in hotspots"].to_dict() == {"Leeds": 65, "Bradford": 20}
    assert found["Officer-hours"].to_dict() == {"Leeds": 60, "Bradford": 15}
    assert found["Share of officer-hours"].to_dict() == {"Leeds": 0.8, "Bradford": 0.2}
    rate = found["Officer-hours per 1,000 incidents in hotspots"]
    assert rate.to_list() == pytest.approx([60 / 0.065, 750])


def test_districts_show_all_their_incidents(tmp_path: Path) -> None:
    """The incidents of each district are shown, and the hours per 1,000 of them."""
    found = table(write(tmp_path), "Districts")
    assert found["Incidents"].tolist() == [150, 0]
    assert found["Officer-hours per 1,000 incidents"].tolist() == [400, ""]


def test_a_district_without_hotspots_has_zero(tmp_path: Path) -> None:
    """A district without a hotspot is listed with 0 hotspots and 0 hours, and no rate."""
    found = table(write(tmp_path, empty=True), "Districts")
    assert found["Hotspots"].tolist() == [0, 0]
    assert found["Officer-hours"].tolist() == [0, 0]
    assert found.iloc[:, -1].tolist() == ["", ""]


def test_an_empty_plan_keeps_its_headers(tmp_path: Path) -> None:
    """Nothing found is a sheet with the same headers and no rows."""
    full = table(write(tmp_path), "Hotspots")
    empty = table(write(tmp_path, empty=True), "Hotspots")
    assert list(empty.columns) == list(full.columns)
    assert len(empty) == 0


def test_data_quality_accounts_for_every_row(tmp_path: Path) -> None:
    """Rows read, left out and kept are listed, and the check says that they add up."""
    found = table(write(tmp_path), "Data quality").set_index("Measure")["Value"]
    assert found["Rows read"] == 250
    assert found["no coordinates"] == 30
    assert found["Rows kept"] == 200
    assert found["Rows kept and left out together"] == 250
    assert found["Adds up to the rows read"] == "yes"
    assert found["snapped share"] == 0.98


def test_data_quality_shows_a_sum_that_does_not_fit(tmp_path: Path) -> None:
    """Rows that are not accounted for are said, not hidden."""
    plan = small_plan()
    quality = replace(plan.targeting.quality, rows_read=260)
    plan = replace(plan, targeting=replace(plan.targeting, quality=quality))
    found = table(write_workbook(plan, tmp_path / "plan.xlsx"), "Data quality")
    assert "no: -10 rows" in found["Value"].tolist()


def test_about_says_source_choices_and_limits(tmp_path: Path) -> None:
    """Attribution, checksums, chosen settings with their rules, and limits can be read."""
    found = table(write(tmp_path), "About")
    parts = found.groupby("Part")["Value"].agg(list)
    assert "Contains public sector information, Open Government Licence v3.0" in parts["Provenance"]
    assert parts["Input"] == ["ab" * 32]
    assert any("not evidence about any person" in text for text in parts["Limits"])
    chosen = found[found["Part"] == "Chosen"].set_index("Item")
    assert chosen["Rule"].to_dict() == {"cell_size_m": "Market Street", "hotspots": "asked for"}
    meanings = found[found["Part"] == "Column"].set_index("Item")["Value"]
    assert meanings["Officer-hours"] == "visits x officer-hours per visit"


def test_cells_have_kinds_and_formats(tmp_path: Path) -> None:
    """Numbers are numbers with separators and units in the header; a missing one is blank."""
    book = openpyxl.load_workbook(write(tmp_path))
    headers = {cell.value: cell.column for cell in book["Hotspots"][4]}
    for header, pattern in {
        "Incidents": "#,##0",
        "Officer-hours": "#,##0.00",
        "Share of incidents": "0.0%",
        "Area (km²)": "0.000",
    }.items():
        cell = book["Hotspots"].cell(5, headers[header])
        assert (cell.data_type, cell.number_format) == ("n", pattern)
    headers = {cell.value: cell.column for cell in book["Candidates"][4]}
    assert book["Candidates"].cell(8, headers["Peak density (incidents per km²)"]).value is None
    bounds = [row[5].value for row in book["Alternatives"].iter_rows(min_row=5)]
    assert bounds == [True, True, False]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(tmp_path: Path, text: str) -> None:
    """Text of a stranger is a text cell with the same text, and there is no formula or link."""
    texts = ("name", "district", "note", "title", "message", "file_name", "reason")
    path = write(tmp_path, **dict.fromkeys(texts, text))
    book = openpyxl.load_workbook(path)
    row = {
        head.value: cell
        for head, cell in zip(book["Hotspots"][4], book["Hotspots"][5], strict=True)
    }
    for header in ("Name", "District", "Note"):
        assert (row[header].data_type, row[header].value) == ("s", text)
        assert row[header].quotePrefix == text.startswith(("=", "+", "-", "@"))
    for sheet in book:
        for cell in (cell for line in sheet.iter_rows() for cell in line):
            assert cell.data_type != "f"
            assert cell.hyperlink is None
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name).decode("utf-8")
            assert "externalLink" not in name
            assert 'TargetMode="External"' not in content
            if name.startswith("xl/worksheets/sheet"):
                assert not re.search(r"<f[ >/]", content)


def test_text_beyond_the_format_is_cut_not_lost(tmp_path: Path) -> None:
    """A cell holds 32,767 UTF-16 units; longer text ends in an ellipsis, NUL is left out."""
    book = openpyxl.load_workbook(
        write(tmp_path, name="🚓" * 20_000, note="a\x00\x1bb", file_name="c\udcff")
    )
    row = {
        head.value: cell.value
        for head, cell in zip(book["Hotspots"][4], book["Hotspots"][5], strict=True)
    }
    assert row["Name"] == "🚓" * 16_383 + "…"
    assert row["Note"] == "ab"
    items = [cell.value for cell in book["About"]["B"]]
    assert "c\ufffd" in items
    book = openpyxl.load_workbook(write(tmp_path, name="x" * 32_767))
    assert book["Hotspots"]["B5"].value == "x" * 32_767


def test_every_sheet_prints_sensibly(tmp_path: Path) -> None:
    """A4 landscape, one page wide, header row repeated, title and marking on each page."""
    book = openpyxl.load_workbook(write(tmp_path, title="Leeds & Bradford"))
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$4:$4"
        assert sheet.oddHeader.left.text == "Leeds and Bradford"
        assert sheet.oddHeader.center.text == "&BOFFICIAL · restricted edition&B"  # bold
        assert sheet.oddFooter.center.text == "OFFICIAL · restricted edition"
        assert sheet.oddFooter.right.text == "&P of &N"
    assert book["Hotspots"].print_area == "'Hotspots'!$A$1:$O$7"


def test_bars_and_chart_are_there(tmp_path: Path) -> None:
    """Incidents and officer-hours have data bars; the budget curve has its chart."""
    book = openpyxl.load_workbook(write(tmp_path))
    ranges = {str(found.sqref) for found in book["Hotspots"].conditional_formatting}
    assert ranges == {"E5:E7", "J5:J7"}
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert "'Budget curve'!$A$5:$A$8" in chart
    assert "'Budget curve'!$C$5:$C$8" in chart


def test_two_writes_are_the_same_file(tmp_path: Path) -> None:
    """The time of writing leaves no trace: the date inside is fixed, as in the archive."""
    first = write(tmp_path).read_bytes()
    same = write(tmp_path).read_bytes() == first
    assert same
    properties = openpyxl.load_workbook(tmp_path / "plan.xlsx").properties
    assert properties.created.year == properties.modified.year == 2000
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_a_plan_must_say_where_it_comes_from(tmp_path: Path) -> None:
    """Without attribution nothing is written."""
    plan = small_plan()
    silent = replace(plan, provenance={**plan.provenance, "attribution": []})
    with pytest.raises(InputError, match="does not say its attribution"):
        write_workbook(silent, tmp_path / "plan.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_changes_have_a_sheet_beside_an_earlier_plan(tmp_path: Path) -> None:
    """One row per change, numbers as numbers, empty where nothing is known; text stays text."""
    path = write_workbook(with_changes(small_plan(), name="=1+1"), tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:3] == ["Hotspots", "Changes", "Districts"]
    rows = list(book["Changes"].iter_rows(min_row=4, values_only=True))
    assert rows[0][:4] == ("Change", "Hotspot", "Id in the earlier plan", "Name")
    assert [row[0] for row in rows[1:]] == [
        "entered", "entered", "remained", "left", "left earlier",
    ]  # fmt: skip
    assert rows[4][3] == "=1+1"
    assert book["Changes"]["D8"].data_type == "s"
    assert rows[4][6:] == (24, 11, 0.4, 0.19)
    assert rows[1][6] is None
    assert "Changes" not in openpyxl.load_workbook(write(tmp_path)).sheetnames
