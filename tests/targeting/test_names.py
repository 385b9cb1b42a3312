from __future__ import annotations

import pandas as pd
import pytest

from hotspots.targeting.names import numbered, street_names


def places(*rows: tuple[str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {"location": [row[0] for row in rows], "weight": [row[1] for row in rows]}
    ).astype({"location": "str", "weight": "int64"})


def test_the_street_most_often_named() -> None:
    """Incidents are added up by street, without the words that the police put before it."""
    table = places(("On or near High Street", 3), ("On or near Mill Lane", 4), ("High Street", 2))
    assert street_names(table, [0, 0, 0], 1) == ["High Street"]


def test_each_piece_has_its_own() -> None:
    """Places name the piece that holds them; those in none name nothing."""
    table = places(("A Road", 1), ("B Road", 5), ("C Road", 9), ("A Road", 2))
    assert street_names(table, [0, 1, -1, 1], 3) == ["A Road", "B Road", ""]


@pytest.mark.parametrize(
    "kind",
    ["Supermarket", "Shopping Area", "Parking Area", "Petrol Station", "Nightclub", "Hospital"],
)
def test_kinds_of_places_are_the_last_resort(kind: str) -> None:
    """A kind of place names a hotspot only where no street does, however often it is named."""
    table = places((f"On or near {kind}", 50), ("On or near Mill Lane", 1))
    assert street_names(table, [0, 0], 1) == ["Mill Lane"]
    assert street_names(table.iloc[:1], [0], 1) == [kind]


def test_ties_go_by_the_alphabet() -> None:
    """Of streets named equally often the first in the alphabet is taken, in any row order."""
    table = places(("Oak Road", 2), ("Elm Road", 2), ("Yew Road", 1))
    assert street_names(table, [0, 0, 0], 1) == ["Elm Road"]
    assert street_names(table.iloc[::-1], [0, 0, 0], 1) == ["Elm Road"]


def test_empty_locations_name_nothing() -> None:
    """Places without a location leave a piece without a name."""
    assert street_names(places(("", 9), ("On or near ", 2)), [0, 0], 1) == [""]
    assert street_names(places(), [], 2) == ["", ""]
    assert street_names(places(), [], 0) == []


def test_alike_names_are_numbered_within_a_district() -> None:
    """The second of two alike names in one district gets a number, in the order given."""
    found = numbered(
        ["High Street", "High Street", "High Street", "Mill Lane"],
        ["Watford", "Luton", "Watford", "Watford"],
    )
    assert found == [
        "High Street, Watford",
        "High Street, Luton",
        "High Street, Watford (2)",
        "Mill Lane, Watford",
    ]


def test_nameless_places_are_numbered_within_a_district() -> None:
    """Places without a name are counted in their district."""
    found = numbered(["", "", "", "Mill Lane"], ["Watford", "Luton", "Watford", "Luton"])
    assert found == ["Place 1, Watford", "Place 1, Luton", "Place 2, Watford", "Mill Lane, Luton"]


def test_no_names() -> None:
    """Nothing to number is an empty list."""
    assert numbered([], []) == []


def test_capitals_after_an_apostrophe() -> None:
    """The police write St Peter'S Street; both spellings are one street."""
    table = places(("On or near St Peter'S Street", 2), ("St Peter's Street", 2), ("Oak Road", 3))
    assert street_names(table, [0, 0, 0], 1) == ["St Peter's Street"]
