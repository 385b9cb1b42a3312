"""Counts of one or several splits become the published tables of accuracy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.frames import ACCURACY, ACCURACY_CURVE, ACCURACY_MONTHS, names
from hotspots.testing.accuracy import (
    EMPTY,
    hit_rate,
    pai,
    pei,
    ppai,
    rri_prediction,
    rri_stability,
    ser,
)
from hotspots.testing.intervals import interval, month_draws

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

#: Areas that differ by less are called equal.
SAME_AREA = 0.05


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What the pieces of one method held, in one split of the months.

    Attributes
    ----------
    method
        Name of the method.
    pieces, area_km2
        How many, and their area without overlaps.
    train_months, train_days
        Months the pieces were chosen by, and the days in them.
    train, train_inside
        Incidents of those months in the districts, and those inside.
    test, test_inside
        Month tested -> incidents in the districts, and inside; the same months in both.
    test_days
        Days in the months tested.
    note
        What a reader must know.
    """

    method: str
    pieces: int
    area_km2: float
    train_months: Sequence[str]
    train_days: int
    train: int
    train_inside: int
    test: Mapping[str, int]
    test_inside: Mapping[str, int]
    test_days: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """What the best-ranked units of one method held at one share of the area, in one split."""

    method: str
    area_share: float
    area_km2: float
    test: Mapping[str, int] = field(default_factory=dict)
    test_inside: Mapping[str, int] = field(default_factory=dict)


