"""The sketch of places: it tells how much two plans share, and not what."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from hotspots.frames import MapPoints, Previous
from hotspots.targeting.sketch import BINS, common_share, replaced_list, sketch

CRS = "EPSG:27700"


def places(numbers: np.ndarray, weight: int = 3) -> pd.DataFrame:
    """Places on a lattice of 90 m, by number, each with some incidents."""
    return pd.DataFrame(
        {
            "x_m": 500_000.0 + 90.0 * (numbers % 300),
            "y_m": 200_000.0 + 90.0 * (numbers // 300),
            "weight": weight,
            "district": "A",
        }
    )


def two(first: int, second: int, common: int, seed: int) -> list[MapPoints]:
    """Sketches of two random sets of places with so many in common."""
    drawn = np.random.default_rng(seed).permutation(90_000)[: first + second - common]
    return [sketch(places(some), CRS) for some in (drawn[:first], drawn[first - common :])]


@pytest.mark.parametrize(
    ("first", "second", "common"),
    [
        (9_500, 9_500, 7_600),
        (3_500, 3_500, 1_650),
        (11_500, 4_000, 4_000),
        (9_500, 9_500, 420),
        (11_500, 4_000, 200),
        (500, 500, 0),
    ],
)
def test_shares_are_near_those_of_the_sets(first, second, common):
    """Within four standard errors of the share counted, and right on average over seeds."""
    true = common / min(first, second)
    found = [common_share(*two(first, second, common, seed)) for seed in range(20)]
    for share, error in found:
        assert share == pytest.approx(true, abs=4 * error)
    shares, errors = np.array(found).T
    # what is below 0 or above 1 is cut, so the mean may be a little off at either end
    assert shares.mean() == pytest.approx(true, abs=errors.mean())


@effort(max_examples=25, deadline=None)
@given(st.integers(50, 5_000), st.integers(0, 2**32 - 1))
def test_one_place_touches_one_digit(count, seed):
    """Order and repetition change nothing; a place more or less changes one digit at most."""
    drawn = np.random.default_rng(seed).permutation(90_000)[: count + 1]
    whole = sketch(places(drawn), CRS)
    assert whole == sketch(places(np.concatenate([drawn[::-1], drawn])), CRS)
    without = sketch(places(drawn[:-1]), CRS)
    assert sum(a != b for a, b in zip(whole.sketch, without.sketch, strict=True)) <= 1
    assert len(whole.sketch) == BINS
    assert set(whole.sketch) <= set("0123-")
    assert common_share(whole, whole)[0] == pytest.approx(1)


def test_digits_are_even():
    """Two bits say nothing of the number of places: every digit is as frequent."""
    digits = sketch(places(np.arange(60_000)), CRS).sketch
    for digit in "0123":
        # binomial: 256 with a standard deviation of 13.9
        assert digits.count(digit) == pytest.approx(256, abs=4 * 13.9)


@pytest.mark.parametrize(
    "table",
    [
        places(np.arange(5_000), weight=1),  # one incident a place: homes, perhaps
        places(np.arange(49)),
        places(np.arange(5_000)).assign(district=""),
        places(np.arange(0)),
    ],
)
def test_nothing_is_kept_of_places_that_are_not_snapped_or_few(table):
    """No digit, and so nothing to compare."""
    found = sketch(table, CRS)
    assert found.sketch == ""
    assert replaced_list(found, earlier(found), ["A"]) == []


def earlier(points: MapPoints | None, *districts: str) -> Previous:
    """An earlier plan with such places."""
    return Previous(
        hotspots=pd.DataFrame(),
        retired=pd.DataFrame(),
        districts=districts or ("A",),
        map_points=points,
    )


def test_a_replaced_list_is_said_with_its_share():
    """Five per cent in common is another list; four fifths are the same one."""
    now, other = two(9_500, 9_500, 475, seed=1)
    (said,) = replaced_list(now, earlier(other), ["A"])
    share, error = common_share(now, other)
    assert f"share about {share:.0%} of the places" in said
    assert f"({share + 2 * error:.0%} at most)" in said
    same = two(9_500, 9_500, 7_600, seed=1)
    assert replaced_list(same[0], earlier(same[1]), ["A"]) == []


@pytest.mark.parametrize(
    ("previous", "why"),
    [
        (earlier(None), "holds no sketch"),
        (earlier(MapPoints(9_500, CRS, "")), "holds no sketch of snapped places"),
        (earlier(two(500, 500, 0, 1)[1], "A", "B"), "covers other districts"),
        (earlier(MapPoints(500, "EPSG:32630", "0" * BINS)), "it is in EPSG:32630"),
    ],
)
def test_what_cannot_be_told_is_said(previous, why):
    """One sentence with the reason."""
    (said,) = replaced_list(two(500, 500, 0, 1)[0], previous, ["A"])
    assert "cannot be told" in said
    assert why in said


def test_a_stray_place_changes_its_own_digit_at_most():
    """Cells in a box too large to mark each are told apart by sorting, to the same digits."""
    rng = np.random.default_rng(9)
    x, y = rng.integers(-9, 90, (2, 400)) * 10.0
    near = pd.DataFrame({"x_m": x, "y_m": y, "weight": 9, "district": "A"})
    far = pd.concat([near, near.iloc[:1].assign(x_m=9e6, y_m=-9e6)])
    one, other = sketch(near, "EPSG:27700"), sketch(far, "EPSG:27700")
    assert one.places == len(set(zip(x, y, strict=True)))
    assert other.places == one.places + 1
    assert sum(a != b for a, b in zip(one.sketch, other.sketch, strict=True)) <= 1
