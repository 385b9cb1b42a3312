"""Incidents in small bins, kept only where there are any, one sheet of bins per district."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_TILE_BITS = 4
#: Bins along a side of a tile.
TILE = 1 << _TILE_BITS
#: Side of a bin, metres. Positions of data.police.uk lie some 90 m apart.
STEP_M = 25.0
# Less than any sum of incidents; sums with it stay exact.
_TAKEN = -1e9


@dataclass(frozen=True)
class Lattice:
    """Incidents in square bins, in tiles of `TILE` by `TILE` bins that hold any.

    Attributes
    ----------
    x_min_m, y_min_m, step_m
        South-west corner of bin (0, 0), and side of a bin.
    tile_rows, tile_columns
        Most tiles from south to north and from west to east, with an empty rim.
    keys
        Sheet, row and column of each tile in one number, ascending; shape (tiles,).
    blocks
        Incidents, shape (tiles + 1, `TILE`, `TILE`), row 0 in the south; the last is empty and
        stands for every tile that is not there.
    taken
        By key what is left in tiles of which bins were taken.
    """

    x_min_m: float
    y_min_m: float
    step_m: float
    tile_rows: int
    tile_columns: int
    keys: NDArray[np.int64]
    blocks: NDArray[np.float64]
    taken: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        x_m: ArrayLike,
        y_m: ArrayLike,
        weight: ArrayLike,
        sheet: ArrayLike,
        *,
        x_min_m: float,
        y_min_m: float,
        step_m: float,
    ) -> Lattice:
        """Count places into bins.

        Parameters
        ----------
        x_m, y_m, weight
            Places east and north of the corner, shape (n,).
        sheet
            Number of the sheet, 0 or more, that each place is on.
        x_min_m, y_min_m, step_m
            South-west corner of bin (0, 0), and side of a bin.
        """
        # one tile is left free all around, so that every tile has neighbours
        column = ((np.asarray(x_m) - x_min_m) / step_m).astype(np.int64) + TILE
        row = ((np.asarray(y_m) - y_min_m) / step_m).astype(np.int64) + TILE
        rows = int(row.max(initial=0)) // TILE + 2
        columns = int(column.max(initial=0)) // TILE + 2
        key = np.asarray(sheet, np.int64) * rows
        key += row >> _TILE_BITS
        key *= columns
        key += column >> _TILE_BITS
        keys, tile = _numbered(key)
        flat = tile << 2 * _TILE_BITS
        flat += (row & TILE - 1) << _TILE_BITS
        flat += column & TILE - 1
        counts = np.bincount(
            flat, weights=np.asarray(weight, np.float64), minlength=(len(keys) + 1) * TILE**2
        )
        corner = x_min_m - TILE * step_m, y_min_m - TILE * step_m
        blocks = counts.astype(np.float64).reshape(-1, TILE, TILE)
        return cls(*corner, step_m, rows, columns, keys, blocks)

    def on_sheet(self, sheet: int) -> Lattice:
        """Only the tiles of one sheet."""
        first, last = sheet * self.tile_rows * self.tile_columns, (sheet + 1) * self.tile_rows
        kept = (self.keys >= first) & (self.keys < last * self.tile_columns)
        return replace(self, keys=self.keys[kept], blocks=self.blocks[np.append(kept, True)])

    def copied(self) -> Lattice:
        """The same, of which the caller may take bins; what is not taken is shared."""
        return replace(self, taken={key: block.copy() for key, block in self.taken.items()})

    @property
    def bin_km2(self) -> float:
        """Area of a bin."""
        return self.step_m**2 / 1e6

    def sheet_of(self, key: int) -> int:
        """Sheet of a tile."""
        return key // (self.tile_rows * self.tile_columns)

    def corner_of(self, key: int) -> tuple[int, int]:
        """Row and column of the south-west bin of a tile."""
        row, column = divmod(key % (self.tile_rows * self.tile_columns), self.tile_columns)
        return row * TILE, column * TILE

    def find(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Place of each tile in `blocks`; that of the empty block where there is none."""
        place = np.searchsorted(self.keys, keys)
        place[place == len(self.keys)] = 0
        return (
            np.where(self.keys[place] == keys, place, len(self.keys)) if len(self.keys) else place
        )

    def window(self, sheet: int, row: int, column: int, side: int) -> NDArray[np.float64]:
        """Incidents in a square of bins, shape (side, side), from one sheet."""
        rows, tiles_down = self._tiles(row, side, self.tile_rows)
        columns, tiles_along = self._tiles(column, side, self.tile_columns)
        keys = (sheet * self.tile_rows + tiles_down[:, None]) * self.tile_columns + tiles_along
        keys[(tiles_down < 0)[:, None] | (tiles_along < 0)] = -1
        whole = (
            self.at(keys.ravel())
            .reshape(*keys.shape, TILE, TILE)
            .swapaxes(1, 2)
            .reshape(len(tiles_down) * TILE, len(tiles_along) * TILE)
        )
        return whole[rows : rows + side, columns : columns + side]

    def at(self, keys: NDArray[np.int64]) -> NDArray[np.float64]:
        """Incidents in the bins of some tiles, shape (keys, `TILE`, `TILE`)."""
        blocks = self.blocks[self.find(keys)]
        if self.taken:
            for place, key in enumerate(keys.tolist()):
                if key in self.taken:
                    blocks[place] = self.taken[key]
        return blocks

    @staticmethod
    def _tiles(first: int, side: int, most: int) -> tuple[int, NDArray[np.int64]]:
        """Offset in the first tile, and the tiles under a run of bins; -1 off the lattice."""
        tiles = np.arange(first // TILE, (first + side - 1) // TILE + 1)
        return first % TILE, np.where((tiles >= 0) & (tiles < most), tiles, -1)

    def take(self, sheet: int, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> None:
        """Mark some bins of one sheet, in place, so that nothing can afford them again."""
        down, along = rows // TILE, columns // TILE
        there = (down >= 0) & (down < self.tile_rows) & (along >= 0) & (along < self.tile_columns)
        keys = ((sheet * self.tile_rows + down) * self.tile_columns + along)[there]
        rows, columns = rows[there] % TILE, columns[there] % TILE
        for key in np.unique(keys).tolist():
            if key not in self.taken:
                self.taken[key] = self.at(np.array([key]))[0]
            own = keys == key
            self.taken[key][rows[own], columns[own]] = _TAKEN


def _numbered(key: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Distinct keys, ascending, and the number of each key among them."""
    most = int(key.max(initial=-1)) + 1
    if most > max(len(key), 1_000_000):
        return np.unique(key, return_inverse=True)
    held = np.zeros(most, dtype=np.bool_)
    held[key] = True
    return np.flatnonzero(held), (np.cumsum(held) - 1)[key]
