"""What a plan says besides its tables, as lists of names and values, and its surface in bands."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from hotspots.frames import DENSITY_NUMBERS, PLAN_LISTS
from hotspots.packing import BAND, pack, pack_mask
from hotspots.sharing.files import clean_text
from hotspots.sharing.provenance import to_json
from hotspots.threads import in_threads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from hotspots.frames import DensityFrame, DensitySurface, Plan

_DENSITY_TABLE = """
CREATE TABLE density (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    first_row INTEGER NOT NULL, rows INTEGER NOT NULL, columns INTEGER NOT NULL,
    "values" BLOB NOT NULL, inside BLOB NOT NULL
)
"""


_FRAMES_TABLE = """
CREATE TABLE density_frames (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    frame INTEGER NOT NULL, months TEXT NOT NULL, cell_size_m REAL NOT NULL,
    rows INTEGER NOT NULL, columns INTEGER NOT NULL,
    "values" BLOB NOT NULL, inside BLOB NOT NULL
)
"""


def lists(plan: Plan) -> dict[str, pd.DataFrame]:
    """Make the tables of `PLAN_LISTS`: every cell is text that the format can hold."""
    import pandas as pd

    rows: dict[str, list[Any]] = {
        "settings": list(_dotted(plan.settings.to_dict())),
        "choices": [(c.setting, c.value, c.rule) for c in plan.targeting.choices],
        "quality": list(_quality(plan)),
        "provenance": [(key, _json(value)) for key, value in plan.provenance.items()],
        "messages": [
            *(("targeting", text) for text in plan.targeting.messages),
            *(("tasking", text) for text in plan.allocation.messages),
        ],
        "plan": [(key, _json(value)) for key, value in _numbers(plan).items()],
    }
    return {
        name: pd.DataFrame(
            [[clean_text(str(cell)) for cell in row] for row in rows[name]],
            columns=list(columns),
            dtype="str",
        )
        for name, columns in PLAN_LISTS.items()
    }


def add_density(database: sqlite3.Connection, density: DensitySurface, time: str) -> None:
    """Add the table of the surface, a row for every band of `BAND` rows of cells."""
    _announce(database, _DENSITY_TABLE, "density", "kernel density in bands of rows", time)
    database.executemany(
        'INSERT INTO density (first_row, rows, columns, "values", inside) VALUES (?, ?, ?, ?, ?)',
        _bands(density),
    )


def add_frames(
    database: sqlite3.Connection, density_frames: Sequence[DensityFrame], time: str
) -> None:
    """Add the table of the density of parts of the period, a row each."""
    _announce(
        database, _FRAMES_TABLE, "density_frames", "kernel density of parts of the period", time
    )
    database.executemany(
        'INSERT INTO density_frames (frame, months, cell_size_m, rows, columns, "values", inside) '
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        in_threads(_packed, list(enumerate(density_frames))),
    )


def _packed(number: int, frame: DensityFrame) -> tuple[Any, ...]:
    surface = frame.surface
    return (
        *(number, ",".join(frame.months), surface.cell_size_m, *surface.inside.shape),
        pack(surface.values_per_km2, surface.threshold_per_km2),
        pack_mask(surface.inside),
    )


def _announce(
    database: sqlite3.Connection, statement: str, name: str, description: str, time: str
) -> None:
    """Make a table that the GeoPackage lists as one without shapes."""
    database.execute(statement)
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES (?, 'attributes', ?, ?, ?)",
        (name, name, description, time),
    )


def _bands(density: DensitySurface) -> Iterator[tuple[int, int, int, bytes, bytes]]:
    rows, columns = density.values_per_km2.shape
    for first in range(0, rows, BAND):
        values = density.values_per_km2[first : first + BAND]
        inside = density.inside[first : first + BAND]
        yield (
            *(first, len(values), columns),
            pack(values, density.threshold_per_km2),
            pack_mask(inside),
        )


def _dotted(tree: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for room, values in tree.items():
        for key, value in values.items():
            yield f"{room}.{key}", _json(value)


def _quality(plan: Plan) -> Iterator[tuple[str, str]]:
    for measure, value in plan.targeting.quality.to_dict().items():
        if measure in ("left_out", "facts"):
            for part, one in value.items():
                yield f"{measure}.{part}", _json(one)
        else:
            yield measure, _json(value)


def _numbers(plan: Plan) -> dict[str, Any]:
    """Single facts: of the allocation, of the surface, and whose data these are."""
    allocation, density = plan.allocation, plan.targeting.density
    settings = dict(_dotted(plan.settings.to_dict()))
    # the hotspots may have been found under other settings of tasking and sharing
    found_with = {
        key: value
        for key, value in _dotted(plan.targeting.settings.to_dict())
        if settings.get(key) != value
    }
    return {
        "budget_hours": allocation.budget_hours,
        "hours_per_visit": allocation.hours_per_visit,
        "days": allocation.days,
        "weeks": allocation.weeks,
        "exclusion_is_exact": allocation.exclusion_is_exact,
        "budget_pounds": allocation.budget_pounds,
        "spent_pounds": allocation.spent_pounds,
        "method": allocation.method,
        "status": allocation.status,
        "bound": allocation.bound,
        "density.crs": density.crs,
        **{f"density.{name}": getattr(density, name) for name in DENSITY_NUMBERS},
        **{f"origin.{key}": value for key, value in plan.targeting.origin.items()},
        **{f"found_with.{key}": _plain(value) for key, value in found_with.items()},
    }


def _plain(text: str) -> Any:
    import json

    return json.loads(text)


def _json(value: object) -> str:
    """Value as JSON text on one line."""
    return to_json(value, indent=None).strip()
