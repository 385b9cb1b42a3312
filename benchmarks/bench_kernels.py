"""Speed, memory and error of the kernels, beside what a user would pick instead.

``python benchmarks/bench_kernels.py --points 1000000`` prints the rows of a Markdown table. Every
measurement is a process of its own, so that its peak memory (imports and data included) is its
own too; machine code is compiled before the clock starts. ``--slow`` adds scikit-learn's DBSCAN,
which takes minutes and gigabytes at a million points.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from hotspots.targeting import Grid, dbscan, kernel_density

GRID = Grid(0.0, 0.0, 50.0, 800, 1000)
BANDWIDTH_M = 300.0
# esda takes 0.1 ms a cell
COARSE = Grid(0.0, 0.0, 100.0, 400, 500)
CELLS_TRIED = 20_000


def places(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unsnapped points on 50 km x 40 km, as crowded as a county's recorded incidents.

    They lie within some 30 m of 12,000 spots, of which few are busy, in 300 towns. At a million
    a point has some 300 others within 75 m and 580 within 150 m; Hertfordshire's incidents,
    drawn a million times and moved as far, have 340 and 760.
    """
    draw = np.random.default_rng(1)
    size = draw.pareto(1.2, 300) + 0.2
    town = draw.choice(300, 12_000, p=size / size.sum())
    busy = np.minimum(draw.pareto(1.0, 12_000) + 0.3, 25)
    spot = draw.choice(12_000, count, p=busy / busy.sum())
    axes = []
    for most in (50_000, 40_000):
        middle = draw.uniform(2000, most - 2000, 300)[town]
        spots = middle + draw.normal(0, 180, 12_000) * size[town] ** 0.4
        axes.append((spots[spot] + draw.normal(0, 30, count)).clip(0, most))
    return axes[0], axes[1], np.ones(count)


def measured(act: Callable[[], Any], repeats: int = 5) -> tuple[Any, dict[str, float]]:
    """Result of an act, its best wall and CPU time, and the peak memory of the process."""
    walls, processors = [], []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        result = act()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return result, {"wall": min(walls), "cpu": min(processors), "peak_mb": peak}


def density_ours(count: int) -> dict[str, Any]:
    """Exact sum, compiled."""
    few = places(100)
    kernel_density(*few, GRID, BANDWIDTH_M, engine="compiled")
    x, y, w = places(count)
    return measured(lambda: kernel_density(x, y, w, GRID, BANDWIDTH_M, engine="compiled"))[1]


def density_numpy(count: int) -> dict[str, Any]:
    """Exact sum, the plain path."""
    x, y, w = places(count)
    return measured(lambda: kernel_density(x, y, w, GRID, BANDWIDTH_M, engine="plain"), 1)[1]


def density_scikit_learn(count: int) -> dict[str, Any]:
    """Exact compact kernel at cells drawn at random, scaled up to all of them.

    It has no quartic kernel; Epanechnikov's reaches as far. The cells come in ten lots, whose
    times say how far the scaled figure can be trusted.
    """
    from sklearn.neighbors import KernelDensity

    x, y, _ = places(count)
    points = np.column_stack([x, y])
    model = KernelDensity(bandwidth=BANDWIDTH_M, kernel="epanechnikov")
    _, fitted = measured(lambda: model.fit(points), 1)
    cells = np.random.default_rng(2).choice(GRID.rows * GRID.columns, CELLS_TRIED, replace=False)
    centres = np.column_stack(GRID.centres(*np.divmod(cells, GRID.columns)))
    lots = [measured(partial(model.score_samples, lot), 1) for lot in np.array_split(centres, 10)]
    wall, cpu = (np.array([figures[name] for _, figures in lots]) for name in ("wall", "cpu"))
    scale = GRID.rows * GRID.columns / CELLS_TRIED
    found = np.exp(lots[0][0][:200])
    exact = [
        np.maximum(1 - ((points - centre) ** 2).sum(axis=1) / BANDWIDTH_M**2, 0).sum()
        for centre in centres[:200]
    ]
    exact = np.array(exact) * 2 / (np.pi * BANDWIDTH_M**2) / count
    error = np.abs(found[exact > 0] / exact[exact > 0] - 1).max()
    spread = cpu.std(ddof=1) * 10**0.5 / cpu.sum()
    note = f"{CELLS_TRIED:,} of {GRID.rows * GRID.columns:,} cells, scaled, ± {spread:.0%}; "
    return {
        "wall": fitted["wall"] + wall.sum() * scale,
        "cpu": fitted["cpu"] + cpu.sum() * scale,
        "peak_mb": lots[-1][1]["peak_mb"],
        "note": note + f"error up to {error:.0e}",
    }


