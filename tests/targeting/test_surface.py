"""The threshold of dense cells."""

from __future__ import annotations

import numpy as np
import pytest

from hotspots.targeting.surface import threshold


@pytest.mark.parametrize("share", [0.001, 0.1, 0.3, 0.31, 0.9, 1.0])
def test_thethreshold_is_what_the_densest_share_reaches(share: float) -> None:
    """With more cells asked for than have a density it is 0."""
    values = np.random.default_rng(1).permutation(np.r_[np.zeros(700), np.arange(1, 301) / 7])
    expected = np.sort(values)[::-1][round(share * 1000) - 1]
    assert threshold(values, share) == expected
    assert (expected == 0) == (share > 0.3)
