"""Hotspots of an earlier plan that are to stay: where they live on, and which have to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hotspots.frames import FROM_EARLIER, SELECTED
from hotspots.targeting.candidates import polygons
from hotspots.targeting.changes import SAME_SHARE, overlaps
from hotspots.targeting.pieces import Piece
from hotspots.targeting.ranking import RANKINGS, RankBy
from hotspots.targeting.selection import Rules

if TYPE_CHECKING:
    import geopandas as gpd

KEPT = "Kept with the outline of the earlier plan: it is no candidate now."
_NAMED = 5


def earlier_pieces(
    measured: gpd.GeoDataFrame,
    old: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    price_per_km2: float,
) -> list[Piece]:
    """Pieces for earlier hotspots in which no sound candidate lies: their outlines of then.

    Ground of sound candidates is left out. Where less than a third of the earlier ground remains
    there is no piece: the hotspot lives on in larger ones.

    Parameters
    ----------
    measured
        Columns `hotspots.frames.MEASURED`.
    old
        Earlier hotspots with id and outline.
    districts
        Study area.
    price_per_km2
        Price of area.
    """
    import shapely

    sound = measured.geometry.to_numpy()[(measured["status"] == "").to_numpy()]
    shapes = old.geometry.to_numpy()
    paired = {was for _, was, _ in overlaps(sound, shapes)}
    homes = districts.geometry.to_numpy()
    pieces = []
    for row in (row for row in range(len(old)) if row not in paired):
        home = int(np.argmax(shapely.area(shapely.intersection(homes, shapes[row])).round(3)))
        near = sound[shapely.intersects(sound, shapes[row])]
        ground = polygons(shapely.difference(shapes[row], shapely.union_all(near)))
        ground = polygons(shapely.intersection(ground, homes[home]))
        if shapely.area(ground) >= SAME_SHARE * shapely.area(shapes[row]):
            pieces.append(Piece(ground, home, price_per_km2, KEPT, by_hand=True))
    return pieces


def rules_of(
    candidates: gpd.GeoDataFrame,
    old: gpd.GeoDataFrame,
    forced: Collection[int],
    forbidden: Collection[int],
    moved: Mapping[int, str],
    *,
    max_changes: int,
    by: RankBy,
) -> tuple[Rules, list[str]]:
    """What the cap on changes asks of a selection.

    Every earlier hotspot lives on in at most one candidate: the pairs are those of
    `hotspots.targeting.changes.overlaps` over all candidates that can be selected, so they do
    not depend on what is selected.

    Parameters
    ----------
    candidates
        With the pieces of `earlier_pieces` among them, whose status says so.
    old
        Earlier hotspots.
    forced, forbidden
        Labels of candidates.
    moved
        Label and id of hotspots that were moved by hand.
    max_changes, by
        How many may leave, and what ranks.

    Returns
    -------
    rules, ids
        And the ids of earlier hotspots that are no longer apart: they do not count.
    """
    status = candidates["status"]
    spare = candidates.index[(status == FROM_EARLIER) & ~candidates.index.isin(list(forbidden))]
    firm = (status == "") | candidates.index.isin([*forced, *forbidden])
    number = {str(one): n for n, one in enumerate(old["hotspot_id"])}
    held = {number[one]: label for label, one in moved.items() if one in number}
    for rows in (candidates.index[firm & ~candidates.index.isin(list(moved))], spare):
        left = [n for n in range(len(old)) if n not in held]
        shapes = candidates.loc[rows].geometry.to_numpy()
        for mine, theirs, _ in overlaps(shapes, old.geometry.to_numpy()[left]):
            held[left[theirs]] = int(rows[mine])
    gone = [n for n in range(len(old)) if n not in held]
    living = {label for label in held.values() if label not in forbidden}
    return Rules(
        forced=forced,
        old=living,
        spare=set(spare) & living - set(forced),
        least_old=max(0, len(held) - max_changes),
        measure=RANKINGS[by][0],
    ), [str(old["hotspot_id"].iloc[n]) for n in gone]


def price_of_cap(
    chosen: gpd.GeoDataFrame, free: gpd.GeoDataFrame, rules: Rules, max_changes: int, by: RankBy
) -> str:
    """Say what the cap on changes costs, and what would have changed without it.

    Parameters
    ----------
    chosen, free
        Candidates as selected with the cap, and without it.
    rules, max_changes, by
        The cap, and what ranks.
    """
    measure, _, words = RANKINGS[by]
    now, then = (table.index[table["status"] == SELECTED] for table in (chosen, free))
    leave = len(set(rules.old) - set(then))
    start = f"At most {max_changes} hotspots of the earlier plan may leave"
    if set(now) == set(then):
        return f"{start}; ranking alone would let {leave} leave, so that costs nothing."
    held, best = (float(chosen.loc[rows, measure].sum()) for rows in (now, then))
    share = f" ({(best - held) / best:.1%})" if best > 0 else ""
    names = chosen["name"]
    into = [str(names[label]) for label in then if label not in set(now)]
    out = [str(names[label]) for label in now if label not in set(then)]
    return (
        f"{start}; ranking alone would let {leave} leave. The cap costs {best - held:,.1f}{share} "
        f"of {words}. Without it, in: {_listed(into)}; out: {_listed(out)}."
    )


def absorbed(ids: Sequence[str]) -> list[str]:
    """Sentence on earlier hotspots that live on in larger ones."""
    if not ids:
        return []
    return [
        f"Not counted as a change: {_listed(list(ids))}, most of whose ground is in other "
        "candidates now."
    ]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ("; ".join(names[:_NAMED]) or "none") + more
