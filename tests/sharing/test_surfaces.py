"""Other surfaces hold the same plan: other programs read it back, and it is harmless."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from dataclasses import replace
from html import unescape
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pyproj
import pytest
import shapely

import hotspots
from hotspots import frames
from hotspots.cli import main
from hotspots.errors import InputError, OutputError, SettingsError
from hotspots.frames import Plan
from hotspots.settings import Audience
from hotspots.sharing.disclosure import for_audience
from hotspots.sharing.disclosure.columns import EMPTIED
from hotspots.sharing.files import clean_text
from hotspots.sharing.layers import COLUMNS
from hotspots.sharing.surfaces import ENDINGS
from hotspots.sharing.surfaces.shapefile import short_names

from .hostile import HOSTILE
from .plan_factory import small_plan, with_changes

WITHOUT_PNG = pytest.mark.skipif(
    importlib.util.find_spec("matplotlib") is None,
    reason="matplotlib is not installed: pip install 'hotspots-engine[png]'",
)
EVERY = [pytest.param(e, marks=WITHOUT_PNG) if e == ".png" else e for e in ENDINGS]
NAMESPACE = {"k": "http://www.opengis.net/kml/2.2"}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return with_changes(small_plan())


def written(plan: Plan, path: Path) -> Path:
    assert hotspots.export(plan, path) == path
    return path


def same_places(found: gpd.GeoDataFrame, wanted: gpd.GeoDataFrame) -> bool:
    """Whether shapes in degrees are those in metres, to the width of a hand along the border."""
    back = found.to_crs(wanted.crs).geometry
    off = back.symmetric_difference(wanted.geometry).area / wanted.length
    return bool((off < 0.1).all())


@pytest.mark.parametrize("ending", EVERY)
def test_the_same_plan_gives_the_same_bytes(plan: Plan, tmp_path: Path, ending: str) -> None:
    """Two writes are equal, the plan is as it was, and nothing else is left behind."""
    before = plan.hotspots.copy()
    first = written(plan, tmp_path / f"a{ending}").read_bytes()
    second = written(plan, tmp_path / f"b{ending}").read_bytes()
    assert first == second
    assert len(first) > 500
    pd.testing.assert_frame_equal(plan.hotspots, before)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a{ending}", f"b{ending}"]


def test_geojson_is_the_hotspots_in_degrees(plan: Plan, tmp_path: Path) -> None:
    """PROJ moves the same shapes to the same places; rings turn as RFC 7946 asks."""
    path = written(plan, tmp_path / "plan.geojson")
    found = gpd.read_file(path)
    wanted = plan.hotspots
    assert found.crs.to_epsg() == 4326
    assert found["hotspot_id"].tolist() == wanted["hotspot_id"].tolist()
    assert found["visits"].tolist() == [50, 30, 20]
    assert same_places(found, wanted)
    for shape in found.geometry:
        for polygon in shapely.get_parts(shape):
            assert shapely.is_ccw(polygon.exterior)
    said = json.loads(path.read_text("utf-8"))
    assert said["about"]["attribution"] == plan.provenance["attribution"]
    assert said["about"]["marking"] == "OFFICIAL"
    first = said["features"][0]
    assert list(first["properties"]) == frames.names(COLUMNS["hotspots"])
    assert first["properties"]["envelope_p"] is None
    assert first["id"] == "LDS-01"


def test_geoparquet_is_the_hotspots_as_they_are(plan: Plan, tmp_path: Path) -> None:
    """Geometry, CRS and every value come back exactly; the sources stand in the metadata."""
    path = written(plan, tmp_path / "plan.parquet")
    found = gpd.read_parquet(path)
    assert found.crs == plan.hotspots.crs
    assert found.geometry.geom_equals(plan.hotspots.geometry).all()
    columns = frames.names(COLUMNS["hotspots"])
    pd.testing.assert_frame_equal(
        pd.DataFrame(found[columns]), pd.DataFrame(plan.hotspots[columns]), check_exact=True
    )
    metadata = pq.read_schema(path).metadata
    assert json.loads(metadata[b"geo"])["primary_column"] == "geometry"
    said = json.loads(metadata[b"hotspots"])
    assert said["attribution"] == plan.provenance["attribution"]


def test_a_shapefile_has_short_names_and_what_they_mean(tmp_path: Path) -> None:
    """GDAL reads it from the zip; long text is cut there and whole in the table beside it."""
    long = "Kept by rank. " * 30
    path = written(small_plan(note=long), tmp_path / "plan.shp.zip")
    found = gpd.read_file(f"/vsizip/{path}/hotspots.shp")
    wanted = small_plan().hotspots
    assert found.crs.to_epsg() == 27700
    assert found["hours"].tolist() == wanted["officer_hours"].tolist()
    assert found.geometry.symmetric_difference(wanted.geometry).area.max() < 1e-6
    assert found["note"].iloc[0].endswith("...")
    assert len(found["note"].iloc[0].encode()) <= 254
    with zipfile.ZipFile(path) as archive:
        tables = {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in ("names.csv", "hotspots.csv")
        }
        readme = archive.read("README.txt").decode("utf-8-sig")
        assert {info.date_time for info in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        assert archive.read("hotspots.dbf")[1:4] == bytes([100, 1, 1])  # year - 1900, month, day
    assert tables["hotspots.csv"][0]["note"] == long
    names = {row["name"]: row["column"] for row in tables["names.csv"]}
    assert list(names) == found.columns.drop("geometry").tolist()
    assert list(names.values()) == frames.names(COLUMNS["hotspots"])
    assert "Open Government Licence" in readme


def test_short_names_are_short_and_each_once() -> None:
    """Every published column of the plan gets ten ASCII letters at most, none twice."""
    columns = {c.name for table in frames.TABLES.values() for c in table}
    names = short_names(sorted(columns)).values()
    assert len(set(names)) == len(columns)
    assert all(name.isascii() and len(name) <= 10 for name in names)


def test_csv_is_the_hotspots_and_text_stays_text(tmp_path: Path) -> None:
    """A formula is text behind an apostrophe; numbers, minus signs too, stay numbers."""
    plan = small_plan(name="=1+1", note=" @SUM(A1)")
    path = written(plan, tmp_path / "plan.csv")
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    assert [row["hotspot_id"] for row in rows] == ["LDS-01", "LDS-02", "BRD-01"]
    assert rows[0]["name"] == "'=1+1"
    assert rows[0]["note"] == "' @SUM(A1)"
    assert rows[1]["trend"] == "-0.2"
    assert rows[2]["gi_star"] == ""
    assert [float(row["officer_hours"]) for row in rows] == [37.5, 22.5, 15.0]


def test_kml_has_a_folder_for_each_layer(plan: Plan, tmp_path: Path) -> None:
    """Folders, styles that exist, and rings where PROJ puts them, longitude first."""
    path = written(plan, tmp_path / "plan.kml")
    root = ElementTree.parse(path).getroot()
    folders = {
        folder.findtext("k:name", namespaces=NAMESPACE): folder.findall("k:Placemark", NAMESPACE)
        for folder in root.iterfind(".//k:Folder", NAMESPACE)
    }
    sizes = {name: len(marks) for name, marks in folders.items()}
    assert sizes == {"Districts": 2, "Hotspots": 3, "Other candidates": 1, "Former hotspots": 1}
    styles = {style.get("id") for style in root.iterfind(".//k:Style", NAMESPACE)}
    used = {url.text for url in root.iterfind(".//k:styleUrl", NAMESPACE)}
    assert {f"#{style}" for style in styles} == used
    first = folders["Hotspots"][0]
    assert first.findtext("k:name", namespaces=NAMESPACE) == "1. Market Street"
    ring = first.findtext(".//k:coordinates", namespaces=NAMESPACE).split()
    points = np.array([[float(part) for part in point.split(",")] for point in ring])
    back = pyproj.Transformer.from_crs(4326, 27700, always_xy=True, only_best=False)
    x, y = back.transform(points[:, 0], points[:, 1])
    assert {(round(a, -1), round(b, -1)) for a, b in zip(x, y, strict=True)} == {
        (430200, 433200), (430500, 433200), (430500, 433500), (430200, 433500)
    }  # fmt: skip
    assert "37 officer-hours" in first.findtext("k:description", namespaces=NAMESPACE) or (
        "38 officer-hours" in first.findtext("k:description", namespaces=NAMESPACE)
    )


def test_gdal_reads_the_kml(plan: Plan, tmp_path: Path) -> None:
    """Another reader finds the folders as layers and the hotspots in them."""
    path = written(plan, tmp_path / "plan.kml")
    layers = {str(name) for name, _ in pyogrio.list_layers(path)}
    assert {"Districts", "Hotspots", "Other candidates"} <= layers
    found = gpd.read_file(path, layer="Hotspots")
    assert len(found) == 3
    assert same_places(found, plan.hotspots)


@pytest.mark.parametrize("audience", ["partner", "public"])
@pytest.mark.parametrize("ending", EVERY)
def test_an_edition_is_all_that_a_surface_holds(
    plan: Plan, tmp_path: Path, ending: str, audience: Audience
) -> None:
    """A surface for an audience is that of its edition, and does not hold what was taken out."""
    secret = "Kept by rank in"  # begins a sentence on why a hotspot was chosen
    source = replace(plan, targeting=replace(plan.targeting, choices=[]))
    path = tmp_path / f"plan{ending}"
    assert hotspots.export(source, path, audience) == path
    edition = for_audience(source, audience)
    assert path.read_bytes() == written(edition, tmp_path / f"edition{ending}").read_bytes()
    whole = path.read_bytes()
    if ending == ".shp.zip":
        with zipfile.ZipFile(path) as archive:
            whole = b"".join(map(archive.read, archive.namelist()))
    assert secret.encode() not in whole
    assert b"Far End" not in whole  # a candidate that was not selected
    if ending == ".csv":
        rows = pd.read_csv(path)
        assert rows[sorted(EMPTIED["hotspots"])].isna().all(axis=None)
    if ending in (".geojson", ".parquet"):
        table = gpd.read_parquet(path) if ending == ".parquet" else gpd.read_file(path)
        for name in sorted(EMPTIED["hotspots"] | EMPTIED["allocation"]):
            assert (table[name].isna() | (table[name].astype(str) == "")).all(), name


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("ending", [e for e in EVERY if e not in (".html", ".xlsx")])
def test_hostile_text_is_text_everywhere(text: str, ending: str, tmp_path: Path) -> None:
    """In every field of every surface: it is written, read again as that text, and runs nowhere."""
    plan = with_changes(
        small_plan(name=text, district=text, note=text, title=text, message=text, file_name=text),
        name=text,
    )
    path = written(plan, tmp_path / f"plan{ending}")
    clean = clean_text(text)
    if ending == ".geojson":
        assert json.loads(path.read_text("utf-8"))["features"][0]["properties"]["name"] == clean
    elif ending == ".parquet":
        assert gpd.read_parquet(path)["name"].iloc[0] == clean
    elif ending == ".shp.zip":
        with zipfile.ZipFile(path) as archive:
            table = archive.read("hotspots.csv").decode("utf-8-sig")
        (row, *_) = csv.DictReader(io.StringIO(table, newline=""))
        assert row["name"].removeprefix("'") == clean
    elif ending == ".csv":
        (row, *_) = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
        assert row["name"].removeprefix("'") == clean
        assert not row["name"].lstrip().startswith(("=", "+", "-", "@"))
    elif ending == ".kml":
        check_kml(path, clean)
    elif ending == ".svg":
        check_svg(path)
    else:
        assert path.read_bytes().startswith(b"\x89PNG")


def check_kml(path: Path, text: str) -> None:
    """Only elements of our own, and a description that is that text once HTML is read."""
    root = ElementTree.parse(path).getroot()
    assert all(
        element.tag.startswith("{http://www.opengis.net/kml/2.2}") for element in root.iter()
    )
    shown = [element.text or "" for element in root.iterfind(".//k:description", NAMESPACE)]
    for html in shown:
        assert set(html.split("<")[1:]) == set() or all(
            part.startswith("br>") for part in html.split("<")[1:]
        )
        assert "$[" not in html
    seen = "".join(filter(str.isprintable, text))
    said = ["".join(filter(str.isprintable, unescape(html.replace("<br>", "")))) for html in shown]
    assert any(seen in one for one in said)


def check_svg(path: Path) -> None:
    """Only marks of our own, no address and no handler of an event."""
    root = ElementTree.parse(path).getroot()
    kinds = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert kinds <= {"svg", "title", "desc", "path", "image", "text"}
    for element in root.iter():
        assert not any(name.lower().startswith("on") for name in element.attrib)
        assert element.get("href", "data:image/png").startswith("data:image/png")


def test_an_unknown_ending_names_the_known(plan: Plan, tmp_path: Path) -> None:
    """One line that says what can be had, and what to do about shapefiles and GeoPackages."""
    for name, says in (
        ("plan.pdf", r"known are \.html, \.svg"),
        ("plan", "does not say by its ending"),
        ("plan.shp", r"write it as \.shp\.zip"),
        ("plan.gpkg", r"hotspots\.write_plan writes it"),
        (".csv", "does not say by its ending"),
    ):
        with pytest.raises(SettingsError, match=says):
            hotspots.export(plan, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", EVERY)
def test_nothing_is_shared_without_its_source(plan: Plan, tmp_path: Path, ending: str) -> None:
    """Without attribution nothing is written; a missing folder is named."""
    with pytest.raises(InputError, match="nothing is shared without"):
        hotspots.export(replace(plan, provenance={}), tmp_path / f"plan{ending}")
    with pytest.raises(OutputError, match="there is no folder"):
        hotspots.export(plan, tmp_path / "nowhere" / f"plan{ending}")
    assert list(tmp_path.iterdir()) == []


def test_a_png_without_matplotlib_says_what_to_install(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line that names the extra, and the ending that needs nothing."""
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SettingsError, match=r"hotspots-engine\[png\].*or write a \.svg"):
        hotspots.export(plan, tmp_path / "plan.png")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", EVERY)
