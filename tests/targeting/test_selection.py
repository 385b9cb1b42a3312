from __future__ import annotations

import re
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.errors import InfeasibleError
from hotspots.frames import CANDIDATES, HOTSPOTS, OUTRANKED, SELECTED, TOO_CLOSE, names
from hotspots.targeting.selection import select

CandidateMaker = Callable[..., gpd.GeoDataFrame]

INITIALS = st.lists(st.sampled_from(["Ash", "Birch", "Cedar", "Dale"]), max_size=30)
FAULT = "a cluster, but no dense cells"


def ranks_chosen(candidates: gpd.GeoDataFrame) -> list[int]:
    return candidates.loc[candidates["status"] == SELECTED, "rank"].tolist()


def test_the_best_are_taken(candidates_of: CandidateMaker) -> None:
    """Without the rule for districts the first ones by rank are selected."""
    table = candidates_of(["Ash", "Ash", "Ash", "Birch"])
    hotspots, candidates = select(table, 2, every_district=False)
    assert hotspots["incidents"].tolist() == [40, 30]
    assert candidates["status"].tolist() == [SELECTED, SELECTED, OUTRANKED, OUTRANKED]


def test_each_district_gets_one(candidates_of: CandidateMaker) -> None:
    """The best of each district comes first, what is left goes by rank."""
    table = candidates_of(["Ash", "Ash", "Ash", "Birch", "Birch", "Cedar"])
    hotspots, candidates = select(table, 4)
    assert hotspots["district"].tolist() == ["Ash", "Ash", "Birch", "Cedar"]
    assert ranks_chosen(candidates) == [1, 2, 4, 6]
    assert hotspots["hotspot_id"].tolist() == ["ASH-01", "ASH-02", "BIR-01", "CED-01"]
    assert hotspots["rank"].tolist() == [1, 2, 3, 4]


@given(INITIALS, st.integers(1, 35), st.booleans())
@settings(max_examples=30, deadline=None)
def test_count_ids_and_ranks(
    candidates_of: CandidateMaker, districts: list[str], count: int, every: bool
) -> None:
    """The number, order, ids and ranks of the selected are right for any candidates."""
    count = max(count, len(set(districts)))
    hotspots, candidates = select(candidates_of(districts), count, every_district=every)
    assert len(hotspots) == min(count, len(districts))
    assert hotspots["rank"].tolist() == list(range(1, len(hotspots) + 1))
    assert hotspots["incidents"].is_monotonic_decreasing
    assert hotspots["hotspot_id"].is_unique
    assert all(re.fullmatch(r"[A-Z]{3}-\d\d", label) for label in hotspots["hotspot_id"])
    for code, group in hotspots.groupby("district_code"):
        assert group["rank_in_district"].tolist() == list(range(1, len(group) + 1))
        expected = [f"{code}-{rank:02d}" for rank in group["rank_in_district"]]
        assert group["hotspot_id"].tolist() == expected
    if every:
        assert set(hotspots["district"]) == set(districts)
    labels = candidates.loc[candidates["status"] == SELECTED, "hotspot_id"]
    assert labels.tolist() == hotspots["hotspot_id"].tolist()
    assert (candidates.loc[candidates["status"] != SELECTED, "hotspot_id"] == "").all()


def test_rank_decides_not_the_order_of_rows(candidates_of: CandidateMaker) -> None:
    """A shuffled table of candidates gives the same hotspots."""
    table = candidates_of(["Ash", "Birch", "Ash", "Cedar", "Birch", "Ash"])
    hotspots, _ = select(table, 4, min_separation_m=1500)
    shuffled, _ = select(table.iloc[[4, 1, 5, 0, 3, 2]], 4, min_separation_m=1500)
    assert_geodataframe_equal(shuffled, hotspots)


def test_faults_are_kept_and_never_selected(candidates_of: CandidateMaker) -> None:
    """Candidates with a fault keep their reason, however good their rank."""
    table = candidates_of(["Ash", "Birch", "Ash"], status=[FAULT, "", "3 incidents, fewer than 9"])
    hotspots, candidates = select(table, 3)
    assert hotspots["hotspot_id"].tolist() == ["BIR-01"]
    assert candidates["status"].tolist() == [FAULT, SELECTED, "3 incidents, fewer than 9"]


def test_fewer_candidates_than_wanted(candidates_of: CandidateMaker) -> None:
    """Where there are fewer candidates than asked for, fewer come back."""
    hotspots, candidates = select(candidates_of(["Ash", "Birch"]), 26)
    assert len(hotspots) == 2
    assert (candidates["status"] == SELECTED).all()


