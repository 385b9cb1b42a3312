"""Which candidates overrides are about, and ground that was set by hand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.errors import InfeasibleError
from hotspots.frames import ADD, FORBID, FORBIDDEN, FROM_EARLIER, MOVE, PIN, Override
from hotspots.targeting.candidates import polygons
from hotspots.targeting.changes import SAME_SHARE
from hotspots.targeting.meaning import ELSEWHERE, Meant, row_at, shares
from hotspots.targeting.pieces import Piece

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

CUT = "Cut by ground that was set by hand."
#: What keeps a hotspot -> how that is said.
PHRASES = {PIN: "Pinned by hand", ADD: "Added by hand", MOVE: "Moved by hand"}
_A_SQUARE_METRE = 1.0


@dataclass(frozen=True)
class Rows:
    """Rows of the candidates that overrides are about.

    Attributes
    ----------
    labels
        By the id of the override; of what is pinned, added or moved one, of what is forbidden
        any number.
    forced, forbidden
        Rows that must be selected with what asks for each, and rows that may not be.
    """

    labels: dict[str, list[int]]
    forced: dict[int, Meant]
    forbidden: list[int]

    @classmethod
    def of(cls, candidates: gpd.GeoDataFrame, active: Sequence[Meant]) -> Rows:
        """Find them.

        Raises
        ------
        InfeasibleError
            Overrides contradict each other.
        """
        labels = {one.override.override_id: _labels(candidates, one) for one in active}
        forced = _forced(active, labels)
        return cls(labels, forced, _forbidden(active, labels, forced))

    @property
    def moved(self) -> dict[int, str]:
        """Rows of what was moved, and the ids that stay with them."""
        held = self.forced.items()
        return {label: one.hotspot_id for label, one in held if one.override.action == MOVE}

    def reasons(self, candidates: gpd.GeoDataFrame) -> dict[int, str]:
        """Statuses that they have by themselves."""
        own = candidates["status"].loc[[*self.forced, *self.forbidden]].to_dict()
        return {int(label): str(status) for label, status in own.items()}

    def status(self, candidates: gpd.GeoDataFrame) -> pd.Series[Any]:
        """Statuses under what is forbidden."""
        status: pd.Series[Any] = candidates["status"]
        barred = candidates.index.isin(self.forbidden)
        return status.mask(barred & status.isin(["", FROM_EARLIER]), FORBIDDEN)


def cut(pieces: Sequence[Piece], hands: Sequence[Meant]) -> list[Piece]:
    """Pieces without those that were moved, and without ground that was set by hand."""
    import shapely

    if not hands:
        return list(pieces)
    shapes = np.array([piece.geometry for piece in pieces], dtype=object)
    moved: set[int] = set()
    for one in hands:
        if one.override.action == MOVE:
            share = shares(shapes, one.place)
            moved |= set(np.flatnonzero(share >= SAME_SHARE).tolist())
    ground = shapely.union_all(np.array([one.outline for one in hands], dtype=object))
    common = shapely.area(shapely.intersection(shapes, ground))
    found = []
    for number, piece in enumerate(pieces):
        if number in moved:
            continue
        if common[number] > _A_SQUARE_METRE:
            rest = polygons(shapely.difference(piece.geometry, ground))
            if shapely.area(rest) <= _A_SQUARE_METRE:
                continue
            note = " ".join(filter(None, [piece.note, CUT]))
            piece = replace(piece, geometry=rest, note=note)
        found.append(piece)
    return found


def _labels(candidates: gpd.GeoDataFrame, one: Meant) -> list[int]:
    """Rows of the candidates that an override is about."""
    import shapely

    override, shapes = one.override, candidates.geometry.to_numpy()
    if one.key[0] == ELSEWHERE:
        return []
    if one.outline is not None:
        row = row_at(candidates, one.outline)
        return [] if row is None else [int(candidates.index[row])]
    if override.action == FORBID:
        if one.place is not None:
            held = shares(shapes, one.place) >= SAME_SHARE
        elif override.area is not None:
            common = shapely.area(shapely.intersection(shapes, override.area))
            held = common >= SAME_SHARE * shapely.area(shapes)
        elif override.point is not None:
            held = shapely.intersects(shapes, shapely.Point(override.point))
        else:
            held = np.zeros(len(shapes), dtype=np.bool_)
        return [int(label) for label in candidates.index[held]]
    if one.place is None:
        return []
    row = row_at(candidates, one.place)
    return [] if row is None else [int(candidates.index[row])]


def _forced(active: Sequence[Meant], labels: dict[str, list[int]]) -> dict[int, Meant]:
    """Rows that must be selected, and what asks for each."""
    found: dict[int, Meant] = {}
    for one in active:
        if one.override.action in PHRASES and one.key[0] != ELSEWHERE:
            own = labels[one.override.override_id]
            if not own:
                raise InfeasibleError(
                    f"The override {one.override.override_id} ({one.override.action}) finds "
                    "nothing left where it is, since other overrides set that ground; lift one of "
                    "them."
                )
            other = found.setdefault(own[0], one)
            if other.key != one.key and not (one.outline is None and other.outline is None):
                raise InfeasibleError(
                    f"The overrides {other.override.override_id} ({other.override.action}) and "
                    f"{one.override.override_id} ({one.override.action}) set the same ground; "
                    "lift one of them."
                )
    return found


def _forbidden(
    active: Sequence[Meant], labels: dict[str, list[int]], forced: dict[int, Meant]
) -> list[int]:
    """Rows that may not be selected."""
    found: list[int] = []
    for one in active:
        if one.override.action != FORBID:
            continue
        for label in labels[one.override.override_id]:
            if label in forced:
                other = forced[label].override
                raise InfeasibleError(
                    f"The overrides {other.override_id} ({other.action}) and "
                    f"{one.override.override_id} (forbid) contradict each other about "
                    f"{forced[label].name or forced[label].hotspot_id}; lift one of them."
                )
            found.append(label)
    return sorted(set(found))


def grounds(
    overrides: Sequence[Override], there: Collection[str], crs: Any
) -> list[gpd.GeoDataFrame]:
    """Ids and ground that earlier overrides were about, but those ids that are `there` anyway."""
    import geopandas as gpd

    ids: dict[str, Override] = {}
    for one in overrides:
        apart = one.carried and one.place is not None and "-" in one.hotspot
        if apart and one.hotspot not in there:
            ids.setdefault(one.hotspot, one)
    named = [one.definition.get("name", "") for one in ids.values()]
    table = gpd.GeoDataFrame(
        {"hotspot_id": list(ids), "name": named},
        geometry=[one.place for one in ids.values()],
        crs=crs,
    )
    return [table] if ids else []
