"""Memory that is too small is said in one line that names the setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotspots.errors import InputError, SettingsError
from hotspots.intake.engines import connection
from hotspots.settings import IntakeSettings


def _list_too_much(folders: list[Path]) -> None:
    with connection(0.1) as engine:
        found = engine.raw_sql("SELECT current_setting('temp_directory')").fetchone()[0]
        folders.append(Path(found))
        assert folders[0].is_dir()
        engine.raw_sql("SELECT list(i) FROM range(100000000) AS r(i)").fetchone()


def test_too_little_memory_names_the_setting() -> None:
    """A list that cannot be spilled and does not fit is one line, and the folder is gone."""
    folders: list[Path] = []
    with pytest.raises(InputError, match=r"raise intake\.memory_gb") as caught:
        _list_too_much(folders)
    assert "\n" not in str(caught.value)
    assert not folders[0].exists()


def test_memory_must_be_a_sensible_number() -> None:
    """No memory at all is refused where settings are read."""
    with pytest.raises(SettingsError, match=r"intake\.memory_gb"):
        IntakeSettings(memory_gb=0.0)


def test_no_progress_bar_is_written() -> None:
    """Slow queries say nothing on stdout, where tables and JSON go."""
    with connection(0.5) as engine:
        shown = engine.raw_sql("SELECT current_setting('enable_progress_bar')").fetchone()[0]
    assert not shown
