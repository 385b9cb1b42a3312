"""Choosing the hotspots among the candidates: the best, and at least one per district."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotspots.errors import InfeasibleError
from hotspots.frames import HOTSPOTS, OUTRANKED, SELECTED, TOO_CLOSE, names

if TYPE_CHECKING:
    import geopandas as gpd


def select(
    candidates: gpd.GeoDataFrame,
    count: int,
    *,
    every_district: bool = True,
    min_separation_m: float = 0.0,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Select hotspots from ranked candidates.

    With `every_district` the best candidate of each district comes first; the remaining places
    go to the best of the rest. Rank order decides everything, and ranks have no ties.

    Parameters
    ----------
    candidates
        Columns `hotspots.frames.CANDIDATES`; those with an empty status can be selected.
    count
        How many to select; fewer come back where there are fewer.
    every_district
        Whether each district with a candidate gets one.
    min_separation_m
        Least distance between centres of selected hotspots, metres.

    Returns
    -------
    hotspots, candidates
        Columns `hotspots.frames.HOTSPOTS`, best first; and the candidates with hotspot_id and
        status filled in.

    Raises
    ------
    InfeasibleError
        There are more districts to serve than hotspots.
    """
    import numpy as np

    candidates = candidates.copy()
    sound = candidates[candidates["status"] == ""].sort_values("rank")
    served = sound["district"].nunique()
    if every_district and served > count:
        raise InfeasibleError(
            f"{count} hotspots cannot serve {served} districts with a candidate each; raise "
            f"--hotspots to {served} or more, or give --any-district."
        )
    first = sound.drop_duplicates("district") if every_district else sound.iloc[:0]
    rest = sound.drop(first.index)
    order = [*first.index, *rest.index]
    chosen, close = _spaced(sound, order, count, min_separation_m, len(first))
    candidates.loc[sound.index, "status"] = OUTRANKED
    candidates.loc[close, "status"] = TOO_CLOSE
    candidates.loc[chosen, "status"] = SELECTED
    hotspots = candidates.loc[sorted(chosen, key=candidates["rank"].get)].copy()
    hotspots["rank"] = np.arange(1, len(hotspots) + 1)
    hotspots["why"] = hotspots["change"] = ""
    hotspots["rank_in_district"] = hotspots.groupby("district").cumcount() + 1
    hotspots["hotspot_id"] = [
        f"{code}-{rank:02d}"
        for code, rank in zip(hotspots["district_code"], hotspots["rank_in_district"], strict=True)
    ]
    candidates.loc[hotspots.index, "hotspot_id"] = hotspots["hotspot_id"]
    columns = [*names(HOTSPOTS), "geometry"]
    return hotspots[columns].reset_index(drop=True), candidates


def _spaced(
    sound: gpd.GeoDataFrame, order: list[int], count: int, separation_m: float, reserved: int
) -> tuple[list[int], list[int]]:
    """Take candidates in order, passing over those near one taken already; give both.

    The first `reserved`, one per district, are taken however near they are.
    """
    if separation_m <= 0:
        return order[:count], []
    from rtree.index import Index

    taken: list[int] = []
    close: list[int] = []
    index = Index()
    x, y = sound["x_m"], sound["y_m"]
    for label in order:
        if len(taken) == count:
            break
        box = (x[label] - separation_m, y[label] - separation_m,
               x[label] + separation_m, y[label] + separation_m)  # fmt: skip
        near = any(
            (x[other] - x[label]) ** 2 + (y[other] - y[label]) ** 2 < separation_m**2
            for other in index.intersection(box)
        )
        if near and len(taken) >= reserved:
            close.append(label)
        else:
            taken.append(label)
            index.insert(label, (x[label], y[label], x[label], y[label]))
    return taken, close
