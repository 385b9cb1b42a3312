"""The page and the workbook, which the programme writes with every run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotspots.frames import Plan


def write_page(plan: Plan, path: Path) -> None:
    """Write the map page."""
    from hotspots.sharing.map import draw

    draw(plan).save(path)


def write_xlsx(plan: Plan, path: Path) -> None:
    """Write the workbook."""
    from hotspots.sharing.workbook import write_workbook

    write_workbook(plan, path)
