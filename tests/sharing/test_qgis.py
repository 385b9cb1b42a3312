"""A real QGIS opens the plan styled, without being told how."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hotspots

from .plan_factory import small_plan, with_changes

pytestmark = pytest.mark.qgis
PYTHON = os.environ.get("HOTSPOTS_QGIS_PYTHON", "/usr/bin/python3")
ENVIRONMENT = {"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin", "HOME": "/tmp"}


@pytest.fixture(scope="module")
def draws() -> Callable[[Path, Path], dict[str, Any]]:
    """Draw a plan with QGIS, or skip."""
    try:
        asked = subprocess.run(
            [PYTHON, "-c", "import qgis.core"], env=ENVIRONMENT, capture_output=True, timeout=120
        )
        there = asked.returncode == 0
    except OSError:
        there = False
    if not there:
        pytest.skip(
            f"no QGIS: {PYTHON} cannot import qgis.core; set HOTSPOTS_QGIS_PYTHON to a Python "
            "that can"
        )

    def draw(plan: Path, picture: Path) -> dict[str, Any]:
        script = Path(__file__).with_name("qgis_draws.py")
        done = subprocess.run(
            [PYTHON, script, plan, picture],
            env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=True,
        )  # fmt: skip
        assert "Warning" not in done.stderr
        seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return seen

    return draw


def test_qgis_takes_the_styles_of_a_plan(
    draws: Callable[[Path, Path], dict[str, Any]], tmp_path: Path
) -> None:
    """Every layer loads with its own style, label and legend, and colours are on the picture."""
    plan = with_changes(small_plan())
    path = hotspots.write_plan(plan, tmp_path / "plan.gpkg")
    seen = draws(path, tmp_path / "picture.png")
    assert {name for name, layer in seen.items() if layer["style"]} == {
        *("changes", "hotspots", "candidates", "density_contours", "districts")
    }
    assert {layer["crs"] for layer in seen.values()} == {"EPSG:27700"}
    assert seen["hotspots"]["labels"] == "hotspot_id"
    assert seen["districts"]["labels"] == "district"
    assert seen["changes"]["legend"] == ["Entered", "Remained", "Left"]
    assert seen["hotspots"]["features"] == 3
    assert all(text.endswith("per km² and month") for text in seen["density_contours"]["legend"])
    image = pytest.importorskip("matplotlib.image", reason="matplotlib is not installed")
    pixels = (image.imread(tmp_path / "picture.png")[:, :, :3] * 255).round().astype(int)
    for colour in ((0, 96, 43), (11, 87, 208), (122, 4, 3)):  # entered, left, hotspots
        assert (np.abs(pixels - colour).max(axis=2) <= 40).any()
