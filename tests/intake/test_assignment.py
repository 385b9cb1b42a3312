"""Positions are assigned to districts exactly as geometry would."""

from __future__ import annotations

import tracemalloc

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.grid import Grid, outline_cells
from hotspots.intake import assignment, read_districts
from hotspots.intake.assignment import assign


def by_sjoin(x: np.ndarray, y: np.ndarray, districts: gpd.GeoDataFrame) -> np.ndarray:
    """First district of each point by geopandas."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=districts.crs)
    joined = gpd.sjoin(points, districts[["geometry"]], predicate="intersects")
    first = joined["index_right"].groupby(level=0).min()
    return first.reindex(range(len(x)), fill_value=-1).to_numpy()


@pytest.mark.parametrize("area", ["hertfordshire", "west-yorkshire, greater-manchester", "all"])
def test_equal_to_sjoin(area: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On many points, on borders among them, the raster path gives what sjoin gives."""
    monkeypatch.setattr(assignment, "_FEW", 0)
    monkeypatch.setattr(assignment, "_AT_ONCE", 7_001)
    districts = read_districts(area)
    rng = np.random.default_rng(1)
    west, south, east, north = districts.total_bounds
    x, y = (
        rng.uniform(west - 500, east + 500, 30_000),
        rng.uniform(south - 500, north + 500, 30_000),
    )
    corners = shapely.get_coordinates(districts.geometry.to_numpy())
    corners = corners[rng.permutation(len(corners))[:5_000]]
    near = corners + rng.normal(0, 30, corners.shape)
    extremes = np.array([[west, south], [east, north], [west, north], [east, south]])
    x = np.concatenate([x, corners[:, 0], near[:, 0], extremes[:, 0]])
    y = np.concatenate([y, corners[:, 1], near[:, 1], extremes[:, 1]])
    found = assign(x, y, districts)
    np.testing.assert_array_equal(found, by_sjoin(x, y, districts))
    assert (found >= 0).sum() > 5_000


def test_positions_on_the_bounds_belong_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Points on the outer edges of a square, the far ones too, are inside it."""
    monkeypatch.setattr(assignment, "_FEW", 0)
    square = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 3000, 3000)], crs="EPSG:27700")
    x, y = np.array([0, 3000, 3000, 1500, 3000.001]), np.array([0, 3000, 1500, 3000, 1500])
    assert assign(x, y, square).tolist() == [0, 0, 0, 0, -1]


def test_no_position_is_an_empty_result() -> None:
    """Nothing to assign gives an empty array."""
    assert len(assign([], [], read_districts("Watford"))) == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_layers_that_overlap(seed: int) -> None:
    """Districts that overlap, hold or repeat each other, with holes, give what sjoin gives."""
    rng = np.random.default_rng(seed)
    shapes = []
    for _ in range(rng.integers(1, 7)):
        centre, reach = rng.uniform(0, 1000, 2), rng.uniform(5, 600)
        shapes.append(shapely.Point(centre).buffer(reach, quad_segs=int(rng.integers(1, 5))))
        if rng.uniform() < 0.4:
            shapes[-1] = shapes[-1].difference(shapely.Point(centre).buffer(reach / 2))
        if rng.uniform() < 0.3:
            shapes.append(shapes[rng.integers(len(shapes))])
    districts = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:27700")
    corners = shapely.get_coordinates(shapes)
    x, y = np.concatenate([rng.uniform(-300, 1300, (3_000, 2)), corners]).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "_FEW", 0)
        patch.setattr(assignment, "_CELLS", (int(rng.integers(1, 3_000)),) * 2)
        found = assign(x, y, districts)
    np.testing.assert_array_equal(found, by_sjoin(x, y, districts))


def test_positions_beside_and_on_cell_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Borders that run along the walls of cells, and positions a rounding beside them."""
    monkeypatch.setattr(assignment, "_FEW", 0)
    monkeypatch.setattr(assignment, "_CELLS", (10_000, 10_000))
    quarters = [
        shapely.box(west, south, west + 500, south + 500)
        for west, south in ((0, 0), (500, 0), (0, 500), (500, 500))
    ]
    districts = gpd.GeoDataFrame(geometry=quarters, crs="EPSG:27700")
    walls = np.arange(0, 1001, 10.0)
    near = np.concatenate([walls, np.nextafter(walls, -1), np.nextafter(walls, 2000)])
    x, y = (part.ravel() for part in np.meshgrid(near, near))
    np.testing.assert_array_equal(assign(x, y, districts), by_sjoin(x, y, districts))


def test_memory_beyond_the_result_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two million more positions far from borders take memory for their result alone."""
    monkeypatch.setattr(assignment, "_CELLS", (10_000, 10_000))
    square = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 3000, 3000)], crs="EPSG:27700")
    peaks = []
    for count in (1_000_000, 3_000_000):
        x = np.linspace(100, 2900, count)
        tracemalloc.start()
        assert (assign(x, x, square) == 0).all()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # eight bytes for the result, one for the comparison here, one for what is near a border
    assert peaks[1] - peaks[0] < 2_000_000 * 11


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_cell_without_outline_lies_on_one_side(seed: int) -> None:
    """Random points in cells that no outline passes agree with their cell's centre."""
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 12))
    radius = rng.uniform(5, 50, 12)
    polygon = shapely.make_valid(
        shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    )
    grid = Grid(-60.0, -60.0, 7.0, 18, 18)
    marked = np.zeros((18, 18), dtype=np.bool_)
    marked.flat[outline_cells([polygon], grid)[0]] = True
    x, y = rng.uniform(-60, 66, (2, 2_000))
    row, column, _ = grid.cell_of(x, y)
    clear = ~marked[row, column]
    centre_x, centre_y = grid.centres(row, column)
    same = shapely.contains_xy(polygon, x, y) == shapely.contains_xy(polygon, centre_x, centre_y)
    assert same[clear].all()