def density_kdepy(count: int) -> dict[str, Any]:
    """Binned sum by FFT, and its error."""
    from KDEpy import FFTKDE

    x, y, w = places(count)
    kernel = FFTKDE._available_kernels["biweight"]
    along = [part.ravel() for part in np.indices((GRID.columns, GRID.rows))]
    centres = np.column_stack(GRID.centres(along[1], along[0]))
    points = np.column_stack([x, y])
    low, high = centres.min(axis=0), centres.max(axis=0)
    points = points.clip(low + 1e-6, high - 1e-6)  # it refuses points beyond its grid
    model = FFTKDE(kernel="biweight", norm=2, bw=BANDWIDTH_M * kernel.var**0.5)
    found, figures = measured(lambda: model.fit(points).evaluate(centres), 3)
    exact = kernel_density(*points.T, w, GRID, BANDWIDTH_M)
    surface = found.reshape(GRID.columns, GRID.rows).T * 1e6 * count
    hottest = exact >= np.quantile(exact, 0.999)
    error = np.abs(surface[hottest] / exact[hottest] - 1)
    return figures | {"note": f"error on the hottest 0.1 % of cells: up to {error.max():.1%}"}


def clusters(count: int, eps: float, fewest: int, engine: str) -> dict[str, Any]:
    """DBSCAN, and a digest of its labels."""
    dbscan(*places(100), eps_m=eps, min_incidents=fewest, engine=engine)  # type: ignore[arg-type]
    x, y, w = places(count)
    (labels, core), figures = measured(
        lambda: dbscan(x, y, w, eps_m=eps, min_incidents=fewest, engine=engine),  # type: ignore[arg-type]
        5 if engine == "compiled" else 1,
    )
    digest = hashlib.sha256(labels.tobytes() + core.tobytes()).hexdigest()
    return figures | {"digest": digest, "note": f"{labels.max() + 1:,} clusters"}


def gi_star_ours(count: int) -> dict[str, Any]:
    """Closed form on the grid's counts."""
    from hotspots.targeting.significance import gi_star

    counts = _counts(count)
    z, figures = measured(lambda: gi_star(counts, 100.0, 150.0))
    return figures | {"sum": float(np.abs(z).sum())}


def gi_star_esda(count: int) -> dict[str, Any]:
    """G_Local with the eight cells around, without the time to build the weights."""
    import esda
    import libpysal

    counts = _counts(count).ravel().astype(float)
    weights = libpysal.weights.lat2W(COARSE.rows, COARSE.columns, rook=False)
    found, figures = measured(
        lambda: esda.G_Local(counts, weights, transform="B", permutations=0, star=True), 1
    )
    return figures | {"sum": float(np.abs(found.Zs).sum()), "note": "weights given"}


def _counts(count: int) -> np.ndarray:
    x, y, _ = places(count)
    row, column, held = COARSE.cell_of(x, y)
    cells = np.bincount(
        row[held] * COARSE.columns + column[held], minlength=COARSE.rows * COARSE.columns
    )
    return cells.reshape(COARSE.rows, COARSE.columns)


def districts_raster(count: int) -> dict[str, Any]:
    """Districts of England and Wales of points all over them."""
    from hotspots.intake.assignment import assign

    layer, x, y = _country(count)
    found, figures = measured(lambda: assign(x, y, layer))
    return figures | {"digest": hashlib.sha256(found.tobytes()).hexdigest()}


