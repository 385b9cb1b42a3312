"""A replaced list of map points is noticed; real months of one list are not called a break."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hotspots
from hotspots.intake import read_districts, read_places
from hotspots.settings import Settings
from hotspots.targeting.point_list import broken_list

MONTHS = [f"2021-{month:02}" for month in range(1, 11)]


def snapped(lists: list[int], *, points: int = 400, seed: int = 1) -> pd.DataFrame:
    """Half the points of a list in each month; months of different lists have no point alike."""
    draw = np.random.default_rng(seed)
    parts = []
    for month, which in zip(MONTHS, lists, strict=False):
        chosen = draw.choice(points, points // 2, replace=False)
        x = chosen * 100.0 + 7.0 * which
        parts.append(pd.DataFrame({"x_m": x, "y_m": 3.0 * which, "period": month}))
    return pd.concat(parts, ignore_index=True)


def test_a_replaced_list_is_said_with_its_month_and_shares() -> None:
    """Six months of one list and four of another: none in common, half within each."""
    (said,) = broken_list(snapped([0] * 6 + [1] * 4), MONTHS)
    assert said.startswith("The map points of 2021-07 and later are not those of before: ")
    assert "on either side share 0% of their positions, on one side 50%" in said


def test_one_list_is_no_break() -> None:
    """Months of one list, too few months, and months with few positions say nothing."""
    assert broken_list(snapped([0] * 10), MONTHS) == []
    assert broken_list(snapped([0, 1]), MONTHS[:2]) == []
    assert broken_list(snapped([0] * 6 + [1] * 4, points=90), MONTHS) == []
    assert broken_list(snapped([0] * 3).iloc[:0], []) == []


def test_positions_that_are_not_snapped_say_nothing() -> None:
    """Where hardly a position occurs twice nothing can be said of a list."""
    draw = np.random.default_rng(2)
    table = pd.DataFrame(
        {
            "x_m": draw.uniform(0, 1e4, 2000),
            "y_m": draw.uniform(0, 1e4, 2000),
            "period": np.repeat(MONTHS, 200),
        }
    )
    assert broken_list(table, MONTHS) == []


def moved(places: pd.DataFrame, since: str) -> pd.DataFrame:
    """Simulate a new list from a month on: 95 % of the points lie elsewhere, as in 2025."""
    draw = np.random.default_rng(3)
    spot, at = np.unique(places["x_m"] + 1j * places["y_m"], return_inverse=True)
    elsewhere = draw.uniform(size=len(spot)) > 0.05
    new = spot + elsewhere * (draw.normal(0, 60, len(spot)) + 1j * draw.normal(0, 60, len(spot)))
    late = (places["period"].astype(str) >= since).to_numpy()
    z = np.where(late, new[at], spot[at])
    return places.assign(x_m=z.real, y_m=z.imag)


def test_the_sample_of_three_years_has_one_list() -> None:
    """Julys of 2016, 2017 and 2018 share their points; with the last ones moved they do not."""
    districts = read_districts("west-yorkshire", Settings().districts)
    places, _ = read_places([hotspots.sample_incidents()], districts, Settings().intake)
    assert broken_list(places.table, places.months) == []
    (said,) = broken_list(moved(places.table, "2018-07"), places.months)
    assert "2018-07 and later" in said


@pytest.mark.reference
def test_hertfordshire_has_one_list(hertfordshire_zip: Path) -> None:
    """Months of 2021 share their points; with a list replaced in August that is noticed."""
    districts = read_districts("hertfordshire", Settings().districts)
    places, _ = read_places([hertfordshire_zip], districts, Settings().intake)
    assert broken_list(places.table, places.months) == []
    broken = replace(places, table=moved(places.table, "2021-08"))
    (said,) = broken_list(broken.table, broken.months)
    assert "2021-08 and later" in said
