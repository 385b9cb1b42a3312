"""Groups: what a reader hands on, before anything is known of districts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.geo import crs_name
from hotspots.intake.collapse import canonical, collapse
from hotspots.settings import DEFAULT_CATEGORIES, IntakeSettings

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


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


def grouped(
    raws: Sequence[tuple[Any, Mapping[str, str], Any]],
    settings: IntakeSettings,
    engine: Any,
    *,
    street: bool,
    dated: bool,
) -> pa.Table:
    """Collapse raw tables (with mapping and source) into one table of groups."""
    tables = [
        canonical(raw, mapping, source, settings.date_format) for raw, mapping, source in raws
    ]
    groups = collapse(
        tables[0].union(*tables[1:]) if len(tables) > 1 else tables[0],
        geographic="longitude" in raws[0][1],
        dated=dated,
        identified=any("incident_id" in mapping for _, mapping, _ in raws),
        # hashes of other engines may have 32 bits, too few to tell ids apart
        hashed=engine.name == "duckdb",
        settings=settings,
        selecting=None
        if settings.every_category
        else settings.categories or (DEFAULT_CATEGORIES if street else None),
    )
    return engine.to_pyarrow(groups)


def metric_crs(settings: IntakeSettings) -> str:
    """CRS of easting and northing, which must be given."""
    if settings.crs is None:
        raise InputError(
            "Easting and northing need their CRS; give --crs, for example --crs EPSG:27700."
        )
    return crs_name(settings.crs)


def fingerprint_rows(table: pd.DataFrame, name: str) -> dict[str, str | int]:
    """SHA-256 of rows that are no file, whatever their order."""
    import pandas as pd

    hashes = pd.util.hash_pandas_object(table, index=False).sort_values().to_numpy()
    return {"name": name, "bytes": 0, "sha256": hashlib.sha256(hashes.tobytes()).hexdigest()}
