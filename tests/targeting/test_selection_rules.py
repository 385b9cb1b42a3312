"""Pinned candidates and hotspots that stay, in tables of candidates made by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.errors import InfeasibleError
from hotspots.frames import FORBIDDEN, OUTRANKED, SELECTED
from hotspots.targeting.selection import Rules, select

CandidateMaker = Callable[..., gpd.GeoDataFrame]

INITIALS = st.lists(st.sampled_from(["Ash", "Birch", "Cedar"]), min_size=1, max_size=9)
FAULT = "7 incidents, fewer than 20"


def chosen_of(table: gpd.GeoDataFrame) -> list[int]:
    """Rows that are selected."""
    return table.index[table["status"] == SELECTED].tolist()


def value(table: gpd.GeoDataFrame) -> int:
    """Incidents of the rows that are selected."""
    return int(table.loc[chosen_of(table), "incidents"].sum())


def test_a_pin_takes_a_place_whatever_its_rank(candidates_of: CandidateMaker) -> None:
    """The last of five by rank is pinned: it takes the place of the third."""
    table = candidates_of(["Ash"] * 5)
    hotspots, candidates = select(table, 3, rules=Rules(forced=[4]))
    assert hotspots["incidents"].tolist() == [50, 40, 10]
    assert candidates["status"].tolist() == [SELECTED, SELECTED, OUTRANKED, OUTRANKED, SELECTED]


def test_a_pin_serves_its_district(candidates_of: CandidateMaker) -> None:
    """Birch is served by the pin on its second, so the rest goes by rank."""
    table = candidates_of(["Ash", "Ash", "Birch", "Birch"])
    assert chosen_of(select(table, 3, rules=Rules(forced=[3]))[1]) == [0, 1, 3]
    assert chosen_of(select(table, 2, rules=Rules(forced=[3]))[1]) == [0, 3]


def test_a_pin_on_what_was_dropped(candidates_of: CandidateMaker) -> None:
    """A candidate with a fault is selected where it is pinned, and only there."""
    table = candidates_of(["Ash"] * 3, status=["", "", FAULT])
    assert chosen_of(select(table, 3)[1]) == [0, 1]
    assert chosen_of(select(table, 3, rules=Rules(forced=[2]))[1]) == [0, 1, 2]


def test_pins_are_exempt_from_the_least_distance(candidates_of: CandidateMaker) -> None:
    """At 1,000 m from each other with a least distance of 1,500: every other one, and the pin."""
    table = candidates_of(["Ash"] * 5)
    plain = select(table, 5, min_separation_m=1500)[1]
    assert chosen_of(plain) == [0, 2, 4]
    pinned = select(table, 5, min_separation_m=1500, rules=Rules(forced=[1]))[1]
    assert chosen_of(pinned) == [1, 3]


@pytest.mark.parametrize(
    ("count", "forced", "message"),
    [
        (1, [0, 1], "Overrides ask for 2 hotspots, but there are 1; raise --hotspots to 2"),
        (2, [0, 1], "Overrides ask for 2 hotspots and 1 other districts have a candidate, but "
                    "there are 2 hotspots; raise --hotspots to 3"),
    ],
)  # fmt: skip
def test_no_room_is_one_line(
    candidates_of: CandidateMaker, count: int, forced: list[int], message: str
) -> None:
    """More pins than places; or pins that leave no place for a district."""
    districts = ["Ash", "Ash", "Ash"] if count == 1 else ["Ash", "Ash", "Birch"]
    with pytest.raises(InfeasibleError) as caught:
        select(candidates_of(districts), count, rules=Rules(forced=forced))
    assert str(caught.value).startswith(message)


@given(INITIALS, st.data(), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_pins_and_forbids_cost_where_no_district_must_be_served(
    candidates_of: CandidateMaker, districts: list[str], data: st.DataObject, count: int
) -> None:
    """What is selected holds no more incidents under a pin or a forbid on a sound candidate."""
    table = candidates_of(districts)
    row = data.draw(st.integers(0, len(districts) - 1))
    free = select(table, count, every_district=False)[1]
    pinned = select(table, count, every_district=False, rules=Rules(forced=[row]))[1]
    without = table.assign(status=table["status"].mask(table.index == row, FORBIDDEN))
    forbidden = select(without, count, every_district=False)[1]
    assert row in chosen_of(pinned)
    assert row not in chosen_of(forbidden)
    if len(districts) > count:
        assert value(pinned) <= value(free)
    assert value(forbidden) <= value(free)
    if row in chosen_of(free):
        assert chosen_of(pinned) == chosen_of(free)
    else:
        assert chosen_of(forbidden) == chosen_of(free)


def test_a_forbid_may_gain_where_districts_are_served(candidates_of: CandidateMaker) -> None:
    """No law without that proviso: Birch holds 10 only, and without it Ash has both places."""
    table = candidates_of(["Ash", "Ash", "Ash", "Birch"])
    assert value(select(table, 2)[1]) == 40 + 10
    without = table.assign(status=["", "", "", FORBIDDEN])
    assert value(select(without, 2)[1]) == 40 + 30


@given(INITIALS, st.data())
@settings(max_examples=80, deadline=None)
def test_the_cap_on_changes_is_exact(
    candidates_of: CandidateMaker, districts: list[str], data: st.DataObject
) -> None:
    """No set with as many old ones, one of each district and the pins holds more incidents."""
    table = candidates_of(districts)
    rows = range(len(districts))
    old = data.draw(st.sets(st.sampled_from(list(rows))))
    forced = data.draw(st.sets(st.sampled_from(list(rows)), max_size=2))
    count = data.draw(st.integers(1, 5))
    least = data.draw(st.integers(0, len(old)))
    every = data.draw(st.booleans())
    fitting = [
        sum(int(table["incidents"][row]) for row in some)
        for some in itertools.combinations(rows, min(count, len(districts)))
        if forced <= set(some)
        and len(old & set(some)) >= least
        and (not every or {districts[row] for row in some} == set(districts))
    ]
    rules = Rules(forced=forced, old=old, least_old=least, measure="incidents")
    if not fitting:
        with pytest.raises(InfeasibleError):
            select(table, count, every_district=every, rules=rules)
        return
    found = select(table, count, every_district=every, rules=rules)[1]
    assert value(found) == max(fitting)
    assert len(old & set(chosen_of(found))) >= least
    if len(old & set(chosen_of(select(table, count, every_district=every,
                                      rules=Rules(forced=forced))[1]))) >= least:  # fmt: skip
        free = select(table, count, every_district=every, rules=Rules(forced=forced))[1]
        assert chosen_of(found) == chosen_of(free)


def test_a_cap_that_leaves_no_room_says_what_would(candidates_of: CandidateMaker) -> None:
    """Two old ones in Ash must stay, Birch needs one, and there are two places: one can stay."""
    rules = Rules(old=[0, 1], least_old=2, measure="incidents")
    with pytest.raises(InfeasibleError, match="leave room for 1 of them; raise max_changes by 1"):
        select(candidates_of(["Ash", "Ash", "Birch"]), 2, rules=rules)
