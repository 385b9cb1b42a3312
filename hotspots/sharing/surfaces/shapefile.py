"""The hotspots as a zipped shapefile, with what a shapefile cannot hold beside it."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from hotspots.sharing.files import FIXED_TIME
from hotspots.sharing.layers import COLUMNS, published
from hotspots.sharing.surfaces.about import sentences
from hotspots.sharing.surfaces.table import csv_text, hotspot_table

if TYPE_CHECKING:
    from hotspots.frames import Plan

_MOST_BYTES = 254  # of a text in a DBF file
_MOST_LETTERS = 10  # of a name there

#: Names in the shapefile; those that are short enough stay.
_SHORT = {
    "district_code": "dist_code",
    "rank_in_district": "rank_dist",
    "incident_share": "inc_share",
    "other_incidents": "inc_other",
    "price_per_km2": "price_km2",
    "excess_incidents": "inc_excess",
    "incidents_per_km2": "inc_km2",
    "incidents_per_day": "inc_day",
    "peak_per_km2": "peak_km2",
    "periods_hot": "months_hot",
    "periods": "months",
    "paired_with": "paired",
    "shrunk_incidents": "inc_shrunk",
    "rank_by_excess": "rank_exc",
    "rank_by_incidents": "rank_inc",
    "rank_by_shrunk": "rank_shr",
    "rank_by_harm": "rank_harm",
    "envelope_p": "envelope_p",
    "months_hot": "which_mon",
    "hotspot_class": "class",
    "trend_high": "trend_hi",
    "main_categories": "categories",
    "officer_hours": "hours",
    "visits_per_day": "visits_day",
    "hours_per_week": "hours_week",
    "hours_share": "hours_sh",
    "covered_incidents": "inc_cover",
    "equal_hours": "hours_eq",
    "proportional_hours": "hours_prop",
}


def short_names(columns: Iterable[str]) -> dict[str, str]:
    """Names of at most ten letters, each once, in the order of the columns.

    Examples
    --------
    >>> short_names(["name", "officer_hours", "something_new_here", "something_new"])
    {'name': 'name', 'officer_hours': 'hours', 'something_new_here': 'something_', \
'something_new': 'somethin_2'}
    """
    names: dict[str, str] = {}
    for column in columns:
        short = _SHORT.get(column, column)[:_MOST_LETTERS]
        number = 2
        while short in names.values():
            ending = f"_{number}"
            short = column[: _MOST_LETTERS - len(ending)] + ending
            number += 1
        names[column] = short
    return names


def write_shapefile(plan: Plan, path: Path) -> None:
    """Write hotspots.shp and its companions, names.csv, hotspots.csv and README.txt, in a zip."""
    import pyogrio

    table = published(plan.hotspots, "hotspots")
    columns = {column.name: column for column in COLUMNS["hotspots"]}
    names = short_names(columns)
    listed = pd.DataFrame(
        [(names[c.name], c.name, c.unit, c.meaning) for c in columns.values()],
        columns=["name", "column", "unit", "meaning"],
    )
    for column in columns.values():
        if column.kind == "str":
            table[column.name] = table[column.name].map(_cut, na_action="ignore")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        pyogrio.write_dataframe(
            table.rename(columns=names),
            Path(folder) / "hotspots.shp",
            driver="ESRI Shapefile",
            geometry_type="Polygon",
            encoding="UTF-8",
            layer_options={"DBF_DATE_LAST_UPDATE": FIXED_TIME.strftime("%Y-%m-%d")},
        )
        parts = {file.name: file.read_bytes() for file in sorted(Path(folder).iterdir())}
    parts |= {
        "names.csv": csv_text(listed).encode("utf-8-sig"),
        "hotspots.csv": csv_text(hotspot_table(plan)).encode("utf-8-sig"),
        "README.txt": "\r\n".join([*_readme(), "", *sentences(plan), ""]).encode("utf-8-sig"),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, FIXED_TIME.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)


def _readme() -> list[str]:
    return [
        "hotspots.shp: hotspots and their hours. A shapefile holds names of ten letters and texts "
        "of 254 bytes:",
        "names.csv says which column each name stands for, and hotspots.csv has every text whole.",
    ]


def _cut(text: str) -> str:
    """Text that a DBF file can hold; what is cut ends with dots."""
    if len(text.encode()) <= _MOST_BYTES:
        return text
    return text.encode()[: _MOST_BYTES - 3].decode(errors="ignore") + "..."
