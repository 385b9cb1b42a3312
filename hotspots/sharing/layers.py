"""The plan of record: a GeoPackage that opens styled in QGIS, and from which all is drawn again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots import frames
from hotspots.sharing.files import FIXED_TIME, clean_text, replacing
from hotspots.sharing.history import with_plan
from hotspots.sharing.layer_styles import STYLES, add_styles, describe_columns
from hotspots.sharing.plan_lists import add_density, lists
from hotspots.sharing.provenance import check_provenance

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from hotspots.frames import Column, History, Plan

_TIME = FIXED_TIME.strftime("%Y-%m-%dT%H:%M:%S.000Z")

#: Columns of the layer of hotspots: they come with their hours.
_COLUMNS: Mapping[str, Sequence[Column]] = {
    **frames.TABLES,
    "hotspots": frames.HOTSPOTS
    + tuple(c for c in frames.ALLOCATION if c.name not in frames.names(frames.HOTSPOTS)),
}


def write_geopackage(
    plan: Plan, path: str | Path, *, note: str = "", earlier: History | None = None
) -> Path:
    """Write the whole plan into one GeoPackage, from which `hotspots.read_plan` gives it back.

    Layers ``districts``, ``hotspots`` (with their hours) and ``candidates`` in the working CRS,
    all as multipolygons, each with a style that QGIS takes by itself, and ``changes`` beside an
    earlier plan; tables ``allocation``, ``alternatives`` and ``budget_curve``, and
    ``hotspot_times`` and ``hotspot_peaks`` where hours are known, `frames.PLAN_HOURS` where
    tasking made them, ``overrides`` and ``override_sets`` where people decided about hotspots,
    ``sweep`` where settings were swept, and ``map_points``, a sketch of the places that names
    none; the lists of `frames.PLAN_LISTS`, whose values are JSON text; the surface in
    ``density``, rounded as `hotspots.packing.surface_step` says; ``history`` and
    ``history_allocation``. Columns are the published ones, in their order, with unit and
    meaning. The same plan always gives the same bytes.

    Parameters
    ----------
    plan
        The plan; it is not changed.
    path
        The file; a former one is replaced when the new one is complete.
    note
        Why this plan was made.
    earlier
        The plans before it, with the hours they had.

    Raises
    ------
    InputError
        A table of the plan lacks a published column, or nobody is attributed.
    OutputError
        The file cannot be written.
    """
    check_provenance(plan.provenance)
    path = Path(path)
    layers = _layers(plan)
    tables = _tables(plan, with_plan(plan, note, earlier=earlier))
    with replacing(path) as temporary:
        with _fixed_time():
            for name, layer in layers.items():
                _append(
                    _published(layer, name),
                    temporary,
                    name,
                    geometry_type="MultiPolygon",
                    promote_to_multi=True,
                )
            for name, table in tables.items():
                _append(_published(table, name), temporary, name)
            for name, table in lists(plan).items():
                _append(table, temporary, name)
        with closing(sqlite3.connect(temporary)) as database, database:
            add_density(database, plan.targeting.density, _TIME)
            columns = {name: _COLUMNS[name] for name in (*layers, *tables, "density")}
            describe_columns(database, columns)
            add_styles(database, {name: STYLES[name] for name in layers}, _TIME)
    return path


def _layers(plan: Plan) -> dict[str, gpd.GeoDataFrame]:
    targeting = plan.targeting
    layers = {
        "districts": targeting.districts,
        "hotspots": plan.hotspots,
        "candidates": targeting.candidates,
    }
    if targeting.changes is not None:
        layers["changes"] = targeting.changes
    return layers


def _tables(plan: Plan, history: History) -> dict[str, pd.DataFrame]:
    import pandas as pd

    targeting, allocation = plan.targeting, plan.allocation
    tables = {
        "allocation": allocation.table,
        "alternatives": allocation.alternatives,
        "budget_curve": allocation.budget_curve,
    }
    if targeting.times is not None and targeting.peaks is not None:
        tables |= {"hotspot_times": targeting.times, "hotspot_peaks": targeting.peaks}
    if plan.overrides is not None and targeting.decided is not None:
        tables |= {"overrides": plan.overrides, "override_sets": targeting.decided.sets}
    if targeting.sweep is not None:
        tables["sweep"] = targeting.sweep
    if targeting.map_points is not None:
        tables["map_points"] = pd.DataFrame([asdict(targeting.map_points)])
    for name in frames.PLAN_HOURS:
        if (table := getattr(allocation, name)) is not None:
            tables[name] = table
    return tables | {"history": history.plans, "history_allocation": history.allocation}


def _published(table: Any, name: str) -> Any:
    """Select the published columns in their order and kinds, with text that the format can hold."""
    columns = _COLUMNS[name]
    wanted = frames.names(columns)
    frames.require(table, wanted, name)
    geometry = ["geometry"] if hasattr(table, "geometry") else []
    result = table[wanted + geometry].copy()
    for column in columns:
        if column.kind == "str":
            text = result[column.name].astype(object)
            result[column.name] = text.map(lambda value: clean_text(str(value)), na_action="ignore")
        elif not result[column.name].isna().any():
            kinds = {"int": "int64", "float": "float64", "bool": "bool"}
            result[column.name] = result[column.name].astype(kinds[column.kind])
    return result


def _append(table: pd.DataFrame, path: Path, name: str, **options: Any) -> None:
    import pyogrio

    pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=path.exists(), **options)


@contextmanager
def _fixed_time() -> Iterator[None]:
    """Let GDAL stamp the fixed time instead of the clock's, inside the block only."""
    import pyogrio

    key = "OGR_CURRENT_DATE"
    before = pyogrio.get_gdal_config_option(key)
    pyogrio.set_gdal_config_options({key: _TIME})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({key: before})
