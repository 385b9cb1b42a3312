"""The density surface as a classed picture that lies where it belongs on a web map.

A web map is in Web Mercator; a picture in another CRS stretched to its bounds is turned and
bent, by hundreds of metres in the east and far west of Great Britain. So every pixel of a Web
Mercator grid is looked up in the grid of the surface instead.
"""

from __future__ import annotations

import itertools
import math
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotspots.geo import WGS84, Projection
from hotspots.packing import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hotspots.frames import DensitySurface

#: Six colours, lowest class first. inferno_r between 0.93 and 0.05; YlOrRd of ColorBrewer.
PALETTES: dict[str, tuple[str, ...]] = {
    "inferno_r": ("#f2e661", "#fb9706", "#dd513a", "#a02a63", "#5a116e", "#07051b"),
    "YlOrRd": ("#ffffb2", "#fed976", "#feb24c", "#fd8d3c", "#f03b20", "#bd0026"),
}
CLASSES = 6

_EARTH_RADIUS_M = 6378137.0
_MOST_PIXELS = 4_000_000
_AT_ONCE = 500  # squares of pixels
_LATTICE = 32  # pixels between positions transformed exactly; millimetres are lost between
_ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


@dataclass(frozen=True)
class Picture:
    """A paletted PNG in Web Mercator.

    Attributes
    ----------
    png
        The file.
    classes
        Class of every pixel, 0 for transparent, row 0 in the north.
    bounds
        ((south, west), (north, east)) in degrees, WGS 84.
    """

    png: bytes
    classes: NDArray[np.uint8]
    bounds: tuple[tuple[float, float], tuple[float, float]]


def class_breaks(peak: float, threshold: float) -> tuple[float, ...]:
    """Lower bounds of six classes, round numbers in equal ratios.

    Parameters
    ----------
    peak
        Highest value shown.
    threshold
        Value that counts as dense: the classes begin at about a fifth of it, so that the
        first colours show what lies around a hotspot. Without one they begin at a 30th of the
        peak.

    Examples
    --------
    >>> class_breaks(400, 60)
    (12.0, 20.0, 40.0, 60.0, 120.0, 200.0)
    """
    if not (math.isfinite(peak) and peak > 0):
        return tuple(float(2**step) for step in range(CLASSES))
    low = threshold / 5 if 0 < threshold < peak else peak / 30
    ratio = max((peak / low) ** (1 / CLASSES), 1.2)
    breaks: list[float] = []
    for step in range(CLASSES):
        value = _nearest_round(low * ratio**step)
        while breaks and value <= breaks[-1]:
            value = _next_round(value)
        breaks.append(value)
    return tuple(breaks)


def monthly_classes(
    density: DensitySurface, months: int
) -> tuple[NDArray[np.float64], tuple[float, ...]]:
    """What every map of a plan shows: incidents per km² and month, and the classes' lower bounds.

    Values are rounded as the plan's file keeps them, so that the same map can be drawn from it;
    where they say no more than the class of a cell, they and the bounds are taken as they are.
    """
    if density.class_bounds_per_km2:
        bounds = tuple(bound / months for bound in density.class_bounds_per_km2)
        return density.values_per_km2 / months, bounds
    monthly = rounded(density.values_per_km2, density.threshold_per_km2)
    monthly /= months
    peak = float(monthly.max(where=density.inside, initial=0.0))
    return monthly, class_breaks(peak, density.threshold_per_km2 / months)


def draw_density(
    density: DensitySurface,
    values: NDArray[np.float64],
    breaks: tuple[float, ...],
    palette: str,
    *,
    pixels: int = 2,
) -> Picture:
    """Draw values on the grid of `density` as classes on a Web Mercator grid.

    Parameters
    ----------
    density
        Gives the grid, its CRS and which cells lie inside the districts.
    values
        What to draw, of the shape of the grid; between cell centres it is interpolated.
    breaks
        Lower bounds of the classes; below the first, and outside, nothing is drawn.
    palette
        Key of `PALETTES`.
    pixels
        Pixels along the side of a cell, fewer where there would be too many.
    """
    return Canvas.of(density, pixels).draw(values, breaks, palette)


