"""Which polygon holds which position: what testing every pair gives."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from hotspots.targeting.members import holders


@pytest.mark.parametrize("in_order", [True, False])
def test_holders_are_those_of_every_pair(in_order: bool) -> None:
    """Overlapping, touching and empty-handed polygons; positions on borders, in any order."""
    chance = np.random.default_rng(5)
    corner = chance.integers(0, 20, (30, 2))
    boxes = shapely.box(*corner.T, *(corner + chance.integers(1, 5, (30, 2))).T)
    x, y = chance.integers(0, 24, (2, 2000)).astype(np.float64)
    if in_order:
        order = np.lexsort((y, x))
        x, y = x[order], y[order]
    pairs = shapely.intersects(boxes[:, None], shapely.points(x, y))
    expected = np.where(pairs.any(axis=0), pairs.argmax(axis=0), -1)
    assert (expected >= 0).any()
    assert holders(boxes, x, y).tolist() == expected.tolist()
    assert holders(boxes[:0], x, y).tolist() == [-1] * len(x)
