"""The roster as a workbook to print and hand out: a summary, a sheet per district, the design.

On every sheet row 1 says title and marking, row 2 what the sheet shows, and row 4 is the header.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hotspots.sharing.cells import RISKY, cell_text
from hotspots.sharing.files import FIXED_TIME, clean_text
from hotspots.sharing.roster.sheets import Column, Sheet, roster_sheets

if TYPE_CHECKING:
    from hotspots.frames import Roster

_HEADER = 3  # counted from 0
_NAME_LIMIT = 31  # characters of a sheet's name
_PAGE_CHARACTERS = 112  # of a wide font on A4 landscape between the margins
_LINE_POINTS = 13
_TALLEST = 409
_SHOWN = 4_000  # characters that a row of the greatest height can show
_BREAKS = 1023  # more page breaks a sheet cannot have


def roster_workbook(roster: Roster) -> bytes:
    """Write the roster as an XLSX file, and return its bytes.

    Sheets Summary, Hotspots, Shifts, one for each district with one row for each patrol, and
    Randomised days where there are any. Dates and times are dates and times, numbers are
    numbers, and nothing is a formula or a link. Printed on A4 landscape, with the header on each
    page and each week of a district on pages of its own. The same roster gives the same bytes.
    """
    import xlsxwriter

    content = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        # a font whose widths are the same in every office program
        "default_format_properties": {"font_name": "Arial", "font_size": 10},
    }
    book = xlsxwriter.Workbook(content, options)
    about = roster.provenance
    book.set_properties(
        {
            "title": cell_text(str(about["title"])),
            "keywords": cell_text(str(about["marking"])),
            "created": FIXED_TIME.replace(tzinfo=None),
        }
    )
    sheets = _Sheets(book, roster)
    for sheet in roster_sheets(roster):
        sheets.add(sheet)
    book.close()
    return content.getvalue()


class _Sheets:
    """The workbook being written, its formats, and the names already taken."""

    def __init__(self, book: Any, roster: Roster) -> None:
        self.book = book
        about = roster.provenance
        self.marking, self.title = str(about["marking"]), str(about["title"])
        self.span = f"{roster.first_day} to {roster.last_day}"
        self.taken: set[str] = set()
        self.formats: dict[tuple[str, bool], Any] = {}

    def add(self, sheet: Sheet) -> None:
        """Add a sheet; a new week begins on a new page."""
        columns, rows, weeks = sheet.columns, sheet.rows, sheet.weeks
        page = self.book.add_worksheet(_sheet_name(sheet.name, self.taken))
        bold = self.book.add_format({"bold": True, "font_size": 13})
        heading = f"{self.marking} · {self.title} · {self.span}"
        page.write_string(0, 0, cell_text(heading), bold)
        page.write_string(1, 0, cell_text(sheet.says))
        for at, column in enumerate(columns):
            page.set_column(at, at, column.width)
            page.write_string(_HEADER, at, column.header, self._head(column))
        breaks = []
        before: Any = None
        for number, row in enumerate(rows, _HEADER + 1):
            new_day = row[0] != before
            before = row[0]
            lines = 1
            for at, (column, value) in enumerate(zip(columns, row, strict=True)):
                lines = max(lines, self._write(page, number, at, column, value, new_day))
            page.set_row(number, min(_LINE_POINTS * lines + 3, _TALLEST))
            at = number - _HEADER - 1
            if weeks and at and weeks[at] != weeks[at - 1]:
                breaks.append(number)
        tallest = max(_lines(column.header, column.width - 3) for column in columns)
        page.set_row(_HEADER, tallest * _LINE_POINTS + 3)
        last = _HEADER + max(len(rows), 1)
        page.autofilter(_HEADER, 0, last, len(columns) - 1)
        page.freeze_panes(_HEADER + 1, 0)
        self._print(page, columns, last, breaks)

    def _head(self, column: Column) -> Any:
        side = "left" if column.kind == "text" else "right"
        return self.book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "align": side, "bottom": 1,
             "indent": int(side == "left")}
        )  # fmt: skip

    def _format(self, kind: str, line: bool) -> Any:
        if (kind, line) not in self.formats:
            pattern = {"whole": "#,##0", "hours": "#,##0.00", "date": "dd mmm yyyy"}
            pattern["time"] = "hh:mm"
            given: dict[str, Any] = {"valign": "top", "align": "right"}
            if kind in ("text", "guarded"):
                given |= {"align": "left", "indent": 1, "text_wrap": True}
                given["quote_prefix"] = kind == "guarded"
            else:
                given["num_format"] = pattern[kind]
            if line:
                given |= {"top": 1, "top_color": "#B8C2CC"}
            self.formats[kind, line] = self.book.add_format(given)
        return self.formats[kind, line]

    def _write(self, page: Any, row: int, at: int, column: Column, value: Any, line: bool) -> int:
        """Write a cell by its column's kind; return how many lines it takes."""
        if column.kind == "text":
            text = cell_text(str(value))
            kind = "guarded" if text.startswith(RISKY) else "text"
            page.write_string(row, at, text, self._format(kind, line))
            return sum(_lines(part, column.width - 2) for part in text.split("\n"))
        if column.kind in ("date", "time"):
            page.write_datetime(row, at, value, self._format(column.kind, line))
        else:
            page.write_number(row, at, value, self._format(column.kind, line))
        return 1

    def _print(self, page: Any, columns: Sequence[Column], last: int, breaks: list[int]) -> None:
        """A4 landscape, one page wide.

        Programs ignore page breaks where they fit columns to pages, so with breaks the scale is
        one at which all columns fit.
        """
        page.set_landscape()
        page.set_paper(9)
        page.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.75)
        page.repeat_rows(_HEADER)
        width = sum(column.width + 0.7 for column in columns)
        if breaks:
            page.set_print_scale(max(10, min(100, int(100 * _PAGE_CHARACTERS / width))))
            page.set_h_pagebreaks(breaks[:_BREAKS])
        else:
            page.fit_to_pages(1, 0)
        page.print_area(0, 0, last, len(columns) - 1)
        # "&" begins a code in page headers, so it is written as a word; 255 characters at most
        marking, title = (
            " ".join(clean_text(text).replace("&", " and ").split())
            for text in (self.marking, self.title)
        )
        page.set_header(f"&L{title[:60]}&C&B{marking[:40]}&B&R&A")
        page.set_footer(f"&L{self.span}&C{marking[:40]}&RPage &P of &N")


def _lines(text: str, width: int) -> int:
    """About how many lines a text takes where lines break between words."""
    import textwrap

    return max(1, len(textwrap.wrap(text[:_SHOWN], max(width, 4))))


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that a sheet may have, and that none has yet; it is added to those taken."""
    clean = re.sub(r"[\[\]:*?/\\\x00-\x1f\x7f-\x9f]", " ", clean_text(name))
    clean = " ".join(clean.split())[:_NAME_LIMIT].strip("' ") or "District"
    if clean.lower() == "history":  # a name that Excel keeps for itself
        clean = "History (district)"
    wanted, number = clean, 1
    while clean.lower() in taken:
        number += 1
        ending = f" ({number})"
        clean = wanted[: _NAME_LIMIT - len(ending)] + ending
    taken.add(clean.lower())
    return clean
