"""Plain ways to place hotspots, to measure the targeting method against."""

from hotspots.targeting.placement.cells import best_hexagons, best_squares
from hotspots.targeting.placement.discs import SWEEP_M, best_clusters
from hotspots.targeting.placement.free import free_rectangles, free_squares
from hotspots.targeting.placement.grown import densest_cells, grown_pieces
from hotspots.targeting.placement.pieces import Pieces

__all__ = [
    "SWEEP_M",
    "Pieces",
    "best_clusters",
    "best_hexagons",
    "best_squares",
    "densest_cells",
    "free_rectangles",
    "free_squares",
    "grown_pieces",
]
