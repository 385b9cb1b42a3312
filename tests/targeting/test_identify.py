from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from numpy.typing import NDArray
from scipy.spatial import KDTree

import hotspots
from hotspots.errors import InfeasibleError, InputError, SettingsError
from hotspots.frames import CANDIDATES, HOTSPOTS, SOUND, Choice, Places, Targeting, names
from hotspots.intake import read_districts, read_places
from hotspots.settings import Settings
from hotspots.targeting import Grid, find_hotspots, kernel_density
from hotspots.targeting.candidates import DROPPED_NO_CLUSTER, DROPPED_NOT_DENSE

Plant = Callable[..., pd.DataFrame]
PlacesMaker = Callable[..., Places]
SettingsMaker = Callable[..., Settings]
DistrictMaker = Callable[..., gpd.GeoDataFrame]

PLANTED = {
    (6015.0, 6015.0): ("Northby", 120),
    (1015.0, 1015.0): ("Westham", 95),
    (3015.0, 2515.0): ("Westham", 75),
    (6015.0, 2015.0): ("Easton", 55),
}


@pytest.fixture(scope="module")
def planted(three_districts: gpd.GeoDataFrame, plant: Plant, places_of: PlacesMaker) -> Places:
    """Four hotspots among scattered incidents that keep 500 m away from them."""
    draw = np.random.default_rng(42)
    noise = plant((0, 0), 400, seed=7)
    noise["x_m"], noise["y_m"] = draw.uniform(0, 8000, (2, 400))
    far = KDTree(list(PLANTED)).query(noise[["x_m", "y_m"]])[0] > 500
    rows = [
        plant(centre, count, location=f"On or near Road {count}", seed=count)
        for centre, (_, count) in PLANTED.items()
    ]
    rows.append(plant((1015, 1015), 17, selecting=False, seed=3))
    return places_of(*rows, noise[far], districts=three_districts)


@pytest.fixture(scope="module")
def found(
    planted: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker
) -> Targeting:
    return find_hotspots(planted, three_districts, settings_of(hotspots=4))


@pytest.fixture(scope="module")
def sample() -> tuple[Places, Targeting]:
    """The bundled street files of West Yorkshire, targeted with nothing set."""
    districts = read_districts("west-yorkshire", Settings().districts)
    places, choices = read_places([hotspots.sample_incidents()], districts, Settings().intake)
    return places, find_hotspots(places, districts, choices=choices)


def counted(shapes: gpd.GeoSeries, places: pd.DataFrame) -> NDArray[np.int64]:
    """Incidents within each shape, by shapely."""
    tree = shapely.STRtree(shapely.points(places["x_m"], places["y_m"]))
    shape, place = tree.query(shapes.to_numpy(), predicate="contains")
    weight = places["weight"].to_numpy()[place]
    return np.bincount(shape, weight, minlength=len(shapes)).astype(np.int64)


