from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hotspots.errors import SettingsError
from hotspots.grid import MOST_CELLS, Grid, outline_cells, rasterise

SEEDS = st.integers(0, 2**32 - 1)


def star(draw: np.random.Generator, x: float, y: float, reach: float) -> shapely.Polygon:
    """Simple polygon with jagged edges around a position, within a reach."""
    angle = np.sort(draw.uniform(0, 2 * np.pi, draw.integers(5, 40)))
    radius = reach * draw.uniform(0.3, 1, len(angle))
    ring = np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])
    return shapely.make_valid(shapely.Polygon(ring))


def jagged(draw: np.random.Generator) -> shapely.Geometry:
    """One or several polygons, with holes, that may reach beyond a 100 m square."""
    parts = []
    for _ in range(draw.integers(1, 4)):
        x, y, reach = draw.uniform(-20, 120), draw.uniform(-20, 120), draw.uniform(5, 90)
        whole = star(draw, x, y, reach)
        parts.append(shapely.difference(whole, star(draw, x, y, reach / 3)))
    return shapely.union_all(parts)


def held(polygon: shapely.Geometry, grid: Grid) -> NDArray[np.bool_]:
    """Cells whose centre shapely finds in a polygon."""
    x, y = grid.centres(*np.indices((grid.rows, grid.columns)))
    return np.asarray(shapely.contains_xy(polygon, x, y))


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_rasterise_agrees_with_shapely(seed: int) -> None:
    """A cell is marked exactly where shapely finds its centre in the polygon."""
    draw = np.random.default_rng(seed)
    polygon = jagged(draw)
    grid = Grid(draw.uniform(-5, 5), draw.uniform(-5, 5), draw.uniform(1, 7), 23, 31)
    np.testing.assert_array_equal(rasterise([polygon], grid) == 0, held(polygon, grid))


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_first_polygon_wins(seed: int) -> None:
    """A centre that several polygons hold belongs to the first of them."""
    draw = np.random.default_rng(seed)
    polygons = [jagged(draw) for _ in range(4)]
    grid = Grid(draw.uniform(-5, 5), draw.uniform(-5, 5), 5.3, 20, 20)
    stack = np.array([held(polygon, grid) for polygon in polygons])
    expected = np.where(stack.any(axis=0), stack.argmax(axis=0), -1)
    np.testing.assert_array_equal(rasterise(polygons, grid), expected)


def test_hole_and_island_by_hand() -> None:
    """A ring of cells with an island in its hole is drawn as it is on paper."""
    ring = shapely.difference(shapely.box(0, 0, 50, 50), shapely.box(10, 10, 40, 40))
    drawn = rasterise([shapely.union(ring, shapely.box(20, 20, 30, 30))], Grid(0, 0, 10, 5, 5))
    assert drawn.tolist() == [
        [0, 0, 0, 0, 0],
        [0, -1, -1, -1, 0],
        [0, -1, 0, -1, 0],
        [0, -1, -1, -1, 0],
        [0, 0, 0, 0, 0],
    ]


def test_row_zero_is_in_the_south() -> None:
    """The first row of the result is the southernmost, the first column the westernmost."""
    drawn = rasterise([shapely.box(0, 0, 10, 20)], Grid(0, 0, 10, 3, 2))
    assert drawn.tolist() == [[0, -1], [0, -1], [-1, -1]]


def test_shared_border_through_centres_loses_no_cell() -> None:
    """Polygons that meet on a line of cell centres leave no centre between them unclaimed."""
    quarters = [
        shapely.box(-1, -1, 25, 25),
        shapely.box(25, -1, 61, 25),
        shapely.box(-1, 25, 25, 61),
        shapely.box(25, 25, 61, 61),
    ]
    drawn = rasterise(quarters, Grid(0, 0, 10, 6, 6))
    claims = sum(
        (rasterise([quarter], Grid(0, 0, 10, 6, 6)) == 0).astype(int) for quarter in quarters
    )
    assert (drawn >= 0).all()
    assert (claims == 1).all()


@pytest.mark.parametrize(
    "bounds", [(-90, 0, -10, 50), (70, 0, 90, 50), (0, 70, 50, 90), (0, -90, 50, -10)]
)
def test_polygon_beside_the_grid_marks_nothing(bounds: tuple[float, float, float, float]) -> None:
    """A polygon that lies west, east, north or south of the grid marks no cell."""
    assert (rasterise([shapely.box(*bounds)], Grid(0, 0, 10, 5, 5)) == -1).all()


