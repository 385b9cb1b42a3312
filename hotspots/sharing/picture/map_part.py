"""The map on the sheet: districts, density, hotspots with their numbers, scale and north."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hotspots.frames import LEFT
from hotspots.sharing import raster
from hotspots.sharing.picture import letters
from hotspots.sharing.picture.labels import (
    NAME_SIZE,
    NUMBER_SIZE,
    Box,
    number_box,
    place_names,
    place_numbers,
)
from hotspots.sharing.picture.scene import Mark, Raster, Shape, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from hotspots.frames import DensitySurface, Plan

DENSITY_OPACITY = 0.75
INK, HOTSPOT, FORMER, BORDER = "#0b0c0c", "#0b0c0c", "#0b57d0", "#5d6b78"
_SAMPLES = 1.5  # samples of the surface for a unit of the sheet
_LENGTHS_M = tuple(digit * 10**power for power in range(1, 6) for digit in (1, 2, 5))


class Frame(NamedTuple):
    """Where metres of the working CRS lie on the sheet."""

    box: Box
    west_m: float
    north_m: float
    scale: float  # units of the sheet per metre

    def place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions on the sheet."""
        return np.column_stack(
            [
                self.box.left + (points[:, 0] - self.west_m) * self.scale,
                self.box.top + (self.north_m - points[:, 1]) * self.scale,
            ]
        )


def frame_of(districts: gpd.GeoDataFrame, box: Box, margin: float = 14.0) -> Frame:
    """Fit the districts into a box, centred."""
    west, south, east, north = districts.total_bounds
    wide, high = max(east - west, 1.0), max(north - south, 1.0)
    scale = min(
        (box.right - box.left - 2 * margin) / wide, (box.bottom - box.top - 2 * margin) / high
    )
    spare_x = (box.right - box.left) / scale - wide
    spare_y = (box.bottom - box.top) / scale - high
    return Frame(box, west - spare_x / 2, north + spare_y / 2, scale)


def map_marks(
    plan: Plan, box: Box, monthly: NDArray[np.float64], breaks: Sequence[float]
) -> Iterator[Mark]:
    """Everything inside the frame of the map."""
    targeting = plan.targeting
    frame = frame_of(targeting.districts, box)
    yield _rectangle(box, fill="#e8edf1")
    districts = [_placed(shape, frame) for shape in targeting.districts.geometry]
    for shape in districts:
        yield Shape(rings=_rings(shape), fill="#ffffff", stroke="none")
    yield _density(targeting.density, monthly, breaks, frame, plan.settings.sharing.palette)
    for shape in districts:
        yield Shape(rings=_rings(shape), stroke=BORDER, width=1.4)
    if targeting.changes is not None:
        for shape in targeting.changes.geometry[targeting.changes["change"] == LEFT]:
            rings = _rings(_placed(shape, frame))
            yield Shape(rings=rings, stroke=FORMER, width=2.0, dash=(2.0, 4.0))
    hotspots = [_placed(shape, frame) for shape in targeting.hotspots.geometry]
    for shape in hotspots:
        yield Shape(rings=_rings(shape), stroke=HOTSPOT, width=1.8)
    furniture = list(_furniture(frame))
    yield from _labels(plan, frame, districts, hotspots, [box for box, _ in furniture])
    for _, marks in furniture:
        yield from marks
    yield _rectangle(box, stroke=BORDER)


