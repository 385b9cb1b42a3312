"""Ground that an override names: a point, a circle or square, an outline in text or in a file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hotspots.errors import HotspotsError, InputError
from hotspots.geo import WGS84, Projection, crs_name

_DIGITS_OF_DEGREES = 8


def position(values: Mapping[str, Any], crs: str) -> tuple[float, float]:
    """Easting and northing of a longitude and latitude."""
    x, y = Projection(WGS84, crs).transform([values["longitude"]], [values["latitude"]])
    return float(x[0]), float(y[0])


def drawn_ground(values: dict[str, Any], label: str, crs: str, folder: Path | None) -> Any:
    """Ground that is drawn, as a polygon in the working CRS; None where none is.

    An outline from a file is put into `values` as text, so that it is kept.
    """
    import shapely

    if "outline" in values:
        shape, source = _outline(values, label, folder)
        values["outline"], values["crs"] = (
            shapely.to_wkt(shape, rounding_precision=_DIGITS_OF_DEGREES),
            source,
        )
        return _projected(shape, source, crs, label)
    size = values.get("radius_m") or values.get("side_m")
    if size is None:
        return None
    x, y = position(values, crs)
    if "radius_m" in values:
        return _sound(shapely.buffer(shapely.Point(x, y), size, quad_segs=16), label)
    half = size / 2
    return _sound(shapely.box(x - half, y - half, x + half, y + half), label)


def _outline(values: Mapping[str, Any], label: str, folder: Path | None) -> tuple[Any, str]:
    """Polygon and CRS of an outline: WKT, or a file of one or more polygons."""
    import shapely

    text = values["outline"]
    source = _crs(values.get("crs", WGS84), label)
    if "(" in text:
        try:
            return _polygons([shapely.from_wkt(text)], label), source
        except shapely.GEOSException as error:
            line = " ".join(str(error).split())[:100]
            raise InputError(f"{label}: outline is not valid WKT: {line}.") from None
    path = (folder or Path()) / text
    if not path.is_file():
        raise InputError(f"{label}: outline is neither WKT nor a file; there is no {path}.")
    if path.suffix.lower() in (".wkt", ".txt"):
        try:
            content = path.read_text(encoding="utf-8-sig")
            return _polygons([shapely.from_wkt(content)], label), source
        except (shapely.GEOSException, OSError, UnicodeDecodeError):
            raise InputError(f"{label}: {path} does not hold valid WKT.") from None
    return _vector(path, values, label)


def _vector(path: Path, values: Mapping[str, Any], label: str) -> tuple[Any, str]:
    """Polygons of a vector file, such as GeoJSON, in one."""
    import geopandas as gpd

    try:
        layer = gpd.read_file(path)
        shapes, own = list(layer.geometry), layer.crs
    except (RuntimeError, ValueError, OSError, AttributeError) as error:
        line = " ".join(str(error).split())[:100]
        raise InputError(f"{label}: cannot read the outline {path}: {line}.") from None
    if own is None and "crs" not in values:
        raise InputError(f"{label}: the outline {path} has no CRS; give it as crs.")
    return _polygons(shapes, label), crs_name(own) if own is not None else values["crs"]


def _polygons(shapes: list[Any], label: str) -> Any:
    import shapely

    kinds = {shape.geom_type if shape is not None else "nothing" for shape in shapes}
    if not shapes or not kinds <= {"Polygon", "MultiPolygon"}:
        given = ", ".join(sorted(kinds)) or "nothing"
        raise InputError(f"{label}: outline must be one or more polygons; it is {given}.")
    return _sound(shapely.union_all(shapes) if len(shapes) > 1 else shapes[0], label)


def _sound(shape: Any, label: str) -> Any:
    import shapely

    if not shape.is_valid or shape.is_empty or not _finite(shapely.bounds(shape)):
        why = shapely.is_valid_reason(shape)
        raise InputError(f"{label}: outline is not a valid polygon ({why}); draw it again.")
    return shapely.force_2d(shape)


def _finite(bounds: Any) -> bool:
    """Whether all bounds of a shape are finite."""
    return all(math.isfinite(value) for value in bounds)


def _projected(shape: Any, source: str, crs: str, label: str) -> Any:
    import numpy as np
    import shapely

    if source == crs:
        return shape
    projection = Projection(source, crs)

    def move(points: Any) -> Any:
        return np.column_stack(projection.transform(points[:, 0], points[:, 1]))

    moved = shapely.transform(shape, move)
    if not _finite(shapely.bounds(moved)):
        raise InputError(f"{label}: the outline lies nowhere in {crs}; check its coordinates.")
    return _sound(moved, label)


def _crs(text: str, label: str) -> str:
    try:
        return crs_name(text)
    except HotspotsError as error:
        raise InputError(f"{label}: {error}") from None


def kept_outline(values: Mapping[str, Any], name: str, label: str, crs: str) -> Any:
    """Ground that an earlier plan has kept; None where it has none."""
    import shapely

    if name not in values:
        return None
    try:
        shape = shapely.from_wkt(values[name])
    except shapely.GEOSException:
        raise InputError(f"{label}: its {name} is not valid WKT; lift it, or run again.") from None
    source = _crs(values.get("ground_crs", crs), label)
    return _projected(_polygons([shape], label), source, crs, label)
