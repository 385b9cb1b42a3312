"""The roster as files: workbook, table, calendar, print cards, and a summary."""

from hotspots.sharing.roster.table import roster_record
from hotspots.sharing.roster.write import ROSTER_FILES, write_roster

__all__ = ["ROSTER_FILES", "roster_record", "write_roster"]
