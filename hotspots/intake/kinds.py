"""What files are like: which of them an engine can read as one table, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.geo import WGS84
from hotspots.intake import columns, engines
from hotspots.intake.geoparquet import PointFile, Streams, read_layout
from hotspots.intake.groups import metric_crs
from hotspots.intake.points import point_columns
from hotspots.settings import IntakeSettings

if TYPE_CHECKING:
    from hotspots.intake.incidents import IncidentFile


@dataclass(frozen=True)
class Kind:
    """What files must share to be read as one table.

    Attributes
    ----------
    kind
        As of `IncidentFile`.
    header
        Column names; of a GeoParquet file, which is read alone, its path before them.
    delimiter
        Between columns of a CSV file.
    mapping
        Our names -> the file's columns; of a GeoParquet file without the position.
    street
        Whether it has the layout of data.police.uk street files.
    crs
        CRS of the positions.
    points
        What a GeoParquet file says of itself.
    """

    kind: str
    header: tuple[str, ...]
    delimiter: str
    mapping: Mapping[str, str]
    street: bool
    crs: str
    points: PointFile | None = None

    @classmethod
    def of(cls, file: IncidentFile, settings: IntakeSettings, *, times: bool = False) -> Kind:
        """What a file is like; with its columns of times if `times`."""
        if file.kind == "geoparquet":
            points = read_layout(file.path, file.name)
            held = list(points.fields)
            mapping, street = point_columns(held, settings, file.name, times=times)
            return cls(file.kind, (str(file.path), *held), "", mapping, street, points.crs, points)
        read_header = engines.parquet_header if file.kind == "parquet" else engines.header
        header, delimiter = read_header(file.path, file.name)
        mapping = columns.resolve(header, settings.columns, file.name)
        street = columns.is_street_header(header)
        crs = WGS84 if "longitude" in mapping else metric_crs(settings)
        return cls(file.kind, tuple(header), delimiter, mapping, street, crs)

    @property
    def dated(self) -> bool:
        """Whether there is a date."""
        return "date" in self.mapping

    @property
    def alike(self) -> tuple[str, tuple[str, ...], str]:
        """Equal for files that can be read as one table."""
        return self.kind, self.header, self.delimiter

    def open(
        self, engine: Any, paths: Sequence[Path], opened: Streams
    ) -> tuple[Any, Mapping[str, str]]:
        """Files of this kind as one table of the engine, and our names -> its columns."""
        if self.points:
            mapping = self.points.positions() | {name: name for name in self.mapping}
            return opened.open(self.points, self.mapping), mapping
        if self.kind == "parquet":
            return engines.read_parquet(engine, paths), self.mapping
        return engines.read_csv(engine, paths, self.header, self.delimiter), self.mapping


def common_crs(kinds: Sequence[Kind], files: Sequence[IncidentFile]) -> str:
    """The one CRS of some files.

    Raises
    ------
    InputError
        They have several.
    """
    first = kinds[0].crs
    for kind, file in zip(kinds, files, strict=True):
        if kind.crs != first:
            raise InputError(
                f"{files[0].name} is in {first} and {file.name} in {kind.crs}; files read "
                "together need one CRS: bring them to it, or read them apart."
            )
    return first
