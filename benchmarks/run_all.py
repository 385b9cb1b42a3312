"""Every benchmark, one command: the whole job and its stages, beside what else one would use.

``python benchmarks/run_all.py INCIDENTS --districts NAME [--most 10000000] [--out benchmarks]``
draws rows from INCIDENTS (a street file or an archive of them), snapped as they are and scattered,
in powers of ten up to `--most`, runs each measurement as a fresh process, and writes

- the tables into README.md of the output folder, between its markers,
- all figures to results.json (not kept in the repository), and
- the growth of the cost as growth.svg.

Peers that would take minutes are left out from some size on; the table says where.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench_run import compare

HERE = Path(__file__).parent
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
PLAIN_UP_TO = 1_000_000
PEERS_UP_TO = 1_000_000
KERNELS_FROM = 1_000_000
LIMIT_GB = 9
CELLS_M = (200, 100, 25)
HOTSPOTS = (52, 104, 208)
GROWTH_ROWS = 100_000
PACKAGES = (
    "duckdb", "ibis-framework", "pandas", "geopandas", "shapely", "scikit-learn", "scipy",
    "numpy", "numba", "KDEpy", "esda", "folium",
)  # fmt: skip

# Reading and collapsing, and nothing else.
BARE = """
import sys, duckdb
rows = f"read_csv('{sys.argv[1]}', all_varchar=true)"
columns = '"Longitude", "Latitude", "Month", "Crime type"'
duckdb.sql(f"SELECT {columns}, count(*) FROM {rows} GROUP BY ALL").to_arrow_table()
"""

# The command line, which also notes the CPU seconds of each stage: others slow the clock.
RUN = """
import json, sys, time
from contextlib import contextmanager
from hotspots.programme.stages import Stages
seconds = {}
timed = Stages.__call__
@contextmanager
def noted(self, name, announcement):
    start = time.process_time()
    with timed(self, name, announcement):
        yield
    seconds[name] = time.process_time() - start
