"""Weighted places: where incidents are, how many, in which month and district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.frames import PLACES, Choice, Places, names
from hotspots.geo import WGS84, Projection, crs_name
from hotspots.intake.assignment import assign
from hotspots.intake.groups import REASON_NAMES, Groups
from hotspots.intake.months import days_in
from hotspots.intake.quality import LOCATED, assess
from hotspots.intake.readers import read_groups
from hotspots.intake.store import Store
from hotspots.settings import IntakeSettings
from hotspots.threads import in_order, in_threads

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: Days a data set without dates is taken to cover.
UNDATED_DAYS = 365
_TEXTS = [column.name for column in PLACES if column.kind == "str"]


def read_places(
    sources: Sequence[str | Path] | gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame | None,
    settings: IntakeSettings | None = None,
    *,
    store: Store | None = None,
) -> tuple[Places, list[Choice]]:
    """Read incidents and collapse them to weighted places.

    Parameters
    ----------
    sources
        Files, folders or archives; a database URL with a table; or points with a CRS.
    districts
        Districts as `read_districts` gives them; None to look at the incidents alone.
    settings
        Column mapping, formats, categories, months.
    store
        Where collapsed files are kept, so that those known already are not read again.

    Returns
    -------
    places, choices
        The places in the CRS of the districts (WGS 84 without districts), in order of x, y,
        month and category whatever the order of the rows; and what was decided on the way.

    Raises
    ------
    InputError
        Nothing can be read, or no incident lies inside the districts.
    """
    settings = settings or IntakeSettings()
    groups = read_groups(sources, settings, store)
    _check_readable(groups, settings)
    projection = None
    if districts is not None:
        projection = Projection(groups.crs, crs_name(districts.crs))
    table = _place(groups.table, districts, projection)
    if districts is not None and projection is not None and not (table["reason"] == "").any():
        raise InputError(_nothing_inside(table, groups.crs, districts, projection))
    by_reason = table.groupby("reason")["weight"].sum()
    # millions of groups need not be held twice
    groups = replace(groups, table=groups.table.iloc[:0])
    table = _ordered(table)
    choices = []
    if settings.categories is None:
        rule = (
            "what visible patrol can touch; drugs and weapons records follow patrols"
            if groups.street
            else "every category, as none was named"
        )
        chosen = sorted(_selecting(table))
        choices.append(Choice("categories", "; ".join(filter(None, chosen)) or "all", rule))

    quality = assess(
        table,
        by_reason,
        districts,
        files=groups.files,
        unreadable=groups.unreadable,
        messages=groups.messages,
        dated=groups.dated,
        street=groups.street,
        projection=projection,
    )
    if not groups.dated:
        choices.append(Choice("days", f"{UNDATED_DAYS}", "no dates: taken as one year"))
    places = Places(
        table=_merged(table),
        crs=WGS84 if districts is None else crs_name(districts.crs),
        months=tuple(quality.months),
        days=days_in(list(quality.months)) if groups.dated else UNDATED_DAYS,
        quality=quality,
    )
    return places, choices


def _check_readable(groups: Groups, settings: IntakeSettings) -> None:
    """Refuse input of which nothing at all can be used, saying why."""
    table = groups.table
    total = int(table["weight"].sum()) if len(table) else 0
    if total == 0:
        spoilt = f"; {len(groups.unreadable):,} rows cannot be parsed" if groups.unreadable else ""
        raise InputError(f"The input holds no incident rows{spoilt}.")
    by_reason = table.groupby("reason")["weight"].sum()
    advice = {
        "no_coordinates": "no row has coordinates",
        "unreadable_coordinates": (
            "no coordinate can be read as longitude and latitude in degrees: for metres map "
            "easting and northing and give --crs; where latitude comes first exchange the two"
            if groups.crs == WGS84
            else "no coordinate can be read as a number"
        ),
        "null_island": "every row lies at 0, 0",
        "unreadable_date": f"no date is written as {settings.date_format!r}: set --date-format",
        "outside_months": f"no row lies in {settings.from_month} to {settings.to_month}",
    }
    usable = by_reason.drop(list(advice), errors="ignore").sum()
    if usable == 0:
        worst = str(by_reason.idxmax())
        raise InputError(f"None of {total:,} rows can be used: {advice[worst]}.")


def _place(
    table: pd.DataFrame, districts: gpd.GeoDataFrame | None, projection: Projection | None
) -> pd.DataFrame:
    """Project the positions and find the district of each, and so why rows do not count."""
    import numpy as np
    import pandas as pd

    x, y = table["x"].to_numpy(), table["y"].to_numpy()
    located = np.isfinite(x)
    labels = [] if districts is None else districts["district"].tolist()
    code = np.full(len(table), len(labels), dtype=np.min_scalar_type(-len(labels) - 1))
    if districts is not None and projection is not None:
        every = bool(located.all())
        x, y = projection.transform(x, y) if every else _transform_some(x, y, located, projection)
        located &= np.isfinite(x) & np.isfinite(y)
        if located.all():
            found = assign(x, y, districts)
        else:
            x[~located] = y[~located] = np.nan
            found = np.full(len(table), -1)
            found[located] = assign(x[located], y[located], districts)
        inside = found >= 0
        code[inside] = found[inside]
    reason = table["reason"].cat.codes.to_numpy().copy()
    number = {name: place for place, name in enumerate(REASON_NAMES)}
    reason[(reason == number[""]) & ~located] = number["unreadable_coordinates"]
    # a located row of another category is out for that reason first
    others = (reason == number[""]) & ~table["selecting"].to_numpy()
    reason[others] = number["other_category"]
    if districts is not None:
        outside = (reason == number[""]) & (code == len(labels))
        reason[outside] = number["outside_districts"]
    categories = table["reason"].cat.categories
    return table.assign(
        x_m=x,
        y_m=y,
        district=pd.Categorical.from_codes(
            code, categories=pd.Index([*labels, ""], dtype=str), validate=False
        ),
        reason=pd.Categorical.from_codes(reason, categories=categories, validate=False),
    )


def _transform_some(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    located: NDArray[np.bool_],
    projection: Projection,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    import numpy as np

    out_x, out_y = np.full_like(x, np.nan), np.full_like(y, np.nan)
    out_x[located], out_y[located] = projection.transform(x[located], y[located])
    return out_x, out_y


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Groups with a place, in order of x, y, month, category and the other texts."""
    import numpy as np
    import pandas as pd

    wanted = [REASON_NAMES.index(name) for name in LOCATED]
    rows = np.flatnonzero(np.isin(table["reason"].cat.codes.to_numpy(), wanted))
    texts = ("reason", "area_name", "location", "category", "period")
    x, y = table["x_m"].to_numpy(), table["y_m"].to_numpy()
    step, order = _steps(x[rows])
    rows = rows[order]
    change = np.concatenate(([True], step[1:] != step[:-1], [True]))
    tied = np.flatnonzero(~(change[:-1] & change[1:]))
    some = rows[tied]
    keys = [table[name].cat.codes.to_numpy()[some] for name in texts]
    rows[tied] = some[np.lexsort((*keys, y[some], x[some]))]
    columns = [name for name in table if name not in ("x", "y")]
    taken = in_threads(lambda name: table[name].array.take(rows), [(name,) for name in columns])
    return pd.DataFrame(dict(zip(columns, taken, strict=True)), copy=False)


