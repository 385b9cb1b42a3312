"""Hotspots selected again from the candidates of a plan, where the incidents are not at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from hotspots.frames import (
    FORBIDDEN,
    PIN,
    PLACES,
    SOUND,
    Override,
    Places,
    Targeting,
    names,
)
from hotspots.targeting.by_hand import Work
from hotspots.targeting.candidates import Clusters
from hotspots.targeting.changes import SAME_SHARE
from hotspots.targeting.decide import decide
from hotspots.targeting.evidence import Gathered
from hotspots.targeting.hand_rows import grounds
from hotspots.targeting.meaning import Meant, shares
from hotspots.targeting.study import Study

if TYPE_CHECKING:
    import geopandas as gpd

_SAID = "Selected again from the candidates of the plan, without the incidents."


def select_again(found: Targeting, overrides: Sequence[Override]) -> Targeting:
    """Select hotspots from the candidates that a plan has kept, under other overrides.

    Hotspots keep their ids. What was drawn by hand stays as it was measured then; what that
    costs is not known. Hours of the week are left out where a hotspot has none, and so is what
    changed since an earlier plan where other hotspots are selected.

    Parameters
    ----------
    found
        What a plan says of where.
    overrides
        All that hold, those that the plan has among them.

    Raises
    ------
    InputError, InfeasibleError
        As `hotspots.targeting.find_hotspots` does.
    """
    work = _Again(_study(found), candidates=_as_found(found, overrides), plan=found)
    chosen, decided = decide(work, overrides)
    hotspots = chosen.hotspots
    same = set(hotspots["hotspot_id"]) == set(found.hotspots["hotspot_id"])
    changes, said = found.changes, [_SAID]
    if changes is not None and same:
        change = found.hotspots.set_index("hotspot_id")["change"]
        hotspots = hotspots.assign(change=hotspots["hotspot_id"].map(change))
    elif changes is not None:
        changes = None
        said.append("What changed since the earlier plan is not known without the incidents.")
    times, peaks = found.times, found.peaks
    if times is not None and peaks is not None:
        if set(hotspots["hotspot_id"]) <= set(times["hotspot_id"]):
            here = hotspots["hotspot_id"]
            times = times[times["hotspot_id"].isin(here)].reset_index(drop=True)
            peaks = peaks[peaks["hotspot_id"].isin(here)].reset_index(drop=True)
        else:
            times = peaks = None
            said.append("Hours of the week are not known of every hotspot now, so none are shown.")
    return replace(
        found,
        hotspots=hotspots,
        candidates=chosen.candidates,
        messages=[*said, *chosen.messages],
        times=times,
        peaks=peaks,
        changes=changes,
        decided=decided,
    )


@dataclass(frozen=True)
class _Again(Work):
    """Candidates that are already measured."""

    candidates: gpd.GeoDataFrame = field(kw_only=True)
    plan: Targeting = field(kw_only=True)
    measures: ClassVar[bool] = False

    def _pool(self, hands: Sequence[Meant], draws: bool) -> tuple[Gathered, int]:
        return Gathered(self.candidates, np.nan, [], []), 0

    def old(self) -> gpd.GeoDataFrame | None:
        return self.plan.hotspots

    def remembered(self, overrides: Sequence[Override]) -> list[gpd.GeoDataFrame]:
        own = self.plan.hotspots
        return [own, *grounds(overrides, set(own["hotspot_id"]), self.study.districts.crs)]

    def used(self) -> list[str]:
        ids: list[str] = []
        if self.plan.changes is not None:
            ids += self.plan.changes["previous_id"].tolist()
        if self.plan.decided is not None:
            ids += self.plan.decided.table["hotspot_id"].tolist()
            ids += self.plan.decided.sets["hotspot_id"].tolist()
        return ids


def _study(found: Targeting) -> Study:
    """A study area without places."""
    import pandas as pd

    empty = pd.DataFrame({name: [] for name in names(PLACES)})
    quality = found.quality
    places = Places(empty, found.density.crs, quality.months, 1, quality)
    clusters = Clusters(empty[["x_m", "y_m", "weight"]], np.empty(0, dtype=np.int64))
    return Study(places, found.districts, found.density, clusters, found.settings.targeting, ())


def _as_found(found: Targeting, overrides: Sequence[Override]) -> gpd.GeoDataFrame:
    """Candidates with the statuses and notes that they had before anybody decided anything."""
    candidates = found.candidates.reset_index(drop=True)
    plain = candidates["status"].isin([*SOUND, FORBIDDEN])
    status, note = candidates["status"].mask(plain, ""), candidates["note"]
    for one in overrides:
        if one.carried:
            said = one.said()
            note = note.map(lambda text, said=said: str(text).replace(said, "").strip())
            if one.action == PIN and one.was and one.place is not None:
                held = shares(candidates.geometry.to_numpy(), one.place) >= SAME_SHARE
                status = status.mask(held, one.was)
    return candidates.assign(status=status, note=note, hotspot_id="")
