import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.intake.district_codes import district_codes

NAMES = st.lists(
    st.one_of(st.text(max_size=12), st.text("ABC abc-1é", max_size=6)), unique=True, max_size=60
)


@given(NAMES, st.randoms(use_true_random=False))
def test_codes_are_unique_short_and_independent_of_order(
    names: list[str], shuffler: random.Random
) -> None:
    """Each name has its own code of three capitals or digits, whatever the order of the names."""
    codes = district_codes(names)
    shuffled = names.copy()
    shuffler.shuffle(shuffled)
    assert set(codes) == set(names)
    assert len(set(codes.values())) == len(codes)
    assert all(re.fullmatch("[A-Z0-9]{3}", code) for code in codes.values())
    assert district_codes(shuffled) == codes


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Watford", "WAT"),
        ("watford", "WAT"),
        ("North Hertfordshire", "NHE"),
        ("King's Lynn and West Norfolk", "KNO"),
        ("Stoke-on-Trent", "STR"),
        ("St. Helens", "SHE"),
        ("Ynys Môn", "YMO"),
        ("Ávila", "AVI"),
        ("Zone A", "ZON"),
        ("Ward 12", "WAR"),
        ("Ab", "A00"),
        ("12", "X00"),
        ("", "X00"),
    ],
)
def test_a_name_alone_has_the_code_of_the_rule(name: str, code: str) -> None:
    """Where nothing is taken the code follows from the name by hand."""
    assert district_codes([name]) == {name: code}


def test_a_taken_code_gives_way_to_later_letters_then_digits() -> None:
    """Of names with the same three letters the first alphabetically keeps them."""
    names = ["Abc", "Abcd", "A-bc", "Abc ", "Abc!"]
    # "A-bc" asks for first letter + "BC", as the others do; ties go by the name itself.
    assert district_codes(names) == {
        "A-bc": "ABC",
        "Abc": "A00",
        "Abc ": "A01",
        "Abc!": "A02",
        "Abcd": "ABD",
    }


def test_hundreds_of_like_names_still_get_codes() -> None:
    """Numbered wards use the letters, then 100 numbers of their letter, then other letters."""
    codes = district_codes(f"War {number:04}" for number in range(1_000))
    assert len(set(codes.values())) == 1_000
    assert codes["War 0000"] == "WAR"
    assert codes["War 0001"] == "W00"
    assert codes["War 0100"] == "W99"
    assert codes["War 0101"] == "A00"


def test_more_names_than_codes_is_an_error_that_says_so() -> None:
    """There are 36 x 36 x 36 codes, and one name more is refused."""
    with pytest.raises(ValueError, match=r"46,657 district names .* 46,656 codes"):
        district_codes(str(number) for number in range(36**3 + 1))


def test_no_names_give_no_codes() -> None:
    """Nothing in, nothing out."""
    assert district_codes([]) == {}
