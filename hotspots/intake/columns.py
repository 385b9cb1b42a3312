"""Which column of a file means what: data.police.uk's names, or the user's mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hotspots.errors import InputError
from hotspots.settings import COLUMN_NAMES

#: Our names -> the header of data.police.uk street files.
STREET_COLUMNS: Mapping[str, str] = {
    "longitude": "Longitude",
    "latitude": "Latitude",
    "date": "Month",
    "category": "Crime type",
    "incident_id": "Crime ID",
    "location": "Location",
    "area_name": "LSOA name",
}
_STREET_NEEDED = ("longitude", "latitude", "date", "category")

# What to suggest for a file without a mapping: patterns of common headers.
_GUESSES: Mapping[str, str] = {
    "longitude": r"lon(g|gitude)?|x_?wgs.*",
    "latitude": r"lat(itude)?|y_?wgs.*",
    "easting": r"east(ing)?s?|x|x_?coord.*|bng_?e",
    "northing": r"north(ing)?s?|y|y_?coord.*|bng_?n",
    "date": r"(?!.*(end|_to$|until))((.*_)?date.*|month|occurred.*|reported.*|committed.*)",
    "time": r"(?!.*(end|_to$|until))((.*_)?time|.*hour)",
    "end_date": r"(end|to|until)_?date.*|(.*_)?date_?(end|to|until)",
    "end_time": r"(end|to|until)_?time.*|(.*_)?time_?(end|to|until)",
    "category": r".*categor.*|.*type.*|offence.*|.*class.*|mci",
}


def is_street_header(header: Sequence[str]) -> bool:
    """Whether a header has what a street file needs."""
    return all(STREET_COLUMNS[name] in header for name in _STREET_NEEDED)


def resolve(header: Sequence[str], mapping: Mapping[str, str], what: str) -> dict[str, str]:
    """Return our names -> the file's columns for one header.

    Parameters
    ----------
    header
        Column names of the file.
    mapping
        The user's mapping; empty for street files.
    what
        Name of the file, for messages.

    Raises
    ------
    InputError
        A mapped column is not there, no position is mapped, or an unmapped file is not a
        street file; the message names what is missing and found, and suggests a mapping.
    """
    found = ", ".join(header[:20]) + (", ..." if len(header) > 20 else "")
    if mapping:
        missing = [theirs for theirs in mapping.values() if theirs not in header]
        if missing:
            raise InputError(f"{what} has no column {', '.join(missing)}; found: {found}.")
        pairs = [{"longitude", "latitude"}, {"easting", "northing"}]
        given = [pair for pair in pairs if pair & set(mapping)]
        if len(given) != 1 or not given[0] <= set(mapping):
            raise InputError(
                f"The mapping for {what} gives {', '.join(mapping)}; a position is longitude and "
                "latitude, or easting and northing (with crs)."
            )
        check_times(mapping, what)
        return dict(mapping)
    if is_street_header(header):
        return {ours: theirs for ours, theirs in STREET_COLUMNS.items() if theirs in header}
    missing = [
        STREET_COLUMNS[name] for name in _STREET_NEEDED if STREET_COLUMNS[name] not in header
    ]
    raise InputError(
        f"{what} is not a data.police.uk street file: it has no column {', '.join(missing)}; "
        f"found: {found}. {suggest(header)}"
    )


def check_times(mapping: Mapping[str, str], what: str) -> None:
    """Refuse a time without its date, an end without a beginning."""
    for name, needed in (("time", "date"), ("end_date", "date"), ("end_time", "end_date")):
        if name in mapping and needed not in mapping:
            raise InputError(
                f"The mapping for {what} gives {name} but not {needed}, which it needs; map "
                f"{needed}, or leave {name} out."
            )


def suggest(header: Sequence[str]) -> str:
    """Propose a column mapping for an unknown header."""
    guesses = {
        ours: next((name for name in header if re.fullmatch(pattern, name, re.IGNORECASE)), None)
        for ours, pattern in _GUESSES.items()
    }
    if guesses["longitude"] and guesses["latitude"]:
        guesses["easting"] = guesses["northing"] = None
    for ours, needed in (("time", "date"), ("end_date", "date"), ("end_time", "end_date")):
        guesses[ours] = guesses[ours] if guesses[needed] else None
    flags = [f"--column {ours}={_quoted(name)}" for ours, name in guesses.items() if name]
    if guesses["easting"]:
        flags.append("--crs EPSG:27700")
    if not flags:
        return f"Map its columns: --column OURS=THEIRS with OURS one of {', '.join(COLUMN_NAMES)}."
    return "Map its columns, perhaps: " + " ".join(flags)


def _quoted(name: str) -> str:
    return f'"{name}"' if re.search(r"[^\w.-]", name) else name
