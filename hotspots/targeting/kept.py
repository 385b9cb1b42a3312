"""Hotspots of an earlier plan that are to stay: where they live on, and which have to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
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


def leaving(
    candidates: gpd.GeoDataFrame,
    old: gpd.GeoDataFrame,
    absorbed: Collection[str],
    moved: Mapping[int, str],
) -> int:
    """How many earlier hotspots a list of changes would show as left, but those that are absorbed.

    Parameters
    ----------
    candidates
        As selected.
    old
        Earlier hotspots.
    absorbed
        Ids of those that live on in larger ones.
    moved
        Label and id of hotspots that were moved by hand.
    """
    here = candidates.index[candidates["status"] == SELECTED].difference(list(moved))
    apart = old[~old["hotspot_id"].isin([*moved.values()])].reset_index(drop=True)
    pairs = overlaps(candidates.loc[here].geometry.to_numpy(), apart.geometry.to_numpy())
    stay = {str(apart["hotspot_id"].iloc[was]) for _, was, _ in pairs}
    return len(set(apart["hotspot_id"]) - stay - set(absorbed))


@dataclass(frozen=True)
class Cap:
    """What is asked of a selection, and what the cap on changes does to it.

    Attributes
    ----------
    rules
        What is asked; None where nothing is.
    absorbed
        Ids of earlier hotspots that do not count.
    free, leave
        Candidates as selected without the cap, and how many would leave then.
    max_changes, by
        The cap, and what ranks.
    """

    rules: Rules | None
    absorbed: Sequence[str] = ()
    free: gpd.GeoDataFrame | None = None
    leave: int = 0
    max_changes: int = 0
    by: RankBy = "excess"

    def said(self, chosen: gpd.GeoDataFrame) -> list[str]:
        """Say what the cap costs, and what would have changed without it.

        Parameters
        ----------
        chosen
            Candidates as selected.
        """
        found = []
        if self.absorbed:
            found.append(
                f"Not counted as a change: {_listed(list(self.absorbed))}, most of whose ground "
                "is in other candidates now."
            )
        if self.free is not None:
            found.append(self._price(chosen, self.free))
        return found

    def _price(self, chosen: gpd.GeoDataFrame, free: gpd.GeoDataFrame) -> str:
        measure, _, words = RANKINGS[self.by]
        now, then = (table.index[table["status"] == SELECTED] for table in (chosen, free))
        start = f"At most {self.max_changes} hotspots of the earlier plan may leave"
        if set(now) == set(then):
            return f"{start}; ranking alone would let {self.leave} leave, so that costs nothing."
        held, best = (float(chosen.loc[rows, measure].sum()) for rows in (now, then))
        share = f" ({(best - held) / best:.1%})" if best > 0 else ""
        names = chosen["name"]
        into = [str(names[label]) for label in then if label not in set(now)]
        out = [str(names[label]) for label in now if label not in set(then)]
        return (
            f"{start}; ranking alone would let {self.leave} leave. The cap costs "
            f"{best - held:,.1f}{share} of {words}. Without it, in: {_listed(into)}; out: "
            f"{_listed(out)}."
        )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ("; ".join(names[:_NAMED]) or "none") + more
