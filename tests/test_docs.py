"""The documentation is tested: pages are current, examples run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from hotspots.settings import Settings

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="argparse lays help out otherwise")
def test_generated_pages_are_current() -> None:
    """Columns, command line and settings in docs/ are what the code says."""
    result = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_readme_example_runs(tmp_path: Path) -> None:
    """The Python example of the README runs and writes its map."""
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    result = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert "26 hotspots" in result.stdout
    assert (tmp_path / "map.html").stat().st_size > 100_000


def test_tasking_examples_run(tmp_path: Path) -> None:
    """The Python example of docs/tasking.md runs, and its settings file is read."""
    page = (ROOT / "docs" / "tasking.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.S)
    result = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert "officers on duty" in result.stdout
    (tmp_path / "tasking.toml").write_text(re.findall(r"```toml\n(.*?)```", page, re.S)[0])
    tasking = Settings.from_file(tmp_path / "tasking.toml").tasking
    assert tasking.providers["council"].least_hours == 2000
    assert tasking.providers["police"].officers["Fri late"] == 16


def test_settings_example_is_valid(tmp_path: Path) -> None:
    """The settings file shown in docs/settings.md is read and means what it says."""
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    file = tmp_path / "settings.toml"
    file.write_text(re.findall(r"```toml\n(.*?)```", text, re.S)[0], encoding="utf-8")
    settings = Settings.from_file(file)
    assert settings.tasking.hours == 26108
    assert settings.intake.columns["easting"] == "X"


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link in the documentation names a file that exists."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("data/**/*.md")]
    broken = [
        f"{page.name}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert broken == []
