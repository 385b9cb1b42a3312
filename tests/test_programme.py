"""The whole path on tables and on real data, near home and far away."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import hotspots
from hotspots.errors import InfeasibleError, NothingFoundError
from hotspots.frames import REASONS
from hotspots.settings import DEFAULT_CATEGORIES

SQUARE_METRES = 1e-6


def as_points(rows: list[dict[str, str]]) -> gpd.GeoDataFrame:
    """Rows of street files as points with our column names."""
    table = pd.DataFrame(rows)
    table = table[table["Longitude"] != ""].reset_index(drop=True)
    names = {"Month": "date", "Crime type": "category", "Crime ID": "incident_id"}
    table = table.rename(columns={**names, "Location": "location"})
    xy = [table[name].astype(float) for name in ("Longitude", "Latitude")]
    columns = [*names.values(), "location"]
    return gpd.GeoDataFrame(table[columns], geometry=gpd.points_from_xy(*xy), crs=4326)


@pytest.fixture(scope="module")
def town(town_rows) -> gpd.GeoDataFrame:
    """The made-up town as points."""
    return as_points(town_rows)


FEW = hotspots.Settings.from_dict(
    {"targeting": {"hotspots": 3}, "intake": {"categories": ["Anti-social behaviour"]}}
)


@pytest.fixture(scope="module")
def found(town) -> hotspots.Targeting:
    """Three hotspots of the town."""
    return hotspots.identify(town, "stevenage", settings=FEW)


def assert_sound(found: hotspots.Targeting) -> None:
    """Each hotspot lies in its district, below the cap, apart from the others."""
    shapes = found.hotspots.geometry.to_numpy()
    district = found.districts.set_index("district").geometry
    for row in found.hotspots.itertuples():
        assert shapely.difference(row.geometry, district[row.district]).area < SQUARE_METRES
        assert row.area_km2 == pytest.approx(row.geometry.area / 1e6)
    assert (found.hotspots["area_km2"] <= found.settings.targeting.area_cap_km2 + 1e-9).all()
    together = shapely.union_all(shapes).area
    assert together == pytest.approx(shapely.area(shapes).sum(), abs=1e-3)
    assert found.hotspots["hotspot_id"].is_unique


def inside(found: hotspots.Targeting, rows: list[dict[str, str]]) -> pd.Series:
    """Selecting incidents in each hotspot, each id once, joined by geopandas."""
    table = pd.DataFrame(rows)
    table = table[(table["Longitude"] != "") & table["Crime type"].isin(DEFAULT_CATEGORIES)]
    table = table[(table["Crime ID"] == "") | ~table["Crime ID"].duplicated()]
    xy = [table[name].astype(float) for name in ("Longitude", "Latitude")]
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy), crs=4326).to_crs(27700)
    joined = points.sjoin(found.hotspots[["hotspot_id", "geometry"]], predicate="intersects")
    return joined["hotspot_id"].value_counts()


def test_verbs_work_on_tables_and_touch_no_file(town, tmp_path, monkeypatch):
    """Identify, allocate and draw: an empty folder stays empty, and the points as they were."""
    monkeypatch.chdir(tmp_path)
    before = town.copy(deep=True)
    targeting = hotspots.identify(town, "stevenage", settings=FEW)
    plan = hotspots.allocate(targeting, hours=500)
    page = hotspots.draw(plan)
    assert len(plan.hotspots) == 3
    assert 500 - 0.75 < plan.allocation.hours <= 500
    assert page is not None
    assert not list(tmp_path.iterdir())
    pd.testing.assert_frame_equal(town, before)


def test_run_without_a_folder_writes_nothing(town_file, tmp_path, monkeypatch):
    """The plan comes back, nothing else happens; each stage is told once."""
    monkeypatch.chdir(tmp_path)
    told: list[str] = []
    plan = hotspots.run(town_file, "stevenage", settings=FEW, progress=told.append)
    assert len(plan.hotspots) == 3
    assert not list(tmp_path.iterdir())
    assert len(told) == len(set(told)) > 2


def test_a_file_and_a_table_give_the_same_hotspots(town_file, found):
    """Rows on disk and points in memory are the same incidents."""
    other = hotspots.identify([str(town_file)], "stevenage", settings=FEW)
    pd.testing.assert_frame_equal(
        pd.DataFrame(other.hotspots.drop(columns="geometry")),
        pd.DataFrame(found.hotspots.drop(columns="geometry")),
    )
    assert (other.hotspots.geometry.to_wkb() == found.hotspots.geometry.to_wkb()).all()


def test_shuffled_rows_give_the_same_hotspots(town, found):
    """To the last coordinate, whatever the order of the points."""
    other = hotspots.identify(town.sample(frac=1, random_state=3), "stevenage", settings=FEW)
    pd.testing.assert_frame_equal(
        pd.DataFrame(other.hotspots.drop(columns="geometry")),
        pd.DataFrame(found.hotspots.drop(columns="geometry")),
    )
    assert (other.hotspots.geometry.to_wkb() == found.hotspots.geometry.to_wkb()).all()
    assert other.candidates["status"].tolist() == found.candidates["status"].tolist()


def test_a_single_district_is_served(found, town_rows):
    """Three hotspots at the three busy corners, with the incidents that geopandas finds there."""
    assert_sound(found)
    assert found.districts["district"].tolist() == ["Stevenage"]
    counted = inside(found, town_rows)
    ours = found.hotspots.set_index("hotspot_id")["incidents"]
    assert ours.to_dict() == counted.to_dict()
    corners = gpd.GeoSeries.from_xy(
        [-0.2020, -0.1850, -0.2100], [51.9010, 51.9100, 51.8900], crs=4326
    ).to_crs(27700)
    assert (
        shapely.distance(corners.to_numpy(), shapely.union_all(found.hotspots.geometry)).max() < 50
    )


def test_pounds_buy_hours_at_the_rate(found):
    """3,830 pounds at 38.30 are 100 hours; the default dose is 1,004 a hotspot and year."""
    assert hotspots.allocate(found, pounds=3830).allocation.budget_hours == pytest.approx(100)
    assert hotspots.allocate(found).allocation.budget_hours == 3 * 1004


def test_the_plan_of_one_targeting_can_be_made_again(found):
    """Other hours for the same hotspots; the targeting is not changed by it."""
    before = found.hotspots.copy(deep=True)
    small, large = (hotspots.allocate(found, hours=hours) for hours in (90, 900))
    assert small.allocation.hours <= 90 < large.allocation.hours <= 900
    assert small.hotspots["hotspot_id"].tolist() == large.hotspots["hotspot_id"].tolist()
    pd.testing.assert_frame_equal(pd.DataFrame(found.hotspots), pd.DataFrame(before))


def test_floors_that_the_budget_cannot_meet_give_both_numbers(found):
    """Three floors of 50 hours need 150 (rounded up to whole visits), and 100 are there."""
    settings = FEW.replace(tasking={"hotspot_floor_hours": 50.0})
    with pytest.raises(InfeasibleError, match=r"100.*150\.75|150\.75.*100"):
        hotspots.allocate(found, hours=100, settings=settings)


def test_nothing_found_is_an_empty_table_and_no_plan():
    """Ten incidents kilometres apart: an empty result of the same columns."""
    x, y = np.linspace(521_000, 527_000, 10), np.linspace(221_000, 227_000, 10)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=27700)
    targeting = hotspots.identify(points, "stevenage")
    assert targeting.hotspots.empty
    assert "hotspot_id" in targeting.hotspots
    with pytest.raises(NothingFoundError, match="No hotspot was found"):
        hotspots.allocate(targeting, hours=100)


@pytest.mark.parametrize(
    ("number", "months", "which"),
    [
        (300, ["2018-07"], "west-yorkshire"),
        (300, ["2018-07"], "leeds"),
        (3000, [], "west-yorkshire"),
    ],
)
def test_few_incidents_are_no_error(number, months, which, sample_rows, tmp_path):
    """A fixed sample of real rows: what is found is counted right, what is missing is told."""
    near = [
        row
        for row in sample_rows
        if row["Longitude"]
        and (not months or row["Month"] in months)
        and (which != "leeds" or row["LSOA name"].startswith("Leeds"))
    ]
    chosen = random.Random(number).sample(near, number)
    path = tmp_path / "few.csv"
    pd.DataFrame(chosen).to_csv(path, index=False)
    settings = hotspots.Settings.from_dict({"targeting": {"hotspots": 5}})
    targeting = hotspots.identify(path, which, settings=settings)
    assert_sound(targeting)
    counted = inside(targeting, chosen)
    assert targeting.hotspots.set_index("hotspot_id")["incidents"].to_dict() == counted.to_dict()
    quality = targeting.quality
    assert quality.rows_read == number == quality.rows_kept + sum(quality.left_out.values())
    if len(targeting.hotspots) < 5:
        assert any("5 hotspots were wanted" in message for message in targeting.messages)
    else:
        assert len(targeting.hotspots) == 5


def test_more_hotspots_than_candidates_returns_what_there_is(town):
    """Four hundred asked for: fewer come back, and a sentence says so."""
    settings = FEW.replace(targeting={"hotspots": 400})
    targeting = hotspots.identify(town, "stevenage", settings=settings)
    assert 3 <= len(targeting.hotspots) < 400
    assert any("400" in message for message in targeting.messages)


def test_the_sample_serves_all_five_districts(sample_hotspots):
    """26 hotspots of West Yorkshire, with the incidents that geopandas finds inside them."""
    targeting = sample_hotspots
    assert len(targeting.hotspots) == 26
    assert set(targeting.hotspots["district"]) == set(targeting.districts["district"])
    assert len(targeting.districts) == 5
    assert_sound(targeting)


@pytest.mark.reference
def test_toronto_with_mapped_columns_and_districts_in_feet(reference_file, tmp_path, capsys):
    """A gzipped file with other columns, polygons in US feet, all choices told with a unit."""
    from hotspots.cli import main

    path = reference_file("toronto-2014-2021.csv.gz")
    with gzip.open(path, "rt") as file:
        rows = pd.read_csv(file, dtype=str)
    west, east = shapely.box(-79.65, 43.55, -79.40, 43.90), shapely.box(-79.40, 43.55, -79.1, 43.9)
    halves = gpd.GeoDataFrame({"name": ["West", "East"]}, geometry=[west, east], crs=4326)
    feet = "+proj=tmerc +lat_0=0 +lon_0=-79.5 +k=0.9999 +x_0=304800 +datum=WGS84 +units=us-ft"
    halves.to_crs(feet).to_file(tmp_path / "districts.gpkg")
    mapping = {"longitude": "Long", "latitude": "Lat", "date": "date", "category": "MCI"}
    columns = [text for pair in mapping.items() for text in ("--column", "=".join(pair))]
    status = main(
        ["run", str(path), "--districts", str(tmp_path / "districts.gpkg"), *columns,
         "--date-format", "%Y-%m-%d", "--from", "2019-01", "--to", "2019-12", "--hotspots", "10",
         "--hours", "10000", "--out", str(tmp_path / "out")]
    )  # fmt: skip
    shown = " ".join(capsys.readouterr().out.split())
    assert status == 0
    assert f"{len(rows):,}" in shown
    for setting, unit in {"bandwidth_m": " m ", "cell_size_m": " m ", "eps_m": " m "}.items():
        assert unit in shown.split(f"{setting} = ")[1][:12]
    for setting in ("min_incidents", "dense_area_share", "categories"):
        assert f"{setting} = " in shown
    found = gpd.read_file(tmp_path / "out" / "plan.gpkg", layer="hotspots").to_crs(32617)
    assert len(found) == 10
    assert set(found["district"]) == {"West", "East"}
    # the year's rows inside the hotspots, joined by geopandas
    year = rows[rows["date"].str.startswith("2019")]
    xy = [year[name].astype(float) for name in ("Long", "Lat")]
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy), crs=4326).to_crs(32617)
    joined = points.sjoin(found[["hotspot_id", "geometry"]])["hotspot_id"].value_counts()
    ours = found.set_index("hotspot_id")["incidents"]
    assert ours.to_dict() == joined.to_dict()


@pytest.mark.reference
def test_hertfordshire_has_its_26_hotspots(hertfordshire_plan, hertfordshire_rows):
    """All ten districts served, none above the cap, hours to the last visit, rows adding up."""
    targeting, plan = hertfordshire_plan.targeting, hertfordshire_plan
    assert len(plan.hotspots) == 26
    assert set(plan.hotspots["district"]) == set(targeting.districts["district"])
    assert len(targeting.districts) == 10
    assert_sound(targeting)
    assert 26_108 - 0.75 < plan.allocation.hours <= 26_108
    visits = plan.hotspots["officer_hours"] / 0.75
    np.testing.assert_allclose(visits, visits.round())
    quality = targeting.quality
    assert quality.rows_read == 100_407 == len(hertfordshire_rows)
    assert quality.rows_kept + sum(quality.left_out.values()) == 100_407
    assert set(quality.left_out) == set(REASONS)


@pytest.mark.reference
def test_hertfordshire_counts_are_those_of_a_spatial_join(hertfordshire_plan, hertfordshire_rows):
    """Incidents in each of the 26 hotspots, joined by geopandas from the raw rows."""
    counted = inside(hertfordshire_plan.targeting, hertfordshire_rows)
    ours = hertfordshire_plan.hotspots.set_index("hotspot_id")["incidents"]
    assert ours.to_dict() == counted.to_dict()


def test_the_bundled_sample_is_found(sample_rows):
    """A path that exists, to a file that holds rows."""
    assert isinstance(hotspots.sample_incidents(), Path)
    assert hotspots.sample_incidents().is_file()
    assert len(sample_rows) > 80_000


def test_a_refreshed_run_equals_a_full_run(tmp_path: Path) -> None:
    """Two Julys planned, the third added with --refresh: the outputs are those of a full run."""
    import zipfile

    from hotspots.cli import main

    with zipfile.ZipFile(hotspots.sample_incidents()) as archive:
        archive.extractall(tmp_path / "incidents")
    files = sorted((tmp_path / "incidents").rglob("*.csv"))
    base = ["--districts", "west-yorkshire", "--hours", "5000"]
    first = ["run", *map(str, files[:2]), *base, "--out", str(tmp_path / "kept"), "--refresh"]
    assert main(first) == 0
    assert len(list((tmp_path / "kept" / "places").glob("*.parquet"))) == 2
    again = ["run", *map(str, files), *base, "--out", str(tmp_path / "kept"), "--refresh"]
    assert main(again) == 0
    assert len(list((tmp_path / "kept" / "places").glob("*.parquet"))) == 3
    assert main(["run", *map(str, files), *base, "--out", str(tmp_path / "full")]) == 0
    for name in ("map.html", "plan.gpkg", "plan.xlsx", "quality.json"):
        kept, full = tmp_path / "kept" / name, tmp_path / "full" / name
        same = kept.read_bytes() == full.read_bytes()  # a diff of such files takes minutes
        assert same, name
