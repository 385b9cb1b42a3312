"""A sheet as PNG, drawn by matplotlib without a screen."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.errors import SettingsError
from hotspots.sharing.picture.scene import HEIGHT, WIDTH, Raster, Scene, Shape, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DPI = 160  # of a sheet of 16 by 11.31 inches: 2,560 pixels across
_POINT = 72 / 100  # points in a unit of the sheet
_SIDES = {"start": "left", "middle": "center", "end": "right"}


def png(scene: Scene) -> bytes:
    """Draw a sheet, 2,560 pixels across; the same sheet gives the same bytes.

    Raises
    ------
    SettingsError
        matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise SettingsError(
            "A .png needs matplotlib: install it with pip install 'hotspots-engine[png]', or "
            "write a .svg, which needs nothing more."
        ) from error
    with mpl.rc_context(), warnings.catch_warnings():
        # a letter that the font lacks is drawn as a box
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        mpl.rcdefaults()
        figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=_DPI)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(HEIGHT, 0))
        axes.set_axis_off()
        for order, mark in enumerate(scene.marks):
            _draw(axes, mark, order)
        file = io.BytesIO()
        figure.savefig(
            file, format="png", dpi=_DPI, metadata={"Title": scene.title, "Software": "hotspots"}
        )
    return file.getvalue()


def _draw(axes: Any, mark: Any, order: int) -> None:
    if isinstance(mark, Shape):
        _shape(axes, mark, order)
    elif isinstance(mark, Raster):
        edges = (mark.x, mark.x + mark.width, mark.y + mark.height, mark.y)
        axes.imshow(_colours(mark), extent=edges, aspect="auto", zorder=order, resample=False,
                    interpolation="nearest")  # fmt: skip
        axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
    else:
        _text(axes, mark, order)


def _shape(axes: Any, mark: Shape, order: int) -> None:
    from matplotlib.colors import to_rgba
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    points, codes = [], []
    for ring in mark.rings:
        ends = [ring, ring[:1]] if mark.closed else [ring]
        points.append(np.vstack(ends))
        codes += [Path.MOVETO, *[Path.LINETO] * (len(ring) - 1)]
        codes += [Path.CLOSEPOLY] if mark.closed else []
    style: Any = (0, tuple(part / mark.width for part in mark.dash)) if mark.dash else "solid"
    axes.add_patch(
        PathPatch(
            Path(np.vstack(points), codes),
            facecolor="none" if mark.fill == "none" else to_rgba(mark.fill, mark.opacity),
            edgecolor=mark.stroke,
            linewidth=mark.width * _POINT if mark.stroke != "none" else 0,
            linestyle=style,
            joinstyle="round",
            zorder=order,
        )
    )


def _colours(mark: Raster) -> NDArray[np.uint8]:
    palette = np.zeros((len(mark.colours) + 1, 4), dtype=np.uint8)
    for number, colour in enumerate(mark.colours, start=1):
        palette[number] = (*bytes.fromhex(colour[1:]), round(255 * mark.opacity))
    pixels: NDArray[np.uint8] = palette[mark.classes]
    return pixels


def _text(axes: Any, mark: Text, order: int) -> None:
    from matplotlib.patheffects import withStroke

    axes.text(
        mark.x,
        mark.y,
        mark.text,
        fontsize=mark.size * _POINT,
        fontweight="bold" if mark.bold else "normal",
        color=mark.colour,
        ha=_SIDES[mark.anchor],
        va="baseline",
        parse_math=False,
        zorder=order,
        path_effects=[withStroke(linewidth=3.5 * _POINT, foreground="#ffffff")]
        if mark.halo
        else [],
    )
