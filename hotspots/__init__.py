"""From incident points to hotspots, patrol hours and one map file that opens anywhere."""

__version__ = "0.1.0"
