"""The picture of the density surface: where it lies, what it shows, how it is written."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from pyproj import Transformer

from hotspots.frames import DensitySurface
from hotspots.sharing import raster

CELL = 50.0
PLACES = {"Norwich": (623_000.0, 308_000.0), "Penzance": (147_000.0, 30_000.0),
          "London": (530_000.0, 180_000.0)}  # fmt: skip


def lone_cell(x: float, y: float, reach: int = 200) -> tuple[DensitySurface, tuple[float, float]]:
    """Make a surface of 20 km by 20 km with one hot cell near its corner, around x, y."""
    values = np.zeros((2 * reach, 2 * reach))
    row, column = reach + 170, reach - 150
    values[row, column] = 100.0
    west, south = x - reach * CELL, y - reach * CELL
    surface = DensitySurface(
        values, np.ones_like(values, dtype=bool), west, south, CELL, 200.0, 10.0, "EPSG:27700"
    )
    return surface, (west + (column + 0.5) * CELL, south + (row + 0.5) * CELL)


def middle(picture: raster.Picture) -> tuple[float, float]:
    """Longitude and latitude of the middle of what is drawn, as a browser would place it."""
    rows, columns = np.nonzero(picture.classes)
    (south, west), (north, east) = picture.bounds
    height, width = picture.classes.shape
    top, bottom = (np.arcsinh(np.tan(np.radians(v))) for v in (north, south))
    up = top + (bottom - top) * (rows.mean() + 0.5) / height
    longitude = west + (east - west) * (columns.mean() + 0.5) / width
    return float(longitude), float(np.degrees(np.arctan(np.sinh(up))))


def metres_off(longitude: float, latitude: float, x: float, y: float) -> float:
    """Distance on the ground between a position in degrees and one in British National Grid."""
    to_grid = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    east, north = to_grid.transform(longitude, latitude)
    return float(np.hypot(east - x, north - y))


@pytest.mark.parametrize("place", PLACES)
def test_a_lone_hot_cell_lands_within_one_cell_of_its_place(place):
    """The picture is warped: a cell 10 km from the middle is drawn where it lies."""
    surface, (x, y) = lone_cell(*PLACES[place])
    picture = raster.draw_density(surface, surface.values_per_km2, (10.0,) * 6, "inferno_r")
    assert picture.classes.any()
    assert metres_off(*middle(picture), x, y) < CELL


@pytest.mark.parametrize("place", ["Norwich", "Penzance"])
def test_a_picture_stretched_to_its_bounds_would_fail(place):
    """Without the warp the same cell lies hundreds of metres off, so the test above can fail."""
    surface, (x, y) = lone_cell(*PLACES[place])
    warped = raster.draw_density(surface, surface.values_per_km2, (10.0,) * 6, "inferno_r")
    stretched = raster.Picture(
        b"", (surface.values_per_km2[::-1] > 0).astype(np.uint8), warped.bounds
    )
    assert metres_off(*middle(stretched), x, y) > 4 * CELL


def test_nothing_is_drawn_outside_the_districts():
    """A cell outside every district stays transparent, however dense."""
    surface, _ = lone_cell(*PLACES["London"], reach=200)
    values = np.full_like(surface.values_per_km2, 50.0)
    inside = np.zeros_like(surface.inside)
    inside[100:120, 100:140] = True
    cut = DensitySurface(
        values, inside, surface.x_min_m, surface.y_min_m, CELL, 200.0, 10.0, "EPSG:27700"
    )
    drawn = raster.draw_density(cut, values, (10.0, 20.0, 30.0, 40.0, 60.0, 70.0), "YlOrRd")
    assert set(np.unique(drawn.classes)) == {0, 4}
    pixel_m2 = 20 * 40 * CELL**2 / np.count_nonzero(drawn.classes)
    assert pixel_m2 == pytest.approx((CELL / 2) ** 2, rel=0.02)


def test_values_below_the_first_class_are_transparent():
    """Class 0 is for what is below the lowest break, class 6 for the break of the last and up."""
    surface, _ = lone_cell(*PLACES["London"])
    values = np.full_like(surface.values_per_km2, 9.9)
    breaks = (10.0, 20.0, 30.0, 40.0, 50.0, 60.0)
    assert not raster.draw_density(surface, values, breaks, "YlOrRd").classes.any()
    top = raster.draw_density(surface, values + 50.1, breaks, "YlOrRd").classes
    assert top.max() == 6


def test_a_large_surface_makes_a_picture_of_limited_size():
    """However many cells, the picture has about four million pixels at most."""
    inside = np.ones((3000, 3000), dtype=bool)
    surface = DensitySurface(
        np.ones((3000, 3000)), inside, 4e5, 2e5, CELL, 200.0, 10.0, "EPSG:27700"
    )
    drawn = raster.draw_density(surface, surface.values_per_km2, (2.0,) * 6, "YlOrRd")
    assert drawn.classes.size < 4.1e6


def read_png(png: bytes) -> tuple[np.ndarray, dict[bytes, bytes]]:
    """Read a paletted PNG of four bits a pixel, by the format's own description."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        assert struct.unpack(">I", png[at + 8 + size : at + 12 + size]) == (
            zlib.crc32(kind + body),
        )
        chunks[kind], at = body, at + 12 + size
    width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour) == (4, 3)
    stride = 1 + (width + 1) // 2
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, stride)
    assert not lines[:, 0].any()
    pixels = np.stack([lines[:, 1:] >> 4, lines[:, 1:] & 15], axis=2).reshape(height, -1)
    return pixels[:, :width], chunks