def check_laws(places: Places, found: Targeting) -> None:
    """What holds for every result, recounted from its polygons with other tools."""
    table, settings = found.candidates, found.settings.targeting
    selecting = places.table[places.table["selecting"]]
    others = places.table[~places.table["selecting"]]
    assert list(table.columns) == [*names(CANDIDATES), "geometry"]
    assert list(found.hotspots.columns) == [*names(HOTSPOTS), "geometry"]
    assert table["incidents"].tolist() == counted(table.geometry, selecting).tolist()
    assert table["other_incidents"].tolist() == counted(table.geometry, others).tolist()
    everything = selecting.loc[selecting["district"] != "", "weight"].sum()
    np.testing.assert_allclose(table["incident_share"], table["incidents"] / everything)
    np.testing.assert_allclose(table["area_km2"], table.geometry.area / 1e6, rtol=1e-12)
    np.testing.assert_allclose(table["incidents_per_day"], table["incidents"] / places.days)
    assert (table["area_km2"] <= settings.area_cap_km2 * (1 + 1e-9)).all()
    # each in its district, and none over another
    home = found.districts.set_index("district").geometry.loc[table["district"]]
    beyond = shapely.difference(table.geometry.to_numpy(), home.to_numpy())
    assert shapely.area(beyond).max() < 1e-6
    shapes = table.geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < other
    shared = shapely.intersection(shapes[one[pairs]], shapes[other[pairs]])
    assert shapely.area(shared).max(initial=0) < 1e-6
    assert shapely.contains_xy(shapes, table["x_m"], table["y_m"]).all()
    # months in which it was hot, with pandas
    held = gpd.sjoin(
        gpd.GeoDataFrame(
            selecting,
            geometry=gpd.points_from_xy(selecting["x_m"], selecting["y_m"]),
            crs=table.crs,
        ),
        table[["candidate_id", "geometry"]],
        predicate="within",
    )
    monthly = held.pivot_table(
        index="candidate_id", columns="period", values="weight", aggfunc="sum", fill_value=0
    )
    hot = (monthly * len(places.months) >= settings.min_incidents).sum(axis=1)
    expected = hot.reindex(table["candidate_id"], fill_value=0)
    assert table["periods_hot"].tolist() == expected.tolist()
    # ranks, reasons and ids
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert table["candidate_id"].is_unique
    assert (table["status"] != "").all()
    sound = table["status"].isin(SOUND)
    assert sound.iloc[: sound.sum()].all()
    excess = table["incidents"] - table["price_per_km2"] * table["area_km2"]
    np.testing.assert_allclose(table["excess_incidents"], excess)
    assert table.loc[sound, "excess_incidents"].is_monotonic_decreasing
    check_evidence(places, found, held)
    assert (table.loc[sound, "incidents"] >= settings.min_incidents).all()
    assert found.hotspots["hotspot_id"].is_unique
    assert found.hotspots["hotspot_id"].str.fullmatch(r"[A-Z0-9]{3}-\d{2}").all()
    chosen = table[table["status"] == "selected"]
    assert chosen["hotspot_id"].tolist() == found.hotspots["hotspot_id"].tolist()
    assert shapely.equals(chosen.geometry.to_numpy(), found.hotspots.geometry.to_numpy()).all()


def check_evidence(places: Places, found: Targeting, held: gpd.GeoDataFrame) -> None:
    """The evidence of every candidate, recounted from the incidents within its polygon."""
    table = found.candidates.set_index("candidate_id")
    # months in which it was hot, written out
    least = (found.settings.targeting.min_incidents or 0) / len(places.months)
    counts = held.pivot_table(
        index="candidate_id", columns="period", values="weight", aggfunc="sum", fill_value=0
    ).reindex(table.index, fill_value=0)
    for name, text in table["months_hot"].items():
        spans = [part.split(" to ") for part in text.split(", ") if part]
        said = {
            str(month)
            for span in spans
            for month in pd.period_range(span[0], span[-1], freq="M")
            if str(month) in places.months
        }
        row = counts.loc[name]
        assert said == set(row[row >= least].index)
    # harm by the weights as the README of the table has them
    days = {
        "Anti-social behaviour": 0, "Criminal damage and arson": 8.11, "Public order": 7.5,
        "Robbery": 365, "Theft from the person": 2, "Violence and sexual offences": 227.8,
    }  # fmt: skip
    worth = held["category"].astype(str).map(days).astype(float) * held["weight"]
    harm = worth.groupby(held["candidate_id"]).sum().reindex(table.index, fill_value=0)
    np.testing.assert_allclose(table["harm"], harm)
    for column, measure in (
        ("rank_by_incidents", "incidents"),
        ("rank_by_shrunk", "shrunk_incidents"),
        ("rank_by_harm", "harm"),
    ):
        assert sorted(table[column]) == list(range(1, len(table) + 1))
        sound = table[table["status"].isin(SOUND)].sort_values(column)
        assert sound[measure].is_monotonic_decreasing
    assert table["gi_star"].notna().equals(table["incidents"] >= 10)
    assert table["q_value"].dropna().between(0, 1).all()
    # z and q come from one cell, so that one falls as the other rises
    assert table.sort_values("gi_star")["q_value"].dropna().is_monotonic_decreasing


