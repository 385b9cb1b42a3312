"""Candidate footprints of a study area, grown at one price of area."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.targeting.lattice import STEP_M, Lattice
from hotspots.targeting.pricing import Footprint, Search, Shapes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.grid import Grid
    from hotspots.settings import TargetingSettings

# Pieces looked for to find the price, and in all, for each hotspot wanted.
_SPARE, POOL = 1.25, 8
_TRIES = 8
_CLOSE_ENOUGH = 0.02
#: Note of a piece that would have grown on.
CAPPED = "Ends at the area cap: incidents go on beside it."


@dataclass(frozen=True)
class Piece:
    """A polygon that may become a candidate hotspot.

    Attributes
    ----------
    geometry
        Polygon, not yet cut to its district.
    district
        Row of its district.
    price_per_km2
        Incidents that a km² had to hold to be worth it; 0 where area has no price.
    note
        What a reader must know of it.
    by_hand
        Whether people or an earlier plan set it, so that no evidence is asked of it.
    """

    geometry: Any
    district: int
    price_per_km2: float = 0.0
    note: str = ""
    by_hand: bool = False


def priced_pieces(
    places: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    grid: Grid,
    *,
    hotspots: int,
    min_incidents: int,
    settings: TargetingSettings,
) -> tuple[list[Piece], float]:
    """Cut out the pieces of every district that are worth the price of their area.

    A piece starts as the rectangle with the largest excess, ``incidents - price * area``,
    anywhere on a lattice of 25 m, and grows as long as its excess does. The next starts from
    what is left, until nothing is worth its area or there are eight for each hotspot wanted.

    One price holds for the whole study area: that at which the best pieces have the mean area
    asked for. So every piece ends where its next square would hold fewer incidents than the
    same area brings anywhere else. No price is below `min_incidents` in the area of the cap. A
    district in which nothing with `min_incidents` is worth that price has one of its own,
    halved until something is.

    Parameters
    ----------
    places
        Columns x_m, y_m, weight and district: selecting incidents inside the districts.
    districts, grid
        Study area; the lattice starts at the corner of the grid.
    hotspots, min_incidents
        How many are wanted; fewest incidents of a candidate.
    settings
        Area cap, mean area, price, and whether every district is to be served.

    Returns
    -------
    pieces, price_per_km2
        Polygons, and the price for all districts but those with one of their own.
    """
    # sheets in order of name, so that the order of districts changes nothing
    order = np.argsort(districts["district"].to_numpy(dtype=str), kind="stable")
    sheet = dict(zip(districts["district"].iloc[order], range(len(order)), strict=True))
    lattice = Lattice.of(
        places["x_m"], places["y_m"], places["weight"],
        places["district"].map(sheet).to_numpy(dtype=np.int64),
        x_min_m=grid.x_min_m, y_min_m=grid.y_min_m, step_m=STEP_M,
    )  # fmt: skip
    shapes = Shapes.within(STEP_M, settings.area_cap_km2, settings.min_width_m)
    search = Search(lattice, shapes, max(1, min_incidents // 2))
    drawn = _Drawn(search)
    least = min_incidents / settings.area_cap_km2
    price = settings.price_per_km2
    if price is None:
        mean_km2 = min(settings.mean_area_km2, settings.area_cap_km2)
        price = _price(drawn, hotspots, min_incidents, mean_km2 / lattice.bin_km2, least)
    found = [(footprint, price) for footprint in drawn.first(price, POOL * hotspots)]
    if settings.every_district:
        found = _served(found, lattice, shapes, min_incidents, price, least)
    outlines = _polygons([footprint for footprint, _ in found], lattice)
    pieces = [
        Piece(
            geometry=outline,
            district=int(order[footprint.sheet]),
            price_per_km2=at,
            note=CAPPED if footprint.capped else "",
        )
        for outline, (footprint, at) in zip(outlines, found, strict=True)
    ]
    return pieces, price


class _Drawn:
    """First footprints at any price, none drawn twice."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._known: dict[float, tuple[list[Footprint], Iterator[Footprint]]] = {}

    def first(self, price: float, count: int) -> list[Footprint]:
        """The first `count` footprints, or fewer where there are no more."""
        if price not in self._known:
            self._known[price] = [], self._search.footprints(price)
        found, rest = self._known[price]
        found += itertools.islice(rest, max(0, count - len(found)))
        return found[:count]


