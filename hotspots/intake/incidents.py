"""Finding incident files: single files, folders, and archives as they are downloaded."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import Event

from hotspots.errors import InputError
from hotspots.intake.geoparquet import has_geometry

CSV_SUFFIXES = (".csv", ".csv.gz", ".txt", ".tsv")
VECTOR_SUFFIXES = (".gpkg", ".geojson", ".json", ".shp", ".kml", ".fgb", ".parquet", ".geoparquet")
_PARQUET_SUFFIXES = (".parquet", ".geoparquet")
_STREET_FILE = re.compile(r"(^|-)street\.csv$", re.IGNORECASE)
_BLOCK = 1 << 20


@dataclass(frozen=True)
class IncidentFile:
    """One file of incidents: where its bytes are now, what it is called, whence it came."""

    path: Path
    name: str
    kind: str  # "csv", "parquet", "geoparquet" or "vector"
    origin: int  # its fingerprint, or its archive's, in `Found.fingerprints`
    packed: bool = False  # whether it was unpacked from an archive

    def __post_init__(self) -> None:
        # the engine speaks of a file by its absolute path
        object.__setattr__(self, "path", Path(os.path.abspath(self.path)))  # noqa: PTH100


class Found:
    """Files to read, a fingerprint of every file named, and what was passed over.

    Fingerprints are taken beside the reading, in a thread, each once; who asks for them waits.
    """

    def __init__(
        self,
        files: Sequence[IncidentFile],
        prints: Sequence[Future[dict[str, str | int]]],
        messages: Sequence[str],
    ) -> None:
        self.files = files
        self._prints = prints
        self._messages = messages

    @property
    def fingerprints(self) -> list[dict[str, str | int]]:
        """Name, size and SHA-256 of every file named.

        Raises
        ------
        InputError
            A file cannot be read.
        """
        return [entry.result() for entry in self._prints]

    def content_sha256(self, file: IncidentFile) -> str:
        """SHA-256 of one of the files, which for one out of an archive is not the archive's.

        Raises
        ------
        InputError
            The file cannot be read.
        """
        entry = fingerprint(file.path, file.name) if file.packed else None
        return str((entry or self._prints[file.origin].result())["sha256"])

    @property
    def messages(self) -> list[str]:
        """What was passed over, and which files hold the same bytes."""
        found = list(self._messages)
        seen: dict[str | int, str | int] = {}
        for entry in self.fingerprints:
            if entry["sha256"] in seen:
                found.append(
                    f"{entry['name']} holds the same bytes as {seen[entry['sha256']]}: "
                    "its incidents without an id are counted twice."
                )
            seen.setdefault(entry["sha256"], entry["name"])
        return found


def exists(path: Path) -> bool:
    """Whether there is such a file or folder; a text too long to be a path names none."""
    try:
        return path.exists()
    except OSError:
        return False


def _has_suffix(name: str, suffixes: Sequence[str]) -> bool:
    return name.lower().endswith(tuple(suffixes))


def fingerprint(path: Path, name: str, stop: Event | None = None) -> dict[str, str | int]:
    """Name, size and SHA-256 of a file; of less of it once `stop` is set."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while (block := file.read(_BLOCK)) and not (stop and stop.is_set()):
                digest.update(block)
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.") from error
    return {"name": name, "bytes": path.stat().st_size, "sha256": digest.hexdigest()}


