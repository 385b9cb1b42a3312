"""District boundaries: bundled, from files, in memory, and what is wrong with them."""

from __future__ import annotations

import json
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely

from hotspots import frames
from hotspots.errors import InputError
from hotspots.intake import read_districts
from hotspots.intake.assignment import assign
from hotspots.intake.districts import districts_fingerprint
from hotspots.settings import DistrictSettings

US_FOOT_M = 1200 / 3937
BOW_TIE = shapely.Polygon([(0, 0), (2000, 2000), (2000, 0), (0, 2000)])
CORNER = np.array([520_000, 220_000])


def layer(*shapes, names=None, crs=27700, column="district") -> gpd.GeoDataFrame:
    """Polygons beside each other in Hertfordshire, named A, B, C ..."""
    moved = [
        None if shape is None else shapely.transform(shape, lambda xy: xy + CORNER)
        for shape in shapes
    ]
    return gpd.GeoDataFrame(
        {column: list(names or "ABCDEF"[: len(shapes)])}, geometry=moved, crs=crs
    )


SQUARE = shapely.box(0, 0, 2000, 2000)
NEXT = shapely.box(2000, 0, 4000, 2000)


@pytest.mark.parametrize(
    ("which", "names"),
    [
        ("stevenage", ["Stevenage"]),
        ("Stevenage, Watford", ["Stevenage", "Watford"]),
        ("WATFORD,stevenage,Watford", ["Stevenage", "Watford"]),
        (" north   hertfordshire ", ["North Hertfordshire"]),
        ("north-hertfordshire", ["North Hertfordshire"]),
        ("Brighton & Hove", ["Brighton and Hove"]),
        ("City-of-London", ["City of London"]),
    ],
)
def test_districts_are_picked_by_name(which, names):
    """Whatever the case, the order, the hyphens and the blanks."""
    assert read_districts(which)["district"].tolist() == names


def test_a_force_stands_for_its_districts():
    """The ten districts of Hertfordshire, and with Bedford of another force eleven."""
    herts = read_districts("hertfordshire")
    assert len(herts) == 10
    assert set(herts["police_force"].str.casefold()) == {"hertfordshire"}
    mixed = read_districts("Bedford, HERTFORDSHIRE, Watford")
    assert set(mixed["district"]) == {*herts["district"], "Bedford"}
    assert mixed["district"].is_monotonic_increasing


def test_a_long_list_of_names_is_no_path():
    """Forty names are longer than any file name may be."""
    which = ", ".join(["Stevenage", "Watford"] * 20)
    assert len(which) > 300
    assert read_districts(which)["district"].tolist() == ["Stevenage", "Watford"]


@pytest.mark.parametrize(
    ("which", "near"),
    [
        ("hertfordshier", "hertfordshire"),
        ("Stevnage, Watford", "Stevenage"),
        ("west yorkshir", "west-yorkshire"),
        ("Qqqqqqq", "give a police force"),
        (" , ", "No district is named"),
    ],
)
def test_an_unknown_name_offers_the_nearest(which, near):
    """A slip of the pen finds its way back."""
    with pytest.raises(InputError, match=near):
        read_districts(which)


def test_columns_are_the_published_ones():
    """Columns, kinds, unique codes of three, areas as geopandas measures them."""
    found = read_districts("hertfordshire")
    # incidents are counted later, in targeting
    published = [column.name for column in frames.DISTRICTS if column.name != "incidents"]
    assert found.columns.tolist() == [*published, "geometry"]
    assert found.crs == "EPSG:27700"
    assert found["district_code"].is_unique
    assert set(found["district_code"].str.len()) == {3}
    np.testing.assert_allclose(found["area_km2"], found.area / 1e6)
    # the county is published as 1,643 km2
    assert found["area_km2"].sum() == pytest.approx(1643, rel=0.005)


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".shp", ".kml", ".parquet", ".fgb"])
def test_a_file_of_any_format_gives_the_same_districts(suffix, tmp_path):
    """Two squares of 4 km2, named in a column of another name among other texts."""
    table = layer(SQUARE, NEXT, names=["West", "East"], column="town").assign(remark="none")
    path = tmp_path / f"districts{suffix}"
    if suffix == ".parquet":
        table.to_parquet(path)
    elif suffix in (".kml", ".geojson"):
        table.to_crs(4326).to_file(path, driver="LIBKML" if suffix == ".kml" else None)
    else:
        table.to_file(path)
    found = read_districts(path, DistrictSettings(name_column="town"))
    assert found["district"].tolist() == ["East", "West"]
    np.testing.assert_allclose(found["area_km2"], 4, rtol=1e-5)
    assert found.crs == "EPSG:27700"
    for got, meant in zip(found.geometry, [table.geometry[1], table.geometry[0]], strict=True):
        assert got.symmetric_difference(meant).area < 4e6 * 1e-4


