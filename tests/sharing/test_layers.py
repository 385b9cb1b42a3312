"""The GeoPackage gives the plan back, opens styled, and is the same file twice."""

from __future__ import annotations

import json
import re
import sqlite3
import xml.etree.ElementTree as ElementTree
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from hotspots import frames
from hotspots.errors import InputError, OutputError
from hotspots.settings import Settings
from hotspots.sharing.layers import write_geopackage

from .plan_factory import HOSTILE, small_plan, with_changes


def read(path: Path, layer: str) -> gpd.GeoDataFrame:
    return gpd.read_file(path, layer=layer)


@pytest.mark.parametrize("layer", ["districts", "hotspots", "candidates"])
def test_layers_come_back_equal(tmp_path: Path, layer: str) -> None:
    """Geometry, CRS, columns, kinds and values of each layer are those of the plan."""
    plan = small_plan()
    wanted = plan.hotspots if layer == "hotspots" else getattr(plan.targeting, layer)
    found = read(write_geopackage(plan, tmp_path / "plan.gpkg"), layer)
    assert found.crs == wanted.crs
    assert found.crs.to_epsg() == 27700
    assert set(found.geom_type) == {"MultiPolygon"}
    assert found.geometry.geom_equals(wanted.geometry).all()
    assert list(found.columns) == [*wanted.columns.drop("geometry"), "geometry"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(found.drop(columns="geometry")), pd.DataFrame(wanted.drop(columns="geometry"))
    )


@pytest.mark.parametrize("table", ["allocation", "alternatives", "budget_curve"])
def test_tables_come_back_equal(tmp_path: Path, table: str) -> None:
    """The tables without geometry have the published columns, kinds and values."""
    plan = small_plan()
    wanted = getattr(plan.allocation, "table" if table == "allocation" else table)
    found = read(write_geopackage(plan, tmp_path / "plan.gpkg"), table)
    assert list(found.columns) == frames.names(frames.TABLES[table])
    pd.testing.assert_frame_equal(pd.DataFrame(found), wanted)


def test_settings_can_be_read_back(tmp_path: Path) -> None:
    """The dotted keys and JSON values rebuild exactly the settings of the plan."""
    plan = small_plan()
    table = read(write_geopackage(plan, tmp_path / "plan.gpkg"), "settings")
    tree: dict[str, dict[str, object]] = {}
    for key, value in zip(table["key"], table["value"], strict=True):
        room, _, name = key.partition(".")
        tree.setdefault(room, {})[name] = json.loads(value)
    assert Settings.from_dict(tree) == plan.settings


def test_lists_say_what_the_plan_says(tmp_path: Path) -> None:
    """Choices, quality, provenance and messages are all there."""
    plan = small_plan()
    path = write_geopackage(plan, tmp_path / "plan.gpkg")
    provenance = read(path, "provenance")
    values = dict(zip(provenance["key"], map(json.loads, provenance["value"]), strict=True))
    assert values == plan.provenance
    assert read(path, "choices")["rule"].tolist() == ["Market Street", "asked for"]
    quality = dict(read(path, "quality").itertuples(index=False))
    assert quality["rows_read"] == "250"
    assert quality["left_out.no coordinates"] == "30"
    assert quality["facts.unknown"] == "null"
    assert read(path, "messages")["room"].tolist() == ["targeting", "tasking"]


def test_two_writes_are_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock leaves no trace: GDAL's own time setting changes no byte and stays as it was."""
    key = "OGR_CURRENT_DATE"
    first = write_geopackage(small_plan(), tmp_path / "a.gpkg").read_bytes()
    assert pyogrio.get_gdal_config_option(key) is None
    pyogrio.set_gdal_config_options({key: "2031-05-06T07:08:09.000Z"})
    try:
        second = write_geopackage(small_plan(), tmp_path / "b.gpkg").read_bytes()
        assert pyogrio.get_gdal_config_option(key) == "2031-05-06T07:08:09.000Z"
    finally:
        pyogrio.set_gdal_config_options({key: None})
    assert first == second
    times = set(re.findall(rb"\d{4}-\d\d-\d\d[T ]\d\d:[\d:.]*Z?", first))
    assert times == {b"2000-01-01T00:00:00.000Z"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_unchanged(tmp_path: Path, text: str) -> None:
    """Text of a stranger stays that text in every layer, table and list."""
    plan = small_plan(
        name=text, district=text, note=text, title=text, message=text, file_name=text, reason=text
    )
    path = write_geopackage(plan, tmp_path / "plan.gpkg")
    for layer in ("districts", "hotspots", "candidates", "allocation"):
        assert read(path, layer)["district"].iloc[0] == text
    assert read(path, "hotspots")["note"].iloc[0] == text
    assert read(path, "choices")["rule"].iloc[0] == text
    assert read(path, "messages")["message"].tolist() == [text, text]
    quality = dict(read(path, "quality").itertuples(index=False))
    assert quality[f"left_out.{text}"] == "30"
    assert json.loads(quality["files"])[0]["name"] == text


def test_what_the_format_cannot_hold_is_left_out(tmp_path: Path) -> None:
    """NUL does not cut the text short, and half a character does not stop the writing."""
    path = write_geopackage(
        small_plan(name="High\x00 Street", message="half \udcff"), tmp_path / "plan.gpkg"
    )
    assert read(path, "hotspots")["name"].iloc[0] == "High Street"
    assert read(path, "messages")["message"].iloc[0] == "half \ufffd"


def test_a_plan_without_hotspots_keeps_its_columns(tmp_path: Path) -> None:
    """Nothing found is a layer of the same shape without rows."""
    path = write_geopackage(small_plan(empty=True), tmp_path / "plan.gpkg")
    full = read(write_geopackage(small_plan(), tmp_path / "full.gpkg"), "hotspots")
    found = read(path, "hotspots")
    assert len(found) == 0
    assert list(found.columns) == list(full.columns)
    assert found["visits"].dtype == full["visits"].dtype
    assert found.crs == full.crs


def test_styles_are_valid_and_name_real_columns(tmp_path: Path) -> None:
    """Each spatial layer has a default style, well formed, that names columns and values it has."""
    path = write_geopackage(with_changes(small_plan()), tmp_path / "plan.gpkg")
    with closing(sqlite3.connect(path)) as database:
        styles = database.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault, update_time "
            "FROM layer_styles ORDER BY id"
        ).fetchall()
        geometry = dict(
            database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns")
        )
    assert {name: column for name, column, *_ in styles} == geometry
    labels, told_apart = {}, {}
    for name, _, qml, default, time in styles:
        root = ElementTree.fromstring(qml)
        assert default == 1
        assert time == "2000-01-01T00:00:00.000Z"
        layers = root.findall("renderer-v2/symbols/symbol/layer")
        assert {layer.get("class") for layer in layers} == {"SimpleFill"}
        label = root.find("labeling/settings/text-style")
        assert (root.get("labelsEnabled") == "1") == (label is not None)
        if label is not None:
            labels[name] = label.get("fieldName")
            assert labels[name] in read(path, name).columns
        if column := root.find("renderer-v2").get("attr"):
            told_apart[name] = column
            values = {c.get("value") for c in root.iterfind("renderer-v2/categories/category")}
            shown = read(path, name).dropna(subset="geometry")[column]
            assert set(shown.astype(str)) <= values
            assert len(layers) == len(values)
    assert labels == {"districts": "district", "hotspots": "hotspot_id"}
    assert told_apart == {"density_contours": "class", "changes": "change"}


