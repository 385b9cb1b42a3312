"""Who is near whom among positions in metres."""

from hotspots.neighbours.connect import connected
from hotspots.neighbours.near import nearest_m, pairs_within, weight_around

__all__ = ["connected", "nearest_m", "pairs_within", "weight_around"]
