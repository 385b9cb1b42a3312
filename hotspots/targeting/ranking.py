"""Rankings beside the count: shrunken counts and harm, and what they would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from hotspots.errors import InputError
from hotspots.frames import SELECTED
from hotspots.targeting.harm import key

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

RankBy = Literal["excess", "incidents", "shrunk", "harm"]

#: What ranks -> the column it goes by, that of its ranks, and how it is said.
RANKINGS: Mapping[RankBy, tuple[str, str, str]] = {
    "excess": ("excess_incidents", "rank_by_excess", "incidents beyond the price of area"),
    "incidents": ("incidents", "rank_by_incidents", "incidents"),
    "shrunk": ("shrunk_incidents", "rank_by_shrunk", "shrunken counts"),
    "harm": ("harm", "rank_by_harm", "harm"),
}
_NAMED = 5


def gamma_prior(counts: ArrayLike, exposure: ArrayLike) -> tuple[float, float]:
    """Fit a gamma distribution of rates by moments (Marshall 1991).

    With ``r_i = y_i / e_i``, ``m = sum(y) / sum(e)``, and the mean exposure ``E``,
    ``v = sum(e_i (r_i - m)^2) / (E (n - 1))`` is the variance seen and ``s = v - m / E`` what
    chance leaves of it; ``b = m / s`` and ``a = m b``. With exposures of 1 that is
    ``b = m / (v - m)``.

    Parameters
    ----------
    counts, exposure
        Incidents, and what they are counted over (above 0), shape (n,).

    Returns
    -------
    a, b
        Shape and rate; both infinite where the counts differ by no more than chance makes them
        differ, or where there are fewer than two: then all share the rate m.

    Examples
    --------
    >>> [round(value, 7) for value in gamma_prior([50, 40, 30, 20, 10, 10, 5, 5, 5, 5], [1] * 10)]
    [1.2689295, 0.0704961]
    """
    y, e = np.asarray(counts, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    if len(y) < 2 or y.sum() == 0:
        return np.inf, np.inf
    mean, size = y.sum() / e.sum(), e.mean()
    seen = (e * (y / e - mean) ** 2).sum() / (size * (len(y) - 1))
    spread = seen - mean / size
    if spread <= 0:
        return np.inf, np.inf
    return float(mean**2 / spread), float(mean / spread)


def shrunk(
    counts: ArrayLike, exposure: ArrayLike, sound: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Expected counts, each drawn to the rate of all: ``e (a + y) / (b + e)``.

    The posterior mean of a Poisson count whose rate has the gamma distribution of
    `gamma_prior`. What stands out on little exposure is drawn more, as more of it is chance.

    Parameters
    ----------
    counts, exposure
        Incidents, and what they are counted over, shape (n,).
    sound
        Those that the prior is learnt from; all if not given.

    Examples
    --------
    >>> shrunk([50, 40, 30, 20, 10, 10, 5, 5, 5, 5], [1] * 10).round(4)[:2].tolist()
    [47.8927, 38.5512]
    """
    y, e = np.asarray(counts, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    known = np.ones(len(y), dtype=np.bool_) if sound is None else sound
    a, b = gamma_prior(y[known], e[known])
    if np.isfinite(a):
        return np.asarray(e * (a + y) / (b + e))
    return e * y[known].sum() / e[known].sum() if known.any() else y


def harm_of(
    places: pd.DataFrame, piece: NDArray[np.int64], count: int, weights: Mapping[str, float]
) -> tuple[NDArray[np.float64], dict[str, int]]:
    """Sum of the weights of the selecting incidents in each candidate.

    Parameters
    ----------
    places
        Columns category, selecting, weight and district.
    piece
        Candidate of each place, -1 for none.
    count
        Number of candidates.
    weights
        Weight by category, in lower case.

    Returns
    -------
    harm, unknown
        Shape (count,), not a number where no category has a weight; and the categories without
        one that occur inside the districts, with their incidents.
    """
    chosen = places["selecting"].to_numpy(dtype=bool)
    inside = chosen & (places["district"] != "").to_numpy()
    by_category = (
        places.loc[inside, ["category", "weight"]]
        .groupby("category", observed=True)["weight"]
        .sum()
    )
    unknown = {str(name): int(n) for name, n in by_category.items() if key(name) not in weights}
    if len(unknown) == len(by_category):
        return np.full(count, np.nan), unknown
    own = chosen & (piece >= 0)
    weight = {name: weights.get(key(name), 0.0) for name in places["category"].unique()}
    harm = places.loc[own, "category"].map(weight).astype("float64") * places.loc[own, "weight"]
    sums = np.bincount(piece[own], harm.to_numpy(np.float64), minlength=count)
    return sums.astype(np.float64), unknown


def ranked(candidates: gpd.GeoDataFrame, by: RankBy) -> gpd.GeoDataFrame:
    """Order candidates, and give each its rank by all three rankings.

    Sound ones come first, then what ranks decides, then incidents per km², then west, then
    south. Candidate ids follow the rank.

    Raises
    ------
    InputError
        Harm is to rank, and no category has a weight.
    """
    if by == "harm" and len(candidates) and candidates["harm"].isna().all():
        raise InputError(
            "Candidates cannot be ranked by harm: no selecting category has a weight; give "
            "targeting.harm_table, a CSV file with the columns category and weight."
        )
    candidates = candidates.copy()
    for column, rank, _ in RANKINGS.values():
        order = _order(candidates, column)
        candidates.loc[order, rank] = np.arange(1, len(order) + 1)
        if candidates[column].isna().any():
            candidates[rank] = np.nan
        else:
            candidates[rank] = candidates[rank].astype("int64")
    result = candidates.loc[_order(candidates, RANKINGS[by][0])].reset_index(drop=True)
    result["rank"] = np.arange(1, len(result) + 1)
    result["candidate_id"] = [f"C{rank:03d}" for rank in result["rank"]]
    return result


def _order(candidates: gpd.GeoDataFrame, column: str) -> pd.Index:
    """Row labels, best first."""
    order: pd.Index = (
        candidates.assign(sound=candidates["status"] == "")
        .sort_values(
            ["sound", column, "incidents_per_km2", "x_m", "y_m"],
            ascending=[False, False, False, True, True],
        )
        .index
    )
    return order


def difference(by: RankBy, chosen: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> str:
    """Say in a sentence how many hotspots another ranking would keep, and which it would change.

    Parameters
    ----------
    by
        The other ranking.
    chosen, other
        Candidates as they were selected, and as they would be selected.
    """
    now = chosen[chosen["status"] == SELECTED].sort_values("rank")
    then = other[other["status"] == SELECTED].sort_values("rank")
    stay = now["candidate_id"].isin(then["candidate_id"])
    said = f"Ranked by {RANKINGS[by][2]}, {stay.sum()} of the {len(now)} hotspots would stay"
    into = then[~then["candidate_id"].isin(now["candidate_id"])]
    parts = [
        f"{word}: {_listed(table['name'].tolist())}"
        for word, table in (("In", into), ("Out", now[~stay]))
        if len(table)
    ]
    return ". ".join([said, *parts]) + "."


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return "; ".join(names[:_NAMED]) + more
