"""Reading incidents from files, from points in memory or from a database, into groups."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.geo import WGS84, crs_name
from hotspots.intake import columns, databases, engines, incidents
from hotspots.intake.collapse import canonical, collapse, count_ids_once
from hotspots.settings import DEFAULT_CATEGORIES, IntakeSettings

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_IN_MEMORY = "points in memory"
_POSITIONS = ("longitude", "latitude", "easting", "northing")


@dataclass(frozen=True)
class Groups:
    """What came out of the engine, before anything is known of districts.

    Attributes
    ----------
    table
        Columns x, y, period, category, selecting, location, area_name, reason and weight.
    crs
        CRS of x and y.
    street, dated
        Whether all of it has the layout of data.police.uk street files, and has dates.
    unreadable
        File name and line of each row that could not be parsed.
    files
        Name, bytes, sha256 and rows of each input.
    messages
        What was passed over.
    """

    table: pd.DataFrame
    crs: str
    street: bool
    dated: bool
    unreadable: Sequence[tuple[str, int]]
    files: Sequence[Mapping[str, Any]]
    messages: Sequence[str]


def read_groups(
    sources: Sequence[str | Path] | gpd.GeoDataFrame, settings: IntakeSettings
) -> Groups:
    """Read incidents from wherever they are, and collapse them.

    Parameters
    ----------
    sources
        Paths of files, folders and archives; one database URL with a table,
        ``"postgresql://user@host/base#table"``; or points with a CRS.
    settings
        Column mapping, formats, categories, months.
    """
    if hasattr(sources, "columns") and hasattr(sources, "iloc"):
        return _from_points(sources, settings)
    paths: list[str | Path] = [sources] if isinstance(sources, str | Path) else list(sources)
    urls = [str(path) for path in paths if databases.is_url(path)]
    if urls:
        if len(paths) > 1:
            raise InputError(
                f"A database is read alone; {len(paths)} inputs are given, among them "
                f"{databases.without_password(urls[0])}."
            )
        return _from_database(urls[0], settings)
    with incidents.find(paths, street_only=not settings.columns) as found:
        vectors = [file for file in found.files if file.kind == "vector"]
        if not vectors:
            return _from_tables(found, settings)
        if len(found.files) > 1:
            raise InputError(
                f"{vectors[0].name} is a vector file and is read alone; "
                f"{len(found.files)} files are given."
            )
        points = _read_vector(vectors[0].path)
        return _from_points(points, settings, vectors[0].name, found.fingerprints)


def _from_tables(found: incidents.Found, settings: IntakeSettings) -> Groups:
    """Collapse CSV and Parquet files, all at once."""
    alike: dict[tuple[str, tuple[str, ...], str], list[incidents.IncidentFile]] = {}
    for file in found.files:
        read_header = engines.parquet_header if file.kind == "parquet" else engines.header
        header, delimiter = read_header(file.path, file.name)
        alike.setdefault((file.kind, tuple(header), delimiter), []).append(file)
    by_path = {str(file.path): file for file in found.files}
    with engines.connection() as engine:
        raws = []
        for (kind, names, delimiter), files in alike.items():
            mapping = columns.resolve(names, settings.columns, files[0].name)
            paths = [file.path for file in files]
            if kind == "parquet":
                raw = engines.read_parquet(engine, paths)
            else:
                raw = engines.read_csv(engine, paths, names, delimiter)
            raws.append((raw, mapping, raw[engines.PATH], columns.is_street_header(names)))
        table, crs, street, dated = _collapsed(raws, settings, engine)
        rejected = engines.rejected_rows(engine)
    rows = [0] * len(found.fingerprints)
    for path, count in table.groupby(engines.SOURCE)["weight"].sum().items():
        rows[by_path[str(path)].origin] += int(count)
    for path, _ in rejected:
        rows[by_path[path].origin] += 1
    return Groups(
        table=table.drop(columns=engines.SOURCE),
        crs=crs,
        street=street,
        dated=dated,
        unreadable=[(by_path[path].name, line) for path, line in rejected],
        files=[{**entry, "rows": n} for entry, n in zip(found.fingerprints, rows, strict=True)],
        messages=found.messages,
    )


def _from_database(url: str, settings: IntakeSettings) -> Groups:
    """Collapse a table where it lies; only the groups come here."""
    import ibis

    with databases.database(url) as (engine, raw):
        name = databases.without_password(url)
        mapping = columns.resolve(raw.columns, settings.columns, name)
        street = columns.is_street_header(raw.columns)
        with databases.clear_errors(name):
            table, crs, street, dated = _collapsed(
                [(raw, mapping, ibis.literal(name), street)], settings, engine
            )
    table = table.drop(columns=engines.SOURCE)
    entry = {**_fingerprint(table, name), "rows": int(table["weight"].sum())}
    return Groups(table, crs, street, dated, (), [entry], ())


def _from_points(
    points: gpd.GeoDataFrame,
    settings: IntakeSettings,
    name: str = _IN_MEMORY,
    fingerprints: Sequence[Mapping[str, Any]] = (),
) -> Groups:
    """Bring points with attributes to the same rows as a file, and collapse them alike."""
    import numpy as np
    import pandas as pd
    import shapely

    _check_points(points, name)
    shapes = points.geometry.to_numpy()
    shapes = np.where(shapely.is_empty(shapes), None, shapes)  # an empty point has no position
    mapping, street = _point_columns(points, settings, name)
    rows = pd.DataFrame({"x": shapely.get_x(shapes), "y": shapely.get_y(shapes)}).astype("string")
    for ours, theirs in mapping.items():
        values = points[theirs].reset_index(drop=True)
        if ours == "date" and pd.api.types.is_datetime64_any_dtype(values):
            values = values.dt.strftime(settings.date_format)
        rows[ours] = values.astype("string")
    rows[engines.SOURCE] = name
    position = _POSITIONS[:2] if points.crs.is_geographic else _POSITIONS[2:]
    mapped = {position[0]: "x", position[1]: "y"} | {ours: ours for ours in mapping}
    with engines.connection() as engine:
        raw = engines.from_memory(engine, rows)
        table, _, _, dated = _collapsed(
            [(raw, mapped, raw[engines.SOURCE], street)],
            settings,
            engine,
            crs=crs_name(points.crs),
        )
    prints = fingerprints or [_fingerprint(rows, name)]
    return Groups(
        table=table.drop(columns=engines.SOURCE),
        crs=crs_name(points.crs),
        street=street,
        dated=dated,
        unreadable=(),
        files=[{**entry, "rows": len(points)} for entry in prints],
        messages=(),
    )


def _collapsed(
    raws: Sequence[tuple[Any, Mapping[str, str], Any, bool]],
    settings: IntakeSettings,
    engine: Any,
    *,
    crs: str | None = None,
) -> tuple[pd.DataFrame, str, bool, bool]:
    """Collapse raw tables (with mapping, source and layout) into one table of groups."""
    tables = [
        canonical(raw, mapping, source, settings.date_format) for raw, mapping, source, _ in raws
    ]
    rows = tables[0].union(*tables[1:]) if len(tables) > 1 else tables[0]
    street = all(layout for _, _, _, layout in raws)
    dated = all("date" in mapping for _, mapping, _, _ in raws)
    identified = any("incident_id" in mapping for _, mapping, _, _ in raws)
    geographic = "longitude" in raws[0][1]
    if crs is None:
        crs = WGS84 if geographic else _metric_crs(settings)
    groups = collapse(
        rows,
        geographic=geographic,
        dated=dated,
        identified=identified,
        # hashes of other engines may have 32 bits, too few to tell ids apart
        hashed=engine.name == "duckdb",
        settings=settings,
        selecting=settings.categories or (DEFAULT_CATEGORIES if street else None),
    )
    return count_ids_once(engine.to_pyarrow(groups)), crs, street, dated


def _metric_crs(settings: IntakeSettings) -> str:
    if settings.crs is None:
        raise InputError(
            "Easting and northing need their CRS; give --crs, for example --crs EPSG:27700."
        )
    return crs_name(settings.crs)


def _read_vector(path: Path) -> gpd.GeoDataFrame:
    import geopandas as gpd

    try:
        if path.suffix.lower() in (".parquet", ".geoparquet"):
            return gpd.read_parquet(path)
        return gpd.read_file(path)
    except (RuntimeError, ValueError, OSError) as error:
        line = " ".join(str(error).split())[:200]
        raise InputError(f"Cannot read incidents from {path}: {line}.") from error


def _check_points(points: gpd.GeoDataFrame, name: str) -> None:
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


def _point_columns(
    points: gpd.GeoDataFrame, settings: IntakeSettings, name: str
) -> tuple[dict[str, str], bool]:
    """Attributes of points by our names, and whether they are those of a street file."""
    held = [str(column) for column in points.columns if column != points.geometry.name]
    mapping = {ours: name for ours, name in settings.columns.items() if ours not in _POSITIONS}
    missing = [theirs for theirs in mapping.values() if theirs not in held]
    if missing:
        raise InputError(f"{name} has no column {', '.join(missing)}; found: {', '.join(held)}.")
    street = {"Crime type", "Month"} <= set(held) and not mapping
    known = columns.STREET_COLUMNS if street else {ours: ours for ours in columns.STREET_COLUMNS}
    found = {
        ours: theirs for ours, theirs in known.items() if theirs in held and ours not in _POSITIONS
    }
    return found | mapping, street


def _fingerprint(table: pd.DataFrame, name: str) -> dict[str, str | int]:
    """SHA-256 of rows that are no file, whatever their order."""
    import pandas as pd

    hashes = pd.util.hash_pandas_object(table, index=False).sort_values().to_numpy()
    return {"name": name, "bytes": 0, "sha256": hashlib.sha256(hashes.tobytes()).hexdigest()}
