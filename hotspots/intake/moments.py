"""Single moments beside the collapse: who asks for days or hours reads the same rows once more.

The collapse to months stays as it is. Here rows that count are grouped by position, start and end,
as one Ibis expression on the same engines; which rows count is decided by the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hotspots.frames import Moments
from hotspots.geo import crs_name
from hotspots.intake.clock import joined, moment_of, time_of
from hotspots.intake.groups import selecting_categories
from hotspots.intake.moment_rows import empty, ids_once, placed, with_times
from hotspots.intake.moment_sources import Opened, finest, opened
from hotspots.settings import IntakeSettings

if TYPE_CHECKING:
    import geopandas as gpd

_DAY, _MINUTE = "%Y-%m-%d", "%Y-%m-%d %H:%M"
# As in the collapse: positions to 0.1 m, and what no position on Earth can be.
_GEOGRAPHIC_SCALE, _METRIC_SCALE = 10**6, 10**2
_NULL_ISLAND_DEGREES = 0.01
_FARTHEST_M = 1e8
_NUMBER = r"^[+-]?([0-9]{1,15}([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$"


def read_moments(
    sources: Sequence[str | Path] | gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame | None,
    settings: IntakeSettings | None = None,
    *,
    need: Literal["hour", "day"] = "day",
) -> Moments:
    """Read the single moments of incidents.

    Parameters
    ----------
    sources
        Files, folders or archives; a database URL with a table; or points with a CRS.
    districts
        Districts as `read_districts` gives them; None: no incident is in any, and the working
        CRS is chosen from the positions.
    settings
        Column mapping, formats, categories, months.
    need
        What the times must go down to for the rows to be read at all.

    Returns
    -------
    Moments
        Rows in order of x, y, start, end and category, whatever the order of the input. Empty
        where the input has no days, or no hours where hours are needed.
    """
    settings = settings or IntakeSettings()
    resolution = finest(sources, settings)
    if resolution == "month" or (need == "hour" and resolution == "day"):
        crs = "" if districts is None else crs_name(districts.crs)
        return Moments(empty(), crs, resolution, {})
    with opened(sources, settings) as source:
        groups = source.to_pyarrow(moments(source, settings))
    table = ids_once(groups)
    table, facts = with_times(table)
    table, crs = placed(table, source.crs, districts)
    hours = facts["moments_read"] - facts["moments_without_a_time"]
    # a column of timestamps that are all at midnight holds days
    to_the_hour = hours > facts["moments_at_midnight"]
    return Moments(table, crs, "hour" if to_the_hour else "day", facts)


def moments(source: Opened, settings: IntakeSettings) -> Any:
    """Ibis expression: rows that count, grouped by position, start, end and category.

    A row counts if its position can be read and lies on Earth, away from 0, 0, and it has a day
    in the months asked for.

    Returns
    -------
    ibis.Table
        Columns x, y; the texts start and end, each ``YYYY-MM-DD HH:MM``, ``YYYY-MM-DD`` or
        empty; category and selecting; weight, the rows of each group, and ids, a list of the
        non-blank ids among them.
    """
    import ibis

    tables = [_rows(raw, mapping, settings.date_format) for raw, mapping in source.tables]
    rows = tables[0].union(*tables[1:]) if len(tables) > 1 else tables[0]
    x, y = _number(rows.x_text), _number(rows.y_text)
    if "longitude" in source.tables[0][1]:
        scale = _GEOGRAPHIC_SCALE
        nowhere = (x.abs() < _NULL_ISLAND_DEGREES) & (y.abs() < _NULL_ISLAND_DEGREES)
        possible = x.between(-180, 180) & y.between(-90, 90) & ~nowhere
    else:
        scale = _METRIC_SCALE
        farthest = _FARTHEST_M
        possible = x.between(-farthest, farthest) & y.between(-farthest, farthest)
        possible = possible & ~((x == 0) & (y == 0))
    month = rows.start.substr(0, 7)
    wanted = month.between(settings.from_month or "0000-00", settings.to_month or "9999-99")
    chosen = selecting_categories(settings, street=source.street)
    selecting = ibis.literal(True) if chosen is None else rows.category.isin(list(chosen))
    identity = rows.incident_id.hash() if source.hashed else rows.incident_id
    counting = possible.fill_null(False) & (rows.start != "") & wanted
    kept = rows.filter(counting).select(
        # written out, because engines round halves differently; 0.0 turns -0.0 into 0.0
        x=(x * scale + 0.5).floor() / scale + 0.0,
        y=(y * scale + 0.5).floor() / scale + 0.0,
        start=rows.start,
        end=rows.end,
        category=rows.category,
        selecting=selecting,
        identity=identity,
        identified=rows.incident_id != "",
    )
    grouped = kept.group_by(["x", "y", "start", "end", "category", "selecting"])
    return grouped.agg(weight=kept.count(), ids=kept.identity.collect(where=kept.identified))


def _rows(raw: Any, mapping: Mapping[str, str], date_format: str) -> Any:
    """Select what a moment needs of one raw table, as texts that are never null."""
    import ibis

    def text(name: str) -> Any:
        if name not in mapping:
            return ibis.literal("")
        return raw[mapping[name]].cast("string").fill_null("").strip()

    x, y = ("longitude", "latitude") if "longitude" in mapping else ("easting", "northing")
    return raw.select(
        x_text=text(x),
        y_text=text(y),
        category=text("category"),
        incident_id=text("incident_id"),
        **_texts(raw, mapping, date_format),
    )


def _number(text: Any) -> Any:
    """Number that a text holds, null where it holds none; never an error on any engine."""
    import ibis

    return text.re_search(_NUMBER).ifelse(text, ibis.null("string")).cast("float64")


def _texts(raw: Any, mapping: Mapping[str, str], date_format: str) -> dict[str, Any]:
    """Texts of start and end, made from the columns of one raw table."""
    import ibis

    def moment(date: str, time: str) -> Any:
        if date not in mapping:
            return ibis.literal("")
        column = raw[mapping[date]]
        kind = column.type()
        if kind.is_timestamp() or kind.is_date():
            found = column.strftime(_MINUTE if kind.is_timestamp() else _DAY).fill_null("")
        else:
            found = moment_of(column.cast("string").fill_null(""), date_format)
        if time in mapping:
            clock = time_of(raw[mapping[time]].cast("string").fill_null(""))
            found = (found == "").ifelse("", joined(found.substr(0, 10), clock))
        return found

    return {"start": moment("date", "time"), "end": moment("end_date", "end_time")}
