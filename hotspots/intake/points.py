"""Reading points: vector files and GeoDataFrames become the same rows as a CSV file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.geo import crs_name
from hotspots.intake import columns, engines
from hotspots.intake.groups import Groups, decode, fingerprint_rows, grouped
from hotspots.settings import IntakeSettings

if TYPE_CHECKING:
    import geopandas as gpd

_IN_MEMORY = "points in memory"
_POSITIONS = ("longitude", "latitude", "easting", "northing")
_TIMES = ("date", "time", "end_date", "end_time")


def from_points(
    points: gpd.GeoDataFrame,
    settings: IntakeSettings,
    name: str = _IN_MEMORY,
    fingerprints: Sequence[Mapping[str, Any]] = (),
) -> Groups:
    """Bring points with attributes to the same rows as a file, and collapse them alike."""
    import numpy as np
    import pandas as pd
    import shapely

    check_points(points, name)
    shapes = points.geometry.to_numpy()
    shapes = np.where(shapely.is_empty(shapes), None, shapes)  # an empty point has no position
    mapping, street = point_columns(attributes(points), settings, name)
    rows = pd.DataFrame({"x": shapely.get_x(shapes), "y": shapely.get_y(shapes)}).astype("string")
    for ours, theirs in mapping.items():
        values = points[theirs].reset_index(drop=True)
        if ours == "date" and pd.api.types.is_datetime64_any_dtype(values):
            values = values.dt.strftime(settings.date_format)
        rows[ours] = values.astype("string")
    position = _POSITIONS[:2] if points.crs.is_geographic else _POSITIONS[2:]
    mapped = {position[0]: "x", position[1]: "y"} | {ours: ours for ours in mapping}
    with engines.connection(settings.memory_gb) as engine:
        raw = engines.from_memory(engine, rows)
        groups = grouped([(raw, mapped, name)], settings, engine)
    table, _ = decode(groups, settings, street=street, dated="date" in mapping)
    prints = fingerprints or [fingerprint_rows(rows, name)]
    return Groups(
        table=table,
        crs=crs_name(points.crs),
        street=street,
        dated="date" in mapping,
        unreadable=(),
        files=[{**entry, "rows": len(points)} for entry in prints],
        messages=(),
    )


def read_vector(path: Path) -> gpd.GeoDataFrame:
    """Read a vector file of points."""
    import geopandas as gpd

    try:
        if path.suffix.lower() in (".parquet", ".geoparquet"):
            return gpd.read_parquet(path)
        return gpd.read_file(path)
    except (RuntimeError, ValueError, OSError) as error:
        line = " ".join(str(error).split())[:200]
        raise InputError(f"Cannot read incidents from {path}: {line}.") from error


def check_points(points: gpd.GeoDataFrame, name: str) -> None:
    """Check that a table has points, and a CRS."""
    import numpy as np
    import shapely

    if getattr(points, "crs", None) is None:
        raise InputError(f"{name} has no geometry with a CRS; set it, e.g. set_crs('EPSG:4326').")
    shapes = points.geometry.to_numpy()
    fits = np.isin(shapely.get_type_id(shapes), (-1, 0))
    if not fits.all():
        first = int((~fits).argmax())
        raise InputError(
            f"{name}: row {first + 1} is a {shapes[first].geom_type}; incidents must be points."
        )


def attributes(points: gpd.GeoDataFrame) -> list[str]:
    """Names of the columns beside the geometry."""
    return [str(column) for column in points.columns if column != points.geometry.name]


def point_columns(
    held: Sequence[str], settings: IntakeSettings, name: str, *, times: bool = False
) -> tuple[dict[str, str], bool]:
    """Attributes of points by our names, and whether they are those of a street file.

    Columns of times are among them if `times`, or where they are mapped.
    """
    mapping = {ours: name for ours, name in settings.columns.items() if ours not in _POSITIONS}
    missing = [theirs for theirs in mapping.values() if theirs not in held]
    if missing:
        raise InputError(f"{name} has no column {', '.join(missing)}; found: {', '.join(held)}.")
    street = {"Crime type", "Month"} <= set(held) and not mapping
    known = columns.STREET_COLUMNS if street else {ours: ours for ours in columns.STREET_COLUMNS}
    found = {
        ours: theirs for ours, theirs in known.items() if theirs in held and ours not in _POSITIONS
    }
    found |= mapping
    if times:
        if not street:
            found = {ours: ours for ours in _TIMES if ours in held} | found
        columns.check_times(found, name)
    return found, street
