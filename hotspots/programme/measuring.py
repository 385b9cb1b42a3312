"""One split measured: what every method holds of the months before, and of those after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hotspots.errors import NothingFoundError
from hotspots.programme.baselines import (
    DBSCAN,
    EVERY_DISTRICT,
    OLDER_MAP,
    OURS,
    Borders,
    Ground,
    baselines,
    hindsight,
    positions,
    ranked,
)
from hotspots.programme.identify import find
from hotspots.programme.origins import Origin, first_half
from hotspots.testing import CurvePoint, Tally, first_piece

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.frames import Targeting
    from hotspots.settings import Settings


def found_by(one: Origin, layer: gpd.GeoDataFrame, settings: Settings) -> Targeting:
    """Hotspots chosen by the earlier months of a split."""
    found = find(one.train, layer, settings)
    if found.hotspots.empty:
        raise NothingFoundError(
            f"No hotspot was found by {one.train.months[0]} to {one.train.months[-1]}, so there "
            "is nothing to measure; " + " ".join(found.messages)
        )
    return found


def comparable(tallies: Sequence[Tally], splits: int) -> tuple[list[Tally], list[str]]:
    """Tallies of the methods that every split has, and what is said of the others.

    A method held to every district that holds just what it holds without is left out, too.
    """
    by_method: dict[str, list[Tally]] = {}
    for tally in tallies:
        by_method.setdefault(tally.method, []).append(tally)
    said = []
    for method in (OLDER_MAP, DBSCAN):
        if (found := len(by_method.get(method, []))) < splits:
            said.append(f"Left out: {method}, which gave something in {found} of {splits} splits.")
            by_method.pop(method, None)
    for method in [name for name in by_method if name.endswith(EVERY_DISTRICT)]:
        plain = method.removesuffix(EVERY_DISTRICT)
        pairs = zip(by_method[method], by_method[plain], strict=True)
        if all(one.test_inside == other.test_inside for one, other in pairs):
            said.append(f"Left out: {method}, which holds the same incidents as {plain}.")
            del by_method[method]
    return [tally for some in by_method.values() for tally in some], said


def _how(found: Targeting) -> str:
    """How the hotspots were cut out."""
    method = found.settings.targeting.method
    if method == "priced":
        return "grown at one price of area, density and DBSCAN agree"
    return f"method {method}"


def tallies_of(
    one: Origin, found: Targeting, layer: gpd.GeoDataFrame, settings: Settings, borders: Borders
) -> list[Tally]:
    """Count what every method holds of the months it was chosen by, and of those after."""
    train, test = positions(one.train.table, borders), positions(one.test, borders)
    ours = Ground(OURS, found.hotspots.geometry.to_numpy(), _how(found))
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
    older = first_half(one.train)
    counted = older.table["selecting"] & (older.table["district"] != "")
    if older.table.loc[counted, ["x_m", "y_m"]].drop_duplicates().shape[0] < 2:
        return
    found = find(older, layer, settings)
    if len(found.hotspots):
        span = f"this method by {older.months[0]} to {older.months[-1]}"
        yield Ground(OLDER_MAP, found.hotspots.geometry.to_numpy(), span)


def _tally(ground: Ground, one: Origin, train: pd.DataFrame) -> Tally:
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


def points_of(
    one: Origin, found: Targeting, shares: Sequence[float], borders: Borders
) -> list[CurvePoint]:
    """Count what the best units hold at each share of the area."""
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
