import csv
import hashlib
from importlib.resources import files
from io import BytesIO

import geopandas as gpd
import numpy as np
import pytest
import shapely

from hotspots.intake.district_codes import district_codes

BOUNDARIES = files("hotspots.data") / "boundaries"
LARGEST_OVERLAP_M2 = 1.0

HERTFORDSHIRE = {
    "Broxbourne",
    "Dacorum",
    "East Hertfordshire",
    "Hertsmere",
    "North Hertfordshire",
    "St Albans",
    "Stevenage",
    "Three Rivers",
    "Watford",
    "Welwyn Hatfield",
}

# Counted by hand: the districts and unitary authorities of each police area as they stood in 2011.
DISTRICTS_OF_FORCE = {
    "avon-and-somerset": 9,
    "bedfordshire": 3,
    "cambridgeshire": 6,
    "cheshire": 4,
    "city-of-london": 1,
    "cleveland": 4,
    "cumbria": 6,
    "derbyshire": 9,
    "devon-and-cornwall": 12,
    "dorset": 8,
    "durham": 2,
    "dyfed-powys": 4,
    "essex": 14,
    "gloucestershire": 6,
    "greater-manchester": 10,
    "gwent": 5,
    "hampshire": 14,
    "hertfordshire": 10,
    "humberside": 4,
    "kent": 13,
    "lancashire": 14,
    "leicestershire": 9,
    "lincolnshire": 7,
    "merseyside": 5,
    "metropolitan": 32,
    "norfolk": 7,
    "north-wales": 6,
    "north-yorkshire": 8,
    "northamptonshire": 7,
    "northumbria": 6,
    "nottinghamshire": 8,
    "south-wales": 7,
    "south-yorkshire": 4,
    "staffordshire": 9,
    "suffolk": 7,
    "surrey": 11,
    "sussex": 13,
    "thames-valley": 16,
    "warwickshire": 5,
    "west-mercia": 9,
    "west-midlands": 7,
    "west-yorkshire": 5,
    "wiltshire": 2,
}

# Water lies between these and the rest of their force.
ACROSS_WATER = {"Isle of Anglesey", "Isle of Wight", "Isles of Scilly", "Wirral"}


@pytest.fixture(scope="module")
def districts() -> gpd.GeoDataFrame:
    return gpd.read_file(BytesIO((BOUNDARIES / "districts.geojson").read_bytes()))