def _steps(x: NDArray[np.float64]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Steps into which x falls, ascending, and an order in which it falls into them.

    Step and row stand in one number, as numbers alone are sorted far faster than rows by them.
    """
    import numpy as np

    bits = len(x).bit_length()
    low = x.min(initial=np.inf)
    scale = 2.0 ** (63 - bits) / max(x.max(initial=-np.inf) - low, 1e-9)
    packed = ((x - low) * scale).astype(np.uint64) << np.uint64(bits)
    packed |= np.arange(len(x), dtype=np.uint64)
    packed = in_order(packed)
    return packed >> np.uint64(bits), packed & np.uint64(2**bits - 1)


def _selecting(table: pd.DataFrame) -> set[str]:
    """Names of the selecting categories that occur."""
    import numpy as np

    category = table["category"].cat
    occurs = np.bincount(
        category.codes.to_numpy()[table["selecting"].to_numpy()],
        minlength=len(category.categories),
    )
    return set(category.categories[occurs > 0])


def _merged(table: pd.DataFrame) -> pd.DataFrame:
    """Make one row of the same place, month and category, where files or spellings gave two."""
    import numpy as np

    table = table[names(PLACES)]
    x = table["x_m"].to_numpy()
    again = np.flatnonzero(x[1:] == x[:-1]) + 1
    for name in names(PLACES):
        if name not in ("x_m", "weight"):
            column = table[name].cat.codes if name in _TEXTS else table[name]
            values = column.to_numpy()
            again = again[values[again] == values[again - 1]]
    if len(again):
        first = np.delete(np.arange(len(table)), again)
        weight = np.add.reduceat(table["weight"].to_numpy(), first)
        table = table.take(first).reset_index(drop=True).assign(weight=weight)
    return table.assign(**{name: _tidy(table[name]) for name in _TEXTS})


def _tidy(column: pd.Series[Any]) -> pd.Categorical:
    """Categories in the order of their texts, without those that do not occur."""
    import numpy as np
    import pandas as pd

    codes, categories = column.cat.codes.to_numpy(), column.cat.categories
    used = np.flatnonzero(np.bincount(codes, minlength=len(categories)))
    kept = categories[used]
    if not kept.is_monotonic_increasing:
        used = used[np.argsort(kept.to_numpy(dtype=object), kind="stable")]
        kept = categories[used]
    place = np.zeros(len(categories), dtype=np.min_scalar_type(-max(1, len(used))))
    place[used] = np.arange(len(used))
    return pd.Categorical.from_codes(place[codes], categories=kept, validate=False)


def _nothing_inside(
    table: pd.DataFrame, crs: str, districts: gpd.GeoDataFrame, projection: Projection
) -> str:
    """Say why no incident counts: swapped coordinates, another place, or no such category."""
    located = table[table["reason"].isin(["outside_districts", "other_category"])]
    if (located["district"] != "").any():
        found = ", ".join(repr(name) for name in sorted(set(located["category"]))[:8])
        return f"No incident inside the districts is of a selecting category; found: {found}."
    spots = located[["x", "y"]].drop_duplicates()
    swapped = assign(*projection.transform(spots["y"], spots["x"]), districts) >= 0
    if swapped.mean() > 0.5:
        return (
            "No incident lies inside the districts, but with the two coordinates exchanged "
            f"{swapped.mean():.0%} of places do: swap longitude and latitude in the mapping."
        )
    west, south, east, north = (
        spots["x"].min(), spots["y"].min(), spots["x"].max(), spots["y"].max()
    )  # fmt: skip
    bounds = districts.to_crs(crs).total_bounds
    return (
        f"No incident lies inside the districts: incidents span {west:.6g} to {east:.6g}, "
        f"{south:.6g} to {north:.6g}; the districts {bounds[0]:.6g} to {bounds[2]:.6g}, "
        f"{bounds[1]:.6g} to {bounds[3]:.6g} ({crs}). Check the CRS and the districts."
    )
