"""Weekdays and parts of the day, as they are written in settings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hotspots.errors import SettingsError

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

#: Parts of the day where hours of the incidents are known and none are set.
USUAL_PARTS = {"early": "07:00-15:00", "late": "15:00-23:00", "night": "23:00-07:00"}


def read_day_parts(parts: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    """Turn parts of the day into the hour at which each begins and the hours it lasts.

    Raises
    ------
    SettingsError
        A part is not written HH:MM-HH:MM, has the name of a weekday, or overlaps another.

    Examples
    --------
    >>> read_day_parts({"late": "15:00-23:00", "night": "23:00-07:30"})
    {'late': (15.0, 8.0), 'night': (23.0, 8.5)}
    """
    read = {}
    for name, text in parts.items():
        if not name.strip() or name.split()[0] in WEEKDAYS:
            raise SettingsError(
                f"day_parts has a part called {name!r}; give it a name such as late, without a "
                "weekday."
            )
        clock = r"([01]\d|2[0-3]):([0-5]\d)|24:00"
        found = re.fullmatch(rf"({clock})\s*-\s*({clock})", text.strip())
        if not found:
            raise SettingsError(
                f"day_parts.{name} must be HH:MM-HH:MM, such as 15:00-23:00; it is {text!r}."
            )
        begin, end = (_hour(found.group(number)) for number in (1, 4))
        read[name] = (begin % 24, (end - begin) % 24 or 24.0)
    _check_apart(read)
    return read


def _hour(clock: str) -> float:
    hours, minutes = clock.split(":")
    return int(hours) + int(minutes) / 60


def _check_apart(parts: Mapping[str, tuple[float, float]]) -> None:
    ordered = sorted(parts, key=lambda name: parts[name])
    for number, name in enumerate(ordered):
        begin, hours = parts[name]
        following = ordered[(number + 1) % len(ordered)]
        room = (parts[following][0] - begin) % 24 or 24.0
        if hours > room + 1e-9:
            raise SettingsError(
                f"day_parts {name!r} and {following!r} overlap; let each begin where the one "
                "before ends, or later."
            )
