"""The number of processors changes how long a run takes, and not a byte of what it writes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

CODE = """
import os, sys
from pathlib import Path
processors = int(sys.argv[2])
os.cpu_count = lambda: processors
from hotspots import threads
from hotspots.neighbours import near
from hotspots.targeting import clusters, density
clusters._COMPILED_FROM = density._COMPILED_FROM = density._MANY_PLACES = near._MANY = 0
threads._FEWEST = 1
from hotspots.cli import main
asked = ["--districts", "Watford", "--hotspots", "3", "--out", sys.argv[3]]
status = main(["run", sys.argv[1], *asked])
assert "numba" in sys.modules
sys.exit(status)
"""


def test_one_processor_and_many_write_the_same_bytes(tmp_path: Path) -> None:
    """A run through the compiled paths with one thread, and with seven, gives equal files."""
    draw = np.random.default_rng(5)
    x, y = -0.396 + draw.normal(0, 0.01, 3000), 51.656 + draw.normal(0, 0.006, 3000)
    lines = ["Longitude,Latitude,Month,Crime type"]
    lines += [
        f"{west:.6f},{north:.6f},2021-{1 + row % 3:02},Robbery"
        for row, (west, north) in enumerate(zip(x, y, strict=True))
    ]
    rows = tmp_path / "rows.csv"
    rows.write_text("\n".join(lines) + "\n")
    digests = []
    for processors in ("1", "7"):
        out = tmp_path / processors
        command = [sys.executable, "-c", CODE, str(rows), processors, str(out)]
        few = {**os.environ, "NUMBA_NUM_THREADS": processors}
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=few)
        assert run.returncode == 0, run.stderr
        digests.append(
            {
                name: hashlib.sha256((out / name).read_bytes()).hexdigest()
                for name in ("map.html", "plan.gpkg", "plan.xlsx", "quality.json")
            }
        )
    assert digests[0] == digests[1]