def test_a_plan_without_hotspots_is_a_file_without_any(ending: str, tmp_path: Path) -> None:
    """Nothing found is an empty layer of the same shape, not an error."""
    path = written(small_plan(empty=True), tmp_path / f"plan{ending}")
    if ending in (".geojson", ".parquet"):
        read = gpd.read_parquet if ending == ".parquet" else gpd.read_file
        assert len(read(path)) == 0


def test_the_command_line_writes_several(plan: Plan, tmp_path: Path, capsys) -> None:
    """One -o for each file; a wrong ending is said before anything is read or written."""
    source = hotspots.write_plan(plan, tmp_path / "plan.gpkg")
    one, two = tmp_path / "a.svg", tmp_path / "b.csv"
    assert main(["map", str(source), "-o", str(one), "-o", str(two)]) == 0
    assert str(two) in capsys.readouterr().out
    assert one.read_bytes() == written(plan, tmp_path / "c.svg").read_bytes()
    assert two.read_bytes() == written(plan, tmp_path / "d.csv").read_bytes()
    assert main(["map", str(tmp_path / "none.gpkg"), "-o", str(tmp_path / "x.pdf")]) == 2
    assert capsys.readouterr().err.startswith("hotspots: ")
    assert not (tmp_path / "x.pdf").exists()
