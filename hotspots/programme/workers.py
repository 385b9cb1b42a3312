"""Running jobs in other processes: on this machine, or on a Dask cluster given by address.

Both are the executors of `concurrent.futures`; what runs where and when is theirs to decide.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, as_completed
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import Any

from hotspots.errors import HotspotsError, InputError
from hotspots.programme.identify import listed
from hotspots.programme.jobs import Job
from hotspots.programme.run import run

_ADDRESS = re.compile(r"(tcp|tls|ws|wss)://[^/]+:\d+/?")
_LONGEST_MESSAGE = 500
_DIED = "Its process died, as it does when memory runs out; try it alone, with --jobs 1."
_stopped = threading.Event()
_ALONE = threading.Lock()


@dataclass(frozen=True)
class Report:
    """How a job ended: the seconds it took, and why it failed, if it did."""

    seconds: float
    failure: str = ""


def work(job: Job, folder: str) -> Report:
    """Run one job into its folder; whatever goes wrong is reported, not raised."""
    start = time.perf_counter()
    failure = ""
    if _stopped.is_set():
        sys.exit(130)
    try:
        with _ALONE:  # a Dask worker may have several threads
            run(job.incidents, job.districts, settings=job.settings, out=folder)
    except HotspotsError as error:
        failure = one_line(str(error))
    except Exception as error:  # noqa: BLE001 (one job's failure must not end the others)
        failure = one_line(f"{type(error).__name__}: {error}")
    return Report(round(time.perf_counter() - start, 3), failure)


def one_line(text: str) -> str:
    """Text without line breaks, and no longer than a reader can bear."""
    line = " ".join(text.split()) or "It gave no reason."
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]} ..."


def run_each(
    jobs: Mapping[Path, Job], *, workers: int | None = None, cluster: str | None = None
) -> Iterator[tuple[Path, Report]]:
    """Run jobs, and yield each folder with its report as it ends.

    Parameters
    ----------
    jobs
        Folder to write to -> job.
    workers
        Processes on this machine. None: one per core; with 1 the jobs run in this process.
    cluster
        Address of a Dask scheduler, ``tcp://HOST:PORT``, instead. Its workers need this package
        and must see the same files under the same paths.

    Raises
    ------
    InputError
        The cluster cannot be reached, or `distributed` is not installed.
    """
    if not jobs:
        return
    if cluster is not None:
        with _cluster(cluster) as executor:
            yield from _on_cluster(executor, jobs)
        return
    workers = min(workers or _cores(), len(jobs))
    if workers == 1:
        for folder, job in jobs.items():
            yield folder, work(job, str(folder))
        return
    yield from _in_processes(jobs, workers)


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _in_processes(jobs: Mapping[Path, Job], workers: int) -> Iterator[tuple[Path, Report]]:
    left = dict(jobs)
    with _processes(workers) as executor:
        for folder, report in _reports(executor, jobs):
            if report is not None:
                del left[folder]
                yield folder, report
    # a process that dies takes the pool with it: those left run one at a time, so that the
    # one to blame is known
    for folder, job in left.items():
        with _processes(1) as executor:
            for _, report in _reports(executor, {folder: job}):
                yield folder, report or Report(0.0, _DIED)


def _reports(executor: Executor, jobs: Mapping[Path, Job]) -> Iterator[tuple[Path, Report | None]]:
    """Hand jobs to an executor, and yield what comes back; None for a process that died.

    A job that Ctrl-C ended ends all, as ``KeyboardInterrupt``.
    """
    futures: dict[Future[Report], Path] = {}
    for folder, job in jobs.items():
        try:
            futures[executor.submit(work, job, str(folder))] = folder
        except BrokenProcessPool:
            yield folder, None
    for future in as_completed(futures):
        if future.cancelled():
            yield futures[future], Report(0.0, "The cluster cancelled it.")
            continue
        error = future.exception()
        if isinstance(error, BrokenProcessPool):
            yield futures[future], None
        elif isinstance(error, SystemExit):
            # Ctrl-C goes to all; here Python may have swallowed it in a finaliser
            raise KeyboardInterrupt
        elif error is not None:
            yield futures[future], Report(0.0, one_line(f"{type(error).__name__}: {error}"))
        else:
            yield futures[future], future.result()


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    """Fresh processes, started alike on every platform; after Ctrl-C they end with us."""
    executor = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin)
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    signal.signal(signal.SIGINT, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    _stopped.set()  # a job that is already on its way to this process does not begin
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            # Python swallows what is raised in a finaliser, with a traceback: try again after it
            threading.Timer(0.05, signal.raise_signal, [number]).start()
            return
        frame = frame.f_back
    sys.exit(130)


def _on_cluster(executor: Executor, jobs: Mapping[Path, Job]) -> Iterator[tuple[Path, Report]]:
    here = f"{Path.cwd()}{os.sep}"
    placed = {folder: _located(job) for folder, job in jobs.items()}
    for folder, report in _reports(executor, placed):
        if report is None or (not report.failure and not (folder / "run.json").exists()):
            failure = f"A worker of the cluster wrote to {folder}, which is not seen from here."
            report = Report(0.0, f"{failure} Give a folder that all machines share.")
        yield folder, replace(report, failure=report.failure.replace(here, ""))


def _located(job: Job) -> Job:
    """A job whose paths do not depend on the working folder."""

    def absolute(path: Any) -> Any:
        there = isinstance(path, str | Path) and Path(path).exists()
        return str(Path(path).absolute()) if there else path

    incidents = listed(job.incidents)
    if isinstance(incidents, list | tuple):
        incidents = [absolute(path) for path in incidents]
    return replace(job, incidents=incidents, districts=absolute(job.districts))


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    """Connect to a Dask scheduler."""
    if not _ADDRESS.fullmatch(address):
        raise InputError(
            f"{address!r} is no address of a Dask scheduler; write it as tcp://scheduler:8786."
        )
    try:
        import distributed
    except ImportError as error:
        raise InputError(
            "Running on a cluster needs Dask, which is not installed: "
            "pip install 'hotspots-engine[cluster]'."
        ) from error
    connect: Any = distributed.Client
    try:
        client = connect(address, set_as_default=False, timeout="10s")
    except (OSError, ValueError) as error:
        raise InputError(
            f"No Dask scheduler answers at {address} ({one_line(str(error))[:120]}); check the "
            "address, or start one with: dask scheduler."
        ) from error
    with client:
        yield client.get_executor(pure=False, retries=0)
