"""Reading files of rows: one scan for those that are new, the store for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from hotspots.intake import engines, incidents
from hotspots.intake.gather import join, of_source, with_source
from hotspots.intake.geoparquet import streams
from hotspots.intake.groups import Groups, decode, grouped
from hotspots.intake.kinds import Kind, common_crs
from hotspots.intake.store import Store
from hotspots.settings import IntakeSettings
from hotspots.version import __version__

if TYPE_CHECKING:
    import pyarrow as pa


# Bytes of files from which on it pays to look whether their rows need grouping.
_LARGE = 50_000_000
# of the stored tables
_LAYOUT = 2


def from_tables(found: incidents.Found, settings: IntakeSettings, store: Store | None) -> Groups:
    """Collapse CSV, Parquet and GeoParquet files, all at once but for those in the store."""
    kinds = [Kind.of(file, settings) for file in found.files]
    street, dated = all(kind.street for kind in kinds), all(kind.dated for kind in kinds)
    crs = common_crs(kinds, found.files)
    keys = _store_keys(found, settings, street, dated) if store else [""] * len(kinds)
    parts, rejected, new = [], [], []
    for file, kind, key in zip(found.files, kinds, keys, strict=True):
        known = store.get(key) if store else None
        if known is None:
            new.append((file, kind, key))
        else:
            parts.append(with_source(known[0], str(file.path)))
            rejected += [(file, line) for line in known[1]]
    if new:
        groups, spoilt = _collapse_files(new, settings, joined=store is not None)
        parts.append(groups)
        rejected += spoilt
        if store:
            _put(store, new, groups, spoilt)
    groups = join(parts)
    parts.clear()
    table, counts = decode(groups, settings, street=street, dated=dated)
    by_path = {str(file.path): file for file in found.files}
    rows = [0] * len(found.fingerprints)
    for path, count in counts.items():
        rows[by_path[path].origin] += count
    for file, _ in rejected:
        rows[file.origin] += 1
    return Groups(
        table=table,
        crs=crs,
        street=street,
        dated=dated,
        unreadable=sorted((file.name, line) for file, line in rejected),
        files=[{**entry, "rows": n} for entry, n in zip(found.fingerprints, rows, strict=True)],
        messages=found.messages,
    )


_File = tuple[incidents.IncidentFile, Kind, str]


def _collapse_files(
    files: Sequence[_File], settings: IntakeSettings, *, joined: bool
) -> tuple[pa.Table, list[tuple[incidents.IncidentFile, int]]]:
    """Groups of some files in one scan, and their lines that cannot be parsed.

    They have their texts joined, as the store needs them, if `joined`.
    """
    alike: dict[tuple[str, tuple[str, ...], str], list[_File]] = {}
    for entry in files:
        alike.setdefault(entry[1].alike, []).append(entry)
    by_path = {str(file.path): file for file, _, _ in files}
    with engines.connection(settings.memory_gb) as engine, streams(engine) as opened:
        raws = []
        for entries in alike.values():
            paths = [file.path for file, _, _ in entries]
            raw, mapping = entries[0][1].open(engine, paths, opened)
            source = str(paths[0]) if len(paths) == 1 else raw[engines.PATH]
            raws.append((raw, mapping, source))
        size = sum(file.path.stat().st_size for file, _, _ in files)
        again = not joined and all(kind.points is None for _, kind, _ in files)
        groups = grouped(raws, settings, engine, perhaps_scattered=again and size >= _LARGE)
        # the engine lists rejected rows only where it has read a CSV file
        listed = any(kind.kind == "csv" for _, kind, _ in files)
        rejected = engines.rejected_rows(engine) if listed else []
        spoilt = [(by_path[path], line) for path, line in rejected]
    return groups, spoilt


def _store_keys(found: incidents.Found, settings: IntakeSettings, *layout: bool) -> list[str]:
    """Names under which the store knows the groups of some files."""
    import duckdb

    # memory changes nothing in the result
    matters = {key: value for key, value in asdict(settings).items() if key != "memory_gb"}
    conditions = (matters, layout, duckdb.__version__, __version__, _LAYOUT)
    return [Store.key(found.content_sha256(file), *conditions) for file in found.files]


def _put(
    store: Store,
    files: Sequence[_File],
    groups: pa.Table,
    spoilt: Sequence[tuple[incidents.IncidentFile, int]],
) -> None:
    """Put each file's share of some groups into the store."""
    for file, _, key in files:
        lines = [line for other, line in spoilt if other == file]
        store.put(key, of_source(groups, str(file.path)), lines)
