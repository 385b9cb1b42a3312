"""Make the sample of incidents from the street files of data.police.uk.

Run ``python data/sample/make_sample.py [WHEEL_OR_FOLDER]``; without an argument the wheel that
carries the files is downloaded from PyPI.
"""

import argparse
import csv
import io
import zipfile
from pathlib import Path

from hotspots.data.source_wheel import sha256, source_wheel

REQUIREMENT = "crime-sim-toolkit==1.5.0"
WHEEL_SHA256 = "d56d6ee28eb7bbb65d8e36f211413108620df221ce0c838fefb25013f475001c"
FOLDER = "crime_sim_toolkit/tests/testing_data/test_policedata"
ROWS = {"2016-07": 27_176, "2017-07": 28_537, "2018-07": 31_635}
COLUMNS = (
    "Crime ID",
    "Month",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
)
FEWEST_ID_DIGITS = 10
SAMPLE = Path(__file__).resolve().with_name("west-yorkshire-july-2016-2018.zip")
EARLIEST_DATE_OF_A_ZIP = (1980, 1, 1, 0, 0, 0)

Rows = list[dict[str, str]]


def street_file(month: str) -> str:
    """Return the path of a month's file in an archive of data.police.uk."""
    return f"{month}/{month}-west-yorkshire-street.csv"


def read_months(wheel: bytes) -> dict[str, Rows]:
    """Read the street files, every row in its order."""
    months = {}
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        for month, expected in ROWS.items():
            text = archive.read(f"{FOLDER}/{street_file(month)}").decode("utf-8-sig")
            months[month] = list(csv.DictReader(io.StringIO(text, newline="")))
            if len(months[month]) != expected:
                raise ValueError(f"{month} has {len(months[month]):,} rows, not {expected:,}")
    return months


def id_digits(months: dict[str, Rows]) -> int:
    """Return the fewest leading digits that tell all crime IDs apart."""
    ids = {row["Crime ID"] for rows in months.values() for row in rows}
    digits = FEWEST_ID_DIGITS
    while len({crime_id[:digits] for crime_id in ids}) < len(ids):
        digits += 1
    return digits


def to_csv(rows: Rows, digits: int) -> str:
    """Return the rows as CSV with the columns that are kept and shorter crime IDs."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "Crime ID": row["Crime ID"][:digits]} for row in rows)
    return text.getvalue()


def main() -> None:
    """Rebuild the sample beside this script."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("place", nargs="?", type=Path, help="the wheel, or a folder to keep it in")
    months = read_months(source_wheel(REQUIREMENT, WHEEL_SHA256, parser.parse_args().place))
    digits = id_digits(months)
    with zipfile.ZipFile(SAMPLE, "w") as archive:
        for month, rows in months.items():
            member = zipfile.ZipInfo(street_file(month), EARLIEST_DATE_OF_A_ZIP)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            member.create_system = 3
            archive.writestr(member, to_csv(rows, digits).encode(), compresslevel=9)
            ids = [row["Crime ID"] for row in rows]
            print(
                f"{month}: {len(rows):,} rows, {ids.count(''):,} without crime ID, "
                f"{len(set(filter(None, ids))):,} different IDs, "
                f"{sum(not row['Longitude'] for row in rows):,} without position"
            )
    content = SAMPLE.read_bytes()
    print(f"{SAMPLE.name}: {len(content):,} bytes, {digits} digits of each crime ID")
    print(f"SHA-256 {sha256(content)}")


if __name__ == "__main__":
    main()
