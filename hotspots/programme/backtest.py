"""How well hotspots chosen by earlier months hold later incidents, beside plain methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.errors import NothingFoundError, SettingsError
from hotspots.frames import Backtest, Targeting
from hotspots.programme.baselines import (
    HINDSIGHT,
    OLDER_MAP,
    OURS,
    Borders,
    Ground,
    baselines,
    hindsight,
    positions,
    ranked,
)
from hotspots.programme.identify import listed, origin_of
from hotspots.programme.origins import Origin, first_half, origins
from hotspots.programme.stages import Progress, Stages
from hotspots.settings import Settings

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.testing import CurvePoint, Tally

#: Shares of the area at which ranked methods are measured.
AREA_SHARES: tuple[float, ...] = (0.005, 0.01, 0.02, 0.05)

#: Of the draws of months.
SEED = 0


def backtest(
    incidents: Any,
    districts: Any,
    *,
    split: str | None = None,
    rolling: int | None = None,
    settings: Settings | None = None,
    area_shares: Sequence[float] = AREA_SHARES,
    progress: Progress | None = None,
) -> Backtest:
    """Measure the accuracy of targeting strictly out of time, beside plain methods.

    Hotspots are chosen by earlier months alone; what is counted is the share of the incidents
    of later months that falls inside. Plain methods get the same months, the same number of
    pieces and the same area. Intervals come from redrawing the months tested.

    Parameters
    ----------
    incidents, districts
        As `identify` takes them.
    split
        First month tested, ``YYYY-MM``. None, without `rolling`: the later half is tested.
    rolling
        Test each of so many last months by all the months before it, and pool them.
    settings
        Intake and targeting settings.
    area_shares
        Shares of the area of the districts, above 0 and at most 1, for the curve.
    progress
        Called with a sentence when a stage begins.

    Returns
    -------
    Backtest
        Table, curve, counts by month, and the verdict in words.

    Raises
    ------
    InputError
        The input is wrong, has no dates, or has none before or after the split.
    SettingsError
        `split`, `rolling` or `area_shares` make no sense.
    NothingFoundError
        The earlier months have no hotspot.

    Examples
    --------
    >>> import hotspots
    >>> result = hotspots.backtest(
    ...     hotspots.sample_incidents(), "west-yorkshire", split="2018-07"
    ... )
    >>> result.table["method"].iloc[0], int(result.table["pieces"].iloc[0])
    ('this method', 26)
    """
    from hotspots.intake import read_districts, read_places
    from hotspots.testing import curve_table, method_table, month_draws, month_table, verdict

    settings = settings or Settings()
    shares = sorted({float(share) for share in area_shares})
    if not all(0 < share <= 1 for share in shares):
        raise SettingsError(f"area_shares must be above 0 and at most 1; they are {shares}.")
    stage = Stages(progress)
    with stage("read", "Reading districts and incidents"):
        layer = read_districts(districts, settings.districts)
        places, choices = read_places(listed(incidents), layer, settings.intake)
        splits = origins(places, split, rolling)
        borders = Borders(layer)
    tallies: list[Tally] = []
    points: list[CurvePoint] = []
    for number, one in enumerate(splits, start=1):
        which = f"{', '.join(one.test_months[:1])} on" if rolling is None else one.test_months[0]
        with stage(f"targeting {number}", f"Choosing hotspots by the months before {which}"):
            found = _found(one, layer, settings)
        with stage(f"methods {number}", f"Measuring them on {which}, beside plain methods"):
            tallies += _tallies(one, found, layer, settings, borders)
            points += _points(one, found, shares, borders)
    months = sum(len(one.test_months) for one in splits)
    total_km2 = float(layer["area_km2"].sum())
    draws = month_draws(months, seed=SEED)
    table = method_table(tallies, total_km2, ours=OURS, hindsight=HINDSIGHT, draws=draws)
    return Backtest(
        table=table,
        curve=curve_table(points, total_km2, draws),
        months=month_table(tallies),
        verdict=tuple(verdict(table, ours=OURS, hindsight=HINDSIGHT, months=months)),
        settings=found.settings,
        choices=(*choices, *found.choices),
        messages=tuple(found.messages),
        provenance=_described(
            replace(found, quality=places.quality, origin=origin_of(districts, places.quality))
        ),
    )


def _found(one: Origin, layer: gpd.GeoDataFrame, settings: Settings) -> Targeting:
    from hotspots.targeting import find_hotspots

    found = find_hotspots(one.train, layer, settings)
    if found.hotspots.empty:
        raise NothingFoundError(
            f"No hotspot was found by {one.train.months[0]} to {one.train.months[-1]}, so there "
            "is nothing to measure; " + " ".join(found.messages)
        )
    return found


def _tallies(
    one: Origin, found: Targeting, layer: gpd.GeoDataFrame, settings: Settings, borders: Borders
) -> list[Tally]:
    """Count what every method holds of the months it was chosen by, and of those after."""
    train, test = positions(one.train.table, borders), positions(one.test, borders)
    ours = Ground(OURS, found.hotspots.geometry.to_numpy(), "density and DBSCAN agree")
    area_km2 = _area_km2(ours.geometry)
    grounds = [
        ours,
        *baselines(train, found, area_km2, borders),
        *_older_map(one, layer, settings),
        hindsight(test, len(found.hotspots), area_km2, borders),
    ]
    return [_tally(ground, one, train) for ground in grounds]


def _older_map(one: Origin, layer: gpd.GeoDataFrame, settings: Settings) -> Iterator[Ground]:
    """The map that the older half of the months gives: one that was not made anew."""
    from hotspots.targeting import find_hotspots

    older = first_half(one.train)
    counted = older.table["selecting"] & (older.table["district"] != "")
    if older.table.loc[counted, ["x_m", "y_m"]].drop_duplicates().shape[0] < 2:
        return
    found = find_hotspots(older, layer, settings)
    if len(found.hotspots):
        span = f"this method by {older.months[0]} to {older.months[-1]}"
        yield Ground(OLDER_MAP, found.hotspots.geometry.to_numpy(), span)


def _tally(ground: Ground, one: Origin, train: pd.DataFrame) -> Tally:
    from hotspots.testing import Tally, first_piece

    before = first_piece(ground.geometry, train["x_m"], train["y_m"]) >= 0
    after = first_piece(ground.geometry, one.test["x_m"], one.test["y_m"]) >= 0
    return Tally(
        method=ground.method,
        pieces=len(ground.geometry),
        area_km2=_area_km2(ground.geometry),
        train_months=tuple(one.train.months),
        train_days=one.train.days,
        train=int(train["weight"].sum()),
        train_inside=int(train.loc[before, "weight"].sum()),
        test=_by_month(one.test, one),
        test_inside=_by_month(one.test[after], one),
        test_days=one.test_days,
        note=ground.note,
    )


def _points(
    one: Origin, found: Targeting, shares: Sequence[float], borders: Borders
) -> list[CurvePoint]:
    """Count what the best units hold at each share of the area."""
    from hotspots.testing import CurvePoint, first_piece

    if not shares:
        return []
    total_km2 = float(found.districts["area_km2"].sum())
    train = positions(one.train.table, borders)
    points = []
    for method, unit_km2, units in ranked(train, found.density, shares[-1] * total_km2):
        rank = first_piece(units.geometry, one.test["x_m"], one.test["y_m"])
        for share in shares:
            count = max(1, round(share * total_km2 / unit_km2))
            inside = (rank >= 0) & (rank < count)
            points.append(
                CurvePoint(
                    method=method,
                    area_share=share,
                    area_km2=min(count, len(units)) * unit_km2,
                    test=_by_month(one.test, one),
                    test_inside=_by_month(one.test[inside], one),
                )
            )
    return points


def _by_month(test: pd.DataFrame, one: Origin) -> dict[str, int]:
    counts = test.groupby(test["period"].astype(str))["weight"].sum()
    return {month: int(counts.get(month, 0)) for month in one.test_months}


def _area_km2(geometry: NDArray[np.object_]) -> float:
    import shapely

    return float(shapely.union_all(geometry).area) / 1e6


def _described(found: Targeting) -> dict[str, Any]:
    """What the outputs say of themselves."""
    from hotspots.sharing import provenance

    described = provenance.describe(
        found,
        found.settings,
        source=found.origin.get("source"),
        attribution=found.origin.get("attribution", ()),
        districts_sha256=found.origin.get("districts_sha256"),
        title="Accuracy of hotspots",
    )
    return described | {"seed": SEED}
