"""The same job as a script that an analyst would write with the usual libraries.

``python benchmarks/plain_script.py ROWS.csv DISTRICTS.gpkg MAP.html`` reads the rows with pandas,
joins them to districts with geopandas, clusters every point with scikit-learn's DBSCAN, sums the
kernel density on a grid, ranks the clusters' convex hulls, shares hours in proportion and saves a
folium map, a GeoPackage and a workbook. It is what the whole run of the package is measured beside.

The density comes from KDEpy's FFT, the fastest there is, or with ``--density scikit-learn`` from
the KernelDensity that most such scripts use; its Epanechnikov kernel reaches as far as the quartic.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import folium
import folium.plugins
import geopandas as gpd
import numpy as np
import pandas as pd
from KDEpy import FFTKDE
from sklearn.cluster import DBSCAN
from sklearn.neighbors import KernelDensity

SELECTING = (
    "Anti-social behaviour",
    "Violence and sexual offences",
    "Robbery",
    "Public order",
    "Criminal damage and arson",
    "Theft from the person",
)


def main() -> None:
    """Do the job, and print the seconds of its steps as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows")
    parser.add_argument("districts")
    parser.add_argument("out")
    parser.add_argument("--eps", type=float, default=100.0)
    parser.add_argument("--min-samples", type=int, default=100)
    parser.add_argument("--bandwidth", type=float, default=300.0)
    parser.add_argument("--cell", type=float, default=50.0)
    parser.add_argument("--density", choices=("kdepy", "scikit-learn"), default="kdepy")
    parser.add_argument("--hotspots", type=int, default=26)
    parser.add_argument("--hours", type=float, default=26_108.0)
    given = parser.parse_args()
    seconds: dict[str, float] = {}
    clock = time.perf_counter()

    def lap(step: str) -> None:
        nonlocal clock
        seconds[step] = round(time.perf_counter() - clock, 3)
        clock = time.perf_counter()

    crimes = pd.read_csv(given.rows).dropna(subset=["Longitude", "Latitude"])
    identified = crimes["Crime ID"].notna()
    crimes = crimes[~(identified & crimes["Crime ID"].duplicated())]
    crimes = crimes[crimes["Crime type"].isin(SELECTING)]
    lap("read")
    districts = gpd.read_file(given.districts)
    points = gpd.GeoDataFrame(
        crimes[["Month", "Crime type"]],
        geometry=gpd.points_from_xy(crimes["Longitude"], crimes["Latitude"]),
        crs="EPSG:4326",
    ).to_crs(districts.crs)
    points = gpd.sjoin(points, districts[["district", "geometry"]], predicate="intersects")
    xy = np.column_stack([points.geometry.x, points.geometry.y])
    lap("districts")
    labels = DBSCAN(eps=given.eps, min_samples=given.min_samples).fit_predict(xy)
    points["cluster"] = labels
    lap("clusters")
    grid, density = surface(xy, given.bandwidth, given.cell, given.density)
    lap("density")
    found = points[points["cluster"] >= 0].dissolve(
        ["district", "cluster"], aggfunc={"Month": "count"}
    )
    found = found.rename(columns={"Month": "incidents"}).reset_index()
    found["geometry"] = found.convex_hull
    found = found[found.area > 0].nlargest(given.hotspots, "incidents")
    found["hours"] = given.hours * found["incidents"] / found["incidents"].sum()
    lap("hotspots")
    draw(found, grid, density, districts, given.out)
    lap("map")
    folder = Path(given.out).parent
    found.to_file(folder / "plain.gpkg", layer="hotspots")
    found.drop(columns="geometry").to_excel(folder / "plain.xlsx", index=False, engine="xlsxwriter")
    lap("tables")
    print(json.dumps({"hotspots": len(found), "seconds": seconds}))


def surface(
    xy: np.ndarray, bandwidth: float, cell: float, by: str
) -> tuple[np.ndarray, np.ndarray]:
    """Density on cell centres around the points."""
    low, high = xy.min(axis=0) - bandwidth, xy.max(axis=0) + bandwidth
    along = [np.arange(a, b + cell, cell) for a, b in zip(low, high, strict=True)]
    grid = np.column_stack([part.ravel() for part in np.meshgrid(*along, indexing="ij")])
    if by == "scikit-learn":
        model = KernelDensity(bandwidth=bandwidth, kernel="epanechnikov").fit(xy)
        return grid, np.exp(model.score_samples(grid))
    kernel = FFTKDE._available_kernels["biweight"]
    model = FFTKDE(kernel="biweight", norm=2, bw=bandwidth * kernel.var**0.5)
    return grid, model.fit(xy).evaluate(grid)


def draw(
    found: gpd.GeoDataFrame,
    grid: np.ndarray,
    density: np.ndarray,
    districts: gpd.GeoDataFrame,
    out: str,
) -> None:
    """Save a map with the density as a heat map, the districts and the hotspots."""
    dense = density >= np.quantile(density, 0.98)
    heat = gpd.GeoSeries(gpd.points_from_xy(*grid[dense].T), crs=districts.crs).to_crs(4326)
    middle = districts.to_crs(4326).total_bounds
    page = folium.Map([(middle[1] + middle[3]) / 2, (middle[0] + middle[2]) / 2], zoom_start=10)
    weight = density[dense] / density.max()
    folium.plugins.HeatMap(np.column_stack([heat.y, heat.x, weight]).tolist()).add_to(page)
    folium.GeoJson(districts.to_crs(4326)[["district", "geometry"]]).add_to(page)
    shown = found.to_crs(4326)
    fields = ["district", "incidents", "hours"]
    folium.GeoJson(
        shown[[*fields, "geometry"]], tooltip=folium.GeoJsonTooltip(fields=fields)
    ).add_to(page)
    page.save(out)


if __name__ == "__main__":
    main()
