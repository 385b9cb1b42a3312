"""The static map as a file: SVG by ourselves, PNG by matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotspots.frames import Plan


def write_svg(plan: Plan, path: Path) -> None:
    """Write the static map as SVG."""
    from hotspots.sharing.picture import compose, svg

    path.write_text(svg(compose(plan)), encoding="utf-8")


def write_png(plan: Plan, path: Path) -> None:
    """Write the static map as PNG.

    Raises
    ------
    SettingsError
        matplotlib is not installed.
    """
    from hotspots.sharing.picture import compose, png

    path.write_bytes(png(compose(plan)))
