"""Sentences hold a hotspot's own numbers, in plain words, whatever the names are."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from hotspots.targeting.why import main_categories, sentences

PLAIN = {
    "hotspot_id": "WAT-01", "district": "Watford", "incidents": 1234, "incident_share": 0.0125,
    "area_km2": 0.0975, "rank": 2, "periods": 12, "periods_hot": 11, "hotspot_class": "persistent",
    "trend": -0.148, "trend_low": -0.22, "trend_high": 0.004, "gi_star": 12.25, "q_value": 1e-9,
    "main_categories": "Robbery 60%; Public order 40%",
}  # fmt: skip


def hotspots(**changes: object) -> pd.DataFrame:
    return pd.DataFrame([PLAIN | changes, PLAIN | {"hotspot_id": "WAT-02"}])


def test_whole_sentences() -> None:
    """Every number, rounded half up, with its words."""
    assert sentences(hotspots(), {"WAT-01"}, "incidents", 0.125)[0] == (
        "Kept by rank: 1,234 incidents on 0.098 km², 1.3% of all that count, rank 2 of 2 "
        "by incidents (Robbery 60%; Public order 40%). Hot in 11 of 12 months (persistent), 15% "
        "fewer "
        "incidents a day in the second half of the period than in the first (95% interval: 22% "
        "fewer to 0% more; everywhere 13% more), more concentrated than chance explains (Gi* "
        "12.3, q below 0.001)."
    )


def test_what_is_not_known_is_not_said() -> None:
    """Without dates, trend, significance and categories the sentences do without."""
    nothing = {
        "periods": 0, "periods_hot": 0, "hotspot_class": "not classed", "trend": math.nan,
        "q_value": math.nan, "gi_star": math.nan, "main_categories": "", "incidents": 1,
    }  # fmt: skip
    assert sentences(hotspots(**nothing), set(), "harm")[0] == (
        "Kept as the best of Watford: 1 incident on 0.098 km², 1.3% of all that count, rank 2 of 2 "
        "by harm. Too few incidents to test for significance."
    )


@pytest.mark.parametrize(
    ("q", "said"),
    [
        (0.0009, "more concentrated than chance explains (Gi* 12.3, q below 0.001)"),
        (0.05, "more concentrated than chance explains (Gi* 12.3, q 0.050)"),
        (0.051, "not clearly more than chance explains (Gi* 12.3, q 0.051)"),
    ],
)
def test_significance_is_said_as_it_is(q: float, said: str) -> None:
    """Only a q value of 0.05 or less counts as more than chance."""
    assert said in sentences(hotspots(q_value=q), set(), "incidents")[0]


def test_main_categories_are_the_most_frequent() -> None:
    """At most three, only selecting ones, of a tenth or more; ties by name."""
    places = pd.DataFrame(
        {
            "category": ["b", "a", "c", "d", "e", "drugs", "b", " "],
            "weight": [20, 30, 20, 20, 9, 500, 1, 300],
            "selecting": [True] * 5 + [False, True, True],
        }
    )
    piece = np.array([0, 0, 0, 0, 0, 0, 1, 2])
    assert main_categories(places, piece, 4) == ["a 30%; b 20%; c 20%", "b 100%", "", ""]
