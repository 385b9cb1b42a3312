"""Reading an earlier plan, so that its hotspots keep their ids."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.frames import (
    LEFT,
    LEFT_EARLIER,
    MAP_POINTS,
    OVERRIDES,
    PREVIOUS,
    MapPoints,
    Override,
    Previous,
    names,
    require,
)
from hotspots.geo import reproject
from hotspots.intake.overrides import carried_overrides

if TYPE_CHECKING:
    import pandas as pd

#: Digits in the sketch of the places of a plan.
_DIGITS = 1_024
_WRITTEN_BY = "give a plan.gpkg that hotspots run has written"


def read_previous(path: str | Path, crs: str) -> Previous:
    """Read the hotspots of an earlier plan.

    Parameters
    ----------
    path
        The plan's GeoPackage.
    crs
        CRS to bring them into.

    Returns
    -------
    Previous
        Its hotspots; those that had left before it, whose ids are not used again; and the
        overrides that were in force.

    Raises
    ------
    InputError
        It is no plan of record of ours: an edition for others, not a GeoPackage, without hotspots
        or their columns, ids that are empty or repeated, shapes that are no polygons, or an
        override that cannot be read.
    """
    import pyogrio
    from pyogrio.errors import DataSourceError

    path = Path(path)
    if not path.is_file():
        raise InputError(f"There is no earlier plan {path}; {_WRITTEN_BY}.")
    try:
        layers = {str(name) for name, _ in pyogrio.list_layers(path)}
        if "hotspots" not in layers:
            raise InputError(f"The earlier plan {path} has no layer hotspots; {_WRITTEN_BY}.")
        _refuse_edition(path, layers)
        found = pyogrio.read_dataframe(path, layer="hotspots")
        listed, points, around, kept, sets = (
            pyogrio.read_dataframe(path, layer=name) if name in layers else None
            for name in ("changes", "map_points", "districts", "overrides", "override_sets")
        )
    except DataSourceError:
        raise InputError(
            f"The earlier plan {path} is not a file of layers; {_WRITTEN_BY}."
        ) from None
    what = f"The layer hotspots of the earlier plan {path}"
    require(found, names(PREVIOUS), what)
    _check(found, what)
    hotspots = reproject(found[[*names(PREVIOUS), "geometry"]], crs)
    for column in PREVIOUS:
        if column.kind == "str":
            hotspots[column.name] = hotspots[column.name].astype(str)
    overrides, mentioned = _decided(kept, sets, path, crs)
    return Previous(
        hotspots.sort_values("hotspot_id", ignore_index=True),
        _retired(listed, what),
        overrides=overrides,
        mentioned=mentioned,
        districts=() if around is None or "district" not in around else _texts(around["district"]),
        map_points=_map_points(points, what),
    )


def _decided(
    kept: pd.DataFrame | None, sets: pd.DataFrame | None, path: Path, crs: str
) -> tuple[list[Override], list[str]]:
    """Overrides that were in force, and ids that their record names."""
    overrides: list[Override] = []
    mentioned: list[str] = []
    if kept is not None:
        what = f"The table overrides of the earlier plan {path}"
        require(kept, names(OVERRIDES), what)
        overrides = carried_overrides(kept.fillna({"hotspot_id": ""}), what, crs)
    if sets is not None:
        require(sets, ["hotspot_id"], f"The table override_sets of the earlier plan {path}")
        mentioned = sorted(set(sets["hotspot_id"].dropna().astype(str)))
    return overrides, mentioned


def _map_points(table: pd.DataFrame | None, what: str) -> MapPoints | None:
    """Sketch of its places; None where it holds none."""
    if table is None or table.empty:
        return None
    require(table, names(MAP_POINTS), f"{what}: its table map_points")
    row = table.fillna("").iloc[0]
    sound = re.fullmatch(f"([0-3-]{{{_DIGITS}}})?", str(row["sketch"])) and row["places"] != ""
    if not sound or (row["sketch"] and int(row["places"]) < 1):
        raise InputError(f"{what}: its table map_points is spoilt; {_WRITTEN_BY}.")
    return MapPoints(int(row["places"]), str(row["crs"]), str(row["sketch"]))


def _texts(column: pd.Series[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in column)


def _refuse_edition(path: Path, layers: set[str]) -> None:
    """Refuse an edition: its counts are withheld or those of bands."""
    import pyogrio

    if "provenance" not in layers:
        return
    said = pyogrio.read_dataframe(path, layer="provenance", read_geometry=False)
    if {"key", "value"} <= set(said):
        audience = said["value"][said["key"] == "audience"].tolist() or ['"restricted"']
        if audience[0] != '"restricted"':
            raise InputError(
                f"The earlier plan {path} is the {str(audience[0]).strip(chr(34))} edition, in "
                "which counts are left out; give the plan of record."
            )


def _check(found: Any, what: str) -> None:
    """Refuse what cannot be compared with."""
    if "geometry" not in found or found.crs is None:
        raise InputError(f"{what} has no geometry or no CRS; {_WRITTEN_BY}.")
    ids = found["hotspot_id"].astype(object)
    repeated = sorted({str(one) for one in ids[ids.duplicated()]})
    if ids.isna().any() or (ids == "").any() or repeated:
        wrong = f"the id {repeated[0]!r} twice" if repeated else "a hotspot without an id"
        raise InputError(f"{what} holds {wrong}; {_WRITTEN_BY}.")
    shapes = found.geometry
    sound = shapes.geom_type.isin(["Polygon", "MultiPolygon"]) & shapes.is_valid & ~shapes.is_empty
    if not sound.all():
        wrong_id = ids[~sound].iloc[0]
        raise InputError(f"{what}: {wrong_id!r} is not a valid polygon; {_WRITTEN_BY}.")
    for name in ("incidents", "incidents_per_day"):
        if found[name].dtype.kind not in "iuf":
            raise InputError(f"{what}: the column {name} does not hold numbers; {_WRITTEN_BY}.")


def _retired(listed: pd.DataFrame | None, what: str) -> pd.DataFrame:
    """Hotspots that had left by then: id, name and district."""
    import pandas as pd

    wanted = ["previous_id", "name", "district"]
    if listed is None:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in wanted})
    require(listed, ["change", *wanted], f"{what}: its table changes")
    gone = listed[listed["change"].isin([LEFT, LEFT_EARLIER])]
    table: pd.DataFrame = gone[wanted].fillna("").astype(str).drop_duplicates("previous_id")
    return table.sort_values("previous_id", ignore_index=True)


def read_last_hours(path: str | Path) -> dict[str, float]:
    """Officer-hours of each hotspot of an earlier plan, by id; none where it holds none.

    Parameters
    ----------
    path
        A plan that `read_previous` reads.
    """
    import pyogrio

    found = pyogrio.read_dataframe(path, layer="hotspots", read_geometry=False)
    if "officer_hours" not in found or found["officer_hours"].dtype.kind not in "iuf":
        return {}
    known = found[found["officer_hours"].notna()]
    return dict(zip(known["hotspot_id"].astype(str), known["officer_hours"], strict=True))
