"""Weighted places: where incidents are, how many, in which month and district."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.frames import PLACES, Choice, Places, names
from hotspots.geo import WGS84, Projection, crs_name
from hotspots.intake import columns, engines, incidents
from hotspots.intake.collapse import canonical, collapse
from hotspots.intake.districts import assign
from hotspots.intake.months import days_in
from hotspots.intake.quality import assess
from hotspots.settings import DEFAULT_CATEGORIES, IntakeSettings

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

#: Days a data set without dates is taken to cover.
UNDATED_DAYS = 365
_IN_MEMORY = "points in memory"


@dataclass(frozen=True)
class _Groups:
    """What came out of the engine, before anything is known of districts."""

    table: pd.DataFrame
    crs: str
    street: bool
    dated: bool
    unreadable: Sequence[tuple[str, int]]
    files: Sequence[Mapping[str, Any]]
    messages: Sequence[str]


def read_places(
    sources: Sequence[str | Path] | gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame | None,
    settings: IntakeSettings | None = None,
) -> tuple[Places, list[Choice]]:
    """Read incidents and collapse them to weighted places.

    Parameters
    ----------
    sources
        Files, folders or archives; or points with a CRS.
    districts
        Districts as `read_districts` gives them; None to look at the incidents alone.
    settings
        Column mapping, formats, categories, months.

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
    groups = (
        _from_points(sources, settings) if _is_table(sources) else _from_files(sources, settings)
    )
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


def _is_table(sources: Any) -> bool:
    return hasattr(sources, "columns") and hasattr(sources, "iloc")


def _from_files(sources: Sequence[str | Path], settings: IntakeSettings) -> _Groups:
    """Read files: CSVs by the engine, vector files through geopandas."""
    sources = [sources] if isinstance(sources, str | Path) else list(sources)
    with incidents.find(sources, street_only=not settings.columns) as found:
        vectors = [file for file in found.files if file.kind == "vector"]
        if vectors:
            if len(found.files) > 1:
                raise InputError(
                    f"{vectors[0].name} is a vector file and is read alone; "
                    f"{len(found.files)} files are given."
                )
            points = _read_vector(vectors[0].path)
            return _from_points(points, settings, found.files[0].name, found.fingerprints)
        return _from_csvs(found, settings)


def _from_csvs(found: incidents.Found, settings: IntakeSettings) -> _Groups:
    by_header: dict[tuple[tuple[str, ...], str], list[incidents.IncidentFile]] = {}
    for file in found.files:
        names_found, delimiter = engines.header(file.path, file.name)
        by_header.setdefault((tuple(names_found), delimiter), []).append(file)
    by_path = {str(file.path): file for file in found.files}
    with engines.connection() as engine:
        tables, street, dated = [], True, True
        for (header, delimiter), files in by_header.items():
            mapping = columns.resolve(header, settings.columns, files[0].name)
            street &= columns.is_street_header(header)
            dated &= "date" in mapping
            raw = engines.read_csv(engine, [file.path for file in files], header, delimiter)
            tables.append(canonical(raw, mapping, raw[engines.PATH]))
        joined = tables[0].union(*tables[1:]) if len(tables) > 1 else tables[0]
        geographic = "longitude" in mapping
        table = _collapse(joined, geographic, dated, street, settings)
        rejected = engines.rejected_rows(engine)
    rows = [0] * len(found.fingerprints)
    for path, count in table.groupby(engines.SOURCE)["weight"].sum().items():
        rows[by_path[str(path)].origin] += int(count)
    for path, _ in rejected:
        rows[by_path[path].origin] += 1
    read = [{**entry, "rows": n} for entry, n in zip(found.fingerprints, rows, strict=True)]
    table = table.drop(columns=engines.SOURCE)
    unreadable = [(by_path[path].name, line) for path, line in rejected]
    crs = WGS84 if geographic else _metric_crs(settings)
    return _Groups(table, crs, street, dated, unreadable, read, found.messages)


def _metric_crs(settings: IntakeSettings) -> str:
    if settings.crs is None:
        raise InputError(
            "Easting and northing need their CRS; give --crs, for example --crs EPSG:27700."
        )
    return crs_name(settings.crs)


