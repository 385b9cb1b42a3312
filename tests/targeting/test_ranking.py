"""Rankings are checked against published values, SciPy's gamma distribution and counts by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from hotspots.errors import InputError
from hotspots.frames import Places
from hotspots.settings import Settings
from hotspots.targeting import find_hotspots
from hotspots.targeting.ranking import difference, gamma_prior, harm_of, ranked, shrunk

COUNTS = [50, 40, 30, 20, 10, 10, 5, 5, 5, 5]
CandidateMaker = Callable[..., gpd.GeoDataFrame]


def test_known_prior_and_posterior() -> None:
    """Moments of ten counts, worked out by hand: mean 18, variance 273 1/3."""
    a, b = gamma_prior(COUNTS, np.ones(10))
    assert a == pytest.approx(18**2 / (273 + 1 / 3 - 18), rel=1e-12)
    assert (a, b) == (pytest.approx(1.2689295, abs=5e-8), pytest.approx(0.0704961, abs=5e-8))
    found = shrunk(COUNTS, np.ones(10))
    np.testing.assert_allclose(found[:2], [47.8927, 38.5512], atol=5e-5)


def test_posterior_is_the_integral() -> None:
    """The shrunken count is the mean of the posterior, integrated with SciPy's densities."""
    exposure = np.array([0.05, 0.1, 0.02, 0.08])
    counts = np.array([30, 40, 25, 10])
    a, b = gamma_prior(counts, exposure)
    for y, e, said in zip(counts, exposure, shrunk(counts, exposure), strict=True):

        def density(rate: float, y: int = y, e: float = e) -> float:
            return float(stats.gamma.pdf(rate, a, scale=1 / b) * stats.poisson.pmf(y, rate * e))

        mass = integrate.quad(density, 0, 6000, limit=500, epsrel=1e-11)[0]
        mean = integrate.quad(lambda r: r * density(r), 0, 6000, limit=500, epsrel=1e-11)[0] / mass
        assert said == pytest.approx(e * mean, rel=1e-6)


def test_moments_find_the_prior_that_made_the_counts() -> None:
    """Of 40,000 counts over unequal exposures, the prior comes back within 5 %.

    The relative standard error of the variance is about 1.5 %.
    """
    draw = np.random.default_rng(3)
    exposure = draw.uniform(0.5, 2, 40_000)
    rates = draw.gamma(2.0, 1 / 0.1, 40_000)
    a, b = gamma_prior(draw.poisson(rates * exposure), exposure)
    assert (a, b) == (pytest.approx(2.0, rel=0.05), pytest.approx(0.1, rel=0.05))


def test_no_more_spread_than_chance_shares_one_rate() -> None:
    """Where counts differ no more than chance makes them, all have the common rate."""
    assert gamma_prior([4, 4, 4], [1, 1, 1]) == (np.inf, np.inf)
    assert shrunk([4, 4, 4], [1, 1, 2]).tolist() == [3.0, 3.0, 6.0]
    assert shrunk([7], [0.5]).tolist() == [7.0]
    assert shrunk([], []).tolist() == []
    assert shrunk([3, 9], [1, 1], np.array([False, False])).tolist() == [3.0, 9.0]


@given(
    st.lists(
        st.tuples(st.integers(1, 500), st.floats(0.01, 0.1, allow_nan=False)),
        min_size=2, max_size=30,
    )
)  # fmt: skip
def test_shrinking_goes_towards_the_common_rate(rows: list[tuple[int, float]]) -> None:
    """Every shrunken count lies between the count and what the common rate gives."""
    counts, exposure = np.array(rows).T
    common = exposure * counts.sum() / exposure.sum()
    found = shrunk(counts, exposure)
    slack = 1e-9 * counts.max()
    assert (found >= np.minimum(counts, common) - slack).all()
    assert (found <= np.maximum(counts, common) + slack).all()


def places_with(categories: list[tuple[str, int]]) -> pd.DataFrame:
    names, weights = zip(*categories, strict=True)
    return pd.DataFrame(
        {"category": names, "weight": weights, "selecting": True, "district": "Watford"}
    )


def test_harm_is_a_weighted_sum_and_unknown_categories_are_named() -> None:
    """2 robberies and 3 thefts are 2 x 365 + 3 x 2; a category without a weight is returned."""
    places = places_with([("Robbery", 2), ("theft from the person", 3), ("Piracy", 4)])
    harm, unknown = harm_of(
        places, np.array([0, 0, 1]), 3, {"robbery": 365, "theft from the person": 2}
    )
    assert harm.tolist() == [736, 0, 0]
    assert unknown == {"Piracy": 4}
    none, unknown = harm_of(places, np.array([0, 0, 1]), 3, {"arson": 1})
    assert np.isnan(none).all()
    assert len(unknown) == 3