def test_a_zipped_shapefile_is_read(tmp_path):
    """As boundary files are often downloaded."""
    layer(SQUARE).to_file(tmp_path / "one.shp")
    with zipfile.ZipFile(tmp_path / "one.zip", "w") as archive:
        for part in tmp_path.glob("one.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    assert read_districts(tmp_path / "one.zip")["district"].tolist() == ["A"]


def test_a_layer_in_us_feet_is_measured_in_metres():
    """A mile square on the New York state plane is 1.609347 km squared, 2.589998 km2."""
    x, y, mile = 990_000, 200_000, 5280
    table = gpd.GeoDataFrame(
        {"name": ["Mile"]}, geometry=[shapely.box(x, y, x + mile, y + mile)], crs=2263
    )
    found = read_districts(table)
    assert found.crs == "EPSG:32618"
    true_km2 = (mile * US_FOOT_M / 1000) ** 2
    # the state plane and UTM scale lengths by less than 0.0005 here
    assert found["area_km2"].iloc[0] == pytest.approx(true_km2, rel=0.001)


def test_outside_great_britain_the_utm_zone_is_used():
    """Paris lies in zone 31 north, Sydney in zone 56 south."""
    for (x, y), crs in {(2.35, 48.85): "EPSG:32631", (151.2, -33.87): "EPSG:32756"}.items():
        table = gpd.GeoDataFrame(
            {"name": ["here"]}, geometry=[shapely.box(x, y, x + 0.1, y + 0.1)], crs=4326
        )
        assert read_districts(table).crs == crs


def test_a_working_crs_may_be_named():
    """In metres it is used, in degrees or Web Mercator it is refused."""
    named = read_districts(layer(SQUARE), DistrictSettings(crs="EPSG:32630"))
    assert named.crs == "EPSG:32630"
    for wrong in ("EPSG:4326", "EPSG:3857", "EPSG:2263", "nonsense"):
        with pytest.raises(InputError, match="CRS"):
            read_districts("stevenage", DistrictSettings(crs=wrong))


def test_parts_of_one_name_are_one_district():
    """Two squares called A are one district of 8 km2."""
    found = read_districts(layer(SQUARE, NEXT, names="AA"))
    assert found["district"].tolist() == ["A"]
    assert found["area_km2"].tolist() == pytest.approx([8.0])


def test_the_order_of_districts_does_not_matter():
    """Rows come back in order of name."""
    one = read_districts(layer(SQUARE, NEXT, names="BA"))
    other = read_districts(layer(NEXT, SQUARE, names="AB"))
    assert one.drop(columns="geometry").equals(other.drop(columns="geometry"))
    assert all(a.equals(b) for a, b in zip(one.geometry, other.geometry, strict=True))


def test_names_may_stand_in_a_column_with_a_published_name():
    """A column of codes as names still gives codes of three letters."""
    table = layer(SQUARE, names=["E07000243"], column="district_code")
    found = read_districts(table, DistrictSettings(name_column="district_code"))
    assert found["district"].tolist() == ["E07000243"]
    assert len(found["district_code"].iloc[0]) == 3


def test_a_bow_tie_is_refused_and_can_be_repaired():
    """Of a bow tie in a 2 km square two triangles of 1 km2 each remain."""
    with pytest.raises(InputError, match=r"1 invalid polygons, first 'A'.*--repair-districts"):
        read_districts(layer(BOW_TIE))
    mended = read_districts(layer(BOW_TIE), DistrictSettings(repair=True))
    assert mended["area_km2"].tolist() == pytest.approx([2.0])
    assert shapely.is_valid(mended.geometry.to_numpy()).all()


def test_a_polygon_without_area_cannot_be_repaired():
    """A polygon that goes there and back has nothing inside."""
    flat = shapely.Polygon([(0, 0), (1000, 0), (0, 0), (0, 0)])
    with pytest.raises(InputError, match=r"not a polygon|no area"):
        read_districts(layer(flat), DistrictSettings(repair=True))


def test_districts_that_overlap_are_refused():
    """Half of the smaller one lies in the other: 2 km2; a shared sliver is let pass."""
    half = shapely.box(1000, 0, 3000, 2000)
    with pytest.raises(InputError, match="'A' and 'B' overlap by 2 km"):
        read_districts(layer(SQUARE, half))
    sliver = shapely.box(1999, 0, 3999, 2000)
    assert len(read_districts(layer(SQUARE, sliver))) == 2


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (layer(SQUARE, crs=None), "has no CRS"),
        (layer(SQUARE, NEXT, names=["A", ""]), "row 2 has no 'district'"),
        (layer(SQUARE, NEXT, names=["A", None]), "row 2 has no 'district'"),
        (layer(SQUARE.boundary), "'A' .row 1. is LineString, not a polygon"),
        (layer(SQUARE, shapely.Point(1, 1)), "'B' .row 2. is Point, not a polygon"),
        (layer(SQUARE, None), "'B' .row 2. is nothing, not a polygon"),
        (layer(SQUARE, shapely.Polygon()), "'B' .row 2. is Polygon, not a polygon|empty"),
        (layer(SQUARE).iloc[:0], "holds no district"),
        (layer(SQUARE, crs=4326), "do not fit its CRS"),
        (layer(SQUARE).drop(columns="district"), "Which column .* found: none"),
        (layer(SQUARE).rename(columns={"district": "a"}).assign(b="x"), "Give --name-column"),
    ],
    ids=["no crs", "blank", "none", "line", "point", "nothing", "empty polygon", "no rows",
         "metres as degrees", "no column", "two columns"],
)  # fmt: skip
def test_a_layer_that_cannot_be_used_says_why(table, words):
    """Each in one line, with the row or the columns found."""
    with pytest.raises(InputError, match=words) as caught:
        read_districts(table)
    assert "\n" not in str(caught.value)


