"""District boundaries: bundled by force or name, from a file, or from a GeoDataFrame."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.geo import (
    BRITISH_NATIONAL_GRID,
    WGS84,
    check_metres,
    crs_name,
    reproject,
    working_crs,
)
from hotspots.intake.district_codes import district_codes
from hotspots.intake.incidents import VECTOR_SUFFIXES, exists, fingerprint
from hotspots.settings import DistrictSettings

if TYPE_CHECKING:
    import geopandas as gpd

_NAME_COLUMN = re.compile(r"district|name|(lad|la|ltla|wd|ctyua|utla)\d\d(nm|name)", re.IGNORECASE)
_OVERLAP_SHARE = 0.005
BUNDLED_ATTRIBUTION = (
    "Boundaries: Office for National Statistics licensed under the Open Government Licence v3.0. "
    "Contains OS data © Crown copyright and database right."
)


@cache
def bundled() -> gpd.GeoDataFrame:
    """Local-authority districts of England and Wales (2011 names), British National Grid."""
    import geopandas as gpd

    with as_file(files("hotspots.data") / "boundaries" / "districts.geojson") as path:
        return reproject(gpd.read_file(path), BRITISH_NATIONAL_GRID)


def read_districts(
    which: str | Path | gpd.GeoDataFrame, settings: DistrictSettings | None = None
) -> gpd.GeoDataFrame:
    """Read the districts of a study area.

    Parameters
    ----------
    which
        A police force (``"hertfordshire"``) or district names (``"Stevenage, Watford"``) of
        the bundled layer, the path of a vector file, or polygons with a CRS.
    settings
        Name column, repair of invalid polygons, CRS to work in.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns `hotspots.frames.BOUNDARIES`, one row per district in order of name, in a
        projected CRS in metres.

    Raises
    ------
    InputError
        A name is unknown (the nearest are offered), or the file has no CRS, no such column, no
        polygons, invalid ones or overlapping ones.

    Examples
    --------
    >>> read_districts("Stevenage, Watford")["district_code"].tolist()
    ['STV', 'WAT']
    """
    import geopandas as gpd

    settings = settings or DistrictSettings()
    if isinstance(which, gpd.GeoDataFrame):
        return _keep(_prepare(which, "The districts", settings), "The districts", settings.only)
    if _is_file(which):
        layer = _prepare(_read_file(Path(which)), str(which), settings)
        return _keep(layer, str(which), settings.only)
    chosen = _pick(str(which))
    crs = check_metres(settings.crs) if settings.crs else BRITISH_NATIONAL_GRID
    return _keep(_finish(reproject(chosen, crs)), repr(str(which)), settings.only)


def _keep(layer: gpd.GeoDataFrame, what: str, only: Sequence[str]) -> gpd.GeoDataFrame:
    """Rows of the districts named in `only`; their codes stay those of the whole layer."""
    held = [str(name) for name in layer["district"]]
    for name in only:
        if name not in held:
            near = difflib.get_close_matches(name, held, n=3, cutoff=0.5)
            listed = f"nearest: {', '.join(near)}" if near else f"it holds {', '.join(held[:5])}"
            raise InputError(f"{what} holds no district {name!r}; {listed}.")
    return layer[layer["district"].isin(list(only))].reset_index(drop=True) if only else layer


def text_for(names: Collection[str]) -> str | None:
    """Text that stands for exactly these bundled districts, if there is one.

    Parameters
    ----------
    names
        Names of districts.

    Returns
    -------
    str or None
        A police force or a district name as `read_districts` takes it.

    Examples
    --------
    >>> text_for(["Stevenage"]), text_for(["Wiltshire", "Swindon"])
    ('Stevenage', 'wiltshire')
    >>> text_for(["Wiltshire"]) is None  # which is also the name of the force
    True
    """
    layer, wanted = bundled(), set(names)
    for text in [*sorted(wanted)[: len(wanted) == 1], *sorted(set(layer["police_force"]))]:
        plain = _plain(text)
        meant = (layer["district"].map(_plain) == plain) | (
            layer["police_force"].map(_plain) == plain
        )
        if set(layer.loc[meant, "district"]) == wanted:
            return str(text)
    return None


def _is_file(which: str | Path) -> bool:
    return exists(Path(which)) or str(which).lower().endswith((*VECTOR_SUFFIXES, ".zip"))


def districts_fingerprint(which: str | Path | gpd.GeoDataFrame) -> dict[str, Any]:
    """Name and SHA-256 of the boundaries that `which` stands for, and whether they are bundled.

    A table in memory has neither.
    """
    if not isinstance(which, str | Path):
        return {"name": None, "sha256": None, "bundled": False}
    if _is_file(which):
        path = Path(which)
        return {**fingerprint(path, path.name), "bundled": False}
    with as_file(files("hotspots.data") / "boundaries" / "districts.geojson") as path:
        return {**fingerprint(path, path.name), "bundled": True}


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name.replace("&", "and")).strip().casefold()


def _pick(text: str) -> gpd.GeoDataFrame:
    """Rows of the bundled layer for a comma-separated list of forces and districts."""
    layer = bundled()
    districts = layer["district"].map(_plain)
    forces = layer["police_force"].map(_plain)
    rows = districts != districts
    wanted = [_plain(part) for part in text.split(",") if part.strip()]
    if not wanted:
        raise InputError("No district is named; give a police force, district names or a file.")
    for name in wanted:
        match = (districts == name) | (forces == name) | (name == "all")
        if not match.any():
            known = {**dict(zip(districts, layer["district"], strict=True))}
            known |= dict(zip(forces, layer["police_force"], strict=True))
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
            hint = (
                f"nearest: {', '.join(known[item] for item in near)}."
                if near
                else "give a police force such as hertfordshire, a district, or a boundary file."
            )
            raise InputError(
                f"No police force, district or file is called {name!r} (districts of England and "
                f"Wales by their 2011 names are bundled); {hint}"
            )
        rows = rows | match
    return layer[rows]


def _read_file(path: Path) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pyogrio

    if not path.exists():
        raise InputError(f"There is no districts file {path}; check the path.")
    try:
        if path.suffix.lower() in (".parquet", ".geoparquet"):
            return gpd.read_parquet(path)
        layers = pyogrio.list_layers(path)
        polygons = [name for name, kind in layers if "Polygon" in str(kind)]
        table = gpd.read_file(path, layer=polygons[0] if polygons else None)
    except (RuntimeError, ValueError, OSError) as error:
        line = " ".join(str(error).split())[:200]
        raise InputError(f"Cannot read districts from {path}: {line}.") from error
    if not isinstance(table, gpd.GeoDataFrame):
        raise InputError(f"{path} has no geometries; give polygons of districts.")
    return table


def _name_column(table: gpd.GeoDataFrame, what: str, wanted: str | None) -> str:
    columns = [str(name) for name in table.columns if name != table.geometry.name]
    listed = ", ".join(columns) or "none"
    if wanted is not None:
        if wanted not in columns:
            raise InputError(f"{what} has no column {wanted!r} for names; found: {listed}.")
        return wanted
    texts = [
        name for name in columns if table[name].map(lambda value: isinstance(value, str)).any()
    ]
    likely = [name for name in texts if _NAME_COLUMN.fullmatch(name)]
    for choice in (likely, texts):
        if len(choice) == 1:
            return choice[0]
    if "district" in likely:
        return "district"
    raise InputError(
        f"Which column of {what} holds the names? Give --name-column; found: {listed}."
    )


def _prepare(table: gpd.GeoDataFrame, what: str, settings: DistrictSettings) -> gpd.GeoDataFrame:
    """Check a layer of the user's and bring it to the published columns."""
    import geopandas as gpd
    import numpy as np
    import shapely

    if table.crs is None:
        raise InputError(
            f"{what} has no CRS; save it with one (QGIS: Layer > Set CRS, then export)."
        )
    if not len(table):
        raise InputError(f"{what} holds no district.")
    column = _name_column(table, what, settings.name_column)
    names = table[column].map(lambda value: "" if value is None else str(value).strip())
    names = names.where(table[column].notna(), "")
    if (names == "").any():
        raise InputError(f"{what}: row {int((names == '').argmax()) + 1} has no {column!r}.")
    shapes = shapely.force_2d(table.geometry.to_numpy())
    kinds = shapely.get_type_id(shapes)
    wrong = ~((kinds == 3) | (kinds == 6)) | shapely.is_empty(shapes)
    if wrong.any():
        first = int(wrong.argmax())
        kind = shapes[first].geom_type if shapes[first] is not None else "nothing"
        raise InputError(
            f"{what}: {names.iloc[first]!r} (row {first + 1}) is {kind}, not a polygon; "
            "give a layer of polygons."
        )
    invalid = ~shapely.is_valid(shapes)
    if invalid.any() and not settings.repair:
        first = int(invalid.argmax())
        raise InputError(
            f"{what}: {int(invalid.sum())} invalid polygons, first {names.iloc[first]!r} "
            f"({shapely.is_valid_reason(shapes[first])}); mend it (QGIS: Fix geometries) or "
            "give --repair-districts."
        )
    shapes = shapely.make_valid(shapes, method="structure") if invalid.any() else shapes
    with np.errstate(over="ignore"):  # numbers that are no coordinates are refused below
        areas = shapely.area(shapes)
    if (areas == 0).any():
        first = int((areas == 0).argmax())
        raise InputError(
            f"{what}: {names.iloc[first]!r} (row {first + 1}) has no area; remove it or draw it "
            "again."
        )
    layer = gpd.GeoDataFrame({"district": names}, geometry=shapes, crs=table.crs)
    layer["police_force"] = (
        table["police_force"].fillna("").astype(str) if "police_force" in table else ""
    )
    layer = layer.dissolve("district", aggfunc="first", as_index=False)
    target = settings.crs
    if target is None:
        west, south, east, north = reproject(layer, WGS84).total_bounds
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise InputError(
                f"{what}: its coordinates do not fit its CRS {crs_name(layer.crs)[:40]}; it spans "
                f"{', '.join(f'{value:.5g}' for value in layer.total_bounds)}. Set the right CRS."
            )
        target = working_crs((west + east) / 2, (south + north) / 2)
    prepared = _finish(reproject(layer, check_metres(target)))
    _check_overlaps(prepared, what)
    return prepared


def _finish(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add codes and areas, put rows in order of name and columns in published order."""
    layer = layer.sort_values("district", kind="stable", ignore_index=True)
    if "district_code" not in layer:
        layer["district_code"] = layer["district"].map(district_codes(layer["district"]))
    if "police_force_name" in layer:
        layer["police_force"] = layer["police_force_name"]
    layer["area_km2"] = layer.geometry.area / 1e6
    layer = layer.rename_geometry("geometry") if layer.geometry.name != "geometry" else layer
    return layer[["district_code", "district", "police_force", "area_km2", "geometry"]]


def _check_overlaps(layer: gpd.GeoDataFrame, what: str) -> None:
    import numpy as np
    import shapely

    shapes = layer.geometry.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = left < right
    left, right = left[pairs], right[pairs]
    shared = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    areas = shapely.area(shapes)
    bad = shared > _OVERLAP_SHARE * np.minimum(areas[left], areas[right])
    if bad.any():
        first = int(bad.argmax())
        one, other = (layer["district"].iloc[side[first]] for side in (left, right))
        raise InputError(
            f"{what}: {one!r} and {other!r} overlap by {shared[first] / 1e6:.3g} km²; an incident "
            "must lie in one district: mend the layer."
        )
