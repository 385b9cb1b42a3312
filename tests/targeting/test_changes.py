"""Refreshing a plan: pairs by areas worked out by hand, ids that persist and are never reused."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from hotspots.frames import CHANGES, HOTSPOTS, PREVIOUS, Places, Previous, names
from hotspots.settings import Settings
from hotspots.targeting import find_hotspots
from hotspots.targeting.changes import overlaps

Plant = Callable[..., pd.DataFrame]
PlacesMaker = Callable[..., Places]
SettingsMaker = Callable[..., Settings]


def earlier(
    rows: Sequence[tuple[str, str, shapely.Geometry]], retired: Sequence[str] = ()
) -> Previous:
    """Make an earlier plan from id, name and outline, with 10 incidents and 0.5 a day each."""
    table = gpd.GeoDataFrame(
        {
            "hotspot_id": [one for one, _, _ in rows],
            "name": [name for _, name, _ in rows],
            "district": "Westham",
            "incidents": 10,
            "incidents_per_day": 0.5,
        },
        geometry=[shape for *_, shape in rows],
        crs=27700,
    )[[*names(PREVIOUS), "geometry"]]
    gone = pd.DataFrame({"previous_id": list(retired), "name": "Gone", "district": "Westham"})
    return Previous(table, gone)


@pytest.fixture(scope="module")
def town(three_districts: gpd.GeoDataFrame, plant: Plant, places_of: PlacesMaker) -> Places:
    """Hotspots of 120 and 60 in Westham and of 40 in Northby, and 15 incidents elsewhere."""
    rows = [
        plant((1015, 1015), 120, location="On or near High Street", seed=2),
        plant((3015, 2515), 60, location="On or near Mill Lane", seed=3),
        plant((6015, 6015), 40, location="On or near Station Road", seed=4),
        plant((1000, 3000), 15, radius_m=300, seed=5),
    ]
    return places_of(*rows, districts=three_districts)


@pytest.fixture
def refresh(
    town: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker
) -> Callable[[Previous | None], object]:
    return lambda previous: find_hotspots(town, three_districts, settings_of(), previous=previous)


def test_pairs_share_a_third_of_the_smaller_area() -> None:
    """Squares of 100 m side: 34 m in common are enough, 33 m are not; the larger part wins."""
    old = np.array([box(0, 0, 100, 100), box(1000, 0, 1100, 100)])
    assert overlaps(np.array([box(66, 0, 166, 100)]), old) == [(0, 0, pytest.approx(0.34))]
    assert overlaps(np.array([box(67, 0, 167, 100)]), old) == []
    # a small one inside a large one shares all of itself
    assert overlaps(np.array([box(10, 10, 20, 20)]), old) == [(0, 0, 1.0)]
    # two on one: that with more in common is it, whatever the order
    two = np.array([box(40, 0, 140, 100), box(-20, 0, 80, 100)])
    assert overlaps(two, old) == [(1, 0, pytest.approx(0.8))]
    assert overlaps(two[::-1], old) == [(0, 0, pytest.approx(0.8))]
    # alike twice: the first of the new, and the first of the old
    same = np.array([old[0], old[0]])
    assert overlaps(same, same) == [(0, 0, 1.0), (1, 1, 1.0)]
    assert overlaps(np.array([], dtype=object), old) == []
    assert overlaps(old, np.array([], dtype=object)) == []


SQUARES = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(20, 120)), max_size=7
).map(lambda rows: np.array([box(x, y, x + s, y + s) for x, y, s in rows], dtype=object))


@given(SQUARES, SQUARES)
@settings(max_examples=60, deadline=None)
def test_pairs_are_one_to_one_and_none_is_passed_over(new: np.ndarray, old: np.ndarray) -> None:
    """Each takes part once; whatever overlaps enough and is left alone lost to a larger overlap."""
    pairs = overlaps(new, old)
    mine, theirs = [one for one, _, _ in pairs], [other for _, other, _ in pairs]
    assert len(set(mine)) == len(mine)
    assert len(set(theirs)) == len(theirs)
    common = {(a, b): new[a].intersection(old[b]).area for a, b, _ in pairs}
    for a, shape in enumerate(new):
        for b, other in enumerate(old):
            shared = shape.intersection(other).area
            if shared / min(shape.area, other.area) >= 1 / 3 + 1e-9:
                rivals = [size for pair, size in common.items() if pair[0] == a or pair[1] == b]
                assert max(rivals, default=0) >= shared - 1e-6


def test_ids_and_names_persist(refresh: Callable[[Previous | None], object]) -> None:
    """What overlaps keeps id and name; what is new gets a number above all used; one left."""
    previous = earlier(
        [
            ("WES-02", "The Square", box(900, 900, 1130, 1130)),
            ("WES-05", "Quiet Corner", box(900, 2900, 1100, 3100)),
            ("XXX-01", "Far away", box(50_000, 0, 50_100, 100)),
        ],
        retired=["WES-09", "WES-02"],
    )
    found = refresh(previous)
    assert found.hotspots["hotspot_id"].tolist() == ["WES-02", "WES-10", "NOR-01"]
    assert found.hotspots["name"].tolist() == [
        "The Square", "Mill Lane, Westham", "Station Road, Northby",
    ]  # fmt: skip
    assert found.hotspots["change"].tolist() == ["remained", "entered", "entered"]
    chosen = found.candidates[found.candidates["status"] == "selected"]
    assert chosen["hotspot_id"].tolist() == found.hotspots["hotspot_id"].tolist()
    assert chosen["name"].tolist() == found.hotspots["name"].tolist()
    changes = found.changes
    assert list(changes.columns) == [*names(CHANGES), "geometry"]
    assert changes["change"].tolist() == ["entered", "entered", "remained", "left", "left earlier"]
    assert changes["hotspot_id"].tolist() == ["WES-10", "NOR-01", "WES-02", "", ""]
    assert changes["previous_id"].tolist() == ["", "", "WES-02", "WES-05", "WES-09"]
    assert found.messages[-2:] == [
        "Against the earlier plan, hotspots: 1 remained, 2 entered (WES-10, NOR-01), 1 left "
        "(WES-05).",
        "1 hotspots of the earlier plan lie outside these districts.",
    ]


def test_former_hotspots_are_counted_in_their_old_outline(
    refresh: Callable[[Previous | None], object], town: Places
) -> None:
    """Incidents then are the earlier plan's; now, those that shapely finds in the same outline."""
    outline = box(900, 2900, 1100, 3100)
    left = refresh(earlier([("WES-05", "Quiet Corner", outline)])).changes.iloc[-1]
    table = town.table
    inside = shapely.contains_xy(outline, table["x_m"], table["y_m"])
    assert 0 < inside.sum() < 15
    assert (left["incidents_then"], left["per_day_then"]) == (10, 0.5)
    assert left["incidents_now"] == inside.sum()
    assert left["per_day_now"] == pytest.approx(inside.sum() / 90)


