"""Overrides in a town whose hotspots were planted: what each does, and what it leaves alone."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.errors import InfeasibleError, InputError
from hotspots.frames import (
    FORBIDDEN,
    OVERRIDE_SETS,
    OVERRIDES,
    SELECTED,
    Override,
    Places,
    Targeting,
    names,
)
from hotspots.settings import Settings
from hotspots.targeting import find_hotspots

Plant = Callable[..., pd.DataFrame]
PlacesMaker = Callable[..., Places]
SettingsMaker = Callable[..., Settings]
Finder = Callable[..., Targeting]


def override(action: str, one: str = "", **more: Any) -> Override:
    """Make an override by A. Smith; its id is the action unless another is given."""
    plain = {"reason": "a good one", "author": "A. Smith", "time": "2026-03-01"}
    return Override(override_id=one or action, action=action, **(plain | more))


@pytest.fixture(scope="module")
def town(three_districts: gpd.GeoDataFrame, plant: Plant, places_of: PlacesMaker) -> Places:
    """Hotspots of 120, 60, 30 and 15 in Westham, of 50 in Easton and of 40 in Northby."""
    rows = [
        plant((1015, 1015), 120, location="On or near High Street", seed=2),
        plant((3015, 2515), 60, location="On or near Mill Lane", seed=3),
        plant((2015, 3515), 30, location="On or near The Green", seed=4),
        plant((3015, 515), 15, location="On or near Back Lane", seed=5),
        plant((6015, 2015), 50, location="On or near Bridge Road", seed=6),
        plant((6015, 6015), 40, location="On or near Station Road", seed=7),
    ]
    return places_of(*rows, districts=three_districts)


@pytest.fixture(scope="module")
def find(town: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker) -> Finder:
    """Find four hotspots under some overrides."""

    def run(*overrides: Override, previous: Any = None, **more: Any) -> Targeting:
        return find_hotspots(
            town, three_districts, settings_of(**{"hotspots": 4, **more}),
            overrides=overrides, previous=previous,
        )  # fmt: skip

    return run


def ids(found: Targeting) -> dict[str, int]:
    """Incidents by id."""
    table = found.hotspots
    return dict(zip(table["hotspot_id"], table["incidents"], strict=True))


def row_of(found: Targeting, one: str) -> Any:
    """The hotspot of an id."""
    return found.hotspots.set_index("hotspot_id").loc[one]


def decision(found: Targeting, one: str) -> Any:
    """The record of an override."""
    assert found.decided is not None
    return found.decided.table.set_index("override_id").loc[one]


def test_the_town_as_it_is(find: Finder) -> None:
    """Four hotspots, and the ids that overrides below go by."""
    found = find()
    assert ids(found) == {"WES-01": 120, "WES-02": 60, "EAS-01": 50, "NOR-01": 40}
    assert found.decided is None
    status = found.candidates.set_index("incidents")["status"]
    assert status[15] == "no core place of a cluster inside"


def test_a_pin_takes_the_place_of_the_last_by_rank(find: Finder) -> None:
    """The Green (30) takes the place of Mill Lane (60), the last that no district needs."""
    found = find(override("pin", hotspot="C005"))
    assert ids(found) == {"WES-01": 120, "EAS-01": 50, "NOR-01": 40, "WES-03": 30}
    pinned = row_of(found, "WES-03")
    assert pinned["note"] == "Pinned by A. Smith (2026-03-01): a good one"
    assert pinned["why"].startswith("Pinned by hand: 30 incidents")
    record = decision(found, "pin")
    assert (record["status"], record["hotspot_id"]) == ("in force", "WES-03")
    assert record["effect"] == (
        "In: The Green, Westham (WES-03); Out: Mill Lane, Westham (WES-02)."
    )
    assert found.candidates.set_index("incidents")["status"][60] == "ranked below those selected"


def test_a_pin_on_what_was_dropped_keeps_the_reason(find: Finder) -> None:
    """Back Lane has 15 incidents, and a core place needs 20: it is pinned by a point."""
    found = find(override("pin", point=(3015.0, 515.0)))
    (pinned,) = [one for one, incidents in ids(found).items() if incidents == 15]
    said = decision(found, "pin")["effect"]
    assert said.startswith("Kept although: no core place of a cluster inside. In: Back Lane")
    assert row_of(found, pinned)["rank"] == 4


def test_a_pin_on_what_is_selected_changes_nothing_else(find: Finder) -> None:
    """Hotspots, ids and ranks are those without it."""
    plain, found = find(), find(override("pin", hotspot="WES-01"))
    columns = [name for name in plain.hotspots if name not in ("note", "why")]
    assert_geodataframe_equal(found.hotspots[columns], plain.hotspots[columns])
    assert decision(found, "pin")["effect"] == "The same hotspots without it."


@pytest.mark.parametrize(
    "how",
    [
        {"hotspot": "WES-01"},
        {"hotspot": "C001"},
        {"point": (1015.0, 1015.0)},
        {"area": shapely.box(900, 900, 1200, 1200)},
    ],
)
def test_a_forbidden_hotspot_is_gone_and_nobody_is_renumbered(
    find: Finder, how: dict[str, Any]
) -> None:
    """By id, candidate, point or area: High Street is out, The Green comes in as WES-03."""
    found = find(override("forbid", **how))
    assert ids(found) == {"WES-02": 60, "EAS-01": 50, "NOR-01": 40, "WES-03": 30}
    candidate = found.candidates.set_index("incidents").loc[120]
    assert candidate["status"] == FORBIDDEN
    assert candidate["note"].endswith("Forbidden by A. Smith (2026-03-01): a good one")
    assert "Out: High Street, Westham (WES-01)." in decision(found, "forbid")["effect"]


def test_an_area_forbids_what_lies_in_it_by_a_third(find: Finder) -> None:
    """A strip over a fifth of a footprint forbids nothing, one over two fifths does."""
    west, south, east, north = row_of(find(), "WES-01").geometry.bounds
    for share, there in ((0.2, True), (0.45, False)):
        strip = shapely.box(west, south, west + share * (east - west), north)
        outline = row_of(find(), "WES-01").geometry
        own = outline.intersection(strip).area / outline.area
        assert (own >= 1 / 3) != there
        assert ("WES-01" in ids(find(override("forbid", area=strip)))) == there


def test_a_forbidden_place_without_a_candidate_is_said(find: Finder) -> None:
    """It stands, without effect, for next year."""
    found = find(override("forbid", point=(100.0, 3900.0)))
    assert decision(found, "forbid")["status"] == "without effect"
    assert any("The override forbid (forbid) has no effect" in text for text in found.messages)
    assert ids(found) == ids(find())


def test_an_added_hotspot_is_measured_like_any_other(find: Finder, town: Places) -> None:
    """Its incidents are those of the rows inside, counted here, on 60 m x 60 m."""
    box = shapely.box(2985, 485, 3045, 545)
    table = town.table
    inside = table["x_m"].between(2985, 3045) & table["y_m"].between(485, 545)
    own = int(table.loc[inside, "weight"].sum())
    assert 0 < own < 15
    found = find(override("add", area=box, name="Bus station"))
    (added,) = [row for row in found.hotspots.itertuples() if row.name == "Bus station"]
    assert added.hotspot_id == "WES-03"
    assert added.incidents == own
    assert added.incidents_per_day == pytest.approx(own / 90)
    assert added.area_km2 == pytest.approx(0.0036)
    assert added.note.endswith("Added by hand by A. Smith (2026-03-01): a good one")
    assert ids(found) == {"WES-01": 120, "EAS-01": 50, "NOR-01": 40, "WES-03": own}
    assert found.candidates.set_index("hotspot_id").loc["WES-03", "status"] == SELECTED


def test_ground_set_by_hand_is_counted_once(find: Finder) -> None:
    """A square over the eastern part of High Street: what is left of it does not overlap it."""
    outline = row_of(find(), "WES-01").geometry
    x = outline.centroid.x
    box = shapely.box(x, 965, x + 150, 1065)
    found = find(override("add", area=box), hotspots=5)
    shapes = found.hotspots.geometry.to_numpy()
    for one, other in itertools.combinations(shapes, 2):
        assert one.intersection(other).area < 1e-6
    near = found.hotspots[found.hotspots.intersects(shapely.box(800, 800, 1300, 1300))]
    assert len(near) == 2
    assert near["incidents"].sum() <= 120
    assert near["note"].str.contains("Cut by ground that was set by hand").sum() == 1


def test_an_added_hotspot_belongs_to_one_district(find: Finder) -> None:
    """60 m of 200 m lie in Easton: cut off, and said."""
    found = find(override("add", area=shapely.box(3860, 100, 4060, 200)))
    added = row_of(found, "WES-03")
    assert added.geometry.bounds == (3860, 100, 4000, 200)
    assert added["incidents"] == 0
    assert decision(found, "add")["effect"].startswith("30% of the ground drawn lies in other")


def test_a_moved_hotspot_keeps_its_id_and_is_measured_anew(find: Finder, town: Places) -> None:
    """Mill Lane 100 m to the east: the outline is the same, the incidents those that are there."""
    was = row_of(find(), "WES-02")
    found = find(override("move", hotspot="WES-02", shift_m=(100.0, 0.0)))
    moved = row_of(found, "WES-02")
    assert moved["name"] == was["name"]
    expected = shapely.transform(was.geometry, lambda xy: xy + np.array([100.0, 0.0]))
    assert moved.geometry.symmetric_difference(expected).area < 1e-6
    points = shapely.points(town.table["x_m"], town.table["y_m"])
    inside = shapely.intersects(expected, points)
    assert moved["incidents"] == town.table.loc[inside, "weight"].sum()
    assert moved["incidents"] < 60
    # nothing is left where it was
    gone = found.hotspots.intersection(was.geometry.difference(expected)).area.sum()
    assert gone < 1e-6
    anew = find(override("move", hotspot="WES-02", outline=shapely.box(3500, 3500, 3600, 3600)))
    assert row_of(anew, "WES-02").geometry.bounds == (3500, 3500, 3600, 3600)


def test_a_new_name(find: Finder) -> None:
    """In hotspots and candidates, and nothing else changes."""
    found = find(override("rename", hotspot="EAS-01", name="Riverside"))
    assert row_of(found, "EAS-01")["name"] == "Riverside"
    assert found.candidates.set_index("hotspot_id").loc["EAS-01", "name"] == "Riverside"
    assert decision(found, "rename")["effect"] == "Was Bridge Road, Easton."
    assert ids(found) == ids(find())


def test_hours_are_fixed_by_id(find: Finder) -> None:
    """The record names the hotspot and the hours; on what is no hotspot it has no effect."""
    found = find(
        override("fix hours", "one", hotspot="EAS-01", hours=100.0),
        override("fix hours", "two", hotspot="C005", hours=50.0),
        override("add", area=shapely.box(100, 100, 200, 200), name="New"),
        override("fix hours", "three", hotspot="add", hours=25.0),
    )
    assert decision(found, "one")[["hotspot_id", "officer_hours"]].tolist() == ["EAS-01", 100.0]
    assert decision(found, "two")["status"] == "without effect"
    assert decision(found, "three")["name"] == "New"


def test_what_is_lifted_does_not_hold(find: Finder) -> None:
    """The lifted one and what lifts it stay in the record."""
    found = find(override("forbid", hotspot="WES-01"), override("lift", lifts="forbid"))
    assert ids(found) == ids(find())
    assert decision(found, "forbid")["status"] == "lifted"
    assert decision(found, "lift")["effect"] == "Lifts forbid."
    nothing = find(override("lift", lifts="none"))
    assert decision(nothing, "lift")["status"] == "without effect"


@pytest.mark.parametrize(
    "one",
    [
        override("pin", hotspot="FAR-01", place=shapely.box(50_000, 0, 50_100, 100)),
        override("add", area=shapely.box(50_000, 0, 50_100, 100), name="Far"),
        override("move", hotspot="FAR-01", place=shapely.box(50_000, 0, 50_100, 100),
                 outline=shapely.box(50_050, 0, 50_150, 100)),
        override("forbid", point=(50_000.0, 0.0)),
        override("rename", hotspot="FAR-01", name="Far",
                 place=shapely.box(50_000, 0, 50_100, 100)),
    ],
    ids=lambda one: one.action,
)  # fmt: skip
def test_what_an_earlier_plan_decided_elsewhere_waits(find: Finder, one: Override) -> None:
    """In a plan of other districts it has no effect, keeps its ground, and stops nothing."""
    found = find(replace(one, carried=True))
    assert ids(found) == ids(find())
    record = decision(found, one.action)
    assert (record["status"], record["effect"]) == (
        "without effect", "It lies outside these districts.",
    )  # fmt: skip
    if one.place is not None:
        kept = shapely.from_wkt(json.loads(record["definition"])["place"])
        assert kept.equals(one.place)


MANY = [
    override("pin", point=(2015.0, 3515.0)),
    override("forbid", hotspot="WES-02"),
    override("add", area=shapely.box(6500, 500, 6600, 600)),
    override("move", hotspot="NOR-01", shift_m=(0.0, 50.0)),
    override("rename", hotspot="add", name="School"),
]


@pytest.fixture(scope="module")
def in_order(find: Finder) -> Targeting:
    """The town under many overrides."""
    return find(*MANY, hotspots=5)


def test_the_record_is_that_of_runs_without_each(find: Finder, in_order: Targeting) -> None:
    """Hotspots without an override are those of a run that does not have it."""
    found = in_order
    assert found.decided is not None
    assert list(found.decided.table) == names(OVERRIDES)
    assert list(found.decided.sets) == names(OVERRIDE_SETS)
    for left_out in MANY[:4]:
        rest = [one for one in MANY if one is not left_out and one.hotspot != left_out.override_id]
        again = find(*rest, hotspots=5).hotspots
        own = found.decided.sets[found.decided.sets["override_id"] == left_out.override_id]
        assert sorted(own["incidents_per_day"]) == pytest.approx(sorted(again["incidents_per_day"]))
        assert sorted(own["district"]) == sorted(again["district"])


@given(st.permutations(MANY))
@settings(max_examples=3, deadline=None)
def test_the_order_of_overrides_changes_nothing(
    find: Finder, in_order: Targeting, some: Sequence[Override]
) -> None:
    """The same hotspots with the same ids, whichever stands first."""
    columns = ["hotspot_id", "name", "rank", "incidents", "geometry"]
    found = find(*some, hotspots=5)
    assert_geodataframe_equal(found.hotspots[columns], in_order.hotspots[columns])


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ([override("pin", hotspot="WES-99")], "no hotspot or candidate has the id 'WES-99'; did"),
        ([override("pin", point=(100.0, 3900.0))], "no candidate and no hotspot holds the point"),
        ([override("add", area=shapely.box(-500, 0, -400, 100))], "lies outside the districts"),
        ([override("add", area=shapely.box(0, 0, 400, 400))], "is 0.160 km², larger than the cap"),
        ([override("move", hotspot="WES-01", shift_m=(5000.0, 0.0))], "lies outside Westham"),
        ([override("pin", hotspot="WES-01"), override("forbid", point=(1015.0, 1015.0))],
         "pin (pin) and forbid (forbid) contradict each other about"),
        ([override("pin", hotspot="WES-01"), override("forbid", hotspot="C001")],
         "pin (pin) and forbid (forbid) contradict each other about WES-01; lift one"),
        ([override("rename", "a", hotspot="WES-01", name="A"),
          override("rename", "b", point=(1015.0, 1015.0), name="B")],
         "a (rename) and b (rename) contradict each other about WES-01"),
        ([override("pin", "a", hotspot="WES-01"), override("move", hotspot="WES-01",
                                                           shift_m=(9.0, 0.0))],
         "a (pin) and move (move) contradict"),
        ([override("pin", hotspot="C005"),
          override("add", area=shapely.box(1850, 3350, 2160, 3660))],
         "set the same ground; lift one"),
        ([override("add", area=shapely.box(950, 950, 1050, 1050)),
          override("forbid", point=(1000.0, 1000.0))], "add (add) and forbid (forbid) contradict"),
        ([override("pin", "a", hotspot="WES-01"), override("pin", "b", hotspot="WES-02"),
          override("pin", "c", hotspot="C005")],
         "Overrides ask for 3 hotspots and 2 other districts have a candidate, but there are 4"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_line(find: Finder, overrides: list[Override], message: str) -> None:
    """Unknown ids, ground that does not fit, and contradictions name the overrides."""
    with pytest.raises((InputError, InfeasibleError)) as caught:
        find(*overrides)
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_pin_cannot_exceed_the_area_cap(find: Finder) -> None:
    """What was dropped for its area stays dropped: the pin is refused."""
    small = {"area_cap_km2": 0.02, "method": "dbscan"}
    plain = find(**small)
    (large,) = plain.candidates.loc[
        plain.candidates["status"].str.contains("larger than the cap"), "candidate_id"
    ].tolist()[:1]
    with pytest.raises(InputError, match=r"larger than the cap of 0\.02; move it to a smaller"):
        find(override("pin", hotspot=large), **small)
