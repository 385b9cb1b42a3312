"""All files of a roster, together or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.sharing.files import publish
from hotspots.sharing.provenance import check_provenance, to_json
from hotspots.sharing.roster.calendar import roster_calendar
from hotspots.sharing.roster.cards import roster_cards
from hotspots.sharing.roster.table import design_csv, roster_csv, roster_record
from hotspots.sharing.roster.workbook import roster_workbook

if TYPE_CHECKING:
    from hotspots.frames import Roster

#: What `write_roster` writes.
ROSTER_FILES = (
    "roster.xlsx",
    "roster.csv",
    "roster.ics",
    "cards.html",
    "design.csv",
    "roster.json",
)


def write_roster(roster: Roster, folder: str | Path) -> list[Path]:
    """Write the workbook, the table, the calendar, the cards, the design and the summary.

    Parameters
    ----------
    roster
        From `hotspots.roster`.
    folder
        Where to; made if it is not there.

    Returns
    -------
    list of Path
        The files, in the order of `ROSTER_FILES`. The same roster gives the same bytes.

    Raises
    ------
    InputError
        The roster does not say where its data come from.
    OutputError
        The folder cannot be written to.
    """
    check_provenance(roster.provenance)
    contents: dict[str, Callable[[], bytes]] = {
        "roster.xlsx": lambda: roster_workbook(roster),
        "roster.csv": lambda: roster_csv(roster).encode(),
        "roster.ics": lambda: roster_calendar(roster).encode(),
        "cards.html": lambda: roster_cards(roster).encode(),
        "design.csv": lambda: design_csv(roster).encode(),
        "roster.json": lambda: to_json(roster_record(roster)).encode(),
    }
    return publish(folder, {name: _writer(contents[name]) for name in ROSTER_FILES})


def _writer(content: Callable[[], bytes]) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content())
