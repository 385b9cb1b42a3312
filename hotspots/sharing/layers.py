"""The plan of record: a GeoPackage that opens styled in QGIS, and from which all is drawn again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots import frames
from hotspots.sharing.contours import contours
from hotspots.sharing.disclosure import for_audience
from hotspots.sharing.files import FIXED_TIME, clean_text, replacing
from hotspots.sharing.history import with_plan
from hotspots.sharing.layer_styles import STYLES, add_styles, contour_style, describe_columns
from hotspots.sharing.plan_lists import add_density, add_frames, lists
from hotspots.sharing.provenance import check_provenance
from hotspots.sharing.raster import colours_of, monthly_classes

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from hotspots.frames import Column, History, Plan
    from hotspots.sharing.qml import Style

CONTOURS = "density_contours"

# of the format; QGIS of 2022 warns of a later one
_VERSION = "1.3"

_TIME = FIXED_TIME.strftime("%Y-%m-%dT%H:%M:%S.000Z")

#: Columns of the layer of hotspots: they come with their hours.
COLUMNS: Mapping[str, Sequence[Column]] = {
    **frames.TABLES,
    "hotspots": frames.HOTSPOTS
    + tuple(c for c in frames.ALLOCATION if c.name not in frames.names(frames.HOTSPOTS)),
}


def write_geopackage(
    plan: Plan, path: str | Path, *, note: str = "", earlier: History | None = None
) -> Path:
    """Write the whole plan into one GeoPackage, from which `hotspots.read_plan` gives it back.

    Layers are multipolygons in the working CRS, each with a style that QGIS takes by itself.
    Columns are the published ones, in their order, with unit and meaning. docs/plan-file.md says
    what each layer, table and list holds. The same plan always gives the same bytes.

    Parameters
    ----------
    plan
        The plan; it is not changed. What goes beyond the audience of its settings is left out.
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
    plan = for_audience(plan)
    if plan.audience != "restricted":
        note, earlier = "", None  # what the plans before it held is not for others
    check_provenance(plan.provenance)
    path = Path(path)
    layers = _layers(plan)
    styles = {**STYLES, CONTOURS: _contour_style(plan, layers[CONTOURS])}
    tables = _tables(plan, with_plan(plan, note, earlier=earlier))
    with replacing(path) as temporary:
        with _fixed_time():
            for name, layer in layers.items():
                _append(
                    published(layer, name),
                    temporary,
                    name,
                    geometry_type="MultiPolygon",
                    promote_to_multi=True,
                )
            for name, table in tables.items():
                _append(published(table, name), temporary, name)
            for name, table in lists(plan).items():
                _append(table, temporary, name)
        with closing(sqlite3.connect(temporary)) as database, database:
            add_density(database, plan.targeting.density, _TIME)
            surfaces = ["density"]
            if plan.targeting.frames:
                add_frames(database, plan.targeting.frames, _TIME)
                surfaces.append("density_frames")
            columns = {name: COLUMNS[name] for name in (*layers, *tables, *surfaces)}
            describe_columns(database, columns)
            add_styles(database, {name: styles[name] for name in layers}, _TIME)
    return path


def _layers(plan: Plan) -> dict[str, gpd.GeoDataFrame]:
    targeting = plan.targeting
    months = max(1, len(targeting.quality.months))
    monthly, breaks = monthly_classes(targeting.density, months)
    layers = {
        "districts": targeting.districts,
        "hotspots": plan.hotspots,
        "candidates": targeting.candidates,
        CONTOURS: contours(targeting.density, monthly, breaks, targeting.districts),
    }
    if targeting.changes is not None:
        layers["changes"] = targeting.changes
    return layers


def _contour_style(plan: Plan, layer: gpd.GeoDataFrame) -> Style:
    months = max(1, len(plan.targeting.quality.months))
    _, breaks = monthly_classes(plan.targeting.density, months)
    return contour_style(layer, colours_of(plan.settings.sharing.palette, len(breaks)))


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


def published(table: Any, name: str) -> Any:
    """Select the published columns in their order and kinds, with text that the format can hold."""
    columns = COLUMNS[name]
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

    if not path.exists():
        options["dataset_options"] = {"VERSION": _VERSION}
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
