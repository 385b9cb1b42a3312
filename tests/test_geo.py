"""Coordinates at the border: the working CRS, pinned transformations, published positions."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer

from hotspots import threads
from hotspots.errors import InputError
from hotspots.geo import Projection, check_metres, crs_name, reproject, working_crs

#: Ordnance Survey, OSTN15 test points: latitude, longitude (ETRS89), easting, northing; and the
#: trigonometry example of the guide to coordinate systems (TG 51409 13177).
PUBLISHED = {
    "TP01 St Mary's": (49.92226393730, -6.29977752014, 91492.146, 11318.804),
    "TP02 Lizard": (49.96006137820, -5.20304609998, 170370.718, 11572.405),
    "TP03 Plymouth": (50.43885825610, -4.10864563561, 250359.811, 62016.569),
    "TP10 Carmarthen": (51.858908964, -4.3085247696, 241124.584, 220332.641),
    "TP20 Horsforth": (53.8002151963, -1.66379168242, 422242.186, 433818.701),
    "Caister water tower": (52.657978, 1.716053, 651409, 313177),
}


@pytest.mark.parametrize("place", PUBLISHED)
def test_published_positions_come_out_within_five_metres(place):
    """Longitude and latitude to the National Grid, and back to a hundred-thousandth degree."""
    latitude, longitude, easting, northing = PUBLISHED[place]
    x, y = Projection("EPSG:4326", "EPSG:27700").transform([longitude], [latitude])
    assert np.hypot(x[0] - easting, y[0] - northing) < 5
    back_x, back_y = Projection("EPSG:27700", "EPSG:4326").transform(x, y)
    assert (back_x[0], back_y[0]) == pytest.approx((longitude, latitude), abs=1e-5)


@pytest.mark.parametrize(
    ("longitude", "latitude", "crs"),
    [
        (-0.1276, 51.5072, "EPSG:27700"),  # London
        (-3.1883, 55.9533, "EPSG:27700"),  # Edinburgh
        (-3.1791, 51.4816, "EPSG:27700"),  # Cardiff
        (-5.54, 50.12, "EPSG:27700"),  # Penzance
        (-6.29, 49.92, "EPSG:27700"),  # Scilly
        (-1.14, 60.15, "EPSG:27700"),  # Lerwick
        (-6.39, 58.21, "EPSG:27700"),  # Stornoway
        (1.75, 52.48, "EPSG:27700"),  # Lowestoft
        (1.31, 51.13, "EPSG:27700"),  # Dover
        (-4.63, 53.31, "EPSG:27700"),  # Holyhead
        (1.85, 50.95, "EPSG:32631"),  # Calais
        (2.3522, 48.8566, "EPSG:32631"),  # Paris
        (-1.62, 49.64, "EPSG:32630"),  # Cherbourg
        (-6.2603, 53.3498, "EPSG:32629"),  # Dublin
        (-5.93, 54.6, "EPSG:32630"),  # Belfast
        (4.9, 52.37, "EPSG:32631"),  # Amsterdam
        (-79.38, 43.65, "EPSG:32617"),  # Toronto
        (-43.2, -22.9, "EPSG:32723"),  # Rio de Janeiro
        (151.2, -33.87, "EPSG:32756"),  # Sydney
        (179.99, -17.0, "EPSG:32760"),  # east of Fiji
        (180.0, 10.0, "EPSG:32601"),
        (-180.0, 10.0, "EPSG:32601"),
        (0.0, 0.0, "EPSG:32631"),
    ],
)
def test_the_working_crs_of_known_places(longitude, latitude, crs):
    """British National Grid on the island, the UTM zone of the map series elsewhere."""
    assert working_crs(longitude, latitude) == crs


@settings(deadline=None)
@given(st.floats(-180, 179.999), st.floats(-80, 84))
def test_the_utm_zone_is_that_of_the_position(longitude, latitude):
    """A position lies within three degrees of the meridian of its zone, in its hemisphere."""
    name = working_crs(longitude, latitude)
    if name == "EPSG:27700":
        return
    zone = CRS(name).utm_zone
    assert abs(longitude - (int(zone[:-1]) * 6 - 183)) < 3 + 1e-9
    assert zone[-1] == ("S" if latitude < 0 else "N")


@settings(deadline=None, max_examples=50)
@given(st.floats(-3, 1), st.floats(51, 54), st.floats(0, 360), st.floats(10, 5000))
def test_grid_distances_are_ground_distances(longitude, latitude, azimuth, metres):
    """Against the geodesic: the National Grid's scale error is below 0.07 % here."""
    east, north, _ = Geod(ellps="WGS84").fwd(longitude, latitude, azimuth, metres)
    x, y = Projection("EPSG:4326", "EPSG:27700").transform([longitude, east], [latitude, north])
    assert np.hypot(*np.ptp([x, y], axis=1)) == pytest.approx(metres, rel=7e-4)