@pytest.mark.parametrize("separation", [0.0, 500.0])
def test_no_candidates(candidates_of: CandidateMaker, separation: float) -> None:
    """No sound candidate is an empty result with all published columns."""
    for table in (candidates_of([]), candidates_of(["Ash"], status=[FAULT])):
        hotspots, candidates = select(table, 5, min_separation_m=separation)
        assert hotspots.empty
        assert list(hotspots.columns) == [*names(HOTSPOTS), "geometry"]
        assert list(candidates.columns) == [*names(CANDIDATES), "geometry"]
        assert len(candidates) == len(table)


def test_more_districts_than_hotspots(candidates_of: CandidateMaker) -> None:
    """Fewer hotspots than districts to serve are refused with both numbers and both ways out."""
    table = candidates_of(["Ash", "Birch", "Cedar", "Dale"], status=["", "", "", FAULT])
    with pytest.raises(InfeasibleError, match=r"^2 hotspots cannot serve 3 districts") as caught:
        select(table, 2)
    assert "--hotspots to 3" in str(caught.value)
    assert "--any-district" in str(caught.value)
    assert len(select(table, 3)[0]) == 3
    assert len(select(table, 2, every_district=False)[0]) == 2


def test_too_close_by_hand(candidates_of: CandidateMaker) -> None:
    """The better of two near ones is taken, the other says why, and a farther one moves up."""
    table = candidates_of(["Ash"] * 4, x_m=[0, 300, 900, 1400])
    _, candidates = select(table, 2, min_separation_m=400)
    assert candidates["status"].tolist() == [SELECTED, TOO_CLOSE, SELECTED, OUTRANKED]
    _, candidates = select(table, 4, min_separation_m=600)
    assert candidates["status"].tolist() == [SELECTED, TOO_CLOSE, SELECTED, TOO_CLOSE]


def test_exactly_at_the_separation_is_far_enough(candidates_of: CandidateMaker) -> None:
    """Two centres exactly the least distance apart, 3-4-5, may both be selected."""
    table = candidates_of(["Ash", "Ash"], x_m=[0, 300], y_m=[0, 400])
    assert len(select(table, 2, min_separation_m=500)[0]) == 2
    assert len(select(table, 2, min_separation_m=500.001)[0]) == 1


def test_the_only_one_of_a_district_stays(candidates_of: CandidateMaker) -> None:
    """The best of each district is taken although it lies near that of the neighbour."""
    table = candidates_of(["Ash", "Ash", "Birch"], x_m=[0, 5000, 100])
    _, candidates = select(table, 3, min_separation_m=500)
    assert ranks_chosen(candidates) == [1, 2, 3]
    _, candidates = select(table, 3, min_separation_m=500, every_district=False)
    assert candidates["status"].tolist() == [SELECTED, SELECTED, TOO_CLOSE]


@given(
    INITIALS.filter(bool),
    st.integers(0, 2**32 - 1),
    st.integers(1, 20),
    st.floats(1, 900),
    st.booleans(),
)
@settings(max_examples=50, deadline=None)
def test_separation_equals_checking_every_pair(
    candidates_of: CandidateMaker,
    districts: list[str],
    seed: int,
    count: int,
    separation: float,
    every: bool,
) -> None:
    """Selection with an index is that of comparing each candidate with all taken before."""
    x, y = np.random.default_rng(seed).uniform(0, 2000, (2, len(districts)))
    count = max(count, len(set(districts)))
    firsts = [n for n, name in enumerate(districts) if every and name not in districts[:n]]
    status = [OUTRANKED] * len(districts)
    taken: list[int] = []
    for number in firsts + [n for n in range(len(districts)) if n not in firsts]:
        near = any(np.hypot(x[number] - x[t], y[number] - y[t]) < separation for t in taken)
        if len(taken) == count:
            continue
        if number in firsts or not near:
            taken.append(number)
            status[number] = SELECTED
        else:
            status[number] = TOO_CLOSE
    _, candidates = select(
        candidates_of(districts, x_m=x, y_m=y),
        count,
        every_district=every,
        min_separation_m=separation,
    )
    assert candidates["status"].tolist() == status


def test_arguments_are_left_alone(candidates_of: CandidateMaker) -> None:
    """The table given is the same after the call, and the geometries travel with their rows."""
    table = candidates_of(["Ash", "Birch", "Ash"])
    before = table.copy(deep=True)
    hotspots, _ = select(table, 2, min_separation_m=100)
    assert_geodataframe_equal(table, before)
    assert hotspots.crs == table.crs
    np.testing.assert_array_equal(shapely.get_x(hotspots.geometry), hotspots["x_m"])
