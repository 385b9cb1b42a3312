"""Weighted places: where incidents are, how many, in which month and district."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.frames import PLACES, Choice, Places, names
from hotspots.geo import WGS84, Projection, crs_name
from hotspots.intake.assignment import assign
from hotspots.intake.collapse import text_rank
from hotspots.intake.groups import Groups
from hotspots.intake.months import days_in
from hotspots.intake.quality import assess
from hotspots.intake.readers import read_groups
from hotspots.intake.store import Store
from hotspots.settings import IntakeSettings

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
    table = _place(groups, districts, projection)
    choices = []
    if settings.categories is None:
        rule = (
            "what visible patrol can touch; drugs and weapons records follow patrols"
            if groups.street
            else "every category, as none was named"
        )
        chosen = sorted(set(table.loc[table["selecting"] & (table["weight"] > 0), "category"]))
        choices.append(Choice("categories", "; ".join(filter(None, chosen)) or "all", rule))
    quality = assess(
        table,
        districts,
        files=groups.files,
        unreadable=groups.unreadable,
        messages=groups.messages,
        dated=groups.dated,
        street=groups.street,
        projection=projection,
    )
    inside = table["reason"].isin(["", "other_category", "outside_districts"])
    kept = table[inside]
    if districts is not None and projection is not None and quality.rows_kept == 0:
        raise InputError(_nothing_inside(table, groups, districts, projection))
    if not groups.dated:
        choices.append(Choice("days", f"{UNDATED_DAYS}", "no dates: taken as one year"))
    kept = _merged(kept)
    table = kept[names(PLACES)].reset_index(drop=True)
    places = Places(
        table=table.assign(**{name: _tidy(table[name]) for name in _TEXTS}),
        crs=WGS84 if districts is None else crs_name(districts.crs),
        months=tuple(quality.months),
        days=days_in(list(quality.months)) if groups.dated else UNDATED_DAYS,
        quality=quality,
    )
    return places, choices


def _tidy(column: pd.Series[Any]) -> pd.Series[Any]:
    """Categories in the order of their texts, without those that no longer occur."""
    used = column.cat.remove_unused_categories()
    return used.cat.reorder_categories(sorted(used.cat.categories))


def _merged(kept: pd.DataFrame) -> pd.DataFrame:
    """Make one row of the same place, month and category, where files or spellings gave two."""
    keys = [name for name in names(PLACES) if name != "weight"]
    same = kept[keys].eq(kept[keys].shift()).all(axis=1)
    if not same.any():
        return kept
    group = (~same).cumsum()
    return kept[~same].assign(weight=kept.groupby(group)["weight"].sum().to_numpy())


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
    groups: Groups, districts: gpd.GeoDataFrame | None, projection: Projection | None
) -> pd.DataFrame:
    """Project the positions, find the district of each, and put all in order."""
    import numpy as np
    import pandas as pd

    table = groups.table
    x, y = table["x"].to_numpy(), table["y"].to_numpy()
    located = np.isfinite(x)
    code = np.full(len(table), -1)
    if districts is not None and projection is not None:
        x, y = x.copy(), y.copy()
        x[located], y[located] = projection.transform(x[located], y[located])
        located &= np.isfinite(x) & np.isfinite(y)
        x[~located] = y[~located] = np.nan
        code[located] = assign(x[located], y[located], districts)
    labels = [] if districts is None else districts["district"].tolist()
    outside = code < 0
    reason = np.asarray(table["reason"].cat.codes)
    reasons = table["reason"].cat.categories
    number = {str(name): place for place, name in enumerate(reasons)}

    def move(rows: NDArray[np.bool_], to: str) -> None:
        reason[rows] = number.setdefault(to, len(number))

    reason = reason.astype(np.int16)
    counting = number.get("", -2)
    move((reason == counting) & ~located, "unreadable_coordinates")
    # a located row of another category is out for that reason first
    move((reason == counting) & ~table["selecting"].to_numpy(dtype=bool), "other_category")
    if districts is not None:
        move((reason == counting) & outside, "outside_districts")
    table = table.assign(
        x_m=x,
        y_m=y,
        district=pd.Categorical.from_codes(
            np.where(outside, len(labels), code), categories=pd.Index([*labels, ""], dtype=str)
        ),
        reason=pd.Categorical.from_codes(reason, categories=pd.Index(list(number), dtype=str)),
    )
    ranks = [
        text_rank(table[name]) for name in ("reason", "area_name", "location", "category", "period")
    ]
    return table.take(np.lexsort((*ranks, y, x))).reset_index(drop=True)


def _nothing_inside(
    table: pd.DataFrame, groups: Groups, districts: gpd.GeoDataFrame, projection: Projection
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
    bounds = districts.to_crs(groups.crs).total_bounds
    return (
        f"No incident lies inside the districts: incidents span {west:.6g} to {east:.6g}, "
        f"{south:.6g} to {north:.6g}; the districts {bounds[0]:.6g} to {bounds[2]:.6g}, "
        f"{bounds[1]:.6g} to {bounds[3]:.6g} ({groups.crs}). Check the CRS and the districts."
    )