def method_table(
    tallies: Sequence[Tally],
    total_area_km2: float,
    *,
    ours: str,
    hindsight: str,
    draws: NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """Pool the splits of each method and measure them.

    Parameters
    ----------
    tallies
        Of all methods and splits; every method has the same splits.
    total_area_km2
        Area of the districts.
    ours, hindsight
        Names of the method that the others are compared with, and of the one that knew the
        months tested, if there is such a one: it stands last.
    draws
        From `month_draws`, one column per month tested; by default made here.

    Returns
    -------
    pandas.DataFrame
        Columns `hotspots.frames.ACCURACY`; `ours` first, then by falling hit rate, then name.
    """
    import pandas as pd

    pooled = _by_method(tallies)
    mine = pooled[ours]
    if draws is None:
        draws = month_draws(_length(mine))
    best = _pai(pooled[hindsight], total_area_km2) if hindsight in pooled else EMPTY
    best_km2 = _mean_area(pooled[hindsight]) if hindsight in pooled else EMPTY
    rows = []
    for method, splits in pooled.items():
        row = _measured(splits, total_area_km2, draws)
        inside, total = _series(splits)
        less = _series(mine)[0] - inside
        ends = interval(less, total, draws) if method != ours else (EMPTY, EMPTY)
        row["difference"] = EMPTY if method == ours else hit_rate_of(less, total)
        row["difference_low"], row["difference_high"] = ends
        same = abs(row["area_km2"] - best_km2) <= SAME_AREA * best_km2
        row["pei"] = pei(row["pai"], best) if same else EMPTY
        rows.append(row)
    table = pd.DataFrame(rows)
    place = table["method"].map({ours: 0, hindsight: 2}).fillna(1)
    table = table.assign(place=place, fall=-table["hit_rate"])
    table = table.sort_values(["place", "fall", "method"], ignore_index=True)
    return table[names(ACCURACY)]


def curve_table(
    points: Sequence[CurvePoint], total_area_km2: float, draws: NDArray[np.int64] | None = None
) -> pd.DataFrame:
    """Pool the splits of each method and share of the area, and measure them.

    Returns
    -------
    pandas.DataFrame
        Columns `hotspots.frames.ACCURACY_CURVE`, methods in the order given, then by share.
    """
    import pandas as pd

    pooled: dict[tuple[str, float], list[CurvePoint]] = {}
    for point in points:
        pooled.setdefault((point.method, point.area_share), []).append(point)
    order = list(dict.fromkeys(point.method for point in points))
    rows = []
    for (method, share), splits in sorted(
        pooled.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
    ):
        if draws is None:
            draws = month_draws(_length(splits))
        area = _mean_area(splits)
        rows.append(
            {"method": method, "area_share": share, "area_km2": area}
            | _hits(splits, area, total_area_km2, draws)
        )
    return pd.DataFrame(rows, columns=names(ACCURACY_CURVE))


def month_table(tallies: Sequence[Tally]) -> pd.DataFrame:
    """List what each method held in each month, columns `hotspots.frames.ACCURACY_MONTHS`."""
    import pandas as pd

    rows = [
        (tally.method, month, tally.test[month], tally.test_inside[month])
        for splits in _by_method(tallies).values()
        for tally in splits
        for month in sorted(tally.test)
    ]
    return pd.DataFrame(rows, columns=names(ACCURACY_MONTHS))


def _by_method(tallies: Sequence[Tally]) -> dict[str, list[Tally]]:
    pooled: dict[str, list[Tally]] = {}
    for tally in tallies:
        pooled.setdefault(tally.method, []).append(tally)
    return pooled


def _series(splits: Sequence[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Incidents inside and in all, month by month over the splits."""
    months = [(split, month) for split in splits for month in sorted(split.test)]
    inside = np.array([split.test_inside[month] for split, month in months], dtype=np.float64)
    total = np.array([split.test[month] for split, month in months], dtype=np.float64)
    return inside, total


def _length(splits: Sequence[Any]) -> int:
    return sum(len(split.test) for split in splits)


def _mean_area(splits: Sequence[Any]) -> float:
    return float(np.mean([split.area_km2 for split in splits]))


def hit_rate_of(inside: NDArray[np.float64], total: NDArray[np.float64]) -> float:
    """Hit rate over months; of a difference, if `inside` is one."""
    return hit_rate(float(inside.sum()), float(total.sum()))


def _pai(splits: Sequence[Tally], total_area_km2: float) -> float:
    inside, total = _series(splits)
    return pai(float(inside.sum()), float(total.sum()), _mean_area(splits), total_area_km2)


def _hits(
    splits: Sequence[Any], area_km2: float, total_area_km2: float, draws: NDArray[np.int64]
) -> dict[str, Any]:
    """Hit rate and PAI with their intervals."""
    inside, total = _series(splits)
    low, high = interval(inside, total, draws)
    rate = hit_rate_of(inside, total)
    values = {"pai": rate, "pai_low": low, "pai_high": high}
    return {
        "incidents_test": int(total.sum()),
        "incidents_test_inside": int(inside.sum()),
        "hit_rate": rate,
        "hit_rate_low": low,
        "hit_rate_high": high,
        **{name: pai(value, 1.0, area_km2, total_area_km2) for name, value in values.items()},
    }


def _measured(
    splits: Sequence[Tally], total_area_km2: float, draws: NDArray[np.int64]
) -> dict[str, Any]:
    """Measures of one method, pooled over its splits, except those that compare methods."""
    area = _mean_area(splits)
    hits = _hits(splits, area, total_area_km2, draws)
    n, total = hits["incidents_test_inside"], hits["incidents_test"]
    train, train_inside = (sum(s.train for s in splits), sum(s.train_inside for s in splits))
    predicted = sum(s.train_inside * s.test_days / s.train_days for s in splits)
    months = [month for split in splits for month in split.train_months]
    later = [month for split in splits for month in split.test]
    return hits | {
        "method": splits[0].method,
        "train_from": min(months),
        "train_to": max(months),
        "test_from": min(later),
        "test_to": max(later),
        "pieces": round(float(np.mean([split.pieces for split in splits]))),
        "area_km2": area,
        "area_share": area / total_area_km2,
        "incidents_train": train,
        "incidents_train_inside": train_inside,
        "ser": ser(n, area),
        "ppai": ppai(n, total, area, total_area_km2),
        "rri_stability": rri_stability(pai(train_inside, train, area, total_area_km2), hits["pai"]),
        "rri_prediction": rri_prediction(predicted, n),
        "note": splits[0].note,
    }
