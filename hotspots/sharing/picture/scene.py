"""What a static map consists of: a few kinds of marks on a sheet, in order of drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Size of the sheet, A4 across; lengths are in its units, y grows downwards.
WIDTH, HEIGHT = 1600.0, 1131.0

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Rings, filled by the even-odd rule, or open lines."""

    rings: Sequence[NDArray[np.float64]]
    fill: str = "none"
    opacity: float = 1.0
    stroke: str = "none"
    width: float = 1.0
    dash: tuple[float, ...] = ()
    closed: bool = True


@dataclass(frozen=True, kw_only=True)
class Raster:
    """Classes as a paletted picture, 0 for nothing, row 0 on top."""

    x: float
    y: float
    width: float
    height: float
    classes: NDArray[np.uint8]
    colours: tuple[str, ...]
    opacity: float


@dataclass(frozen=True, kw_only=True)
class Text:
    """One line of text, placed by its base line."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    colour: str = "#0b0c0c"
    anchor: Anchor = "start"
    halo: bool = False


Mark = Shape | Raster | Text


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A sheet.

    Attributes
    ----------
    title, description
        What it is, for those who do not see it, and for the file's properties.
    marks
        Drawn one over the other.
    """

    title: str
    description: str
    marks: Sequence[Mark]
