"""Single moments beside the collapse: who asks for days or hours reads the same rows once more.

The collapse to months stays as it is. Here rows that count are grouped by position, start and end,
as one Ibis expression on the same engines; which rows count is decided by the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hotspots.frames import MOMENTS, Moments, names
from hotspots.geo import Projection, crs_name, working_crs
from hotspots.intake.assignment import assign
from hotspots.intake.clock import joined, moment_of, time_of
from hotspots.intake.moment_sources import Opened, finest, opened
from hotspots.settings import DEFAULT_CATEGORIES, IntakeSettings

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa

_DAY, _MINUTE = "%Y-%m-%d", "%Y-%m-%d %H:%M"
_WEEK_MINUTES = 7 * 24 * 60
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
        return Moments(_empty(), crs, resolution, {})
    with opened(sources, settings) as source:
        groups = source.to_pyarrow(moments(source, settings))
    table = _ids_once(groups)
    table, facts = _with_times(table)
    placed, crs = _placed(table, source.crs, districts)
    hours = facts["moments_read"] - facts["moments_without_a_time"]
    # a column of timestamps that are all at midnight holds days
    to_the_hour = hours > facts["moments_at_midnight"]
    return Moments(placed, crs, "hour" if to_the_hour else "day", facts)


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
    chosen = settings.categories or (DEFAULT_CATEGORIES if source.street else None)
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


def _ids_once(groups: pa.Table) -> pd.DataFrame:
    """Count one row of each repeated id: the first by the order of the collapse, then by start.

    That is, one that selects before others, then by month, position and category.
    """
    import pandas as pd

    ids = groups["ids"].combine_chunks()
    table: pd.DataFrame = groups.drop_columns("ids").to_pandas(strings_to_categorical=True)
    rows = pd.DataFrame(
        {
            "id": ids.flatten().to_numpy(zero_copy_only=False),
            "group": ids.value_parent_indices().to_numpy(),
        }
    )
    rows = rows[rows["id"].duplicated(keep=False)]
    keys = table.loc[rows["group"].unique()]
    keys = keys.astype({"start": "str", "end": "str", "category": "str"})
    keys = keys.assign(other=~keys["selecting"], month=keys["start"].str[:7])
    order = ["other", "month", "x", "y", "category", "start", "end"]
    rank = pd.Series(range(len(keys)), index=keys.sort_values(order, kind="stable").index)
    rows = rows.assign(rank=rank.loc[rows["group"]].to_numpy())
    rows = rows.sort_values(["id", "rank"], kind="stable")
    over = rows.loc[rows["id"].duplicated(), "group"].value_counts()
    weight = table["weight"].to_numpy().copy()
    weight[over.index] -= over.to_numpy()
    return table.assign(weight=weight)[weight > 0]


def _with_times(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Times instead of texts, and an account of what they are like."""
    import numpy as np
    import pandas as pd

    def parsed(column: pd.Series[Any]) -> tuple[Any, Any]:
        """Each distinct text is read once: the moment, and whether it has a time of day."""
        texts = np.asarray(column.cat.categories, dtype=str)
        texts = np.append(texts, "")  # code -1, a missing value
        at = np.where(texts == "", "NaT", np.char.replace(texts, " ", "T")).astype("datetime64[m]")
        codes = column.cat.codes.to_numpy()
        return at[codes], (np.char.str_len(texts) > 10)[codes]

    weight = table["weight"].to_numpy(dtype=np.int64)
    start, timed = parsed(table["start"])
    end, end_timed = parsed(table["end"])
    end[~(end_timed & timed)] = np.datetime64("NaT")
    with_end = ~np.isnat(end)
    before = with_end & (end < start)
    minutes = (end - start).astype(np.int64)
    long = with_end & (minutes > _WEEK_MINUTES)
    end[before] = start[before]
    at_midnight = timed & (start == start.astype("datetime64[D]"))

    def count(rows: Any) -> int:
        return int(weight[rows].sum())

    facts = {
        "moments_read": int(weight.sum()),
        "moments_without_a_time": count(~timed),
        "moments_with_an_end": count(with_end),
        "moments_end_before_start": count(before),
        "moments_over_a_week": count(long),
        "moments_at_midnight": count(at_midnight),
    }
    table = table.assign(
        start=pd.Series(start.astype("datetime64[s]"), index=table.index),
        end=pd.Series(end.astype("datetime64[s]"), index=table.index),
        timed=timed,
    )
    return table, facts


def _placed(
    table: pd.DataFrame, crs: str, districts: gpd.GeoDataFrame | None
) -> tuple[pd.DataFrame, str]:
    """Project the positions, find the district of each, put all in order."""
    import numpy as np

    spots, number = np.unique(table[["x", "y"]].to_numpy(), axis=0, return_inverse=True)
    number = number.ravel()
    if districts is not None:
        target = crs_name(districts.crs)
    elif "longitude" in _axes(crs):
        target = working_crs(*np.median(spots, axis=0)) if len(spots) else crs
    else:
        target = crs
    x, y = Projection(crs, target).transform(spots[:, 0], spots[:, 1])
    located = np.isfinite(x) & np.isfinite(y)
    code = np.full(len(spots), -1)
    if districts is not None:
        code[located] = assign(x[located], y[located], districts)
    labels = [] if districts is None else districts["district"].tolist()
    table = table.assign(
        x_m=x[number],
        y_m=y[number],
        district=np.asarray([*labels, ""], dtype=object)[code][number],
        category=table["category"].astype(str),
        weight=table["weight"].astype("int64"),
    )[located[number]]
    keys = [name for name in names(MOMENTS) if name != "weight"]
    # spellings of one number, street names and files are no difference here
    merged: pd.DataFrame = table.groupby(keys, dropna=False)[["weight"]].sum().reset_index()
    order = ["x_m", "y_m", "start", "end", "category", "selecting", "district", "timed"]
    merged = merged.sort_values(order, kind="stable", ignore_index=True)
    return merged[names(MOMENTS)], target


def _axes(crs: str) -> str:
    from pyproj import CRS

    return " ".join(axis.name.lower() for axis in CRS.from_user_input(crs).axis_info)


def _empty() -> pd.DataFrame:
    import pandas as pd

    kinds = {"float": "float64", "str": "str", "bool": "bool", "int": "int64"}
    kinds["time"] = "datetime64[s]"
    return pd.DataFrame({column.name: pd.Series(dtype=kinds[column.kind]) for column in MOMENTS})
