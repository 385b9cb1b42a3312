"""Known truth: hotspots planted in synthetic incidents are found, and false alarms counted.

All data are synthetic (`simulator`). Rates are pooled over five worlds of fifteen planted hotspots;
the thresholds leave room for chance: with 25 of each strength a rate of 0.9 has a standard error of
0.06.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.settings import Settings
from hotspots.targeting import find_hotspots
from hotspots.targeting.placement import best_squares

from .simulator import MONTHS, STRENGTHS, World, simulate

SEEDS = range(5)
WANTED = 15


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return [simulate(seed) for seed in SEEDS]


def recovered(world: World, ground: shapely.Geometry) -> pd.DataFrame:
    """Strength of each planted hotspot, and whether half of its map points are covered.

    Points count as often as they have incidents, background on them included.
    """
    table = world.places.table
    counts = table.groupby(["x_m", "y_m"])["weight"].sum()
    rows = []
    for planted in world.planted:
        spots = world.map_points[planted.points]
        weight = np.array([counts[(x, y)] for x, y in spots])
        held = shapely.covers(ground, shapely.points(spots))
        rows.append((planted.strength, weight[held].sum() >= weight.sum() / 2))
    return pd.DataFrame(rows, columns=["strength", "found"])


def false_alarms(world: World, pieces: np.ndarray) -> int:
    """Pieces that hold no map point of a planted hotspot."""
    points = np.unique(np.concatenate([planted.points for planted in world.planted]))
    spots = shapely.points(world.map_points[points])
    return sum(not shapely.covers(piece, spots).any() for piece in pieces)


@pytest.fixture(scope="module")
def results(worlds) -> tuple[pd.DataFrame, int, list[float]]:
    """Recovery by strength, false alarms, and the area of each hotspot found, over all worlds."""
    settings = Settings.from_dict({"targeting": {"hotspots": WANTED}})
    tables, alarms, areas = [], 0, []
    for world in worlds:
        pieces = find_hotspots(world.places, world.districts, settings).hotspots.geometry
        tables.append(recovered(world, shapely.union_all(pieces.to_numpy())))
        alarms += false_alarms(world, pieces.to_numpy())
        areas += list(pieces.area)
    return pd.concat(tables), alarms, areas


def test_the_truth_is_what_it_claims(worlds):
    """Synthetic counts follow their expectation; map points lie some 90 m apart."""
    for world in worlds:
        assert [planted.strength for planted in world.planted] == [
            strength for strength in STRENGTHS for _ in range(5)
        ]
        total = world.places.table["weight"].sum()
        expected = 6_000 + 5 * sum(STRENGTHS.values())
        assert total == pytest.approx(expected, abs=5 * expected**0.5)  # Poisson
        assert sorted(set(world.places.table["period"])) == MONTHS
    first, again = worlds[0].places.table, simulate(0).places.table
    pd.testing.assert_frame_equal(first, again)


def test_planted_hotspots_are_recovered(results):
    """Nearly all strong ones and most medium ones; of weak ones none is promised."""
    rates = results[0].groupby("strength")["found"].mean()
    assert rates["strong"] >= 0.9
    assert rates["medium"] >= 0.8


def test_false_alarms_are_few(results):
    """At most a fifth of the hotspots found hold nothing planted.

    Town centres do not count as planted here, though a patrol might well go there.
    """
    _, alarms, areas = results
    assert 0 < len(areas) <= WANTED * len(SEEDS)
    assert alarms <= 0.2 * len(areas)


def test_a_fixed_grid_recovers_less_on_the_same_ground(worlds, results):
    """As many squares of as much area in all, by simple count."""
    side = float(np.mean(results[2])) ** 0.5
    tables = []
    for world in worlds:
        table = world.places.table
        squares = best_squares(
            table["x_m"], table["y_m"], table["weight"], pieces=WANTED, side_m=side
        )
        tables.append(recovered(world, shapely.union_all(squares.geometry)))
    assert results[0]["found"].mean() > pd.concat(tables)["found"].mean()


def test_nothing_planted_nothing_found_of_strength():
    """Without planted hotspots the best hotspot of a world is weaker than a medium planted one."""
    for seed in SEEDS:
        empty = simulate(seed, each=0)
        found = find_hotspots(empty.places, empty.districts).hotspots
        assert found["incidents"].max() < STRENGTHS["medium"]
