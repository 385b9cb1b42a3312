"""Trees of settings: reading a TOML file, and checking every key and type against dataclasses."""

from __future__ import annotations

import dataclasses
import difflib
import sys
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from hotspots.errors import SettingsError


def check(fits: bool, name: str, given: object, wanted: str) -> None:
    """Refuse a setting that does not fit, saying what is wanted."""
    if not fits:
        raise SettingsError(f"{name} must be {wanted}; it is {given!r}.")


def read_toml(path: str | Path) -> dict[str, Any]:
    """Read a settings file as it stands, before anything in it is checked.

    Raises
    ------
    SettingsError
        The file is missing or is not TOML.
    """
    path = Path(path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(f"Cannot read the settings file {path}: {reason}.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The settings file {path} is not valid TOML: {error}.") from error


def unknown_key(where: str, key: str, known: typing.Iterable[str]) -> str:
    """Say that a key is unknown, and name the nearest that is known."""
    known = list(known)
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}."
    return f"Unknown setting {key!r}{f' in [{where}]' if where else ''}; {hint}"


def build(kind: Any, tree: Any, where: str) -> Any:
    """Turn a mapping into the dataclass `kind`, checking every key and type."""
    if not isinstance(tree, Mapping):
        raise SettingsError(f"[{where}] must be a table of settings; it is {tree!r}.")
    hints = typing.get_type_hints(kind)
    values = {}
    for key, value in tree.items():
        if key not in hints:
            known = [*hints] if where or key == "jobs" else [*hints, "jobs"]
            raise SettingsError(unknown_key(where, str(key), known))
        name = f"{where}.{key}" if where else key
        values[key] = _convert(hints[key], value, name)
    return kind(**values)


def _convert(hint: Any, value: Any, name: str) -> Any:
    """Check `value` against a type hint and convert lists to tuples, ints to floats."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        if value is None:
            return None
        return _convert(next(part for part in parts if part is not types.NoneType), value, name)
    if origin is Literal:
        check(value in parts, name, value, "one of " + ", ".join(map(repr, parts)))
        return value
    if origin is tuple:
        whats = {str: "a list of texts", float: "a list of numbers", int: "a list of whole numbers"}
        check(isinstance(value, list | tuple), name, value, whats[parts[0]])
        if parts[0] is not float:
            fits = all(isinstance(item, parts[0]) for item in value)
            check(fits, name, value, whats[parts[0]])
        return tuple(_convert(parts[0], item, name) for item in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        check(isinstance(value, Mapping), name, value, "a table")
        return {str(key): _convert(parts[1], item, f"{name}.{key}") for key, item in value.items()}
    if dataclasses.is_dataclass(hint):
        return build(hint, value, name)
    if hint is float:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        # a whole number of a settings file may be larger than any float
        check(fits and abs(value) <= sys.float_info.max, name, value, "a number")
        return float(value)
    words = {int: "a whole number", bool: "true or false", str: "a text"}
    fits = isinstance(value, hint) and not (hint is int and isinstance(value, bool))
    check(fits, name, value, words[hint])
    return value
