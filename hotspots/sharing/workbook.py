"""The plan as a workbook: tables to filter, print and pass on; text never becomes a formula.

On every sheet row 1 says title and marking, row 2 what the table shows, and row 4 is the one
header row; the table begins in row 5.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hotspots import frames
from hotspots.sharing.files import FIXED_TIME, clean_text, replacing
from hotspots.sharing.provenance import check_provenance, to_json

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.frames import Plan

HEADER_ROW = 3  # counted from 0: row 4 in the spreadsheet
_CELL_LIMIT = 32_767  # UTF-16 units that a cell can hold
_WIDEST = 44  # characters; longer text wraps
_TALLEST = 409  # points that a row can be high
_RISKY = ("=", "+", "-", "@")  # what would begin a formula if someone typed it

#: Column -> its header, and a number format where the kind alone does not give it.
_HEADERS: Mapping[str, tuple[str, str]] = {
    "hotspot_id": ("Hotspot", ""),
    "candidate_id": ("Candidate", ""),
    "rank": ("Rank", "0"),
    "rank_in_district": ("Rank in district", "0"),
    "incident_share": ("Share of incidents", "0.0%"),
    "area_km2": ("Area (km²)", "0.000"),
    "incidents_per_km2": ("Incidents per km²", "#,##0"),
    "incidents_per_day": ("Incidents per day", "0.00"),
    "peak_per_km2": ("Peak density (incidents per km²)", "#,##0"),
    "periods_hot": ("Months hot", "0"),
    "periods": ("Months with data", "0"),
    "x_m": ("Easting (m)", "0"),
    "y_m": ("Northing (m)", "0"),
    "officer_hours": ("Officer-hours", "#,##0.00"),
    "hours_per_week": ("Officer-hours per week", "#,##0.00"),
    "hours_share": ("Share of officer-hours", "0.0%"),
    "covered_incidents": ("Covered incidents (modelled)", "#,##0.0"),
    "equal_hours": ("Officer-hours, equal split", "#,##0.00"),
    "proportional_hours": ("Officer-hours, split by incidents", "#,##0.00"),
    "value_share": ("Share of the optimum's value", "0.0%"),
    "keeps_bounds": ("Keeps floors and caps", ""),
    "budget_share": ("Share of the budget", "0%"),
    "per_extra_hour": ("Covered incidents per extra hour", "0.000"),
    "hotspot_incidents": ("Incidents in hotspots", "#,##0"),
    "hours_per_1000": ("Officer-hours per 1,000 incidents", "#,##0.0"),
    "hours_per_1000_inside": ("Officer-hours per 1,000 incidents in hotspots", "#,##0.0"),
    "share": ("Share", "0.0%"),
}

# Tables whose columns mean something else under the same name, and their sheets.
_OTHER_TABLES = {"alternatives": "Alternatives", "budget_curve": "Budget curve"}

# First on paper and on the screen; the other columns follow and are not printed.
_HOTSPOTS_FIRST = [
    "hotspot_id", "name", "district", "rank", "incidents", "incident_share", "area_km2",
    "incidents_per_day", "visits", "officer_hours", "visits_per_day", "hours_per_week",
    "hours_share", "note",
]  # fmt: skip
_CANDIDATES_FIRST = [
    "candidate_id", "name", "district", "rank", "incidents", "incident_share", "area_km2",
    "periods_hot", "periods", "hotspot_id", "status", "note",
]  # fmt: skip


class _Sheet(NamedTuple):
    name: str
    says: str
    table: pd.DataFrame
    bars: Sequence[str] = ()
    frozen: int = 1
    printed: int | None = None


def write_workbook(plan: Plan, path: str | Path) -> Path:
    """Write the plan as an Excel workbook (XLSX).

    Sheets Hotspots, Districts, Alternatives, Budget curve (with a chart), Candidates, Data
    quality and About. Numbers are numbers and text is text: nothing is a formula or a link.
    Characters that the format cannot hold are left out, and text beyond the 32,767 characters
    of a cell is cut. The same plan always gives the same bytes.

    Parameters
    ----------
    plan
        The plan; it is not changed.
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
    title, marking = str(about["title"]), str(about["marking"])
    properties = {"title": title, "subject": about["period"], "keywords": marking}
    book.set_properties(
        {key: _cell_text(text) for key, text in properties.items()}
        | {"created": FIXED_TIME.replace(tzinfo=None)}
    )
    heading = f"{marking} · {title} · {about['period']}"
    for sheet in _sheets(plan):
        page = book.add_worksheet(sheet.name)
        _fill(book, page, sheet, heading)
        _set_up_print(page, sheet, marking, title)
        if sheet.name == "Budget curve" and len(sheet.table):
            _add_chart(book, page, len(sheet.table))
    book.close()
    with replacing(path) as temporary:
        temporary.write_bytes(content.getvalue())
    return path


