"""Hours of an edition: rounded, and nothing that counts could be worked out from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotspots.sharing.disclosure.columns import reduced

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.frames import Plan
    from hotspots.sharing.disclosure.counts import Shown


def reduced_hours(plan: Plan, shown: Shown) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the allocation and the plain rules beside it as an edition shows them.

    All that stands there is made of the rounded hours. Hours in proportion to incidents, and
    modelled values, would give counts back and are left out; the value of plain rules is shown to
    the per cent where no count is withheld.

    Returns
    -------
    table, alternatives
    """
    own, step = plan.allocation, plan.settings.sharing.round_hours
    by_id = dict(zip(plan.hotspots["hotspot_id"], shown.hours, strict=True))
    table = reduced(own.table, "allocation")
    hours = np.array([by_id[name] for name in table["hotspot_id"]], np.float64)
    total = float(shown.totals["officer_hours"].iloc[-1])
    table["officer_hours"] = hours
    table["visits"] = np.round(hours / own.hours_per_visit)
    table["visits_per_day"] = np.round(hours / own.hours_per_visit / own.days, 1)
    table["hours_per_week"] = np.round(hours / own.weeks, 1)
    table["hours_share"] = np.round(hours / total, 3) if total else 0.0
    table["equal_hours"] = np.round(own.table["equal_hours"] / step) * step
    alternatives = reduced(own.alternatives, "alternatives")
    alternatives["officer_hours"] = np.round(own.alternatives["officer_hours"] / step) * step
    alternatives["visits"] = np.round(alternatives["officer_hours"] / own.hours_per_visit)
    if not shown.withheld.any():
        alternatives["value_share"] = np.round(own.alternatives["value_share"], 2)
    return table, alternatives
