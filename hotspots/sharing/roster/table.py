"""The roster and its randomised days as CSV, and a summary as plain values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from hotspots.sharing.cells import RISKY
from hotspots.sharing.files import clean_text

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.frames import Roster

_OF_PATROL = (
    "patrol_id", "date", "weekday", "bank_holiday", "district", "provider", "shift", "number",
    "officers", "start", "end",
)  # fmt: skip
_OF_STOP = ("stop", "hotspot_id", "name", "arrive", "leave", "way_minutes")


def roster_csv(roster: Roster) -> str:
    """One row for each stop, with its patrol and the marking."""
    marking = str(roster.provenance["marking"])
    patrols = {str(row["patrol_id"]): row for row in roster.patrols.to_dict("records")}

    def rows() -> Iterator[list[Any]]:
        for stop in roster.stops.to_dict("records"):
            patrol = patrols[str(stop["patrol_id"])]
            yield [
                *(patrol[name] for name in _OF_PATROL),
                *(stop[name] for name in _OF_STOP),
                marking,
            ]

    return _csv([*_OF_PATROL, *_OF_STOP, "marking"], rows())


def design_csv(roster: Roster) -> str:
    """Randomised days of each hotspot, with the marking."""
    marking = str(roster.provenance["marking"])
    names = [str(name) for name in roster.design]
    rows = ([*row, marking] for row in roster.design.itertuples(index=False, name=None))
    return _csv([*names, "marking"], rows)


def roster_record(roster: Roster) -> dict[str, Any]:
    """Summary of a roster as plain values."""
    from importlib.metadata import version

    sums = roster.patrols[["visits", "officer_hours", "shift_hours"]].sum()
    minutes = roster.patrols[["visit_minutes", "travel_minutes", "free_minutes"]].sum()
    return {
        "provenance": dict(roster.provenance),
        "summary": roster.summary(),
        "first_day": roster.first_day,
        "last_day": roster.last_day,
        "patrols": len(roster.patrols),
        "visits": int(sums["visits"]),
        "officer_hours": float(sums["officer_hours"]),
        "shift_hours": float(sums["shift_hours"]),
        **{str(name): int(total) for name, total in minutes.items()},
        "randomised_pairs": len(roster.design) // 2,
        "hotspots": _records(roster.hours),
        "shifts": _records(roster.shifts),
        "messages": list(roster.messages),
        "settings": roster.settings.to_dict()["roster"],
        "tasking": roster.settings.to_dict()["tasking"],
        "versions": {"holidays": version("holidays")},
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _csv(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_harmless(value) for value in row])
    return text.getvalue()


def _harmless(value: Any) -> Any:
    """Text that a spreadsheet does not take for a formula: an apostrophe goes before it."""
    if not isinstance(value, str):
        return value
    text = clean_text(value)
    return f"'{text}" if text.startswith((*RISKY, "\t", "\r")) else text