Stages.__call__ = noted
from hotspots.cli import main
status = main(["run", *sys.argv[2:]])
open(sys.argv[1], "w").write(json.dumps(seconds))
sys.exit(status)
"""


def measure(command: Sequence[str], *, seconds: float = 300, limited: bool = False) -> dict:
    """Wall and CPU seconds, peak megabytes and output of a process, or why it did not end.

    `limited` keeps it within `LIMIT_GB` of memory.
    """

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (LIMIT_GB << 30, LIMIT_GB << 30))

    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=out, stderr=errors, preexec_fn=limit if limited else None
        )
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            if time.perf_counter() - start > seconds:
                process.kill()
            time.sleep(0.005)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(ended[1])
        out.seek(0)
        errors.seek(0)
        text, said = out.read(), errors.read()
    usage = ended[2]
    found = {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
        "out": text,
    }
    if process.returncode == 0:
        return found
    if "MemoryError" in said or "bad_alloc" in said or process.returncode in (-6, -11):
        return found | {"failed": f"out of memory at {LIMIT_GB} GB"}
    if wall > seconds:
        return found | {"failed": f"stopped after {seconds:.0f} s"}
    raise SystemExit(f"{' '.join(command[:4])} ... failed:\n{said[-1000:]}")


def our_run(rows: Path, districts: str, out: Path, *options: str) -> dict[str, Any]:
    """Measure the whole job, with the CPU seconds of its stages and the counts it states."""
    noted = out.with_name("stages.json")
    command = [sys.executable, "-c", RUN, str(noted), str(rows), "--districts", districts]
    found = measure([*command, "--out", str(out), *options], seconds=600)
    manifest = json.loads((out / "run.json").read_text(encoding="utf-8"))
    stages = json.loads(noted.read_text(encoding="utf-8"))
    intake = stages["read_districts"] + stages["read_incidents"]
    return found | {
        "counts": manifest["counts"],
        "targeting": manifest["settings"]["targeting"],
        "stages": stages,
        "intake": intake,
        "beyond": sum(stages.values()) - intake,
    }


def whole_job(rows: Path, size: int, districts: str, scratch: Path) -> dict[str, Any]:
    """Measure the whole job beside a bare query and the plain script."""
    say(f"whole job, {rows.stem}")
    ours = our_run(rows, districts, scratch / "plan")
    found = {"ours": ours, "bare": measure([sys.executable, "-c", BARE, str(rows)])}
    if size <= PLAIN_UP_TO:
        chosen = ours["targeting"]
        command = [sys.executable, str(HERE / "plain_script.py"), str(rows)]
        command += [str(scratch / "districts.gpkg"), str(scratch / "plain.html")]
        command += ["--eps", str(chosen["eps_m"]), "--min-samples", str(chosen["min_incidents"])]
        command += ["--bandwidth", str(chosen["bandwidth_m"])]
        command += ["--cell", str(chosen["cell_size_m"])]
        found["plain"] = measure(command, limited=True, seconds=180)
        command += ["--density", "scikit-learn"]
        found["plain_exact"] = measure(command, limited=True, seconds=240)
    return found


def growth(rows: Path, districts: str, scratch: Path) -> dict[str, Any]:
    """Measure the cost beyond intake on the same rows, for other cells and more hotspots."""
    say("growth with cells and hotspots")
    out = scratch / "plan"
    return {
        "cells": [
            (cell, our_run(rows, districts, out, "--cell-size", str(cell))) for cell in CELLS_M
        ],
        "hotspots": [
            (count, our_run(rows, districts, out, "--hotspots", str(count))) for count in HOTSPOTS
        ],
    }


def kernels(size: int) -> list[dict[str, Any]]:
    """Measure the stages beside their peers, on points that are not snapped."""
    script = [sys.executable, str(HERE / "bench_kernels.py"), "--points", str(size)]
    listed = measure([*script, "--list"])["out"].splitlines()
    found = []
    for name in listed:
        peer = not name.endswith(("compiled", "closed form", "raster"))
        if "150 m" in name or "numpy" in name or (peer and size > PEERS_UP_TO):
            continue
        say(f"{name}, {size:,} points")
        result = measure([*script, "--one", name], limited=peer, seconds=150)
        inner = {} if "failed" in result else json.loads(result["out"].splitlines()[-1])
        found.append({"name": name, "points": size} | result | inner)
    return found


def say(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure, write the table and draw the growth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("incidents", type=Path)
    parser.add_argument("--districts", required=True)
    parser.add_argument("--most", type=int, default=10_000_000)
    parser.add_argument("--out", type=Path, default=HERE)
    given = parser.parse_args()
    start = time.perf_counter()
    say("the run beside its imports")
    results: dict[str, Any] = {
        "start": compare(str(given.incidents), given.districts),
        "whole": [],
        "kernels": [],
    }
    with tempfile.TemporaryDirectory(prefix="hotspots-bench-") as folder:
        scratch = Path(folder)
        write = "import sys; from hotspots.intake import read_districts\n"
        write += "read_districts(sys.argv[1]).to_file(sys.argv[2])"
        measure([sys.executable, "-c", write, given.districts, str(scratch / "districts.gpkg")])
        for size in [size for size in SIZES if size <= given.most]:
            for kind in ("snapped", "unsnapped"):
                rows = scratch / f"{kind}-{size}.csv"
                make = [sys.executable, str(HERE / "make_rows.py"), str(given.incidents)]
                make += [str(rows), "--rows", str(size)]
                measure(make + (["--unsnapped"] if kind == "unsnapped" else []), seconds=600)
                if size == SIZES[0] and kind == "snapped":
                    our_run(rows, given.districts, scratch / "plan")  # fills the file cache
                found = whole_job(rows, size, given.districts, scratch)
                results["whole"].append({"rows": size, "kind": kind} | found)
                if size == GROWTH_ROWS and kind == "snapped":
                    results["growth"] = growth(rows, given.districts, scratch)
                rows.unlink()
            if size >= KERNELS_FROM:
                results["kernels"] += kernels(size)
            publish(results, start, given.out)
    say(f"{results['minutes']:.1f} minutes")


def publish(results: dict[str, Any], start: float, out: Path) -> None:
    """Write what there is so far, its table and its picture."""
    machine = f"{os.cpu_count()} processors, {platform.machine()}, {memory_gb():.0f} GB"
    results["machine"] = f"{machine}, Python {platform.python_version()}"
    results["versions"] = {name: version(name) for name in PACKAGES}
    results["minutes"] = (time.perf_counter() - start) / 60
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    subprocess.run([sys.executable, str(HERE / "report.py"), str(out)], check=True)


def memory_gb() -> float:
    """Memory of the machine."""
    text = Path("/proc/meminfo").read_text(encoding="utf-8")
    return int(re.findall(r"MemTotal:\s+(\d+)", text)[0]) / 1e6


if __name__ == "__main__":
    main()
