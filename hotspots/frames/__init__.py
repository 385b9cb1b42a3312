"""Published columns of every table, and the results that travel between the rooms.

The rooms never import each other: they meet in these tables.
"""

from __future__ import annotations

from collections.abc import Mapping

from hotspots.frames.analysis import (
    Backtest,
    Outcome,
    Repeats,
)
from hotspots.frames.column import (
    Column,
    names,
    require,
)
from hotspots.frames.found import (
    CANDIDATES,
    CHANGES,
    ENTERED,
    HOTSPOT_PEAKS,
    HOTSPOT_TIMES,
    HOTSPOTS,
    LEFT,
    LEFT_EARLIER,
    MEASURED,
    OUTRANKED,
    PREVIOUS,
    REMAINED,
    SELECTED,
    SOUND,
    TOO_CLOSE,
)
from hotspots.frames.ground import (
    BOUNDARIES,
    DISTRICTS,
    MOMENTS,
    PLACES,
    REASONS,
)
from hotspots.frames.hours import (
    ALLOCATION,
    ALTERNATIVES,
    ANY_DAY,
    ANY_TIME,
    BUDGET_CURVE,
    BUDGET_PLANS,
    LEDGER,
    POLICE,
    VISITS,
)
from hotspots.frames.input import (
    Moments,
    Places,
    Quality,
)
from hotspots.frames.measured import (
    ACCURACY,
    ACCURACY_CURVE,
    ACCURACY_MONTHS,
    REPEATS,
)
from hotspots.frames.plan import (
    Allocation,
    Plan,
)
from hotspots.frames.roster import (
    DESIGN,
    NO_PATROL,
    PATROL,
    PATROLS,
    ROSTER_HOURS,
    ROSTER_SHIFTS,
    STOPS,
    Roster,
)
from hotspots.frames.targeting import (
    Choice,
    DensitySurface,
    Previous,
    Targeting,
)

__all__ = [
    "ACCURACY",
    "ACCURACY_CURVE",
    "ACCURACY_MONTHS",
    "ALLOCATION",
    "ALTERNATIVES",
    "ANY_DAY",
    "ANY_TIME",
    "BOUNDARIES",
    "BUDGET_CURVE",
    "BUDGET_PLANS",
    "CANDIDATES",
    "CHANGES",
    "DESIGN",
    "DISTRICTS",
    "ENTERED",
    "HOTSPOTS",
    "HOTSPOT_PEAKS",
    "HOTSPOT_TIMES",
    "LEDGER",
    "LEFT",
    "LEFT_EARLIER",
    "MEASURED",
    "MOMENTS",
    "NO_PATROL",
    "OUTRANKED",
    "PATROL",
    "PATROLS",
    "PLACES",
    "POLICE",
    "PREVIOUS",
    "REASONS",
    "REMAINED",
    "REPEATS",
    "ROSTER_HOURS",
    "ROSTER_SHIFTS",
    "SELECTED",
    "SOUND",
    "STOPS",
    "TABLES",
    "TOO_CLOSE",
    "VISITS",
    "Allocation",
    "Backtest",
    "Choice",
    "Column",
    "DensitySurface",
    "Moments",
    "Outcome",
    "Places",
    "Plan",
    "Previous",
    "Quality",
    "Repeats",
    "Roster",
    "Targeting",
    "names",
    "require",
]

TABLES: Mapping[str, tuple[Column, ...]] = {
    "districts": DISTRICTS,
    "places": PLACES,
    "hotspots": HOTSPOTS,
    "candidates": CANDIDATES,
    "changes": CHANGES,
    "allocation": ALLOCATION,
    "alternatives": ALTERNATIVES,
    "budget_curve": BUDGET_CURVE,
    "visits": VISITS,
    "ledger": LEDGER,
    "budget_plans": BUDGET_PLANS,
    "patrols": PATROLS,
    "stops": STOPS,
    "design": DESIGN,
    "roster_hours": ROSTER_HOURS,
    "roster_shifts": ROSTER_SHIFTS,
    "accuracy": ACCURACY,
    "accuracy_curve": ACCURACY_CURVE,
    "accuracy_months": ACCURACY_MONTHS,
    "moments": MOMENTS,
    "hotspot_times": HOTSPOT_TIMES,
    "hotspot_peaks": HOTSPOT_PEAKS,
    "repeats": REPEATS,
}
