"""Text as cells of spreadsheets can hold it, without becoming a formula."""

from __future__ import annotations

from hotspots.sharing.files import clean_text

CELL_LIMIT = 32_767  # UTF-16 units that a cell can hold
RISKY = ("=", "+", "-", "@")  # what would begin a formula if someone typed it


def cell_text(text: str) -> str:
    """Text that a cell can hold: clean, at most 32,767 UTF-16 units."""
    units = clean_text(text).replace("\r\n", "\n").replace("\r", "\n").encode("utf-16-le")
    if len(units) <= 2 * CELL_LIMIT:
        return units.decode("utf-16-le")
    return units[: 2 * (CELL_LIMIT - 1)].decode("utf-16-le", "ignore") + "…"
