"""Footprints at one price of area: the best rectangle, grown, then the next best, and so on."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotspots.targeting.growth import grow, would_grow
from hotspots.targeting.lattice import TILE, Lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Windows at a time, of which the sums stay in the processor's cache.
_WINDOWS_AT_ONCE = 25


@dataclass(frozen=True)
class Footprint:
    """A set of bins of one sheet that is worth more than its area costs.

    Attributes
    ----------
    sheet
        Sheet of the lattice.
    rows, columns
        Its bins.
    incidents
        Incidents in them that are in no footprint before it.
    excess
        Incidents less the price of the area.
    capped
        Whether it would have grown on but for the area cap.
    """

    sheet: int
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    incidents: float
    excess: float
    capped: bool


@dataclass(frozen=True)
class Shapes:
    """What footprints may look like, in bins: their narrowest width, most bins, and extent."""

    width: int
    most_bins: int
    most_across: int

    @classmethod
    def within(cls, step_m: float, area_cap_km2: float, width_m: float) -> Shapes:
        """Shapes within an area cap, nowhere narrower than a width where the cap allows it.

        They reach no farther than twice the side of the square that has the area of the cap.
        """
        # the tiny slack keeps 0.1 / 0.000625 at 160 bins
        most = int(area_cap_km2 * 1e6 / step_m**2 * (1 + 1e-9))
        width = max(1, min(round(width_m / step_m), math.isqrt(most)))
        return cls(width, most, max(width, math.ceil(2 * math.sqrt(most))))

    def sides(self) -> range:
        """Heights, and widths, of the rectangles from which footprints grow."""
        return range(self.width, TILE + 1, max(1, self.width // 2))

    def rectangles(self) -> list[tuple[int, int]]:
        """Heights and widths of these rectangles within the most bins."""
        sides = self.sides()
        return [(high, wide) for high in sides for wide in sides if high * wide <= self.most_bins]


class Search:
    """Best rectangles of every window of a lattice, ready to be used at any price.

    Parameters
    ----------
    lattice
        Incidents in bins.
    shapes
        What footprints may look like.
    fewest
        A rectangle with fewer incidents is passed over.
    """

    def __init__(self, lattice: Lattice, shapes: Shapes, fewest: float) -> None:
        self._shapes, self._fewest = shapes, fewest
        # a rectangle may begin in an empty tile, south or west of one with incidents
        column = lattice.tile_columns
        keys = np.concatenate([lattice.keys - step for step in (0, 1, column, column + 1)])
        keys = np.unique(keys[keys >= 0])
        inside = lattice.blocks.sum(axis=(1, 2))
        total = sum(inside[lattice.find(keys + step)] for step in (0, 1, column, column + 1))
        self._keys = keys[total >= max(fewest, 1e-9)]
        self._lattice = lattice
        self._sizes = np.array(shapes.rectangles())
        self._area = self._sizes.prod(axis=1)
        sides = np.array(shapes.sides())
        self._tops = sides[:, None] + np.arange(TILE)
        # of each width the numbers of its rectangles, lowest first
        self._of_width = [(int(w), np.flatnonzero(self._sizes[:, 1] == w)) for w in sides]
        self._held, self._at = self._best(self._lattice, self._keys)

    def footprints(self, price_per_km2: float) -> Iterator[Footprint]:
        """Yield footprints, the best rectangle first, each in what those before it left.

        Parameters
        ----------
        price_per_km2
            Incidents that a km² must hold to be worth it.
        """
        price = price_per_km2 * self._lattice.bin_km2
        lattice, held, at = self._lattice.copied(), self._held.copy(), self._at.copy()
        stale = np.zeros(len(self._keys), dtype=np.bool_)
        value, shape = self._value(held, price)
        queue = [(-float(v), n) for n, v in enumerate(value) if v > 0]
        heapq.heapify(queue)
        while queue:
            before, number = heapq.heappop(queue)
            if stale[number]:
                some = slice(number, number + 1)
                held[some], at[some] = self._best(lattice, self._keys[some])
                stale[number] = False
                worth, best = self._value(held[some], price)
                shape[number] = best[0]
                if worth[0] > 0:
                    heapq.heappush(queue, (-float(worth[0]), number))
                continue
            found = self._grown(lattice, number, int(shape[number]), at[number], price)
            lattice.take(found.sheet, found.rows, found.columns)
            stale |= self._overlapping(found)
            yield found
            stale[number] = True
            heapq.heappush(queue, (before, number))

    def _value(
        self, held: NDArray[np.float64], price: float
    ) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Excess of the best rectangle of each window, and which rectangle that is."""
        if not held.size:
            return np.zeros(len(held)), np.zeros(len(held), np.intp)
        excess = np.where(held >= self._fewest, held - price * self._area, -np.inf)
        shape = excess.argmax(axis=1)
        return np.take_along_axis(excess, shape[:, None], axis=1)[:, 0], shape

    @staticmethod
    def _blocks(lattice: Lattice, keys: NDArray[np.int64]) -> NDArray[np.float64]:
        """Windows of two by two tiles, shape (windows, 2 TILE, 2 TILE)."""
        column = lattice.tile_columns
        tiles = keys[:, None] + np.array([0, 1, column, column + 1])
        blocks = lattice.at(tiles.ravel()).reshape(-1, 2, 2, TILE, TILE)
        return blocks.swapaxes(2, 3).reshape(-1, 2 * TILE, 2 * TILE)

    def _best(
        self, lattice: Lattice, keys: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
        """Most incidents in a rectangle of each shape that begins in each tile, and where."""
        held = np.zeros((len(keys), len(self._sizes)))
        at = np.zeros((len(keys), len(self._sizes)), dtype=np.int16)
        for first in range(0, len(keys), _WINDOWS_AT_ONCE):
            some = slice(first, first + _WINDOWS_AT_ONCE)
            windows = self._blocks(lattice, keys[some])
            totals = np.zeros((len(windows), 2 * TILE + 1, 2 * TILE + 1))
            np.cumsum(np.cumsum(windows, axis=1), axis=2, out=totals[:, 1:, 1:])
            # all heights at once, of each width those that there are
            tall = totals.take(self._tops, axis=1)
            tall -= totals[:, None, :TILE]
            for wide, numbers in self._of_width:
                part = tall[:, : len(numbers)]
                sums = part[:, :, :, wide : wide + TILE] - part[:, :, :, :TILE]
                flat = sums.reshape(len(windows), len(numbers), TILE**2)
                held[some, numbers] = flat.max(axis=2)
                at[some, numbers] = flat.argmax(axis=2)
        return held, at

    def _grown(
        self, lattice: Lattice, number: int, shape: int, at: NDArray[np.int16], price: float
    ) -> Footprint:
        """Footprint grown from the best rectangle of a window."""
        key, (high, wide) = int(self._keys[number]), self._sizes[shape]
        row, column = lattice.corner_of(key)
        down, along = divmod(int(at[shape]), TILE)
        margin = self._shapes.most_across
        side = 2 * margin + TILE
        top, left = row + down - margin, column + along - margin
        counts = lattice.window(lattice.sheet_of(key), top, left, side)
        start = np.zeros(counts.shape, dtype=np.bool_)
        start[margin : margin + high, margin : margin + wide] = True
        limits = {"square": self._shapes.width, "most_across": self._shapes.most_across}
        held = grow(counts - price, start, most_bins=self._shapes.most_bins, **limits)
        rows, columns = np.nonzero(held)
        incidents = float(counts[held].sum())
        return Footprint(
            sheet=lattice.sheet_of(key),
            rows=rows + top,
            columns=columns + left,
            incidents=incidents,
            excess=incidents - price * len(rows),
            capped=len(rows) > self._shapes.most_bins - self._shapes.width
            and would_grow(counts - price, held, self._shapes.width),
        )

    def _overlapping(self, found: Footprint) -> NDArray[np.bool_]:
        """Windows of which some bins are in a footprint."""
        tiles = self._lattice.tile_rows * self._lattice.tile_columns
        sheet, rest = np.divmod(self._keys, tiles)
        row, column = np.divmod(rest, self._lattice.tile_columns)
        within: NDArray[np.bool_] = sheet == found.sheet
        for tile, bins in ((row, found.rows), (column, found.columns)):
            within &= (tile >= bins.min() // TILE - 1) & (tile <= bins.max() // TILE)
        return within
