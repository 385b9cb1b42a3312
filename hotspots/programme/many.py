"""Many runs: each in a folder of its own, one failure apart from the others, one index page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.frames import Outcome
from hotspots.programme.jobs import Job, folders
from hotspots.programme.resume import input_checksums, read_record, still_stands
from hotspots.programme.stages import Progress

if TYPE_CHECKING:
    from hotspots.programme.workers import Report

INDEX = ("index.html", "index.json")


@dataclass(frozen=True)
class Runs:
    """What became of many runs, in order of name, and where they are."""

    outcomes: tuple[Outcome, ...]
    folder: Path

    def of(self, status: str) -> list[Outcome]:
        """Outcomes that are ``"done"``, ``"failed"`` or ``"skipped"``."""
        return [outcome for outcome in self.outcomes if outcome.status == status]

    def summary(self) -> str:
        """One sentence on how many are done, kept, failed and skipped."""
        kept = sum(outcome.kept for outcome in self.outcomes)
        parts = [f"{len(self.of('done'))} of {len(self.outcomes)} runs done"]
        parts += [f"{kept} of them kept from before"] if kept else []
        for status in ("failed", "skipped"):
            parts += [f"{len(self.of(status))} {status}"] if self.of(status) else []
        return ", ".join(parts) + "."


def run_many(
    jobs: Iterable[Job],
    *,
    out: str | Path,
    workers: int | None = None,
    cluster: str | None = None,
    fresh: bool = False,
    title: str | None = None,
    progress: Progress | None = None,
) -> Runs:
    """Run many jobs in parallel, each into its own folder, and write one index of them.

    A job that fails does not stop the others. One whose folder holds a complete run of the same
    input and settings by the same version, every file with its checksum, is kept.

    Parameters
    ----------
    jobs
        From `jobs_for_each` or `read_jobs`, or made by hand; their names differ.
    out
        Folder for the jobs' folders, index.html and index.json.
    workers
        Processes on this machine. None: one per core; 1: in this process.
    cluster
        Address of a Dask scheduler, ``tcp://HOST:PORT``, to run on instead; its workers need
        this package and must see the same files under the same paths.
    fresh
        Run every job, whatever its folder holds.
    title
        Title of the index.
    progress
        Called with a line when a job ends.

    Returns
    -------
    Runs

    Raises
    ------
    InputError
        There are no jobs, two have the same name, or the cluster cannot be reached.
    OutputError
        The folder cannot be written to.

    Notes
    -----
    Processes are started afresh, so a script that calls this with more than one worker needs
    ``if __name__ == "__main__":`` around the call.
    """
    from hotspots.sharing.files import output_folder
    from hotspots.sharing.index import write_index

    jobs = sorted(jobs, key=lambda job: (job.name.casefold(), job.name))
    if not jobs:
        raise InputError("There is no job to run.")
    if workers is not None and workers < 1:
        raise InputError(f"The number of workers must be 1 or more; it is {workers}.")
    names = folders(job.name for job in jobs)
    root = output_folder(out).absolute()
    outcomes: dict[str, Outcome] = {}
    for outcome in _outcomes(jobs, names, root, fresh, workers, cluster):
        outcomes[outcome.name] = outcome
        if progress:
            progress(f"{len(outcomes)} of {len(jobs)}: {_line(outcome)}")
    runs = Runs(tuple(outcomes[job.name] for job in jobs), Path(out))
    write_index(runs.outcomes, root, title=title or "Hotspot patrol plans")
    return runs


def _outcomes(
    jobs: list[Job],
    names: Mapping[str, str],
    root: Path,
    fresh: bool,
    workers: int | None,
    cluster: str | None,
) -> Iterator[Outcome]:
    """Outcomes as they become known: skipped, kept, then those that are run."""
    from hotspots.programme.workers import run_each

    inputs = input_checksums()
    left: dict[Path, Job] = {}
    for job in jobs:
        folder = root / names[job.name]
        if job.skip:
            yield _outcome(job, folder, "skipped", message=job.skip)
            continue
        record = None if fresh else read_record(folder)
        if record is not None and still_stands(record, job, inputs):
            yield _done(job, folder, record, kept=True)
        else:
            left[folder] = job
    for folder, report in run_each(left, workers=workers, cluster=cluster):
        yield _ended(left[folder], folder, report)


def _ended(job: Job, folder: Path, report: Report) -> Outcome:
    """Outcome of a job that was run."""
    seconds = report.seconds
    if report.failure:
        return _outcome(job, folder, "failed", message=report.failure, seconds=seconds)
    record = read_record(folder)
    if record is None:
        message = "Its files were changed while they were written; run it again."
        return _outcome(job, folder, "failed", message=message, seconds=seconds)
    return _done(job, folder, record, seconds=seconds)


def _done(job: Job, folder: Path, record: Mapping[str, Any], **how: Any) -> Outcome:
    said, counts = record["provenance"], record["counts"]
    return _outcome(
        job,
        folder,
        "done",
        title=said["title"],
        attribution=tuple(said["attribution"]),
        incidents=counts["rows_kept"],
        hotspots=counts["hotspots"],
        districts=counts["districts"],
        districts_served=counts["districts_served"],
        officer_hours=counts["officer_hours"],
        **how,
    )


def _outcome(job: Job, folder: Path, status: Any, **what: Any) -> Outcome:
    from hotspots.sharing.provenance import marking_line

    return Outcome(
        name=job.name,
        folder=folder.name,
        status=status,
        marking=marking_line(
            {"marking": job.settings.sharing.marking, "audience": job.settings.sharing.audience}
        ),
        **what,
    )


def _line(outcome: Outcome) -> str:
    """What a reader of the progress wants to know of a job that ended."""
    if outcome.kept:
        return f"{outcome.name}, kept as it is"
    if outcome.message:
        return f"{outcome.name}, {outcome.status}: {outcome.message}"
    return f"{outcome.name}, {outcome.seconds:.1f} s"