def test_polygon_around_the_grid_marks_everything() -> None:
    """A polygon that reaches beyond the grid on all sides marks every cell."""
    assert (rasterise([shapely.box(-500, -500, 500, 500)], Grid(0, 0, 10, 5, 7)) == 0).all()


def test_no_polygons_and_empty_polygons() -> None:
    """Nothing to draw leaves the grid empty."""
    grid = Grid(0, 0, 10, 2, 3)
    assert rasterise([], grid).tolist() == [[-1] * 3] * 2
    assert rasterise([shapely.Polygon()], grid).tolist() == [[-1] * 3] * 2


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_outline_cells_are_those_that_shapely_finds(seed: int) -> None:
    """Cells that a polygon's outline meets are marked with its number, and hardly any other."""
    draw = np.random.default_rng(seed)
    polygons = [jagged(draw) for _ in range(3)]
    grid = Grid(draw.uniform(-5, 5), draw.uniform(-5, 5), draw.uniform(2, 9), 14, 17)
    row, column = np.divmod(np.arange(14 * 17), 17)
    west, south = grid.x_min_m + column * grid.cell_size_m, grid.y_min_m + row * grid.cell_size_m
    found = set(zip(*(part.tolist() for part in outline_cells(polygons, grid)), strict=True))
    for reach, must in ((0.0, True), (1e-5, False)):
        boxes = shapely.box(
            west - reach, south - reach,
            west + grid.cell_size_m + reach, south + grid.cell_size_m + reach,
        )  # fmt: skip
        meets = {
            (int(cell), number)
            for number, polygon in enumerate(polygons)
            for cell in np.flatnonzero(shapely.intersects(shapely.boundary(polygon), boxes))
        }
        assert meets <= found if must else found <= meets


def test_outline_cells_by_hand() -> None:
    """A square whose sides lie on the walls of cells marks the cells on both sides of them."""
    cells, numbers = outline_cells([shapely.box(10, 10, 30, 20)], Grid(0, 0, 10, 4, 5))
    # the middle row has no cell that is clear of the outline; the fourth row is out of reach
    assert cells.tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13]
    assert not numbers.any()


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_cell_of_undoes_centres(seed: int) -> None:
    """The centre of every cell lies in that cell."""
    draw = np.random.default_rng(seed)
    west, south = draw.uniform(-1e6, 1e6, 2)
    grid = Grid(west, south, draw.uniform(0.5, 500), 17, 13)
    rows, columns = np.indices((17, 13))
    row, column, within = grid.cell_of(*grid.centres(rows, columns))
    np.testing.assert_array_equal(row, rows)
    np.testing.assert_array_equal(column, columns)
    assert within.all()


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_centre_is_within_half_a_cell(seed: int) -> None:
    """A position is at most half a cell from the centre of its cell, in x and in y."""
    draw = np.random.default_rng(seed)
    grid = Grid(0, 0, 50, 40, 40)
    x, y = draw.uniform(0, 2000, (2, 100))
    row, column, within = grid.cell_of(x, y)
    centre_x, centre_y = grid.centres(row, column)
    assert within.all()
    assert np.abs(centre_x - x).max() <= 25 + 1e-9
    assert np.abs(centre_y - y).max() <= 25 + 1e-9


def test_positions_outside_are_not_held() -> None:
    """Positions beyond the grid are told apart; its western and southern edges are inside."""
    grid = Grid(100, 200, 10, 2, 3)
    x = [100, 129.99, 130, 99.99, 115, 115]
    y = [200, 219.99, 210, 210, 220, 199.99]
    assert grid.cell_of(x, y)[2].tolist() == [True, True, False, False, False, False]


def test_covering_reaches_the_margin() -> None:
    """The grid covers the bounds and the margin, and not a whole cell more."""
    grid = Grid.covering((1000, 2000, 1990, 2310), 100, 150)
    assert (grid.x_min_m, grid.y_min_m) == (850, 1850)
    assert (grid.columns, grid.rows) == (13, 7)  # 1290 m and 610 m


def test_cell_area() -> None:
    """A cell of 50 m has 0.0025 km²."""
    assert Grid(0, 0, 50, 1, 1).cell_km2 == 0.0025


def test_too_many_cells_are_refused() -> None:
    """A grid beyond the limit is refused with the count and the setting that changes it."""
    with pytest.raises(SettingsError, match=r"1,000,000,000,000 cells.*targeting\.cell_size_m"):
        Grid.covering((0, 0, 1_000_000, 1_000_000), 1.0)
    side = MOST_CELLS**0.5
    grid = Grid.covering((0, 0, side, side), 1.0)
    assert grid.rows * grid.columns == MOST_CELLS
