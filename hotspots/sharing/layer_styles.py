"""How the layers of a plan look in QGIS, and what their columns mean, inside the GeoPackage."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hotspots.frames import ENTERED, LEFT, REMAINED
from hotspots.sharing.qml import Style, Symbol, alike, qml

if TYPE_CHECKING:
    import geopandas as gpd

    from hotspots.frames import Column

_OPACITY = 191  # of 255, as on the page

#: How the layers of every plan look.
STYLES: Mapping[str, Style] = {
    "districts": alike(outline="90,90,90,255", width_mm=0.4, label="district"),
    "hotspots": alike(outline="122,4,3,255", fill="221,81,58,40", width_mm=0.6, label="hotspot_id"),
    "candidates": alike(outline="110,110,110,255", width_mm=0.3, line="dash"),
    "changes": Style(
        column="change",
        symbols={
            ENTERED: ("Entered", Symbol(outline="0,96,43,255", width_mm=0.9)),
            REMAINED: ("Remained", Symbol(outline="70,70,70,255", width_mm=0.5)),
            LEFT: ("Left", Symbol(outline="11,87,208,255", width_mm=0.7, line="dot")),
        },
    ),
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


def contour_style(contours: gpd.GeoDataFrame, colours: Sequence[str]) -> Style:
    """Colour the classes as the page does, with their bounds in the legend."""
    symbols = {}
    for row in contours.itertuples(index=False):
        number, low, high = row[:3]
        colour = ",".join(str(part) for part in bytes.fromhex(colours[number - 1][1:]))
        top = f"to {high:,g}" if high == high else "and more"
        says = f"{low:,g} {top} per km² and month"
        symbols[str(number)] = (says, Symbol(fill=f"{colour},{_OPACITY}", line="no"))
    return Style(column="class", symbols=symbols)


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
            (name, name, qml(style), time),
        )
