"""The whole backtest: strictly out of time, equal terms, and what is said of it."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import hotspots
from hotspots.errors import InputError, NothingFoundError, SettingsError
from hotspots.frames import ACCURACY, ACCURACY_CURVE, names

SPLIT = "2021-07"
SETTINGS = hotspots.Settings.from_dict({"targeting": {"hotspots": 3}})


@pytest.fixture(scope="module")
def result(town_file: Path) -> hotspots.Backtest:
    """The town, first half against second half."""
    return hotspots.backtest(town_file, "Stevenage", split=SPLIT, settings=SETTINGS)


@pytest.fixture
def watched(monkeypatch):
    """What targeting is shown, and what it finds."""
    from hotspots import targeting

    plain, seen = targeting.find_hotspots, []

    def watch(places, *others, **options):
        found = plain(places, *others, **options)
        seen.append((places, found.hotspots.geometry.to_wkb().tolist()))
        return found

    monkeypatch.setattr(targeting, "find_hotspots", watch)
    return seen


def _moved(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same rows, those of the later months at random anywhere in the town."""
    chance = random.Random(4)
    return [
        row
        if row["Month"] < SPLIT
        else row
        | {
            "Longitude": f"{chance.uniform(-0.225, -0.155):.6f}",
            "Latitude": f"{chance.uniform(51.875, 51.928):.6f}",
        }
        for row in rows
    ]


def test_targeting_never_sees_the_months_tested(town_rows, write_street, watched, tmp_path):
    """Other later months change what is measured, and no piece of what was chosen."""
    results, seen = [], []
    for name, rows in (("true", town_rows), ("cheat", _moved(town_rows))):
        path = write_street(tmp_path / f"{name}-street.csv", rows)
        results.append(hotspots.backtest(path, "Stevenage", split=SPLIT, settings=SETTINGS))
        seen.append(list(watched))
        watched.clear()
    for places, _ in [*seen[0], *seen[1]]:
        assert max(places.table["period"].astype(str)) < SPLIT
        assert max(places.months) < SPLIT
        assert places.days == 181 or max(places.months) == "2021-03"
    assert [found for _, found in seen[0]] == [found for _, found in seen[1]]
    true, cheat = (each.table.set_index("method") for each in results)
    chosen = ["pieces", "area_km2", "incidents_train", "incidents_train_inside"]
    for method in true.index.drop("best in hindsight"):
        assert true.loc[method, chosen].tolist() == cheat.loc[method, chosen].tolist()
    assert true.loc["this method", "hit_rate"] > 3 * cheat.loc["this method", "hit_rate"]


def test_counts_are_those_of_a_spatial_join(town_rows, watched, town_file):
    """Train and test, inside and in all, by geopandas on the raw rows."""
    row = hotspots.backtest(town_file, "Stevenage", split=SPLIT, settings=SETTINGS).table.iloc[0]
    rows = pd.DataFrame(town_rows)
    xy = [rows[name].astype(float) for name in ("Longitude", "Latitude")]
    points = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(*xy), crs=4326).to_crs(27700)
    layer = hotspots.identify(town_file, "Stevenage", settings=SETTINGS).districts
    points = points[points.within(layer.geometry.iloc[0])]
    ground = shapely.union_all(shapely.from_wkb(watched[0][1]))
    inside, later = points.intersects(ground), points["Month"] >= SPLIT
    assert row["incidents_train"] == int((~later).sum())
    assert row["incidents_train_inside"] == int((~later & inside).sum())
    assert row["incidents_test"] == int(later.sum())
    assert row["incidents_test_inside"] == int((later & inside).sum())
    assert row["area_km2"] == pytest.approx(ground.area / 1e6)


def test_terms_are_equal(result):
    """As many pieces on as much ground, unless the row says what it is."""
    table = result.table.set_index("method")
    assert list(result.table.columns) == names(ACCURACY)
    assert result.table["method"].iloc[0] == "this method"
    assert result.table["method"].iloc[-1] == "best in hindsight"
    mine = table.loc["this method"]
    for method in ("grid squares", "grid hexagons", "free squares", "density peaks"):
        assert table.loc[method, "pieces"] == mine["pieces"]
        assert table.loc[method, "area_km2"] == pytest.approx(mine["area_km2"], rel=0.03)
    assert table.loc["free rectangles", "area_km2"] <= mine["area_km2"] * (1 + 1e-9)
    assert table.loc["grid squares of 250 m", "area_km2"] <= 3 * 0.0625 + 1e-9
    assert (table["test_from"] == SPLIT).all()
    assert (table["train_to"] < table["test_from"]).all()


def test_months_add_up(result):
    """The counts by month sum to the table; the curve rises with the area."""
    sums = result.months.groupby("method")["incidents_test_inside"].sum()
    table = result.table.set_index("method")
    assert sums.to_dict() == table["incidents_test_inside"].to_dict()
    assert list(result.curve.columns) == names(ACCURACY_CURVE)
    for _, curve in result.curve.groupby("method"):
        assert curve["area_share"].tolist() == [0.005, 0.01, 0.02, 0.05]
        assert curve["hit_rate"].is_monotonic_increasing


