"""Real street files of Hertfordshire, 2021, against Python's csv module and geopandas."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import pandas as pd
import pytest

from hotspots.intake import read_districts, read_places
from hotspots.settings import DEFAULT_CATEGORIES

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def places(hertfordshire_zip):
    """What intake makes of the year."""
    return read_places([hertfordshire_zip], read_districts("hertfordshire"))[0]


@pytest.fixture(scope="module")
def joined(hertfordshire_rows):
    """Rows with coordinates, each id once, joined to the districts by geopandas."""
    rows = pd.DataFrame(hertfordshire_rows)
    rows = rows[rows["Longitude"] != ""]
    rows["selects"] = rows["Crime type"].isin(DEFAULT_CATEGORIES)
    rows = rows.sort_values(["selects", "Month"], ascending=[False, True], kind="stable")
    rows = rows[(rows["Crime ID"] == "") | ~rows["Crime ID"].duplicated()]
    xy = [rows[name].astype(float) for name in ("Longitude", "Latitude")]
    points = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(*xy), crs=4326).to_crs(27700)
    layer = read_districts("hertfordshire")[["district", "geometry"]]
    return points.sjoin(layer, how="left", predicate="within")


def test_every_row_is_accounted_for(places, hertfordshire_rows):
    """100,407 rows, of which 1,668 have no coordinates, counted by the csv module."""
    quality = places.quality
    assert quality.rows_read == len(hertfordshire_rows) == 100_407
    blank = sum(not row["Longitude"].strip() for row in hertfordshire_rows)
    assert quality.left_out["no_coordinates"] == blank == 1_668
    assert quality.rows_read == quality.rows_kept + sum(quality.left_out.values())
    for clean in ("unreadable_row", "unreadable_coordinates", "null_island", "unreadable_date"):
        assert quality.left_out[clean] == 0
    assert list(quality.months) == [f"2021-{month:02}" for month in range(1, 13)]
    assert (list(quality.months_missing), places.days) == ([], 365)


def test_repeated_ids_are_counted_as_a_set_counts_them(places, hertfordshire_rows):
    """Located rows with an id, less the number of different ids."""
    ids = [row["Crime ID"] for row in hertfordshire_rows if row["Longitude"] and row["Crime ID"]]
    assert places.quality.left_out["repeated_id"] == len(ids) - len(set(ids))


def test_reasons_are_those_of_a_spatial_join(places, joined):
    """Other categories first, then outside all districts."""
    other = ~joined["selects"]
    outside = joined["selects"] & joined["district"].isna()
    assert places.quality.left_out["other_category"] == int(other.sum())
    assert places.quality.left_out["outside_districts"] == int(outside.sum())
    assert places.quality.rows_kept == int((joined["selects"] & joined["district"].notna()).sum())


def test_districts_hold_what_a_spatial_join_finds(places, joined):
    """Selecting incidents of each of the ten districts."""
    table = places.table[places.table["selecting"] & (places.table["district"] != "")]
    ours = table.groupby("district")["weight"].sum().to_dict()
    assert ours == joined.loc[joined["selects"], "district"].value_counts().to_dict()
    assert len(ours) == 10


def test_categories_are_counted_inside_the_districts(places, joined):
    """All categories, with whether they select."""
    expected = joined.loc[joined["district"].notna(), "Crime type"].value_counts().to_dict()
    found = {entry["category"]: entry["incidents"] for entry in places.quality.categories}
    assert found == expected
    selecting = {entry["category"] for entry in places.quality.categories if entry["selects"]}
    assert selecting == set(expected) & set(DEFAULT_CATEGORIES)


def test_weights_are_the_rows_of_each_position(places, joined):
    """The multiset of rows per position, month and category, counted over the raw text."""
    keys = ["Longitude", "Latitude", "Month", "Crime type", "Location"]
    expected = Counter(joined.groupby(keys, sort=False).size())
    ours = places.table.groupby(["x_m", "y_m", "period", "category", "location"])["weight"].sum()
    assert Counter(ours) == expected


def test_positions_are_snapped(places, joined):
    """Rows per place as counted over the raw text of those that are kept."""
    kept = joined[joined["selects"] & joined["district"].notna()]
    spots = kept[["Longitude", "Latitude"]].drop_duplicates()
    facts = places.quality.facts
    assert facts["places"] == len(spots)
    assert facts["rows_per_place"] == pytest.approx(len(kept) / len(spots), abs=5e-4)
    assert facts["snapped"] == "yes"
    # neighbouring map points lie 80 to 110 m apart
    assert 80 <= facts["median_nearest_place_m"] <= 110
    # 99.66 % of all incidents lie in the district of their own LSOA name
    assert facts["area_name_disagrees_share"] == pytest.approx(0.0034, abs=0.0005)
