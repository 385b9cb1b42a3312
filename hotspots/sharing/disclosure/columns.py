"""What the editions for partners and the public do with every published column.

A column that is named nowhere here is emptied, so that a new one is not shared by accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np

from hotspots import frames

if TYPE_CHECKING:
    import pandas as pd

Edition = Literal["partner", "public"]

#: Columns that editions hold as they are.
KEPT: Mapping[str, frozenset[str]] = {
    "districts": frozenset({"district_code", "district", "police_force", "area_km2"}),
    "hotspots": frozenset(
        {"hotspot_id", "district_code", "district", "area_km2", "periods", "paired_with", "change"}
    ),
    "changes": frozenset({"change", "hotspot_id", "previous_id", "district"}),
    "allocation": frozenset({"hotspot_id", "district"}),
    "alternatives": frozenset({"rule", "keeps_bounds"}),
    "district_totals": frozenset({"district", "hotspots"}),
}

#: Columns that are made again from nothing but what the edition shows.
MADE: Mapping[str, frozenset[str]] = {
    "districts": frozenset({"incidents"}),
    "hotspots": frozenset(
        {
            "name", "rank", "rank_in_district", "incidents", "incident_share",
            "incidents_per_km2", "incidents_per_day", "x_m", "y_m", "hotspot_class",
            "main_categories", "why",
        }
    ),
    "changes": frozenset({"name", "overlap_share", "incidents_then", "incidents_now"}),
    "allocation": frozenset(
        {"visits", "officer_hours", "visits_per_day", "hours_per_week", "hours_share",
         "equal_hours"}
    ),
    "alternatives": frozenset({"visits", "officer_hours", "value_share"}),
    "district_totals": frozenset({"incidents", "officer_hours"}),
}  # fmt: skip

#: Columns that editions leave empty, with the reason in docs/sharing.md.
EMPTIED: Mapping[str, frozenset[str]] = {
    "hotspots": frozenset(
        {
            "other_incidents", "price_per_km2", "excess_incidents", "peak_per_km2", "periods_hot",
            "note", "shrunk_incidents", "harm", "rank_by_excess", "rank_by_incidents",
            "rank_by_shrunk", "rank_by_harm", "gi_star", "q_value", "envelope_p", "months_hot",
            "trend", "trend_low", "trend_high",
        }
    ),
    "changes": frozenset({"per_day_then", "per_day_now"}),
    "allocation": frozenset({"covered_incidents", "proportional_hours", "visits_under_every_q"}),
    "alternatives": frozenset({"covered_incidents"}),
}  # fmt: skip

#: Tables of which editions hold no row.
LEFT_OUT = frozenset(
    {
        "candidates", "budget_curve", "hotspot_times", "hotspot_peaks", "visits", "ledger",
        "budget_plans", "patrols", "prices", "sensitivity", "history_allocation",
        "density_frames", "sweep", "overrides", "override_sets", "map_points",
    }
)  # fmt: skip


def reduced(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Copy a table with what editions keep; every other column is empty, in its place.

    Parameters
    ----------
    table
        A table with the published columns of `name`; columns beyond those are dropped.
    name
        Key of `hotspots.frames.TABLES`.
    """
    result = table.copy()
    published = {column.name: column for column in frames.TABLES[name]}
    beyond = [key for key in result if key not in published and key != "geometry"]
    result = result.drop(columns=beyond)
    for key in map(str, result):
        if key == "geometry" or key in KEPT[name]:
            continue
        result[key] = "" if published[key].kind == "str" else np.nan
    return result
