"""Weighted places: where incidents are, how many, in which month and district."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import InputError
from hotspots.frames import PLACES, Choice, Places, names
from hotspots.geo import WGS84, Projection, crs_name
from hotspots.intake.districts import assign
from hotspots.intake.groups import Groups
from hotspots.intake.months import days_in
from hotspots.intake.quality import assess
from hotspots.intake.readers import read_groups
from hotspots.intake.store import Store
from hotspots.settings import IntakeSettings

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

#: Days a data set without dates is taken to cover.
UNDATED_DAYS = 365


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
    keys = [name for name in names(PLACES) if name != "weight"]
    if kept.duplicated(keys).any():  # the same place and month in two files
        kept = kept.groupby(keys)["weight"].sum().reset_index()
    places = Places(
        table=kept[names(PLACES)].reset_index(drop=True),
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
    groups: Groups, districts: gpd.GeoDataFrame | None, projection: Projection | None
) -> pd.DataFrame:
    """Project the distinct positions and find the district of each."""
    import numpy as np
    import pandas as pd

    table = groups.table
    positions = table.loc[table["x"].notna(), ["x", "y"]].drop_duplicates()
    if districts is None or projection is None:
        positions["x_m"], positions["y_m"], positions["district"] = (
            positions["x"],
            positions["y"],
            "",
        )
    else:
        x, y = projection.transform(positions["x"], positions["y"])
        possible = np.isfinite(x) & np.isfinite(y)
        positions["x_m"], positions["y_m"] = (
            np.where(possible, x, np.nan),
            np.where(possible, y, np.nan),
        )
        row = np.full(len(positions), -1)
        row[possible] = assign(x[possible], y[possible], districts)
        labels = np.append(districts["district"].to_numpy(dtype=object), "")
        positions["district"] = labels[row]
    table = table.merge(positions, on=["x", "y"], how="left")
    table["district"] = table["district"].fillna("")
    lost = (table["reason"] == "") & table["x_m"].isna()
    reason = table["reason"].mask(lost, "unreadable_coordinates")
    # a located row of another category is out for that reason first
    reason = reason.mask((reason == "") & ~table["selecting"], "other_category")
    if districts is not None:
        reason = reason.mask((reason == "") & (table["district"] == ""), "outside_districts")
    table["reason"] = reason
    order = ["x_m", "y_m", "period", "category", "location", "area_name", "reason"]
    return pd.DataFrame(table.sort_values(order, kind="stable", ignore_index=True))


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
