"""A sketch of the places of a plan: whether two plans share them, without saying which they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotspots.frames import MapPoints, Previous

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

BINS, _BITS = 1_024, 2
_VALUES = 2**_BITS
_CELL_M = 10.0
# Up to here marking the cells that are held is faster than sorting their numbers.
_CELLS_PER_POSITION = 16
_FEWEST_PLACES = 50
#: Incidents per place from which positions are called snapped, as the quality report does.
_SNAPPED = 1.5
#: Two months of one list share about half of their places; below half of that it is another list.
_FAR_BELOW = 0.25
_EMPTY = "-"


def sketch(places: pd.DataFrame, crs: str) -> MapPoints:
    """Sketch the distinct places inside the districts.

    One-permutation hashing (Li, Owen and Zhang 2012) of b-bit minima (Li and Koenig 2010): places
    are rounded to 10 m and hashed to 64 bits, ten of which name one of 1,024 bins; of the least
    hash in each bin two bits are kept. A quarter of all places anywhere would give the same two,
    so no digit proves that a place is among them, and each place touches one digit at most.

    Parameters
    ----------
    places
        Columns x_m, y_m, weight, district.
    crs
        Their CRS.

    Returns
    -------
    MapPoints
        Its sketch is empty below 50 places, and where positions are not snapped: nobody's list
        is behind them then, and a place may be somebody's home.
    """
    inside = (places["district"] != "").to_numpy()
    held = _Held.of(*(places[name].to_numpy()[inside] for name in ("x_m", "y_m")))
    count = len(held.keys)
    snapped = float(places["weight"].to_numpy()[inside].sum()) >= _SNAPPED * count
    enough = count >= _FEWEST_PLACES
    return MapPoints(count, crs, _digits(held.cells()) if snapped and enough else "")


def common_share(one: MapPoints, other: MapPoints) -> tuple[float, float]:
    """Share of the places of the smaller of two that both have, and its standard error.

    With m bins filled in both, of which e agree, (e - m/4) / (1 - 1/4) hold the same place; over
    the bins filled in either this is the Jaccard index J, and J / (1 + J) of the places of both
    together are common.
    """
    mine, theirs = (np.frombuffer(each.sketch.encode(), dtype=np.uint8) for each in (one, other))
    empty = ord(_EMPTY)
    both = (mine != empty) & (theirs != empty)
    either = int(((mine != empty) | (theirs != empty)).sum())
    filled = int(both.sum())
    if not filled:
        return 0.0, 0.0
    agree = float((mine[both] == theirs[both]).mean())
    chance = 1 / _VALUES
    scale = filled / either / (1 - chance)
    jaccard = min(1.0, max(0.0, (agree - chance) * scale))
    error = (max(agree * (1 - agree), 1 / filled) / filled) ** 0.5 * scale
    size = (one.places + other.places) / min(one.places, other.places)
    return min(1.0, jaccard / (1 + jaccard) * size), error / (1 + jaccard) ** 2 * size


def replaced_list(now: MapPoints, previous: Previous, districts: Collection[str]) -> list[str]:
    """Warn where the places of an earlier plan are not those of now.

    Returns
    -------
    list of str
        One sentence or none: that the list seems replaced, or why that cannot be told.
    """
    if not now.sketch:
        return []
    before = previous.map_points
    lacking = ""
    if before is None or len(before.sketch) != BINS:
        lacking = "it holds no sketch of snapped places"
    elif before.crs != now.crs:
        lacking = f"it is in {before.crs}"
    elif set(previous.districts) != set(districts):
        lacking = "it covers other districts"
    if lacking or before is None:
        return [
            "Whether the map points were replaced since the earlier plan cannot be told: "
            f"{lacking}."
        ]
    share, error = common_share(now, before)
    if share + 2 * error >= _FAR_BELOW:
        return []
    return [
        f"The map points are not those of the earlier plan: both share about {share:.0%} of the "
        f"places of the one with fewer ({share + 2 * error:.0%} at most), where two months of one "
        "list share some 50%. The list they are snapped to seems to have been replaced; do not "
        "compare small areas with that plan."
    ]


@dataclass(frozen=True)
class _Held:
    """Distinct positions rounded to 10 m, both numbers in one: `rows` times x plus y."""

    keys: NDArray[np.int64]
    west: int
    south: int
    rows: int

    @classmethod
    def of(cls, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> _Held:
        if not len(x_m):
            return cls(np.empty(0, dtype=np.int64), 0, 0, 1)
        keys, y = (np.floor(values / _CELL_M).astype(np.int64) for values in (x_m, y_m))
        west, south = int(keys.min()), int(y.min())
        rows = int(y.max()) - south + 1
        keys -= west
        keys *= rows
        keys += y - south
        most = int(keys.max()) + 1
        if most <= _CELLS_PER_POSITION * len(keys):
            held = np.zeros(most, dtype=np.bool_)
            held[keys] = True
            keys = np.flatnonzero(held)
        else:
            keys.sort()
            keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
        return cls(keys, west, south, rows)

    def cells(self) -> NDArray[np.int64]:
        """Whole tens of metres from west to east and south to north, shape (n, 2)."""
        x, y = np.divmod(self.keys, self.rows)
        return np.column_stack([x + self.west, y + self.south])


def _digits(cells: NDArray[np.int64]) -> str:
    """Two bits of the least hash in every bin, as digits; a dash for an empty bin."""
    hashed = _hash(cells)
    number = (hashed % np.uint64(BINS)).astype(np.int64)
    rest = hashed // np.uint64(BINS)
    least = np.full(BINS, np.iinfo(np.uint64).max)
    np.minimum.at(least, number, rest)
    filled = np.bincount(number, minlength=BINS) > 0
    digits = (least % np.uint64(_VALUES)).astype(np.int64)
    return "".join(str(d) if f else _EMPTY for d, f in zip(digits, filled, strict=True))


def _hash(cells: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Mix both coordinates to 64 bits, twice by SplitMix64 (Steele, Lea and Flood 2014)."""
    mixed = np.zeros(len(cells), dtype=np.uint64)
    for column in cells.T:
        mixed ^= column.astype(np.uint64)
        mixed += np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed
