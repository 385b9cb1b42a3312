"""Figures published for Hertfordshire 2021: first half targeted, second half counted."""

from __future__ import annotations

import csv
import io
import zipfile

import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.intake import read_districts, read_places
from hotspots.settings import IntakeSettings
from hotspots.targeting.placement import best_squares, free_rectangles, free_squares

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def every_category(hertfordshire_zip):
    """Names of all categories in the files."""
    found = set()
    with zipfile.ZipFile(hertfordshire_zip) as archive:
        for name in archive.namelist():
            with archive.open(name) as packed:
                rows = csv.DictReader(io.TextIOWrapper(packed, "utf-8", newline=""))
                found |= {row["Crime type"] for row in rows}
    return tuple(sorted(found))


@pytest.fixture(scope="module")
def halves_of_2021(hertfordshire_zip, every_category):
    """Places of January to June, places of July to December, and the area in km²."""
    layer = read_districts("hertfordshire")
    table = read_places([hertfordshire_zip], layer, IntakeSettings(categories=every_category))[
        0
    ].table.astype({"period": str, "district": str})
    table = table[table["district"] != ""]
    first = table["period"] <= "2021-06"
    return table[first], table[~first], float(layer["area_km2"].sum())


def hit_rate(found, later: pd.DataFrame) -> float:
    """Share of the later incidents inside, by shapely."""
    inside = np.zeros(len(later), dtype=bool)
    points = shapely.points(later["x_m"], later["y_m"])
    inside[shapely.STRtree(points).query(found.geometry, predicate="intersects")[1]] = True
    return float(later.loc[inside, "weight"].sum() / later["weight"].sum())


@pytest.mark.parametrize(
    ("side_m", "published", "pai"),
    [(100, 0.041, 258), (150, 0.053, 147), (250, 0.074, 75), (400, 0.108, 43)],
)
def test_best_squares_by_count(halves_of_2021, side_m, published, pai):
    """To the last digit published, with grid lines at whole multiples of the side."""
    earlier, later, area_km2 = halves_of_2021
    found = best_squares(
        earlier["x_m"], earlier["y_m"], earlier["weight"], pieces=26, side_m=side_m
    )
    rate = hit_rate(found, later)
    assert rate == pytest.approx(published, abs=0.0005 + 1e-4)
    assert rate / (found.area_km2 / area_km2) == pytest.approx(pai, abs=0.55)


def test_free_squares(halves_of_2021):
    """About 9.9 %; where the lattice lies moves it by some tenths of a per cent."""
    earlier, later, _ = halves_of_2021
    rates = []
    for shift in (0.0, 12.5):
        found = free_squares(
            earlier["x_m"] - shift, earlier["y_m"] - shift, earlier["weight"], pieces=26
        )
        moved = later.assign(x_m=later["x_m"] - shift, y_m=later["y_m"] - shift)
        rates.append(hit_rate(found, moved))
    assert rates == pytest.approx([0.099, 0.099], abs=0.004)


def test_free_rectangles_at_one_price(halves_of_2021):
    """About 11.3 % on 1.63 km²."""
    earlier, later, _ = halves_of_2021
    found = free_rectangles(
        earlier["x_m"], earlier["y_m"], earlier["weight"], pieces=26, area_km2=1.63
    )
    assert found.area_km2 == pytest.approx(1.63, rel=0.03)
    assert found.area_km2 <= 1.63
    assert hit_rate(found, later) == pytest.approx(0.113, abs=0.006)
