"""Coordinates out of text: the same numbers as Python's, and a reason for every other text."""

from __future__ import annotations

import math
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import hotspots
from hotspots.errors import InputError
from hotspots.intake import read_places
from hotspots.intake.months import date_pattern, month_in
from hotspots.intake.positions import FAULTS, positions

_WRITTEN = st.one_of(
    st.floats(-400, 400).map(repr),
    st.decimals(-200, 200, places=6).map(str),
    st.integers(-400, 400).map(str),
    st.sampled_from(["", "  ", "east", "nan", "inf", "1e400", "+1.5", " 2.5 ", ".5", "5.", "1_0"]),
)


def _number(text: str) -> float | None:
    """What Python reads, for texts of digits, point, sign and exponent."""
    return float(text) if re.fullmatch(r"[+-]?[0-9.]+(e[+-]?[0-9]{1,2})?", text.strip()) else None


@given(st.lists(st.tuples(_WRITTEN, _WRITTEN), max_size=30))
def test_numbers_are_those_that_python_reads(rows: list[tuple[str, str]]) -> None:
    """Each text is the number that Python reads, rounded to 0.000001 degrees, or has a fault."""
    texts = [pa.array([row[axis] for row in rows], pa.string()) for axis in (0, 1)]
    x, y, fault = positions(texts[0], texts[1], geographic=True)
    for index, (x_text, y_text) in enumerate(rows):
        numbers = _number(x_text), _number(y_text)
        if not x_text.strip() or not y_text.strip():
            expected = "no_coordinates"
        elif None in numbers or abs(numbers[0] or 0) > 180 or abs(numbers[1] or 0) > 90:
            expected = "unreadable_coordinates"
        elif max(abs(numbers[0] or 0), abs(numbers[1] or 0)) < 0.01:
            expected = "null_island"
        else:
            expected = ""
        assert FAULTS[fault[index]] == expected
        if expected == "":
            assert abs(x[index] - (numbers[0] or 0)) <= 0.5000001e-6
            assert abs(y[index] - (numbers[1] or 0)) <= 0.5000001e-6
            assert round(x[index], 6) == x[index]
        elif expected != "null_island":
            assert math.isnan(x[index])
            assert math.isnan(y[index])


@given(st.lists(st.text(alphabet="0123456789.-/", max_size=18), min_size=1, max_size=9))
@example(["0" * 16 + "51.5"])
@example(["-", "1.5"])
@example(["-5.", ".5", "-.5", "51.5"])
def test_a_text_means_the_same_whatever_stands_beside_it(texts: list[str]) -> None:
    """Short decimals are read all at once, and alike when one of them is none; slices too."""
    ones = pa.array(["1"] * len(texts))
    together = positions(pa.array(["0", *texts])[1:], ones, geographic=False)
    longer = pa.array([*ones.to_pylist(), "1"])
    beside = positions(pa.array([*texts, "east"]), longer, geographic=False)
    for found, alike in zip(together, beside, strict=True):
        np.testing.assert_array_equal(found, alike[:-1])


@given(st.text(alphabet="0123456789- /", max_size=9))
def test_a_month_is_four_digits_and_one_or_two(text: str) -> None:
    """Texts that `datetime` reads as a month of a year from 1 on are months, others are none."""
    from datetime import datetime

    pattern, _ = date_pattern("%Y-%m")
    try:
        expected = datetime.strptime(text.strip(), "%Y-%m").strftime("%Y-%m").rjust(7, "0")
    except ValueError:
        expected = None
    if re.match(pattern, text.strip()):
        assert month_in(text, "%Y-%m") == expected
    else:
        assert month_in(text, "%Y-%m") is None


def test_a_control_character_that_parts_texts_is_refused(tmp_path) -> None:
    """A text with the control character that parts texts inside is refused in one line."""
    path = tmp_path / "rows.csv"
    path.write_text("lon,lat,kind\n-1.5,53.8,a\x1fb\n", encoding="utf-8")
    columns = {"longitude": "lon", "latitude": "lat", "category": "kind"}
    settings = hotspots.Settings.from_dict({"intake": {"columns": columns}})
    with pytest.raises(InputError, match="control character") as caught:
        read_places([path], None, settings.intake)
    assert "\n" not in str(caught.value)
