"""Raw tables with times, from files, points in memory or a database, and how fine they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hotspots.geo import WGS84, crs_name
from hotspots.intake import columns, databases, engines, incidents
from hotspots.intake.clock import has_clock, has_day
from hotspots.intake.geoparquet import read_layout, streams
from hotspots.intake.groups import metric_crs
from hotspots.intake.kinds import Kind, common_crs
from hotspots.intake.points import attributes, check_points, point_columns, read_vector
from hotspots.settings import IntakeSettings

if TYPE_CHECKING:
    import geopandas as gpd
    import pyarrow as pa

Finest = Literal["hour", "day", "month"]


@dataclass(frozen=True)
class Opened:
    """Raw tables of one engine with their mappings, and what they are.

    Attributes
    ----------
    engine
        Ibis connection.
    tables
        Raw tables and their mappings, our names -> theirs.
    crs
        CRS of the positions.
    street
        Whether all have the layout of data.police.uk street files.
    """

    engine: Any
    tables: Sequence[tuple[Any, Mapping[str, str]]]
    crs: str
    street: bool

    @property
    def hashed(self) -> bool:
        """Whether ids may be compared by the engine's hashes, which need 64 bits."""
        return bool(self.engine.name == "duckdb")

    def to_pyarrow(self, expression: Any) -> pa.Table:
        """Run an expression where the tables are."""
        return self.engine.to_pyarrow(expression)


def finest(sources: Any, settings: IntakeSettings) -> Finest:
    """How fine the times of some incidents are, as far as can be told without reading rows.

    The layout of data.police.uk, and any other without a mapping, has months only.
    """
    if hasattr(sources, "columns") and hasattr(sources, "iloc"):
        return _of_points(sources, settings, "points in memory")
    paths: list[Any] = [sources] if isinstance(sources, str | Path) else list(sources)
    urls = [str(path) for path in paths if databases.is_url(path)]
    if urls:
        return _of_database(urls[0], settings)
    typed = [Path(path) for path in paths if str(path).lower().endswith(incidents.VECTOR_SUFFIXES)]
    if not typed:
        return _by_format(settings.columns, settings.date_format)
    with incidents.find(paths, street_only=not settings.columns, fingerprints=False) as found:
        vectors = [file for file in found.files if file.kind == "vector"]
        if vectors:
            return _of_points(read_vector(vectors[0].path), settings, vectors[0].name)
        files = [file for file in found.files if file.kind != "csv"]
        ours = [_of_parquet(file, settings) for file in files]
    if len(files) < len(found.files):
        ours.append(_by_format(settings.columns, settings.date_format))
    return min(ours, key=["hour", "day", "month"].index)


def _by_format(mapping: Mapping[str, str], date_format: str, kind: str = "") -> Finest:
    """How fine dates of a text column, or of a typed one, are."""
    if "date" not in mapping or not (kind or has_day(date_format)):
        return "month"
    if "time" in mapping or kind == "timestamp" or (not kind and has_clock(date_format)):
        return "hour"
    return "day"


def _of_points(points: gpd.GeoDataFrame, settings: IntakeSettings, name: str) -> Finest:
    import pandas as pd

    mapping, street = point_columns(attributes(points), settings, name, times=True)
    if street or "date" not in mapping:
        return "month"
    typed = pd.api.types.is_datetime64_any_dtype(points[mapping["date"]])
    return _by_format(mapping, settings.date_format, "timestamp" if typed else "")


def _of_parquet(file: incidents.IncidentFile, settings: IntakeSettings) -> Finest:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if file.kind == "geoparquet":
        fields = dict(read_layout(file.path, file.name).fields)
        mapping, street = point_columns(list(fields), settings, file.name, times=True)
    else:
        fields = {field.name: field.type for field in pq.read_schema(file.path)}
        mapping, street = dict(settings.columns), False
    if street or "date" not in mapping:
        return "month"
    kind = fields[mapping["date"]]
    typed = "timestamp" if pa.types.is_timestamp(kind) else "date" if pa.types.is_date(kind) else ""
    return _by_format(mapping, settings.date_format, typed)


