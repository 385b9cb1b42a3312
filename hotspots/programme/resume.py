"""Whether a job's folder already holds what a run of it would give."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from hotspots.errors import HotspotsError
from hotspots.programme.identify import listed
from hotspots.programme.jobs import Job
from hotspots.programme.run import OUTPUTS, asked
from hotspots.version import __version__

#: Checksums of a job's inputs; None where they can only be known by reading.
Inputs = Callable[[Job], list[dict[str, str | int]] | None]
_SAID = {"version", "title", "attribution", "input_sha256", "districts_sha256"}
_COUNTS = {"rows_kept", "hotspots", "districts", "districts_served", "officer_hours"}


def read_record(folder: Path) -> dict[str, Any] | None:
    """Read run.json of a complete run: every file it lists is there, with the same bytes.

    None where the folder holds no such run.
    """
    from hotspots.sharing.provenance import file_record

    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        made = {entry["name"]: entry for entry in record["outputs"]}
        names = [name for name in OUTPUTS if name != "run.json"]
        whole = all(file_record(folder / name) == made.get(name) for name in names)
        whole &= record["provenance"].keys() >= _SAID and record["counts"].keys() >= _COUNTS
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return record if whole else None


def still_stands(record: dict[str, Any], job: Job, inputs: Inputs) -> bool:
    """Whether a complete run was made of this job's input, by its settings and this version."""
    from hotspots.intake import districts_fingerprint

    said = record["provenance"]
    try:
        boundaries = districts_fingerprint(job.districts)["sha256"]
        if boundaries is None or (
            said.get("version"),
            said.get("districts_sha256"),
            record.get("asked"),
        ) != (__version__, boundaries, asked(job.districts, job.settings)):
            return False
        files = inputs(job)
    except HotspotsError:  # running it says what is wrong
        return False
    known = said.get("input_sha256")
    if files is None or known is None:
        return False
    # an edition for the public does not name its files
    keys = ("bytes", "sha256") if said.get("audience") == "public" else ("name", "bytes", "sha256")
    return [[file[key] for key in keys] for file in known] == [
        [file[key] for key in keys] for file in files
    ]


def input_checksums() -> Inputs:
    """Make a function that reads every input once, however many jobs share it."""
    from hotspots.intake import incident_fingerprints

    once = cache(incident_fingerprints)

    def of_job(job: Job) -> list[dict[str, str | int]] | None:
        sources = listed(job.incidents)
        if not isinstance(sources, list | tuple):
            return None
        # own columns are the sign that files need not be those of data.police.uk
        return once(tuple(map(str, sources)), street_only=not job.settings.intake.columns)

    return of_job
