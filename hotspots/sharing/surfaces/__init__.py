"""Other surfaces for the same plan: one function that takes what the file's ending asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import SettingsError
from hotspots.sharing.disclosure import for_audience
from hotspots.sharing.files import replacing
from hotspots.sharing.provenance import check_provenance

if TYPE_CHECKING:
    from hotspots.frames import Plan
    from hotspots.settings import Audience

#: Ending of the file -> module and function that fills it, and what it is.
_WRITERS: Mapping[str, tuple[str, str, str]] = {
    ".html": ("page_file", "write_page", "page"),
    ".svg": ("picture_file", "write_svg", "static map"),
    ".png": ("picture_file", "write_png", "static map"),
    ".kml": ("kml", "write_kml", "Google Earth"),
    ".geojson": ("geojson", "write_geojson", "hotspots, longitude and latitude"),
    ".parquet": ("parquet", "write_parquet", "hotspots, GeoParquet"),
    ".shp.zip": ("shapefile", "write_shapefile", "hotspots, zipped shapefile"),
    ".csv": ("table", "write_csv", "hotspots, table"),
    ".xlsx": ("page_file", "write_xlsx", "workbook"),
}

#: Endings that `write_surface` knows.
ENDINGS: tuple[str, ...] = tuple(_WRITERS)


def check_ending(path: str | Path) -> str:
    """Ending of a file that can be written.

    Raises
    ------
    SettingsError
        No surface has that ending; all that can be had are named.

    Examples
    --------
    >>> check_ending("plan/Map.HTML"), check_ending("hotspots.shp.zip")
    ('.html', '.shp.zip')
    """
    name = Path(path).name.lower()
    for ending in ENDINGS:
        if name.endswith(ending) and name != ending:
            return ending
    hint = ""
    if name.endswith((".shp", ".zip")):
        hint = " A shapefile is several files: write it as .shp.zip."
    elif name.endswith(".gpkg"):
        hint = " The GeoPackage is the plan itself: hotspots.write_plan writes it."
    raise SettingsError(
        f"{path} does not say by its ending what to write; known are {', '.join(ENDINGS)}.{hint}"
    )


def write_surface(plan: Plan, path: str | Path, audience: Audience | None = None) -> Path:
    """Write the plan as the file's ending asks for, whole or not at all.

    Parameters
    ----------
    plan
        The plan, or an edition of it.
    path
        A name that ends in one of `ENDINGS`.
    audience
        Whom it is for; by default that of the settings. What goes beyond it is not in the file.

    Raises
    ------
    SettingsError
        The ending is not known, or what draws that file is not installed.
    InputError
        The plan does not say where it comes from.
    OutputError
        The file cannot be written, or that edition cannot be made.
    """
    module, name, _ = _WRITERS[check_ending(path)]
    plan = for_audience(plan, audience)
    check_provenance(plan.provenance)
    write: Callable[[Plan, Path], object] = getattr(import_module(f"{__name__}.{module}"), name)
    with replacing(path) as temporary:
        write(plan, temporary)
    return Path(path)