def test_a_projection_names_itself_and_its_accuracy():
    """One operation for all points, told with the metres it claims."""
    projection = Projection("EPSG:4326", "EPSG:27700")
    assert "OSGB36" in projection.description
    assert 0 < projection.accuracy_m <= 5
    x, y = projection.transform([np.inf, -0.2], [51.9, 51.9])
    assert not np.isfinite(x[0])
    assert np.isfinite([x[1], y[1]]).all()


def test_no_transformation_is_told():
    """A building site's own grid has no place on Earth."""
    site = 'LOCAL_CS["site",UNIT["metre",1]]'
    with pytest.raises(InputError, match="transformation"):
        Projection(site, "EPSG:27700")


@pytest.mark.parametrize("crs", ["EPSG:27700", "EPSG:32617", "EPSG:2154"])
def test_true_metres_pass(crs):
    """National grids and UTM."""
    assert check_metres(crs) == crs


@pytest.mark.parametrize(
    "crs", ["EPSG:4326", "EPSG:4258", "EPSG:3857", "EPSG:2263", "EPSG:4978", "EPSG:3395"]
)
def test_degrees_feet_and_mercator_do_not_pass(crs):
    """None of them measures metres on the ground."""
    with pytest.raises(InputError, match="projected CRS in metres"):
        check_metres(crs)


def test_a_crs_is_named_by_its_code_where_it_has_one():
    """Numbers, codes, pyproj objects and WKT of a known CRS have one name."""
    for given_crs in (27700, "epsg:27700", CRS(27700), CRS(27700).to_wkt()):
        assert crs_name(given_crs) == "EPSG:27700"
    own = CRS("+proj=tmerc +lat_0=10 +lon_0=20 +k=1 +x_0=5 +y_0=6 +ellps=GRS80 +units=m")
    assert CRS(crs_name(own)) == own
    with pytest.raises(InputError, match="'nonsense' is not a CRS"):
        crs_name("nonsense")


def test_reprojection_agrees_with_pyproj_and_keeps_the_table():
    """Columns, index and the argument stay; vertices are where pyproj puts them."""
    square = shapely.box(-0.25, 51.8, -0.15, 51.9)
    table = gpd.GeoDataFrame({"a": [7]}, geometry=[square], crs=4326, index=["row"])
    moved = reproject(table, "EPSG:32630")
    forward = Transformer.from_crs(4326, 32630, always_xy=True)
    expected = np.column_stack(forward.transform(*shapely.get_coordinates(square).T))
    np.testing.assert_allclose(moved.get_coordinates().to_numpy(), expected, atol=1e-6)
    assert moved.crs == "EPSG:32630"
    assert moved.index.tolist() == ["row"]
    assert moved["a"].tolist() == [7]
    assert table.crs == "EPSG:4326"
    assert reproject(table, "EPSG:4326").geometry.iloc[0].equals(square)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("EPSG:4326", "EPSG:27700"),
        ("EPSG:27700", "EPSG:4326"),
        ("EPSG:27700", "EPSG:27700"),
        ("EPSG:4326", "EPSG:32617"),
        ("EPSG:2263", "EPSG:32618"),
        ("EPSG:4258", "EPSG:25832"),
    ],
)
def test_threads_transform_to_the_bit(source, target, monkeypatch):
    """Positions shared out to three threads come out as in one, with those that have no image."""
    wide = (-1, 10) if CRS(source).is_geographic else (100_000, 400_000)
    x, y = np.random.default_rng(2).uniform(*wide, (2, 1_000))
    y[7], y[8] = np.inf, np.nan
    once = Projection(source, target).transform(x, y)
    monkeypatch.setattr(threads, "_FEWEST", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    shared = Projection(source, target).transform(x, y)
    np.testing.assert_array_equal(shared, once)
