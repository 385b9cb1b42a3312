"""One override: which values it needs, and of what kind."""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hotspots.errors import InputError
from hotspots.frames import ACTIONS, ADD, FIX_HOURS, FORBID, LIFT, MOVE, PIN, RENAME, Override
from hotspots.intake.override_ground import drawn_ground, kept_outline, position
from hotspots.trees import unknown_key

_EVERY = ("id", "action", "reason", "author", "time")
_POINT = ("longitude", "latitude")
_TARGET = ("hotspot", *_POINT)
_GROUND = (*_POINT, "radius_m", "side_m", "outline", "crs")
_KEYS: Mapping[str, tuple[str, ...]] = {
    PIN: _TARGET,
    FORBID: ("hotspot", *_GROUND),
    ADD: (*_GROUND, "name", "hours"),
    MOVE: (*_TARGET, "east_m", "north_m", "outline", "crs"),
    RENAME: (*_TARGET, "name"),
    FIX_HOURS: (*_TARGET, "hours"),
    LIFT: ("override",),
}
# What an earlier plan adds: the ground it found, where it moved a hotspot, why it was dropped.
_KEPT = ("place", "moved_to", "ground_crs", "was")
_NUMBERS: Mapping[str, tuple[float, float]] = {
    "longitude": (-180.0, 180.0),
    "latitude": (-90.0, 90.0),
    "radius_m": (1.0, 10_000.0),
    "side_m": (1.0, 20_000.0),
    "east_m": (-10_000.0, 10_000.0),
    "north_m": (-10_000.0, 10_000.0),
    "hours": (0.0, 1e9),
}
CSV_COLUMNS: tuple[str, ...] = tuple(
    dict.fromkeys((*_EVERY, *(key for keys in _KEYS.values() for key in keys)))
)


def override_of(
    entry: Mapping[str, Any], label: str, crs: str, folder: Path | None, *, meant: str = ""
) -> Override:
    """Check one override and bring it to the ground.

    Parameters
    ----------
    entry
        Names and values of one override.
    label
        How messages call it.
    crs
        Working CRS.
    folder
        Where files named by it lie; None: one that a plan has kept, which names none.
    meant
        Id of the hotspot that a kept one is about.

    Raises
    ------
    InputError
        A value is missing, unknown or out of its range.
    """
    values = _values(entry, label, kept=folder is None)
    action = values["action"]
    ground = drawn_ground(values, label, crs, folder)
    definition = {key: value for key, value in values.items() if key not in (*_KEPT, "id")}
    shift = (values["east_m"], values["north_m"]) if "east_m" in values else None
    kept = {name: kept_outline(values, name, label, crs) for name in ("place", "moved_to")}
    return Override(
        override_id=values.get("id") or _made_id(action, definition),
        action=action,
        reason=values["reason"],
        author=values["author"],
        time=values["time"],
        hotspot=meant or values.get("hotspot", ""),
        point=position(values, crs) if "longitude" in values and ground is None else None,
        area=ground if action in (ADD, FORBID) else None,
        outline=kept["moved_to"] if kept["moved_to"] is not None else ground,
        shift_m=None if kept["moved_to"] is not None else shift,
        name=values.get("name", ""),
        hours=values.get("hours"),
        lifts=values.get("override", ""),
        place=kept["place"],
        was=values.get("was", ""),
        definition=definition,
        carried=folder is None,
    )


def _values(entry: Mapping[str, Any], label: str, *, kept: bool) -> dict[str, Any]:
    """Values of the right kind, under names that the action knows."""
    action = entry.get("action")
    if action not in ACTIONS:
        raise InputError(f"{label}: action must be one of {', '.join(ACTIONS)}; it is {action!r}.")
    known = (*_EVERY, *_KEYS[action], *(_KEPT if kept else ()))
    values: dict[str, Any] = {}
    for key, value in entry.items():
        if key not in known:
            raise InputError(f"{label} ({action}): {unknown_key('', str(key), known)}")
        if key in _NUMBERS:
            values[key] = _number(key, value, label)
        elif key == "time":
            values[key] = _time(value, label)
        else:
            values[key] = _text(key, value, label)
    for key in ("reason", "author", "time"):
        if key not in values:
            raise InputError(
                f"{label} ({action}): {key} is missing; every override says its reason, its "
                "author and its time."
            )
    _check_together(values, label)
    return values


def _check_together(values: Mapping[str, Any], label: str) -> None:
    """Refuse values that do not say one thing."""
    action = values["action"]
    have = values.keys()
    label = f"{label} ({action})"
    for one, other in (_POINT, ("east_m", "north_m")):
        if (one in have) != (other in have):
            raise InputError(f"{label}: give {one} and {other} together.")
    sized = [key for key in ("radius_m", "side_m") if key in have]
    drawn = "outline" in have
    if len(sized) > 1 or (sized and (drawn or "longitude" not in have)):
        raise InputError(
            f"{label}: ground is an outline, or a longitude and latitude with radius_m or side_m; "
            "give one of them."
        )
    if action == ADD and not (drawn or sized):
        raise InputError(
            f"{label}: give its ground, an outline, or longitude and latitude with radius_m or "
            "side_m."
        )
    if action == MOVE and drawn == ("east_m" in have) and "moved_to" not in have:
        raise InputError(f"{label}: give either east_m and north_m, or the new outline.")
    if "crs" in have and not drawn:
        raise InputError(f"{label}: crs says what an outline is in; give the outline.")
    targets = ("hotspot" in have) + ("longitude" in have) + (drawn and action == FORBID)
    if action not in (ADD, LIFT) and targets != 1:
        raise InputError(
            f"{label}: say which hotspot is meant, by its id or by a longitude and latitude in it; "
            f"{targets} are given."
        )
    for key, needed in (("name", RENAME), ("hours", FIX_HOURS), ("override", LIFT)):
        if action == needed and key not in have:
            raise InputError(f"{label}: {key} is missing.")


def _text(key: str, value: object, label: str) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text:
        raise InputError(f"{label}: {key} must be a text and not empty; it is {value!r}.")
    return text


def _number(key: str, value: object, label: str) -> float:
    low, high = _NUMBERS[key]
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not low <= number <= high:
        raise InputError(
            f"{label}: {key} must be a number between {low:,.15g} and {high:,.15g}; it is "
            f"{value!r}."
        )
    return number


def _time(value: object, label: str) -> str:
    """A date, or a date and time, in ISO 8601."""
    given = value
    if isinstance(given, str):
        text = given.strip()
        for kind in (datetime.date, datetime.datetime):
            try:
                given = kind.fromisoformat(text)
                break
            except ValueError:
                continue
    if isinstance(given, datetime.date):  # a datetime is one, too
        return given.isoformat()
    raise InputError(
        f"{label}: time must be a date such as 2026-03-01, or a date and time such as "
        f"2026-03-01T14:30; it is {value!r}."
    )


def _made_id(action: str, definition: Mapping[str, Any]) -> str:
    """An id that stays the same as long as the override says the same."""
    said = json.dumps(definition, sort_keys=True, ensure_ascii=True).encode()
    return f"{action.replace(' ', '-')}-{hashlib.sha256(said).hexdigest()[:6]}"
