"""Settings chosen by accuracy within the months: known truth, laws, and what is never read."""

from __future__ import annotations

import json
import random

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import hotspots
from hotspots import cli
from hotspots.errors import InputError, SettingsError
from hotspots.frames import PLACES, SWEEP, Places, Quality, names
from hotspots.programme.identify import find
from hotspots.programme.stages import Stages
from hotspots.programme.sweep import for_share, sweep
from hotspots.settings import SWEPT, Settings

MONTHS = [f"2021-{month:02}" for month in range(1, 13)]
COMPACT = 12
#: Pieces of 125 m, too small for more than two points of the suburb.
SMALL = {"mean_area_km2": 0.0156, "min_incidents": 30}


def settings(*swept: str, **targeting: object) -> Settings:
    """Settings that sweep some."""
    return Settings.from_dict({"targeting": {"sweep": list(swept), **targeting}})


@pytest.fixture(scope="module")
def two_scales() -> tuple[Places, gpd.GeoDataFrame]:
    """Twelve single points of 220 incidents a year, apart, and a wide suburb of 40 a point.

    Points of the suburb lie 160 m apart, so the rule gives a bandwidth of 400 m. With that the
    suburb is denser (40 / 0.16^2 = 1,563 per km2) than a single point (3 / (pi 0.4^2) * 220 =
    1,313), though a piece of 125 m there holds two points at most, 80 incidents. With
    300 m the single points are denser (2,334), with 150 m far denser (9,337).
    """
    draw = np.random.default_rng(7)
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(18) * 160.0, np.arange(18) * 160.0))
    suburb = np.column_stack((x + 400, y + 400))
    far = np.column_stack((5_000 + 1_200.0 * (np.arange(COMPACT) % 4),
                           500 + 1_200.0 * (np.arange(COMPACT) // 4)))  # fmt: skip
    counts = [*draw.poisson(40, len(suburb)), *draw.poisson(220, COMPACT)]
    spots = np.repeat(np.vstack((suburb, far)), counts, axis=0)
    rows = pd.DataFrame({"x_m": spots[:, 0], "y_m": spots[:, 1],
                         "period": draw.choice(MONTHS, len(spots))})  # fmt: skip
    table = rows.groupby(["x_m", "y_m", "period"]).size().rename("weight").reset_index()
    table = table.assign(category="Robbery", selecting=True, location="", district="Twoham")
    districts = gpd.GeoDataFrame(
        {"district_code": ["TWO"], "district": ["Twoham"], "police_force": "", "area_km2": [40.0]},
        geometry=[shapely.box(0, 0, 10_000, 4_000)],
        crs="EPSG:27700",
    )
    total = int(table["weight"].sum())
    quality = Quality(total, total, {}, [], MONTHS, [], {}, [])
    return Places(table[names(PLACES)], "EPSG:27700", MONTHS, 365, quality), districts


@pytest.fixture(scope="module")
def swept(two_scales):
    """The bandwidth of density peaks, swept."""
    wanted = settings("bandwidth_m", method="density", hotspots=COMPACT, **SMALL)
    return sweep(*two_scales, wanted, Stages(None))


def test_the_better_bandwidth_is_found(swept, two_scales):
    """A smaller one than by rule, with which every compact place is a hotspot."""
    table = swept.table
    usual = table[table["rule"].str.startswith("by rule")].iloc[0]
    chosen = table[table["chosen"]].iloc[0]
    assert usual["value"] == 400
    assert chosen["value"] <= 300
    assert chosen["difference_low"] > 0
    assert swept.settings.targeting.bandwidth_m == chosen["value"]
    found = find(*two_scales, swept.settings)
    points = shapely.points(*np.array([[5_000 + 1_200.0 * (n % 4), 500 + 1_200.0 * (n // 4)]
                                       for n in range(COMPACT)]).T)  # fmt: skip
    held = shapely.covers(shapely.union_all(found.hotspots.geometry.to_numpy()), points)
    assert held.all()


def test_rates_are_those_of_a_count(swept, two_scales):
    """The later months in the hotspots of the earlier ones, by geopandas."""
    from hotspots.programme.origins import split_off

    places, districts = two_scales
    one = split_off(places, MONTHS[8:])
    assert list(one.train.months) == MONTHS[:8]
    for value in (150.0, 400.0):
        wanted = settings(
            method="density",
            hotspots=COMPACT,
            bandwidth_m=value,
            min_incidents=20,
            mean_area_km2=0.0156,
        )
        ground = find(one.train, districts, wanted).hotspots
        later = places.table[places.table["period"].isin(MONTHS[8:])]
        points = gpd.GeoSeries(gpd.points_from_xy(later["x_m"], later["y_m"]), crs=27700)
        inside = points.intersects(shapely.union_all(ground.geometry.to_numpy())).to_numpy()
        row = swept.table[swept.table["value"] == value].iloc[0]
        assert row["incidents_test"] == later["weight"].sum()
        rate = later["weight"][inside].sum() / later["weight"].sum()
        assert row["hit_rate"] == pytest.approx(rate)
        assert row["pai"] == pytest.approx(rate / (ground.union_all().area / 1e6 / 40.0))
        assert row["hotspots"] == len(ground)


def test_the_choice_says_what_it_rests_on(swept):
    """Value and unit, values tried, months, both rates and the value by rule."""
    said = str(swept.choices[0])
    chosen = swept.table[swept.table["chosen"]].iloc[0]
    assert said.startswith(f"bandwidth_m = {chosen['value']:g} m (best of 150, 200, 250, 300 and ")
    assert "2021-09 to 2021-12" in said
    assert "by 2021-01 to 2021-08" in said
    assert f"{chosen['hit_rate_equal']:.1%} against {chosen['hit_rate_default']:.1%}" in said
    assert "the rule gives 400 m" in said


def test_snapped_positions_disable_the_likelihood(swept):
    """A row without a value says why, and was not tried."""
    row = swept.table[swept.table["rule"] == "cross-validated likelihood"].iloc[0]
    assert np.isnan(row["value"])
    assert row["hotspots"] == 0
    assert row["note"].startswith("not tried: positions are snapped")


def test_it_is_the_same_again(swept, two_scales):
    """Same input, same rows and words."""
    wanted = settings("bandwidth_m", method="density", hotspots=COMPACT, **SMALL)
    again = sweep(*two_scales, wanted, Stages(None))
    pd.testing.assert_frame_equal(swept.table, again.table)
    assert swept.choices == again.choices


@pytest.mark.parametrize("method", ["density", "dbscan", "priced"])
def test_laws_of_a_sweep(two_scales, method):
    """One value chosen per setting, none that holds less than by rule."""
    found = sweep(*two_scales, settings("all", method=method, hotspots=4), Stages(None))
    assert list(found.table.columns) == names(SWEEP)
    assert found.table["setting"].drop_duplicates().tolist() == list(SWEPT)
    for name, rows in found.table.groupby("setting"):
        usual = rows[rows["rule"].str.startswith("by rule")]
        assert len(usual) == 1
        assert usual["difference"].tolist() == [0]
        chosen = rows[rows["chosen"]]
        assert len(chosen) == 1
        assert chosen["hit_rate_equal"].iloc[0] >= chosen["hit_rate_default"].iloc[0]
        if chosen["value"].iloc[0] != usual["value"].iloc[0]:
            assert chosen["note"].iloc[0] == ""
            assert chosen["difference_low"].iloc[0] > 0
            least = 0.02 * chosen["hit_rate_default"].iloc[0]
            assert chosen["difference"].iloc[0] >= least
        assert getattr(found.settings.targeting, name) == chosen["value"].iloc[0]
    assert found.settings.targeting.sweep == ()


def test_a_setting_that_changes_nothing_keeps_its_rule(two_scales):
    """Squares of a grid know no bandwidth: every value holds the same."""
    wanted = settings("bandwidth_m", method="squares", hotspots=COMPACT)
    found = sweep(*two_scales, wanted, Stages(None))
    tried = found.table[found.table["hotspots"] > 0]
    assert len(set(tried["hit_rate"])) == 1
    assert found.table.loc[found.table["chosen"], "rule"].iloc[0].startswith("by rule")
    assert "all that can be compared hold the same" in found.choices[0].rule


def test_trials_see_earlier_months_and_their_share_of_the_count(two_scales, monkeypatch):
    """Eight months of twelve, and two thirds of the incidents that a core place needs."""
    from hotspots import targeting

    plain, seen = targeting.find_hotspots, []

    def watch(places, districts, given, **options):
        seen.append((max(places.table["period"]), given.targeting.min_incidents))
        return plain(places, districts, given, **options)

    monkeypatch.setattr(targeting, "find_hotspots", watch)
    found = sweep(*two_scales, settings("min_incidents", hotspots=COMPACT), Stages(None))
    assert {month for month, _ in seen} == {"2021-08"}
    tried = found.table["value"].tolist()
    assert {count for _, count in seen} == {max(1, round(value * 8 / 12)) for value in tried}


def test_a_share_of_the_months_has_its_share_of_counts():
    """What counts incidents of the whole period shrinks; metres do not."""
    half = for_share(settings(min_incidents=31, price_per_km2=900.0, eps_m=100.0), 0.5)
    assert half.targeting.min_incidents == 16
    assert half.targeting.price_per_km2 == 450
    assert half.targeting.eps_m == 100
    assert for_share(settings(min_incidents=1), 0.1).targeting.min_incidents == 1


def test_nothing_to_sweep_changes_nothing(two_scales):
    """The default: no table, no choice, and not a month looked at."""
    found = sweep(*two_scales, Settings(), Stages(None))
    assert found == (Settings(), None, ())
    everything = settings(
        "all", bandwidth_m=200.0, eps_m=100.0, min_incidents=9, dense_area_share=0.02
    )
    assert sweep(*two_scales, everything, Stages(None)).table is None


def test_a_backtest_sweeps_by_the_earlier_months_alone(town_rows, write_street, tmp_path):
    """Later months at random anywhere in the town change no value and no row of the sweep."""
    chance = random.Random(4)
    moved = [
        row
        if row["Month"] < "2021-07"
        else row
        | {
            "Longitude": f"{chance.uniform(-0.225, -0.155):.6f}",
            "Latitude": f"{chance.uniform(51.875, 51.928):.6f}",
        }
        for row in town_rows
    ]
    results = []
    for name, rows in (("true", town_rows), ("poisoned", moved)):
        path = write_street(tmp_path / f"{name}-street.csv", rows)
        wanted = settings("bandwidth_m", "eps_m", method="density", hotspots=3)
        results.append(
            hotspots.backtest(path, "Stevenage", split="2021-07", settings=wanted, area_shares=())
        )
    true, poisoned = results
    assert max(true.sweep["test_to"]) == "2021-06"
    pd.testing.assert_frame_equal(true.sweep, poisoned.sweep)
    for name in SWEPT:
        assert getattr(true.settings.targeting, name) == getattr(poisoned.settings.targeting, name)
    ours = [result.table.iloc[0] for result in results]
    assert ours[0]["incidents_train_inside"] == ours[1]["incidents_train_inside"]
    assert ours[0]["hit_rate"] > ours[1]["hit_rate"]


def test_unsnapped_positions_try_both_rules(town_file):
    """The knee and the likelihood have a value of their own, measured like any other."""
    wanted = settings("bandwidth_m", "eps_m", hotspots=3)
    found = hotspots.identify(town_file, "Stevenage", settings=wanted)
    for rule in ("k-distance knee", "cross-validated likelihood"):
        row = found.sweep[found.sweep["rule"].str.contains(rule)].iloc[0]
        assert row["value"] > 0
        assert row["hotspots"] > 0
    assert found.settings.targeting.sweep == ()
    chosen = [str(choice.setting) for choice in found.choices]
    assert chosen.count("bandwidth_m") == chosen.count("eps_m") == 1


def test_the_settings_that_come_back_give_the_same_hotspots(town_file):
    """Nothing is left open, and nothing is swept again."""
    wanted = settings("eps_m", hotspots=3)
    found = hotspots.identify(town_file, "Stevenage", settings=wanted)
    again = hotspots.identify(town_file, "Stevenage", settings=found.settings)
    assert again.sweep is None
    pd.testing.assert_frame_equal(
        found.hotspots.drop(columns="geometry"), again.hotspots.drop(columns="geometry")
    )


@pytest.mark.parametrize(
    ("targeting", "said"),
    [
        ({"sweep": ["bandwidth"]}, "sweep must be one of bandwidth_m, eps_m"),
        ({"sweep": ["all", "eps_m"]}, '"all" alone'),
        ({"sweep": ["eps_m", "eps_m"]}, "no name is twice"),
        ({"sweep": ["eps_m"], "eps_m": 100.0}, "given as 100 and also to be swept"),
        ({"sweep": "eps_m"}, "a list of texts"),
    ],
)
def test_nonsense_is_refused(targeting, said):
    """One line that says what is wrong."""
    with pytest.raises(SettingsError, match=said):
        Settings.from_dict({"targeting": targeting})


def test_all_means_those_that_are_open():
    """A value that is given stays."""
    assert settings("all").targeting.swept == SWEPT
    assert settings("all", eps_m=100.0).targeting.swept == (
        "bandwidth_m", "min_incidents", "dense_area_share",
    )  # fmt: skip
    assert settings("dense_area_share", "bandwidth_m").targeting.swept == (
        "bandwidth_m", "dense_area_share",
    )  # fmt: skip


def test_three_months_are_too_few(town_file):
    """Said in one line, and no file is written."""
    wanted = settings("eps_m").replace(intake={"to_month": "2021-03"})
    with pytest.raises(InputError, match=r"needs 4 months or more .* the incidents are 3"):
        hotspots.identify(town_file, "Stevenage", settings=wanted)


def test_undated_incidents_cannot_be_swept():
    """Positions alone have no earlier and later."""
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy([-0.2, -0.19, -0.19], [51.9, 51.91, 51.91]), crs=4326
    )
    with pytest.raises(InputError, match="have no dates"):
        hotspots.identify(points, "Stevenage", settings=settings("eps_m"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--sweep", "reach"], "'reach' cannot be swept; give some of bandwidth, eps,"),
        (["--sweep", "bandwidth", "--bandwidth", "300"], "given as 300 and also to be swept"),
        (["--sweep", "eps", "--to", "2021-02"], "needs 4 months"),
    ],
)
def test_the_command_line_refuses_in_one_line(town_file, tmp_path, capsys, options, said):
    """Exit status 2, and nothing written."""
    out = tmp_path / "out"
    status = cli.main(
        ["run", str(town_file), "--districts", "Stevenage", "--out", str(out), *options]
    )
    assert status == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("hotspots: ")
    assert said in last
    assert not (out / "map.html").exists()


def test_the_command_line_sweeps_and_says_so(town_file, tmp_path, capsys):
    """Progress on stderr, the choice and the rows in JSON, the table in the files."""
    where = [str(town_file), "--districts", "Stevenage", "--hotspots", "3"]
    out = tmp_path / "out"
    assert cli.main(["run", *where, "--sweep", "threshold", "--out", str(out), "--json"]) == 0
    shown = capsys.readouterr()
    assert "Sweeping dense_area_share over 0.5%, 1.0%, 2.0%," in shown.err
    rows = json.loads(shown.out)["sweep"]
    assert sum(row["chosen"] for row in rows) == 1
    kept = json.loads((out / "run.json").read_text())
    assert kept["sweep"] == rows
    assert kept["settings"]["targeting"]["sweep"] == []
    back = hotspots.read_plan(out / "plan.gpkg").targeting
    assert back.sweep["chosen"].tolist() == [row["chosen"] for row in rows]
    assert back.map_points.places > 0
    command = ["backtest", *where, "--split", "2021-09", "--sweep", "threshold"]
    assert cli.main([*command, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert {row["test_to"] for row in result["sweep"]} == {"2021-08"}
    assert [c["setting"] for c in result["choices"]].count("dense_area_share") == 1


@pytest.mark.reference
def test_hertfordshire_gains_by_a_bandwidth_of_its_own(hertfordshire_zip):
    """Density peaks chosen by January to June alone, measured on July to December."""
    from hotspots.intake import read_districts, read_places
    from hotspots.programme.origins import split_off
    from hotspots.testing import capture

    plain = settings(method="density")
    layer = read_districts("hertfordshire", plain.districts)
    places, _ = read_places([hertfordshire_zip], layer, plain.intake)
    one = split_off(places, MONTHS[6:])
    chosen = sweep(one.train, layer, settings("bandwidth_m", method="density"), Stages(None))
    assert chosen.table["test_to"].max() == "2021-06"
    held = [
        capture(find(one.train, layer, each).hotspots.geometry.to_numpy(), one.test, MONTHS[6:])
        for each in (plain, chosen.settings)
    ]
    equal = min(one.total_km2 for one in held)
    usual, swept = (each.on(equal).sum() for each in held)
    assert swept > 1.1 * usual
