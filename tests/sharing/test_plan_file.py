"""A plan comes back from its file as it was, with its history, or one line says why not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hotspots
from hotspots import frames
from hotspots.errors import InputError
from hotspots.frames import Plan
from hotspots.packing import rounded
from hotspots.sharing.files import clean_text

from .hostile import HOSTILE
from .plan_factory import small_plan, with_changes, with_sweep
from .test_times import with_times

FRAMES = ("hotspots", "candidates", "districts", "times", "peaks", "changes", "sweep")


@pytest.fixture(scope="module")
def sample(sample_hotspots: hotspots.Targeting) -> Plan:
    """A plan of the bundled incidents, made by the whole path."""
    return hotspots.allocate(sample_hotspots, hours=9000)


@pytest.fixture(
    params=[
        "sample",
        "small",
        "with changes and times",
        "without hotspots",
        "other budgets",
        "swept",
    ]
)
def plan(request: pytest.FixtureRequest, sample: Plan) -> Plan:
    """Plans of several kinds."""
    makers: dict[str, Callable[[], Plan]] = {
        "sample": lambda: sample,
        "small": small_plan,
        "with changes and times": lambda: with_times(with_changes(small_plan())),
        "swept": lambda: with_sweep(small_plan()),
        "other budgets": lambda: with_budgets(small_plan()),
        "without hotspots": lambda: small_plan(empty=True),
    }
    return makers[request.param]()


def with_budgets(plan: Plan) -> Plan:
    """Plans of two budgets instead of a ledger."""
    budgets = pd.DataFrame(
        {
            "budget_hours": [37.5, 75.0],
            "hotspot_id": "LDS-01",
            "visits": [25, 50],
            "covered_incidents": [9.5, 12.5],
        }
    )
    allocation = replace(plan.allocation, budget_plans=budgets, exclusion_is_exact=True)
    return replace(plan, allocation=allocation)


def with_frame(plan: Plan) -> Plan:
    """The density of one month of it."""
    frame = frames.DensityFrame(("2021-01",), plan.targeting.density)
    return replace(plan, targeting=replace(plan.targeting, frames=(frame,)))


def kept(plan: Plan, folder: Path) -> Plan:
    return hotspots.read_plan(hotspots.write_plan(plan, folder / "plan.gpkg"))


def same_frames(found: pd.DataFrame | None, wanted: pd.DataFrame | None, table: str) -> None:
    """Rows, columns, kinds and values are equal; shapes are equal point by point."""
    if wanted is None or found is None:
        assert found is wanted
        return
    columns = frames.names(frames.TABLES[table])
    wanted = wanted.reset_index(drop=True)
    pd.testing.assert_frame_equal(
        pd.DataFrame(found[columns]), pd.DataFrame(wanted[columns]), check_exact=True
    )
    if isinstance(wanted, gpd.GeoDataFrame):
        assert found.crs == wanted.crs
        assert found.geometry.isna().tolist() == wanted.geometry.isna().tolist()
        shapes = wanted.geometry.notna()
        assert found.geometry[shapes].geom_equals_exact(wanted.geometry[shapes], 0).all()


def test_every_table_comes_back_equal(plan: Plan, tmp_path: Path) -> None:
    """Frame by frame, with the published columns."""
    found = kept(plan, tmp_path)
    tables = {"times": "hotspot_times", "peaks": "hotspot_peaks"}
    for name in FRAMES:
        own, wanted = getattr(found.targeting, name), getattr(plan.targeting, name)
        same_frames(own, wanted, tables.get(name, name))
    for name in ("table", "alternatives", "budget_curve"):
        wanted = getattr(plan.allocation, name)
        same_frames(
            getattr(found.allocation, name), wanted, "allocation" if name == "table" else name
        )
    for name in frames.PLAN_HOURS:
        same_frames(getattr(found.allocation, name), getattr(plan.allocation, name), name)


def test_everything_else_comes_back_equal(plan: Plan, tmp_path: Path) -> None:
    """Settings, quality, choices, messages, provenance, origin, budget and the surface."""
    found = kept(plan, tmp_path)
    assert found.settings == plan.settings
    assert found.provenance == plan.provenance
    was, now = plan.targeting, found.targeting
    assert now.settings == was.settings
    assert now.quality.to_dict() == was.quality.to_dict()
    assert list(now.choices) == list(was.choices)
    assert list(now.messages) == list(was.messages)
    assert now.origin == was.origin
    assert now.map_points == was.map_points
    for name in ("budget_hours", "hours_per_visit", "days", "weeks", "exclusion_is_exact"):
        assert getattr(found.allocation, name) == getattr(plan.allocation, name)
    assert list(found.allocation.messages) == list(plan.allocation.messages)
    threshold = was.density.threshold_per_km2
    assert (now.density.values_per_km2 == rounded(was.density.values_per_km2, threshold)).all()
    assert (now.density.inside == was.density.inside).all()
    for name in (*frames.DENSITY_NUMBERS, "crs"):
        assert getattr(now.density, name) == getattr(was.density, name)


def test_frames_of_density_come_back(sample: Plan, tmp_path: Path) -> None:
    """The three Julys of the sample: months, cells, mask, and densities rounded like the whole."""
    found = kept(sample, tmp_path).targeting.frames
    assert len(found) == 3
    for now, was in zip(found, sample.targeting.frames, strict=True):
        assert now.months == was.months
        threshold = was.surface.threshold_per_km2
        assert (now.surface.values_per_km2 == rounded(was.surface.values_per_km2, threshold)).all()
        assert (now.surface.inside == was.surface.inside).all()
        for name in (*frames.DENSITY_NUMBERS, "crs"):
            assert getattr(now.surface, name) == getattr(was.surface, name)


def test_the_map_drawn_again_is_the_same_to_the_byte(plan: Plan, tmp_path: Path) -> None:
    """The page of a plan and the page of the plan read back."""
    assert hotspots.draw(kept(plan, tmp_path)).to_html() == hotspots.draw(plan).to_html()


def test_a_plan_written_again_is_the_same_file(plan: Plan, tmp_path: Path) -> None:
    """Reading and writing changes no byte."""
    first = hotspots.write_plan(plan, tmp_path / "a.gpkg")
    second = hotspots.write_plan(hotspots.read_plan(first), tmp_path / "b.gpkg")
    assert first.read_bytes() == second.read_bytes()


def test_hours_are_shared_out_again_without_the_incidents(sample: Plan, tmp_path: Path) -> None:
    """Other hours on the plan read back give what they give on the hotspots just found."""
    again = hotspots.allocate(kept(sample, tmp_path), hours=4000)
    fresh = hotspots.allocate(sample.targeting, hours=4000)
    pd.testing.assert_frame_equal(again.allocation.table, fresh.allocation.table)
    pd.testing.assert_frame_equal(again.allocation.budget_curve, fresh.allocation.budget_curve)
    assert again.provenance == fresh.provenance
    assert again.allocation.hours <= 4000 < sample.allocation.hours


def test_a_plan_keeps_its_floors_when_hours_change(sample: Plan) -> None:
    """Allocating to a plan starts from the plan's settings, not from those of its hotspots."""
    found = sample.targeting
    one = found.hotspots["hotspot_id"].iloc[-1]
    floors = hotspots.Settings.from_dict({"tasking": {"hotspot_floors": {one: 600.0}}})
    plan = hotspots.allocate(found, hours=9000, settings=floors)
    again = hotspots.allocate(plan, hours=5000).allocation.table.set_index("hotspot_id")
    assert again["officer_hours"][one] >= 600


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_comes_back(text: str, tmp_path: Path) -> None:
    """Text of a stranger is that text again, but for what the format cannot hold."""
    plan = with_changes(
        small_plan(name=text, district=text, note=text, title=text, message=text, reason=text),
        name=text,
    )
    found = kept(plan, tmp_path)
    clean = clean_text(text)
    assert found.targeting.hotspots["name"].iloc[0] == clean
    assert found.targeting.changes["name"].iloc[3] == clean
    assert found.targeting.choices[0].rule == clean
    assert list(found.targeting.messages) == [clean]
    assert clean in found.targeting.quality.left_out
    assert found.targeting.quality.categories[0]["category"] == text
    assert found.provenance["title"] == plan.provenance["title"]
    assert hotspots.draw(found).to_html() == hotspots.draw(plan).to_html()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.text(max_size=40),
    number=st.floats(0, 1e300),
    key=st.text(st.characters(codec="utf-8", categories=["L", "P", "Nd"]), max_size=8),
)
def test_any_text_and_number_comes_back(text: str, number: float, key: str, tmp_path: Path) -> None:
    """Quality facts and single numbers keep every bit; texts are cleaned once."""
    plan = small_plan(message=text)
    quality = replace(plan.targeting.quality, facts={key: number, f"{key}.x": text})
    allocation = replace(plan.allocation, budget_hours=number)
    plan = replace(plan, targeting=replace(plan.targeting, quality=quality), allocation=allocation)
    found = kept(plan, tmp_path)
    assert found.targeting.quality.facts == quality.facts
    assert found.allocation.budget_hours == number
    assert list(found.targeting.messages) == [clean_text(text)]


def test_a_grid_of_several_bands_comes_back(tmp_path: Path) -> None:
    """600 rows are three bands; no row is lost or moved."""
    plan = small_plan()
    values = np.arange(600 * 3.0).reshape(600, 3)
    density = replace(
        plan.targeting.density, values_per_km2=values, inside=values % 2 == 0, threshold_per_km2=1e3
    )
    found = kept(replace(plan, targeting=replace(plan.targeting, density=density)), tmp_path)
    assert (found.targeting.density.values_per_km2 == values).all()
    assert (found.targeting.density.inside == density.inside).all()


def test_the_history_keeps_what_was_replaced(sample: Plan, tmp_path: Path) -> None:
    """Three plans in a row: all are listed, and the hours of the first two are kept."""
    path = hotspots.write_plan(sample, tmp_path / "plan.gpkg")
    assert hotspots.read_history(path).plans["note"].tolist() == [""]
    assert hotspots.read_history(path).allocation.empty
    half = hotspots.allocate(hotspots.read_plan(path), hours=4500)
    hotspots.write_plan(half, path, earlier=path, note="half the grant")
    less = hotspots.allocate(hotspots.read_plan(path), hours=3000)
    hotspots.write_plan(less, tmp_path / "other.gpkg", earlier=path, note="a third")
    history = hotspots.read_history(tmp_path / "other.gpkg")
    assert history.plans["plan_number"].tolist() == [1, 2, 3]
    assert history.plans["note"].tolist() == ["", "half the grant", "a third"]
    assert history.plans["budget_hours"].tolist() == [9000.0, 4500.0, 3000.0]
    assert history.plans["plan_id"].is_unique
    assert len(set(history.plans["input_sha256"])) == 1
    assert history.plans["settings_sha256"].tolist() == [
        made.provenance["settings_sha256"] for made in (sample, half, less)
    ]
    for number, plan in ((1, sample), (2, half)):
        own = history.allocation[history.allocation["plan_number"] == number]
        wanted = plan.allocation.table[["hotspot_id", "visits", "officer_hours"]]
        pd.testing.assert_frame_equal(
            own.drop(columns="plan_number").reset_index(drop=True), wanted.reset_index(drop=True)
        )
    assert set(history.allocation["plan_number"]) == {1, 2}
    # the file that was read for it is as it was
    assert hotspots.read_history(path).plans["plan_number"].tolist() == [1, 2]