@pytest.mark.parametrize("width", [1, 6, 7])
def test_a_png_holds_the_classes_it_was_made_of(width):
    """Even and odd widths, all seven values and the palette come back from the file."""
    classes = (np.arange(5 * width).reshape(5, width) % 7).astype(np.uint8)
    pixels, chunks = read_png(raster.write_png(classes, raster.PALETTES["YlOrRd"]))
    assert np.array_equal(pixels, classes)
    assert chunks[b"PLTE"][3:6] == bytes.fromhex("ffffb2")
    assert chunks[b"tRNS"] == b"\x00"


@pytest.mark.parametrize(
    ("peak", "threshold"), [(400, 60), (5, 60), (60, 59.9), (3e6, 1e-3), (0.02, 0.01), (0, 0)]
)
def test_class_breaks_rise_and_are_round(peak, threshold):
    """Six lower bounds, each above the one before, of two digits at most."""
    breaks = raster.class_breaks(peak, threshold)
    assert len(breaks) == 6
    assert all(low < high for low, high in pairwise(breaks))
    assert all(float(f"{value:.1e}") == value for value in breaks)


def test_the_first_class_begins_near_a_fifth_of_the_threshold():
    """What is dense lies within the classes, with two or three of them below it."""
    breaks = raster.class_breaks(400, 60)
    assert 10 <= breaks[0] <= 15
    assert breaks[-1] < 400


@pytest.mark.parametrize("palette", raster.PALETTES)
def test_every_palette_has_a_colour_for_every_class(palette):
    """Six colours, each darker than the one before it."""
    colours = [bytes.fromhex(colour[1:]) for colour in raster.PALETTES[palette]]
    light = [0.299 * red + 0.587 * green + 0.114 * blue for red, green, blue in colours]
    assert len(colours) == raster.CLASSES
    assert light == sorted(light, reverse=True)


def test_a_canvas_fits_the_same_ground_and_no_other():
    """Another grid, CRS or other cells inside need another canvas; other values do not."""
    surface, _ = lone_cell(*PLACES["London"], reach=200)
    canvas = raster.Canvas.of(surface, pixels=1)
    assert canvas.fits(replace(surface, values_per_km2=surface.values_per_km2 + 1))
    inside = surface.inside.copy()
    inside[3, 4] = False
    for other in (
        {"x_min_m": 0.0},
        {"cell_size_m": 60.0},
        {"crs": "EPSG:3035"},
        {"inside": inside},
    ):
        assert not canvas.fits(replace(surface, **other))
