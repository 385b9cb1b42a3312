"""How the layers of a plan look in QGIS, and what their columns mean, inside the GeoPackage."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from hotspots.frames import Column

#: Outline, fill (red, green, blue, opacity), width in mm, column of the label.
Style = tuple[str, str, str, str]

#: How each layer looks.
STYLES: Mapping[str, Style] = {
    "districts": ("90,90,90,255", "0,0,0,0", "0.4", "district"),
    "hotspots": ("122,4,3,255", "221,81,58,70", "0.6", "hotspot_id"),
    "candidates": ("110,110,110,255", "0,0,0,0", "0.3", ""),
    "changes": ("70,90,110,255", "0,0,0,0", "0.4", "previous_id"),
}

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


def describe_columns(
    database: sqlite3.Connection, published: Mapping[str, Sequence[Column]]
) -> None:
    """Say unit and meaning of every column, as the schema extension of GeoPackage has it."""
    database.execute(_COLUMN_TABLE)
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


def add_styles(database: sqlite3.Connection, styles: Mapping[str, Style], time: str) -> None:
    """Add the table of styles, one for each layer named, taken by default."""
    database.execute(_STYLE_TABLE)
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', 'styles for QGIS', ?)",
        (time,),
    )
    for name, style in styles.items():
        database.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
            "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, "
            "ui, update_time) VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '', NULL, ?)",
            (name, name, _qml(*style), time),
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
