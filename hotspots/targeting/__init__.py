"""Targeting: weighted places become candidate hotspots, and the best are selected."""

from hotspots.grid import Grid, rasterise
from hotspots.targeting.again import select_again
from hotspots.targeting.clusters import dbscan
from hotspots.targeting.density import kernel_density, kernel_share_inside
from hotspots.targeting.distance_rules import Ruled, named_rules
from hotspots.targeting.identify import find_hotspots, parameters_of
from hotspots.targeting.periods import density_frames
from hotspots.targeting.repeats import check_bands, knox
from hotspots.targeting.timing import declared_times, hotspot_times, week_profile

__all__ = [
    "Grid",
    "Ruled",
    "check_bands",
    "dbscan",
    "declared_times",
    "density_frames",
    "find_hotspots",
    "hotspot_times",
    "kernel_density",
    "kernel_share_inside",
    "knox",
    "named_rules",
    "parameters_of",
    "rasterise",
    "select_again",
    "week_profile",
]
