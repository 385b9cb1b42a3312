"""The plan of record: read back, and written again with the plans before it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import InputError

if TYPE_CHECKING:
    from hotspots.frames import History, Plan


def read_plan(path: str | Path) -> Plan:
    """Read a plan of record back, to draw it, to share out other hours, or to look at it.

    Parameters
    ----------
    path
        A ``plan.gpkg`` that `run` or `write_plan` has written.

    Raises
    ------
    InputError
        There is no such file, it is damaged, no plan, or of a version that kept less; the
        message says which.

    Examples
    --------
    >>> import hotspots, tempfile
    >>> plan = hotspots.run(hotspots.sample_incidents(), "west-yorkshire")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     kept = hotspots.write_plan(plan, f"{folder}/plan.gpkg")
    ...     again = hotspots.read_plan(kept)
    >>> again.hotspots["visits"].equals(plan.hotspots["visits"])
    True
    """
    from hotspots.intake import read_plan as read

    return read(path)


def read_history(path: str | Path) -> History:
    """Read which plans a plan.gpkg has held, the present one last, and what hours they gave.

    Raises
    ------
    InputError
        As `read_plan`.
    """
    from hotspots.intake import read_history as read

    return read(path)


def write_plan(
    plan: Plan, path: str | Path, *, note: str = "", earlier: str | Path | None = None
) -> Path:
    """Write a plan of record, keeping what it replaces.

    Parameters
    ----------
    plan
        The plan.
    path
        The GeoPackage; it is replaced whole or not at all.
    note
        Why this plan was made, for those who read the history.
    earlier
        A plan.gpkg that this plan replaces, perhaps `path` itself: its history goes on in the
        new file, and the hours that it gave each hotspot are kept. Where it holds the same plan
        already (same id), nothing is added to the history.

    Raises
    ------
    InputError
        `earlier` cannot be read, the plan does not say where it comes from, or it is an edition
        for partners or the public.
    OutputError
        The file cannot be written.
    """
    from hotspots.sharing import write_geopackage

    if plan.audience != "restricted":
        raise InputError(
            f"This is the {plan.audience} edition of a plan, in which much is left out; write the "
            "plan of record."
        )
    # the plan of record, even where other outputs are for others
    plan = replace(plan, settings=plan.settings.replace(sharing={"audience": "restricted"}))
    history = _ended(earlier) if earlier is not None else None
    return write_geopackage(plan, path, note=note, earlier=history)


def _ended(path: str | Path) -> History:
    """History of a file, with the hours of the plan it holds, which is to be replaced."""
    import pandas as pd

    from hotspots.frames import History
    from hotspots.sharing import hours_of

    history, plan = read_history(path), read_plan(path)
    hours = hours_of(plan, len(history.plans))
    parts = [table for table in (history.allocation, hours) if len(table)]
    every = pd.concat(parts, ignore_index=True) if parts else history.allocation
    return History(history.plans, every)
