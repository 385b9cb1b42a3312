"""Density alone and DBSCAN alone, on surfaces and places small enough to see through."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from hotspots.errors import InputError
from hotspots.frames import DensitySurface
from hotspots.targeting.placement import best_clusters, densest_cells, grown_pieces

# two peaks, 9 and 7, with a ridge between them; north is up in a grid's row order, so row 0 below
VALUES = np.array(
    [
        [1, 1, 1, 0, 1, 1],
        [8, 9, 3, 2, 6, 7],
        [5, 4, 1, 0, 1, 1],
    ],
    dtype=float,
)


def surface(values=VALUES, inside=None):
    """Cells of 100 m with the south-west corner at 0, 0."""
    mask = np.ones(values.shape, dtype=bool) if inside is None else inside
    return DensitySurface(values, mask, 0.0, 0.0, 100.0, 200.0, 0.0, "EPSG:27700")


def test_densest_cells_first():
    """9, 8, 7 of all cells; 0.03 km² are three cells of 100 m."""
    found = densest_cells(surface(), area_km2=0.03)
    assert found.gain == pytest.approx([0.09, 0.08, 0.07])
    assert found.geometry[0].bounds == (100, 100, 200, 200)


def test_cells_outside_and_empty_cells_are_not_taken():
    """The whole area asked for: 16 of 18 cells hold something, one of them is outside."""
    inside = np.ones(VALUES.shape, dtype=bool)
    inside[1, 1] = False
    found = densest_cells(surface(inside=inside), area_km2=1.0)
    assert len(found) == 15
    assert found.gain[0] == pytest.approx(0.08)


def test_pieces_grow_around_peaks():
    """9 takes 8, 5 and 4; 7 takes 6, then the ridge's 2 (3 is the ridge's other half)."""
    found = grown_pieces(surface(), pieces=2, area_km2=0.08)
    assert found.gain == pytest.approx([0.26, 0.18])  # 9+8+5+4 and 7+6+2+3
    assert [shape.area for shape in found.geometry] == [40_000, 40_000]
    assert all(shape.geom_type == "Polygon" for shape in found.geometry)


def test_pieces_stay_in_their_group_and_serve_every_group():
    """East has the lower peak, yet its piece comes second; neither crosses the border."""
    groups = np.repeat([[0, 0, 0, 1, 1, 1]], 3, axis=0).astype(np.int32)
    found = grown_pieces(surface(), pieces=3, area_km2=0.12, group_of_cell=groups)
    assert found.group.tolist() == [0, 1, 0]
    assert found.gain == pytest.approx([0.26, 0.16, 0.06])  # 9+8+5+4, 7+6+2+1, 3+1+1+1
    assert shapely.box(300, 0, 600, 300).covers(found.geometry[1])


def test_clusters_are_ranked_by_incidents_on_discs_around_core_places():
    """Two clusters: 12 incidents on one point, 5 + 5 on two points 40 m apart, a stray."""
    x, w = [0, 1_000, 1_040, 5_000], [12, 5, 5, 1]
    found = best_clusters(x, [0] * 4, w, pieces=5, eps_m=100, min_incidents=6)
    assert found.gain.tolist() == [12, 10]
    assert shapely.area(found.geometry[0]) == pytest.approx(np.pi * 50**2, rel=0.01)
    west, _, east, _ = found.geometry[1].bounds
    assert (west, east) == (950, 1_090)


def test_discs_are_scaled_to_the_wanted_area():
    """Two lone points 4 km apart: the area asked for is two circles, whatever the radius."""
    found = best_clusters(
        [0, 4_000], [0, 0], [9, 9], pieces=2, eps_m=(100, 150), min_incidents=5, area_km2=0.0277
    )
    assert found.area_km2 == pytest.approx(0.0277, rel=1e-3)
    # a disc drawn as a polygon of 64 sides is a little smaller than a circle of its radius
    west, _, east, _ = found.geometry[0].bounds
    assert (east - west) / 2 == pytest.approx((0.0277e6 / 2 / np.pi) ** 0.5, rel=0.005)


def test_a_cluster_belongs_to_the_district_with_most_of_it():
    """3 of 5 incidents in district 1; the lone cluster of district 0 is bigger."""
    found = best_clusters(
        [0, 30, 1_000], [0] * 3, [2, 3, 8], pieces=2, eps_m=50, min_incidents=4, group=[0, 1, 0]
    )
    assert (found.gain.tolist(), found.group.tolist()) == ([8, 5], [0, 1])


def test_nothing_dense_is_nothing():
    """No core place, no cluster; an empty surface, no piece."""
    assert len(best_clusters([0], [0], [1], pieces=2, eps_m=50, min_incidents=4)) == 0
    assert len(grown_pieces(surface(VALUES * 0), pieces=2, area_km2=0.1)) == 0
    assert len(densest_cells(surface(VALUES * 0), area_km2=0.1)) == 0


def test_nonsense_is_refused():
    """Areas of nothing, and radii without an area to choose by."""
    with pytest.raises(InputError, match="above 0"):
        densest_cells(surface(), area_km2=0)
    with pytest.raises(InputError, match="above 0"):
        grown_pieces(surface(), pieces=0, area_km2=1)
    with pytest.raises(InputError, match="area_km2"):
        best_clusters([0], [0], [1], pieces=1, eps_m=(50, 100), min_incidents=1)
