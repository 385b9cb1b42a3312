"""The plan of record: a GeoPackage that opens styled in QGIS."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from hotspots import frames
from hotspots.sharing.disclosure import for_audience
from hotspots.sharing.files import FIXED_TIME, clean_text, replacing
from hotspots.sharing.provenance import check_provenance, to_json

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.frames import Column, Plan

_TIME = FIXED_TIME.strftime("%Y-%m-%dT%H:%M:%S.000Z")

_HOTSPOTS = frames.HOTSPOTS + tuple(
    column for column in frames.ALLOCATION if column.name not in frames.names(frames.HOTSPOTS)
)

_Style = tuple[Sequence["Column"], str, str, str, str]

#: Spatial layers: columns, outline, fill (red, green, blue, opacity), width in mm, label.
_LAYERS: Mapping[str, _Style] = {
    "districts": (frames.DISTRICTS, "90,90,90,255", "0,0,0,0", "0.4", "district"),
    "hotspots": (_HOTSPOTS, "122,4,3,255", "221,81,58,70", "0.6", "hotspot_id"),
    "candidates": (frames.CANDIDATES, "110,110,110,255", "0,0,0,0", "0.3", ""),
}

# Outlines of former hotspots, where there is an earlier plan.
_LEFT_LAYER = (frames.CHANGES, "70,90,110,255", "0,0,0,0", "0.4", "previous_id")

#: Tables of names and values.
_LISTS = ("settings", "choices", "quality", "provenance", "messages")

# The table in which QGIS keeps styles, exactly as QGIS makes it.
_STYLE_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
)
"""

# The columns' units and meanings, by the schema extension of the GeoPackage standard.
_COLUMN_TABLE = """
CREATE TABLE gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
    description TEXT, mime_type TEXT, constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
    CONSTRAINT gdc_tn UNIQUE (table_name, name)
)
"""


def write_geopackage(plan: Plan, path: str | Path) -> Path:
    """Write the whole plan into one GeoPackage.

    Layers ``districts``, ``hotspots`` (with their hours) and ``candidates`` in the working CRS,
    all as multipolygons, each with a style that QGIS takes by itself; tables ``allocation``,
    ``alternatives`` and ``budget_curve``, and ``hotspot_times`` and ``hotspot_peaks`` where hours
    are known; lists ``settings``, ``choices``, ``quality``,
    ``provenance`` and ``messages``, whose values are JSON text. Columns are the published ones,
    in their order, with unit and meaning. Beside an earlier plan there are a table ``changes`` and
    a layer ``left`` of the outlines of former hotspots. The same plan always gives the same bytes.

    Parameters
    ----------
    plan
        The plan; it is not changed. What goes beyond the audience of its settings is left out.
    path
        The file; a former one is replaced when the new one is complete.

    Raises
    ------
    InputError
        A table of the plan lacks a published column, or nobody is attributed.
    OutputError
        The file cannot be written.
    """
    import pyogrio

    plan = for_audience(plan)
    check_provenance(plan.provenance)
    path = Path(path)
    layers = {
        "districts": plan.targeting.districts,
        "hotspots": plan.hotspots,
        "candidates": plan.targeting.candidates,
    }
    styles = dict(_LAYERS)
    tables = {
        "allocation": plan.allocation.table,
        "alternatives": plan.allocation.alternatives,
        "budget_curve": plan.allocation.budget_curve,
    }
    if plan.targeting.times is not None and plan.targeting.peaks is not None:
        tables |= {"hotspot_times": plan.targeting.times, "hotspot_peaks": plan.targeting.peaks}
    changes = plan.targeting.changes
    if changes is not None:
        layers["left"] = changes[changes["change"] == frames.LEFT]
        styles["left"] = _LEFT_LAYER
        tables["changes"] = changes.drop(columns="geometry")
    with replacing(path) as temporary:
        with _fixed_time():
            for name, (columns, *_) in styles.items():
                pyogrio.write_dataframe(
                    _published(layers[name], columns, name),
                    temporary,
                    layer=name,
                    driver="GPKG",
                    append=temporary.exists(),
                    geometry_type="MultiPolygon",
                    promote_to_multi=True,
                )
            for name, table in tables.items():
                _append(_published(table, frames.TABLES[name], name), temporary, name)
            for name, table in _lists(plan).items():
                _append(table, temporary, name)
        with closing(sqlite3.connect(temporary)) as database, database:
            _describe_columns(database, styles, tables)
            _add_styles(database, styles)
    return path


def _published(table: Any, columns: Sequence[Column], what: str) -> Any:
    """Select the published columns in their order and kinds, with text that the format can hold."""
    wanted = frames.names(columns)
    frames.require(table, wanted, what)
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