def test_any_measure_can_rank(candidates_of: CandidateMaker) -> None:
    """Sound candidates come first in the order of the measure; ties go west; ids follow."""
    table = candidates_of(["A", "A", "B", "B"], status=["", "", "", "hot in 1 month"]).assign(
        incidents=[40, 30, 20, 90],
        shrunk_incidents=[30.0, 30.0, 31.0, 95.0],
        harm=[5.0, 9.0, 7.0, 99.0],
    )
    by_harm = ranked(table, "harm")
    assert by_harm["incidents"].tolist() == [30, 20, 40, 90]
    assert by_harm["rank"].tolist() == [1, 2, 3, 4]
    assert by_harm["candidate_id"].tolist() == ["C001", "C002", "C003", "C004"]
    assert by_harm["rank_by_incidents"].tolist() == [2, 3, 1, 4]
    assert by_harm["rank_by_shrunk"].tolist() == [3, 1, 2, 4]
    assert by_harm["rank_by_harm"].tolist() == [1, 2, 3, 4]
    unknown = table.assign(harm=np.nan)
    assert ranked(unknown, "incidents")["rank_by_harm"].isna().all()
    with pytest.raises(InputError, match=r"cannot be ranked by harm: .*targeting\.harm_table"):
        ranked(unknown, "harm")


def test_difference_is_said(candidates_of: CandidateMaker) -> None:
    """The sentence counts those that stay, and names those that come and go."""
    table = candidates_of(["A"] * 4).assign(name=["One", "Two", "Three", "Four"])
    chosen = table.assign(status=["selected", "selected", "", ""])
    other = table.assign(status=["selected", "", "", "selected"])
    assert difference("harm", chosen, other) == (
        "Ranked by harm, 1 of the 2 hotspots would stay. In: Four. Out: Two."
    )
    assert difference("shrunk", chosen, chosen) == (
        "Ranked by shrunken counts, 2 of the 2 hotspots would stay."
    )


@pytest.fixture(scope="module")
def two_kinds(
    three_districts: gpd.GeoDataFrame,
    plant: Callable[..., pd.DataFrame],
    places_of: Callable[..., Places],
) -> Places:
    """60 robberies at one place, and twice as many incidents without harm at another."""
    rows = [plant((1015, 1015), 120, seed=2), plant((3015, 2515), 60, seed=3)]
    rows[0]["category"] = "Anti-social behaviour"
    return places_of(*rows, districts=three_districts)


def test_ranked_by_harm_another_place_is_first(
    two_kinds: Places,
    three_districts: gpd.GeoDataFrame,
    settings_of: Callable[..., Settings],
) -> None:
    """One hotspot is wanted: by count the larger, by harm that of the robberies (60 x 365)."""
    asked = {"hotspots": 1, "every_district": False}
    by_count = find_hotspots(two_kinds, three_districts, settings_of(**asked))
    by_harm = find_hotspots(two_kinds, three_districts, settings_of(rank_by="harm", **asked))
    assert by_count.hotspots["incidents"].tolist() == [120]
    assert by_harm.hotspots["incidents"].tolist() == [60]
    assert by_harm.hotspots["harm"].tolist() == [60 * 365]
    assert "rank 1 of 1 by harm" in by_harm.hotspots["why"][0]
    said = "Ranked by harm, 0 of the 1 hotspots would stay. In: Place 2, Westham. Out: Place 1, "
    assert any(message.startswith(said) for message in by_count.messages)
    assert any(message.startswith("Ranked by incidents, 0 of") for message in by_harm.messages)


def test_unknown_categories_are_said(
    two_kinds: Places,
    three_districts: gpd.GeoDataFrame,
    settings_of: Callable[..., Settings],
    tmp_path: Path,
) -> None:
    """A table without a category says so, with the incidents; without any, harm stays empty."""
    file = tmp_path / "own.csv"
    file.write_text("category,weight\nRobbery,2\n", encoding="utf-8")
    found = find_hotspots(two_kinds, three_districts, settings_of(harm_table=str(file)))
    assert sorted(found.candidates["harm"]) == [0, 120]
    said = "No harm weight, counted as 0: Anti-social behaviour (120 incidents)."
    assert said in found.messages
    file.write_text("category,weight\nPiracy,2\n", encoding="utf-8")
    none = find_hotspots(two_kinds, three_districts, settings_of(harm_table=str(file)))
    assert none.candidates["harm"].isna().all()
    assert none.candidates["rank_by_harm"].isna().all()
    assert any(m.startswith("Harm is not known: ") for m in none.messages)
    assert not any(m.startswith("Ranked by harm") for m in none.messages)
    with pytest.raises(InputError, match="no selecting category has a weight"):
        find_hotspots(two_kinds, three_districts, settings_of(harm_table=str(file), rank_by="harm"))