def check_density_and_clusters_agree(places: pd.DataFrame, found: Targeting) -> None:
    """Every sound candidate holds a dense cell and a core place, by a plain count."""
    surface, settings = found.density, found.settings.targeting
    density = surface.values_per_km2[surface.inside]
    share = (density >= surface.threshold_per_km2).mean()
    assert share == pytest.approx(settings.dense_area_share, abs=2 / len(density))
    spots = places.groupby(["x_m", "y_m"])["weight"].sum().reset_index()
    near = KDTree(spots[["x_m", "y_m"]]).query_ball_point(spots[["x_m", "y_m"]], settings.eps_m)
    weight = spots["weight"].to_numpy()
    core = spots[np.array([weight[some].sum() for some in near]) >= settings.min_incidents]
    columns = np.floor((spots["x_m"] - surface.x_min_m) / surface.cell_size_m).astype(int)
    rows = np.floor((spots["y_m"] - surface.y_min_m) / surface.cell_size_m).astype(int)
    dense = spots[surface.values_per_km2[rows, columns] >= surface.threshold_per_km2]
    table = found.candidates
    for kind, fault in ((core, DROPPED_NO_CLUSTER), (dense, DROPPED_NOT_DENSE)):
        holds = counted(table.geometry, kind) > 0
        assert holds[table["status"].isin(SOUND)].all()
        assert not holds[table["status"] == fault].any()


def test_planted_hotspots_are_found_in_order(found: Targeting) -> None:
    """The four planted ones come back, best first, with their incidents, names and ids."""
    assert found.hotspots["incidents"].tolist() == [120, 95, 75, 55]
    assert found.hotspots["district"].tolist() == ["Northby", "Westham", "Westham", "Easton"]
    assert found.hotspots["hotspot_id"].tolist() == ["NOR-01", "WES-01", "WES-02", "EAS-01"]
    assert found.hotspots["other_incidents"].tolist() == [0, 17, 0, 0]
    assert found.hotspots["periods_hot"].tolist() == [3, 3, 3, 3]
    assert found.hotspots["name"].tolist()[0] == "Road 120, Northby"
    for shape, centre in zip(found.hotspots.geometry, PLANTED, strict=True):
        assert shapely.contains_xy(shape, *centre)


def test_laws_hold_for_the_planted(planted: Places, found: Targeting) -> None:
    """Counts, areas, districts, months and reasons agree with the polygons returned."""
    check_laws(planted, found)


def test_density_and_clusters_agree_for_the_planted(planted: Places, found: Targeting) -> None:
    """Candidates hold dense cells and core places, recounted with SciPy."""
    selecting = planted.table[planted.table["selecting"]]
    check_density_and_clusters_agree(selecting, found)


def test_laws_hold_for_the_sample(sample: tuple[Places, Targeting]) -> None:
    """The same agreement on real street files, with every parameter chosen from the data."""
    places, found = sample
    assert len(found.candidates) > 100
    check_laws(places, found)


def test_density_and_clusters_agree_for_the_sample(sample: tuple[Places, Targeting]) -> None:
    """So do candidates in real data."""
    places, found = sample
    assert found.settings.targeting.edge == "mass"  # so places outside take no part
    table = places.table
    check_density_and_clusters_agree(table[table["selecting"] & (table["district"] != "")], found)


def test_every_district_of_the_sample_is_served(sample: tuple[Places, Targeting]) -> None:
    """Each of the five districts of West Yorkshire has a hotspot, 26 in all."""
    _, found = sample
    assert len(found.hotspots) == 26
    assert set(found.hotspots["district"]) == {
        "Bradford", "Calderdale", "Kirklees", "Leeds", "Wakefield",
    }  # fmt: skip
    assert re.match(r"26 hotspots from \d+ sound candidates in 5 of 5 districts", found.summary())


