"""Testing: what a targeting method was worth, once later incidents are known."""

from hotspots.testing.accuracy import (
    accuracy_by_rank,
    hit_rate,
    pai,
    pei,
    ppai,
    rri_prediction,
    rri_stability,
    ser,
)
from hotspots.testing.counting import first_piece
from hotspots.testing.equal_area import Capture, capture
from hotspots.testing.intervals import interval, month_draws
from hotspots.testing.tables import CurvePoint, Tally, curve_table, method_table, month_table
from hotspots.testing.verdict import verdict

__all__ = [
    "Capture",
    "CurvePoint",
    "Tally",
    "accuracy_by_rank",
    "capture",
    "curve_table",
    "first_piece",
    "hit_rate",
    "interval",
    "method_table",
    "month_draws",
    "month_table",
    "pai",
    "pei",
    "ppai",
    "rri_prediction",
    "rri_stability",
    "ser",
    "verdict",
]
