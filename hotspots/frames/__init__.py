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
)
from hotspots.frames.overrides import (
    ACTIONS,
    ADD,
    FIX_HOURS,
    FORBID,
    FORBIDDEN,
    FROM_EARLIER,
    IN_FORCE,
    LIFT,
    LIFTED,
    MOVE,
    OVERRIDE_SETS,
    OVERRIDES,
    PIN,
    RENAME,
    WITHOUT_EFFECT,
    Decided,
    Override,
)
from hotspots.frames.plan import (
    Allocation,
    Plan,
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
    "ACTIONS",
    "ADD",
    "ALLOCATION",
    "ALTERNATIVES",
    "BOUNDARIES",
    "BUDGET_CURVE",
    "CANDIDATES",
    "CHANGES",
    "DISTRICTS",
    "ENTERED",
    "FIX_HOURS",
    "FORBID",
    "FORBIDDEN",
    "FROM_EARLIER",
    "HOTSPOTS",
    "HOTSPOT_PEAKS",
    "HOTSPOT_TIMES",
    "IN_FORCE",
    "LEFT",
    "LEFT_EARLIER",
    "LIFT",
    "LIFTED",
    "MEASURED",
    "MOMENTS",
    "MOVE",
    "OUTRANKED",
    "OVERRIDES",
    "OVERRIDE_SETS",
    "PIN",
    "PLACES",
    "PREVIOUS",
    "REASONS",
    "REMAINED",
    "RENAME",
    "REPEATS",
    "SELECTED",
    "SOUND",
    "TABLES",
    "TOO_CLOSE",
    "WITHOUT_EFFECT",
    "Allocation",
    "Backtest",
    "Choice",
    "Column",
    "Decided",
    "DensitySurface",
    "Moments",
    "Outcome",
    "Override",
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
    "overrides": OVERRIDES,
    "override_sets": OVERRIDE_SETS,
    "allocation": ALLOCATION,
    "alternatives": ALTERNATIVES,
    "budget_curve": BUDGET_CURVE,
    "accuracy": ACCURACY,
    "accuracy_curve": ACCURACY_CURVE,
    "accuracy_months": ACCURACY_MONTHS,
    "moments": MOMENTS,
    "hotspot_times": HOTSPOT_TIMES,
    "hotspot_peaks": HOTSPOT_PEAKS,
    "repeats": REPEATS,
}