def districts_sjoin(count: int) -> dict[str, Any]:
    """The same join by geopandas, without the time to make the points."""
    import geopandas as gpd

    layer, x, y = _country(count)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=layer.crs)
    joined, figures = measured(lambda: gpd.sjoin(points, layer[["geometry"]]), 2)
    first = joined["index_right"].groupby(level=0).min().reindex(range(count), fill_value=-1)
    digest = hashlib.sha256(first.to_numpy(np.int64).tobytes()).hexdigest()
    return figures | {"digest": digest, "note": "points given"}


def _country(count: int) -> tuple[Any, np.ndarray, np.ndarray]:
    from hotspots.intake import read_districts

    layer = read_districts("all")
    west, south, east, north = layer.total_bounds
    draw = np.random.default_rng(1)
    return layer, draw.uniform(west, east, count), draw.uniform(south, north, count)


MEASURES: dict[str, Callable[[int], dict[str, Any]]] = {
    "density, exact, compiled": density_ours,
    "density, exact, numpy": density_numpy,
    "density, exact, scikit-learn": density_scikit_learn,
    "density, KDEpy FFT": density_kdepy,
    "DBSCAN 75 m, 10, compiled": lambda n: clusters(n, 75, 10, "compiled"),
    "DBSCAN 75 m, 10, scikit-learn": lambda n: clusters(n, 75, 10, "plain"),
    "DBSCAN 150 m, 50, compiled": lambda n: clusters(n, 150, 50, "compiled"),
    "DBSCAN 150 m, 50, scikit-learn": lambda n: clusters(n, 150, 50, "plain"),
    "Gi* 200,000 cells, closed form": gi_star_ours,
    "Gi* 200,000 cells, esda": gi_star_esda,
    "348 districts, raster": districts_raster,
    "348 districts, geopandas sjoin": districts_sjoin,
}


def main() -> None:
    """Measure everything, each in a process of its own."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--points", type=int, default=1_000_000)
    reader.add_argument("--slow", action="store_true", help="scikit-learn's DBSCAN as well")
    reader.add_argument("--only", default="", help="measures whose name holds this")
    reader.add_argument("--one", choices=[*MEASURES], help=argparse.SUPPRESS)
    reader.add_argument("--list", action="store_true", help="names of the measures")
    given = reader.parse_args()
    if given.list:
        print(*MEASURES, sep="\n")
        return
    if given.one:
        print(json.dumps(MEASURES[given.one](given.points)))
        return
    print("| measure | points | wall s | CPU s | peak MB | ratio of wall | note |")
    print("|---|---:|---:|---:|---:|---:|---|")
    first: dict[str, dict[str, Any]] = {}
    for name in MEASURES:
        if given.only not in name or ("DBSCAN" in name and "scikit" in name and not given.slow):
            continue
        command = [sys.executable, __file__, "--points", str(given.points), "--one", name]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        group = name.rsplit(",", 1)[0] if "density" not in name else "density"
        if run.returncode:
            why = run.stderr.strip().splitlines()[-1:] or [f"ended by signal {-run.returncode}"]
            print(f"| {name} | {given.points:,} | | | | | {why[0]} |", flush=True)
            continue
        found = json.loads(run.stdout.splitlines()[-1])
        base = first.setdefault(group, found)
        notes = [found["note"]] if "note" in found else []
        if found is not base and "digest" in found:
            notes.append("result equal" if found["digest"] == base["digest"] else "RESULT DIFFERS")
        if found is not base and "sum" in found:
            notes.append(f"sum of z differs by {abs(found['sum'] / base['sum'] - 1):.0e}")
        print(
            f"| {name} | {given.points:,} | {found['wall']:.3f} | {found['cpu']:.3f} |"
            f" {found['peak_mb']:,.0f} | {found['wall'] / base['wall']:.3g} | {'; '.join(notes)} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
