"""Reading a plan of record back, whole."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import HotspotsError, InputError, SettingsError
from hotspots.frames import (
    ALLOCATION,
    CANDIDATES,
    CHANGES,
    HOTSPOTS,
    PLAN_HOURS,
    TABLES,
    Allocation,
    Choice,
    Decided,
    History,
    MapPoints,
    Plan,
    Quality,
    Targeting,
    names,
)
from hotspots.intake.overrides import carried_overrides
from hotspots.intake.plan_base import PlanBase
from hotspots.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from hotspots.frames import Column


def read_plan(path: str | Path) -> Plan:
    """Read a plan of record back, with everything that is needed to draw or re-plan it.

    Shapes, tables, settings, quality and provenance are those that were written. The surface is
    the rounded one that the map is drawn from (`hotspots.packing.rounded`).

    Parameters
    ----------
    path
        A ``plan.gpkg`` that `hotspots.run` or `hotspots.write_plan` has written.

    Raises
    ------
    InputError
        There is no such file; it is damaged; it is no plan, or an edition for partners or the
        public; it was written by a version that kept less; or tables were changed so that they
        contradict each other.
    """
    with PlanBase(path) as base, _damage(base):
        said = base.values("provenance")
        if (audience := said.get("audience", "restricted")) != "restricted":
            raise InputError(
                f"{path} is the {audience} edition of a plan, in which much is left out; take "
                "the plan of record, which the restricted edition is."
            )
        crs = str(base.fact("density.crs"))
        hotspots = _layer(base, "hotspots", HOTSPOTS, crs)
        table = _table(base, "allocation", ALLOCATION)
        _check_ids(base, hotspots["hotspot_id"].tolist(), table["hotspot_id"].tolist())
        settings = _settings(base, {})
        has_times = base.has("hotspot_times", "hotspot_peaks")
        density, quality = base.density(crs), _quality(base)
        targeting = Targeting(
            hotspots=hotspots,
            candidates=_layer(base, "candidates", CANDIDATES, crs),
            districts=_layer(base, "districts", TABLES["districts"], crs),
            density=density,
            quality=quality,
            settings=_settings(base, base.facts("found_with.")),
            choices=[Choice(*row) for row in base.rows("choices")],
            messages=[text for room, text in base.rows("messages") if room == "targeting"],
            origin=base.facts("origin."),
            times=_table(base, "hotspot_times") if has_times else None,
            peaks=_table(base, "hotspot_peaks") if has_times else None,
            changes=_layer(base, "changes", CHANGES, crs) if base.has("changes") else None,
            frames=base.frames(density, len(quality.months)),
            decided=_decided(base, crs),
            sweep=_table(base, "sweep") if base.has("sweep") else None,
            map_points=_map_points(base) if base.has("map_points") else None,
        )
        allocation = Allocation(
            table=table,
            alternatives=_table(base, "alternatives"),
            budget_curve=_table(base, "budget_curve"),
            budget_hours=float(base.fact("budget_hours")),
            hours_per_visit=float(base.fact("hours_per_visit")),
            days=int(base.fact("days")),
            weeks=int(base.fact("weeks")),
            messages=[text for room, text in base.rows("messages") if room == "tasking"],
            exclusion_is_exact=bool(base.fact("exclusion_is_exact")),
            budget_pounds=base.fact("budget_pounds"),
            spent_pounds=base.fact("spent_pounds"),
            method=str(base.fact("method")),
            status=str(base.fact("status")),
            bound=float(base.fact("bound")),
            **{name: _table(base, name) for name in PLAN_HOURS if base.has(name)},
        )
        overrides = None if targeting.decided is None else targeting.decided.table
        return Plan(targeting, allocation, settings, said, overrides)


def _decided(base: PlanBase, crs: str) -> Decided | None:
    """What people decided about hotspots; None where the plan has no such tables."""
    if not base.has("overrides", "override_sets"):
        return None
    table = _table(base, "overrides")
    carried_overrides(table, f"The table overrides of the plan {base.path}", crs)  # a check
    return Decided(table, _table(base, "override_sets"))


def read_history(path: str | Path) -> History:
    """Read which plans a file has held, and the hours that the earlier ones gave each hotspot.

    Raises
    ------
    InputError
        As `read_plan`.
    """
    with PlanBase(path) as base, _damage(base):
        plans = _table(base, "history")
        if plans["plan_number"].tolist() != list(range(1, len(plans) + 1)) or plans.empty:
            raise InputError(
                f"The table history of the plan {path} does not count its plans from 1; take a "
                "copy that was not edited, or run hotspots again."
            )
        return History(plans, _table(base, "history_allocation"))


@contextmanager
def _damage(base: PlanBase) -> Iterator[None]:
    """Say of whatever else goes wrong inside that the file is damaged."""
    try:
        # GDAL warns from inside its own calls, where a warning cannot be made an exception
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", RuntimeWarning)
            yield
    except HotspotsError:
        raise
    except Exception as error:
        raise base.damaged(error) from error
    for one in said:
        if issubclass(one.category, RuntimeWarning):
            raise base.damaged(one.message)
        warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)


def _layer(base: PlanBase, name: str, columns: Sequence[Column], crs: str) -> gpd.GeoDataFrame:
    """Read a layer of polygons; those of one part are polygons again."""
    import geopandas as gpd
    import shapely

    table = _table(base, name, columns, shapes=True)
    shapes = table["geometry"].to_numpy()
    known = ~shapely.is_missing(shapes)
    kinds = shapely.get_type_id(shapes[known])
    if not (((kinds == 3) | (kinds == 6)).all() and shapely.is_valid(shapes[known]).all()):
        raise InputError(
            f"The layer {name} of the plan {base.path} holds a shape that is not a valid polygon; "
            "mend it, or run hotspots again."
        )
    if name != "changes" and not known.all():
        raise InputError(
            f"The layer {name} of the plan {base.path} holds a row without a shape; run hotspots "
            "again."
        )
    one = shapely.get_num_geometries(shapes) == 1
    shapes[one] = shapely.get_geometry(shapes[one], 0)
    return gpd.GeoDataFrame(table[names(columns)], geometry=shapes, crs=crs)


def _table(
    base: PlanBase, name: str, columns: Sequence[Column] | None = None, *, shapes: bool = False
) -> Any:
    """Read a table with its published columns, each of its kind."""
    import pyogrio

    columns = TABLES[name] if columns is None else columns
    found = pyogrio.read_dataframe(base.path, layer=name, read_geometry=shapes)
    if missing := [c.name for c in columns if c.name not in found]:
        raise InputError(
            f"The table {name} of the plan {base.path} has no column {', '.join(missing)}: another "
            "version of hotspots wrote it, or it was edited; run hotspots again."
        )
    table = found[names(columns) + (["geometry"] if shapes else [])].copy()
    if odd := base.odd_column(name, columns):
        raise InputError(
            f"The table {name} of the plan {base.path}: the column {odd} holds a value of another "
            "kind; take a copy that was not edited, or run hotspots again."
        )
    for column in columns:
        values = table[column.name]
        if column.kind == "str":
            table[column.name] = values.astype("str")
        elif column.kind == "float":
            table[column.name] = values.astype("float64")
        elif column.kind == "int" and not values.isna().any():
            table[column.name] = values.astype("int64")
    return table


def _map_points(base: PlanBase) -> MapPoints:
    """Sketch of the places."""
    (row,) = _table(base, "map_points").fillna("").itertuples(index=False)
    return MapPoints(int(row.places), str(row.crs), str(row.sketch))


def _check_ids(base: PlanBase, hotspots: list[str], allocated: list[str]) -> None:
    if len(set(hotspots)) < len(hotspots) or sorted(hotspots) != sorted(allocated):
        odd = sorted(set(map(str, hotspots)) ^ set(map(str, allocated)))
        which = f"{odd[0]!r} stands in one of them only" if odd else "an id stands there twice"
        raise InputError(
            f"The plan {base.path} contradicts itself: hotspots and allocation differ, {which}; "
            "take a copy that was not edited, or run hotspots again."
        )


def _settings(base: PlanBase, changed: dict[str, Any]) -> Settings:
    tree: dict[str, dict[str, Any]] = {}
    for key, value in {**base.values("settings"), **changed}.items():
        room, _, name = key.partition(".")
        tree.setdefault(room, {})[name] = value
    try:
        return Settings.from_dict(tree)
    except SettingsError as error:
        raise InputError(
            f"The settings of the plan {base.path} are not those of this version of hotspots "
            f"({error}) Use the version {base.values('provenance').get('version')} that wrote it, "
            "or run hotspots again."
        ) from None


def _quality(base: PlanBase) -> Quality:
    tree: dict[str, Any] = {"left_out": {}, "facts": {}}
    for measure, value in base.values("quality").items():
        kind, dot, part = measure.partition(".")
        if dot and kind in tree:
            tree[kind][part] = value
        else:
            tree[measure] = value
    return Quality(**tree)
