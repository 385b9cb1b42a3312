"""What becomes of moments once they have left the engine: ids, times, positions, order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotspots.frames import MOMENTS, names
from hotspots.geo import Projection, crs_name, working_crs
from hotspots.intake.assignment import assign

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa

_WEEK_MINUTES = 7 * 24 * 60


def ids_once(groups: pa.Table) -> pd.DataFrame:
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


def with_times(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
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


def placed(
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


def empty() -> pd.DataFrame:
    """Table of no moments, with its columns and their kinds."""
    import pandas as pd

    kinds = {"float": "float64", "str": "str", "bool": "bool", "int": "int64"}
    kinds["time"] = "datetime64[s]"
    return pd.DataFrame({column.name: pd.Series(dtype=kinds[column.kind]) for column in MOMENTS})
