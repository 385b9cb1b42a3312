"""A list of runs: one job is what one run is asked for, under a name."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotspots.errors import InputError, SettingsError
from hotspots.settings import Settings
from hotspots.trees import read_toml, unknown_key

_ROOMS = tuple(field.name for field in dataclasses.fields(Settings))
_KEYS = ("name", "incidents", *_ROOMS)
_LONGEST = 60
#: File names that Windows keeps for devices.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run of many.

    Attributes
    ----------
    name
        Shown in the index; its folder is called after it.
    incidents, districts
        As `hotspots.run` takes them.
    settings
        Everything that can be set.
    skip
        Why there is nothing to run, for the index; empty: it is run.
    """

    name: str
    incidents: Any
    districts: Any
    settings: Settings = dataclasses.field(default_factory=Settings)
    skip: str = ""


def read_jobs(
    path: str | Path, *, incidents: Sequence[str | Path] = (), districts: str | None = None
) -> list[Job]:
    """Read the jobs of a settings file, its tables ``[[jobs]]``.

    Parameters
    ----------
    path
        A settings file. A job has a ``name``, ``incidents``, ``districts``, and perhaps tables
        of settings, which lie on top of those of the file.
    incidents, districts
        For the jobs that do not name their own. Relative paths, here and in the file, start at
        the working folder.

    Returns
    -------
    list of Job
        In the order of the file; empty where it lists none.

    Raises
    ------
    SettingsError
        A key is unknown, a value is of the wrong kind, or something is missing.
    """
    base = Settings.from_file(path)
    tables = read_toml(path).get("jobs", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise SettingsError(f"{path}: jobs must be tables, each under a line [[jobs]].")
    jobs = []
    for number, table in enumerate(tables, start=1):
        label = f"job {number}" + (f" ({table['name']!r})" if "name" in table else "")
        try:
            jobs.append(_job(table, base, list(incidents), districts))
        except SettingsError as error:
            raise SettingsError(f"{path}, {label}: {error}") from None
    named = [str(table["districts"]) for table in tables if "districts" in table]
    if tables and incidents and all("incidents" in table for table in tables):
        raise SettingsError(
            f"Every job of {path} names its own incidents; leave out {incidents[0]}."
        )
    if tables and districts and len(named) == len(tables):
        raise SettingsError(f"Every job of {path} names its own districts; leave out {districts}.")
    return jobs


def _job(
    table: Mapping[str, Any], base: Settings, incidents: list[str | Path], districts: str | None
) -> Job:
    for key in table:
        if key not in _KEYS:
            raise SettingsError(unknown_key("jobs", key, _KEYS))
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        raise SettingsError(f"name must be a text; it is {name!r}.")
    listed = table.get("incidents", incidents)
    listed = [listed] if isinstance(listed, str) else listed
    if not isinstance(listed, list) or not all(isinstance(item, str | Path) for item in listed):
        raise SettingsError(f"incidents must be a list of paths; it is {listed!r}.")
    if not listed:
        raise SettingsError('it names no incidents; give incidents = ["street.zip"].')
    rooms = {room: table[room] for room in _ROOMS if room in table}
    layer = rooms.pop("districts", districts)
    if isinstance(layer, Mapping):  # its settings stand beside the layer
        rooms["districts"] = {key: value for key, value in layer.items() if key != "layer"}
        layer = layer.get("layer", districts)
    if not isinstance(layer, str) or not layer.strip():
        wanted = "a police force, district names or the path of a boundary file"
        raise SettingsError(f"districts must be {wanted}; it is {layer!r}.")
    for room, changes in rooms.items():
        if not isinstance(changes, Mapping):
            raise SettingsError(f"[jobs.{room}] must be a table of settings; it is {changes!r}.")
    return Job(name=name.strip(), incidents=listed, districts=layer, settings=_changed(base, rooms))


def _changed(base: Settings, rooms: Mapping[str, Mapping[str, Any]]) -> Settings:
    """Settings with those of a job on top; its budget replaces one of the other kind."""
    tasking = dict(rooms.get("tasking", {}))
    for one, other in (("hours", "pounds"), ("pounds", "hours")):
        if one in tasking:
            tasking.setdefault(other, None)
    return base.replace(**{**rooms, **({"tasking": tasking} if tasking else {})})


def folders(names: Iterable[str]) -> dict[str, str]:
    """Give every job a folder of its own: lower-case letters, digits and hyphens.

    Raises
    ------
    InputError
        Two jobs have the same name.

    Examples
    --------
    >>> folders(["West Yorkshire", "../../etc", "A/B", "a b"])
    {'West Yorkshire': 'west-yorkshire', '../../etc': 'etc', 'A/B': 'a-b', 'a b': 'a-b-c8687a08'}
    """
    found: dict[str, str] = {}
    for name in names:
        if name in found:
            raise InputError(f"Two jobs are called {name!r}; give each a name of its own.")
        ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")
        short = slug[:_LONGEST].strip("-")
        # not readable, cut short, kept by Windows or taken: a checksum tells it apart
        if not slug or short != slug or _DEVICES.fullmatch(slug) or slug in found.values():
            digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
            tried = (f"{short or 'job'}-{digest[:length]}" for length in (8, 64))
            slug = next(folder for folder in tried if folder not in found.values())
        found[name] = slug
    return found
