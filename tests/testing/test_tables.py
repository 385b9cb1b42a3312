"""Tables of accuracy from tallies small enough to add up by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hotspots.frames import ACCURACY, ACCURACY_CURVE, ACCURACY_MONTHS, names
from hotspots.testing import (
    CurvePoint,
    Tally,
    curve_table,
    first_piece,
    method_table,
    month_table,
    verdict,
)


def tally(method: str, inside: tuple[int, ...], **changes):
    """Two months tested, 100 and 300 incidents; 20 of 200 inside before; 2 km²."""
    months = [f"2021-{number:02}" for number in range(3, 3 + len(inside))]
    plain = {
        "pieces": 4,
        "area_km2": 2.0,
        "train_months": ("2021-01", "2021-02"),
        "train_days": 60,
        "train": 200,
        "train_inside": 20,
        "test": dict(zip(months, (100, 300), strict=False)),
        "test_inside": dict(zip(months, inside, strict=True)),
        "test_days": 30,
    }
    return Tally(method=method, **(plain | changes))


OURS, PLAIN, KNOWN = tally("ours", (20, 60)), tally("plain", (10, 30)), tally("known", (50, 110))


def table_of(*tallies: Tally):
    """Districts of 100 km²."""
    return method_table(tallies, 100.0, ours="ours", hindsight="known")


def test_measures_by_hand():
    """80 of 400 on 2 of 100 km²: 0.2 and PAI 10; 10 were predicted for 30 of 60 days."""
    row = table_of(OURS, PLAIN, KNOWN).iloc[0]
    assert row[["method", "pieces", "incidents_test", "incidents_test_inside"]].tolist() == [
        "ours", 4, 400, 80,
    ]  # fmt: skip
    assert row[["train_from", "train_to", "test_from", "test_to"]].tolist() == [
        "2021-01", "2021-02", "2021-03", "2021-04",
    ]  # fmt: skip
    assert (row["hit_rate"], row["pai"], row["ser"]) == pytest.approx((0.2, 10, 40))
    assert row["ppai"] == pytest.approx(0.2 / 0.02**0.5)
    assert row["pei"] == pytest.approx(0.5)  # 80 of the 160 that hindsight holds
    assert row["rri_stability"] == pytest.approx(10 / 5)
    assert row["rri_prediction"] == pytest.approx(20 * 30 / 60 / 80)
    # both months hold 20 %, so redrawing changes nothing
    assert (row["hit_rate_low"], row["pai_high"]) == pytest.approx((0.2, 10))
    assert math.isnan(row["difference"])


def test_order_and_difference():
    """Ours first, hindsight last; 80 less 40 of 400 is ten points, in every draw."""
    found = table_of(KNOWN, PLAIN, tally("better", (30, 80)), OURS)
    assert found["method"].tolist() == ["ours", "better", "plain", "known"]
    assert list(found.columns) == names(ACCURACY)
    plain = found.iloc[2]
    assert plain[["difference", "difference_low", "difference_high"]].tolist() == pytest.approx(
        [0.1, 0.1, 0.1]
    )


def test_splits_are_pooled():
    """Two splits, 2 and 4 km²: 80 + 40 of 400 + 400 on 3 km² in the mean."""
    later = tally("ours", (10, 30), area_km2=4.0, pieces=6)
    row = method_table([OURS, later], 100.0, ours="ours", hindsight="known").iloc[0]
    assert (row["pieces"], row["area_km2"], row["hit_rate"]) == pytest.approx((5, 3, 0.15))
    assert row["pai"] == pytest.approx(5)
    assert math.isnan(row["pei"])  # hindsight was not measured


def test_pei_needs_equal_areas():
    """A larger area is not held against the ceiling of a smaller one."""
    found = table_of(OURS, tally("wide", (40, 90), area_km2=3.0), KNOWN).set_index("method")
    assert math.isnan(found.loc["wide", "pei"])
    assert found.loc["known", "pei"] == 1


def test_curve_and_months():
    """The curve pools like the table; the months are what was counted."""
    points = [
        CurvePoint(
            method="cells", area_share=share, area_km2=100 * share, test={"a": 50, "b": 50},
            test_inside={"a": inside, "b": inside},
        )
        for share, inside in ((0.02, 20), (0.01, 15))
    ]  # fmt: skip
    found = curve_table(points, 100.0)
    assert list(found.columns) == names(ACCURACY_CURVE)
    assert found["area_share"].tolist() == [0.01, 0.02]
    assert found["pai"].to_numpy() == pytest.approx([30, 20])
    months = month_table([OURS])
    assert list(months.columns) == names(ACCURACY_MONTHS)
    assert months.to_numpy().tolist() == [
        ["ours", "2021-03", 100, 20], ["ours", "2021-04", 300, 60],
    ]  # fmt: skip


def test_verdict_says_who_wins():
    """Better in both months, worse in both, and better in one but worse in the other."""
    found = table_of(
        OURS, PLAIN, KNOWN, tally("strong", (30, 90)), tally("mixed", (10, 75)),
        tally("small", (5, 15), area_km2=1.0),
    )  # fmt: skip
    said = " ".join(verdict(found, ours="ours", hindsight="known", months=2))
    assert "4 hotspots on 2.00 km² (2.000% of the area)" in said
    assert "held 20.0%" in said
    assert "Beats plain (10.0%; +10.0 points, +10.0 to +10.0)." in said
    assert "On another area, so not ranked: small (5.0% on 1.00 km², PAI 5.0)." in said
    assert "Loses to strong (30.0%; -10.0 points" in said
    assert "No clear difference from mixed (21.2%; -1.2 points, -5.0 to +10.0)." in said
    assert "would have held 40.0%" in said
    assert "2 months only" in said


def test_verdict_on_one_month_claims_no_interval():
    """Ahead and behind instead of beats and loses."""
    rows = [
        tally("ours", (20,)),
        tally("plain", (10,)),
        tally("strong", (30,)),
        tally("same", (20,)),
    ]
    said = " ".join(verdict(table_of(*rows), ours="ours", hindsight="known", months=1))
    assert "Ahead of plain (10.0%; +10.0 points)." in said
    assert "Behind strong (30.0%; -10.0 points)." in said
    assert "Level with same (20.0%; +0.0 points)." in said
    assert "One month was tested" in said
    assert "interval" not in said.replace("there is no interval", "")


spots = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=20)


@given(spots, spots)
def test_every_place_counts_once(corners, places):
    """First piece that covers it, by trying each in turn."""
    shapes = np.array([shapely.box(x, y, x + 9, y + 7) for x, y in corners])
    x, y = zip(*places, strict=True)
    expected = [
        next((n for n, s in enumerate(shapes) if s.covers(shapely.Point(place))), -1)
        for place in places
    ]
    assert first_piece(shapes, x, y).tolist() == expected