def test_a_name_that_is_taken_is_numbered(
    refresh: Callable[[Previous | None], object],
) -> None:
    """An earlier hotspot that stays is called like a new one: the new one gets a number."""
    found = refresh(earlier([("WES-01", "Mill Lane, Westham", box(900, 900, 1130, 1130))]))
    assert found.hotspots["name"].tolist()[:2] == ["Mill Lane, Westham", "Mill Lane, Westham (2)"]


def test_the_same_plan_again_changes_nothing(
    refresh: Callable[[Previous | None], object],
) -> None:
    """Beside itself every hotspot remains as it is; without an earlier plan nothing is said."""
    first = refresh(None)
    assert first.changes is None
    assert (first.hotspots["change"] == "").all()
    own = Previous(first.hotspots[[*names(PREVIOUS), "geometry"]], earlier([]).retired)
    again = refresh(own)
    assert (again.changes["change"] == "remained").all()
    np.testing.assert_allclose(again.changes["overlap_share"], 1)
    assert again.changes["incidents_then"].tolist() == again.changes["incidents_now"].tolist()
    plain = again.hotspots.assign(change="")
    assert_geodataframe_equal(plain, first.hotspots)
    assert list(again.hotspots.columns) == [*names(HOTSPOTS), "geometry"]


def test_an_empty_earlier_plan_lets_all_enter(
    refresh: Callable[[Previous | None], object],
) -> None:
    """Beside a plan without hotspots all are new, with the first numbers."""
    found = refresh(earlier([]))
    assert (found.changes["change"] == "entered").all()
    assert found.hotspots["hotspot_id"].tolist() == ["WES-01", "WES-02", "NOR-01"]


def test_foreign_ids_persist_and_do_not_count(
    refresh: Callable[[Previous | None], object],
) -> None:
    """Ids of another shape are kept as they are, and new ones do not collide with them."""
    found = refresh(earlier([("Alpha", "A", box(900, 900, 1130, 1130))]))
    assert found.hotspots["hotspot_id"].tolist() == ["Alpha", "WES-01", "NOR-01"]
    assert found.hotspots["hotspot_id"].is_unique
    assert not re.search(r"\bnan\b", " ".join(found.changes["previous_id"]))
