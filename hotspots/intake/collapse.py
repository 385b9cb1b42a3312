"""The group-by: incident rows become weighted places, written once as an Ibis expression.

The same expressions run on DuckDB inside the process and on the database or cluster where a
force's records already live.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hotspots.intake.engines import SOURCE
from hotspots.intake.months import has_day, month_of
from hotspots.settings import IntakeSettings

if TYPE_CHECKING:
    import pandas as pd

GEOGRAPHIC_DIGITS = 6  # 0.1 m
METRIC_DIGITS = 2  # 0.01 m
# Nothing but a failed geocoder puts an incident within a kilometre of 0 N, 0 E.
_NULL_ISLAND_DEGREES = 0.01
# Farther than any projected coordinate on Earth, metres.
_FARTHEST = 1e8
_NUMBER = r"^[+-]?([0-9]{1,15}([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$"
_TEXTS = ("category", "incident_id", "location", "area_name")


def canonical(raw: Any, mapping: Mapping[str, str], source: Any, date_format: str) -> Any:
    """Select the mapped columns of one raw table under our names, all tables alike.

    Text is trimmed and never null; numbers and dates that the engine holds as such are taken
    as they are.

    Parameters
    ----------
    raw
        Ibis table as read.
    mapping
        Our names -> the table's columns.
    source
        Ibis expression that tells the file of a row.
    date_format
        How dates are written, for columns of a date type.
    """
    import ibis

    def text(name: str) -> Any:
        if name not in mapping:
            return ibis.literal("")
        column = raw[mapping[name]]
        if name == "date" and (column.type().is_date() or column.type().is_timestamp()):
            column = column.strftime("%Y-%m")
        return column.cast("string").strip().fill_null("")

    x, y = ("longitude", "latitude") if "longitude" in mapping else ("easting", "northing")
    return raw.select(
        x_text=text(x),
        y_text=text(y),
        date_text=text("date"),
        **{name: text(name) for name in _TEXTS},
        **{SOURCE: source},
    )


def repeated_ids(rows: Any) -> Any:
    """Hashes of the non-blank ids that occur more than once.

    A hash of an id that does not repeat may be among them by accident; `collapse` compares
    the ids themselves.
    """
    named = rows.filter(rows.incident_id != "")
    counts = named.group_by(id_hash=named.incident_id.hash()).agg(rows=named.count())
    return counts.filter(counts["rows"] > 1).select("id_hash")


def collapse(
    rows: Any,
    repeated: Sequence[int],
    *,
    geographic: bool,
    dated: bool,
    settings: IntakeSettings,
    selecting: Sequence[str] | None,
) -> Any:
    """Group rows to weighted places and account for each of them.

    Rows are grouped by their text before anything is parsed, so that numbers and months are
    read once for each distinct text.

    Parameters
    ----------
    rows
        Ibis table with the columns of `canonical`.
    repeated
        Hashes from `repeated_ids`; only rows with such an id keep it, to be told apart.
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
        Columns x, y, period, category, selecting, incident_id, location, area_name, source,
        reason (empty for rows that count) and weight: the rows of each group.
    """
    import ibis

    if len(repeated):
        kept = rows.incident_id.hash().isin([int(value) for value in repeated])
        rows = rows.mutate(incident_id=kept.ifelse(rows.incident_id, ibis.literal("")))
    else:
        rows = rows.mutate(incident_id=ibis.literal(""))
    if has_day(settings.date_format) and dated:
        # days would split the groups of a month
        rows = rows.mutate(date_text=month_of(rows.date_text, settings.date_format).fill_null("?"))
        written = "%Y-%m"
    else:
        written = settings.date_format
    texts = ["x_text", "y_text", "date_text", *_TEXTS, SOURCE]
    grouped = rows.group_by(texts).agg(weight=rows.count())
    x, y = _number(grouped.x_text), _number(grouped.y_text)
    if geographic:
        possible = x.between(-180, 180) & y.between(-90, 90)
        null_island = (x.abs() < _NULL_ISLAND_DEGREES) & (y.abs() < _NULL_ISLAND_DEGREES)
        scale = 10**GEOGRAPHIC_DIGITS
    else:
        possible = x.between(-_FARTHEST, _FARTHEST) & y.between(-_FARTHEST, _FARTHEST)
        null_island = (x == 0) & (y == 0)
        scale = 10**METRIC_DIGITS
    possible = possible.fill_null(False)
    period = month_of(grouped.date_text, written) if dated else ibis.literal("")
    wanted = (period >= (settings.from_month or "0000-00")) & (
        period <= (settings.to_month or "9999-99")
    )
    reason = ibis.cases(
        ((grouped.x_text == "") | (grouped.y_text == ""), "no_coordinates"),
        (~possible, "unreadable_coordinates"),
        (null_island, "null_island"),
        (period.isnull(), "unreadable_date"),  # noqa: PD003 - Ibis
        (~wanted, "outside_months") if dated else (ibis.literal(False), ""),
        else_="",
    )
    parsed = grouped.select(
        # written out, because engines round halves differently; 0.0 turns -0.0 into 0.0
        x=possible.ifelse((x * scale + 0.5).floor() / scale + 0.0, ibis.null("float64")),
        y=possible.ifelse((y * scale + 0.5).floor() / scale + 0.0, ibis.null("float64")),
        period=period.fill_null(""),
        category=grouped.category,
        selecting=ibis.literal(True) if selecting is None else grouped.category.isin(selecting),
        incident_id=grouped.incident_id,
        location=grouped.location,
        area_name=grouped.area_name,
        reason=reason,
        weight=grouped.weight,
        **{SOURCE: grouped[SOURCE]},
    )
    keys = [name for name in parsed.columns if name != "weight"]
    return parsed.group_by(keys).agg(weight=parsed.weight.sum())


def count_ids_once(table: pd.DataFrame) -> pd.DataFrame:
    """Keep one row of each repeated id, and account for the others as repeated.

    The row kept is the first by selecting category, month, position, category and location.
    Only a non-blank id marks a repeat: full duplicates without one are incidents of their own.

    Parameters
    ----------
    table
        Result of `collapse`. It is not changed.

    Returns
    -------
    pandas.DataFrame
        The same without the column incident_id.
    """
    import pandas as pd

    named = (table["incident_id"] != "") & (table["reason"] == "")
    rest = table[~named].drop(columns="incident_id")
    if not named.any():
        return rest.reset_index(drop=True)
    order = ["incident_id", "selecting", "period", "x", "y", "category", "location", "area_name"]
    rows = table[named].sort_values(order, ascending=[True, False] + [True] * 6, kind="stable")
    first = ~rows["incident_id"].duplicated()
    over = rows["weight"] - first
    counted = rows[first].assign(weight=1)
    repeats = rows[over > 0].assign(reason="repeated_id", weight=over[over > 0])
    parts = [rest, counted.drop(columns="incident_id"), repeats.drop(columns="incident_id")]
    return pd.concat(parts, ignore_index=True)


def _number(text: Any) -> Any:
    """Number that a text holds, null where it holds none; never an error on any engine."""
    import ibis

    return text.re_search(_NUMBER).ifelse(text, ibis.null("string")).cast("float64")
