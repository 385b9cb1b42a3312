"""Results of tasking: the allocation and the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hotspots.frames.column import names
from hotspots.frames.hours import DISTRICT_TOTALS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from hotspots.frames.targeting import Targeting
    from hotspots.settings import Audience, Settings


@dataclass(frozen=True)
class Allocation:
    """How many hours: the optimum, the plain rules beside it, and the budget curve.

    Attributes
    ----------
    table, alternatives, budget_curve
        Columns `ALLOCATION`, `ALTERNATIVES` and `BUDGET_CURVE`.
    budget_hours, hours_per_visit
        Officer-hours there are, and that a visit costs.
    days, weeks
        Patrol days and weeks in the programme.
    messages
        Sentences that a planner must see.
    visits
        When and by whom: columns `VISITS`; they sum to the visits of `table`.
    ledger
        Columns `LEDGER`, whose first visits are the exact plan of any budget up to twice the
        plan's. None where constraints couple.
    exclusion_is_exact
        Whether passing over a hotspot in the ledger leaves the exact plan of the others.
    budget_plans
        Columns `BUDGET_PLANS` for some budgets. None where there is a ledger.
    patrols
        Columns `PATROLS`. None where the budget pays for visits.
    prices
        Columns `PRICES`: what each floor, cap and other constraint costs.
    sensitivity
        Columns `SENSITIVITY`: the plan where the response is another, or visits fall out.
    budget_pounds, spent_pounds
        Where providers have rates of their own and the budget is in pounds; otherwise None.
    method, status, bound
        What solved it; optimal or within the gap; incidents that no plan can exceed.
    """

    table: pd.DataFrame
    alternatives: pd.DataFrame
    budget_curve: pd.DataFrame
    budget_hours: float
    hours_per_visit: float
    days: int
    weeks: int
    messages: Sequence[str] = ()
    visits: pd.DataFrame | None = None
    ledger: pd.DataFrame | None = None
    exclusion_is_exact: bool = False
    budget_plans: pd.DataFrame | None = None
    patrols: pd.DataFrame | None = None
    prices: pd.DataFrame | None = None
    sensitivity: pd.DataFrame | None = None
    budget_pounds: float | None = None
    spent_pounds: float | None = None
    method: str = ""
    status: str = ""
    bound: float = 0.0

    @property
    def hours(self) -> float:
        """Officer-hours handed out."""
        return float(self.table["officer_hours"].sum())

    def summary(self) -> str:
        """One sentence on the hours and what the optimum gains."""
        share = self.alternatives.set_index("rule")["value_share"]
        hours = f"{self.hours:,.2f} of {self.budget_hours:,.2f} officer-hours"
        if self.spent_pounds is not None:
            hours = (
                f"{self.hours:,.2f} officer-hours for £{self.spent_pounds:,.2f} of "
                f"£{self.budget_pounds:,.2f}"
            )
        visits = f"{hours} in {int(self.table['visits'].sum()):,} visits"
        if share[["proportional", "equal"]].isna().any():
            return f"{visits}."
        return (
            f"{visits}; a split in proportion to incidents "
            f"reaches {share['proportional']:.1%} of this plan's modelled value, an equal split "
            f"{share['equal']:.1%}."
        )


def totals_of(plan: Plan) -> pd.DataFrame:
    """Sum hotspots, their incidents and hours by district, in order of name; all of them last."""
    import pandas as pd

    table = plan.hotspots.assign(district=plan.hotspots["district"].astype(str))
    rows = []
    for name in sorted(map(str, plan.targeting.districts["district"])):
        own = table[table["district"] == name]
        rows.append((name, len(own), own["incidents"].sum(), own["officer_hours"].sum()))
    rows.append(("", len(table), table["incidents"].sum(), table["officer_hours"].sum()))
    return pd.DataFrame(rows, columns=names(DISTRICT_TOTALS))


@dataclass(frozen=True)
class Plan:
    """The plan of record, or an edition of it: where, how many hours, from what, by which settings.

    Attributes
    ----------
    targeting, allocation, settings, provenance
        What was found, the hours, and how both were made.
    audience
        Whom it is for: ``"restricted"`` holds everything and is the plan of record; the editions
        ``"partner"`` and ``"public"`` hold what those may see, and cannot be widened again.
    totals
        Columns `DISTRICT_TOTALS`: what an edition says of whole districts, where that is not the
        sum of what it says of hotspots; the row without a district is all of them. None: the sums.
    overrides
        Columns `OVERRIDES`: what people decided, and what it costs; None where nobody decided
        anything, and in editions.
    """

    targeting: Targeting
    allocation: Allocation
    settings: Settings
    provenance: Mapping[str, Any] = field(default_factory=dict)
    overrides: pd.DataFrame | None = None
    audience: Audience = "restricted"
    totals: pd.DataFrame | None = None

    @property
    def hotspots(self) -> gpd.GeoDataFrame:
        """Hotspots with their allocation beside them, best first."""
        hours = self.allocation.table.drop(columns="district")
        return self.targeting.hotspots.merge(hours, on="hotspot_id", how="left", validate="1:1")

    @property
    def district_totals(self) -> pd.DataFrame:
        """Hotspots, incidents in them and hours of every district, columns `DISTRICT_TOTALS`."""
        return totals_of(self) if self.totals is None else self.totals

    def summary(self) -> str:
        """Two sentences: where, and how many hours."""
        return f"{self.targeting.summary()} {self.allocation.summary()}"
