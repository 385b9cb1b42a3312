"""The plan that people's decisions and a cap on changes ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from hotspots.errors import InputError
from hotspots.frames import FROM_EARLIER, PIN, SELECTED, Override, Previous
from hotspots.targeting.changes import follow, identified, within
from hotspots.targeting.evidence import Gathered, selected
from hotspots.targeting.hand_rows import PHRASES, Rows, cut, grounds
from hotspots.targeting.kept import KEPT, Cap, earlier_pieces, leaving, rules_of
from hotspots.targeting.meaning import Meant
from hotspots.targeting.pieces import Piece
from hotspots.targeting.selection import Rules, select

if TYPE_CHECKING:
    import geopandas as gpd

    from hotspots.targeting.study import Study

_NOTES = {PIN: "No candidate now: it has the outline of the earlier plan."}


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
        hands = [one for one in active if one.outline is not None]
        gathered, scraps = self._pool(hands, draws)
        candidates = gathered.candidates
        rows = Rows.of(candidates, active)
        self._check_cap(candidates, rows.forced)
        gathered = replace(gathered, candidates=candidates.assign(status=rows.status(candidates)))
        cap = self._cap(gathered.candidates, rows)
        hotspots, marked, messages = selected(
            gathered, self.study.settings, cap.rules, self._phrases(rows, cap)
        )
        said = [*messages, *cap.said(marked)]
        row_of = {one: row for row, one in enumerate(hotspots["hotspot_id"])}
        keep = {row_of[str(marked["hotspot_id"][label])]: one for label, one in rows.moved.items()}
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
            gathered, hotspots, marked, changes, said, rows.labels, rows.reasons(candidates), scraps
        )

    def _cap(self, candidates: gpd.GeoDataFrame, rows: Rows) -> Cap:
        """What overrides and the cap on changes ask of the selection."""
        settings = self.study.settings
        rules = Rules(forced=list(rows.forced)) if rows.forced else None
        if self.previous is None or settings.max_changes is None:
            return Cap(rules)
        old, _ = within(self.previous, self.study.districts)
        rules, gone = rules_of(
            candidates, old, list(rows.forced), rows.forbidden, rows.moved,
            max_changes=settings.max_changes, by=settings.rank_by,
        )  # fmt: skip
        if not rules.least_old:
            return Cap(rules, gone)
        free = select(
            candidates,
            settings.hotspots or len(candidates),
            every_district=settings.every_district,
            rules=replace(rules, least_old=0),
        )[1]
        leave = leaving(free, old, gone, rows.moved)
        if leave <= settings.max_changes:
            rules = replace(rules, least_old=0)
        return Cap(rules, gone, free, leave, settings.max_changes, settings.rank_by)

    def _phrases(self, rows: Rows, cap: Cap) -> dict[int, str]:
        """How it is said why what overrides or the cap keep is kept."""
        phrases = {label: PHRASES[one.override.action] for label, one in rows.forced.items()}
        if cap.free is None or cap.rules is None:
            return phrases
        stay = [label for label in cap.rules.old if cap.free["status"][label] != SELECTED]
        return dict.fromkeys(stay, "Kept from the earlier plan") | phrases

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
        own = cut(study.pieces, hands)
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