def _price(
    drawn: _Drawn, hotspots: int, min_incidents: int, mean_bins: float, least: float
) -> float:
    """Price at which the best footprints have so many bins on average."""

    def mean(price: float) -> float:
        first = drawn.first(price, math.ceil(_SPARE * hotspots))
        sound = [found for found in first if found.incidents >= min_incidents]
        best = sorted(sound, key=lambda found: -found.excess)[:hotspots]
        return float(np.mean([len(found.rows) for found in best])) if best else 0.0

    low, high = _rounded(least), math.inf
    price, size = low, mean(low)
    nearest = (abs(math.log(max(size, 1) / mean_bins)), price)
    if size <= mean_bins:
        return price
    for _ in range(_TRIES):
        # size falls about as the price to the power of -1/2
        guess = price * (size / mean_bins) ** 2
        price = guess if low < guess < high else math.sqrt(low * min(high, 4 * low))
        price = _rounded(price)
        size = mean(price)
        nearest = min(nearest, (abs(math.log(max(size, 1) / mean_bins)), price))
        if nearest[0] <= _CLOSE_ENOUGH:
            break
        low, high = (price, high) if size > mean_bins else (low, price)
    return nearest[1]


def _rounded(price: float) -> float:
    """Three significant digits: what is printed is what was used."""
    return float(f"{price:.3g}")


def _served(
    found: list[tuple[Footprint, float]],
    lattice: Lattice,
    shapes: Shapes,
    min_incidents: int,
    price: float,
    least: float,
) -> list[tuple[Footprint, float]]:
    """Footprints with those of districts that have none of size taken at a lower price."""
    sized = {footprint.sheet for footprint, _ in found if footprint.incidents >= min_incidents}
    sheets = {lattice.sheet_of(int(key)) for key in lattice.keys}
    for sheet in sorted(sheets - sized):
        own = Search(lattice.on_sheet(sheet), shapes, max(1, min_incidents // 2))
        for lower in _halved(price, least):
            again = [(footprint, lower) for footprint in own.footprints(lower)]
            if any(footprint.incidents >= min_incidents for footprint, _ in again):
                found = [entry for entry in found if entry[0].sheet != sheet] + again
                break
    return found


def _halved(price: float, least: float) -> Iterator[float]:
    """Yield a price, half of it, and so on down to the least."""
    while price > least:
        yield price
        price /= 2
    yield least


def _polygons(footprints: list[Footprint], lattice: Lattice) -> NDArray[np.object_]:
    """Outlines of the bins of footprints."""
    import shapely

    if not footprints:
        return np.empty(0, dtype=object)
    rows = np.concatenate([footprint.rows for footprint in footprints])
    columns = np.concatenate([footprint.columns for footprint in footprints])
    own = np.repeat(np.arange(len(footprints)), [len(each.rows) for each in footprints])
    # bins come row by row: a run of them is one box
    goes_on = (np.diff(own) == 0) & (np.diff(rows) == 0) & (np.diff(columns) == 1)
    starts = np.flatnonzero(np.append(True, ~goes_on))
    ends = np.append(starts[1:], len(rows)) - 1
    step, west, south = lattice.step_m, lattice.x_min_m, lattice.y_min_m
    boxes = shapely.box(
        west + columns[starts] * step, south + rows[starts] * step,
        west + (columns[ends] + 1) * step, south + (rows[starts] + 1) * step,
    )  # fmt: skip
    own = own[starts]
    place = np.arange(len(own)) - np.searchsorted(own, own)
    of_each = np.full((len(footprints), place.max() + 1), None)
    of_each[own, place] = boxes
    outlines: NDArray[np.object_] = shapely.simplify(shapely.union_all(of_each, axis=1), 0)
    return outlines