@contextmanager
def find(
    sources: Sequence[str | Path], *, street_only: bool = True, fingerprints: bool = True
) -> Iterator[Found]:
    """Find the incident files behind some paths; archives are unpacked for the time being.

    Parameters
    ----------
    sources
        CSV or vector files, folders (searched through), zip archives.
    street_only
        In folders and archives take the ``*-street.csv`` files alone where there are any, as
        data.police.uk puts outcomes and stop-and-search files beside them.
    fingerprints
        Whether anybody will ask for them; where not, none is taken.

    Raises
    ------
    InputError
        A path is missing or of no known kind, an archive is damaged, encrypted or too large
        to unpack, or nothing to read is found.
    """
    if not sources:
        raise InputError("No incident file is given; name a CSV, a folder, a zip or a vector file.")
    files: list[IncidentFile] = []
    prints: list[Future[dict[str, str | int]]] = []
    messages: list[str] = []
    with tempfile.TemporaryDirectory(prefix="hotspots-") as scratch, _beside(fingerprints) as take:
        for number, source in enumerate(sources):
            path = Path(source)
            if not exists(path):
                raise InputError(f"There is no file or folder {source}; check the path.")
            if path.is_dir():
                inside = sorted(item for item in path.rglob("*") if item.is_file())
                names = {item.relative_to(path).as_posix(): item for item in inside}
                chosen = choose(list(names), street_only, f"The folder {source}", messages)
                for name in chosen:
                    files.append(IncidentFile(names[name], name, "csv", len(prints)))
                    prints.append(take(names[name], name))
                continue
            origin = len(prints)
            prints.append(take(path, path.name))
            if zipfile.is_zipfile(path) or path.suffix.lower() == ".zip":
                folder = Path(scratch) / str(number)
                folder.mkdir()
                files += _unpack(path, folder, street_only, messages, origin)
            elif _has_suffix(path.name, CSV_SUFFIXES):
                files.append(IncidentFile(path, path.name, "csv", origin))
            elif _has_suffix(path.name, _PARQUET_SUFFIXES):
                kind = "geoparquet" if has_geometry(path) else "parquet"
                files.append(IncidentFile(path, path.name, kind, origin))
            elif _has_suffix(path.name, VECTOR_SUFFIXES):
                files.append(IncidentFile(path, path.name, "vector", origin))
            else:
                raise InputError(
                    f"{source} is of no known kind; give a CSV, a zip or folder of CSVs, or one "
                    f"of {', '.join(VECTOR_SUFFIXES)}."
                )
        yield Found(files, prints, messages)


@contextmanager
def _beside(wanted: bool) -> Iterator[Callable[[Path, str], Future[dict[str, str | int]]]]:
    """Take fingerprints in a thread, which ends with the reading however that ends."""
    if not wanted:
        yield lambda path, name: _unasked()
        return
    stop = Event()
    with ThreadPoolExecutor(1, thread_name_prefix="fingerprints") as thread:
        try:
            yield lambda path, name: thread.submit(fingerprint, path, name, stop)
        finally:
            stop.set()


def _unasked() -> Future[dict[str, str | int]]:
    """A fingerprint that nobody said would be wanted."""
    entry: Future[dict[str, str | int]] = Future()
    entry.set_exception(RuntimeError("the files were found without their fingerprints"))
    return entry


def choose(names: list[str], street_only: bool, where: str, messages: list[str]) -> list[str]:
    """Pick the incident files among names of a folder or archive."""
    names = [name for name in names if not PurePosixPath(name).name.startswith((".", "__MACOSX"))]
    csvs = [name for name in names if _has_suffix(name, CSV_SUFFIXES)]
    street = [name for name in csvs if _STREET_FILE.search(name)]
    if not street_only and not street:
        street = csvs
    if not street:
        held = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "") if names else "nothing"
        raise InputError(
            f"{where} holds no street file (a name ending in -street.csv); it holds {held}. "
            "For other CSVs map their columns, e.g. --column longitude=Lon."
        )
    if len(names) > len(street):
        messages.append(
            f"{where}: {len(street)} incident files read, {len(names) - len(street)} other files "
            "passed over."
        )
    return sorted(street)


def _unpack(
    archive: Path, folder: Path, street_only: bool, messages: list[str], origin: int
) -> list[IncidentFile]:
    """Unpack the incident files of an archive under names of our own."""
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = {item.filename: item for item in opened.infolist() if not item.is_dir()}
            chosen = choose(list(entries), street_only, f"The archive {archive.name}", messages)
            locked = [name for name in chosen if entries[name].flag_bits & 0x1]
            if locked:
                raise InputError(
                    f"{archive} is encrypted ({locked[0]}); unpack it with its password and give "
                    "the folder."
                )
            needed = sum(entries[name].file_size for name in chosen)
            free = shutil.disk_usage(folder).free
            if needed > 0.9 * free:
                raise InputError(
                    f"{archive} unpacks to {needed / 1e9:.1f} GB but only {free / 1e9:.1f} GB are "
                    f"free in {tempfile.gettempdir()}; free some or set TMPDIR."
                )
            files = []
            for number, name in enumerate(chosen):
                suffix = ".csv.gz" if name.lower().endswith(".gz") else ".csv"
                target = folder / f"{number}{suffix}"
                with opened.open(name) as packed, target.open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked, _BLOCK)
                files.append(IncidentFile(target, name, "csv", origin, packed=True))
            return files
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{archive} cannot be unpacked ({error}); it may be cut short: download it again."
        ) from error
