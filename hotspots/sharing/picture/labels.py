"""Where names and numbers stand on the map so that none covers another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hotspots.sharing.picture.letters import width

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME_SIZE, NUMBER_SIZE = 15.0, 12.0
_DIRECTIONS = 16
_DISTANCES = (9.0, 18.0, 30.0, 45.0, 65.0, 90.0, 120.0, 160.0)


class Box(NamedTuple):
    """Left, top, right, bottom on the sheet."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, x: float, y: float, wide: float, high: float) -> Box:
        """Box of a size around a point."""
        return cls(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)

    def meets(self, other: Box) -> bool:
        """Whether both share a point inside."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def within(self, other: Box) -> bool:
        """Whether it lies in another box."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


def number_box(number: int, x: float, y: float) -> Box:
    """Box of a hotspot's number."""
    return Box.around(x, y, width(str(number), NUMBER_SIZE, bold=True) + 8, NUMBER_SIZE + 5)


def place_names(
    names: Sequence[str], shapes: Sequence[Any], frame: Box, taken: Iterable[Box]
) -> list[tuple[float, float]]:
    """Centre of every district's name: inside the district, off the hotspots where it can be."""
    import shapely

    used = list(taken)
    centres = []
    for name, shape in zip(names, shapes, strict=True):
        spots = _spots(shape)
        wide, high = width(name, NAME_SIZE) + 4, NAME_SIZE + 3
        inside = [
            (float(x), float(y))
            for x, y in spots
            if Box.around(x, y, wide, high).within(frame) and shapely.contains_xy(shape, x, y)
        ]
        best = next(
            (
                spot
                for spot in inside
                if not any(Box.around(*spot, wide, high).meets(b) for b in used)
            ),
            (float(spots[0][0]), float(spots[0][1])),
        )
        used.append(Box.around(*best, wide, high))
        centres.append(best)
    return centres


def _spots(shape: Any) -> NDArray[np.float64]:
    """Points in and about a shape, its broadest part first, then by distance from there."""
    import numpy as np
    import shapely

    circle = shapely.maximum_inscribed_circle(shape, tolerance=2.0)
    x, y = shapely.get_coordinates(circle)[0]
    left, top, right, bottom = shape.bounds
    across, down = np.meshgrid(np.linspace(left, right, 23), np.linspace(top, bottom, 23))
    grid = np.column_stack([across.ravel(), down.ravel()])
    order = np.argsort(np.hypot(grid[:, 0] - x, grid[:, 1] - y), kind="stable")
    found: NDArray[np.float64] = np.vstack([[x, y], grid[order]])
    return found


def place_numbers(
    boxes: Sequence[Box], numbers: Sequence[int], frame: Box, taken: Iterable[Box]
) -> list[tuple[float, float]]:
    """Centre of every hotspot's number: as near as there is room, the best hotspot first."""
    used = list(taken)
    found = []
    for own, number in zip(boxes, numbers, strict=True):
        others = [box for box in boxes if box is not own]
        x, y = (own.left + own.right) / 2, (own.top + own.bottom) / 2
        reach = math.hypot(own.right - own.left, own.bottom - own.top) / 2
        spots = [
            (
                x + (reach + distance) * math.cos(angle),
                y + (reach + distance) * math.sin(angle),
            )
            for distance in _DISTANCES
            for angle in (2 * math.pi * (turn + 0.5) / _DIRECTIONS for turn in range(_DIRECTIONS))
        ]
        free = (
            spot
            for spot in spots
            if (box := number_box(number, *spot)).within(frame)
            and not any(box.meets(other) for other in used)
            and not any(box.meets(other) for other in others)
        )
        best = next(free, (x, y))
        used.append(number_box(number, *best))
        found.append(best)
    return found