def _labels(
    plan: Plan, frame: Frame, districts: Sequence[Any], hotspots: Sequence[Any], taken: list[Box]
) -> Iterator[Mark]:
    """Names of the districts, and numbers of the hotspots with lines to them."""
    boxes = [Box(*shape.bounds) for shape in hotspots]
    names = [letters.line(name)[:60] for name in plan.targeting.districts["district"]]
    centres = place_names(names, districts, frame.box, [*taken, *boxes])
    name_boxes = [
        Box.around(x, y, letters.width(name, NAME_SIZE), NAME_SIZE)
        for name, (x, y) in zip(names, centres, strict=True)
    ]
    numbers = [int(rank) for rank in plan.targeting.hotspots["rank"]]
    spots = place_numbers(boxes, numbers, frame.box, [*taken, *name_boxes])
    for own, (x, y) in zip(boxes, spots, strict=True):
        start = ((own.left + own.right) / 2, (own.top + own.bottom) / 2)
        yield Shape(rings=[np.array([start, (x, y)])], stroke=INK, width=0.9, closed=False)
    for name, (x, y) in zip(names, centres, strict=True):
        yield Text(
            x=x, y=y + NAME_SIZE * 0.35, text=name, size=NAME_SIZE, colour="#37474f",
            anchor="middle", halo=True,
        )  # fmt: skip
    for number, (x, y) in zip(numbers, spots, strict=True):
        yield _rectangle(number_box(number, x, y), fill="#ffffff", stroke=INK, width=1.0)
        yield Text(
            x=x, y=y + NUMBER_SIZE * 0.36, text=str(number), size=NUMBER_SIZE, bold=True,
            anchor="middle",
        )  # fmt: skip


def _density(
    density: DensitySurface,
    monthly: NDArray[np.float64],
    breaks: Sequence[float],
    frame: Frame,
    palette: str,
) -> Raster:
    """Sample the surface where it is seen: the sheet is in its own CRS."""
    box = frame.box
    columns = round((box.right - box.left) * _SAMPLES)
    rows = round((box.bottom - box.top) * _SAMPLES)
    step = 1 / (frame.scale * _SAMPLES)
    x = frame.west_m + (np.arange(columns) + 0.5) * step
    y = frame.north_m - (np.arange(rows) + 0.5) * step
    classes = raster.classify(density, monthly, np.asarray(breaks), *np.meshgrid(x, y))
    return Raster(
        x=box.left,
        y=box.top,
        width=box.right - box.left,
        height=box.bottom - box.top,
        classes=classes,
        colours=raster.colours_of(palette, len(breaks)),
        opacity=DENSITY_OPACITY,
    )


def _furniture(frame: Frame) -> Iterator[tuple[Box, list[Mark]]]:
    """Scale bar and north arrow, each with the box it takes."""
    box = frame.box
    fitting = [length for length in _LENGTHS_M if length * frame.scale <= 220]
    metres = fitting[-1] if fitting else _LENGTHS_M[0]
    long = metres * frame.scale
    label = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres} m"
    place = Box(box.left + 10, box.bottom - 44, box.left + 40 + max(long, 60.0), box.bottom - 10)
    x, y = place.left + 15, place.bottom - 10
    ticks = np.array([(x, y - 6), (x, y), (x + long, y), (x + long, y - 6)])
    yield (
        place,
        [
            _rectangle(place, fill="#ffffff", stroke=BORDER),
            Shape(rings=[ticks], stroke=INK, width=2.0, closed=False),
            Text(x=x + long / 2, y=y - 8, text=label, size=13, anchor="middle"),
        ],
    )
    place = Box(box.right - 52, box.top + 10, box.right - 10, box.top + 74)
    x = (place.left + place.right) / 2
    arrow = np.array([(x, place.top + 24), (x + 9, place.bottom - 8), (x, place.bottom - 15),
                      (x - 9, place.bottom - 8)])  # fmt: skip
    yield (
        place,
        [
            _rectangle(place, fill="#ffffff", stroke=BORDER),
            Shape(rings=[arrow], fill=INK),
            Text(x=x, y=place.top + 19, text="N", size=15, bold=True, anchor="middle"),
        ],
    )


def _placed(shape: Any, frame: Frame) -> Any:
    """Shape on the sheet, without bends that could not be seen there."""
    import shapely

    placed = shapely.transform(shape, frame.place)
    simpler = shapely.simplify(placed, 0.25)
    return placed if simpler.is_empty else simpler


def _rings(shape: Any) -> list[NDArray[np.float64]]:
    import shapely

    rings = shapely.get_rings(shapely.get_parts(shape))
    return [np.asarray(shapely.get_coordinates(ring))[:-1] for ring in rings]


def _rectangle(box: Box, *, fill: str = "none", stroke: str = "none", width: float = 1.0) -> Shape:
    left, top, right, bottom = box
    ring = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    return Shape(rings=[ring], fill=fill, stroke=stroke, width=width)
