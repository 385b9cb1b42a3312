"""The whole run beside its floor: importing its libraries and reading the file.

``python benchmarks/bench_run.py INCIDENTS --districts NAME [--runs 5]`` prints a table in
Markdown. Each figure is the median over runs of a fresh process; the floor and the run alternate,
so that a drifting machine slows both.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_FLOOR = """
import sys, tempfile, zipfile
from pathlib import Path
import duckdb, folium, geopandas, ibis, pyogrio, rich, scipy.ndimage, scipy.spatial, xlsxwriter
import ibis.backends.duckdb
path = Path(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    if path.suffix == ".zip":
        zipfile.ZipFile(path).extractall(folder)
        path = Path(folder) / "**" / "*.csv"
    duckdb.sql(f"SELECT * FROM read_csv('{path}', all_varchar=true)").to_arrow_table()
"""


def measure(command: list[str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak megabytes of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command[:4])} ... ended with status {status}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("incidents")
    parser.add_argument("--districts", required=True)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    floors, runs, stages = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        floor = [sys.executable, "-c", _FLOOR, options.incidents]
        whole = [sys.executable, "-m", "hotspots", "run", options.incidents]
        whole += ["--districts", options.districts, "--out", folder]
        measure(floor)
        measure(whole)
        for _ in range(options.runs):
            floors.append(measure(floor))
            runs.append(measure(whole))
            manifest = json.loads((Path(folder) / "run.json").read_text(encoding="utf-8"))
            stages.append(manifest["measured"]["timings_s"])
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| | wall s | CPU s | peak MB |\n|---|---|---|---|")
    for name, rows in (("imports and reading", floors), ("whole run", runs)):
        wall, cpu, peak = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} |")
    for number, name in enumerate(("wall", "CPU")):
        ratios = [run[number] / floor[number] for run, floor in zip(runs, floors, strict=True)]
        print(f"\nRatio of {name} time, pair by pair: {statistics.median(ratios):.2f}")
        print(f"({min(ratios):.2f} to {max(ratios):.2f}).")
    print("\n| stage | s |\n|---|---|")
    for name in stages[0]:
        print(f"| {name} | {statistics.median(stage[name] for stage in stages):.3f} |")


if __name__ == "__main__":
    main()