def test_the_file_is_a_sound_geopackage(tmp_path: Path) -> None:
    """SQLite finds no damage, and every table is registered with its kind and column meanings."""
    path = write_geopackage(small_plan(), tmp_path / "plan.gpkg")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        kinds = dict(database.execute("SELECT table_name, data_type FROM gpkg_contents"))
        described = set(database.execute("SELECT table_name, column_name FROM gpkg_data_columns"))
    spatial = {name for name, kind in kinds.items() if kind == "features"}
    assert spatial == {"districts", "hotspots", "candidates", "density_contours"}
    assert set(kinds) - spatial == {
        *("allocation", "alternatives", "budget_curve", "settings", "choices"),
        *("quality", "provenance", "messages", "layer_styles"),
        *("plan", "density", "history", "history_allocation"),
    }
    for layer in ("hotspots", "allocation"):
        columns = read(path, layer).columns.drop("geometry", errors="ignore")
        assert {(layer, column) for column in columns} <= described


def test_the_plan_is_not_changed(tmp_path: Path) -> None:
    """Writing leaves the tables as they were."""
    plan, same = small_plan(), small_plan()
    write_geopackage(plan, tmp_path / "plan.gpkg")
    pd.testing.assert_frame_equal(plan.targeting.candidates, same.targeting.candidates)
    pd.testing.assert_frame_equal(plan.allocation.table, same.allocation.table)


def test_a_missing_column_is_named_and_the_old_file_stays(tmp_path: Path) -> None:
    """A table without a published column is refused, and the former plan is untouched."""
    plan, path = small_plan(), tmp_path / "plan.gpkg"
    before = write_geopackage(plan, path).read_bytes()
    curve = plan.allocation.budget_curve.drop(columns="budget_share")
    broken = replace(plan, allocation=replace(plan.allocation, budget_curve=curve))
    with pytest.raises(InputError, match="budget_curve has no column budget_share"):
        write_geopackage(broken, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_plan_must_say_where_it_comes_from(tmp_path: Path) -> None:
    """Without attribution nothing is written; a missing folder is named."""
    with pytest.raises(InputError, match="nothing is shared without"):
        write_geopackage(replace(small_plan(), provenance={}), tmp_path / "plan.gpkg")
    with pytest.raises(OutputError, match="there is no folder"):
        write_geopackage(small_plan(), tmp_path / "nowhere" / "plan.gpkg")
    assert list(tmp_path.iterdir()) == []


def test_changes_are_a_layer_of_what_is_and_what_was(tmp_path: Path) -> None:
    """Beside an earlier plan all changes are a layer: the outlines now, and of what left then."""
    plan = with_changes(small_plan(), name=HOSTILE[0])
    path = write_geopackage(plan, tmp_path / "plan.gpkg")
    layer = read(path, "changes")
    assert list(layer.columns) == [*frames.names(frames.CHANGES), "geometry"]
    assert layer["change"].tolist() == ["entered", "entered", "remained", "left", "left earlier"]
    assert layer["overlap_share"].dropna().tolist() == [0.75]
    assert layer["previous_id"].tolist() == ["", "", "BRD-01", "LDS-07", "LDS-03"]
    assert layer["name"].tolist()[3:] == [HOSTILE[0]] * 2
    assert layer.geometry.iloc[3].geoms[0].equals(plan.targeting.changes.geometry.iloc[3])
    assert layer.geometry.iloc[4] is None
    with closing(sqlite3.connect(path)) as database:
        styled = {row[0] for row in database.execute("SELECT f_table_name FROM layer_styles")}
        described = {row[0] for row in database.execute("SELECT table_name FROM gpkg_data_columns")}
    assert "changes" in styled & described
    again = write_geopackage(plan, tmp_path / "again.gpkg")
    assert again.read_bytes() == path.read_bytes()
    without = write_geopackage(small_plan(), tmp_path / "without.gpkg")
    assert "changes" not in {name for name, _ in pyogrio.list_layers(without)}