def _sheets(plan: Plan) -> list[_Sheet]:
    targeting, allocation = plan.targeting, plan.allocation
    visits = int(allocation.table["visits"].sum())
    hotspots, candidates = (
        table[first + [name for name in table if name not in (*first, "geometry")]]
        for table, first in (
            (plan.hotspots, _HOTSPOTS_FIRST),
            (targeting.candidates[frames.names(frames.CANDIDATES)], _CANDIDATES_FIRST),
        )
    )
    return [
        _Sheet(
            "Hotspots",
            f"{targeting.summary()} {allocation.hours:,.2f} officer-hours in {visits:,} visits.",
            hotspots,
            bars=("incidents", "officer_hours"),
            frozen=2,
            printed=len(_HOTSPOTS_FIRST),
        ),
        _Sheet(
            "Districts", "Hotspots and hours by district.", _districts(plan), ("officer_hours",)
        ),
        _Sheet(
            "Alternatives",
            "What plain rules would reach beside the plan. Covered incidents are modelled.",
            allocation.alternatives[frames.names(frames.ALTERNATIVES)],
        ),
        _Sheet(
            "Budget curve",
            "The best modelled value that each budget can reach.",
            allocation.budget_curve[frames.names(frames.BUDGET_CURVE)],
        ),
        _Sheet(
            "Candidates",
            "Every candidate that was looked at, and why it was selected or dropped.",
            candidates,
            frozen=2,
            printed=len(_CANDIDATES_FIRST),
        ),
        _Sheet("Data quality", "What became of every row that was read.", _quality(plan), frozen=2),
        _Sheet("About", "What this plan was made from, and its limits.", _about(plan), frozen=2),
    ]


def _districts(plan: Plan) -> pd.DataFrame:
    """Hotspots, incidents and hours of each district, in the order of the districts."""
    found = plan.hotspots.groupby("district_code", sort=False)
    table = plan.targeting.districts.drop(columns="geometry").set_index("district_code")
    shown = ["district", "police_force", "area_km2", *({"incidents"} & set(table))]
    table = table[shown].assign(
        hotspots=found.size(),
        hotspot_incidents=found["incidents"].sum(),
        officer_hours=found["officer_hours"].sum(),
    )
    table = table.fillna({"hotspots": 0, "hotspot_incidents": 0, "officer_hours": 0.0})
    table = table.astype({"hotspots": "int64", "hotspot_incidents": "int64"})
    hours = table["officer_hours"]
    table["hours_share"] = hours / hours.sum() if hours.sum() else 0.0
    if "incidents" in table:
        table["hours_per_1000"] = 1000 * hours / table["incidents"].where(table["incidents"] > 0)
    inside = table["hotspot_incidents"]
    table["hours_per_1000_inside"] = 1000 * hours / inside.where(inside > 0)
    result: pd.DataFrame = table.reset_index()
    return result


def _quality(plan: Plan) -> pd.DataFrame:
    """Every row accounted for, then what the rows are like."""
    import pandas as pd

    quality = plan.targeting.quality
    total = quality.rows_kept + sum(quality.left_out.values())
    counts = [
        ("Rows", "Rows read", quality.rows_read),
        *(("Left out", reason, count) for reason, count in quality.left_out.items()),
        ("Rows", "Rows kept", quality.rows_kept),
    ]
    rows: list[tuple[str, str, object, float | None]] = [
        (*row, row[2] / quality.rows_read if quality.rows_read else None) for row in counts
    ]
    adds_up = "yes" if total == quality.rows_read else f"no: {total - quality.rows_read:+,} rows"
    rows += [
        ("Check", "Rows kept and left out together", total, None),
        ("Check", "Adds up to the rows read", adds_up, None),
        ("Months", "Months with data", ", ".join(quality.months), None),
        ("Months", "Months missing", ", ".join(quality.months_missing) or "none", None),
    ]
    rows += [("Fact", name.replace("_", " "), fact, None) for name, fact in quality.facts.items()]
    for category in quality.categories:
        use = "selects hotspots" if category.get("selecting") else "shown only"
        rows.append(("Category", f"{category['category']} ({use})", category.get("rows"), None))
    rows += [("File", str(file["name"]), file.get("rows"), None) for file in quality.files]
    rows += [("Warning", "", warning, None) for warning in quality.warnings]
    table = pd.DataFrame(rows, columns=["part", "measure", "value", "share"], dtype=object)
    return table.astype({"share": "float64"})


