"""The plan as a workbook: tables to filter, print and pass on; text never becomes a formula.

On every sheet row 1 says title and marking, row 2 what the table shows, and row 4 is the one
header row; the table begins in row 5.
"""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hotspots.sharing.cells import RISKY, cell_text
from hotspots.sharing.disclosure import for_audience
from hotspots.sharing.files import FIXED_TIME, clean_text, replacing
from hotspots.sharing.provenance import check_provenance, marking_line
from hotspots.sharing.sheets import HEADERS, Sheet, header_of, sheets

if TYPE_CHECKING:
    from hotspots.frames import Plan

HEADER_ROW = 3  # counted from 0: row 4 in the spreadsheet
_WIDEST = 44  # characters; longer text wraps
_TALLEST = 409  # points that a row can be high


def write_workbook(plan: Plan, path: str | Path) -> Path:
    """Write the plan as an Excel workbook (XLSX).

    Sheets Hotspots, Changes (beside an earlier plan), Overrides (where people decided something),
    Districts, Alternatives, Times and Busiest hours (where hours are known), Budget curve (with a
    chart), Visits, Patrols (where these are paid for), Prices (of floors, caps and what else
    binds), Sensitivity, Candidates, Sweep (where settings were swept), Data quality and About.
    Numbers are numbers and text is text: nothing is a formula or a link. Characters that the
    format cannot hold are left out, and text beyond the 32,767 characters of a cell is cut. The
    same plan always gives the same bytes.

    Parameters
    ----------
    plan
        The plan; it is not changed. What goes beyond the audience of its settings is left out.
    path
        The file; a former one is replaced when the new one is complete.

    Raises
    ------
    InputError
        A table of the plan lacks a published column, or nobody is attributed.
    OutputError
        The file cannot be written.
    """
    import xlsxwriter

    plan = for_audience(plan)
    check_provenance(plan.provenance)
    path, content = Path(path), io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(content, options)
    about = plan.provenance
    title, marking = str(about["title"]), marking_line(about)
    properties = {"title": title, "subject": about["period"], "keywords": marking}
    book.set_properties(
        {key: cell_text(text) for key, text in properties.items()}
        | {"created": FIXED_TIME.replace(tzinfo=None)}
    )
    heading = f"{marking} · {title} · {about['period']}"
    for sheet in sheets(plan):
        page = book.add_worksheet(sheet.name)
        _fill(book, page, sheet, heading)
        _set_up_print(page, sheet, marking, title)
        if sheet.name == "Budget curve" and len(sheet.table):
            _add_chart(book, page, len(sheet.table))
    book.close()
    with replacing(path) as temporary:
        temporary.write_bytes(content.getvalue())
    return path


class _Formats(NamedTuple):
    """Formats of one column: fractions, whole numbers, text, text that looks like a formula."""

    number: Any
    whole: Any
    text: Any
    guarded: Any

    @classmethod
    def of(cls, book: Any, name: str, kind: str) -> _Formats:
        pattern = HEADERS.get(name, ("", ""))[1]
        fraction = pattern or {"f": "#,##0.00"}.get(kind, "General")
        side = "left" if kind == "O" else "right"  # kinds are mixed in lists of names and values
        number = {"valign": "top", "align": side, "num_format": fraction}
        whole = number | {"num_format": pattern or "#,##0"}
        text = {"valign": "top", "align": "left", "indent": 1, "text_wrap": True}
        guarded = text | {"quote_prefix": True}
        return cls(*map(book.add_format, (number, number if kind == "f" else whole, text, guarded)))


