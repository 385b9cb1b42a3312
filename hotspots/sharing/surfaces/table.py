"""The hotspots as CSV, in which text stays text."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.sharing.layers import published

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.frames import Plan

_STARTS_A_FORMULA = ("=", "+", "-", "@")


def write_csv(plan: Plan, path: Path) -> None:
    """Write the hotspots with their hours, best first."""
    path.write_text(csv_text(hotspot_table(plan)), encoding="utf-8-sig", newline="")


def hotspot_table(plan: Plan) -> pd.DataFrame:
    """Published columns of the hotspots and their hours, without shapes."""
    table: pd.DataFrame = published(plan.hotspots, "hotspots").drop(columns="geometry")
    return table


def csv_text(table: pd.DataFrame) -> str:
    """Write a table as CSV for spreadsheets: a missing value is empty.

    Text that a spreadsheet would take for a formula, also behind blanks, gets an apostrophe in
    front, which spreadsheets know as the sign of text. Numbers stay numbers.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(table.columns)
    plain = table.astype(object).where(table.notna(), None)
    writer.writerows([_cell(value) for value in row] for row in plain.itertuples(index=False))
    return file.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip().startswith(_STARTS_A_FORMULA):
        return f"'{value}"
    return value
