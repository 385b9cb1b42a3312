"""The inspection of a finished page: what is in it, whoever made it."""

from hotspots.sharing.inspection.finding import Finding
from hotspots.sharing.inspection.page import MOST_BYTES, check_page
from hotspots.sharing.inspection.positions import Positions

__all__ = ["MOST_BYTES", "Finding", "Positions", "check_page"]
