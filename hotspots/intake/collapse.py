"""The group-by: incident rows become weighted places, written once as an Ibis expression.

The same expressions run on DuckDB inside the process and on the database or cluster where a
force's records already live.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from hotspots.intake.engines import SOURCE
from hotspots.intake.months import month_of
from hotspots.settings import IntakeSettings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

GEOGRAPHIC_DIGITS = 6  # 0.1 m
METRIC_DIGITS = 2  # 0.01 m
# Nothing but a failed geocoder puts an incident within a kilometre of 0 N, 0 E.
_NULL_ISLAND_DEGREES = 0.01
# Farther than any projected coordinate on Earth, metres.
_FARTHEST = 1e8
_NUMBER = r"^[+-]?([0-9]{1,15}([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$"
_TEXTS = ("category", "location", "area_name")
_MONTH = "%Y-%m"


def canonical(raw: Any, mapping: Mapping[str, str], source: Any, date_format: str) -> Any:
    """Select the mapped columns of one raw table under our names, all tables alike.

    All become text, never null; `collapse` trims and parses it once for each distinct text.

    Parameters
    ----------
    raw
        Ibis table as read.
    mapping
        Our names -> the table's columns.
    source
        Ibis expression that tells the file of a row.
    date_format
        How dates are written. Dates with days, which would split the groups of a month, and
        columns of a date type are turned into months here.
    """
    import ibis

    def text(name: str) -> Any:
        if name not in mapping:
            return ibis.literal("")
        return raw[mapping[name]].cast("string").fill_null("")

    def date() -> Any:
        kind = raw[mapping["date"]].type() if "date" in mapping else None
        if kind is not None and (kind.is_date() or kind.is_timestamp()):
            return raw[mapping["date"]].strftime(_MONTH).fill_null("")
        if kind is None or date_format == _MONTH:
            return text("date")
        return month_of(text("date"), date_format).fill_null("")

    x, y = ("longitude", "latitude") if "longitude" in mapping else ("easting", "northing")
    return raw.select(
        x_text=text(x),
        y_text=text(y),
        date_text=date(),
        **{name: text(name) for name in (*_TEXTS, "incident_id")},
        **{SOURCE: source},
    )


def collapse(
    rows: Any,
    *,
    geographic: bool,
    dated: bool,
    identified: bool,
    hashed: bool,
    settings: IntakeSettings,
    selecting: Collection[str] | None,
) -> Any:
    """Group rows to weighted places and give each group the reason why it does not count.

    Rows are grouped by their text before anything is parsed, so that numbers and months are
    read once for each distinct text; two spellings of one number stay two groups.

    Parameters
    ----------
    rows
        Ibis table with the columns of `canonical`.
    geographic
        Whether positions are longitude and latitude.
    dated, identified
        Whether the rows have dates, and ids.
    hashed
        Collect 64-bit hashes of the ids instead of the ids.
    settings
        Months asked for.
    selecting
        Categories that select; None for all.

    Returns
    -------
    ibis.Table
        Columns x, y, period, category, selecting, location, area_name, source, reason (empty
        for rows that count), weight, the rows of each group, and, where the rows have any,
        ids, a list of the non-blank ids in each group.
    """
    import ibis

    texts = ["x_text", "y_text", "date_text", *_TEXTS]
    ids = {}
    if identified:
        # trimming is dear, and hardly an id needs it
        padded = rows.incident_id.startswith(" ") | rows.incident_id.endswith(" ")
        rows = rows.mutate(incident_id=padded.ifelse(rows.incident_id.strip(), rows.incident_id))
        value = rows.incident_id.hash() if hashed else rows.incident_id
        ids["ids"] = value.collect(where=rows.incident_id != "")
    grouped = rows.group_by([*texts, SOURCE]).agg(weight=rows.count(), **ids)
    grouped = grouped.mutate(**{name: grouped[name].strip() for name in texts})
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
    period = month_of(grouped.date_text, _MONTH) if dated else ibis.literal("")
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
    return grouped.select(
        # written out, because engines round halves differently; 0.0 turns -0.0 into 0.0
        x=possible.ifelse((x * scale + 0.5).floor() / scale + 0.0, ibis.null("float64")),
        y=possible.ifelse((y * scale + 0.5).floor() / scale + 0.0, ibis.null("float64")),
        period=period.fill_null(""),
        category=grouped.category,
        selecting=ibis.literal(True)
        if selecting is None
        else grouped.category.isin(list(selecting)),
        location=grouped.location,
        area_name=grouped.area_name,
        reason=reason,
        weight=grouped.weight,
        **{SOURCE: grouped[SOURCE]},
        **{name: grouped[name] for name in ids},
    )


def count_ids_once(groups: pa.Table) -> pd.DataFrame:
    """Count one row of each repeated id, and account for the others as repeated.

    The row that counts is the first by selecting category, month, position, category and
    location. Only a non-blank id marks a repeat: full duplicates without one are incidents of
    their own.

    Parameters
    ----------
    groups
        Result of `collapse`.

    Returns
    -------
    pandas.DataFrame
        The same without the column ids.
    """
    import numpy as np
    import pandas as pd

    if "ids" not in groups.column_names:
        return _with_categories(groups)
    column = groups["ids"].combine_chunks()
    table = _with_categories(groups.drop_columns("ids"))
    values = column.flatten().to_numpy(zero_copy_only=False)
    group = column.value_parent_indices().to_numpy()
    counts = (table["reason"] == "").to_numpy()[group]
    values, group = values[counts], group[counts]
    repeated = _repeated(values)
    if not len(repeated):
        return table
    among = np.isin(values, repeated)
    later = [text_rank(table[name]) for name in ("area_name", "location", "category")]
    period, other = text_rank(table["period"]), ~table["selecting"].to_numpy(dtype=bool)
    rank = np.empty(len(table), dtype=np.int64)
    x, y = table["x"].to_numpy(), table["y"].to_numpy()
    rank[np.lexsort((*later, y, x, period, other))] = np.arange(len(table))
    rows = pd.DataFrame({"id": values[among], "group": group[among]})
    rows = rows.assign(rank=rank[rows["group"]]).sort_values(["id", "rank"], kind="stable")
    over = rows.loc[rows["id"].duplicated(), "group"].value_counts()
    table["reason"] = table["reason"].cat.add_categories("repeated_id")
    repeats = table.loc[over.index].assign(weight=over)
    repeats.loc[:, "reason"] = "repeated_id"
    table.loc[over.index, "weight"] -= over
    return pd.concat([table[table["weight"] > 0], repeats], ignore_index=True)


def text_rank(column: pd.Series[Any]) -> NDArray[np.int64]:
    """Place of each value in the order of the texts, whatever the codes of its categories."""
    import numpy as np

    place = np.argsort(np.argsort(np.asarray(column.cat.categories, dtype=str), kind="stable"))
    return np.asarray(place[column.cat.codes.to_numpy()])


def _with_categories(groups: pa.Table) -> pd.DataFrame:
    """Convert to pandas, each text held once."""
    table: pd.DataFrame = groups.to_pandas(strings_to_categorical=True)
    return table


def _repeated(values: Any) -> Any:
    """Distinct values that occur more than once."""
    import numpy as np

    ordered = np.sort(values)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def _number(text: Any) -> Any:
    """Number that a text holds, null where it holds none; never an error on any engine."""
    import ibis

    return text.re_search(_NUMBER).ifelse(text, ibis.null("string")).cast("float64")