def test_the_same_plan_adds_nothing_to_the_history(tmp_path: Path) -> None:
    """Writing the plan that the file holds already changes its note at most."""
    path = hotspots.write_plan(small_plan(), tmp_path / "plan.gpkg", note="first")
    before = path.read_bytes()
    hotspots.write_plan(small_plan(), path, earlier=path)
    assert path.read_bytes() == before
    hotspots.write_plan(small_plan(), path, earlier=path, note="second")
    assert hotspots.read_history(path).plans["note"].tolist() == ["second"]


def test_without_an_earlier_plan_the_history_begins_anew(sample: Plan, tmp_path: Path) -> None:
    """A run again is the same file, whatever lay there before."""
    path = hotspots.write_plan(hotspots.allocate(sample, hours=3000), tmp_path / "plan.gpkg")
    hotspots.write_plan(sample, path)
    assert len(hotspots.read_history(path).plans) == 1


def changed(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement)
    return path


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    """A missing file, a folder, a text, a database, and layers of something else."""
    with pytest.raises(InputError, match=r"There is no plan .*none\.gpkg; give a plan\.gpkg"):
        hotspots.read_plan(tmp_path / "none.gpkg")
    with pytest.raises(InputError, match="There is no plan"):
        hotspots.read_plan(tmp_path)
    (tmp_path / "text.gpkg").write_text("no database", encoding="utf-8")
    with pytest.raises(InputError, match="is not a GeoPackage; give a plan"):
        hotspots.read_plan(tmp_path / "text.gpkg")
    (tmp_path / "empty.gpkg").touch()
    with pytest.raises(InputError, match="is not a GeoPackage"):
        hotspots.read_plan(tmp_path / "empty.gpkg")
    wards = gpd.GeoDataFrame({"ward": ["A"]}, geometry=gpd.points_from_xy([0], [0]), crs=27700)
    wards.to_file(tmp_path / "wards.gpkg", layer="wards")
    with pytest.raises(InputError, match="is not a plan: it has no table allocation, hotspots"):
        hotspots.read_plan(tmp_path / "wards.gpkg")