def _collapse(
    rows: Any, geographic: bool, dated: bool, street: bool, settings: IntakeSettings
) -> pd.DataFrame:
    selecting = settings.categories or (DEFAULT_CATEGORIES if street else None)
    expression = collapse(
        rows, geographic=geographic, dated=dated, settings=settings, selecting=selecting
    )
    table: pd.DataFrame = expression.to_pandas()
    return table


def _read_vector(path: Path) -> gpd.GeoDataFrame:
    import geopandas as gpd

    try:
        if path.suffix.lower() in (".parquet", ".geoparquet"):
            return gpd.read_parquet(path)
        return gpd.read_file(path)
    except (RuntimeError, ValueError, OSError) as error:
        line = " ".join(str(error).split())[:200]
        raise InputError(f"Cannot read incidents from {path}: {line}.") from error


def _from_points(
    points: gpd.GeoDataFrame,
    settings: IntakeSettings,
    name: str = _IN_MEMORY,
    fingerprints: Iterable[Mapping[str, Any]] = (),
) -> _Groups:
    """Bring points with attributes to the same rows as a file, and collapse them alike."""
    import numpy as np
    import pandas as pd
    import shapely

    if getattr(points, "crs", None) is None:
        raise InputError(f"{name} has no geometry with a CRS; set it, e.g. set_crs('EPSG:4326').")
    shapes = points.geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    if not np.isin(kinds, (-1, 0)).all():
        first = int((~np.isin(kinds, (-1, 0))).argmax())
        raise InputError(
            f"{name}: row {first + 1} is a {shapes[first].geom_type}; incidents must be points."
        )
    held = [str(column) for column in points.columns if column != points.geometry.name]
    mapping = {
        ours: theirs
        for ours, theirs in settings.columns.items()
        if ours not in ("longitude", "latitude", "easting", "northing")
    }
    missing = [theirs for theirs in mapping.values() if theirs not in held]
    if missing:
        raise InputError(f"{name} has no column {', '.join(missing)}; found: {', '.join(held)}.")
    street = {"Crime type", "Month"} <= set(held) and not mapping
    known = columns.STREET_COLUMNS if street else {ours: ours for ours in columns.STREET_COLUMNS}
    mapping = {
        ours: theirs
        for ours, theirs in known.items()
        if theirs in held and ours not in ("longitude", "latitude")
    } | mapping
    table = pd.DataFrame({"x": shapely.get_x(shapes), "y": shapely.get_y(shapes)}).astype("string")
    for ours, theirs in mapping.items():
        values = points[theirs].reset_index(drop=True)
        if ours == "date" and pd.api.types.is_datetime64_any_dtype(values):
            values = values.dt.strftime(settings.date_format)
        table[ours] = values.astype("string")
    table[engines.SOURCE] = name
    geographic = points.crs.is_geographic
    position = ("longitude", "latitude") if geographic else ("easting", "northing")
    with engines.connection() as engine:
        raw = engines.from_memory(engine, table)
        mapped = {position[0]: "x", position[1]: "y"} | {ours: ours for ours in mapping}
        rows = canonical(raw, mapped, raw[engines.SOURCE])
        grouped = _collapse(rows, geographic, "date" in mapping, street, settings)
    prints = list(fingerprints) or [_fingerprint(table, name)]
    files = [{**entry, "rows": len(points)} for entry in prints]
    grouped = grouped.drop(columns=engines.SOURCE)
    return _Groups(grouped, crs_name(points.crs), street, "date" in mapping, (), files, ())


def _fingerprint(table: pd.DataFrame, name: str) -> dict[str, str | int]:
    """SHA-256 of rows in memory, whatever their order."""
    import pandas as pd

    hashes = pd.util.hash_pandas_object(table.fillna(""), index=False).sort_values().to_numpy()
    return {"name": name, "bytes": 0, "sha256": hashlib.sha256(hashes.tobytes()).hexdigest()}


def _check_readable(groups: _Groups, settings: IntakeSettings) -> None:
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
    groups: _Groups, districts: gpd.GeoDataFrame | None, projection: Projection | None
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
    table: pd.DataFrame, groups: _Groups, districts: gpd.GeoDataFrame, projection: Projection
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
