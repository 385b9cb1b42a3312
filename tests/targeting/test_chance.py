"""Significance of candidates: the study area, Gi* against esda, envelopes, refusals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.spatial.distance import cdist
from scipy.stats import false_discovery_control, norm

from hotspots.frames import Places, Targeting
from hotspots.intake import read_districts, read_places
from hotspots.settings import Settings
from hotspots.targeting import Grid, find_hotspots
from hotspots.targeting.chance import envelope, insignificant, studied
from hotspots.targeting.significance import gi_star

SettingsMaker = Callable[..., Settings]
Plant = Callable[..., pd.DataFrame]
PlacesMaker = Callable[..., Places]

CELL, REACH = 50.0, 200.0


@pytest.fixture(scope="module")
def town(three_districts: gpd.GeoDataFrame, plant: Plant, places_of: PlacesMaker) -> Places:
    """A hotspot of 120, one of 40, and 250 incidents spread over a quarter of the area."""
    noise = plant((0, 0), 250, seed=7)
    noise["x_m"], noise["y_m"] = np.random.default_rng(4).uniform(0, 4000, (2, 250))
    drugs = plant((7000, 7000), 12, radius_m=300, selecting=False, seed=5)
    return places_of(
        plant((1015, 1015), 120, seed=2), plant((3015, 2515), 40, seed=3), noise, drugs,
        districts=three_districts,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(town: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker) -> Targeting:
    return find_hotspots(town, three_districts, settings_of())


def by_hand(town: Places, found: Targeting) -> gpd.GeoDataFrame:
    """Cells of the study area with z and q, from their corners up, by matrices and SciPy."""
    surface = found.density
    row, column = np.nonzero(surface.inside)
    x = surface.x_min_m + (column + 0.5) * CELL
    y = surface.y_min_m + (row + 0.5) * CELL
    table = town.table
    number = {cell: at for at, cell in enumerate(zip(row, column, strict=True))}
    own = [
        number.get((int((b - surface.y_min_m) // CELL), int((a - surface.x_min_m) // CELL)), -1)
        for a, b in zip(table["x_m"], table["y_m"], strict=True)
    ]
    counts, lived = np.zeros(len(x)), np.zeros(len(x), dtype=bool)
    for at, weight, selecting in zip(own, table["weight"], table["selecting"], strict=True):
        if at >= 0:
            counts[at] += weight * selecting
            lived[at] = True
    centres = np.column_stack([x, y])
    near = (cdist(centres, centres[lived]) <= REACH + 1e-6).any(axis=1)
    x, y, counts, centres = x[near], y[near], counts[near], centres[near]
    distance = 1000 * np.sqrt(found.settings.targeting.area_cap_km2 / np.pi)
    weights = (cdist(centres, centres) <= distance).astype(float)
    n, mean, number_near = len(x), counts.mean(), weights.sum(axis=1)
    scale = counts.std() * np.sqrt((n * number_near - number_near**2) / (n - 1))
    z = (weights @ counts - mean * number_near) / scale
    return gpd.GeoDataFrame(
        {"z": z, "q": false_discovery_control(norm.sf(z))}, geometry=gpd.points_from_xy(x, y)
    )


def test_candidates_have_the_best_of_their_cells(town: Places, found: Targeting) -> None:
    """Z and q of every candidate are those of a matrix of weights and SciPy's q values."""
    cells = by_hand(town, found)
    for row in found.candidates.itertuples():
        own = cells[shapely.contains(row.geometry, cells.geometry.to_numpy())]
        assert row.gi_star == pytest.approx(own["z"].max(), abs=1e-9)
        assert row.q_value == pytest.approx(own["q"].min(), rel=1e-6)
    said = {choice.setting: choice for choice in found.choices}
    assert said["study_area"].value == f"{len(cells) * CELL**2 / 1e6:,.1f} km²"
    assert said["gi_distance_m"].value == "178 m"


def test_empty_land_is_not_studied(town: Places, found: Targeting) -> None:
    """With the empty land every z would be higher: that is why it is left out."""
    surface = found.density
    grid = Grid(-200, -200, CELL, *surface.inside.shape)
    area = studied(town.table, surface.inside, grid, REACH)
    # 250 discs of 200 m cover some 86 % of that quarter
    assert 0.2 < area.sum() / surface.inside.sum() < 0.25
    assert area[int(7200 / CELL), int(7200 / CELL)]  # only drugs were recorded there
    counts = np.zeros(surface.inside.shape, dtype=np.int64)
    row, column, _ = grid.cell_of(town.table["x_m"], town.table["y_m"])
    np.add.at(counts, (row, column), town.table["weight"] * town.table["selecting"])
    narrow, wide = (gi_star(counts, CELL, 178, inside=part) for part in (area, surface.inside))
    hot = (narrow > 2) & area
    assert (wide[hot] > narrow[hot]).all()


