"""Results of tasking: the allocation and the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from hotspots.frames.targeting import Targeting
    from hotspots.settings import Settings


@dataclass(frozen=True)
class Allocation:
    """How many hours: the exact optimum, the plain rules beside it, and the budget curve."""

    table: pd.DataFrame
    alternatives: pd.DataFrame
    budget_curve: pd.DataFrame
    budget_hours: float
    hours_per_visit: float
    days: int
    weeks: int
    messages: Sequence[str] = ()

    @property
    def hours(self) -> float:
        """Officer-hours handed out."""
        return float(self.table["officer_hours"].sum())

    def summary(self) -> str:
        """One sentence on the hours and what the optimum gains."""
        share = self.alternatives.set_index("rule")["value_share"]
        return (
            f"{self.hours:,.2f} of {self.budget_hours:,.2f} officer-hours in "
            f"{int(self.table['visits'].sum()):,} visits; a split in proportion to incidents "
            f"reaches {share['proportional']:.1%} of this plan's modelled value, an equal split "
            f"{share['equal']:.1%}."
        )


@dataclass(frozen=True)
class Plan:
    """The plan of record: where, how many hours, from what, by which settings.

    `overrides` has the columns `OVERRIDES`: what people decided, and what it costs; None where
    nobody decided anything.
    """

    targeting: Targeting
    allocation: Allocation
    settings: Settings
    provenance: Mapping[str, Any] = field(default_factory=dict)
    overrides: pd.DataFrame | None = None

    @property
    def hotspots(self) -> gpd.GeoDataFrame:
        """Hotspots with their allocation beside them, best first."""
        hours = self.allocation.table.drop(columns="district")
        return self.targeting.hotspots.merge(hours, on="hotspot_id", how="left", validate="1:1")

    def summary(self) -> str:
        """Two sentences: where, and how many hours."""
        return f"{self.targeting.summary()} {self.allocation.summary()}"
