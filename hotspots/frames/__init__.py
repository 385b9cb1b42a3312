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
    MAP_POINTS,
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
    BUDGET_CURVE,
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
    SWEEP,
)
from hotspots.frames.plan import (
    Allocation,
    Plan,
)
from hotspots.frames.targeting import (
    Choice,
    DensitySurface,
    MapPoints,
    Previous,
    Targeting,
)

__all__ = [
    "ACCURACY",
    "ACCURACY_CURVE",
    "ACCURACY_MONTHS",
    "ALLOCATION",
    "ALTERNATIVES",
    "BOUNDARIES",
    "BUDGET_CURVE",
    "CANDIDATES",
    "CHANGES",
    "DISTRICTS",
    "ENTERED",
    "HOTSPOTS",
    "HOTSPOT_PEAKS",
    "HOTSPOT_TIMES",
    "LEFT",
    "LEFT_EARLIER",
    "MAP_POINTS",
    "MEASURED",
    "MOMENTS",
    "OUTRANKED",
    "PLACES",
    "PREVIOUS",
    "REASONS",
    "REMAINED",
    "REPEATS",
    "SELECTED",
    "SOUND",
    "SWEEP",
    "TABLES",
    "TOO_CLOSE",
    "Allocation",
    "Backtest",
    "Choice",
    "Column",
    "DensitySurface",
    "MapPoints",
    "Moments",
    "Outcome",
    "Places",
    "Plan",
    "Previous",
    "Quality",
    "Repeats",
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
    "map_points": MAP_POINTS,
    "allocation": ALLOCATION,
    "alternatives": ALTERNATIVES,
    "budget_curve": BUDGET_CURVE,
    "accuracy": ACCURACY,
    "accuracy_curve": ACCURACY_CURVE,
    "accuracy_months": ACCURACY_MONTHS,
    "sweep": SWEEP,
    "moments": MOMENTS,
    "hotspot_times": HOTSPOT_TIMES,
    "hotspot_peaks": HOTSPOT_PEAKS,
    "repeats": REPEATS,
}
