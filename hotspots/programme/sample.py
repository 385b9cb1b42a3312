"""The data that come with the package."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path


def sample_incidents() -> Path:
    """Path of the bundled street files: West Yorkshire, July 2016, 2017 and 2018.

    Genuine data.police.uk files under the Open Government Licence v3.0; in an installed
    package the file lies beside the code.
    """
    with as_file(files("hotspots.data") / "sample" / "west-yorkshire-july-2016-2018.zip") as path:
        return path
