"""Classes by their written rules, trends by published intervals, months by pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.targeting.stability import change, hotspot_class, monthly_counts, runs, trends

YEAR = [f"2021-{month:02}" for month in range(1, 13)]


def flags(text: str) -> list[bool]:
    """Hot months from a line of x and dots."""
    return [letter == "x" for letter in text]


@pytest.mark.parametrize(
    ("months", "kind"),
    [
        ("xxxxxxxxxxxx", "persistent"),
        ("...xxxxxxxxx", "persistent"),  # 9 of 12 are three quarters
        ("....xxxxxxxx", "intermittent"),  # 8 are not
        ("xxxxxxxxx...", "intermittent"),  # none in the last quarter, but in the last third
        ("xxxxxxxx....", "former"),
        ("x...........", "former"),
        (".....x......", "former"),
        ("........x...", "emerging"),
        ("......xxxxxx", "emerging"),
        ("......xx....", "intermittent"),  # between the first half and the last third
        (".....x..x...", "intermittent"),
        ("............", "never hot"),
        ("...x", "emerging"),
        ("x.xx", "persistent"),
        (".xx.", "intermittent"),  # the last third of four is two months
        ("xxx", "not classed"),
        ("", "not classed"),
    ],
)
def test_classes_follow_their_rules(months: str, kind: str) -> None:
    """Each rule, and what lies just beside it."""
    assert hotspot_class(flags(months)) == kind


@given(st.lists(st.booleans(), min_size=4, max_size=40))
def test_every_pattern_has_one_class(hot: list[bool]) -> None:
    """The classes keep what their names say, whatever the months."""
    kind = hotspot_class(hot)
    share = sum(hot) / len(hot)
    assert (kind == "never hot") == (not any(hot))
    if kind == "persistent":
        assert share >= 0.75
    if kind == "emerging":
        assert not any(hot[: len(hot) // 2])
    if kind == "former":
        assert not hot[-1]


def test_published_changes() -> None:
    """Falls of 14.5 % with the intervals that are printed for them."""
    assert [round(100 * x, 1) for x in change(1000, 855)] == [-14.5, -22.0, -6.3]
    assert [round(100 * x, 1) for x in change(200, 171)] == [-14.5, -30.3, 4.9]
    assert change(10, 20, 2.0)[0] == 0.0
    assert np.isnan(change(0, 5)).all()
    assert np.isnan(change(5, 0)).all()


def test_trend_is_per_day() -> None:
    """The second half of 2021 has 184 days and the first 181: as many a day are no change."""
    counts = np.zeros((4, 12), dtype=np.int64)
    counts[0, 0], counts[0, 11] = 181, 184
    counts[1, 0], counts[1, 11] = 4, 5  # nine incidents are too few
    counts[2, 0] = 50  # none in the second half
    counts[3, :6], counts[3, 6:] = 10, 20
    found = trends(counts, YEAR)
    assert found[0, 0] == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(found[1:3]).all()
    assert found[3, 0] == pytest.approx(2 * 181 / 184 - 1)
    half = np.exp(1.959963984540054 * np.sqrt(1 / 60 + 1 / 120))
    assert found[3, 2] == pytest.approx(2 * 181 / 184 * half - 1)


def test_middle_month_is_left_out_and_three_are_too_few() -> None:
    """Of five months the third counts in neither half; of three there is no trend."""
    counts = np.array([[31, 0, 999, 0, 31]])
    months = ["2021-01", "2021-02", "2021-03", "2021-04", "2021-05"]
    assert trends(counts, months)[0, 0] == pytest.approx((31 / 61) / (31 / 59) - 1)
    assert np.isnan(trends(counts[:, :3], months[:3])).all()


@given(st.lists(st.sampled_from(YEAR), unique=True).map(sorted))
def test_runs_name_every_month_once(months: list[str]) -> None:
    """Spans, written out with pandas, are the months that went in."""
    spans = [part.split(" to ") for part in runs(months).split(", ") if part]
    out = [str(m) for span in spans for m in pd.period_range(span[0], span[-1], freq="M")]
    assert out == months


def test_counts_are_those_of_a_pivot_table() -> None:
    """Only selecting incidents inside a candidate count, by month."""
    draw = np.random.default_rng(5)
    places = pd.DataFrame(
        {
            "period": draw.choice(YEAR, 300),
            "selecting": draw.uniform(size=300) < 0.7,
            "weight": draw.integers(1, 5, 300),
        }
    )
    piece = draw.integers(-1, 4, 300)
    own = places.assign(piece=piece)[places["selecting"] & (piece >= 0)]
    expected = own.pivot_table(
        index="piece", columns="period", values="weight", aggfunc="sum", fill_value=0
    )
    expected = expected.reindex(index=range(5), columns=YEAR, fill_value=0)
    np.testing.assert_array_equal(monthly_counts(places, piece, 5, YEAR), expected)
