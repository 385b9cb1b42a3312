"""Columns of districts and of incidents as weighted places and moments."""

from __future__ import annotations

from collections.abc import Mapping

from hotspots.frames.column import Column

BOUNDARIES: tuple[Column, ...] = (
    Column("district_code", "str", "", "three letters or digits that begin the hotspot ids"),
    Column("district", "str", "", "name of the district"),
    Column("police_force", "str", "", "police force; may be empty"),
    Column("area_km2", "float", "km²", "area of the polygon"),
)


DISTRICTS: tuple[Column, ...] = (
    *BOUNDARIES,
    Column("incidents", "int", "incidents", "incidents of the selecting categories inside"),
)


# Texts of places may be categorical, each text held once.
PLACES: tuple[Column, ...] = (
    Column("x_m", "float", "m", "easting in the working CRS"),
    Column("y_m", "float", "m", "northing in the working CRS"),
    Column("period", "str", "", "month, YYYY-MM"),
    Column("category", "str", "", "offence category"),
    Column("selecting", "bool", "", "whether the category counts when hotspots are chosen"),
    Column("weight", "int", "incidents", "incidents at this place, month and category"),
    Column("location", "str", "", "street or place name as recorded; may be empty"),
    Column("district", "str", "", "district that contains the place; empty outside all"),
)


# One row per position, start, end and category.
MOMENTS: tuple[Column, ...] = (
    Column("x_m", "float", "m", "easting in the working CRS"),
    Column("y_m", "float", "m", "northing in the working CRS"),
    Column("district", "str", "", "district that contains the position; empty outside all"),
    Column("category", "str", "", "offence category"),
    Column("selecting", "bool", "", "whether the category counts when hotspots are chosen"),
    Column("start", "time", "", "local time, to the minute; midnight where only the day is known"),
    Column("end", "time", "", "end of the span, to the minute; empty where there is none"),
    Column("timed", "bool", "", "whether start has a time of day"),
    Column("weight", "int", "incidents", "incidents at this position, with this start and end"),
)


#: Why a row does not count, in the order in which the reasons are tried.
REASONS: Mapping[str, str] = {
    "unreadable_row": "row cannot be parsed",
    "no_coordinates": "no coordinates",
    "unreadable_coordinates": "coordinates unreadable or impossible",
    "null_island": "at 0, 0 (null island)",
    "unreadable_date": "date unreadable",
    "outside_months": "outside the months asked for",
    "repeated_id": "repeated incident id",
    "other_category": "other category (shown, does not select)",
    "outside_districts": "outside the districts",
}