@dataclass(frozen=True)
class Canvas:
    """Where the pixels of pictures of one grid lie.

    Attributes
    ----------
    density
        Gives the grid, its CRS and which cells lie inside the districts.
    rows, columns
        Size of the pictures in pixels.
    bounds
        ((south, west), (north, east)) in degrees, WGS 84.
    lattice
        Coordinates of every `_LATTICE`-th pixel centre in the CRS of the grid.
    """

    density: DensitySurface
    rows: int
    columns: int
    bounds: tuple[tuple[float, float], tuple[float, float]]
    lattice: tuple[NDArray[np.float64], NDArray[np.float64]]

    @classmethod
    def of(cls, density: DensitySurface, pixels: int) -> Canvas:
        """Canvas with so many pixels along the side of a cell, fewer where they are too many."""
        west, south, east, north, size = _frame(density, pixels)
        columns = max(1, math.ceil((east - west) / size))
        rows = max(1, math.ceil((north - south) / size))
        east, south = west + columns * size, north - rows * size
        bounds = (_latitude(south), _longitude(west)), (_latitude(north), _longitude(east))
        lattice = _look_up(density, west, north, size, rows, columns)
        return cls(density, rows, columns, bounds, lattice)

    def fits(self, density: DensitySurface) -> bool:
        """Whether a surface has the same grid, CRS and cells inside."""
        same = ("crs", "x_min_m", "y_min_m", "cell_size_m")
        own = self.density
        return all(getattr(own, name) == getattr(density, name) for name in same) and (
            np.array_equal(own.inside, density.inside)
        )

    def draw(self, values: NDArray[np.float64], breaks: tuple[float, ...], palette: str) -> Picture:
        """Draw values as `draw_density` does."""
        padded = np.pad(np.nan_to_num(values), 1, mode="edge")
        shown = _shown(padded, breaks[0])
        tall, wide = (len(part) - 1 for part in (self.lattice[0], self.lattice[0].T))
        blocks = np.zeros((tall, wide, _LATTICE, _LATTICE), dtype=np.uint8)
        kept = np.nonzero(_blocks_shown(self.density, shown, self.lattice))
        for start in range(0, len(kept[0]), _AT_ONCE):  # some at a time, which takes less memory
            some = tuple(part[start : start + _AT_ONCE] for part in kept)
            x, y = (_fill(part, *some) for part in self.lattice)
            blocks[some] = _classify(self.density, padded, shown, np.asarray(breaks), x, y)
        whole = blocks.swapaxes(1, 2).reshape(tall * _LATTICE, wide * _LATTICE)
        classes = whole[: self.rows, : self.columns]
        png = write_png(classes, colours_of(palette, len(breaks)))
        return Picture(png=png, classes=classes, bounds=self.bounds)


def colours_of(palette: str, number: int) -> tuple[str, ...]:
    """Colours for some classes, lowest first, spread over those of a palette.

    Examples
    --------
    >>> colours_of("YlOrRd", 3)
    ('#ffffb2', '#fd8d3c', '#bd0026')
    """
    every = PALETTES[palette]
    if number == 1:
        return (every[len(every) // 2],)
    steps = [(len(every) - 1) * at / (number - 1) for at in range(number)]
    return tuple(every[math.floor(step + 0.5)] for step in steps)


def write_png(classes: NDArray[np.uint8], colours: tuple[str, ...]) -> bytes:
    """Write classes 0 to 15 as a PNG with a palette, four bits a pixel, 0 transparent.

    `colours` are those of class 1, 2 and so on, as ``#rrggbb``. The same classes give the same
    bytes. Format: PNG (third edition), colour type 3.
    """
    height, width = classes.shape
    even = np.zeros((height, width + width % 2), dtype=np.uint8)
    even[:, :width] = classes
    packed = (even[:, 0::2] << 4) | even[:, 1::2]
    lines = np.zeros((height, packed.shape[1] + 1), dtype=np.uint8)  # each begins with filter 0
    lines[:, 1:] = packed
    colour_bytes = b"".join(bytes.fromhex(colour[1:]) for colour in ("#000000", *colours))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)),
        (b"PLTE", colour_bytes),
        (b"tRNS", b"\x00"),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(itertools.starmap(_chunk, chunks))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _nearest_round(value: float) -> float:
    ten = 10.0 ** math.floor(math.log10(value))
    choices = [*(ten * digit for digit in _ROUND), ten * 10]
    return float(f"{min(choices, key=lambda choice: abs(math.log(choice / value))):.3g}")


