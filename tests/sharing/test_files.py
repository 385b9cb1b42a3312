"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from hotspots.errors import OutputError
from hotspots.sharing.files import (
    clean_text,
    output_folder,
    publish,
    replacing,
    write_atomically,
)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def writer(text: str):
    return lambda path: path.write_text(text)


def failing(error: BaseException):
    def write(path: Path) -> None:
        path.write_text("half")
        raise error

    return write


def test_a_new_file_has_what_was_written(tmp_path: Path) -> None:
    """The file has its name and content, and nothing else is left in the folder."""
    assert write_atomically(tmp_path / "a.txt", writer("new")) == tmp_path / "a.txt"
    assert contents(tmp_path) == {"a.txt": "new"}


def test_the_temporary_path_has_the_name_of_the_target(tmp_path: Path) -> None:
    """A writer that looks at the name or ending sees the final one."""
    with replacing(tmp_path / "plan.gpkg") as temporary:
        assert temporary.name == "plan.gpkg"
        assert temporary.parent.parent == tmp_path
        temporary.write_text("x")


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt(), OSError("odd")])
def test_a_failure_keeps_the_old_file(tmp_path: Path, error: BaseException) -> None:
    """After an error or Ctrl-C the old file is there and no temporary one."""
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(type(error)):
        write_atomically(tmp_path / "a.txt", failing(error))
    assert contents(tmp_path) == {"a.txt": "old"}


def test_files_are_published_together(tmp_path: Path) -> None:
    """All files are new, in order, and later writers see the earlier files beside theirs."""
    (tmp_path / "a.txt").write_text("old")

    def last(path: Path) -> None:
        path.write_text(",".join(sorted(p.name for p in path.parent.iterdir())))

    paths = publish(tmp_path / ".", {"a.txt": writer("1"), "b.txt": writer("2"), "c.txt": last})
    assert [path.name for path in paths] == ["a.txt", "b.txt", "c.txt"]
    assert contents(tmp_path) == {"a.txt": "1", "b.txt": "2", "c.txt": "a.txt,b.txt"}


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt()])
def test_nothing_is_published_when_one_writer_fails(tmp_path: Path, error: BaseException) -> None:
    """A failing writer leaves every old file as it was."""
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(type(error)):
        publish(tmp_path, {"a.txt": writer("1"), "b.txt": failing(error)})
    assert contents(tmp_path) == {"a.txt": "old"}


@pytest.mark.parametrize("error", [PermissionError(errno.EACCES, "open"), KeyboardInterrupt()])
def test_a_failed_rename_brings_the_old_files_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """Where the third rename fails, the two before it are undone."""
    (tmp_path / "a.txt").write_text("old a")
    (tmp_path / "c.txt").write_text("old c")
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.read_text() == "3":
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    writers = {"a.txt": writer("1"), "b.txt": writer("2"), "c.txt": writer("3")}
    with pytest.raises((OutputError, KeyboardInterrupt)) as caught:
        publish(tmp_path, writers)
    assert contents(tmp_path) == {"a.txt": "old a", "c.txt": "old c"}
    if isinstance(error, PermissionError):
        assert "open in another program; close it" in str(caught.value)


def test_a_writer_that_writes_nothing_publishes_nothing(tmp_path: Path) -> None:
    """A missing file is an error, and the others do not appear without it."""
    with pytest.raises(FileNotFoundError):
        publish(tmp_path, {"a.txt": writer("1"), "b.txt": lambda path: None})
    assert contents(tmp_path) == {}


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    """A folder with the name of a result is refused before anything is replaced."""
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(OutputError, match="a folder has that name; rename"):
        publish(tmp_path, {"a.txt": writer("1"), "b.txt": writer("2")})
    assert (tmp_path / "a.txt").read_text() == "old"


def test_an_output_folder_is_created_with_its_parents(tmp_path: Path) -> None:
    """The folder exists afterwards, is empty, and asking again changes nothing."""
    for _ in range(2):
        assert output_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert list((tmp_path / "a" / "b").iterdir()) == []


@pytest.mark.parametrize("given", ["file", "file/below"])
def test_a_file_is_no_output_folder(tmp_path: Path, given: str) -> None:
    """A path that is a file, or lies below one, is refused in one line with what to do."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="is a file, not a folder; choose another") as caught:
        output_folder(tmp_path / given)
    assert str(tmp_path / given) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EROFS, "read-only; choose another"),
        (errno.ENOSPC, "disk is full; free some"),
        (errno.EACCES, "not allowed there; choose another"),
    ],
)
def test_a_disk_that_refuses_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    """What the operating system refuses becomes one line that says what to do."""

    def refuse(*args: object, **options: object) -> None:
        raise OSError(number, os.strerror(number))

    with pytest.raises(OutputError, match=words):
        write_atomically(tmp_path / "a.txt", refuse)
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match=words):
        output_folder(tmp_path / "new")


def test_an_output_folder_is_always_refused_in_our_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reason without words of its own is passed on in the same form."""

    def refuse(*args: object, **options: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match=r"Cannot use .*: Input/output error; choose another"):
        output_folder(tmp_path / "new")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """Writing one file into a folder that does not exist says which folder is missing."""
    with pytest.raises(OutputError, match=r"there is no folder .*nowhere; create it"):
        write_atomically(tmp_path / "nowhere" / "a.txt", writer("x"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\x00b\x1bc", "abc"),
        ("tab\tline\nend\r\n", "tab\tline\nend\r\n"),
        ("\ufffe\uffffx", "x"),
        ("\ud83d\ude93", "🚓"),
        ("\udcff", "\ufffd"),
        ("\ufeffmark", "\ufeffmark"),
        ("=1+1 {{ x }} \u202e", "=1+1 {{ x }} \u202e"),
    ],
)
def test_only_what_no_file_can_hold_is_removed(given: str, kept: str) -> None:
    """Control characters and halves of characters go; everything else stays."""
    assert clean_text(given) == kept
