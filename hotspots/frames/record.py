"""What a plan's file holds besides its tables: its history, and names that writer and reader share.

Sharing writes the file and intake reads it; they agree on what stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotspots.frames.column import Column

if TYPE_CHECKING:
    import pandas as pd

#: Layers that every plan has, and tables without shapes.
PLAN_LAYERS: tuple[str, ...] = ("districts", "hotspots", "candidates")
PLAN_TABLES: tuple[str, ...] = ("allocation", "alternatives", "budget_curve")

#: Tables of the allocation that only some plans have.
PLAN_HOURS: tuple[str, ...] = (
    "visits",
    "patrols",
    "prices",
    "sensitivity",
    "ledger",
    "budget_plans",
)

#: Lists of texts, and their columns; values are JSON except in choices and messages.
PLAN_LISTS: dict[str, tuple[str, ...]] = {
    "settings": ("key", "value"),
    "choices": ("setting", "value", "rule"),
    "quality": ("measure", "value"),
    "provenance": ("key", "value"),
    "messages": ("room", "message"),
    "plan": ("key", "value"),
}

#: Numbers of the surface, in the list ``plan`` with ``density.`` before them.
DENSITY_NUMBERS: tuple[str, ...] = (
    "x_min_m",
    "y_min_m",
    "cell_size_m",
    "bandwidth_m",
    "threshold_per_km2",
)

DENSITY: tuple[Column, ...] = (
    Column("first_row", "int", "", "first row of the grid in this band, 0 in the south"),
    Column("rows", "int", "", "rows of the grid in this band"),
    Column("columns", "int", "", "columns of the grid"),
    Column("values", "bytes", "", "density in steps, packed (docs/plan-file.md)"),
    Column("inside", "bytes", "", "whether each cell lies in a district, packed"),
)

CONTOURS: tuple[Column, ...] = (
    Column("class", "int", "", "class of the map, 1 is the lowest"),
    Column("from_per_km2", "float", "1/km²/month", "lower bound, incidents per km² and month"),
    Column("to_per_km2", "float", "1/km²/month", "upper bound; empty in the highest class"),
)

DENSITY_FRAMES: tuple[Column, ...] = (
    Column("frame", "int", "", "part of the period, from 0"),
    Column("months", "str", "", "its months, YYYY-MM, parted by commas"),
    Column("cell_size_m", "float", "m", "side of its cells; the south-west corner is the whole's"),
    Column("rows", "int", "", "rows of its grid"),
    Column("columns", "int", "", "columns of its grid"),
    Column("values", "bytes", "", "density a month in steps, packed (docs/plan-file.md)"),
    Column("inside", "bytes", "", "whether each cell lies in a district, packed"),
)

HISTORY: tuple[Column, ...] = (
    Column("plan_number", "int", "", "1 is the first plan of this file, the present one is last"),
    Column("plan_id", "str", "", "the same for the same hotspots and visits from the same input"),
    Column("note", "str", "", "why it was made, as somebody wrote; may be empty"),
    Column("version", "str", "", "version of the program that made it"),
    Column("period", "str", "", "months of the incidents, in words"),
    Column("input_sha256", "str", "", "checksum of the list of files read"),
    Column("districts_sha256", "str", "", "checksum of the boundaries; may be empty"),
    Column("settings_sha256", "str", "", "checksum of all settings"),
    Column("hotspots", "int", "", "hotspots"),
    Column("visits", "int", "visits", "visits in all"),
    Column("officer_hours", "float", "officer-hours", "hours handed out"),
    Column("budget_hours", "float", "officer-hours", "budget"),
)

HISTORY_ALLOCATION: tuple[Column, ...] = (
    Column("plan_number", "int", "", "number of the earlier plan"),
    Column("hotspot_id", "str", "", "hotspot"),
    Column("visits", "int", "visits", "visits that it had"),
    Column("officer_hours", "float", "officer-hours", "hours that it had"),
)


@dataclass(frozen=True)
class History:
    """Plans of a file in the order they were made, and the hours of those that were replaced.

    Attributes
    ----------
    plans
        Columns `HISTORY`, the present plan last.
    allocation
        Columns `HISTORY_ALLOCATION`, every earlier plan's hotspots.
    """

    plans: pd.DataFrame
    allocation: pd.DataFrame

    def __repr__(self) -> str:
        earlier = len(self.plans) - 1
        return f"<History: the present plan and {earlier} before it>"
