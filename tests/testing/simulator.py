"""Synthetic incidents with hotspots that are known because they were planted.

Nothing here is real. Two districts of 10 km by 10 km hold towns of different size and open
country; incidents follow the density of people, lie on map points some 90 m apart (as those of
data.police.uk do), and come in months. On top, hotspots of several shapes and strengths are
planted.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

from hotspots.frames import PLACES, Places, Quality, names

CRS = "EPSG:27700"
WEST_M, SOUTH_M, SIDE_M = 400_000.0, 300_000.0, 10_000.0
CORNER = np.array([WEST_M, SOUTH_M])
MONTHS = [f"2021-{month:02}" for month in range(1, 13)]

#: Expected incidents a year of a planted hotspot, by strength.
STRENGTHS = {"strong": 200.0, "medium": 110.0, "weak": 60.0}


@dataclass(frozen=True)
class Planted:
    """One planted hotspot: its ground, its strength, and the map points it reaches."""

    shape: shapely.Polygon
    strength: str
    points: NDArray[np.int64]


@dataclass(frozen=True)
class World:
    """Incidents as places, the districts they lie in, and the truth."""

    places: Places
    districts: gpd.GeoDataFrame
    map_points: NDArray[np.float64]
    planted: list[Planted]


def simulate(seed: int, *, background: int = 6_000, each: int = 5) -> World:
    """Make a year of incidents.

    Parameters
    ----------
    seed
        Of the random numbers.
    background
        Expected incidents of the year outside hotspots: three in four in six towns, the rest
        in the country.
    each
        Hotspots planted of every strength; a third each are discs, streets and corners.
    """
    draw = np.random.default_rng(seed)
    towns = _apart(draw, 6, 2_500, margin=1_500)
    sizes = draw.uniform(400, 900, len(towns))
    points = _map_points(draw, towns, sizes)
    tree = KDTree(points)
    rows = [_months(draw, _snapped(tree, _background(draw, towns, sizes, background)))]
    planted = []
    for number, centre in enumerate(_apart(draw, 3 * each, 900, margin=600)):
        shape = _shape(draw, centre, number % 3)
        strength = list(STRENGTHS)[number // each]
        spots = _snapped(tree, _inside(draw, shape, draw.poisson(STRENGTHS[strength])))
        planted.append(Planted(shape, strength, np.unique(spots)))
        rows.append(_months(draw, spots))
    districts = _districts()
    return World(_places(pd.concat(rows), points, districts), districts, points, planted)


def _apart(draw: np.random.Generator, count: int, least_m: float, margin: float) -> NDArray:
    """Positions at least so far from each other and from the outer border."""
    found: list[NDArray] = []
    while len(found) < count:
        spot = draw.uniform(margin, [2 * SIDE_M - margin, SIDE_M - margin])
        across = abs(spot[0] - SIDE_M)  # not on the border between the districts
        if across > 300 and all(np.hypot(*(spot - other)) > least_m for other in found):
            found.append(spot)
    return np.reshape(found, (-1, 2)) + CORNER


def _map_points(draw: np.random.Generator, towns: NDArray, sizes: NDArray) -> NDArray:
    """A jittered lattice of 90 m, thinned to one point in four far from towns."""
    x, y = np.meshgrid(np.arange(45, 2 * SIDE_M, 90), np.arange(45, SIDE_M, 90))
    points = np.column_stack((x.ravel(), y.ravel())) + draw.uniform(-30, 30, (x.size, 2))
    points += CORNER
    near = (np.linalg.norm(points[:, None] - towns, axis=2) < 2.5 * sizes).any(axis=1)
    return points[near | (draw.random(len(points)) < 0.25)]


def _background(draw: np.random.Generator, towns: NDArray, sizes: NDArray, count: int) -> NDArray:
    shares = sizes**2 / (sizes**2).sum()
    of_town = draw.poisson(0.75 * count * shares)
    spots = [
        draw.normal(town, size, (number, 2))
        for town, size, number in zip(towns, sizes, of_town, strict=True)
    ]
    country = draw.uniform(0, [2 * SIDE_M, SIDE_M], (draw.poisson(0.25 * count), 2))
    return np.vstack([*spots, country + CORNER])


def _shape(draw: np.random.Generator, centre: NDArray, kind: int) -> shapely.Polygon:
    """A disc of 100 m, a street of 300 m, or a corner of two streets of 200 m; turned at random."""
    spot = shapely.Point(centre)
    if kind == 0:
        return spot.buffer(100)
    line = [(-150, 0), (150, 0)] if kind == 1 else [(0, 200), (0, 0), (200, 0)]
    turned = shapely.affinity.rotate(shapely.LineString(line), draw.uniform(0, 360), origin=(0, 0))
    return shapely.affinity.translate(turned, *centre).buffer(25)


def _inside(draw: np.random.Generator, shape: shapely.Polygon, count: int) -> NDArray:
    """Positions evenly spread over a shape."""
    west, south, east, north = shape.bounds
    spots = draw.uniform([west, south], [east, north], (60 * count, 2))
    return spots[shapely.contains_xy(shape, spots)][:count]


def _snapped(tree: KDTree, spots: NDArray) -> NDArray[np.int64]:
    """Number of the map point nearest to each position."""
    return tree.query(spots)[1].astype(np.int64)


def _months(draw: np.random.Generator, points: NDArray[np.int64]) -> pd.DataFrame:
    return pd.DataFrame({"point": points, "period": draw.choice(MONTHS, len(points))})


def _districts() -> gpd.GeoDataFrame:
    west = shapely.box(WEST_M, SOUTH_M, WEST_M + SIDE_M, SOUTH_M + SIDE_M)
    shapes = [west, shapely.affinity.translate(west, SIDE_M, 0)]
    return gpd.GeoDataFrame(
        {
            "district_code": ["WES", "EAS"],
            "district": ["Westham", "Easton"],
            "police_force": "",
            "area_km2": [SIDE_M**2 / 1e6] * 2,
        },
        geometry=shapes,
        crs=CRS,
    )


def _places(rows: pd.DataFrame, points: NDArray, districts: gpd.GeoDataFrame) -> Places:
    table = rows.groupby(["point", "period"]).size().rename("weight").reset_index()
    table["x_m"], table["y_m"] = points[table["point"]].T
    table = table.assign(category="Robbery", selecting=True, location="", district="")
    for name, shape in zip(districts["district"], districts.geometry, strict=True):
        held = shapely.contains_xy(shape, table["x_m"], table["y_m"])
        table.loc[held & (table["district"] == ""), "district"] = name
    table = table.sort_values(["x_m", "y_m", "period"], ignore_index=True)
    total = int(table.loc[table["district"] != "", "weight"].sum())
    quality = Quality(total, total, {}, [], MONTHS, [], {}, [])
    return Places(table[names(PLACES)], CRS, MONTHS, 365, quality)
