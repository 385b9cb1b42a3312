"""Measure the accuracy on real data and write the tables of docs/accuracy.md.

``python docs/accuracy.py --hertfordshire FILE --toronto FILE`` measures all three data sets in a
few minutes. The files are not part of the repository; without one its section stays as it is.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

import hotspots

PAGE = Path(__file__).with_name("accuracy.md")
RIVALS = ("grid squares", "grid hexagons", "density peaks", "densest cells", "DBSCAN alone",
          "free squares", "free rectangles")  # fmt: skip
TORONTO_COLUMNS = {"longitude": "Long", "latitude": "Lat", "date": "date", "category": "MCI"}
BUFFER_M = 250


@dataclass(frozen=True)
class Case:
    """One backtest to be made."""

    name: str
    incidents: Any
    districts: Any
    intake: Mapping[str, Any]
    options: Mapping[str, Any]

    def measure(self) -> hotspots.Backtest:
        """Make it."""
        sys.stderr.write(f"{self.name} ...\n")
        settings = hotspots.Settings.from_dict({"intake": dict(self.intake)})
        return hotspots.backtest(self.incidents, self.districts, settings=settings, **self.options)


def hertfordshire(file: str) -> list[Case]:
    """Halves with all and with the default categories, shorter spans, and rolling months."""
    every = {"categories": ["all"]}
    cases: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = [
        ("Six months, then six; all categories", every, {"split": "2021-07"}),
        ("Six months, then six", {}, {"split": "2021-07"}),
        ("January to April, then May to August", {"to_month": "2021-08"}, {"split": "2021-05"}),
        ("May to August, then September to December", {"from_month": "2021-05"},
         {"split": "2021-09"}),
        ("October, November, December, each by all months before it", {}, {"rolling": 3}),
    ]  # fmt: skip
    return [Case(name, file, "hertfordshire", intake, when) for name, intake, when in cases]


def west_yorkshire() -> list[Case]:
    """The bundled sample."""
    sample, when = hotspots.sample_incidents(), {"split": "2018-07"}
    every = {"categories": ["all"]}
    return [
        Case("July 2016 and 2017, then July 2018", sample, "west-yorkshire", {}, when),
        Case("The same; all categories", sample, "west-yorkshire", every, when),
    ]


def toronto(file: str) -> list[Case]:
    """Two pairs of years, on one district made from the incidents."""
    district, cases = hull_of(file), []
    for year in (2018, 2019):
        intake = {
            "columns": TORONTO_COLUMNS,
            "date_format": "%Y-%m-%d",
            "from_month": f"{year}-01",
            "to_month": f"{year + 1}-12",
        }
        when = {"split": f"{year + 1}-01"}
        cases.append(Case(f"{year}, then {year + 1}", file, district, intake, when))
    return cases


def hull_of(file: str) -> gpd.GeoDataFrame:
    """Convex hull of all incidents of 2018 to 2020 and 250 m around it, as one district."""
    rows = pd.read_csv(file, dtype=str)
    rows = rows[rows["date"].between("2018-01-01", "2020-12-31")]
    spots = gpd.points_from_xy(rows["Long"].astype(float), rows["Lat"].astype(float), crs=4326)
    hull = shapely.convex_hull(shapely.MultiPoint(list(spots.to_crs(32617)))).buffer(BUFFER_M)
    return gpd.GeoDataFrame({"district": ["Toronto"]}, geometry=[hull], crs=32617)


def section(cases: list[tuple[str, hotspots.Backtest]]) -> str:
    """Overview of a data set, then every case, then the curve of the first."""
    parts = [overview(cases)]
    for name, result in cases:
        parts += [f"\n### {name}\n\n", *(f"{sentence}\n" for sentence in result.verdict), "\n"]
        parts.append(methods(result.table))
    parts += [
        f"\nAt equal shares of the area ({cases[0][0].lower()}):\n\n",
        curve(cases[0][1].curve),
    ]
    return "".join(parts)


def overview(cases: list[tuple[str, hotspots.Backtest]]) -> str:
    """Hit rates of this method and its rivals on equal terms, the ceiling beside them."""
    heads = ["months", "this method", *RIVALS, "in hindsight"]
    lines = [f"| {' | '.join(heads)} |\n", f"|---{'|---:' * (len(heads) - 1)}|\n"]
    for name, result in cases:
        rates = result.table.set_index("method")["hit_rate"]
        cells = [share(rates.get(method)) for method in
                 ("this method", *RIVALS, "best in hindsight")]  # fmt: skip
        lines.append(f"| {name} | **{cells[0]}** | {' | '.join(cells[1:])} |\n")
    return "".join(lines)


def methods(table: pd.DataFrame) -> str:
    """Every method of one case."""
    lines = ["| method | pieces | km² | hit rate | 95% | PAI | PEI | this method less it |\n",
             "|---|---:|---:|---:|---:|---:|---:|---:|\n"]  # fmt: skip
    for row in table.to_dict("records"):
        span = ends(row, "hit_rate", "") or "–"
        less = "–" if math.isnan(row["difference"]) else f"{100 * row['difference']:+.1f}"
        between = ends(row, "difference", "+")
        lines.append(
            f"| {row['method']} | {row['pieces']:,} | {row['area_km2']:.2f} | "
            f"{share(row['hit_rate'])} | {span} | {row['pai']:.1f} | "
            f"{'–' if math.isnan(row['pei']) else format(row['pei'], '.2f')} | "
            f"{less}{f' ({between})' if between else ''} |\n"
        )
    return "".join(lines)


def curve(points: pd.DataFrame) -> str:
    """Hit rate and PAI of ranked units, one column per share."""
    shares = sorted(points["area_share"].unique())
    heads = " | ".join(f"{100 * each:g}% of the area" for each in shares)
    lines = [f"| units, best first | {heads} |\n", f"|---{'|---:' * len(shares)}|\n"]
    for method, rows in points.groupby("method", sort=False):
        cells = [f"{share(row.hit_rate)}, PAI {row.pai:.1f}" for row in rows.itertuples()]
        lines.append(f"| {method} | {' | '.join(cells)} |\n")
    return "".join(lines)


def share(value: Any) -> str:
    """A share in per cent; a dash where there is none."""
    return "–" if value is None or math.isnan(value) else f"{100 * value:.1f}%"


def ends(row: dict[Any, Any], name: str, sign: str) -> str:
    """Ends of an interval in per cent; empty where there is none."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "" if math.isnan(low) else f"{100 * low:{sign}.1f} to {100 * high:{sign}.1f}"


def replaced(page: str, name: str, text: str) -> str:
    """The page with the text between the markers of a data set exchanged."""
    first, last = f"<!-- {name}: generated -->\n", f"<!-- {name}: end -->\n"
    before, found, rest = page.partition(first)
    _, closed, after = rest.partition(last)
    if not (found and closed):
        raise SystemExit(f"{PAGE} lacks the markers {first.strip()} and {last.strip()}.")
    return f"{before}{first}\n{text}\n{last}{after}"


def main() -> None:
    """Measure what there are files for, and write the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--hertfordshire", help="street files of Hertfordshire, 2021")
    options.add_argument("--toronto", help="Toronto major crime indicators, as CSV")
    given = options.parse_args()
    cases = {"west-yorkshire": west_yorkshire()}
    for name, which in (("hertfordshire", hertfordshire), ("toronto", toronto)):
        if file := getattr(given, name):
            cases[name] = which(file)
    page = PAGE.read_text(encoding="utf-8")
    with ProcessPoolExecutor() as pool:
        results = {name: pool.map(Case.measure, some) for name, some in cases.items()}
        for name, some in cases.items():
            named = [(case.name, found) for case, found in zip(some, results[name], strict=True)]
            page = replaced(page, name, section(named))
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
