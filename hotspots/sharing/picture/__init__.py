"""The static map for a slide or a report: composed once, written as SVG or PNG."""

from hotspots.sharing.picture.layout import compose
from hotspots.sharing.picture.png import png
from hotspots.sharing.picture.scene import Scene
from hotspots.sharing.picture.svg import svg

__all__ = ["Scene", "compose", "png", "svg"]
