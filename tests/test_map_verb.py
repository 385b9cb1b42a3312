"""hotspots map: a plan drawn again without the incidents, from the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hotspots.cli import main

ASKED = ["--districts", "stevenage", "--hotspots", "3", "--hours", "1000"]


@pytest.fixture(scope="module")
def folder(town_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on the town, and one in the year after beside it, with times of day declared."""
    folder = tmp_path_factory.mktemp("plans")
    first, second = folder / "first", folder / "second"
    until = ["--to", "2021-08"]
    assert main(["run", str(town_file), *ASKED, *until, "--out", str(first)]) == 0
    earlier = ["--from", "2021-05", "--previous", str(first / "plan.gpkg")]
    assert main(["run", str(town_file), *ASKED, *earlier, "--out", str(second)]) == 0
    return folder


@pytest.mark.parametrize("name", ["first", "second"])
def test_the_map_of_a_plan_is_that_of_its_run(folder: Path, name: str, tmp_path: Path) -> None:
    """In a process of its own, without the incidents, the page is the same to the byte."""
    out = tmp_path / "again.html"
    done = subprocess.run(
        [sys.executable, "-m", "hotspots", "map", folder / name / "plan.gpkg", "-o", out],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert out.read_bytes() == (folder / name / "map.html").read_bytes()
    assert str(out) in done.stdout


def test_the_page_is_called_map_html(folder: Path, tmp_path: Path, monkeypatch) -> None:
    """Without -o the page lies in the folder where one is."""
    monkeypatch.chdir(tmp_path)
    assert main(["map", str(folder / "first" / "plan.gpkg")]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_wrong_input_is_one_line(folder: Path, tmp_path: Path, capsys) -> None:
    """No file, no plan, a cut plan, and no folder to write to: exit status 2, nothing written."""
    (tmp_path / "text.gpkg").write_text("x", encoding="utf-8")
    whole = (folder / "first" / "plan.gpkg").read_bytes()
    (tmp_path / "cut.gpkg").write_bytes(whole[: len(whole) // 2])
    out = str(tmp_path / "map.html")
    for arguments, says in (
        ([str(tmp_path / "none.gpkg"), "-o", out], "There is no plan"),
        ([str(tmp_path / "text.gpkg"), "-o", out], "is not a GeoPackage"),
        ([str(tmp_path / "cut.gpkg"), "-o", out], "is damaged"),
        ([str(folder / "first" / "plan.gpkg"), "-o", f"{tmp_path}/none/x.html"], "no folder"),
    ):
        assert main(["map", *arguments]) == 2
        *progress, last = capsys.readouterr().err.splitlines()
        assert all(line.endswith(" ...") for line in progress)
        assert says in last
    assert not Path(out).exists()
