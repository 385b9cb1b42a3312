"""The group-by: incident rows become weighted places, written once as an Ibis expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hotspots.intake.engines import SOURCE
from hotspots.intake.months import month_of
from hotspots.settings import IntakeSettings

GEOGRAPHIC_DIGITS = 6  # 0.1 m
METRIC_DIGITS = 2  # 0.01 m
# Nothing but a failed geocoder puts an incident within a kilometre of 0 N, 0 E.
_NULL_ISLAND_DEGREES = 0.01


def canonical(raw: Any, mapping: Mapping[str, str], source: Any) -> Any:
    """Select the mapped columns of one raw table under our names, all tables alike.

    Parameters
    ----------
    raw
        Ibis table as read.
    mapping
        Our names -> the table's columns.
    source
        Ibis expression of the file number.
    """
    import ibis

    def text(name: str) -> Any:
        if name not in mapping:
            return ibis.literal("")
        column = raw[mapping[name]].cast("string")
        return column.strip().fill_null("")

    geographic = "longitude" in mapping
    x, y = ("longitude", "latitude") if geographic else ("easting", "northing")
    return raw.select(
        x_text=text(x),
        y_text=text(y),
        date_text=text("date"),
        category=text("category"),
        incident_id=text("incident_id"),
        location=text("location"),
        area_name=text("area_name"),
        **{SOURCE: source},
    )


def collapse(
    rows: Any,
    *,
    geographic: bool,
    dated: bool,
    settings: IntakeSettings,
    selecting: Sequence[str] | None,
) -> Any:
    """Group rows to weighted places and account for each of them.

    Parameters
    ----------
    rows
        Ibis table with the columns of `canonical`.
    geographic
        Whether positions are longitude and latitude.
    dated
        Whether the rows have dates at all.
    settings
        Date format and months asked for.
    selecting
        Categories that select; None for all.

    Returns
    -------
    ibis.Table
        Columns x, y, period, category, selecting, location, area_name, source, reason (empty
        for rows that count) and weight: the rows of each group.
    """
    import ibis

    x, y = rows.x_text.try_cast("float64"), rows.y_text.try_cast("float64")
    if geographic:
        possible = x.between(-180, 180) & y.between(-90, 90)
        null_island = (x.abs() < _NULL_ISLAND_DEGREES) & (y.abs() < _NULL_ISLAND_DEGREES)
        digits = GEOGRAPHIC_DIGITS
    else:
        # farther than any projected coordinate on Earth; also catches inf and nan
        possible = x.between(-1e8, 1e8) & y.between(-1e8, 1e8)
        null_island = (x == 0) & (y == 0)
        digits = METRIC_DIGITS
    period = month_of(rows.date_text, settings.date_format) if dated else ibis.literal("")
    wanted = (period >= (settings.from_month or "0000-00")) & (
        period <= (settings.to_month or "9999-99")
    )
    reason = ibis.cases(
        ((rows.x_text == "") | (rows.y_text == ""), "no_coordinates"),
        (~possible.fill_null(False), "unreadable_coordinates"),
        (null_island, "null_island"),
        (period.isnull(), "unreadable_date"),
        (~wanted, "outside_months") if dated else (ibis.literal(False), ""),
        else_="",
    )
    located = rows.mutate(
        # adding 0.0 turns -0.0 into 0.0, so that both group together
        x=possible.fill_null(False).ifelse(x.round(digits) + 0.0, ibis.null("float64")),
        y=possible.fill_null(False).ifelse(y.round(digits) + 0.0, ibis.null("float64")),
        period=period.fill_null(""),
        selecting=ibis.literal(True) if selecting is None else rows.category.isin(selecting),
        reason=reason,
    )
    # Only a non-blank id marks a repeat: full duplicates without an id are incidents of their own.
    rank = ibis.row_number().over(
        group_by=[located.incident_id, located.reason],
        order_by=[
            located.selecting.desc(),
            located.period,
            located.x,
            located.y,
            located.category,
            located.location,
            located.area_name,
        ],
    )
    ranked = located.mutate(rank=rank)
    repeated = (ranked.reason == "") & (ranked.incident_id != "") & (ranked["rank"] > 0)
    counted = ranked.mutate(reason=repeated.ifelse("repeated_id", ranked.reason))
    keys = ["x", "y", "period", "category", "selecting", "location", "area_name", SOURCE, "reason"]
    return counted.group_by(keys).agg(weight=counted.count())
