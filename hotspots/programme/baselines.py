"""The plain methods that targeting is measured against, with as many pieces on as much ground."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotspots.targeting import placement

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.frames import DensitySurface, Targeting
    from hotspots.targeting.placement import Pieces

OURS = "this method"
OLDER_MAP = "map of older months"
DBSCAN = "DBSCAN alone"
HINDSIGHT = "best in hindsight"
#: Ends the names of methods that are held to a piece in every district.
EVERY_DISTRICT = ", every district"

USUAL_SIDE_M = 250.0
#: Steps of the lattice in the mean side of a piece, and least and greatest sides by it: 25 m and
#: 100 to 400 m for pieces of 250 m.
_STEPS = 10
_SIDES = (0.4, 1.6)
_FEWEST_INCIDENTS = 3


@dataclass(frozen=True)
class Ground:
    """Pieces of ground of one method, each cut to the districts."""

    method: str
    geometry: NDArray[np.object_]
    note: str = ""


class Borders:
    """The districts, one by one and as one."""

    def __init__(self, districts: gpd.GeoDataFrame) -> None:
        import shapely

        self.each = shapely.force_2d(districts.geometry.to_numpy())
        self.whole = shapely.union_all(self.each)
        self.names = {name: number for number, name in enumerate(districts["district"])}
        shapely.prepare(self.each)
        shapely.prepare(self.whole)

    def cut(self, pieces: Pieces, *, grouped: bool = False) -> NDArray[np.object_]:
        """Pieces without what lies outside their district, or outside all districts."""
        import shapely

        home = self.each[pieces.group] if grouped else np.full(len(pieces), self.whole)
        held = shapely.contains_properly(home, pieces.geometry)
        cut = pieces.geometry.copy()
        cut[~held] = shapely.intersection(cut[~held], home[~held])
        return cut


def positions(places: pd.DataFrame, borders: Borders) -> pd.DataFrame:
    """Distinct positions, the incidents at each, and the number of its district as ``group``."""
    kept = places[places["selecting"] & (places["district"] != "")]
    keys = ["x_m", "y_m", "district"]
    found = kept.astype({"district": str}).groupby(keys, sort=True)["weight"].sum().reset_index()
    return found.assign(group=found["district"].map(borders.names))


def baselines(
    train: pd.DataFrame, found: Targeting, area_km2: float, borders: Borders
) -> Iterator[Ground]:
    """Plain methods with the number of pieces and the area of the hotspots found.

    Parameters
    ----------
    train
        From `positions`, of the months that the hotspots were chosen by.
    found
        Those hotspots.
    area_km2
        Their area.
    borders
        The districts.
    """
    pieces = len(found.hotspots)
    xyw = (train["x_m"], train["y_m"], train["weight"])
    side = 1e3 * (area_km2 / pieces) ** 0.5
    equal = f"{pieces} of {side:.0f} m a side"
    yield Ground(
        "grid squares", borders.cut(placement.best_squares(*xyw, pieces=pieces, side_m=side)), equal
    )
    if abs(side - USUAL_SIDE_M) > 1:
        usual = placement.best_squares(*xyw, pieces=pieces, side_m=USUAL_SIDE_M)
        yield Ground(f"grid squares of {USUAL_SIDE_M:g} m", borders.cut(usual), "the usual size")
    hexagons = placement.best_hexagons(*xyw, pieces=pieces, area_km2=area_km2 / pieces)
    yield Ground("grid hexagons", borders.cut(hexagons), "as large as the grid squares")
    sides = " to ".join(f"{share * side:.0f}" for share in _SIDES)
    shapes = {
        "free squares": (_squares, equal),
        "free rectangles": (_rectangles, f"{sides} m a side"),
    }
    for name, (place, note) in shapes.items():
        yield Ground(name, borders.cut(place(train, pieces, area_km2, None)), note)
        served = place(train, pieces, area_km2, train["group"])
        yield Ground(f"{name}{EVERY_DISTRICT}", borders.cut(served, grouped=True), note)
    surface = found.density
    scattered = placement.densest_cells(surface, area_km2=area_km2)
    yield Ground(
        "densest cells",
        borders.cut(scattered),
        f"{len(scattered)} cells of {surface.cell_size_m:g} m, wherever they lie",
    )
    grown = placement.grown_pieces(surface, pieces=pieces, area_km2=area_km2)
    yield Ground("density peaks", borders.cut(grown), "connected, of equal area")
    least = found.settings.targeting.min_incidents or _FEWEST_INCIDENTS
    clusters = placement.best_clusters(
        *xyw, pieces=pieces, eps_m=placement.SWEEP_M, min_incidents=least, area_km2=area_km2
    )
    if len(clusters):
        yield Ground(DBSCAN, borders.cut(clusters), "clusters with most incidents, discs scaled")


def hindsight(test: pd.DataFrame, pieces: int, area_km2: float, borders: Borders) -> Ground:
    """Rectangles placed freely by the incidents they are tested on: a ceiling, no method."""
    boxes = _rectangles(test, pieces, area_km2, None)
    return Ground(HINDSIGHT, borders.cut(boxes), "free rectangles chosen by the months tested")


def ranked(
    train: pd.DataFrame, surface: DensitySurface, area_km2: float
) -> Iterator[tuple[str, float, Pieces]]:
    """Units of ground in rank order, up to an area: name, area of a unit in km², units."""
    cells = placement.densest_cells(surface, area_km2=area_km2)
    yield "density cells", surface.cell_size_m**2 / 1e6, cells
    unit = USUAL_SIDE_M**2 / 1e6
    most = max(1, round(area_km2 / unit))
    xyw = (train["x_m"], train["y_m"], train["weight"])
    fixed = placement.best_squares(*xyw, pieces=most, side_m=USUAL_SIDE_M)
    yield f"grid squares of {USUAL_SIDE_M:g} m", unit, fixed
    free = placement.free_squares(*xyw, pieces=most, side_m=USUAL_SIDE_M)
    yield f"free squares of {USUAL_SIDE_M:g} m", unit, free


def _squares(
    places: pd.DataFrame, pieces: int, area_km2: float, group: pd.Series[int] | None
) -> Pieces:
    side = 1e3 * (area_km2 / pieces) ** 0.5
    return placement.free_squares(
        places["x_m"],
        places["y_m"],
        places["weight"],
        pieces=pieces,
        side_m=side,
        step_m=side / _STEPS,
        group=group,
    )


def _rectangles(
    places: pd.DataFrame, pieces: int, area_km2: float, group: pd.Series[int] | None
) -> Pieces:
    side = 1e3 * (area_km2 / pieces) ** 0.5
    return placement.free_rectangles(
        places["x_m"],
        places["y_m"],
        places["weight"],
        pieces=pieces,
        area_km2=area_km2,
        side_m=(_SIDES[0] * side, _SIDES[1] * side),
        step_m=side / _STEPS,
        group=group,
    )
