"""Collapsed files, kept as Parquet beside a plan, so that a refresh reads only what is new."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import OutputError

if TYPE_CHECKING:
    import pyarrow as pa

_REJECTED = b"rejected_lines"


class Store:
    """Groups of files that were collapsed before, by the content of the file and the settings.

    What is put is written by `save` only, when the run that read it has succeeded. The files
    hold positions of incidents, as the input does: they are for the analyst's disk, not for
    sharing.

    Parameters
    ----------
    folder
        Where the Parquet files are; made by `save`.
    """

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        self._fresh: dict[str, pa.Table] = {}
        self._used: set[str] = set()

    @staticmethod
    def key(content_sha256: str, *conditions: object) -> str:
        """Name of what a file's content gives under some conditions (settings, versions)."""
        text = json.dumps([content_sha256, *conditions], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def get(self, key: str) -> tuple[pa.Table, list[int]] | None:
        """Groups and lines that could not be parsed, or None where the file is new.

        A damaged file counts as none.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self._folder / f"{key}.parquet"
        if not path.exists():
            return None
        try:
            table = pq.read_table(path)
        except (pa.ArrowException, OSError):
            return None
        self._used.add(key)
        lines = json.loads((table.schema.metadata or {}).get(_REJECTED, b"[]"))
        return table.replace_schema_metadata(None), lines

    def put(self, key: str, groups: pa.Table, rejected: Sequence[int]) -> None:
        """Remember what a file gave, to be written by `save`."""
        metadata = {_REJECTED: json.dumps(list(rejected)).encode()}
        self._fresh[key] = groups.replace_schema_metadata(metadata)
        self._used.add(key)

    def save(self) -> None:
        """Write what is new, and remove what this run did not use.

        Raises
        ------
        OutputError
            The folder cannot be written.
        """
        import pyarrow.parquet as pq

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for key, table in self._fresh.items():
                part = self._folder / f".{key}.part"
                pq.write_table(table, part, compression="zstd")
                part.replace(self._folder / f"{key}.parquet")
            for path in self._folder.glob("*.parquet"):
                if path.stem not in self._used:
                    path.unlink()
        except OSError as error:
            reason = error.strerror or error
            raise OutputError(
                f"Cannot keep collapsed places in {self._folder}: {reason}; check the folder."
            ) from error
        self._fresh.clear()
