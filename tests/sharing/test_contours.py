"""Contours are the classes of the surface as polygons, whole and apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

import hotspots
from hotspots import frames
from hotspots.frames import DensitySurface
from hotspots.sharing.contours import contours
from hotspots.sharing.raster import monthly_classes

from .plan_factory import small_plan

CRS = "EPSG:27700"


def surface(values: np.ndarray, cell: float = 50.0) -> DensitySurface:
    inside = np.ones(values.shape, dtype=bool)
    return DensitySurface(values, inside, 0.0, 0.0, cell, 200.0, 100.0, CRS)


def districts(*boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.box(*box) for box in boxes], crs=CRS)


def test_a_cone_has_rings() -> None:
    """A cone of 1,000 over a radius of 1,000 m: each class is a ring between two circles."""
    centre = (np.arange(60) + 0.5) * 50 - 1500
    x, y = np.meshgrid(centre, centre)
    values = np.maximum(0.0, 1000 - np.hypot(x, y))
    breaks = (100.0, 300.0, 500.0, 700.0, 800.0, 900.0)
    found = contours(surface(values), values, breaks, districts((0, 0, 3000, 3000)))
    assert list(found.columns) == [*frames.names(frames.CONTOURS), "geometry"]
    assert found["class"].tolist() == [1, 2, 3, 4, 5, 6]
    assert found["from_per_km2"].tolist() == list(breaks)
    assert found["to_per_km2"].tolist()[:5] == list(breaks[1:])
    assert np.isnan(found["to_per_km2"].iloc[5])
    outer, inner = 1000 - np.array(breaks), np.array([*(1000 - np.array(breaks[1:])), 0])
    # bends of a tenth of a cell, 5 m, are left out along both circles
    most_off = 2 * np.pi * (outer + inner) * 5
    assert (np.abs(found.area - np.pi * (outer**2 - inner**2)) <= most_off).all()
    assert found.geometry.iloc[0].covers(shapely.Point(1500 + 800, 1500))
    assert not found.geometry.iloc[0].intersects(shapely.Point(1500 + 500, 1500))


def test_contours_are_cut_to_the_districts() -> None:
    """A flat surface above a break is the districts themselves, also where they end at the grid."""
    values = np.full((20, 40), 150.0)
    land = districts((0, 0, 990, 1000), (990, 0, 2000, 700))
    found = contours(surface(values), values, (100.0, 200.0), land)
    assert found["class"].tolist() == [1]
    assert found.geometry.iloc[0].equals(land.union_all())


def test_nothing_is_a_layer_without_rows() -> None:
    """Below the first break there is no polygon, but the columns are there."""
    values = np.zeros((5, 5))
    found = contours(surface(values), values, (1.0, 2.0), districts((0, 0, 250, 250)))
    assert found.empty
    assert found["class"].dtype == "int64"
    assert found.crs == CRS


def test_classes_of_noise_are_valid_and_apart() -> None:
    """On a rough surface polygons are valid, classes hardly overlap and fill what is above."""
    values = np.random.default_rng(3).gamma(2.0, 50.0, (40, 60))
    breaks = (20.0, 60.0, 100.0, 150.0, 200.0, 300.0)
    land = districts((0, 0, 3000, 2000))
    found = contours(surface(values), values, breaks, land)
    assert found.is_valid.all()
    whole = shapely.union_all(found.geometry.to_numpy()).area
    assert found.area.sum() == pytest.approx(whole, rel=0.05)
    assert whole <= 3000 * 2000
    assert set(found.geom_type) == {"MultiPolygon"}


def test_the_layer_is_in_the_plans_file(tmp_path: Path) -> None:
    """The layer has the page's classes, lies in the districts, and is coloured as the page."""
    plan = small_plan()
    path = hotspots.write_plan(plan, tmp_path / "plan.gpkg")
    found = gpd.read_file(path, layer="density_contours")
    _, breaks = monthly_classes(plan.targeting.density, 2)
    assert set(found["from_per_km2"]) <= set(breaks)
    assert found.crs == CRS
    assert found.within(plan.targeting.districts.union_all().buffer(0.001)).all()
    other = replace(plan.settings, sharing=replace(plan.settings.sharing, palette="YlOrRd"))
    again = hotspots.write_plan(replace(plan, settings=other), tmp_path / "other.gpkg")
    assert b"240,59,32" in again.read_bytes()  # #f03b20
