"""Writing a plan as whatever a file's ending asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotspots.frames import Plan
    from hotspots.settings import Audience


def check_ending(path: str | Path) -> str:
    """Ending of a file that `export` can write.

    Raises
    ------
    SettingsError
        It is none of them; all are named.
    """
    from hotspots.sharing import check_ending as check

    return check(path)


def export(plan: Plan, path: str | Path, audience: Audience | None = None) -> Path:
    """Write a plan for another program: the file's ending says as what.

    ``.html`` is the page; ``.svg`` and ``.png`` a static map for a slide or a report; ``.kml``
    Google Earth; ``.geojson``, ``.parquet`` (GeoParquet) and ``.shp.zip`` (a shapefile) the
    hotspots as a layer; ``.csv`` the hotspots as a table; ``.xlsx`` the workbook. The same plan
    always gives the same bytes (docs/surfaces.md).

    Parameters
    ----------
    plan
        From `allocate`, `run` or `read_plan`.
    path
        The file; a former one is replaced when the new one is complete.
    audience
        Whom it is for, ``"restricted"``, ``"partner"`` or ``"public"``; by default that of the
        settings. What goes beyond it is not in the file (docs/sharing.md).

    Returns
    -------
    Path
        The file.

    Raises
    ------
    SettingsError
        The ending is not known, or ``.png`` is asked for and matplotlib is not installed.
    InputError
        The plan does not say where it comes from.
    OutputError
        The file cannot be written, or that edition cannot be made.
    """
    from hotspots.programme.draw import draw
    from hotspots.sharing import provenance, write_surface

    if check_ending(path) == ".html":  # with the roads and places that the settings name
        provenance.check_provenance(plan.provenance)
        draw(plan, audience).save(path)
        return Path(path)
    return write_surface(plan, path, audience)