def test_gi_star_equals_esda_on_real_counts() -> None:
    """The z of the cells of Leeds' centre, with real incidents, is esda's within 1e-9."""
    esda = pytest.importorskip("esda")
    weights = pytest.importorskip("libpysal.weights")
    import hotspots

    districts = read_districts("Leeds", Settings().districts)
    places, _ = read_places([hotspots.sample_incidents()], districts, Settings().intake)
    table = places.table[places.table["selecting"]]
    edges = [np.arange(432_000, 428_000 - 1, -100)[::-1], np.arange(431_000, 435_001, 100)]
    counts = np.histogram2d(
        table["x_m"], table["y_m"], bins=edges, weights=table["weight"]
    )[0].astype(np.int64)  # fmt: skip
    assert counts.sum() > 1000
    x, y = (part.ravel() * 100.0 for part in np.indices(counts.shape))
    near = weights.DistanceBand(np.column_stack([x, y]), 178.0, binary=True, silence_warnings=True)
    expected = esda.G_Local(
        counts.ravel().astype(float), near, transform="B", permutations=0, star=True
    ).Zs
    np.testing.assert_allclose(gi_star(counts, 100.0, 178.0).ravel(), expected, atol=1e-9)


def test_few_incidents_have_no_number(
    three_districts: gpd.GeoDataFrame,
    plant: Plant,
    places_of: PlacesMaker,
    settings_of: SettingsMaker,
) -> None:
    """Below 50 in all, and below 10 in a hotspot, significance is empty and a sentence says so."""
    few = places_of(plant((1015, 1015), 49, radius_m=20), districts=three_districts)
    found = find_hotspots(few, three_districts, settings_of(min_incidents=4, draws=19))
    assert found.candidates[["gi_star", "q_value", "envelope_p"]].isna().all(axis=None)
    assert "Nothing is called significant: 49 incidents are fewer than 50." in found.messages
    assert found.hotspots["why"].str.endswith("oo few incidents to test for significance.").all()
    rows = [plant((1015, 1015), 60, radius_m=20), plant((6015, 6015), 9, radius_m=20, seed=2)]
    two = places_of(*rows, districts=three_districts)
    found = find_hotspots(two, three_districts, settings_of(min_incidents=4, draws=19))
    assert found.hotspots["incidents"].tolist() == [60, 9]
    for column in ("gi_star", "q_value", "envelope_p"):
        assert found.hotspots[column].isna().tolist() == [False, True]


def test_limit_drops_with_a_reason(
    town: Places,
    found: Targeting,
    three_districts: gpd.GeoDataFrame,
    settings_of: SettingsMaker,
) -> None:
    """A limit between the q values of two candidates drops the weaker with its q value."""
    q = np.sort(found.hotspots["q_value"])
    assert q[0] < q[-1]
    limit = float(np.sqrt(max(q[0], 1e-300) * q[-1]))
    strict = find_hotspots(town, three_districts, settings_of(significance_q=limit))
    assert (strict.hotspots["q_value"] <= limit).all()
    dropped = strict.candidates[strict.candidates["status"].str.startswith("not significant: q ")]
    assert (dropped["q_value"] > limit).all()
    assert len(dropped) + len(strict.hotspots) == len(found.hotspots)
    # a candidate that is dropped ranks behind all that stay
    assert dropped["rank"].min() > len(strict.hotspots)


def test_reasons_for_dropping() -> None:
    """Above the limit, at it, too few to test, and without a limit."""
    q = np.array([0.2, 0.05, np.nan])
    assert insignificant(q, 0.05) == [
        "not significant: q 0.200, above 0.05",
        "",
        "fewer than 10 incidents: too few to test",
    ]
    assert insignificant(q, None) == ["", "", ""]


def test_envelope_counts_draws_that_reach_a_peak(found: Targeting) -> None:
    """Of 19 draws all reach a peak of 0 and none an impossible one: p = 20/20 and 1/20."""
    surface = replace(found.density, inside=np.ones_like(found.density.inside))
    grid = Grid(-200, -200, CELL, *surface.inside.shape)
    draw = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "x_m": draw.uniform(0, 4000, 60), "y_m": draw.uniform(0, 4000, 60),
            "weight": 1, "selecting": True, "district": "Westham",
        }
    )  # fmt: skip
    given: dict[str, Any] = {"correct_edge": False, "draws": 19, "seed": 3}
    many = np.array([99, 99, 9])
    p, said = envelope(table, np.array([0.0, 1e9, 1e9]), many, surface, grid, **given)
    assert p[:2].tolist() == [1.0, 0.05]
    assert np.isnan(p[2])
    assert said == [
        "Drawing 60 incidents again over 60 places says little: it needs places that hold several."
    ]
    assert envelope(table.assign(weight=2), many, many, surface, grid, **given)[1] == []
    none, said = envelope(table, many, many, surface, grid, **given | {"draws": 0})
    assert np.isnan(none).all()
    assert said == []


def test_draws_are_seeded_and_reported(
    town: Places, three_districts: gpd.GeoDataFrame, settings_of: SettingsMaker
) -> None:
    """The same seed gives the same p, the planted hotspot is beyond chance, progress is told."""
    told: list[tuple[int, int]] = []
    settings = settings_of(draws=39, seed=8)
    # ten incidents at each place, so that there is something to draw again
    table = town.table.assign(
        x_m=(town.table["x_m"] // 100) * 100 + 15, y_m=(town.table["y_m"] // 100) * 100 + 15
    )
    one, other = (
        find_hotspots(
            replace(town, table=table),
            three_districts,
            settings,
            progress=lambda done, of: told.append((done, of)),
        )
        for _ in range(2)
    )
    pd.testing.assert_series_equal(one.hotspots["envelope_p"], other.hotspots["envelope_p"])
    assert one.hotspots["envelope_p"][0] == 1 / 40
    assert told == [(done, 39) for done in range(1, 40)] * 2
