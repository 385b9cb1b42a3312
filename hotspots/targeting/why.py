"""Why here: sentences made of a hotspot's own numbers, and nothing beyond them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from hotspots.targeting.ranking import RANKINGS, RankBy
from hotspots.targeting.stability import NEVER, UNCLASSED

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_MAIN = 3  # categories named in the table
_LEAST_SHARE = 0.1
_CLEAR = 0.05


def main_categories(places: pd.DataFrame, piece: NDArray[np.int64], count: int) -> list[str]:
    """Most frequent selecting categories of each candidate, with their shares.

    At most three, and only those with a tenth or more; ties by name.

    Parameters
    ----------
    places
        Columns category, selecting, weight.
    piece
        Candidate of each place, -1 for none.
    count
        Number of candidates.
    """
    own = places["selecting"].to_numpy(dtype=bool) & (piece >= 0)
    rows = places.loc[own, ["category", "weight"]].assign(
        piece=piece[own], category=places.loc[own, "category"].astype(str)
    )
    table = rows.groupby(["piece", "category"])["weight"].sum().reset_index()
    table["share"] = table["weight"] / table.groupby("piece")["weight"].transform("sum")
    table = table[(table["share"] >= _LEAST_SHARE) & (table["category"].str.strip() != "")]
    table = table.sort_values(["piece", "weight", "category"], ascending=[True, False, True])
    table = table[table.groupby("piece").cumcount() < _MAIN]
    found: list[list[str]] = [[] for _ in range(count)]
    for number, name, share in zip(
        table["piece"].tolist(), table["category"], table["share"].tolist(), strict=True
    ):
        found[number].append(f"{name} {_percent(share, 0)}")
    return ["; ".join(said) for said in found]


def sentences(
    hotspots: gpd.GeoDataFrame,
    by_rank: set[str],
    by: RankBy,
    overall: float = math.nan,
    rules: Mapping[str, str] | None = None,
) -> list[str]:
    """Two sentences on each hotspot.

    Parameters
    ----------
    hotspots
        Columns `hotspots.frames.HOTSPOTS`, best first.
    by_rank
        Ids of those that would be hotspots without the rule that every district has one.
    by
        What ranked them.
    overall
        Trend of all incidents that count, so that a hotspot's own can be read against it.
    rules
        Id and rule of those that other rules keep.
    """
    said = []
    for row in hotspots.itertuples():
        rule = (
            "Kept by rank" if row.hotspot_id in by_rank else f"Kept as the best of {row.district}"
        )
        rule = (rules or {}).get(str(row.hotspot_id), rule)
        said.append(f"{_place(row, len(hotspots), rule, by)} {_time(row, overall)}")
    return said


def _place(row: Any, count: int, rule: str, by: RankBy) -> str:
    """What is there, and the rule that kept it."""
    measure = f" by {RANKINGS[by][2]}"
    kinds = f" ({row.main_categories})" if row.main_categories else ""
    return (
        f"{rule}: {row.incidents:,} {'incident' if row.incidents == 1 else 'incidents'} on "
        f"{_fixed(row.area_km2, 3)} km², {_percent(row.incident_share, 1)} of all that count, rank "
        f"{row.rank:,} of {count:,}{measure}{kinds}."
    )


def _time(row: Any, overall: float) -> str:
    """When it was hot, whether it grows, and whether chance would do."""
    parts = []
    if row.periods:
        kind = "" if row.hotspot_class in (UNCLASSED, NEVER) else f" ({row.hotspot_class})"
        parts.append(f"Hot in {row.periods_hot:,} of {row.periods:,} months{kind}")
    if not math.isnan(row.trend):
        all_of_it = "" if math.isnan(overall) else f"; everywhere {_more(overall)}"
        parts.append(
            f"{_more(row.trend)} incidents a day in the second half of the period than in the "
            f"first (95% interval: {_more(row.trend_low)} to {_more(row.trend_high)}{all_of_it})"
        )
    said = ", ".join([*parts, _chance(row)])
    return f"{said[0].upper()}{said[1:]}."


def _chance(row: Any) -> str:
    if math.isnan(row.q_value):
        return "too few incidents to test for significance"
    q = "below 0.001" if row.q_value < 0.001 else _fixed(row.q_value, 3)
    word = "more concentrated than" if row.q_value <= _CLEAR else "not clearly more than"
    return f"{word} chance explains (Gi* {_fixed(row.gi_star, 1)}, q {q})"


def _more(share: float) -> str:
    size = _percent(abs(share), 0)
    return "0% more" if size == "0%" else f"{size} {'more' if share > 0 else 'fewer'}"


def _percent(share: float, digits: int) -> str:
    return f"{_fixed(100 * share, digits)}%"


def _fixed(value: float, digits: int) -> str:
    """Round halves up, thousands separated."""
    exact = Decimal(float(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{exact:,f}"
