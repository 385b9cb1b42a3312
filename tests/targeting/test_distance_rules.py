"""Rules that look at distances alone, beside the same by brute force."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from hotspots.targeting.distance_rules import (
    BANDWIDTHS_M,
    KNEE,
    LIKELIHOOD,
    knee_eps_m,
    likelihood_bandwidth_m,
    log_likelihoods,
    named_rules,
)

AREA_KM2 = 100.0


def clustered(spread_m: float, seed: int = 3) -> pd.DataFrame:
    """Ten knots of fifty positions each and a hundred positions anywhere in 10 km by 10 km."""
    draw = np.random.default_rng(seed)
    knots = draw.uniform(1_000, 9_000, (10, 2))
    xy = np.vstack(
        [*(draw.normal(knot, spread_m, (50, 2)) for knot in knots), draw.uniform(0, 1e4, (100, 2))]
    )
    return pd.DataFrame({"x_m": xy[:, 0], "y_m": xy[:, 1], "weight": 1})


def snapped() -> pd.DataFrame:
    """Positions on a lattice of 90 m, four incidents each."""
    x, y = np.meshgrid(np.arange(20) * 90.0, np.arange(20) * 90.0)
    return pd.DataFrame({"x_m": x.ravel(), "y_m": y.ravel(), "weight": 4})


def test_knee_lies_between_knots_and_noise():
    """Where fifty positions are within 20 m or so, far fewer metres than in between."""
    found = knee_eps_m(clustered(20.0), 10)
    assert found.rule == KNEE
    assert 15 <= found.value <= 150


def test_knee_is_that_of_sorted_distances():
    """The k-distances by a full matrix, the knee by its definition."""
    places = clustered(30.0).assign(weight=lambda table: 1 + (np.arange(len(table)) % 5 == 0))
    apart = cdist(*[places[["x_m", "y_m"]].to_numpy()] * 2)
    reached = []
    for row in apart:
        order = np.argsort(row)
        held = np.cumsum(places["weight"].to_numpy()[order])
        reached.append(row[order][np.flatnonzero(held >= 8)[0]])
    curve = np.sort(np.repeat(reached, places["weight"]))
    depth = [
        n / (len(curve) - 1) - (d - curve[0]) / (curve[-1] - curve[0]) for n, d in enumerate(curve)
    ]
    assert knee_eps_m(places, 8).value == 5 * round(curve[int(np.argmax(depth))] / 5)


def test_likelihood_by_a_full_matrix():
    """Each incident left out in turn, kernel by kernel."""
    places = clustered(60.0).iloc[::3].assign(weight=lambda table: 1 + np.arange(len(table)) % 2)
    # a weight of 2 is two incidents at one position
    xy = places.loc[places.index.repeat(places["weight"]), ["x_m", "y_m"]].to_numpy()
    apart = cdist(xy, xy)
    for bandwidth, found in zip(BANDWIDTHS_M, log_likelihoods(places, AREA_KM2), strict=True):
        kernel = 3 / (np.pi * bandwidth**2) * np.clip(1 - (apart / bandwidth) ** 2, 0, None) ** 2
        np.fill_diagonal(kernel, 0)
        left_out = (kernel.sum(axis=1) + 1 / (AREA_KM2 * 1e6)) / len(xy)
        assert found == pytest.approx(np.log(left_out).sum())


def test_likelihood_follows_the_scale():
    """Tight knots ask for a small bandwidth, even ground for the largest."""
    draw = np.random.default_rng(5)
    even = pd.DataFrame(draw.uniform(0, 1e4, (600, 2)), columns=["x_m", "y_m"]).assign(weight=1)
    tight, wide = clustered(25.0), clustered(150.0)
    found = [likelihood_bandwidth_m(table, AREA_KM2).value for table in (tight, wide, even)]
    assert found[0] < found[1] < found[2] == BANDWIDTHS_M[-1]


@pytest.mark.parametrize(
    ("found", "rule", "said"),
    [
        (knee_eps_m(snapped(), 4), KNEE, r"4\.0 incidents a place\): 100% of incidents have 4 at"),
        (knee_eps_m(snapped(), 5), KNEE, "0% of incidents have 5 at their own point"),
        (likelihood_bandwidth_m(snapped(), 9.0), LIKELIHOOD, "100% of incidents share theirs"),
    ],
)
def test_snapped_positions_have_neither(found, rule, said):
    """A sentence says why, with the share it rests on."""
    import re

    assert (found.rule, found.value) == (rule, None)
    assert found.why.startswith("positions are snapped")
    assert re.search(said, found.why)


def test_snapped_likelihood_would_collapse():
    """The smaller the bandwidth the likelier: what the refusal says is so."""
    scores = log_likelihoods(snapped(), 9.0)
    assert int(np.argmax(scores)) == 0


def test_too_few_incidents_have_no_knee():
    """Nobody has a thousand incidents around."""
    found = knee_eps_m(clustered(20.0), 1_000)
    assert found.value is None
    assert "1,000 around them" in found.why


def test_rules_are_of_two_settings_only():
    """A rule looks at selecting incidents inside the districts, and at nothing else."""
    table = clustered(20.0).assign(selecting=True, district="A")
    noise = snapped().assign(selecting=False, district="A", weight=100)
    both = pd.concat([table, noise, noise.assign(selecting=True, district="")])
    for name, rule in (("eps_m", KNEE), ("bandwidth_m", LIKELIHOOD)):
        alone, among = (
            named_rules(name, places, min_incidents=10, area_km2=AREA_KM2)
            for places in (table, both)
        )
        assert alone == among
        assert [one.rule for one in alone] == [rule]
    assert named_rules("min_incidents", table, min_incidents=10, area_km2=AREA_KM2) == []
