"""Measures of accuracy against published answers, hand arithmetic and laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.errors import InputError
from hotspots.testing import (
    accuracy_by_rank,
    hit_rate,
    pai,
    pei,
    ppai,
    rri_prediction,
    rri_stability,
    ser,
)

counts = st.lists(st.integers(0, 50), min_size=1, max_size=12)


def test_published_answer():
    """Observed 6, 3, 0, predicted 3, 2, 1 on equal areas: PAI 2, 1.5, 1 and PEI 1, 1, 1.

    The R package ptools gives the same, and 3/6, 5/9, 6/9 for its recovery rate index.
    """
    found = accuracy_by_rank([6, 3, 0], [3, 2, 1], [1, 1, 1])
    assert found["pai"].to_numpy() == pytest.approx([2, 1.5, 1], abs=1e-6)
    assert found["pei"].to_numpy() == pytest.approx([1, 1, 1], abs=1e-6)
    assert found["rri_prediction"].to_numpy() == pytest.approx([3 / 6, 5 / 9, 6 / 9])
    assert found["unit"].tolist() == [0, 1, 2]


def test_hertfordshire_by_hand():
    """7.42 % on 26 squares of 250 m in 1,641.26 km²: PAI 75, as published."""
    assert pai(7.42, 100, 26 * 0.0625, 1641.26) == pytest.approx(75, abs=0.1)


def test_by_hand():
    """30 of 120 on 2 of 50 km²: hit rate 1/4, PAI 25/4, SER 15, PPAI (1/4) / sqrt(1/25)."""
    assert hit_rate(30, 120) == 0.25
    assert pai(30, 120, 2, 50) == pytest.approx(6.25)
    assert ser(30, 2) == 15
    assert ppai(30, 120, 2, 50) == pytest.approx(1.25)
    assert pei(6.25, 12.5) == 0.5
    assert rri_stability(8, 6) == 0.75
    assert rri_prediction(24, 30) == 0.8


def test_a_poor_order_is_measured_against_the_best():
    """Predicting the empty unit first: hit rates 0, 1/3, 1; best 2/3, 1, 1."""
    found = accuracy_by_rank([6, 3, 0], [1, 2, 3], [1, 1, 1])
    assert found["hit_rate"].to_numpy() == pytest.approx([0, 1 / 3, 1])
    assert found["pei"].to_numpy() == pytest.approx([0, 1 / 3, 1])


def test_units_of_different_size_rank_by_density():
    """5 on 10 km² is thinner than 3 on 1 km²."""
    assert accuracy_by_rank([1, 1], [5, 3], [10, 1])["unit"].tolist() == [1, 0]


def test_nothing_to_divide_by_is_empty():
    """Never infinite."""
    results = [
        hit_rate(0, 0), pai(0, 0, 1, 2), pai(1, 2, 0, 2), pai(1, 2, 1, 0), pei(1, 0), ser(1, 0),
        ppai(1, 2, 0, 2), ppai(0, 0, 1, 2, alpha=0), rri_stability(0, 1), rri_prediction(1, 0),
    ]  # fmt: skip
    assert all(math.isnan(result) for result in results)


@given(st.integers(0, 100), st.integers(1, 100), st.floats(0.01, 1))
def test_penalised_index_lies_between_its_ends(inside, more, share):
    """Alpha 1 is PAI, alpha 0 the hit rate, and it rises between them."""
    total = inside + more
    assert ppai(inside, total, share, 1, alpha=1) == pytest.approx(pai(inside, total, share, 1))
    assert ppai(inside, total, share, 1, alpha=0) == pytest.approx(hit_rate(inside, total))
    low, high = ppai(inside, total, share, 1, alpha=0.2), ppai(inside, total, share, 1, alpha=0.7)
    assert low <= high * (1 + 1e-12)


@given(counts, st.randoms())
def test_laws_of_the_ranking(observed, chance):
    """With equal areas PEI is a share of the possible, and all units together are no feat."""
    predicted = [chance.randint(0, 9) for _ in observed]
    found = accuracy_by_rank(observed, predicted, np.ones(len(observed)))
    if sum(observed):
        assert found["pei"].between(0, 1 + 1e-12).all()
        assert found["pai"].iloc[-1] == pytest.approx(1)
        assert found["hit_rate"].is_monotonic_increasing
    else:
        assert found["pai"].isna().all()


def test_nonsense_is_refused():
    """Lengths, signs, powers."""
    with pytest.raises(InputError, match="differ in length"):
        accuracy_by_rank([1], [1, 2], [1])
    with pytest.raises(InputError, match="areas above 0"):
        accuracy_by_rank([1], [1], [0])
    with pytest.raises(InputError, match="alpha"):
        ppai(1, 2, 1, 2, alpha=2)