def _next_round(value: float) -> float:
    ten = 10.0 ** math.floor(math.log10(value) + 1e-9)
    choices = [*(ten * digit for digit in _ROUND), ten * 10]
    return float(f"{min(choice for choice in choices if choice > value * 1.001):.3g}")


def _longitude(mercator_x: float) -> float:
    return math.degrees(mercator_x / _EARTH_RADIUS_M)


def _latitude(mercator_y: float) -> float:
    return math.degrees(math.atan(math.sinh(mercator_y / _EARTH_RADIUS_M)))


def _frame(density: DensitySurface, pixels: int) -> tuple[float, float, float, float, float]:
    """West, south, east, north and pixel size in Web Mercator metres around what is inside."""
    rows, columns = np.nonzero(density.inside)
    if not len(rows):
        rows, columns = (np.array([0, size - 1]) for size in density.inside.shape)
    cell = density.cell_size_m
    x0, x1 = density.x_min_m + cell * np.array([columns.min() - 1, columns.max() + 2])
    y0, y1 = density.y_min_m + cell * np.array([rows.min() - 1, rows.max() + 2])
    edge = np.linspace(0, 1, 65)
    x = np.concatenate(
        [x0 + edge * (x1 - x0), x0 + edge * (x1 - x0), *(np.full(65, v) for v in (x0, x1))]
    )
    y = np.concatenate(
        [*(np.full(65, v) for v in (y0, y1)), y0 + edge * (y1 - y0), y0 + edge * (y1 - y0)]
    )
    longitude, latitude = Projection(density.crs, WGS84).transform(x, y)
    radians = np.radians(latitude)
    east = _EARTH_RADIUS_M * np.radians(longitude)
    north = _EARTH_RADIUS_M * np.arcsinh(np.tan(radians))
    width, height = float(np.ptp(east)), float(np.ptp(north))
    size = cell / pixels / math.cos(float(radians.mean()))
    size = max(size, math.sqrt(width * height / _MOST_PIXELS))
    return float(east.min()), float(north.min()), float(east.max()), float(north.max()), size


