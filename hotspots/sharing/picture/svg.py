"""A sheet as SVG: text stays text, nothing is loaded and nothing can run."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from hotspots.sharing.picture.scene import HEIGHT, WIDTH, Mark, Raster, Scene, Shape, Text
from hotspots.sharing.raster import write_png

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FONT = "'DejaVu Sans', Verdana, Arial, sans-serif"


def svg(scene: Scene) -> str:
    """Write a sheet; the same sheet gives the same text."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'width="297mm" height="{297 * HEIGHT / WIDTH:.1f}mm" role="img" '
        f'aria-labelledby="title description" font-family={quoteattr(_FONT)}>',
        f'<title id="title">{escape(scene.title)}</title>',
        f'<desc id="description">{escape(scene.description)}</desc>',
        *map(_mark, scene.marks),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _mark(mark: Mark) -> str:
    if isinstance(mark, Shape):
        return _shape(mark)
    if isinstance(mark, Raster):
        return _raster(mark)
    return _text(mark)


def _shape(mark: Shape) -> str:
    path = "".join(_ring(ring, closed=mark.closed) for ring in mark.rings)
    stroke = f'stroke="{mark.stroke}"'
    if mark.stroke != "none":
        stroke += f' stroke-width="{mark.width:g}" stroke-linejoin="round"'
    if mark.dash:
        stroke += f' stroke-dasharray="{" ".join(f"{part:g}" for part in mark.dash)}"'
    opacity = f' fill-opacity="{mark.opacity:g}"' if mark.opacity < 1 else ""
    return f'<path d="{path}" fill="{mark.fill}"{opacity} fill-rule="evenodd" {stroke}/>'


def _ring(points: NDArray[np.float64], *, closed: bool) -> str:
    body = "L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f"M{body}{'Z' if closed else ''}"


def _raster(mark: Raster) -> str:
    data = base64.b64encode(write_png(mark.classes, mark.colours)).decode()
    return (
        f'<image x="{mark.x:g}" y="{mark.y:g}" width="{mark.width:g}" height="{mark.height:g}" '
        f'opacity="{mark.opacity:g}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{data}"/>'
    )


def _text(mark: Text) -> str:
    style = f'font-size="{mark.size:g}" fill="{mark.colour}"'
    if mark.bold:
        style += ' font-weight="bold"'
    if mark.anchor != "start":
        style += f' text-anchor="{mark.anchor}"'
    if mark.halo:
        style += ' stroke="#ffffff" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"'
    return f'<text x="{mark.x:.1f}" y="{mark.y:.1f}" {style}>{escape(mark.text)}</text>'
