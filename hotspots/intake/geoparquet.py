"""GeoParquet files of points: streamed to the engine batch by batch, whatever their size."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.geo import WGS84, crs_name

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_BATCH = 100_000
# What the format says of a file that names no CRS: longitude and latitude.
_DEFAULT_CRS = "OGC:CRS84"
_WKB, _SEPARATED = "WKB", "point"
# A plain point in little-endian well-known binary: byte order, kind, two numbers.
_POINT = [("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")]
_POINT_BYTES = 21
_LITTLE_ENDIAN, _POINT_KIND = 1, 1


@dataclass(frozen=True)
class PointFile:
    """What a GeoParquet file says of itself.

    Attributes
    ----------
    path, name
        Where it is, what it is called.
    fields
        Attributes and their Arrow types, without geometry.
    geometry, encoding
        Column of the points, and how they are written there.
    crs
        CRS of the points.
    """

    path: Path
    name: str
    fields: Mapping[str, pa.DataType]
    geometry: str
    encoding: str
    crs: str

    @property
    def geographic(self) -> bool:
        """Whether positions are longitude and latitude."""
        from pyproj import CRS

        return bool(CRS.from_user_input(self.crs).is_geographic)

    def positions(self) -> dict[str, str]:
        """Our names of the two coordinates -> the columns that `Streams.open` gives them."""
        names = ("longitude", "latitude") if self.geographic else ("easting", "northing")
        return dict(zip(names, "xy", strict=True))


def has_geometry(path: Path) -> bool:
    """Whether a Parquet file says in its metadata that it is a GeoParquet file."""
    return b"geo" in (_schema(path, str(path)).metadata or {})


def read_layout(path: Path, name: str) -> PointFile:
    """Read what a GeoParquet file says of itself.

    Raises
    ------
    InputError
        The file is damaged, its metadata are not those of the format, its geometry is not
        points, or it says that its CRS is unknown.
    """
    schema = _schema(path, name)
    try:
        said = json.loads((schema.metadata or {})[b"geo"])
        geometry = str(said["primary_column"])
        column = said["columns"][geometry]
        encoding = str(column["encoding"])
        others = set(said["columns"])
        crs = column.get("crs", _DEFAULT_CRS)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"{name} has no readable GeoParquet metadata; write it anew, for example with "
            "geopandas' to_parquet."
        ) from error
    if geometry not in schema.names:
        raise InputError(f"{name} has no column {geometry}, which its metadata call the geometry.")
    if encoding not in (_WKB, _SEPARATED):
        raise InputError(f"{name} holds geometry written as {encoding}; incidents must be points.")
    if crs is None:
        raise InputError(f"{name} has no geometry with a CRS; set it, e.g. set_crs('EPSG:4326').")
    known = crs_name(crs if isinstance(crs, str) else json.dumps(crs))
    return PointFile(
        path=path,
        name=name,
        fields={field.name: field.type for field in schema if field.name not in others},
        geometry=geometry,
        encoding=encoding,
        crs=WGS84 if known == _DEFAULT_CRS else known,
    )


class Streams:
    """GeoParquet files that an engine reads, once each, as tables of positions and attributes."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._opened = 0
        #: What was wrong with a file; the engine only says that reading it failed.
        self.problem: InputError | None = None

    def open(self, file: PointFile, mapping: Mapping[str, str]) -> Any:
        """Register a file as a table with the columns x, y and our names of its attributes.

        Parameters
        ----------
        file
            What `read_layout` says.
        mapping
            Our names -> the file's attributes.
        """
        import pyarrow as pa

        kinds = {ours: _plain_type(file.fields[theirs]) for ours, theirs in mapping.items()}
        schema = pa.schema({"x": pa.float64(), "y": pa.float64()} | kinds)
        reader = pa.RecordBatchReader.from_batches(schema, self._batches(file, mapping, schema))
        self._opened += 1
        name = f"points_{self._opened}"
        self._engine.con.register(name, reader)
        return self._engine.table(name)

    def _batches(
        self, file: PointFile, mapping: Mapping[str, str], schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        wanted = list(dict.fromkeys([file.geometry, *mapping.values()]))
        row = 0
        try:
            with pq.ParquetFile(file.path) as opened:
                for batch in opened.iter_batches(_BATCH, columns=wanted):
                    x, y = _coordinates(batch.column(file.geometry), file, row)
                    row += batch.num_rows
                    columns = [pa.array(x, from_pandas=True), pa.array(y, from_pandas=True)]
                    for ours, theirs in mapping.items():
                        columns.append(_plain(batch.column(theirs), schema.field(ours).type))
                    yield pa.RecordBatch.from_arrays(columns, schema=schema)
        except InputError as error:
            self.problem = error
            raise
        except (pa.ArrowException, OSError) as error:
            line = " ".join(str(error).split())[:200]
            self.problem = InputError(f"Cannot read incidents from {file.name}: {line}.")
            raise self.problem from error


@contextmanager
def streams(engine: Any) -> Iterator[Streams]:
    """Let an engine read GeoParquet files, and say in one line what is wrong with one.

    Raises
    ------
    InputError
        A geometry is no point, or a file is damaged.
    """
    found = Streams(engine)
    try:
        yield found
    except Exception as error:
        if found.problem is None:
            raise
        raise found.problem from error


def _schema(path: Path, name: str) -> pa.Schema:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        line = " ".join(str(error).split())[:200]
        raise InputError(f"Cannot read {name}: {line}.") from error


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """Type in which a column is handed to the engine: clocks without a zone or a dictionary."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return _plain_type(kind.value_type)
    return pa.timestamp("us") if pa.types.is_timestamp(kind) else kind


def _plain(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Bring a column to such a type; a clock with a zone shows its own time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = pc.local_timestamp(column)
    return column if column.type == kind else column.cast(kind, safe=False)


def _coordinates(column: Any, file: PointFile, row: int) -> tuple[Floats, Floats]:
    """Coordinates of some points, not a number where there is none.

    Raises
    ------
    InputError
        A geometry is no point; the message gives its row, counted from `row`.
    """
    import numpy as np

    column = getattr(column, "storage", column)  # of an extension type
    if file.encoding == _SEPARATED:
        held = {field.name: part for field, part in zip(column.type, column.flatten(), strict=True)}
        if not {"x", "y"} <= held.keys():
            raise InputError(f"{file.name} has points without x and y: {column.type}.")
        return _floats(held["x"]), _floats(held["y"])
    if (plain := _plain_points(column)) is not None:
        return np.ascontiguousarray(plain["x"]), np.ascontiguousarray(plain["y"])
    return _parsed(column, file, row)


def _floats(values: pa.Array) -> Floats:
    import numpy as np
    import pyarrow as pa

    return np.asarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _plain_points(column: Any) -> NDArray[Any] | None:
    """All points of a column where they are written alike, read where they lie; or None."""
    import numpy as np
    import pyarrow as pa

    wide = pa.types.is_large_binary(column.type)
    if column.null_count or not len(column) or not (wide or pa.types.is_binary(column.type)):
        return None
    _, ends, content = column.buffers()
    first = column.offset
    ends = np.frombuffer(ends, np.int64 if wide else np.int32)[first : first + len(column) + 1]
    if (np.diff(ends) != _POINT_BYTES).any():
        return None
    points = np.frombuffer(content, _POINT, len(column), int(ends[0]))
    alike = (points["order"] == _LITTLE_ENDIAN) & (points["kind"] == _POINT_KIND)
    return points if alike.all() else None


def _parsed(column: Any, file: PointFile, row: int) -> tuple[Floats, Floats]:
    """Points in any dialect of well-known binary."""
    import numpy as np
    import shapely

    written: Sequence[Any] = column.to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(written, on_invalid="ignore")
    kinds = shapely.get_type_id(shapes)
    damaged = (kinds < 0) & column.is_valid().to_numpy(zero_copy_only=False)
    wrong = np.flatnonzero((kinds > 0) | damaged)
    if len(wrong):
        first = int(wrong[0])
        what = "damaged" if damaged[first] else f"a {shapes[first].geom_type}"
        raise InputError(f"{file.name}: row {row + first + 1} is {what}; incidents must be points.")
    return shapely.get_x(shapes), shapely.get_y(shapes)
