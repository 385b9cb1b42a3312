"""Rules that choose a distance from the positions alone, where positions are not snapped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotspots.targeting.surface import positions

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

KNEE, LIKELIHOOD = "k-distance knee", "cross-validated likelihood"

#: Incidents per place from which positions are called snapped, as the quality report does.
_SNAPPED = 1.5
_SAMPLE = 5_000
_STEP_M = 5.0
#: Bandwidths among which the likelihood chooses.
BANDWIDTHS_M = (50.0, 75.0, 100.0, 150.0, 200.0, 250.0, 300.0, 400.0, 500.0, 600.0, 800.0)


@dataclass(frozen=True)
class Ruled:
    """What a rule gave: a value, or None and why there is none."""

    rule: str
    value: float | None
    why: str = ""


def named_rules(
    setting: str, places: pd.DataFrame, *, min_incidents: int, area_km2: float
) -> list[Ruled]:
    """Values that rules known by a name give for a setting; none for most settings.

    Parameters
    ----------
    setting
        ``"bandwidth_m"`` or ``"eps_m"``.
    places
        Columns x_m, y_m, weight, selecting, district; rows of one position are one place.
    min_incidents, area_km2
        Incidents that make a core place; area of the districts.
    """
    if setting not in ("bandwidth_m", "eps_m"):
        return []
    inside = positions(places[places["selecting"] & (places["district"] != "")])
    if setting == "eps_m":
        return [knee_eps_m(inside, min_incidents)]
    return [likelihood_bandwidth_m(inside, area_km2)]


def knee_eps_m(places: pd.DataFrame, min_incidents: int) -> Ruled:
    """Radius for DBSCAN at the knee of the k-distances (Ester et al. 1996).

    The distance within which each incident has `min_incidents`, its own included, is sorted;
    the knee is where the curve, scaled to a unit square, lies deepest below the diagonal
    (Satopaa et al. 2011). Of more than 5,000 places a sample, evenly taken, is looked at.

    Parameters
    ----------
    places
        Distinct positions: columns x_m, y_m, weight.
    min_incidents
        Incidents that make a core place.

    Returns
    -------
    Ruled
        Metres, in steps of 5; no value on snapped positions, where many distances are 0.
    """
    distance, own = _k_distances(places, min_incidents)
    if _snapped(places):
        share = float(own[distance == 0].sum() / own.sum())
        return Ruled(
            KNEE,
            None,
            f"positions are snapped ({_per_place(places):.1f} incidents a place): {share:.0%} of "
            f"incidents have {min_incidents:,} at their own point, 0 m away, and the other "
            "distances follow the list of map points",
        )
    curve = np.repeat(distance, own.astype(np.int64))
    curve = np.sort(curve[np.isfinite(curve)])
    if len(curve) < 3 or curve[0] == curve[-1]:
        return Ruled(KNEE, None, f"too few incidents have {min_incidents:,} around them")
    along = np.linspace(0, 1, len(curve))
    up = (curve - curve[0]) / (curve[-1] - curve[0])
    knee = float(curve[np.argmax(along - up)])
    return Ruled(KNEE, max(_STEP_M, round(knee / _STEP_M) * _STEP_M))


def likelihood_bandwidth_m(places: pd.DataFrame, area_km2: float) -> Ruled:
    """Bandwidth whose density, each incident left out in turn, makes the incidents most likely.

    With the quartic kernel K the density at incident i from the n - 1 others and one incident
    spread evenly over the area A, which keeps it above 0, is ``(sum_j K(d_ij) + 1 / A) / n``;
    the sum of its logarithms is maximised over `BANDWIDTHS_M` (Habbema, Hermans and van den
    Broek 1974; Duin 1976). Of more than 5,000 places a sample, evenly taken, is looked at.

    Parameters
    ----------
    places
        Distinct positions: columns x_m, y_m, weight.
    area_km2
        Area of the districts.

    Returns
    -------
    Ruled
        Metres; no value on snapped positions, where ever smaller bandwidths are ever likelier.
    """
    if _snapped(places):
        weight = places["weight"].to_numpy(dtype=np.float64)
        share = float(weight[weight > 1].sum() / weight.sum())
        return Ruled(
            LIKELIHOOD,
            None,
            f"positions are snapped: {share:.0%} of incidents share theirs with another, so the "
            "likelihood grows without end as the bandwidth shrinks",
        )
    scores = log_likelihoods(places, area_km2)
    return Ruled(LIKELIHOOD, BANDWIDTHS_M[int(np.argmax(scores))])


def log_likelihoods(places: pd.DataFrame, area_km2: float) -> NDArray[np.float64]:
    """Leave-one-out log-likelihood at each of `BANDWIDTHS_M`; see `likelihood_bandwidth_m`."""
    from scipy.spatial import KDTree

    xy = places[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    weight = places["weight"].to_numpy(dtype=np.float64)
    tree, rows = KDTree(xy), _sample(len(xy))
    squares = np.array(BANDWIDTHS_M) ** 2
    peak = 3 / (np.pi * squares)
    scores = np.zeros(len(squares))
    for row in rows:
        near = tree.query_ball_point(xy[row], BANDWIDTHS_M[-1])
        apart = ((xy[near] - xy[row]) ** 2).sum(axis=1)
        inside = np.clip(1 - apart / squares[:, None], 0, None) ** 2
        around = peak * (inside @ weight[near] - 1)
        scores += weight[row] * np.log((around + 1e-6 / area_km2) / weight.sum())
    return scores


def _k_distances(
    places: pd.DataFrame, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distance within which places of a sample have `count` incidents, and their own incidents."""
    from scipy.spatial import KDTree

    xy = places[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    weight = places["weight"].to_numpy(dtype=np.float64)
    rows = _sample(len(xy))
    distance, near = KDTree(xy).query(xy[rows], k=np.arange(1, min(count, len(xy)) + 1))
    held = np.cumsum(weight[near], axis=1)
    reached = held[:, -1] >= count
    first = np.argmax(held >= count, axis=1)
    found = np.where(reached, distance[np.arange(len(rows)), first], np.inf)
    return found, weight[rows]


def _sample(count: int) -> NDArray[np.int64]:
    return np.arange(0, count, 1 + count // _SAMPLE)


def _per_place(places: pd.DataFrame) -> float:
    return float(places["weight"].sum()) / len(places)


def _snapped(places: pd.DataFrame) -> bool:
    return _per_place(places) >= _SNAPPED