def test_verdict_and_provenance(result):
    """It names a rival, the months, whose data these are, and the marking."""
    said = result.summary()
    assert "2021-01 to 2021-06" in said
    assert "2021-07 to 2021-12" in said
    assert "grid squares" in said
    assert result.provenance["title"] == "Accuracy of hotspots: Stevenage"
    assert result.provenance["marking"] == "OFFICIAL"
    assert result.provenance["seed"] == 0
    assert any("data.police.uk" in text for text in result.provenance["attribution"])


def test_it_is_the_same_again(result, town_file):
    """Also with the default split, which is the later half."""
    again = hotspots.backtest(town_file, "Stevenage", settings=SETTINGS)
    pd.testing.assert_frame_equal(result.table, again.table)
    assert result.verdict == again.verdict


def test_rolling_splits_pool_the_last_months(town_file, town_rows, watched):
    """November by ten months, December by eleven."""
    found = hotspots.backtest(town_file, "Stevenage", rolling=2, settings=SETTINGS)
    trained = [places.months[-1] for places, _ in watched]
    assert trained == ["2021-10", "2021-05", "2021-11", "2021-05"]  # the second is the older map
    assert found.months.loc[found.months["method"] == "this method", "month"].tolist() == [
        "2021-11", "2021-12",
    ]  # fmt: skip
    row = found.table.iloc[0]
    assert (row["test_from"], row["test_to"]) == ("2021-11", "2021-12")
    assert row["incidents_test"] <= sum(r["Month"] > "2021-10" for r in town_rows)
    assert "chosen by the months before each of 2 splits" in found.verdict[0]


def test_a_method_that_a_split_lacks_is_left_out_and_said(town_file):
    """February is tested by January alone, which has no older half."""
    settings = SETTINGS.replace(intake={"to_month": "2021-03"}, targeting={"min_periods_hot": 1})
    found = hotspots.backtest(town_file, "Stevenage", rolling=2, settings=settings)
    assert "map of older months" not in set(found.table["method"])
    said = "Left out: map of older months, which gave something in 1 of 2 splits."
    assert said in found.messages


def test_rows_that_say_the_same_are_left_out_and_said(result):
    """With a single district every piece is in every district."""
    assert not result.table["method"].str.endswith(", every district").any()
    assert sum("holds the same incidents as" in message for message in result.messages) == 2


def test_nothing_to_test_by_is_one_line(town_rows, write_street, tmp_path):
    """All later incidents lie in another county."""
    rows = [
        row if row["Month"] < SPLIT else row | {"Longitude": "-3.0", "Latitude": "53.0"}
        for row in town_rows
    ]
    path = write_street(tmp_path / "far-street.csv", rows)
    with pytest.raises(InputError, match="nothing to test by"):
        hotspots.backtest(path, "Stevenage", split=SPLIT, settings=SETTINGS)


def test_every_category_counts_when_all_is_asked_for(write_street, street_row, town_rows, tmp_path):
    """Drugs do not select by default, and do with all."""
    rows = [*town_rows, *[row | {"Crime type": "Drugs"} for row in town_rows]]
    path = write_street(tmp_path / "drugs-street.csv", rows)
    with path.open(newline="") as file:
        assert sum(1 for _ in csv.DictReader(file)) == 1_800
    plain, every = (
        hotspots.check(path, "Stevenage", settings=hotspots.Settings.from_dict({"intake": intake}))
        for intake in ({}, {"categories": ["all"]})
    )
    assert every.rows_kept == 2 * plain.rows_kept
    assert every.left_out["other_category"] == 0


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"split": "2021-01"}, InputError, "No incident is dated before 2021-01"),
        ({"split": "2022-01"}, InputError, "No incident is dated from 2022-01"),
        ({"split": "July"}, SettingsError, "a month such as 2021-07"),
        ({"rolling": 12}, SettingsError, "between 1 and 11"),
        ({"rolling": 0}, SettingsError, "between 1 and 11"),
        ({"split": SPLIT, "rolling": 2}, SettingsError, "not both"),
        ({"area_shares": (0.1, 2)}, SettingsError, "at most 1"),
    ],
)
def test_nonsense_is_refused(town_file, options, error, message):
    """One line that says what is wrong."""
    with pytest.raises(error, match=message):
        hotspots.backtest(town_file, "Stevenage", **options)


def test_undated_incidents_cannot_be_split(town_file):
    """Positions alone have no earlier and later."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy([-0.2, -0.19], [51.9, 51.91]), crs=4326)
    with pytest.raises(InputError, match="without dates"):
        hotspots.backtest(points, "Stevenage")


def test_no_hotspot_is_nothing_to_measure(town_file):
    """Far more incidents asked for than there are."""
    settings = hotspots.Settings.from_dict({"targeting": {"min_incidents": 100_000}})
    with pytest.raises(NothingFoundError, match="nothing to measure"):
        hotspots.backtest(town_file, "Stevenage", split=SPLIT, settings=settings)
