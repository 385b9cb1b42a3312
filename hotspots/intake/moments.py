"""Single moments beside the collapse: who asks for days or hours reads the same rows once more.

The months of the collapse stay as they are; here the same canonical rows are grouped by position,
start and end, on the same engines, with ids counted once by the same rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hotspots.frames import MOMENTS, Moments, names
from hotspots.geo import Projection, crs_name, working_crs
from hotspots.intake.assignment import assign
from hotspots.intake.clock import joined, moment_of, time_of
from hotspots.intake.collapse import canonical, collapse, count_ids_once
from hotspots.intake.engines import SOURCE
from hotspots.intake.moment_sources import Opened, finest, opened
from hotspots.settings import DEFAULT_CATEGORIES, IntakeSettings

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_DAY, _MINUTE = "%Y-%m-%d", "%Y-%m-%d %H:%M"
_WEEK_MINUTES = 7 * 24 * 60
_KEYS = ("start", "end")


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
    # ties among the rows of one id go to the earlier moment, whatever the engine's order
    groups = groups.sort_by([(name, "ascending") for name in _KEYS])
    table = count_ids_once(groups)
    table = table[(table["reason"] == "").to_numpy()]
    table, facts = _with_times(table)
    placed, crs = _placed(table, source.crs, districts)
    hours = facts["moments_read"] - facts["moments_without_a_time"]
    # a column of timestamps that are all at midnight holds days
    to_the_hour = hours > facts["moments_at_midnight"]
    return Moments(placed, crs, "hour" if to_the_hour else "day", facts)


def moments(source: Opened, settings: IntakeSettings) -> Any:
    """Ibis expression: the groups of `collapse`, by start and end as well.

    Returns
    -------
    ibis.Table
        Columns of `collapse`, and the texts start and end, each ``YYYY-MM-DD HH:MM``,
        ``YYYY-MM-DD`` or empty.
    """
    import ibis

    tables = [
        canonical(
            raw, mapping, ibis.literal(""), settings.date_format,
            keys=_texts(raw, mapping, settings.date_format),
        )
        for raw, mapping in source.tables
    ]  # fmt: skip
    return collapse(
        tables[0].union(*tables[1:]) if len(tables) > 1 else tables[0],
        geographic="longitude" in source.tables[0][1],
        dated=True,
        identified=any("incident_id" in mapping for _, mapping in source.tables),
        hashed=source.hashed,
        settings=settings,
        selecting=settings.categories or (DEFAULT_CATEGORIES if source.street else None),
        keys=_KEYS,
    ).drop(SOURCE)


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
    dated = ~np.isnat(start)
    with_end = ~np.isnat(end)
    before = with_end & (end < start)
    minutes = (end - start).astype(np.int64)
    long = with_end & (minutes > _WEEK_MINUTES)
    end[before] = start[before]
    at_midnight = timed & (start == start.astype("datetime64[D]"))

    def count(rows: Any) -> int:
        return int(weight[rows & dated].sum())

    facts = {
        "moments_read": count(dated),
        "moments_without_a_day": int(weight[~dated].sum()),
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
    return table[dated], facts


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