def test_an_earlier_version_says_what_it_lacks(tmp_path: Path) -> None:
    """A plan without what a later version keeps names it, and what to do."""
    path = hotspots.write_plan(small_plan(), tmp_path / "plan.gpkg")
    changed(path, "DROP TABLE density", "DROP TABLE plan", "DROP TABLE history")
    with pytest.raises(InputError, match=r"did not keep plan, density, history; run hotspots"):
        hotspots.read_plan(path)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("ALTER TABLE hotspots DROP COLUMN why", "hotspots of the plan .* has no column why"),
        ("DELETE FROM hotspots WHERE fid = 1", "hotspots and allocation differ, 'LDS-01' stands"),
        ("UPDATE hotspots SET hotspot_id = 'X'", "hotspots and allocation differ"),
        ("UPDATE settings SET value = '[' WHERE key = 'tasking.hours'", "is damaged"),
        ("UPDATE settings SET value = '-1' WHERE key = 'tasking.hours'", "settings of the plan"),
        ("UPDATE settings SET key = 'tasking.x' WHERE key = 'tasking.q'", "Use the version 0"),
        ("UPDATE density SET rows = 3", "is damaged .*bytes instead of"),
        ("UPDATE density_frames SET rows = 3", "is damaged .*bytes instead of"),
        ("UPDATE density_frames SET rows = 0", "is damaged .*no sensible size"),
        ("UPDATE density SET first_row = 9", "do not fit together"),
        ("DELETE FROM density", "is damaged"),
        ("DELETE FROM plan WHERE key = 'days'", "is damaged .the list plan lacks days"),
        ("UPDATE candidates SET geom = NULL WHERE fid = 2", "a row without a shape"),
        ("UPDATE candidates SET geom = x'4750' WHERE fid = 2", "a row without a shape|is damaged"),
        ("UPDATE alternatives SET keeps_bounds = 'no'", "keeps_bounds holds a value of another"),
        ("UPDATE allocation SET visits = 'many'", "column visits holds a value of another"),
    ],
)
def test_a_changed_plan_is_refused_in_one_line(statement: str, says: str, tmp_path: Path) -> None:
    """What somebody edited so that it no longer fits is named, with the file."""
    path = hotspots.write_plan(with_frame(small_plan()), tmp_path / "plan.gpkg")
    # GeoPackage triggers need functions of GDAL
    with closing(sqlite3.connect(path)) as database, database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute(statement)
    with pytest.raises(InputError, match=says) as refused:
        hotspots.read_plan(path)
    assert "\n" not in str(refused.value)
    assert "plan.gpkg" in str(refused.value)


def test_an_edited_history_is_refused(tmp_path: Path) -> None:
    """Plan numbers that do not count from 1 are named."""
    path = hotspots.write_plan(small_plan(), tmp_path / "plan.gpkg")
    changed(path, "UPDATE history SET plan_number = 7")
    with pytest.raises(InputError, match="does not count its plans from 1"):
        hotspots.read_history(path)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_read(data: st.DataObject, tmp_path: Path) -> None:
    """Cut off or overwritten anywhere, a plan is read or refused in one line, nothing else."""
    whole = tmp_path / "whole.gpkg"
    if not whole.exists():
        hotspots.write_plan(small_plan(), whole)
    content = bytearray(whole.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        del content[at:]
    else:
        junk = data.draw(st.binary(min_size=1, max_size=64))
        content[at : at + len(junk)] = junk
    (tmp_path / "plan.gpkg").write_bytes(content)
    try:
        said = hotspots.read_plan(tmp_path / "plan.gpkg").summary()
    except InputError as refused:
        said = str(refused)
    assert said
    assert "\n" not in said
