"""The plan that people's decisions and a cap on changes ask for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from hotspots.errors import InfeasibleError, InputError
from hotspots.frames import (
    ADD,
    FORBID,
    FORBIDDEN,
    FROM_EARLIER,
    MOVE,
    PIN,
    SELECTED,
    Override,
    Previous,
)
from hotspots.targeting.candidates import polygons
from hotspots.targeting.changes import SAME_SHARE, follow, identified, within
from hotspots.targeting.evidence import Gathered, selected
from hotspots.targeting.kept import KEPT, absorbed, earlier_pieces, price_of_cap, rules_of
from hotspots.targeting.meaning import Meant, row_at, shares
from hotspots.targeting.pieces import Piece
from hotspots.targeting.selection import Rules, select

if TYPE_CHECKING:
    import geopandas as gpd

    from hotspots.targeting.study import Study

CUT = "Cut by ground that was set by hand."
_PHRASES = {PIN: "Pinned by hand", ADD: "Added by hand", MOVE: "Moved by hand"}
_NOTES = {PIN: "No candidate now: it has the outline of the earlier plan."}
_A_SQUARE_METRE = 1.0


@dataclass(frozen=True)
class Chosen:
    """A selection with ids, and which candidate each override is about.

    `labels` are rows of `candidates`: of what is pinned, added or moved one, of what is
    forbidden any number. `reasons` are the statuses that the rows of `labels` had before.
    `scraps` are pieces too small to be listed.
    """

    gathered: Gathered
    hotspots: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    changes: gpd.GeoDataFrame | None
    messages: list[str]
    labels: dict[str, list[int]]
    reasons: dict[int, str]
    scraps: int


@dataclass(frozen=True)
class Work:
    """A study area in which the same pieces are selected from again and again."""

    study: Study
    previous: Previous | None = None
    _pools: dict[tuple[str, ...], tuple[Gathered, int]] = field(default_factory=dict)
    #: Whether ground can be measured here.
    measures: ClassVar[bool] = True

    def old(self) -> gpd.GeoDataFrame | None:
        """Earlier hotspots in the districts; None without an earlier plan."""
        return None if self.previous is None else within(self.previous, self.study.districts)[0]

    def used(self) -> list[str]:
        """Ids that no new hotspot may have, besides those of drafts and of an earlier plan."""
        return [] if self.previous is None else list(self.previous.mentioned)

    def remembered(self, overrides: Sequence[Override]) -> list[gpd.GeoDataFrame]:
        """Ids and ground of what is no hotspot of the earlier plan, such as what it forbade."""
        if self.previous is None:
            return []
        there = set(self.previous.hotspots["hotspot_id"])
        return grounds(overrides, there, self.study.districts.crs)

    def chosen(
        self,
        active: Sequence[Meant] = (),
        drafts: Sequence[gpd.GeoDataFrame] = (),
        *,
        draws: bool = False,
    ) -> Chosen:
        """Select the hotspots under some overrides.

        Parameters
        ----------
        active
            Those that hold.
        drafts
            Hotspots whose ids and names persist where they overlap.
        draws
            Whether incidents are drawn again, where the settings ask for it.

        Raises
        ------
        InfeasibleError
            They contradict each other, the cap on changes, or the number of hotspots.
        """
        settings = self.study.settings
        gathered, scraps = self._pool([one for one in active if one.outline is not None], draws)
        candidates = gathered.candidates
        labels = {one.override.override_id: _labels(candidates, one) for one in active}
        forced = _forced(active, labels)
        self._check_cap(candidates, forced)
        forbidden = _forbidden(active, labels, forced)
        reasons = candidates["status"].loc[[*forced, *forbidden]].to_dict()
        moved = {
            label: one.hotspot_id for label, one in forced.items() if one.override.action == MOVE
        }
        barred = candidates.index.isin(forbidden)
        sound = candidates["status"].isin(["", FROM_EARLIER])
        status = candidates["status"].mask(barred & sound, FORBIDDEN)
        rules = Rules(forced=list(forced)) if forced else None
        said: list[str] = []
        if self.previous is not None and settings.max_changes is not None:
            old, _ = within(self.previous, self.study.districts)
            rules, gone = rules_of(
                candidates, old, list(forced), forbidden, moved,
                max_changes=settings.max_changes, by=settings.rank_by,
            )  # fmt: skip
            said = absorbed(gone)
        gathered = replace(gathered, candidates=candidates.assign(status=status))
        phrases = {label: _PHRASES[one.override.action] for label, one in forced.items()}
        free = None
        if rules is not None and rules.least_old:
            free = self._free(gathered.candidates, rules)
            stay = [label for label in rules.old if free["status"][label] != SELECTED]
            phrases = dict.fromkeys(stay, "Kept from the earlier plan") | phrases
        hotspots, marked, messages = selected(gathered, settings, rules, phrases)
        if rules is not None and free is not None and settings.max_changes is not None:
            said.append(price_of_cap(marked, free, rules, settings.max_changes, settings.rank_by))
        row_of = {one: row for row, one in enumerate(hotspots["hotspot_id"])}
        keep = {row_of[str(marked["hotspot_id"][label])]: one for label, one in moved.items()}
        changes = None
        if self.previous is not None:
            hotspots, marked, changes, more = follow(
                hotspots, marked, self.previous, self.study.places, self.study.districts,
                drafts=drafts, used=self.used(), keep=keep,
            )  # fmt: skip
            said += more
        elif drafts:
            hotspots, marked, _ = identified(hotspots, marked, drafts, used=self.used(), keep=keep)
        return Chosen(
            gathered, hotspots, marked, changes, [*messages, *said], labels, reasons, scraps
        )

    def _check_cap(self, candidates: gpd.GeoDataFrame, forced: dict[int, Meant]) -> None:
        """Refuse to pin what is larger than a hotspot may be."""
        cap = self.study.settings.area_cap_km2
        for label, one in forced.items():
            km2 = float(candidates["area_km2"][label])
            if km2 > cap * (1 + 1e-9):
                raise InputError(
                    f"The override {one.override.override_id} ({one.override.action}) keeps "
                    f"{km2:.3f} km², larger than the cap of {cap:g}; move it to a smaller outline, "
                    "or raise targeting.area_cap_km2."
                )

    def _free(self, candidates: gpd.GeoDataFrame, rules: Rules) -> gpd.GeoDataFrame:
        """Candidates as they would be selected without the cap on changes."""
        settings = self.study.settings
        return select(
            candidates,
            settings.hotspots or len(candidates),
            every_district=settings.every_district,
            rules=replace(rules, least_old=0),
        )[1]

    def _pool(self, hands: Sequence[Meant], draws: bool) -> tuple[Gathered, int]:
        """Candidates to select from, where some ground was set by hand; and how many scraps."""
        known = tuple(sorted(one.override.override_id for one in hands))
        key = (*known, str(draws and self.study.settings.draws > 0))
        if key not in self._pools:
            self._pools[key] = self._measured(hands, draws)
        return self._pools[key]

    def _measured(self, hands: Sequence[Meant], draws: bool) -> tuple[Gathered, int]:
        study = self.study
        price = study.settings.price_per_km2 or 0.0
        by_hand = [
            Piece(one.outline, one.district, price, _NOTES.get(one.override.action, ""), True)
            for one in hands
        ]
        own = _cut(study.pieces, hands)
        pieces = [*by_hand, *own]
        measured = study.measured(pieces)
        if self.previous is not None and study.settings.max_changes is not None:
            old, _ = within(self.previous, study.districts)
            there = {one.hotspot_id for one in hands}
            waiting = old[~old["hotspot_id"].isin(there)].reset_index(drop=True)
            earlier = earlier_pieces(measured, waiting, study.districts, price)
            if earlier:
                pieces = [*by_hand, *earlier, *own]
                measured = study.measured(pieces)
                kept = measured["note"].str.startswith(KEPT)
                measured["status"] = measured["status"].mask(kept, FROM_EARLIER)
        return study.gathered(measured, draws=draws), len(pieces) - len(measured)


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


def _cut(pieces: Sequence[Piece], hands: Sequence[Meant]) -> list[Piece]:
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
        if one.override.action in _PHRASES:
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
