"""Targeting: weighted places become candidate hotspots, and the best are selected."""

from hotspots.grid import Grid, rasterise
from hotspots.targeting.clusters import dbscan
from hotspots.targeting.density import kernel_density, kernel_share_inside
from hotspots.targeting.identify import find_hotspots

__all__ = [
    "Grid",
    "dbscan",
    "find_hotspots",
    "kernel_density",
    "kernel_share_inside",
    "rasterise",
]
