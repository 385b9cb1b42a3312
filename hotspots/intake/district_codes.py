"""Three-letter codes of districts, short enough for a hotspot's label and the same on every run."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain, combinations, product
from string import ascii_uppercase, digits

from hotspots.errors import InputError

LETTER_OF_NAMES_WITHOUT_LETTERS = "X"
ALPHABET = ascii_uppercase + digits


def district_codes(names: Iterable[str]) -> dict[str, str]:
    """Give every district name a code of three characters that no other name has.

    Names are taken in alphabetical order, so the result does not depend on the order they
    arrive in. A name of one word asks for its first three letters (Watford: WAT), a name of
    several words for the first letter of the first and the first two of the last word (North
    Hertfordshire: NHE); spaces and hyphens part words, accents are dropped. Where that code is
    taken, the first free one of these is given: the first letter and two later letters of the
    name in their order; the first letter and two digits; another letter and two digits; any
    three letters or digits.

    Parameters
    ----------
    names : iterable of str
        Names of the districts; a name given twice counts once.

    Returns
    -------
    dict of str to str
        The code of each name, in the order in which codes were given.

    Raises
    ------
    InputError
        There are more names than codes (46,656).

    Examples
    --------
    >>> district_codes(["Watford", "Three Rivers", "Waterside"])
    {'Three Rivers': 'TRI', 'Waterside': 'WAT', 'Watford': 'WAF'}
    """
    ordered = sorted(set(names), key=lambda name: ("".join(_words(name)), name))
    if len(ordered) > len(ALPHABET) ** 3:
        raise InputError(
            f"{len(ordered):,} district names are more than the {len(ALPHABET) ** 3:,} codes of "
            "three characters; join districts or give a column of codes"
        )
    taken: set[str] = set()
    codes: dict[str, str] = {}
    for name in ordered:
        codes[name] = next(code for code in _candidates(name) if code not in taken)
        taken.add(codes[name])
    return codes


def _words(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", name).upper()
    words = (re.sub("[^A-Z]", "", word) for word in re.split(r"[\s-]+", folded))
    return [word for word in words if word]


def _candidates(name: str) -> Iterator[str]:
    words = _words(name)
    letters = "".join(words)
    first = letters[:1] or LETTER_OF_NAMES_WITHOUT_LETTERS
    wish = letters[:3] if len(words) <= 1 else first + words[-1][:2]
    later_pairs = (first + a + b for a, b in combinations(letters[1:], 2))
    own_numbers = (first + a + b for a, b in product(digits, repeat=2))
    other_numbers = (a + b + c for a, b, c in product(ascii_uppercase, digits, digits))
    anything = ("".join(code) for code in product(ALPHABET, repeat=3))
    return chain(
        [wish] if len(wish) == 3 else [], later_pairs, own_numbers, other_numbers, anything
    )
