"""Choosing the hotspots among the candidates: the best, and at least one per district."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotspots.errors import InfeasibleError
from hotspots.frames import HOTSPOTS, OUTRANKED, SELECTED, TOO_CLOSE, names

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True)
class Rules:
    """What people and an earlier plan ask of a selection; labels are those of the candidates.

    Attributes
    ----------
    forced
        Candidates that are selected whatever their rank and status.
    old
        Candidates in which hotspots of an earlier plan live on.
    spare
        Of them, those that are no sound candidates: selected only where `least_old` asks for it.
    least_old, measure
        How many old ones are selected at least, by the largest sum of the column `measure`.
    """

    forced: Collection[int] = ()
    old: Collection[int] = ()
    spare: Collection[int] = ()
    least_old: int = 0
    measure: str = ""


def select(
    candidates: gpd.GeoDataFrame,
    count: int,
    *,
    every_district: bool = True,
    min_separation_m: float = 0.0,
    rules: Rules | None = None,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Select hotspots from ranked candidates.

    With `every_district` the best candidate of each district comes first; the remaining places
    go to the best of the rest. Rank order decides everything, and ranks have no ties. Forced
    ones come before all, and serve their district. Where that leaves too few old ones, the set
    with the largest sum is searched for instead (`hotspots.targeting.capped.best_set`).

    Parameters
    ----------
    candidates
        Columns `hotspots.frames.CANDIDATES`; those with an empty status can be selected.
    count
        How many to select; fewer come back where there are fewer.
    every_district
        Whether each district with a candidate gets one.
    min_separation_m
        Least distance between centres of selected hotspots, metres; forced ones and the first
        of each district are exempt.
    rules
        What else is asked.

    Returns
    -------
    hotspots, candidates
        Columns `hotspots.frames.HOTSPOTS`, best first; and the candidates with hotspot_id and
        status filled in.

    Raises
    ------
    InfeasibleError
        There are more districts to serve, or more hotspots that must stay, than hotspots.
    """
    import numpy as np

    rules = rules or Rules()
    candidates = candidates.copy()
    forced = candidates.index.isin(list(rules.forced))
    sound = candidates[(candidates["status"] == "") | forced].sort_values("rank")
    must = sound[sound.index.isin(list(rules.forced))]
    first = sound.iloc[:0]
    if every_district:
        first = sound[~sound["district"].isin(must["district"])].drop_duplicates("district")
    if len(must) + len(first) > count:
        raise InfeasibleError(_too_many(len(must), len(first), count))
    rest = sound.drop([*must.index, *first.index])
    order = [*must.index, *first.index, *rest.index]
    chosen, close = _spaced(sound, order, count, min_separation_m, len(must) + len(first))
    if len(set(chosen) & set(rules.old)) < rules.least_old:
        chosen = _with_old(candidates, sound, count, every_district, rules)
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


def _too_many(forced: int, districts: int, count: int) -> str:
    """Say that there are more places to fill than there are."""
    if not forced:
        return (
            f"{count} hotspots cannot serve {districts} districts with a candidate each; raise "
            f"--hotspots to {districts} or more, or give --any-district."
        )
    if not districts:
        return (
            f"Overrides ask for {forced} hotspots, but there are {count}; raise --hotspots to "
            f"{forced} or more, or lift an override."
        )
    return (
        f"Overrides ask for {forced} hotspots and {districts} other districts have a candidate, "
        f"but there are {count} hotspots; raise --hotspots to {forced + districts} or more, lift "
        "an override, or give --any-district."
    )


def _with_old(
    candidates: gpd.GeoDataFrame,
    sound: gpd.GeoDataFrame,
    count: int,
    every_district: bool,
    rules: Rules,
) -> list[int]:
    """Labels of the best set that holds enough old ones."""
    import numpy as np

    from hotspots.targeting.capped import best_set

    pool = candidates[candidates.index.isin([*sound.index, *rules.spare])].sort_values("rank")
    homes = sorted(set(pool["district"]))
    served = np.array([every_district and home in set(sound["district"]) for home in homes])

    def search(least_old: int) -> list[int] | None:
        found = best_set(
            pool[rules.measure],
            pool["district"].map({home: number for number, home in enumerate(homes)}),
            pool.index.isin(list(rules.old)),
            pool.index.isin(list(rules.forced)),
            pool.index.isin(list(rules.spare)) & ~pool.index.isin(list(rules.forced)),
            count=count,
            least_old=least_old,
            served=served,
        )
        return None if found is None else [int(label) for label in pool.index[found]]

    chosen = search(rules.least_old)
    if chosen is None:
        least = rules.least_old - 1
        while search(least) is None:
            least -= 1
        raise InfeasibleError(
            f"{rules.least_old} hotspots of the earlier plan must stay (targeting.max_changes), "
            f"but {count} hotspots with what overrides ask for and one in every district leave "
            f"room for {least} of them; raise max_changes by {rules.least_old - least}, raise "
            "--hotspots, lift an override, or give --any-district."
        )
    return chosen


def _spaced(
    sound: gpd.GeoDataFrame, order: list[int], count: int, separation_m: float, reserved: int
) -> tuple[list[int], list[int]]:
    """Take candidates in order, passing over those near one taken already; give both.

    The first `reserved`, forced or one per district, are taken however near they are.
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