def _of_database(url: str, settings: IntakeSettings) -> Finest:
    if "date" not in settings.columns:
        return "month"
    with databases.database(url) as (_, raw):
        mapping = columns.resolve(raw.columns, settings.columns, databases.without_password(url))
        kind = raw[mapping["date"]].type()
    typed = "timestamp" if kind.is_timestamp() else "date" if kind.is_date() else ""
    return _by_format(mapping, settings.date_format, typed)


@contextmanager
def opened(sources: Any, settings: IntakeSettings) -> Iterator[Opened]:
    """Open the raw tables of incidents, wherever they are."""
    if hasattr(sources, "columns") and hasattr(sources, "iloc"):
        with _points(sources, settings, "points in memory") as found:
            yield found
        return
    paths: list[Any] = [sources] if isinstance(sources, str | Path) else list(sources)
    if databases.is_url(paths[0]):
        with _database(str(paths[0]), settings) as found:
            yield found
        return
    with incidents.find(paths, street_only=not settings.columns, fingerprints=False) as listed:
        vectors = [file for file in listed.files if file.kind == "vector"]
        if vectors:
            points = read_vector(vectors[0].path)
            with _points(points, settings, vectors[0].name) as found:
                yield found
            return
        with _files(listed.files, settings) as found:
            yield found


@contextmanager
def _files(files: Sequence[incidents.IncidentFile], settings: IntakeSettings) -> Iterator[Opened]:
    """CSV, Parquet and GeoParquet files, those alike as one table."""
    kinds = [Kind.of(file, settings, times=True) for file in files]
    alike: dict[tuple[str, tuple[str, ...], str], list[tuple[Kind, Path]]] = {}
    for kind, file in zip(kinds, files, strict=True):
        alike.setdefault(kind.alike, []).append((kind, file.path))
    with engines.connection(settings.memory_gb) as engine, streams(engine) as started:
        tables = [
            group[0][0].open(engine, [path for _, path in group], started)
            for group in alike.values()
        ]
        street = all(kind.street for kind in kinds)
        yield Opened(engine, tables, common_crs(kinds, files), street)


@contextmanager
def _database(url: str, settings: IntakeSettings) -> Iterator[Opened]:
    """A table where it lies."""
    name = databases.without_password(url)
    with databases.database(url) as (engine, raw):
        mapping = columns.resolve(raw.columns, settings.columns, name)
        crs = WGS84 if "longitude" in mapping else metric_crs(settings)
        with databases.clear_errors(name):
            yield Opened(engine, [(raw, mapping)], crs, columns.is_street_header(raw.columns))


@contextmanager
def _points(points: gpd.GeoDataFrame, settings: IntakeSettings, name: str) -> Iterator[Opened]:
    """Points with attributes; timestamps stay what they are, as their own clock shows them."""
    import numpy as np
    import pandas as pd
    import shapely

    check_points(points, name)
    shapes = points.geometry.to_numpy()
    shapes = np.where(shapely.is_empty(shapes), None, shapes)
    mapping, street = point_columns(attributes(points), settings, name, times=True)
    rows = pd.DataFrame({"x": shapely.get_x(shapes), "y": shapely.get_y(shapes)}).astype("string")
    for ours, theirs in mapping.items():
        values = points[theirs].reset_index(drop=True)
        if pd.api.types.is_datetime64_any_dtype(values):
            rows[ours] = values.dt.tz_localize(None).astype("datetime64[us]")
        else:
            rows[ours] = values.astype("string")
    geographic = points.crs.is_geographic
    position = ("longitude", "latitude") if geographic else ("easting", "northing")
    mapped = dict(zip(position, "xy", strict=True)) | {ours: ours for ours in mapping}
    with engines.connection(settings.memory_gb) as engine:
        yield Opened(
            engine, [(engines.from_memory(engine, rows), mapped)], crs_name(points.crs), street
        )
