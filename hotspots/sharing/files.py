"""Results reach the disk whole or not at all, with text that every format can hold."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from hotspots.errors import OutputError

#: What fills one file: it is called with the path to write to.
Writer = Callable[[Path], object]

#: The time stamped into every file, so that the same plan gives the same bytes. When the data
#: are from is in the provenance.
FIXED_TIME = datetime(2000, 1, 1, tzinfo=UTC)

_UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

_REASONS = {
    errno.EACCES: "writing is not allowed there; choose another folder or ask for access",
    errno.EBUSY: "it is in use; close it and try again",
    errno.EEXIST: "part of that path is a file, not a folder; choose another folder",
    errno.EISDIR: "a folder has that name; rename the folder or choose another one",
    errno.ENAMETOOLONG: "the path is too long; choose a shorter one",
    errno.ENOSPC: "the disk is full; free some space or choose another folder",
    errno.ENOTDIR: "part of that path is a file, not a folder; choose another folder",
    errno.EPERM: "writing is not allowed there; choose another folder or ask for access",
    errno.EROFS: "the disk is read-only; choose another folder",
}


def clean_text(text: str) -> str:
    r"""Text without the characters that no XML file and no C string can hold.

    NUL, the other control characters except tab and line ends, and the two non-characters are
    removed; half of a surrogate pair becomes the replacement character. All else is unchanged.

    Examples
    --------
    >>> clean_text("=High \x00Street")
    '=High Street'
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _UNHOLDABLE.sub("", whole)


def output_folder(path: str | Path) -> Path:
    """Create the folder for results, with its parents, and try that it can be written to.

    Raises
    ------
    OutputError
        It is a file, lies below one, or cannot be written to.
    """
    folder = Path(path).expanduser()
    with _clear_errors(folder, "use the output folder", every=True):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    return folder


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary path to write to; it takes the place of `path` once all went well.

    The temporary path has the same name and lies in a hidden folder beside the target. After
    an error or an interruption that folder is gone and the target is what it was before.

    Raises
    ------
    OutputError
        The target cannot be written, with the reason and what to do.
    """
    path = Path(path)
    with _clear_errors(path, "write"), _staging(path.parent) as staging:
        yield staging / path.name
        _move(staging, path.parent, [path.name])


def write_atomically(path: str | Path, writer: Writer) -> Path:
    """Let `writer` fill a file that replaces `path` only when it is complete."""
    with replacing(path) as temporary:
        writer(temporary)
    return Path(path)


def publish(folder: str | Path, writers: Mapping[str, Writer]) -> list[Path]:
    """Write several files that belong together, and show all of them or none.

    Parameters
    ----------
    folder
        Where the files go; created if needed.
    writers
        File name -> what fills it. They are called in order, and the files already written
        lie beside the one being written, under their final names.

    Returns
    -------
    list of Path
        The files, in order.

    Raises
    ------
    OutputError
        A file cannot be written or replaced; the former files are then all still there.
    """
    folder = output_folder(folder)
    with _clear_errors(folder, "write to"), _staging(folder) as staging:
        for name, write in writers.items():
            with _clear_errors(folder / name, "write"):
                write(staging / name)
        _move(staging, folder, list(writers))
    return [folder / name for name in writers]


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    staging = Path(tempfile.mkdtemp(prefix=".hotspots-", dir=folder))
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _move(staging: Path, folder: Path, names: Sequence[str]) -> None:
    """Rename the files of `staging` into `folder`; put all former ones back if one fails."""
    former = Path(tempfile.mkdtemp(dir=staging))
    for name in names:
        target = folder / name
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        if target.exists() and len(names) > 1:
            shutil.copy2(target, former / name)
    moved: list[str] = []
    try:
        for name in names:
            moved.append(name)
            _replace(staging / name, folder / name)
    except BaseException:
        for name in moved if len(names) > 1 else ():
            with suppress(OSError):
                if (former / name).exists():
                    (former / name).replace(folder / name)
                else:
                    (folder / name).unlink()
        raise


def _replace(source: Path, target: Path) -> None:
    try:
        source.replace(target)
    except PermissionError as error:
        raise OutputError(
            f"Cannot replace {target}: it may be open in another program; close it and try again."
        ) from error


@contextmanager
def _clear_errors(path: Path, act: str, *, every: bool = False) -> Iterator[None]:
    """Turn an error of the disk into one line: what was wrong, what was given, what to do.

    An error that need not come from the disk passes unchanged, unless `every` is set.
    """
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        reason = _REASONS.get(error.errno or 0)
        if isinstance(error, FileNotFoundError) and not path.parent.exists():
            reason = f"there is no folder {path.parent}; create it or choose another one"
        if reason is None and every:
            reason = f"{error.strerror or error}; choose another folder"
        if reason is None:
            raise
        raise OutputError(f"Cannot {act} {path}: {reason}.") from error
