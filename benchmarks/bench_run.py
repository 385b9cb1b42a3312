"""The whole run beside its floor: importing its libraries, and reading the file with them.

``python benchmarks/bench_run.py INCIDENTS --districts NAME [--runs 5]`` prints a table in
Markdown. Each figure is the median over runs of a fresh process; the three alternate, so that a
drifting machine slows all. `run_all.py` puts the same table into README.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_IMPORTS = """
import duckdb, folium, geopandas, ibis, jinja2, pyogrio, rich.console, rich.table
import scipy.special, xlsxwriter
import ibis.backends.duckdb
"""
_READING = """
import sys, tempfile, zipfile
from pathlib import Path
path = Path(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    if path.suffix == ".zip":
        zipfile.ZipFile(path).extractall(folder)
        path = Path(folder) / "**" / "*.csv"
    duckdb.sql(f"SELECT * FROM read_csv('{path}', all_varchar=true)").to_arrow_table()
"""
NAMES = ("imports", "imports and reading", "whole run")


def measure(command: list[str]) -> dict[str, float]:
    """Wall seconds, CPU seconds and peak megabytes of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command[:4])} ... ended with status {status}")
    return {
        "wall": time.perf_counter() - start,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
    }


def compare(incidents: str, districts: str, runs: int = 5) -> dict[str, list[dict[str, float]]]:
    """Measure the three, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        whole = [sys.executable, "-m", "hotspots", "run", incidents]
        whole += ["--districts", districts, "--hotspots", "26", "--hours", "26108"]
        commands = [
            [sys.executable, "-c", _IMPORTS],
            [sys.executable, "-c", _IMPORTS + _READING, incidents],
            [*whole, "--out", folder],
        ]
        for command in commands:  # fills the file cache, and Python's
            measure(command)
        turns = [[measure(command) for command in commands] for _ in range(runs)]
    return {name: [turn[place] for turn in turns] for place, name in enumerate(NAMES)}


def table(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Medians, and the ratio of CPU time to that of the whole run, pair by pair."""
    lines = [
        "| | wall s | CPU s | peak MB | whole run / this, CPU |",
        "|---|---:|---:|---:|---:|",
    ]
    for name in NAMES:
        wall, cpu, peak = (
            statistics.median(turn[figure] for turn in found[name])
            for figure in ("wall", "cpu", "peak_mb")
        )
        pairs = zip(found["whole run"], found[name], strict=True)
        ratios = [run["cpu"] / base["cpu"] for run, base in pairs]
        shown = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        cells = [name, f"{wall:.2f}", f"{cpu:.2f}", f"{peak:.0f}"]
        lines.append("| " + " | ".join([*cells, "" if name == "whole run" else shown]) + " |")
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("incidents", type=Path)
    parser.add_argument("--districts", required=True)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    found = compare(str(options.incidents), options.districts, options.runs)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("\n".join(table(found)))


if __name__ == "__main__":
    main()