def _fill(book: Any, page: Any, sheet: Sheet, heading: str) -> None:
    """Write heading, header row and cells, and make them a table that can be filtered."""
    page.write_string(0, 0, cell_text(heading), book.add_format({"bold": True, "font_size": 13}))
    page.write_string(1, 0, cell_text(sheet.says))
    head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
    heads = {
        True: book.add_format(head | {"align": "right"}),
        False: book.add_format(head | {"align": "left", "indent": 1}),
    }
    names = [str(name) for name in sheet.table]
    right = [sheet.table[name].dtype.kind in "iuf" for name in names]
    last = HEADER_ROW + len(sheet.table)
    lines = [1] * (last + 1)
    for at, name in enumerate(names):
        column, header = sheet.table[name], header_of(name)
        formats = _Formats.of(book, name, column.dtype.kind)
        page.write_string(HEADER_ROW, at, header, heads[right[at]])
        shown = [
            _write(page, row, at, one, formats) for row, one in enumerate(column, HEADER_ROW + 1)
        ]
        longest = max((len(line) for text in shown for line in text.splitlines()), default=0)
        width = max(max(map(len, header.split())) + 3, min(longest + 2, _WIDEST))
        page.set_column(at, at, width)
        for row, text in enumerate([header, *shown], HEADER_ROW):
            lines[row] = max(
                lines[row], sum(max(1, -(-len(x) // width)) for x in text.splitlines())
            )
        if name in sheet.bars and len(column):
            bar = {"type": "data_bar", "bar_color": "#F4A582", "bar_solid": True}
            bar |= {"min_type": "num", "min_value": 0}
            page.conditional_format(HEADER_ROW + 1, at, last, at, bar)
    if sheet.scale and len(sheet.table):
        left, right_most = names.index(sheet.scale[0]), names.index(sheet.scale[-1])
        colours = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#D9480F"}
        page.conditional_format(HEADER_ROW + 1, left, last, right_most, colours)
    for row in range(HEADER_ROW, last + 1):
        if lines[row] > 1:
            page.set_row(row, min(15 * lines[row], _TALLEST))
    if len(sheet.table):
        columns = [
            {"header": header_of(name), "header_format": heads[right[at]]}
            for at, name in enumerate(names)
        ]
        style = {"name": sheet.name.replace(" ", "_"), "style": "Table Style Light 1"}
        page.add_table(HEADER_ROW, 0, last, len(names) - 1, style | {"columns": columns})
    else:
        page.autofilter(HEADER_ROW, 0, HEADER_ROW, len(names) - 1)
    page.freeze_panes(HEADER_ROW + 1, sheet.frozen)


def _write(page: Any, row: int, at: int, value: Any, formats: _Formats) -> str:
    """Write one cell by the kind of its value; return about what it shows."""
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        page.write_blank(row, at, None, formats.number)
        return ""
    if isinstance(value, bool):
        page.write_boolean(row, at, value, formats.text)
        return "FALSE"
    if isinstance(value, int | float):
        page.write_number(row, at, value, formats.whole if value == int(value) else formats.number)
        return f"{value:,.2f}"
    text = cell_text(str(value))
    page.write_string(row, at, text, formats.guarded if text.startswith(RISKY) else formats.text)
    return text


def _set_up_print(page: Any, sheet: Sheet, marking: str, title: str) -> None:
    """A4 landscape, one page wide, header row on each page, title and marking around it."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADER_ROW)
    page.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.75)
    # "&" begins a code in page headers, so it is written as a word; 255 characters at most
    names = [" ".join(clean_text(text).replace("&", " and ").split()) for text in (marking, title)]
    short_marking, short_title = names[0][:40], names[1][:60]
    page.set_header(f"&L{short_title}&C&B{short_marking}&B&R&A")
    page.set_footer(f"&LDecision support, not evidence about any person&C{short_marking}&R&P of &N")
    if sheet.printed:
        page.print_area(0, 0, HEADER_ROW + max(len(sheet.table), 1), sheet.printed - 1)


def _add_chart(book: Any, page: Any, rows: int) -> None:
    first, last = HEADER_ROW + 1, HEADER_ROW + rows
    chart = book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
    chart.add_series(
        {
            "name": "Covered incidents (modelled)",
            "categories": ["Budget curve", first, 0, last, 0],
            "values": ["Budget curve", first, 2, last, 2],
            "line": {"color": "#7A0403"},
            "marker": {"type": "circle", "fill": {"color": "#7A0403"}},
        }
    )
    chart.set_title({"name": "What each budget can reach", "overlay": False})
    chart.set_x_axis({"name": "Budget (officer-hours)", "num_format": "#,##0", "min": 0})
    chart.set_y_axis({"name": "Covered incidents (modelled)", "num_format": "#,##0", "min": 0})
    chart.set_legend({"none": True})
    chart.set_size({"width": 640, "height": 400})
    description = "Line chart: covered incidents (modelled) rise with the budget in officer-hours."
    page.insert_chart(HEADER_ROW, 5, chart, {"description": description})