def _about(plan: Plan) -> pd.DataFrame:
    """Provenance, settings that were chosen with their rules, columns and limits."""
    import pandas as pd

    rows: list[tuple[str, str, object, str]] = []
    for key, value in plan.provenance.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                rows.append(("Input", str(one["name"]), one["sha256"], f"{one['bytes']:,} bytes"))
            else:
                part = "Limits" if key == "limits" else "Provenance"
                rows.append((part, key.replace("_", " "), one, ""))
    rows += [("Chosen", one.setting, one.value, one.rule) for one in plan.targeting.choices]
    for text in (*plan.targeting.messages, *plan.allocation.messages):
        rows.append(("Message", "", text, ""))
    for room, values in plan.settings.to_dict().items():
        for key, value in values.items():
            plain = isinstance(value, int | float | str | None)
            shown = value if plain else to_json(value, indent=None).strip()
            rows.append(("Setting", f"{room}.{key}", shown, ""))
    known: set[tuple[str, str]] = set()
    for table in ("hotspots", "allocation", "districts", "candidates", *_OTHER_TABLES):
        for column in frames.TABLES[table]:
            sheet = _OTHER_TABLES.get(table, "")
            if (column.name, sheet) not in known:
                part = f"Column of {sheet}" if sheet else "Column"
                rows.append((part, _header(column.name), column.meaning, column.unit))
            known.add((column.name, sheet))
    return pd.DataFrame(rows, columns=["part", "item", "value", "rule"], dtype=object)


def _header(name: str) -> str:
    return _HEADERS.get(name, (name.replace("_", " ").capitalize(), ""))[0]


class _Formats(NamedTuple):
    """Formats of one column: fractions, whole numbers, text, text that looks like a formula."""

    number: Any
    whole: Any
    text: Any
    guarded: Any

    @classmethod
    def of(cls, book: Any, name: str, kind: str) -> _Formats:
        pattern = _HEADERS.get(name, ("", ""))[1]
        fraction = pattern or {"f": "#,##0.00"}.get(kind, "General")
        side = "left" if kind == "O" else "right"  # kinds are mixed in lists of names and values
        number = {"valign": "top", "align": side, "num_format": fraction}
        whole = number | {"num_format": pattern or "#,##0"}
        text = {"valign": "top", "align": "left", "indent": 1, "text_wrap": True}
        guarded = text | {"quote_prefix": True}
        return cls(*map(book.add_format, (number, number if kind == "f" else whole, text, guarded)))


def _fill(book: Any, page: Any, sheet: _Sheet, heading: str) -> None:
    """Write heading, header row and cells, and make them a table that can be filtered."""
    page.write_string(0, 0, _cell_text(heading), book.add_format({"bold": True, "font_size": 13}))
    page.write_string(1, 0, _cell_text(sheet.says))
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
        column, header = sheet.table[name], _header(name)
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
    for row in range(HEADER_ROW, last + 1):
        if lines[row] > 1:
            page.set_row(row, min(15 * lines[row], _TALLEST))
    if len(sheet.table):
        columns = [
            {"header": _header(name), "header_format": heads[right[at]]}
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
    text = _cell_text(str(value))
    page.write_string(row, at, text, formats.guarded if text.startswith(_RISKY) else formats.text)
    return text


def _cell_text(text: str) -> str:
    """Text that a cell can hold: clean, at most 32,767 UTF-16 units."""
    units = clean_text(text).replace("\r\n", "\n").replace("\r", "\n").encode("utf-16-le")
    if len(units) <= 2 * _CELL_LIMIT:
        return units.decode("utf-16-le")
    return units[: 2 * (_CELL_LIMIT - 1)].decode("utf-16-le", "ignore") + "…"


def _set_up_print(page: Any, sheet: _Sheet, marking: str, title: str) -> None:
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
