"""Next year's plan from last year's: how many may leave, what stays, and what that costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from hotspots.errors import InfeasibleError, SettingsError
from hotspots.frames import (
    CANDIDATES,
    FROM_EARLIER,
    PREVIOUS,
    Override,
    Places,
    Previous,
    Targeting,
    names,
)
from hotspots.settings import Settings
from hotspots.targeting import find_hotspots
from hotspots.targeting.changes import overlaps
from hotspots.targeting.kept import earlier_pieces, rules_of

Plant = Callable[..., pd.DataFrame]
PlacesMaker = Callable[..., Places]
SettingsMaker = Callable[..., Settings]
Finder = Callable[..., Targeting]

#: Where the town has incidents, how many, and where it had hotspots before.
NOW = {(1015, 1015): 120, (3015, 2515): 60, (2015, 3515): 30, (6015, 2015): 50, (6015, 6015): 40}
BEFORE = {
    "WES-01": (1015, 1015),
    "WES-05": (2015, 3515),
    "WES-07": (3500, 500),  # where nothing happens now
    "NOR-02": (6015, 6015),
}


def around(centre: tuple[float, float], reach: float = 60) -> shapely.Polygon:
    """A square around a place."""
    x, y = centre
    return box(x - reach, y - reach, x + reach, y + reach)


def earlier(ids: Sequence[str] = tuple(BEFORE)) -> Previous:
    """An earlier plan with some hotspots, squares of 120 m."""
    table = gpd.GeoDataFrame(
        {
            "hotspot_id": list(ids),
            "name": [f"Old {one}" for one in ids],
            "district": ["Westham" if one.startswith("WES") else "Northby" for one in ids],
            "incidents": 10,
            "incidents_per_day": 0.5,
        },
        geometry=[around(BEFORE[one]) for one in ids],
        crs=27700,
    )[[*names(PREVIOUS), "geometry"]]
    gone = pd.DataFrame({"previous_id": [], "name": [], "district": []}, dtype="str")
    return Previous(table, gone)


@pytest.fixture(scope="module")
def find(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> Finder:
    """Find five hotspots, of which so many may be new."""
    rows = [plant(centre, count, seed=count) for centre, count in NOW.items()]
    town = places_of(*rows, districts=three_districts)

    def run(
        max_changes: int | None,
        *overrides: Override,
        previous: Previous | None = None,
        **more: Any,
    ) -> Targeting:
        wanted = {"hotspots": 4, "max_changes": max_changes, **more}
        before = earlier() if previous is None else previous
        return find_hotspots(
            town, three_districts, settings_of(**wanted), previous=before, overrides=overrides
        )

    return run


def ids(found: Targeting) -> dict[str, int]:
    """Incidents by id."""
    table = found.hotspots
    return dict(zip(table["hotspot_id"], table["incidents"], strict=True))


def said(found: Targeting) -> str:
    """The sentence on the cap."""
    (text,) = [text for text in found.messages if text.startswith("At most")]
    return text


def test_ranking_alone_lets_two_leave(find: Finder) -> None:
    """Without a cap WES-05 (30) and WES-07 (0) leave; 60 and 50 come in. A wide cap says so."""
    free = find(None)
    assert ids(free) == {"WES-01": 120, "WES-08": 60, "EAS-01": 50, "NOR-02": 40}
    wide = find(2)
    assert ids(wide) == ids(free)
    assert not [text for text in wide.messages if text.startswith("The cap costs")]


def test_one_may_leave(find: Finder) -> None:
    """One of 30 stays, in the place of the 60: the district of the 50 needs its own.

    The candidates' excess says what that costs: 60 - 30 = 30 incidents less what the price of the
    different areas makes of it, which is worked out from the columns.
    """
    found = find(1)
    assert ids(found) == {"WES-01": 120, "WES-05": 30, "EAS-01": 50, "NOR-02": 40}
    excess = found.candidates.set_index("incidents")["excess_incidents"]
    lost = excess[60] - excess[30]
    text = said(found)
    assert text.startswith(
        "At most 1 hotspots of the earlier plan may leave; ranking alone would let 2 leave. The "
        f"cap costs {lost:,.1f} ("
    )
    assert "in: Place" in text
    assert "out: Place" in text
    kept = found.hotspots.set_index("hotspot_id").loc["WES-05"]
    assert kept["name"] == "Old WES-05"
    assert kept["change"] == "remained"
    assert kept["why"].startswith("Kept from the earlier plan: 30 incidents")


def test_none_may_leave_without_every_district(find: Finder) -> None:
    """The same set: what is no candidate now has its earlier outline, and is measured anew."""
    found = find(0, every_district=False)
    assert ids(found) == {"WES-01": 120, "NOR-02": 40, "WES-05": 30, "WES-07": 0}
    kept = found.hotspots.set_index("hotspot_id").loc["WES-07"]
    assert kept.geometry.equals(around((3500, 500)))
    assert kept["note"].startswith("Kept with the outline of the earlier plan")
    assert set(found.hotspots["change"]) == {"remained"}


def test_every_district_and_the_cap_may_contradict(find: Finder) -> None:
    """Easton needs a new one, so one of four has to leave; with five hotspots all may stay."""
    with pytest.raises(InfeasibleError) as caught:
        find(0)
    assert "4 hotspots of the earlier plan must stay" in str(caught.value)
    assert "leave room for 3 of them; raise max_changes by 1" in str(caught.value)
    assert len(find(0, hotspots=5).hotspots) == 5


@pytest.mark.parametrize("cap", range(5))
def test_no_more_than_so_many_leave(find: Finder, cap: int) -> None:
    """The list of changes says it, and a wider cap never holds less of what ranks."""
    found = find(cap, hotspots=5)
    assert found.changes is not None
    assert (found.changes["change"] == "left").sum() <= cap
    if cap:
        tighter = find(cap - 1, hotspots=5)
        sums = [one.hotspots["excess_incidents"].sum() for one in (tighter, found)]
        assert sums[0] <= sums[1] + 1e-9


def test_what_people_forbid_counts_as_a_change(find: Finder) -> None:
    """One may leave and one is forbidden: nothing else may; with none it is a contradiction."""
    forbid = Override(
        override_id="no", action="forbid", hotspot="NOR-02",
        reason="x", author="A", time="2026-01-01",
    )  # fmt: skip
    found = find(1, forbid, hotspots=4)
    assert set(ids(found)) == {"WES-01", "WES-05", "WES-07", "EAS-01"}
    with pytest.raises(InfeasibleError, match="raise max_changes by 1"):
        find(0, forbid, hotspots=5)


def test_a_pin_on_what_left_brings_it_back(find: Finder) -> None:
    """WES-07 is no candidate now; pinned, it has its outline and its id."""
    pin = Override(
        override_id="yes", action="pin", hotspot="WES-07",
        reason="x", author="A", time="2026-01-01",
    )  # fmt: skip
    found = find(None, pin)
    assert ids(found)["WES-07"] == 0
    assert found.decided is not None
    assert "it has the outline of the earlier plan" in found.decided.table["effect"].iloc[0]


def test_a_cap_needs_an_earlier_plan(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """It is refused without one, and beside a least distance."""
    places = places_of(plant((1015, 1015), 120), districts=three_districts)
    with pytest.raises(SettingsError, match="there is no earlier plan that may change"):
        find_hotspots(places, three_districts, settings_of(max_changes=1))
    for wrong, message in (
        ({"max_changes": -1}, "max_changes must be 0 or more"),
        ({"max_changes": 1, "min_separation_m": 50.0}, "min_separation_m"),
    ):
        with pytest.raises(SettingsError, match=message):
            settings_of(**wrong)


SQUARES = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(20, 120)), max_size=7
).map(lambda rows: np.array([box(x, y, x + s, y + s) for x, y, s in rows], dtype=object))


@given(SQUARES, SQUARES, st.data())
@settings(max_examples=80, deadline=None)
def test_the_list_of_changes_keeps_to_the_cap(
    new: np.ndarray, old: np.ndarray, data: st.DataObject
) -> None:
    """Pairs among what is selected are never fewer than the pairs of all that are selected."""
    rows = sorted(data.draw(st.sets(st.integers(0, max(len(new) - 1, 0))))) if len(new) else []
    counted = [mine for mine, _, _ in overlaps(new, old) if mine in rows]
    assert len(overlaps(new[rows], old)) >= len(counted)


def table_of(shapes: Sequence[Any], status: Sequence[str]) -> gpd.GeoDataFrame:
    """Candidates with outlines and statuses, and nothing else."""
    empty = {"int": 0, "float": 0.0, "str": "", "bool": False}
    columns = {column.name: [empty[column.kind]] * len(shapes) for column in CANDIDATES}
    return gpd.GeoDataFrame(columns | {"status": list(status)}, geometry=list(shapes), crs=27700)


def test_earlier_ground_yields_to_sound_candidates(three_districts: gpd.GeoDataFrame) -> None:
    """Of three old squares one is a candidate, half of one is free, a quarter of one is free."""
    old = earlier(["WES-01", "WES-05", "WES-07"]).hotspots
    old = old.set_geometry([box(0, 0, 100, 100), box(200, 0, 300, 100), box(400, 0, 500, 100)])
    shapes = [box(0, 0, 90, 100), box(250, 0, 300, 1000), box(425, 0, 1500, 100)]
    sound = table_of([*shapes, box(225, 0, 300, 100)], ["", "", "", "too small"])
    # the second and third candidate hold other old hotspots by more common ground
    other = earlier(["WES-01", "WES-05"]).hotspots.set_geometry(
        [box(250, 100, 300, 1000), box(500, 0, 1500, 100)]
    )
    other["hotspot_id"] = ["WES-20", "WES-21"]
    every = pd.concat([old, other], ignore_index=True)
    (piece,) = earlier_pieces(sound, every, three_districts, 5.0)
    assert piece.geometry.equals(box(200, 0, 250, 100))
    assert (piece.by_hand, piece.price_per_km2) == (True, 5.0)
    table = table_of([*shapes, piece.geometry], ["", "", "", FROM_EARLIER])
    rules, absorbed = rules_of(table, every, (), (), {}, max_changes=1, by="excess")
    assert set(rules.old) == {0, 1, 2, 3}
    assert set(rules.spare) == {3}
    assert rules.least_old == 3
    assert absorbed == ["WES-07"]
    assert np.isclose(old.geometry.iloc[2].difference(shapes[2]).area, 2500)
