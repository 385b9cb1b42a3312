"""Single tables as files: CSV or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import SettingsError
from hotspots.sharing.files import replacing
from hotspots.sharing.provenance import to_json

if TYPE_CHECKING:
    import pandas as pd

_KINDS = (".csv", ".json")


def check_table_path(path: str | Path) -> Path:
    """Refuse the name of a file that is neither CSV nor JSON, before anything is computed.

    Raises
    ------
    SettingsError
        The name ends otherwise.
    """
    path = Path(path)
    if path.suffix.lower() not in _KINDS:
        raise SettingsError(f"{path} ends in neither .csv nor .json; give a name that does.")
    return path


def write_table(table: pd.DataFrame, path: str | Path) -> Path:
    """Write a table as CSV, or as a JSON list of rows, whole or not at all.

    A missing number is an empty cell, or null. The same table always gives the same bytes.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    path = check_table_path(path)
    with replacing(path) as temporary:
        if path.suffix.lower() == ".csv":
            table.to_csv(temporary, index=False, lineterminator="\n")
        else:
            rows = table.astype(object).where(table.notna(), None).to_dict("records")
            temporary.write_text(to_json(rows), encoding="utf-8")
    return path
