from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.frames import SOUND, DensitySurface, Places, Targeting
from hotspots.settings import Settings
from hotspots.targeting import Grid, find_hotspots
from hotspots.targeting.candidates import (
    DROPPED_NO_CLUSTER,
    DROPPED_NOT_DENSE,
    Clusters,
    measure,
)
from hotspots.targeting.pieces import Piece

Plant = Callable[..., pd.DataFrame]
PlacesMaker = Callable[..., Places]
SettingsMaker = Callable[..., Settings]
DistrictMaker = Callable[..., gpd.GeoDataFrame]


def at(found: Targeting, x: float, y: float) -> gpd.GeoDataFrame:
    """Candidates that hold a position."""
    return found.candidates[shapely.contains_xy(found.candidates.geometry.to_numpy(), x, y)]


def test_hot_in_two_months_is_stable(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """One month's outbreak is dropped with its reason; two months are enough."""
    rows = [
        plant((1015, 1015), 90, months=["2021-02"]),
        plant((3015, 3015), 90, months=["2021-01", "2021-03"], seed=2),
        plant((6015, 2015), 90, seed=3),
    ]
    places = places_of(*rows, districts=three_districts)
    found = find_hotspots(places, three_districts, settings_of())
    once, twice, always = at(found, 1015, 1015), at(found, 3015, 3015), at(found, 6015, 2015)
    assert once["status"].tolist() == ["hot in 1 of 3 months, fewer than 2"]
    assert twice["status"].tolist() == always["status"].tolist() == ["selected"]
    assert [one["periods_hot"].item() for one in (once, twice, always)] == [1, 2, 3]
    assert (found.candidates["periods"] == 3).all()
    # asked for three months, the second one falls too; asked for one, all stand
    strict = find_hotspots(places, three_districts, settings_of(min_periods_hot=3))
    assert at(strict, 3015, 3015)["status"].item() == "hot in 2 of 3 months, fewer than 3"
    assert len(find_hotspots(places, three_districts, settings_of(min_periods_hot=1)).hotspots) == 3


def test_a_month_is_hot_with_its_part_of_the_least_count(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """With 30 wanted in three months a month is hot from 10 incidents, not from 9."""
    months = ["2021-01"] * 40 + ["2021-02"] * 10 + ["2021-03"] * 9
    rows = plant((1015, 1015), 59, months=months)
    found = find_hotspots(
        places_of(rows, districts=three_districts), three_districts, settings_of(min_incidents=30)
    )
    assert at(found, 1015, 1015)["periods_hot"].item() == 2


def test_a_single_month_has_nothing_to_compare(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """With one month of data the rule of two months asks for that month only."""
    rows = plant((1015, 1015), 50, months=["2021-01"])
    places = places_of(rows, districts=three_districts, months=["2021-01"], days=31)
    found = find_hotspots(places, three_districts, settings_of())
    assert found.hotspots["periods_hot"].tolist() == [1]
    assert found.hotspots["periods"].tolist() == [1]
    assert found.hotspots["incidents_per_day"].item() == pytest.approx(50 / 31)


def test_undated_incidents_need_no_months(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """Incidents without dates are hotspots by their number alone."""
    rows = plant((1015, 1015), 50, months=[""])
    places = places_of(rows, districts=three_districts, months=[], days=365)
    found = find_hotspots(places, three_districts, settings_of())
    assert found.hotspots["incidents"].tolist() == [50]
    assert found.hotspots["periods"].tolist() == [0]


def test_a_cluster_across_a_border_is_reported_as_a_pair(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """Each side of a border gets its own candidate, which names the other district."""
    rows = [plant((4000, 2015), 200, radius_m=90), plant((1015, 1015), 60, seed=2)]
    places = places_of(*rows, districts=three_districts)
    found = find_hotspots(places, three_districts, settings_of())
    west, east = at(found, 3980, 2015), at(found, 4020, 2015)
    assert (west["district"].item(), west["paired_with"].item()) == ("Westham", "Easton")
    assert (east["district"].item(), east["paired_with"].item()) == ("Easton", "Westham")
    assert at(found, 1015, 1015)["paired_with"].item() == ""
    assert west.geometry.item().bounds[2] <= 4000 <= east.geometry.item().bounds[0]
    assert west["incidents"].item() + east["incidents"].item() == 200
    assert "2 hotspots belong to clusters that cross a district border." in found.messages


def test_a_cluster_where_three_districts_meet(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """A cluster in three districts names the two others in each."""
    places = places_of(plant((4000, 4000), 400, radius_m=120), districts=three_districts)
    found = find_hotspots(places, three_districts, settings_of())
    assert dict(zip(found.hotspots["district"], found.hotspots["paired_with"], strict=True)) == {
        "Westham": "Easton; Northby",
        "Easton": "Westham; Northby",
        "Northby": "Westham; Easton",
    }
    assert found.hotspots["incidents"].sum() == 400


def test_two_clusters_on_both_sides_are_no_pair(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """Separate clusters near a border are not said to be one."""
    rows = [plant((3800, 2015), 80), plant((4200, 2015), 80, seed=2)]
    found = find_hotspots(
        places_of(*rows, districts=three_districts), three_districts, settings_of()
    )
    assert found.hotspots["district"].tolist().count("Westham") == 1
    assert (found.candidates["paired_with"] == "").all()


def test_a_street_longer_than_the_cap_is_cut_and_says_so(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """A street longer than the cap becomes pieces that say so, without a gap between them."""
    street = plant((0, 2015), 500)
    street["x_m"] = 1000.5 + np.arange(500) * 2.0  # one incident every 2 m over 1 km
    places = places_of(street, plant((6015, 2015), 60, seed=2), districts=three_districts)
    # under a cap that holds it the street stays whole
    relaxed = find_hotspots(places, three_districts, settings_of(area_cap_km2=0.5))
    assert at(relaxed, 1500, 2015)["incidents"].item() == 500
    assert (relaxed.candidates["note"] == "").all()
    found = find_hotspots(places, three_districts, settings_of(area_cap_km2=0.04))
    pieces = found.candidates[found.candidates["district"] == "Westham"]
    assert len(pieces) >= 3  # 1 km, 100 m wide, in pieces of at most 400 m
    assert (pieces["area_km2"] <= 0.04).all()
    assert pieces["incidents"].sum() > 480  # all but stragglers not worth their area
    notes = pieces["note"].tolist()
    assert set(notes) == {"Ends at the area cap: incidents go on beside it.", ""}
    assert at(found, 6015, 2015)["note"].item() == ""
    capped = sum(map(bool, notes))
    assert f"{capped} hotspots end at the area cap; incidents go on beside them." in found.messages


def test_reasons_for_being_dropped(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """Dense without a cluster, a cluster without density, and too few: each says which."""
    rows = [
        plant((1015, 1015), 300, radius_m=80),
        # dense by the kernel of 200 m, but no 40 incidents within 50 m of each other
        *(plant((6015 + dx, 6015 + dy), 20, radius_m=3, seed=n)
          for n, (dx, dy) in enumerate([(0, 0), (140, 0), (0, 140), (140, 140), (70, 70)])),
        # 41 incidents on one point: a cluster, but its density is below that of the others
        plant((6015, 1015), 41, radius_m=1, seed=9),
    ]  # fmt: skip
    places = places_of(*rows, districts=three_districts)
    settings = settings_of(eps_m=50, min_incidents=40, dense_area_share=0.0012)
    found = find_hotspots(places, three_districts, settings)
    assert at(found, 1015, 1015)["status"].item() == "selected"
    assert at(found, 6085, 6085)["status"].item() == DROPPED_NO_CLUSTER
    assert at(found, 6015, 1015)["status"].item() == DROPPED_NOT_DENSE
    assert "No candidate in Easton, Northby." in found.messages


def cells(*numbers: int) -> shapely.Geometry:
    """Some of the four by four cells of 50 m over `square`, numbered from the south-west."""
    corners = [(number % 4 * 50, number // 4 * 50) for number in numbers]
    return shapely.union_all([shapely.box(x, y, x + 50, y + 50) for x, y in corners])


def hand_made(
    districts: gpd.GeoDataFrame,
    places: Places,
    pieces: list[Piece],
    *,
    dense: float = 1,
    cores: list[tuple[float, float]] | None = None,
    **changes: float,
) -> gpd.GeoDataFrame:
    """Measure pieces over districts on a surface of ones, with a core place in every cell."""
    grid = Grid.covering(districts.total_bounds, 50)
    ones = np.ones((grid.rows, grid.columns))
    surface = DensitySurface(
        ones, ones > 0, grid.x_min_m, grid.y_min_m, 50, 200, dense, "EPSG:27700"
    )
    middle = np.arange(25, 225, 50)
    spots = [(x, y) for y in middle for x in middle] if cores is None else cores
    table = pd.DataFrame(spots, columns=["x_m", "y_m"], dtype=float).assign(weight=1.0)
    clusters = Clusters(table, np.arange(len(table)))
    options = {"days": 90, "min_incidents": 4, "min_periods_hot": 1, "area_cap_km2": 1.0, **changes}
    return measure(
        pieces, places.table, districts, surface, clusters, periods=list(places.months), **options
    )


@pytest.fixture
def square(districts_of: DistrictMaker) -> gpd.GeoDataFrame:
    """One district of 200 m by 200 m: four by four cells of 50 m."""
    return districts_of(Square=(0, 0, 200, 200))


def test_measures_by_hand(square: gpd.GeoDataFrame, plant: Plant, places_of: PlacesMaker) -> None:
    """Incidents, shares, area, excess and rates of two cells are those worked out on paper."""
    rows = [
        plant((25, 25), 6, radius_m=20, location="On or near Mill Lane"),
        plant((75, 25), 3, radius_m=20, months=["2021-02"]),
        plant((75, 25), 2, radius_m=20, selecting=False),
        plant((125, 125), 3, radius_m=20),
        plant((900, 900), 50),  # outside the district: no part of the share
    ]
    places = places_of(*rows, districts=square)
    row = hand_made(square, places, [Piece(cells(0, 1), 0, 600.0)], min_incidents=9).iloc[0]
    assert row["name"] == "Mill Lane, Square"
    assert (row["incidents"], row["other_incidents"]) == (9, 2)
    assert row["incident_share"] == pytest.approx(9 / 12)
    assert row["area_km2"] == pytest.approx(0.005)
    assert (row["price_per_km2"], row["excess_incidents"]) == (600, pytest.approx(6))
    assert row["incidents_per_km2"] == pytest.approx(1800)
    assert row["incidents_per_day"] == pytest.approx(0.1)
    assert row["periods_hot"] == 1  # 2, 5 and 2 incidents, of which 3 are needed
    assert row["peak_per_km2"] == 1
    assert (row["district"], row["district_code"], row["rank"]) == ("Square", "SQU", 1)
    assert (row["candidate_id"], row["hotspot_id"], row["status"]) == ("C001", "", "")


@pytest.mark.parametrize(
    ("given", "count", "note"),
    [
        ("", 10, ""),
        ("A note.", 10, "A note."),
        ("", 9, "Fewer than 10 incidents: too few to call a pattern."),
        ("A note.", 9, "A note. Fewer than 10 incidents: too few to call a pattern."),
    ],
)
def test_notes(
    square: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    given: str,
    count: int,
    note: str,
) -> None:
    """A note says what came with the piece, and that incidents are few."""
    places = places_of(plant((25, 25), count, radius_m=20), districts=square)
    table = hand_made(square, places, [Piece(cells(0), 0, note=given)])
    assert table["note"].tolist() == [note]


def test_ranks_and_their_ties(
    square: gpd.GeoDataFrame, plant: Plant, places_of: PlacesMaker
) -> None:
    """Largest excess first, then most incidents, then the western, then the southern."""
    spots = {"south-west": 0, "south-east": 3, "north-west": 12, "north-east": 15}
    centres = {"south-west": (25, 25), "south-east": (175, 25), "north-west": (25, 175),
               "north-east": (175, 175)}  # fmt: skip
    rows = [plant(centre, 5, radius_m=20, location=name) for name, centre in centres.items()]
    rows += [plant((75, 75), 7, radius_m=20, location="most")]
    rows += [plant((125, 75), 6, radius_m=20, location="wide")]
    pieces = [Piece(cells(cell), 0, 400.0) for cell in spots.values()]
    # 6 incidents on two cells have the excess of 5 on one
    pieces += [Piece(cells(6, 10), 0, 400.0), Piece(cells(5), 0, 400.0)]
    places = places_of(*rows, districts=square)
    for order in (pieces, pieces[::-1]):
        table = hand_made(square, places, order)
        assert table["excess_incidents"].round(9).tolist() == [6, 4, 4, 4, 4, 4]
        assert table["name"].str.removesuffix(", Square").tolist() == [
            "most", "wide", "south-west", "north-west", "south-east", "north-east",
        ]  # fmt: skip
        assert table["rank"].tolist() == [1, 2, 3, 4, 5, 6]


def test_sound_ones_rank_before_dropped_ones(
    square: gpd.GeoDataFrame, plant: Plant, places_of: PlacesMaker
) -> None:
    """A dropped piece ranks behind every sound one, and tiny scraps are left out."""
    rows = [
        plant((25, 25), 30, radius_m=20),
        plant((75, 25), 5, radius_m=20),
        plant((125, 25), 3, radius_m=20),
        plant((175, 25), 1, radius_m=20),  # below half of 4
    ]
    pieces = [Piece(cells(number), 0) for number in range(4)]
    cores = [(75.0, 25.0), (125.0, 25.0), (175.0, 25.0)]
    table = hand_made(square, places_of(*rows, districts=square), pieces, cores=cores)
    assert table["incidents"].tolist() == [5, 30, 3]
    assert table["status"].tolist() == ["", DROPPED_NO_CLUSTER, "3 incidents, fewer than 4"]
    thin = hand_made(square, places_of(*rows, districts=square), pieces, dense=2)
    assert set(thin["status"]) == {DROPPED_NOT_DENSE}


def test_pieces_on_a_border_are_cut_to_their_district(
    districts_of: DistrictMaker, plant: Plant, places_of: PlacesMaker
) -> None:
    """Of a piece that reaches over a border only the part and incidents on this side count."""
    districts = districts_of(Left=(0, 0, 80, 100), Right=(80, 0, 200, 100))
    rows = [plant((65, 25), 12, radius_m=14), plant((90, 25), 40, radius_m=8)]
    both = [Piece(cells(0, 1), 0), Piece(cells(2, 3), 0)]  # the second has nothing in Left
    table = hand_made(districts, places_of(*rows, districts=districts), both)
    assert table["area_km2"].tolist() == [pytest.approx(80 * 50 / 1e6)]
    assert table.geometry.item().bounds == (0, 0, 80, 50)
    assert table["incidents"].item() == 12


def test_a_place_between_two_pieces_counts_once(
    square: gpd.GeoDataFrame, plant: Plant, places_of: PlacesMaker
) -> None:
    """What lies exactly on a shared edge belongs to the first of the two pieces."""
    places = places_of(plant((50, 25), 8, radius_m=0), districts=square)
    table = hand_made(square, places, [Piece(cells(0), 0), Piece(cells(1), 0)])
    assert table["incidents"].tolist() == [8]
    assert table.geometry.item().bounds == (0, 0, 50, 50)


def test_no_pieces_make_an_empty_table(
    square: gpd.GeoDataFrame, plant: Plant, places_of: PlacesMaker
) -> None:
    """Without pieces the table is empty, with all its columns."""
    places = places_of(plant((25, 25), 3, radius_m=20), districts=square)
    one = hand_made(square, places, [Piece(cells(0), 0)], min_incidents=1)
    none = hand_made(square, places, [])
    assert none.empty
    assert list(none.columns) == list(one.columns)
    assert none.crs == one.crs


def test_statuses_after_selection_are_words_of_the_table(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """Every candidate that is not sound has a fault that can be seen in its own numbers."""
    draw = np.random.default_rng(11)
    rows = [
        plant(tuple(draw.uniform(300, 3700, 2)), int(draw.integers(5, 90)), seed=n)
        for n in range(25)
    ]
    places = places_of(*rows, districts=three_districts)
    table = find_hotspots(places, three_districts, settings_of(hotspots=5)).candidates
    sound = table["status"].isin(SOUND)
    assert sound.any()
    assert (~sound).any()
    assert (table.loc[sound, "incidents"] >= 20).all()
    assert (table.loc[sound, "periods_hot"] >= 2).all()
    few = table["status"].str.endswith("fewer than 20")
    assert (table.loc[few, "incidents"] < 20).all()
    faults = few | table["status"].isin([DROPPED_NO_CLUSTER, DROPPED_NOT_DENSE])
    faults |= table["status"].str.startswith("hot in ")
    assert (faults != sound).all()
