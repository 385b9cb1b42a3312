"""Reading incidents from wherever they are: files, points in memory, or a database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import InputError
from hotspots.geo import WGS84
from hotspots.intake import columns, databases, incidents
from hotspots.intake.groups import Groups, decode, fingerprint_rows, grouped, metric_crs
from hotspots.intake.points import from_points, read_vector
from hotspots.intake.store import Store
from hotspots.intake.tables import from_tables
from hotspots.settings import IntakeSettings

if TYPE_CHECKING:
    import geopandas as gpd


def read_groups(
    sources: Sequence[str | Path] | gpd.GeoDataFrame,
    settings: IntakeSettings,
    store: Store | None = None,
) -> Groups:
    """Read incidents from wherever they are, and collapse them.

    Parameters
    ----------
    sources
        Paths of files, folders and archives; one database URL with a table,
        ``"postgresql://user@host/base#table"``; or points with a CRS.
    settings
        Column mapping, formats, categories, months.
    store
        Where collapsed files are kept and found again.
    """
    if hasattr(sources, "columns") and hasattr(sources, "iloc"):
        return from_points(sources, settings)
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
            return from_tables(found, settings, store)
        if len(found.files) > 1:
            raise InputError(
                f"{vectors[0].name} is a vector file and is read alone; "
                f"{len(found.files)} files are given."
            )
        points = read_vector(vectors[0].path)
        return from_points(points, settings, vectors[0].name, found.fingerprints)


def _from_database(url: str, settings: IntakeSettings) -> Groups:
    """Collapse a table where it lies; only the groups come here."""
    with databases.database(url) as (engine, raw):
        name = databases.without_password(url)
        mapping = columns.resolve(raw.columns, settings.columns, name)
        street = columns.is_street_header(raw.columns)
        crs = WGS84 if "longitude" in mapping else metric_crs(settings)
        with databases.clear_errors(name):
            groups = grouped([(raw, mapping, name)], settings, engine)
    table, _ = decode(groups, settings, street=street, dated="date" in mapping)
    entry = {**fingerprint_rows(table, name), "rows": int(table["weight"].sum())}
    return Groups(table, crs, street, "date" in mapping, (), [entry], ())