def _look_up(
    density: DensitySurface, west: float, north: float, size: float, rows: int, columns: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates of every `_LATTICE`-th pixel centre in the CRS of the surface."""
    at_columns = np.arange(0, columns + _LATTICE, _LATTICE)
    at_rows = np.arange(0, rows + _LATTICE, _LATTICE)
    east, down = np.meshgrid(west + (at_columns + 0.5) * size, north - (at_rows + 0.5) * size)
    longitude = np.degrees(east / _EARTH_RADIUS_M)
    latitude = np.degrees(np.arctan(np.sinh(down / _EARTH_RADIUS_M)))
    return Projection(WGS84, density.crs).transform(longitude, latitude)


def _shown(padded: NDArray[np.float64], lowest: float) -> NDArray[np.bool_]:
    """Whether one of the four cells around each corner of a cell reaches the first class.

    Most pixels lie between four cells that are all below it. Shape one less than `padded`.
    """
    wide = np.maximum(padded[1:], padded[:-1])
    shown: NDArray[np.bool_] = np.maximum(wide[:, 1:], wide[:, :-1]) >= lowest * (1 - 1e-9)
    return shown


def _blocks_shown(
    density: DensitySurface,
    shown: NDArray[np.bool_],
    lattice: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.bool_]:
    """Squares of pixels between four positions of a lattice in which something may be shown.

    A square, bent as it may be, lies within the box around its corners: positions in it are
    means of theirs.
    """
    bounds = []
    for part, first, most in zip(
        lattice[::-1], (density.y_min_m, density.x_min_m), shown.shape, strict=True
    ):
        corners = np.stack([part[:-1, :-1], part[1:, :-1], part[:-1, 1:], part[1:, 1:]])
        at = (corners - first) / density.cell_size_m + 0.5
        low, high = np.floor(at.min(axis=0)) - 1, np.floor(at.max(axis=0)) + 2
        bounds += [values.clip(0, most).astype(np.intp) for values in (low, high)]
    south, north, west, east = bounds
    totals = np.zeros((shown.shape[0] + 1, shown.shape[1] + 1), dtype=np.int32)
    np.cumsum(np.cumsum(shown, axis=0, dtype=np.int32), axis=1, out=totals[1:, 1:])
    number = totals[north, east] - totals[south, east] - totals[north, west] + totals[south, west]
    held: NDArray[np.bool_] = number > 0
    return held


def _fill(
    lattice: NDArray[np.float64], above: NDArray[np.intp], left: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Positions of the pixels of some squares, linear both ways between the corners of each."""
    down = (np.arange(_LATTICE) / _LATTICE)[:, None]
    right = (np.arange(_LATTICE) / _LATTICE)[None, :]
    corner = lattice[:, :, None, None]
    west = corner[above, left] * (1 - down) + corner[above + 1, left] * down
    east = corner[above, left + 1] * (1 - down) + corner[above + 1, left + 1] * down
    filled: NDArray[np.float64] = west * (1 - right) + east * right
    return filled


def classify(
    density: DensitySurface,
    values: NDArray[np.float64],
    breaks: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> NDArray[np.uint8]:
    """Class of every position: values between the four nearest cell centres, cut to inside.

    Parameters
    ----------
    density
        Gives the grid and which cells lie inside the districts.
    values
        What is classed, of the shape of the grid.
    breaks
        Lower bounds of the classes.
    x, y
        Positions in the CRS of the grid, of one shape.

    Returns
    -------
    numpy.ndarray
        Of the shape of `x`; 0 below the first class, and outside.
    """
    padded = np.pad(np.nan_to_num(values), 1, mode="edge")
    return _classify(density, padded, _shown(padded, float(breaks[0])), breaks, x, y)


def _classify(
    density: DensitySurface,
    padded: NDArray[np.float64],
    shown: NDArray[np.bool_],
    breaks: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> NDArray[np.uint8]:
    """Class of every pixel: values between the four nearest cell centres, cut to inside."""
    column = (x - density.x_min_m) / density.cell_size_m
    row = (y - density.y_min_m) / density.cell_size_m
    height, width = density.inside.shape
    found = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    cell_row, cell_column = row[found].astype(np.intp), column[found].astype(np.intp)
    within = density.inside[cell_row, cell_column]
    row, column = row[found] - 0.5, column[found] - 0.5
    below, left = np.floor(row).astype(np.intp), np.floor(column).astype(np.intp)
    within &= shown[below + 1, left + 1]
    found[found] = within
    row, column, below, left = row[within], column[within], below[within], left[within]
    up, right = row - below, column - left
    lower = padded[below + 1, left + 1] * (1 - right) + padded[below + 1, left + 2] * right
    upper = padded[below + 2, left + 1] * (1 - right) + padded[below + 2, left + 2] * right
    classes = np.zeros(x.shape, dtype=np.uint8)
    classes[found] = np.searchsorted(breaks, lower * (1 - up) + upper * up, side="right")
    return classes
