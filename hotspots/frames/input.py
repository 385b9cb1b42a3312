"""Results of reading: quality, places and moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Quality:
    """What became of every row read, and what the rows are like.

    Attributes
    ----------
    rows_read, rows_kept
        Rows in the input; rows that count towards hotspots.
    left_out
        Reason -> rows. ``rows_read == rows_kept + sum(left_out.values())`` always.
    files
        One entry per file read: name, bytes, sha256, rows.
    months, months_missing
        Months with data, and the months between the first and the last without any.
    facts
        Further measures: snapping, distance outside the districts, LSOA names that disagree.
    categories
        Category -> located rows inside the districts, with whether it selects.
    warnings
        Sentences a reader must see.
    """

    rows_read: int
    rows_kept: int
    left_out: Mapping[str, int]
    files: Sequence[Mapping[str, Any]]
    months: Sequence[str]
    months_missing: Sequence[str]
    facts: Mapping[str, float | int | str | None]
    categories: Sequence[Mapping[str, Any]]
    warnings: Sequence[str] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "left_out": dict(self.left_out),
            "files": [dict(file) for file in self.files],
            "months": list(self.months),
            "months_missing": list(self.months_missing),
            "facts": dict(self.facts),
            "categories": [dict(category) for category in self.categories],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True)
class Places:
    """Incidents as weighted places (columns `PLACES`), their months and their quality."""

    table: pd.DataFrame
    crs: str
    months: Sequence[str]
    days: int
    quality: Quality

    def __repr__(self) -> str:
        total = int(self.table["weight"].sum())
        return f"<Places: {len(self.table):,} rows, {total:,} incidents, {self.crs}>"


@dataclass(frozen=True)
class Moments:
    """Single moments (columns `MOMENTS`), and what the times are like.

    Attributes
    ----------
    table
        Incidents that count, and those of other categories or outside the districts.
    crs
        Working CRS.
    finest
        Whether the times of the input go down to the ``"hour"``, the ``"day"`` or the
        ``"month"``; without days the table is empty.
    facts
        ``moments_read`` incidents that count and have a day; of them
        ``moments_without_a_time``, ``moments_at_midnight``, ``moments_with_an_end``,
        ``moments_end_before_start`` (taken as their start) and ``moments_over_a_week``.
    """

    table: pd.DataFrame
    crs: str
    finest: Literal["hour", "day", "month"]
    facts: Mapping[str, int]

    def __repr__(self) -> str:
        total = int(self.table["weight"].sum())
        return f"<Moments: {len(self.table):,} rows, {total:,} incidents, to the {self.finest}>"