def test_a_missing_name_column_lists_those_found():
    """The message names what there is."""
    with pytest.raises(InputError, match=r"no column 'town' for names; found: district\."):
        read_districts(layer(SQUARE), DistrictSettings(name_column="town"))


def test_a_geojson_without_a_polygon_is_refused(tmp_path):
    """An empty collection, an empty file, text, and no file at all."""
    empty = tmp_path / "empty.geojson"
    empty.write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    (tmp_path / "zero.gpkg").write_bytes(b"")
    (tmp_path / "text.geojson").write_text("hello")
    (tmp_path / "plain.parquet").write_bytes(b"PAR1 but no more")
    for name in ("empty.geojson", "zero.gpkg", "text.geojson", "plain.parquet", "none.shp"):
        with pytest.raises(InputError, match=name):
            read_districts(tmp_path / name)


def test_a_position_belongs_to_the_district_that_geopandas_joins():
    """Ten thousand positions, joined by geopandas and by us; a shared border to the first."""
    found = read_districts("hertfordshire")
    random = np.random.default_rng(3)
    west, south, east, north = found.total_bounds
    x, y = random.uniform(west, east, 10_000), random.uniform(south, north, 10_000)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=found.crs)
    joined = points.sjoin(found[["geometry"]], how="left", predicate="within")
    expected = joined["index_right"].fillna(-1).to_numpy(dtype=int)
    np.testing.assert_array_equal(assign(x, y, found), expected)
    squares = read_districts(layer(SQUARE, NEXT))
    assert assign([522_000.0], [220_005.0], squares).tolist() == [0]


def test_the_fingerprint_tells_files_from_the_bundled_layer(tmp_path):
    """A file has its own checksum, the bundled layer its one, a table in memory none."""
    import hashlib

    path = tmp_path / "a.geojson"
    layer(SQUARE).to_crs(4326).to_file(path)
    own = districts_fingerprint(path)
    assert (own["name"], own["bundled"]) == ("a.geojson", False)
    assert own["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert districts_fingerprint("watford")["bundled"]
    assert districts_fingerprint(layer(SQUARE))["sha256"] is None
