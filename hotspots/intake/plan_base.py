"""A plan's file as a database: whether it is one, its lists, and its surface."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.errors import InputError
from hotspots.frames import (
    DENSITY,
    DENSITY_FRAMES,
    DENSITY_NUMBERS,
    PLAN_LAYERS,
    PLAN_LISTS,
    PLAN_TABLES,
    DensityFrame,
    DensitySurface,
    names,
)
from hotspots.grid import MOST_CELLS
from hotspots.packing import unpack, unpack_mask

if TYPE_CHECKING:
    from typing import Self

    from numpy.typing import NDArray

    from hotspots.frames import Column

_GIVE = "give a plan.gpkg that hotspots run has written"
_NEEDED = (*PLAN_LAYERS, *PLAN_TABLES, *PLAN_LISTS, "density", "history", "history_allocation")
# by these a file is known as a plan, of whatever version
_ALWAYS = {"hotspots", "allocation", "settings", "provenance"}

# kinds of published columns in SQLite; numbers with gaps are kept as real ones
_KINDS = {
    "str": "'text', 'null'",
    "int": "'integer', 'real', 'null'",
    "float": "'integer', 'real', 'null'",
    "bool": "'integer'",
}


class PlanBase:
    """An open plan, checked to be whole and to hold all tables; a context manager.

    Parameters
    ----------
    path
        The file; it is opened for reading only.

    Raises
    ------
    InputError
        It is missing, no GeoPackage, damaged, no plan, or of a version that kept less.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise InputError(f"There is no plan {self.path}; {_GIVE}.")
        with self.path.open("rb") as file:
            if file.read(15) != b"SQLite format 3":
                raise InputError(f"{self.path} is not a GeoPackage; {_GIVE}.")
        address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        self._database = sqlite3.connect(address, uri=True)
        try:
            self._tables = self._checked()
            self._lists: dict[str, dict[str, Any]] = {}
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def damaged(self, error: object) -> InputError:
        """Make the error that says that the file is damaged, and how that showed."""
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        return InputError(
            f"The plan {self.path} is damaged ({reason}); take another copy, or run hotspots again."
        )

    def has(self, *tables: str) -> bool:
        """Whether the file holds all these tables."""
        return self._tables.issuperset(tables)

    def odd_column(self, table: str, columns: Sequence[Column]) -> str:
        """Name of a column in which something of another kind stands; empty if there is none.

        SQLite holds any value in any column, and GDAL reads a text in a column of numbers as 0.
        """
        tests = ", ".join(
            f"""total(typeof("{column.name}") NOT IN ({_KINDS[column.kind]}))"""
            for column in columns
        )
        with self._reading():
            counts = self._database.execute(f'SELECT {tests} FROM "{table}"').fetchone()
        return next((c.name for c, odd in zip(columns, counts, strict=True) if odd), "")

    def rows(self, name: str) -> list[tuple[str, ...]]:
        """Rows of one of `PLAN_LISTS`, in the order written."""
        columns = ", ".join(f'"{column}"' for column in PLAN_LISTS[name])
        with self._reading():
            rows = self._database.execute(f'SELECT {columns} FROM "{name}" ORDER BY rowid')
            return [tuple("" if cell is None else str(cell) for cell in row) for row in rows]

    def values(self, name: str) -> dict[str, Any]:
        """Names and values of one of `PLAN_LISTS` whose values are JSON."""
        if name not in self._lists:
            with self._reading():
                self._lists[name] = {key: json.loads(text) for key, text in self.rows(name)}
        return self._lists[name]

    def fact(self, key: str) -> Any:
        """One value of the list ``plan``."""
        values = self.values("plan")
        if key not in values:
            raise self.damaged(f"the list plan lacks {key}")
        return values[key]

    def facts(self, prefix: str) -> dict[str, Any]:
        """Values of the list ``plan`` whose names begin so, without that beginning."""
        found = self.values("plan")
        return {
            key.removeprefix(prefix): value
            for key, value in found.items()
            if key.startswith(prefix)
        }

    def density(self, crs: str) -> DensitySurface:
        """The surface, put together from its bands."""
        numbers: dict[str, Any] = {
            name: float(self.fact(f"density.{name}")) for name in DENSITY_NUMBERS
        }
        threshold = numbers["threshold_per_km2"]
        columns = ", ".join(f'"{name}"' for name in names(DENSITY))
        values: list[NDArray[np.float64]] = []
        inside: list[NDArray[np.bool_]] = []
        height = cells = 0
        with self._reading():
            bands = self._database.execute(f"SELECT {columns} FROM density ORDER BY first_row")
            for first, rows, width, packed, mask in bands:
                cells += rows * width
                if first != height or not 0 < rows * width <= cells <= MOST_CELLS:
                    raise ValueError("the bands of the surface do not fit together")
                height += rows
                values.append(unpack(packed, rows, width, threshold))
                inside.append(unpack_mask(mask, rows, width))
            return DensitySurface(np.vstack(values), np.vstack(inside), crs=crs, **numbers)

    def frames(self, whole: DensitySurface, months: int) -> tuple[DensityFrame, ...]:
        """Densities of parts of the period, on the ground of the whole of `months` months."""
        if not self.has("density_frames"):
            return ()
        threshold = whole.threshold_per_km2 / max(1, months)
        columns = ", ".join(f'"{name}"' for name in names(DENSITY_FRAMES))
        found = []
        cells = 0
        with self._reading():
            rows_of_table = self._database.execute(
                f"SELECT {columns} FROM density_frames ORDER BY frame"
            )
            for _, said, size, rows, width, packed, mask in rows_of_table:
                cells += rows * width
                if not 0 < rows * width <= cells <= MOST_CELLS:
                    raise ValueError("a surface of the parts of the period has no sensible size")
                surface = replace(
                    whole,
                    values_per_km2=unpack(packed, rows, width, threshold),
                    inside=unpack_mask(mask, rows, width),
                    cell_size_m=float(size),
                    threshold_per_km2=threshold,
                )
                found.append(DensityFrame(tuple(str(said).split(",")), surface))
        return tuple(found)

    def _checked(self) -> set[str]:
        """Names of all tables, of a database that is whole and a plan that is complete."""
        with self._reading():
            found = self._database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {str(name) for (name,) in found}
            said = self._database.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != "ok":
            raise self.damaged(said)
        if not tables >= _ALWAYS:
            raise InputError(
                f"{self.path} is not a plan: it has no table "
                f"{', '.join(sorted(_ALWAYS - tables))}; {_GIVE}."
            )
        missing = [name for name in _NEEDED if name not in tables]
        if missing:
            raise InputError(
                f"The plan {self.path} was written by an earlier version of hotspots, which did "
                f"not keep {', '.join(missing)}; run hotspots again to write it anew."
            )
        return tables

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Say of what cannot be read that the file is damaged."""
        try:
            yield
        except (sqlite3.Error, ValueError, TypeError, UnicodeError) as error:
            raise self.damaged(error) from error
