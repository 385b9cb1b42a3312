"""Every row is accounted for, whatever is in it and in whatever order it comes."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotspots.errors import InputError
from hotspots.frames import REASONS
from hotspots.intake import read_places
from hotspots.settings import IntakeSettings

YEAR = IntakeSettings(from_month="2021-01", to_month="2021-12")
QUICK = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# longitude, latitude and whether the two rectangles of `halves` hold it (mid-west, mid-east)
POSITIONS = {
    ("-0.240000", "51.900000"): True,
    ("-0.160000", "51.890000"): True,
    ("-1.550000", "53.800000"): False,
    ("", "51.9"): False,
    ("-0.2", " "): False,
    ("", ""): False,
    ("west", "51.9"): False,
    ("-0.2", "51,9"): False,
    ("-200", "51.9"): False,
    ("-0.2", "90.5"): False,
    ("nan", "51.9"): False,
    ("-0.2", "inf"): False,
    ("0", "0"): False,
    ("0.004", "-0.009"): False,
}
MONTHS = ["2021-01", "2021-12", "2020-12", "2022-01", "2021-13", "2021", "", "soon"]
ASB, DRUGS = "Anti-social behaviour", "Drugs"
# a row that counts, so that there is always something to read
ANCHOR = {
    "position": ("-0.240000", "51.900000"),
    "month": "2021-06",
    "category": ASB,
    "incident_id": "",
}
ROWS = st.fixed_dictionaries(
    {
        "position": st.sampled_from([*POSITIONS, *list(POSITIONS)[:2] * 6]),
        "month": st.sampled_from([*MONTHS, *MONTHS[:2] * 6]),
        "category": st.sampled_from([ASB, ASB, DRUGS]),
        "incident_id": st.sampled_from(["", "", "a", "b", " a "]),
    }
)


def own_reason(row: dict) -> str:
    """Why a row does not count by itself, in plain Python."""
    longitude, latitude = (text.strip() for text in row["position"])
    if not longitude or not latitude:
        return "no_coordinates"
    try:
        x, y = float(longitude), float(latitude)
    except ValueError:
        return "unreadable_coordinates"
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        return "unreadable_coordinates"
    if abs(x) < 0.01 and abs(y) < 0.01:
        return "null_island"
    try:
        month = datetime.strptime(row["month"], "%Y-%m")
    except ValueError:
        return "unreadable_date"
    return "" if month.year == 2021 else "outside_months"


def preference(row: dict) -> tuple:
    """One that selects, then the earliest month, then the most western position."""
    return row["category"] != ASB, row["month"], float(row["position"][0])


def independent_count(rows: list[dict]) -> Counter:
    """Count the reasons in plain Python."""
    counts: Counter = Counter()
    same_id: dict[str, list[dict]] = {}
    located = []
    for row in rows:
        reason = own_reason(row)
        if reason:
            counts[reason] += 1
        elif row["incident_id"].strip():
            same_id.setdefault(row["incident_id"].strip(), []).append(row)
        else:
            located.append(row)
    for twins in same_id.values():
        # one that selects, then the earliest month, then the most western position
        twins.sort(
            key=lambda row: (row["category"] != ASB, row["month"], float(row["position"][0]))
        )
        located.append(twins[0])
        counts["repeated_id"] += len(twins) - 1
    for row in located:
        if row["category"] != ASB:
            counts["other_category"] += 1
        elif not POSITIONS[row["position"]]:
            counts["outside_districts"] += 1
        else:
            counts["kept"] += 1
    return counts


def as_street(row: dict, street_row) -> dict[str, str]:
    return street_row(
        Longitude=row["position"][0],
        Latitude=row["position"][1],
        Month=row["month"],
        Crime_type=row["category"],
        Crime_ID=row["incident_id"],
    )


@QUICK
@given(rows=st.lists(ROWS, min_size=10, max_size=80), spoilt=st.integers(0, 3))
def test_each_reason_has_the_number_that_plain_python_counts(
    rows, spoilt, street_row, write_street, halves, tmp_path
):
    """Read is kept plus left out, reason by reason as counted row by row."""
    rows = [ANCHOR, *rows]
    path = write_street(tmp_path / "mixed.csv", [as_street(row, street_row) for row in rows])
    with path.open("a") as file:
        file.write("too,few,fields\n" * spoilt)
    quality = read_places([path], halves_of(halves), YEAR)[0].quality
    expected = independent_count(rows)
    assert quality.rows_read == len(rows) + spoilt
    assert quality.rows_kept == expected["kept"]
    assert quality.left_out == {
        **{reason: expected[reason] for reason in REASONS},
        "unreadable_row": spoilt,
    }
    assert quality.rows_read == quality.rows_kept + sum(quality.left_out.values())
    assert [file["rows"] for file in quality.files] == [len(rows) + spoilt]


def halves_of(halves):
    """Districts in published form."""
    from hotspots.intake import read_districts

    return read_districts(halves)


@QUICK
@given(rows=st.lists(ROWS, min_size=10, max_size=60), seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(rows, seed, street_row, write_street, halves, tmp_path):
    """A shuffled file gives the same places and the same report, its checksum apart."""
    lines = [as_street(row, street_row) for row in [ANCHOR, *rows]]
    shuffled = random.Random(seed).sample(lines, len(lines))
    layer = halves_of(halves)
    one, other = (
        read_places([write_street(tmp_path / "a.csv", order)], layer, YEAR)[0]
        for order in (lines, shuffled)
    )
    pd.testing.assert_frame_equal(one.table, other.table)
    first, second = one.quality.to_dict(), other.quality.to_dict()
    for report in (first, second):
        report["files"] = [file["rows"] for file in report["files"]]
    assert first == second


def test_full_duplicates_without_an_id_are_incidents_of_their_own(
    street_row, write_street, halves, tmp_path
):
    """Five equal anti-social-behaviour rows are one place with weight five."""
    path = write_street(tmp_path / "same.csv", [street_row()] * 5 + [street_row(Crime_ID="  ")])
    places, _ = read_places([path], halves_of(halves))
    assert places.table["weight"].tolist() == [6]
    assert places.quality.left_out["repeated_id"] == 0


def test_a_repeated_id_counts_once_across_files_and_months(
    street_row, write_street, halves, tmp_path
):
    """Four rows with two ids are two incidents, each in its earliest month."""
    first = [street_row(Crime_ID="a", Month="2021-02"), street_row(Crime_ID="b", Month="2021-02")]
    second = [street_row(Crime_ID="b", Month="2021-03"), street_row(Crime_ID="a", Month="2021-01")]
    paths = [
        write_street(tmp_path / "one.csv", first),
        write_street(tmp_path / "two.csv", second),
    ]
    places, _ = read_places(paths, halves_of(halves))
    assert places.quality.left_out["repeated_id"] == 2
    assert dict(zip(places.table["period"], places.table["weight"], strict=True)) == {
        "2021-01": 1,
        "2021-02": 1,
    }


def test_a_selecting_row_stands_for_its_id(street_row, write_street, halves, tmp_path):
    """Of two records of one incident the one that selects is counted, not the drugs record."""
    rows = [
        street_row(Crime_ID="a", Crime_type="Drugs", Month="2021-01"),
        street_row(Crime_ID="a", Crime_type="Robbery", Month="2021-02"),
    ]
    quality = read_places([write_street(tmp_path / "a.csv", rows)], halves_of(halves))[0].quality
    assert (quality.rows_kept, quality.left_out["repeated_id"]) == (1, 1)
    assert quality.left_out["other_category"] == 0


def test_a_place_is_one_position_month_and_category(street_row, write_street, halves, tmp_path):
    """Counting with a Counter over the raw text gives the same weights."""
    chance = random.Random(7)
    rows = [
        street_row(
            Longitude=f"{-0.2 + chance.randrange(4) / 1000:.6f}",
            Month=f"2021-0{chance.randint(1, 3)}",
            Crime_type=chance.choice([ASB, "Robbery", DRUGS]),
        )
        for _ in range(400)
    ]
    places, _ = read_places([write_street(tmp_path / "a.csv", rows)], halves_of(halves))
    expected = Counter((row["Longitude"], row["Month"], row["Crime type"]) for row in rows)
    assert sorted(places.table["weight"]) == sorted(expected.values())
    by_kind = places.table.groupby(["period", "category"])["weight"].sum().to_dict()
    assert by_kind == Counter((row["Month"], row["Crime type"]) for row in rows)
    assert set(places.table.loc[places.table["selecting"], "category"]) == {ASB, "Robbery"}


def test_the_first_row_that_cannot_be_parsed_is_named(street_row, write_street, tmp_path):
    """Line 4 of the file: the header is line 1."""
    path = write_street(tmp_path / "broken.csv", [street_row()] * 2)
    with path.open("a") as file:
        file.write("only,three,fields\n")
    quality = read_places([path], None)[0].quality
    assert "1 rows cannot be parsed; first problem: broken.csv, line 4." in quality.warnings


def test_months_without_rows_between_the_first_and_the_last_are_named(
    street_row, write_street, tmp_path
):
    """November and February leave December and January."""
    rows = [street_row(Month="2020-11"), street_row(Month="2021-02")]
    places, _ = read_places([write_street(tmp_path / "a.csv", rows)], None)
    assert list(places.months) == ["2020-11", "2021-02"]
    assert list(places.quality.months_missing) == ["2020-12", "2021-01"]
    assert places.days == 30 + 28


def test_the_same_file_twice_is_told(street_row, write_street, tmp_path):
    """Rows without an id would be counted twice, so the report says it."""
    one = write_street(tmp_path / "one.csv", [street_row()])
    two = write_street(tmp_path / "two.csv", [street_row()])
    quality = read_places([one, two], None)[0].quality
    assert any("two.csv holds the same bytes as one.csv" in text for text in quality.warnings)


def test_files_of_one_name_keep_their_own_numbers(street_row, write_street, tmp_path):
    """Two folders with a file of the same name: two rows and three rows."""
    paths = [
        write_street(tmp_path / folder / "street.csv", [street_row()] * number)
        for folder, number in (("a", 2), ("b", 3))
    ]
    quality = read_places(paths, None)[0].quality
    assert [file["rows"] for file in quality.files] == [2, 3]


def test_the_distance_outside_is_measured(street_row, write_street, halves, tmp_path):
    """A point 3 km north of the northern edge, in grid metres, lies 3.0 km outside."""
    from pyproj import Transformer

    back = Transformer.from_crs(27700, 4326, always_xy=True)
    longitude, latitude = back.transform(521_000, 231_000)
    rows = [street_row(), street_row(Longitude=f"{longitude:.6f}", Latitude=f"{latitude:.6f}")]
    places, _ = read_places([write_street(tmp_path / "a.csv", rows)], halves_of(halves))
    assert places.quality.left_out["outside_districts"] == 1
    assert places.quality.facts["farthest_km_outside"] == pytest.approx(3.0, abs=0.006)
    assert "50% of rows lie outside the districts." in places.quality.warnings


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Longitude": "", "Latitude": ""}, "no row has coordinates"),
        ({"Longitude": "523000", "Latitude": "224000"}, "for metres map easting and northing"),
        ({"Longitude": "0", "Latitude": "0"}, "every row lies at 0, 0"),
        ({"Month": "01/2021"}, "no date is written as '%Y-%m'"),
        ({"Month": "2019-01"}, "no row lies in 2021-01 to 2021-12"),
    ],
)
def test_a_file_of_which_nothing_is_usable_says_why(
    changes, words, street_row, write_street, tmp_path
):
    """The message names the reason of most rows and their number."""
    path = write_street(tmp_path / "a.csv", [street_row(**changes)] * 3)
    with pytest.raises(InputError, match="None of 3 rows can be used") as caught:
        read_places([path], None, YEAR)
    assert words in str(caught.value)


def test_the_sample_has_its_published_numbers_of_rows(sample_rows):
    """27,176, 28,537 and 31,635 rows, three Julys, with the eleven months between missing."""
    import hotspots

    quality = hotspots.check(hotspots.sample_incidents(), "west-yorkshire")
    assert quality.rows_read == 27_176 + 28_537 + 31_635 == len(sample_rows)
    assert Counter(row["Month"] for row in sample_rows) == {
        "2016-07": 27_176,
        "2017-07": 28_537,
        "2018-07": 31_635,
    }
    assert list(quality.months) == ["2016-07", "2017-07", "2018-07"]
    assert list(quality.months_missing) == [
        *(f"2016-{month:02}" for month in range(8, 13)),
        *(f"2017-{month:02}" for month in (*range(1, 7), *range(8, 13))),
        *(f"2018-{month:02}" for month in range(1, 7)),
    ]
    assert quality.rows_read == quality.rows_kept + sum(quality.left_out.values())
    assert quality.left_out["no_coordinates"] == sum(not row["Longitude"] for row in sample_rows)


def test_paths_may_be_texts_and_come_alone(town_file, halves):
    """One text, one path and a list of them are the same input."""
    layer = halves_of(halves)
    tables = [read_places(given, layer)[0].table for given in (str(town_file), [Path(town_file)])]
    pd.testing.assert_frame_equal(*tables)


def test_categories_of_equal_number_are_in_order_of_name(street_row, write_street, tmp_path):
    """Whatever the order of the rows: the same file gives the same report."""
    names = [f"Category {letter}" for letter in "JIHGFEDCBA"]
    rows = [street_row(Crime_type=name) for name in names]
    path = write_street(tmp_path / "ties-street.csv", rows)
    places, _ = read_places([path], None)
    assert [entry["category"] for entry in places.quality.categories] == sorted(names)
