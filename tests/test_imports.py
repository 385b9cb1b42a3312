"""A command imports the libraries it uses, and no other: what start-up costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEADER = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
HEADER += "Crime type,Last outcome category,Context\n"

# What only other work needs: compilers, models, plots, other engines and clusters.
NEVER = [
    "scipy.ndimage",
    "scipy.spatial",
    "scipy.sparse",
    "numba",
    "llvmlite",
    "sklearn",
    "matplotlib",
    "highspy",
    "pyspark",
    "distributed",
    "rtree",
]
HEAVY = ["pandas", "geopandas", "shapely", "pyproj", "pyogrio", "scipy", "duckdb", "ibis"]
SHARING = ["folium", "branca", "jinja2", "xlsxwriter"]


def street_file(folder: Path) -> Path:
    """Incidents on a few spots of Watford and Stevenage in two months."""
    rows = [
        f",2021-{month:02},X,X,{x + step / 1e4:.6f},{y:.6f},On or near A Street,,,Robbery,,"
        for month in (1, 2)
        for x, y in ((-0.3960, 51.6560), (-0.2010, 51.9020), (-0.1960, 51.8960))
        for step in range(6)
        for _ in range(8)
    ]
    path = folder / "2021-01-x-street.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return path


def imported(arguments: list[str]) -> set[str]:
    """Modules that a command has imported when it ends well."""
    code = (
        "import sys\n"
        "from hotspots.cli import main\n"
        "try:\n"
        "    status = main(sys.argv[1:])\n"
        "except SystemExit as end:\n"
        "    status = end.code\n"
        "print('MODULES', *sys.modules)\n"
        "sys.exit(status)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    last = run.stdout.splitlines()[-1].split()
    assert last[0] == "MODULES"
    return set(last[1:])


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Help and version need none of the libraries."""
    assert not imported(arguments) & {*NEVER, *HEAVY, *SHARING, "numpy", "pyarrow"}


def test_check_draws_nothing(tmp_path: Path) -> None:
    """A look at the data imports neither what draws nor what clusters."""
    modules = imported(["check", str(street_file(tmp_path)), "--districts", "Watford, Stevenage"])
    assert not modules & {*NEVER, *SHARING}
    assert {"duckdb", "geopandas"} <= modules


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], Path]:
    """Modules that a whole run on few places imports, and the folder that it writes."""
    folder = tmp_path_factory.mktemp("run")
    out = folder / "plan"
    arguments = ["run", str(street_file(folder)), "--districts", "Watford, Stevenage"]
    return imported([*arguments, "--hotspots", "2", "--out", str(out)]), out


def test_run_on_little_data_compiles_and_learns_nothing(run: tuple[set[str], Path]) -> None:
    """A whole run on few places takes no compiler and no scikit-learn."""
    modules, out = run
    assert not modules & set(NEVER)
    assert (out / "map.html").exists()
    assert {*SHARING, "scipy"} <= modules


def test_a_plan_is_drawn_again_without_what_reads_incidents(
    run: tuple[set[str], Path], tmp_path: Path
) -> None:
    """The map of a plan takes no engine, no tests and no clusters."""
    _, out = run
    modules = imported(["map", str(out / "plan.gpkg"), "-o", str(tmp_path / "again.html")])
    assert not modules & {*NEVER, "duckdb", "ibis", "scipy", "xlsxwriter"}
    assert (tmp_path / "again.html").read_bytes() == (out / "map.html").read_bytes()