def _append(table: pd.DataFrame, path: Path, name: str) -> None:
    import pyogrio

    pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=True)


def _lists(plan: Plan) -> dict[str, pd.DataFrame]:
    """Make settings, choices, quality, provenance and messages tables of names and values."""
    import pandas as pd

    targeting, allocation = plan.targeting, plan.allocation
    settings = [
        (f"{room}.{key}", _json(value))
        for room, values in plan.settings.to_dict().items()
        for key, value in values.items()
    ]
    choices = [(choice.setting, choice.value, choice.rule) for choice in targeting.choices]
    quality = []
    for measure, value in targeting.quality.to_dict().items():
        parts = value if measure in ("left_out", "facts") else {"": value}
        for part, one in parts.items():
            quality.append((f"{measure}.{part}" if part else measure, _json(one)))
    provenance = [(key, _json(value)) for key, value in plan.provenance.items()]
    messages = [("targeting", text) for text in targeting.messages]
    messages += [("tasking", text) for text in allocation.messages]
    columns = (
        ["key", "value"],
        ["setting", "value", "rule"],
        ["measure", "value"],
        ["key", "value"],
        ["room", "message"],
    )
    rows: tuple[list[Any], ...] = (settings, choices, quality, provenance, messages)
    return {
        name: pd.DataFrame(
            [[clean_text(str(cell)) for cell in row] for row in some], columns=header, dtype="str"
        )
        for name, header, some in zip(_LISTS, columns, rows, strict=True)
    }


def _json(value: object) -> str:
    """Value as JSON text on one line."""
    return to_json(value, indent=None).strip()


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


def _describe_columns(
    database: sqlite3.Connection, styles: Mapping[str, _Style], tables: Iterable[str]
) -> None:
    database.execute(_COLUMN_TABLE)
    published = {name: columns for name, (columns, *_) in styles.items()}
    published |= {name: frames.TABLES[name] for name in tables}
    for table, columns in published.items():
        database.executemany(
            "INSERT INTO gpkg_data_columns VALUES (?, ?, NULL, NULL, ?, NULL, NULL)",
            [
                (table, column.name, " | ".join(filter(None, (column.unit, column.meaning))))
                for column in columns
            ],
        )
    database.execute(
        "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, "
        "extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, "
        "CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))"
    )
    database.execute(
        "INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema', "
        "'http://www.geopackage.org/spec121/#extension_schema', 'read-write')"
    )


def _add_styles(database: sqlite3.Connection, styles: Mapping[str, _Style]) -> None:
    database.execute(_STYLE_TABLE)
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', 'styles for QGIS', ?)",
        (_TIME,),
    )
    for name, (_, outline, fill, width_mm, label) in styles.items():
        database.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
            "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, "
            "ui, update_time) VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '', NULL, ?)",
            (name, name, _qml(outline, fill, width_mm, label), _TIME),
        )


def _qml(outline: str, fill: str, width_mm: str, label: str) -> str:
    """Style in QGIS's language: outline, light fill, and a label that names one column."""
    properties = {
        "color": fill,
        "style": "solid",
        "outline_color": outline,
        "outline_style": "solid",
        "outline_width": width_mm,
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    options = "".join(
        f"<Option type='QString' name={quoteattr(key)} value={quoteattr(value)}/>"
        for key, value in properties.items()
    )
    labels = (
        "<labeling type='simple'><settings calloutType='simple'>"
        f"<text-style fieldName={quoteattr(label)} isExpression='0' fontSize='9' "
        f"fontSizeUnit='Point' fontWeight='75' textColor={quoteattr(outline)} textOpacity='1'>"
        "<text-buffer bufferDraw='1' bufferSize='0.8' bufferSizeUnits='MM' "
        "bufferColor='255,255,255,255' bufferOpacity='1'/></text-style>"
        "<placement placement='1'/><rendering drawLabels='1' obstacle='0'/>"
        "</settings></labeling>"
    )
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        f"<qgis version='3.34.0' styleCategories='Symbology|Labeling' "
        f"labelsEnabled='{bool(label):d}'>"
        "<renderer-v2 type='singleSymbol' forceraster='0' symbollevels='0' enableorderby='0'>"
        "<symbols><symbol type='fill' name='0' alpha='1' clip_to_extent='1' force_rhr='0'>"
        "<layer class='SimpleFill' enabled='1' locked='0' pass='0'>"
        f"<Option type='Map'>{options}</Option></layer></symbol></symbols></renderer-v2>"
        f"{labels if label else ''}</qgis>\n"
    )
