"""The best set under a cap on changes, against every set there is."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.targeting.capped import best_set

THING = st.tuples(
    st.integers(-5, 20), st.integers(0, 2), st.booleans(), st.booleans(), st.booleans()
)


def by_trying(rows: list[Any], count: int, least_old: int, served: list[bool]) -> float | None:
    """Largest sum of all sets that will do: a sound thing counts 1,000, a spare one -1,000."""
    best = None
    for size in range(min(count, len(rows)) + 1):
        for some in itertools.combinations(rows, size):
            forced = all(row in some for row in rows if row[3])
            groups = {row[1] for row in some}
            every = all(group in groups for group, wanted in enumerate(served) if wanted)
            if forced and every and sum(row[2] for row in some) >= least_old:
                value = sum(row[0] + (-1000 if row[4] else 1000) for row in some)
                best = value if best is None else max(best, value)
    return best


@given(st.lists(THING, max_size=8), st.integers(0, 9), st.integers(0, 4), st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_other_set_is_better(things: list[Any], count: int, least_old: int, every: bool) -> None:
    """Every set of up to eight things is tried: none that will do has a larger sum."""
    # a spare thing is an old one, and the number makes each thing differ
    rows = [(*row[:4], row[2] and row[4], number) for number, row in enumerate(things)]
    served = [every and any(row[1] == group for row in rows) for group in range(3)]
    score, group, old, forced, spare = (
        np.array([row[part] for row in rows], dtype=kind)
        for part, kind in enumerate((float, int, bool, bool, bool))
    )
    found = best_set(
        score, group, old, forced, spare, count=count, least_old=least_old, served=served
    )
    best = by_trying(rows, count, least_old, served)
    if best is None:
        assert found is None
    else:
        assert found is not None
        chosen = [rows[number] for number in found]
        assert by_trying(chosen, count, least_old, served) is not None
        assert set(np.flatnonzero(forced)) <= set(found.tolist())
        assert sum(row[0] + (-1000 if row[4] else 1000) for row in chosen) == best


def test_a_district_and_the_cap_cross() -> None:
    """Two places, an old one must stay, both districts are served.

    Ash has new 9 and old 8, Birch new 7 and old 1. Best first takes 9 and 7, with no old one.
    With an old one there are Ash old and Birch new, 15, or Ash new and Birch old, 10.
    """
    found = best_set(
        [9, 8, 7, 1], [0, 0, 1, 1], [False, True, False, True], [False] * 4, [False] * 4,
        count=2, least_old=1, served=[True, True],
    )  # fmt: skip
    assert found is not None
    assert found.tolist() == [1, 2]


def test_fractions_count_in_full() -> None:
    """A thousandth more wins, among numbers of a million."""
    found = best_set(
        [1e6, 1e6 + 0.001, 5.0], [0, 0, 0], [False] * 3, [False] * 3, [False] * 3,
        count=1, least_old=0, served=[False],
    )  # fmt: skip
    assert found is not None
    assert found.tolist() == [1]


@pytest.mark.parametrize(("least_old", "count"), [(3, 3), (1, 0)])
def test_none_where_no_set_will_do(least_old: int, count: int) -> None:
    """Two old things cannot be three, and no place holds none."""
    assert (
        best_set(
            [3, 2, 1], [0, 0, 0], [True, True, False], [False] * 3, [False] * 3,
            count=count, least_old=least_old, served=[False],
        )
        is None
    )  # fmt: skip