def test_row_order_changes_nothing(
    planted: Places,
    found: Targeting,
    three_districts: gpd.GeoDataFrame,
    settings_of: SettingsMaker,
) -> None:
    """Shuffled rows give the very same candidates, hotspots and surface."""
    for seed in range(3):
        shuffled = replace(planted, table=planted.table.sample(frac=1, random_state=seed))
        again = find_hotspots(shuffled, three_districts, settings_of(hotspots=4))
        assert_geodataframe_equal(again.candidates, found.candidates)
        assert_geodataframe_equal(again.hotspots, found.hotspots)
        np.testing.assert_array_equal(again.density.values_per_km2, found.density.values_per_km2)


def test_order_of_districts_changes_nothing(
    planted: Places,
    found: Targeting,
    three_districts: gpd.GeoDataFrame,
    settings_of: SettingsMaker,
) -> None:
    """Districts in another order give the same hotspots."""
    turned = three_districts.iloc[::-1].reset_index(drop=True)
    again = find_hotspots(planted, turned, settings_of(hotspots=4))
    assert_geodataframe_equal(again.hotspots, found.hotspots)


def test_a_weight_is_so_many_rows(
    planted: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker
) -> None:
    """Every place counted twice by weight or by duplicate rows gives the same result."""
    settings = settings_of(hotspots=4, min_incidents=40)
    weighted = replace(planted, table=planted.table.assign(weight=2))
    repeated = replace(planted, table=pd.concat([planted.table] * 2, ignore_index=True))
    one, other = (find_hotspots(p, three_districts, settings) for p in (weighted, repeated))
    assert_geodataframe_equal(one.candidates, other.candidates)
    assert one.hotspots["incidents"].tolist() == [240, 190, 150, 110]


def test_origin_changes_nothing(
    planted: Places,
    found: Targeting,
    three_districts: gpd.GeoDataFrame,
    settings_of: SettingsMaker,
) -> None:
    """Everything moved by whole kilometres gives the same hotspots, moved likewise."""
    east, north = 1_048_576, -524_288
    moved = planted.table.assign(x_m=planted.table["x_m"] + east, y_m=planted.table["y_m"] + north)
    districts = three_districts.set_geometry(three_districts.translate(east, north))
    again = find_hotspots(replace(planted, table=moved), districts, settings_of(hotspots=4))
    assert again.hotspots["incidents"].tolist() == found.hotspots["incidents"].tolist()
    back = again.hotspots.translate(-east, -north)
    assert shapely.equals(back.to_numpy(), found.hotspots.geometry.to_numpy()).all()


def test_borders_between_districts_do_not_change_the_surface(
    planted: Places,
    found: Targeting,
    districts_of: DistrictMaker,
    settings_of: SettingsMaker,
) -> None:
    """One large district has the same surface as three that fill it: no border halves it."""
    whole = districts_of(Whole=(0, 0, 8000, 8000))
    table = planted.table.assign(district=np.where(planted.table["district"] == "", "", "Whole"))
    for edge in ("none", "mass"):
        merged = find_hotspots(
            replace(planted, table=table), whole, settings_of(hotspots=4, edge=edge)
        )
        parted = find_hotspots(planted, found.districts, settings_of(hotspots=4, edge=edge))
        np.testing.assert_array_equal(merged.density.values_per_km2, parted.density.values_per_km2)


