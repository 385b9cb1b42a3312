"""Checksums of incident files without reading their rows, to know whether they have changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hotspots.intake.databases import is_url
from hotspots.intake.incidents import choose, exists, fingerprint


def incident_fingerprints(
    sources: Sequence[str | Path], *, street_only: bool = True
) -> list[dict[str, str | int]] | None:
    """Name, size and SHA-256 of every file that `read_places` would read.

    Parameters
    ----------
    sources
        Paths of files, folders and archives, or a database URL.
    street_only
        As for `hotspots.intake.incidents.find`.

    Returns
    -------
    list of dict, or None
        In the order in which the quality report lists them. None where the incidents are no
        files, or one is missing: nothing can be said without reading.

    Raises
    ------
    InputError
        A file cannot be read, or a folder holds no incidents.
    """
    if any(is_url(source) for source in sources):
        return None
    found: list[dict[str, str | int]] = []
    for path in map(Path, sources):
        if not exists(path):
            return None
        if path.is_dir():
            inside = {item.relative_to(path).as_posix(): item for item in path.rglob("*")}
            files = sorted(name for name, item in inside.items() if item.is_file())
            for name in choose(files, street_only, f"The folder {path}", []):
                found.append(fingerprint(inside[name], name))
        else:
            found.append(fingerprint(path, path.name))
    return found
