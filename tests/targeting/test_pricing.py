from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.targeting.lattice import Lattice
from hotspots.targeting.pricing import Footprint, Search, Shapes

STEP = 25.0


def towns(seed: int, sheets: int = 1) -> tuple[Lattice, np.ndarray]:
    """A lattice with some crowded spots, and its counts, shape (sheets, rows, columns)."""
    draw = np.random.default_rng(seed)
    spot = draw.integers(0, 12, 600)
    x = (draw.uniform(200, 2200, 12)[spot] + draw.normal(0, 60, 600)).clip(0, 2399)
    y = (draw.uniform(200, 1500, 12)[spot] + draw.normal(0, 60, 600)).clip(0, 1599)
    sheet = draw.integers(0, sheets, 600)
    lattice = Lattice.of(x, y, np.ones(600), sheet, x_min_m=0.0, y_min_m=0.0, step_m=STEP)
    counts = np.stack([lattice.window(n, 0, 0, 160) for n in range(sheets)])
    return lattice, counts


def bins(found: Footprint) -> set[tuple[int, int, int]]:
    return {(found.sheet, int(r), int(c)) for r, c in zip(found.rows, found.columns, strict=True)}


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 999), st.floats(200, 5000))
def test_laws(seed: int, price: float) -> None:
    """Footprints are worth their price, count what is in them, and share no bin."""
    lattice, counts = towns(seed, sheets=2)
    shapes = Shapes.within(STEP, 0.05, 100)
    seen: set[tuple[int, int, int]] = set()
    for found in Search(lattice, shapes, fewest=5).footprints(price):
        own = bins(found)
        assert len(own) == len(found.rows) <= 80
        assert not own & seen
        seen |= own
        held = sum(counts[spot] for spot in own)
        assert found.incidents == held >= 5
        assert found.excess == pytest.approx(held - price * len(own) * 0.000625)
        assert found.excess > 0
    # what is left is worth no rectangle of 100 m by 100 m
    left = counts.copy()
    for spot in seen:
        left[spot] = -1e9
    for sheet in left:
        sums = np.lib.stride_tricks.sliding_window_view(sheet, (4, 4)).sum(axis=(2, 3))
        assert sums.max() <= max(price * 0.01, 4.999) + 1e-9


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 999), st.floats(300, 3000))
def test_the_first_starts_from_the_best_rectangle(seed: int, price: float) -> None:
    """No rectangle anywhere, by brute force, is worth more than the first footprint."""
    lattice, counts = towns(seed)
    shapes = Shapes.within(STEP, 0.06, 100)
    totals = np.pad(counts[0].cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    best = 0.0
    for high, wide in shapes.rectangles():
        sums = totals[high:, wide:] - totals[:-high, wide:] - totals[high:, :-wide]
        sums = sums + totals[:-high, :-wide]
        best = max(best, sums.max() - price * high * wide * 0.000625)
    first = next(Search(lattice, shapes, fewest=1).footprints(price), None)
    assert (first.excess if first else 0.0) >= best - 1e-9


def test_sheets_do_not_touch() -> None:
    """Each sheet gives the same footprints as it does alone."""
    lattice, _ = towns(3, sheets=3)
    shapes = Shapes.within(STEP, 0.05, 100)
    together = [bins(found) for found in Search(lattice, shapes, fewest=5).footprints(800)]
    apart = [
        bins(found)
        for sheet in range(3)
        for found in Search(lattice.on_sheet(sheet), shapes, fewest=5).footprints(800)
    ]
    assert sorted(map(sorted, together)) == sorted(map(sorted, apart))


def test_the_search_can_be_used_again() -> None:
    """A search gives the same at the same price, whatever it was asked for in between."""
    search = Search(towns(4)[0], Shapes.within(STEP, 0.05, 100), fewest=5)
    first = [bins(found) for found in search.footprints(900)]
    list(itertools.islice(search.footprints(2000), 3))
    assert [bins(found) for found in search.footprints(900)] == first


def test_a_footprint_at_its_cap_says_so() -> None:
    """An even square kilometre gives pieces at the cap; two lone spots do not."""
    step = np.arange(12.5, 1000, 25)
    x, y = (axis.ravel() for axis in np.meshgrid(step, step))
    even = Lattice.of(
        x, y, np.ones(len(x)), np.zeros(len(x)), x_min_m=0.0, y_min_m=0.0, step_m=STEP
    )
    shapes = Shapes.within(STEP, 0.04, 100)
    first = next(Search(even, shapes, fewest=1).footprints(100))
    assert first.capped
    assert len(first.rows) == 64
    spots = Lattice.of([100, 900], [100, 900], [9, 9], [0, 0], x_min_m=0, y_min_m=0, step_m=STEP)
    lone = list(Search(spots, shapes, fewest=1).footprints(100))
    assert [(found.capped, len(found.rows)) for found in lone] == [(False, 16)] * 2


@pytest.mark.parametrize(
    ("cap_km2", "width_m", "width", "most", "across"),
    [
        (0.1, 100, 4, 160, 26),
        (0.1, 50, 2, 160, 26),
        (0.0025, 100, 2, 4, 4),
        (0.000625, 100, 1, 1, 2),
    ],
)
def test_shapes(cap_km2: float, width_m: float, width: int, most: int, across: int) -> None:
    """Limits in bins follow from the cap and the width; a small cap narrows the width."""
    shapes = Shapes.within(STEP, cap_km2, width_m)
    assert (shapes.width, shapes.most_bins, shapes.most_across) == (width, most, across)
    assert all(high * wide <= most for high, wide in shapes.rectangles())
    assert (width, width) in shapes.rectangles()


def test_nothing_in_nothing_out() -> None:
    """No incidents, or too few, give no footprint."""
    none = Lattice.of([], [], [], [], x_min_m=0.0, y_min_m=0.0, step_m=STEP)
    shapes = Shapes.within(STEP, 0.05, 100)
    assert list(Search(none, shapes, fewest=1).footprints(10)) == []
    assert list(Search(towns(1)[0], shapes, fewest=10_000).footprints(10)) == []