def test_incidents_of_other_categories_do_not_select(
    planted: Places,
    found: Targeting,
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """Many incidents of categories that do not select move no hotspot; they are counted."""
    drugs = plant((2015, 3515), 500, selecting=False)
    places = places_of(planted.table, drugs, districts=three_districts)
    again = find_hotspots(places, three_districts, settings_of(hotspots=4))
    # they only show where people are, and so widen the area in which chance is measured
    tested = ["gi_star", "q_value", "why"]
    assert_geodataframe_equal(
        again.hotspots.drop(columns=tested), found.hotspots.drop(columns=tested)
    )
    np.testing.assert_array_equal(again.density.values_per_km2, found.density.values_per_km2)
    over_drugs = plant((1015, 1015), 500, selecting=False, seed=8)
    more = places_of(planted.table, over_drugs, districts=three_districts)
    counted_too = find_hotspots(more, three_districts, settings_of(hotspots=4)).hotspots
    assert counted_too["other_incidents"].tolist() == [0, 517, 0, 0]
    assert counted_too["incidents"].tolist() == found.hotspots["incidents"].tolist()


def test_incidents_outside_are_not_counted(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """Neighbours' incidents shape the surface at the border, but belong to no hotspot."""
    rows = [plant((0, 1015), 200, radius_m=80), plant((6015, 2015), 60, seed=2)]
    places = places_of(*rows, districts=three_districts)
    inside = int((places.table["x_m"] > 0).sum())
    assert inside < 260
    for edge in ("none", "mass"):
        found = find_hotspots(places, three_districts, settings_of(edge=edge))
        assert found.hotspots["incidents"].tolist() == [inside - 60, 60]
        assert found.hotspots["incident_share"].sum() == pytest.approx(1)
        assert found.hotspots.geometry.iloc[0].bounds[0] == 0
        used = places.table[places.table["x_m"] > 0] if edge == "mass" else places.table
        grid = Grid(-200, -200, 50, 168, 168)
        mask = found.density.inside if edge == "mass" else None
        np.testing.assert_allclose(
            found.density.values_per_km2,
            kernel_density(used["x_m"], used["y_m"], used["weight"], grid, 200, inside=mask),
            rtol=1e-12,
        )


def test_edge_is_chosen_and_announced(
    planted: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker
) -> None:
    """Left to the data, the rule for the border is announced, and resolved in the settings."""
    found = find_hotspots(planted, three_districts, settings_of(edge="auto"))
    tested = ["price_per_km2", "study_area", "gi_distance_m"]
    assert [choice.setting for choice in found.choices] == ["edge", *tested]
    assert found.choices[0].value == found.settings.targeting.edge == "mass"
    plain = find_hotspots(planted, three_districts, settings_of(edge="none", price_per_km2=200))
    assert [choice.setting for choice in plain.choices] == tested[1:]


def test_nothing_is_left_open(planted: Places, three_districts: gpd.GeoDataFrame) -> None:
    """Every open setting is chosen, announced behind the choices made before, and recorded."""
    before = Choice("crs", "EPSG:27700", "because")
    found = find_hotspots(planted, three_districts, choices=[before])
    assert [choice.setting for choice in found.choices] == [
        "crs", "hotspots", "bandwidth_m", "cell_size_m", "eps_m", "min_incidents",
        "dense_area_share", "edge", "price_per_km2", "study_area", "gi_distance_m",
    ]  # fmt: skip
    open_by_right = {
        "harm_table", "max_changes", "overrides", "previous", "relative_to", "significance_q",
    }  # fmt: skip
    left = {name for name, value in vars(found.settings.targeting).items() if value is None}
    assert left == open_by_right
    again = find_hotspots(planted, three_districts, found.settings)
    assert_geodataframe_equal(again.hotspots, found.hotspots)
    assert again.choices == found.choices[-2:]


def test_arguments_are_left_alone(
    planted: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker
) -> None:
    """Places and districts are the same after the call."""
    table, districts = planted.table.copy(deep=True), three_districts.copy(deep=True)
    find_hotspots(planted, three_districts, settings_of())
    pd.testing.assert_frame_equal(planted.table, table)
    assert_geodataframe_equal(three_districts, districts)


def test_fewer_than_wanted_is_said(
    planted: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker
) -> None:
    """Where there are fewer candidates than asked for, both numbers are in the messages."""
    found = find_hotspots(planted, three_districts, settings_of(hotspots=26))
    assert len(found.hotspots) == 4
    assert found.messages[0] == "26 hotspots were wanted; 4 candidates exist, 4 are returned."


def test_few_incidents_are_said(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """A hotspot of fewer than ten incidents says that it is no pattern."""
    places = places_of(plant((1015, 1015), 9, radius_m=20), districts=three_districts)
    found = find_hotspots(places, three_districts, settings_of(min_incidents=4))
    assert found.hotspots["note"].tolist() == [
        "Fewer than 10 incidents: too few to call a pattern."
    ]
    assert "1 hotspots hold fewer than 10 incidents: too few to call a pattern." in found.messages


def test_no_hotspot_is_an_empty_result(
    planted: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker
) -> None:
    """A demand that nothing meets gives empty tables with all columns, and says so."""
    found = find_hotspots(planted, three_districts, settings_of(min_incidents=10_000))
    assert found.hotspots.empty
    assert list(found.hotspots.columns) == [*names(HOTSPOTS), "geometry"]
    assert found.messages[:2] == [
        "26 hotspots were wanted; 0 candidates exist, 0 are returned.",
        "No candidate in Easton, Northby, Westham.",
    ]
    assert found.summary().startswith("0 hotspots")


def test_two_points_are_enough(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
) -> None:
    """Incidents on two points only are two hotspots, with nothing set."""
    rows = [plant((1015, 1015), 40, radius_m=0), plant((6015, 6015), 30, radius_m=0)]
    found = find_hotspots(places_of(*rows, districts=three_districts), three_districts)
    assert found.hotspots["incidents"].tolist() == [40, 30]
    assert found.hotspots["district"].tolist() == ["Westham", "Northby"]


def test_one_point_is_refused(
    three_districts: gpd.GeoDataFrame, plant: Plant, places_of: PlacesMaker
) -> None:
    """Incidents that all lie on one point are refused with their number."""
    places = places_of(
        plant((1015, 1015), 1234, radius_m=0),
        plant((-500, 0), 5),  # outside the districts
        districts=three_districts,
    )
    with pytest.raises(InputError, match=r"^All 1,234 incidents .* on 1 point; .* coordinates\."):
        find_hotspots(places, three_districts)


def test_nothing_that_selects_is_refused(
    three_districts: gpd.GeoDataFrame, plant: Plant, places_of: PlacesMaker
) -> None:
    """No incident of a selecting category inside is refused; both causes are named."""
    rows = plant((1015, 1015), 30, selecting=False)
    with pytest.raises(InputError, match=r"None of the 30 incidents .*intake\.categories"):
        find_hotspots(places_of(rows, districts=three_districts), three_districts)


def test_more_districts_than_hotspots_is_refused(
    planted: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker
) -> None:
    """Two hotspots for three districts are refused with both numbers."""
    with pytest.raises(InfeasibleError, match="2 hotspots cannot serve 3 districts"):
        find_hotspots(planted, three_districts, settings_of(hotspots=2))
    found = find_hotspots(planted, three_districts, settings_of(hotspots=2, every_district=False))
    assert found.hotspots["incidents"].tolist() == [120, 95]


def test_separation_is_kept(
    planted: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker
) -> None:
    """The second of two in one district closer than asked for is dropped with its reason."""
    found = find_hotspots(planted, three_districts, settings_of(hotspots=4, min_separation_m=3000))
    assert found.hotspots["incidents"].tolist() == [120, 95, 55]
    assert found.candidates["status"].tolist()[2] == "too close to a better one"


def test_other_crs_is_refused(planted: Places, three_districts: gpd.GeoDataFrame) -> None:
    """Places and districts in different CRSs, or not in metres, are refused with both names."""
    with pytest.raises(InputError, match=r"EPSG:32630 but districts in EPSG:27700"):
        find_hotspots(replace(planted, crs="EPSG:32630"), three_districts)
    with pytest.raises(InputError, match="projected CRS in metres"):
        find_hotspots(planted, three_districts.to_crs(4326))


def test_missing_columns_are_refused(planted: Places, three_districts: gpd.GeoDataFrame) -> None:
    """Tables that lack columns are refused with the names of those missing."""
    with pytest.raises(InputError, match=r"table of places has no column weight, district"):
        find_hotspots(
            replace(planted, table=planted.table.drop(columns=["weight", "district"])),
            three_districts,
        )
    with pytest.raises(InputError, match=r"table of districts has no column area_km2"):
        find_hotspots(planted, three_districts.drop(columns="area_km2"))


def test_districts_smaller_than_a_cell_are_refused(
    districts_of: DistrictMaker, plant: Plant, places_of: PlacesMaker, settings_of: SettingsMaker
) -> None:
    """Districts that hold no cell centre are refused with the setting to change."""
    dot = districts_of(Dot=(0, 0, 10, 10))
    places = places_of(plant((5, 5), 30, radius_m=4), districts=dot)
    with pytest.raises(SettingsError, match=r"No cell of 50 m .*targeting\.cell_size_m"):
        find_hotspots(places, dot, settings_of())


@pytest.fixture(scope="module")
def hertfordshire(reference_data: Path) -> tuple[list[Path], gpd.GeoDataFrame]:
    files = reference_data / "hertfordshire-2021-street.zip"
    polygons = reference_data / "hertfordshire-districts.geojson"
    if not files.exists() or not polygons.exists():
        pytest.skip(f"{files.name} and {polygons.name} are not among the real data")
    return [files], read_districts(polygons, Settings().districts)


@pytest.mark.reference
def test_laws_hold_for_hertfordshire(
    hertfordshire: tuple[list[Path], gpd.GeoDataFrame],
) -> None:
    """A year of Hertfordshire: all ten districts are served, and all counts agree."""
    files, districts = hertfordshire
    places, choices = read_places(files, districts, Settings().intake)
    found = find_hotspots(places, districts, choices=choices)
    assert len(found.hotspots) == 26
    assert found.hotspots["district"].nunique() == len(districts) == 10
    check_laws(places, found)


@pytest.mark.reference
def test_beats_equal_cells_in_hertfordshire(
    hertfordshire: tuple[list[Path], gpd.GeoDataFrame],
) -> None:
    """Hotspots of the first half-year hold more of the second than as much area of 250 m cells.

    The cells are those with the highest count in the first half, the plainest method there is.
    """
    files, districts = hertfordshire
    settings = Settings().replace(targeting={"every_district": False})
    early, late = (
        read_places(files, districts, replace(settings.intake, from_month=a, to_month=b))[0]
        for a, b in (("2021-01", "2021-06"), ("2021-07", "2021-12"))
    )
    found = find_hotspots(early, districts, settings)
    later = late.table[late.table["selecting"] & (late.table["district"] != "")]
    hits = counted(found.hotspots.geometry, later).sum()
    before = early.table[early.table["selecting"] & (early.table["district"] != "")]
    by_cell = [
        part.groupby([part["x_m"] // 250, part["y_m"] // 250])["weight"].sum()
        for part in (before, later)
    ]
    cells = found.hotspots["area_km2"].sum() / 0.25**2
    best = by_cell[0].nlargest(int(np.ceil(cells))).index
    assert hits > by_cell[1].reindex(best, fill_value=0).sum()


def test_the_price_of_serving_every_district_is_said(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """Three hotspots for 100, 80, 60 and 30, 25: the two weak districts cost 85 of 240."""
    spots = {(1015, 1015): 100, (3015, 1015): 80, (1015, 3015): 60, (6015, 2015): 30,
             (6015, 6015): 25}  # fmt: skip
    rows = [plant(spot, count, radius_m=30, seed=count) for spot, count in spots.items()]
    places = places_of(*rows, districts=three_districts)
    said = "Serving every district costs 85 incidents, 35.4% of the 240 that as many hotspots would"
    served = find_hotspots(places, three_districts, settings_of(hotspots=3))
    assert served.hotspots["incidents"].tolist() == [100, 30, 25]
    assert sum(message.startswith(said) for message in served.messages) == 1
    for changes in ({"every_district": False}, {"hotspots": 5}):
        found = find_hotspots(places, three_districts, settings_of(**{"hotspots": 3, **changes}))
        assert not any("Serving every district" in message for message in found.messages)