@pytest.fixture(scope="module")
def metric(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return districts.to_crs(27700).set_index("district")


def test_the_layer_has_348_districts_sorted_by_name(districts: gpd.GeoDataFrame) -> None:
    """The columns are the published ones, in longitude and latitude, one row a district."""
    assert len(districts) == 348
    assert list(districts.columns) == [
        "district_code",
        "district",
        "lad_code",
        "police_force",
        "police_force_name",
        "geometry",
    ]
    assert districts.crs.to_epsg() == 4326
    assert districts["district"].is_unique
    assert districts["district"].is_monotonic_increasing
    assert not districts.isna().any(axis=None)


def test_polygons_are_valid_and_wound_as_the_standard_says(districts: gpd.GeoDataFrame) -> None:
    """RFC 7946 wants outer rings anticlockwise, and coordinates have five decimals."""
    polygons = districts.geometry.to_numpy()
    assert shapely.is_valid(polygons).all()
    assert set(districts.geom_type) == {"Polygon", "MultiPolygon"}
    assert shapely.is_ccw(shapely.get_exterior_ring(shapely.get_parts(polygons))).all()
    coordinates = shapely.get_coordinates(polygons)
    np.testing.assert_array_equal(coordinates, coordinates.round(5))


def test_no_two_districts_overlap(metric: gpd.GeoDataFrame) -> None:
    """Neighbours share at most a square metre, the noise of the projection."""
    polygons = metric.geometry.to_numpy()
    left, right = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    pairs = left < right
    shared = shapely.intersection(polygons[left[pairs]], polygons[right[pairs]])
    assert shapely.area(shared).max() <= LARGEST_OVERLAP_M2


def test_there_are_no_gaps_between_districts(districts: gpd.GeoDataFrame) -> None:
    """Shared borders have the same vertices, and no hole opens inside England and Wales."""
    polygons = districts.geometry.to_numpy()
    assert shapely.coverage_is_valid(polygons)
    whole = shapely.get_parts(shapely.coverage_union_all(polygons))
    assert shapely.get_num_interior_rings(whole).sum() == 0


def test_the_only_hole_is_cambridge(metric: gpd.GeoDataFrame) -> None:
    """One district of 2011 lies wholly inside another: Cambridge in South Cambridgeshire."""
    holes = {
        name: shapely.polygons(ring)
        for name, polygon in metric.geometry.items()
        for part in shapely.get_parts(polygon)
        for ring in part.interiors
    }
    assert set(holes) == {"South Cambridgeshire"}
    cambridge = metric.geometry["Cambridge"]
    assert holes["South Cambridgeshire"].symmetric_difference(cambridge).area < LARGEST_OVERLAP_M2


def test_authority_codes_are_those_of_2011(metric: gpd.GeoDataFrame) -> None:
    """Each district has its own GSS code, St Albans the one from before its change of 2012."""
    codes = metric["lad_code"]
    assert codes.is_unique
    assert codes.str.fullmatch(r"(E06|E07|E08|E09|W06)\d{6}").all()
    assert codes.str.startswith("W06").sum() == 22
    assert codes["Watford"] == "E07000103"
    assert codes["St Albans"] == "E07000100"
    assert codes["Leeds"] == "E08000035"


def test_codes_follow_the_rule(districts: gpd.GeoDataFrame) -> None:
    """Codes are unique, come from the rule the product uses, and Watford is WAT."""
    codes = dict(zip(districts["district"], districts["district_code"], strict=True))
    assert districts["district_code"].is_unique
    assert districts["district_code"].str.fullmatch("[A-Z]{3}").all()
    assert codes["Watford"] == "WAT"
    assert codes == district_codes(codes)


def test_hertfordshire_has_its_ten_districts(districts: gpd.GeoDataFrame) -> None:
    """The ten districts of Hertfordshire are there by name, and no other."""
    of_force = districts.loc[districts["police_force"] == "hertfordshire"]
    assert set(of_force["district"]) == HERTFORDSHIRE
    assert set(of_force["police_force_name"]) == {"Hertfordshire"}


def test_the_43_forces_have_their_districts(districts: gpd.GeoDataFrame) -> None:
    """Each territorial force of England and Wales has as many districts as it had in 2011."""
    counts = districts["police_force"].value_counts().to_dict()
    assert len(DISTRICTS_OF_FORCE) == 43
    assert counts == DISTRICTS_OF_FORCE


@pytest.mark.parametrize(
    ("police_force", "names"),
    [
        ("city-of-london", {"City of London"}),
        ("west-yorkshire", {"Bradford", "Calderdale", "Kirklees", "Leeds", "Wakefield"}),
        ("merseyside", {"Knowsley", "Liverpool", "Sefton", "St. Helens", "Wirral"}),
        ("cheshire", {"Cheshire East", "Cheshire West and Chester", "Halton", "Warrington"}),
        ("gwent", {"Blaenau Gwent", "Caerphilly", "Monmouthshire", "Newport", "Torfaen"}),
        ("dyfed-powys", {"Carmarthenshire", "Ceredigion", "Pembrokeshire", "Powys"}),
        ("wiltshire", {"Swindon", "Wiltshire"}),
        ("durham", {"County Durham", "Darlington"}),
        ("bedfordshire", {"Bedford", "Central Bedfordshire", "Luton"}),
    ],
)
def test_forces_known_by_heart(
    districts: gpd.GeoDataFrame, police_force: str, names: set[str]
) -> None:
    """Forces of few districts have exactly these."""
    assert set(districts.loc[districts["police_force"] == police_force, "district"]) == names


@pytest.mark.parametrize(
    ("district", "police_force"),
    [
        ("Rutland", "leicestershire"),
        ("Peterborough", "cambridgeshire"),
        ("Milton Keynes", "thames-valley"),
        ("Southend-on-Sea", "essex"),
        ("Thurrock", "essex"),
        ("Medway", "kent"),
        ("Isle of Wight", "hampshire"),
        ("Isles of Scilly", "devon-and-cornwall"),
        ("York", "north-yorkshire"),
        ("North East Lincolnshire", "humberside"),
        ("Poole", "dorset"),
        ("Blackburn with Darwen", "lancashire"),
        ("Stoke-on-Trent", "staffordshire"),
        ("Telford and Wrekin", "west-mercia"),
        ("Herefordshire", "west-mercia"),
        ("Gateshead", "northumbria"),
        ("Craven", "north-yorkshire"),
        ("South Somerset", "avon-and-somerset"),
        ("The Vale of Glamorgan", "south-wales"),
        ("Broxbourne", "hertfordshire"),
        ("Spelthorne", "surrey"),
    ],
)
def test_awkward_districts_have_the_right_force(
    metric: gpd.GeoDataFrame, district: str, police_force: str
) -> None:
    """Unitary authorities and districts near another force's city belong where the law says."""
    assert metric.loc[district, "police_force"] == police_force


def test_districts_border_their_own_force(metric: gpd.GeoDataFrame) -> None:
    """The districts of a force form one piece of land, but for those that water cuts off."""
    for police_force, members in metric.drop(index=list(ACROSS_WATER)).groupby("police_force"):
        reached = {members.index[0]}
        while True:
            near = shapely.union_all(members.geometry[list(reached)].to_numpy())
            grown = set(members.index[members.intersects(near)])
            if grown == reached:
                break
            reached = grown
        assert reached == set(members.index), police_force


def test_the_table_of_forces_is_what_the_layer_holds(districts: gpd.GeoDataFrame) -> None:
    """police_forces.csv and districts.geojson say the same of each district."""
    text = (BOUNDARIES / "police_forces.csv").read_text(encoding="utf-8")
    columns = ["district", "lad_code", "police_force", "police_force_name"]
    table = [tuple(row[name] for name in columns) for row in csv.DictReader(text.splitlines())]
    assert table == list(districts[columns].itertuples(index=False, name=None))


# Hectares of their LSOAs in the 2011 Census, summed, in km2 (inland water is left out there).
@pytest.mark.parametrize(
    ("names", "area_km2"),
    [
        (["Watford"], 21.44),
        (["Stevenage"], 25.96),
        (["St Albans"], 161.15),
        (["Leeds"], 551.74),
        (["Bradford"], 366.39),
        (["Birmingham"], 267.84),
        (["Manchester"], 115.73),
        (["Bristol"], 109.61),
        (["Oxford"], 45.62),
        (["Cambridge"], 40.66),
        (["Norwich"], 39.07),
        (["Isle of Wight"], 380.14),
        (["Cornwall"], 3_546.20),
        (["Powys"], 5_180.40),
        (["Bradford", "Calderdale", "Kirklees", "Leeds", "Wakefield"], 2_029.20),
        (sorted(HERTFORDSHIRE), 1_643.06),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_areas_agree_with_published_figures(
    metric: gpd.GeoDataFrame, names: list[str], area_km2: float
) -> None:
    """Areas are within one per cent of those published with the 2011 Census."""
    assert metric.geometry[names].area.sum() / 1e6 == pytest.approx(area_km2, rel=0.01)


@pytest.mark.parametrize(
    ("lon", "lat", "district"),
    [
        (-0.3965, 51.6565, "Watford"),
        (-0.2020, 51.9038, "Stevenage"),
        (-0.3427, 51.7505, "St Albans"),
        (-0.2272, 51.7636, "Welwyn Hatfield"),
        (0.1594, 51.8716, "East Hertfordshire"),
        (-0.2834, 51.9475, "North Hertfordshire"),
        (-0.4696, 51.7537, "Dacorum"),
        (-0.2754, 51.6577, "Hertsmere"),
        (-0.4735, 51.6400, "Three Rivers"),
        (-0.0377, 51.7021, "Broxbourne"),
        (-0.1246, 51.5007, "Westminster"),
        (-0.0983, 51.5138, "City of London"),
        (-1.5490, 53.8000, "Leeds"),
        (-1.7520, 53.7920, "Bradford"),
        (-1.0820, 53.9620, "York"),
        (-2.5870, 51.4540, "Bristol"),
        (-3.1790, 51.4820, "Cardiff"),
        (1.2970, 52.6280, "Norwich"),
        (-5.0510, 50.2640, "Cornwall"),
    ],
)
def test_known_places_lie_in_their_district(
    districts: gpd.GeoDataFrame, lon: float, lat: float, district: str
) -> None:
    """Town centres, cathedrals and Big Ben fall in the district they are known to be in."""
    here = districts.loc[districts.contains(shapely.Point(lon, lat)), "district"]
    assert here.to_list() == [district]


def test_readme_states_the_checksum() -> None:
    """The checksum in the README is that of the file beside it."""
    checksum = hashlib.sha256((BOUNDARIES / "districts.geojson").read_bytes()).hexdigest()
    assert checksum in (BOUNDARIES / "README.md").read_text(encoding="utf-8")
