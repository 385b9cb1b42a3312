from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from hotspots.targeting import Grid
from hotspots.targeting.edge import edge_rule

# A study area of 20 x 20 cells of 50 m, in a grid that reaches 8 cells beyond it.
GRID = Grid(0, 0, 50, 36, 36)
INSIDE: NDArray[np.bool_] = np.zeros((36, 36), dtype=np.bool_)
INSIDE[8:28, 8:28] = True
X, Y = (part.ravel() for part in GRID.centres(*np.indices((36, 36))))
FLAT = INSIDE.ravel()


def test_neighbours_data_need_no_correction() -> None:
    """Incidents evenly on both sides of the border: they are in the data."""
    rule, choice = edge_rule(X, Y, np.ones(X.size), INSIDE, GRID, 200)
    assert rule == choice.value == "none"
    assert choice.setting == "edge"
    assert "100% as many" in choice.rule
    assert "neighbours' incidents are in the data" in choice.rule


def test_without_neighbours_data_the_mass_is_put_back() -> None:
    """No incident outside, or hardly any: the surface is corrected at the border."""
    rule, choice = edge_rule(X[FLAT], Y[FLAT], np.ones(FLAT.sum()), INSIDE, GRID, 200)
    assert rule == choice.value == "mass"
    assert "within 200 m of the border there are 0% as many" in choice.rule
    assert "neighbours' incidents are not in the data" in choice.rule


@pytest.mark.parametrize(
    ("outside", "inside", "rule", "share"),
    [(1, 2, "none", "50%"), (1, 3, "mass", "33%"), (49, 100, "mass", "49%")],
)
def test_half_as_dense_is_the_limit(outside: int, inside: int, rule: str, share: str) -> None:
    """Half as many incidents per km² outside as inside is enough, less is not."""
    found, choice = edge_rule(X, Y, np.where(FLAT, inside, outside), INSIDE, GRID, 200)
    assert found == rule
    assert f"{share} as many" in choice.rule


def test_rates_not_counts_are_compared() -> None:
    """The rim outside is larger than that inside, so equal counts are a lower rate."""
    # 4 cells wide: outside 28² - 20² = 384 cells without the corners' ends, inside 20² - 12² = 256
    outside = ~FLAT & (X > 200) & (X < 1600) & (Y > 200) & (Y < 1600)
    x = np.concatenate([X[outside], X[FLAT]])
    y = np.concatenate([Y[outside], Y[FLAT]])
    weight = np.concatenate([np.full(outside.sum(), 0.49), np.ones(FLAT.sum())])
    assert edge_rule(x, y, weight, INSIDE, GRID, 200)[0] == "mass"
    weight[: outside.sum()] = 0.51
    assert edge_rule(x, y, weight, INSIDE, GRID, 200)[0] == "none"


def test_only_one_bandwidth_on_both_sides_counts() -> None:
    """What lies deeper inside or farther outside than the bandwidth says nothing."""
    depth = np.maximum(np.abs(X - 900), np.abs(Y - 900)) - 500
    far_outside, deep_inside = depth > 200, depth < -200
    weight = np.where(far_outside | deep_inside, 1000.0, 1.0)
    assert "100% as many" in edge_rule(X, Y, weight, INSIDE, GRID, 200)[1].rule
    weight = np.where(far_outside, 1000.0, np.where(FLAT, 1.0, 0.0))
    assert edge_rule(X, Y, weight, INSIDE, GRID, 200)[0] == "mass"


def test_no_incidents_near_the_border() -> None:
    """With nothing near the border there are no neighbours' incidents, and no division by 0."""
    assert edge_rule([900.0], [900.0], [5], INSIDE, GRID, 200)[0] == "mass"
    assert edge_rule([], [], [], INSIDE, GRID, 200)[0] == "mass"


def test_places_beyond_the_grid_are_passed_over() -> None:
    """Places that the grid does not hold change nothing."""
    x, y = np.append(X, [-1e6, 1e6]), np.append(Y, [0.0, 1e6])
    weight = np.append(np.ones(X.size), [1e9, 1e9])
    assert "100% as many" in edge_rule(x, y, weight, INSIDE, GRID, 200)[1].rule
