"""How far each candidate is more than chance: Gi* where people are, and drawn-again incidents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotspots.frames import Choice
from hotspots.geo import distinct_positions
from hotspots.grid import Grid
from hotspots.targeting.significance import (
    FEWEST_INCIDENTS,
    benjamini_hochberg,
    cells_near,
    gi_star,
    monte_carlo_maxima,
    upper_tail,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.frames import DensitySurface

FEWEST_IN_A_HOTSPOT = 10
_PER_PLACE = 2
TOO_FEW = f"fewer than {FEWEST_IN_A_HOTSPOT} incidents: too few to test"


@dataclass(frozen=True)
class Evidence:
    """Significance of every candidate, shape (candidates,), and how it was found."""

    gi_star: NDArray[np.float64]
    q_value: NDArray[np.float64]
    choices: list[Choice]
    messages: list[str]


def studied(
    places: pd.DataFrame, inside: NDArray[np.bool_], grid: Grid, reach_m: float
) -> NDArray[np.bool_]:
    """Cells of the districts within `reach_m` of one where an incident of any category was.

    Empty land holds no one who could have reported an incident; with it in the study area every
    town would be significant. Distances are those between cell centres.
    """
    occupied = np.zeros((grid.rows, grid.columns), dtype=np.bool_)
    row, column, held = grid.cell_of(places["x_m"], places["y_m"])
    occupied[row[held], column[held]] = True
    return inside & (cells_near(occupied, reach_m / grid.cell_size_m * (1 + 1e-12)) > 0)


def concentration(
    places: pd.DataFrame,
    cells: NDArray[np.int32],
    incidents: NDArray[np.int64],
    surface: DensitySurface,
    grid: Grid,
    area_cap_km2: float,
) -> Evidence:
    """Gi* and q value of every candidate.

    Gi* is that of the counts of selecting incidents in the cells of the study area (`studied`,
    within one bandwidth). Neighbours are cells within the radius of a disc as large as the
    largest hotspot may be, so that what is tested is a concentration of a hotspot's size. A
    candidate has the highest z of its cells, and the q value of that cell: the false discovery
    rate is held over all cells of the study area, and so over whichever are looked at.

    Parameters
    ----------
    places
        Columns x_m, y_m, selecting, weight, district.
    cells
        Candidate of each cell, from `hotspots.targeting.members.cells_of`.
    incidents
        Selecting incidents of each candidate, shape (candidates,).
    surface, grid
        Bandwidth, districts and cells.
    area_cap_km2
        Largest area of a hotspot.
    """
    empty = np.full(len(incidents), np.nan)
    area = studied(places, surface.inside, grid, surface.bandwidth_m)
    reach = max(grid.cell_size_m, float(np.sqrt(area_cap_km2 / np.pi) * 1000))
    counts = np.zeros((grid.rows, grid.columns), dtype=np.int64)
    inside = places["selecting"] & (places["district"] != "")
    chosen = places.loc[inside, ["x_m", "y_m", "weight"]]
    row, column, held = grid.cell_of(chosen["x_m"], chosen["y_m"])
    np.add.at(counts, (row[held], column[held]), chosen["weight"].to_numpy()[held])
    total = int(counts[area].sum())
    if total < FEWEST_INCIDENTS:
        message = (
            f"Nothing is called significant: {total} incidents are fewer than {FEWEST_INCIDENTS}."
        )
        return Evidence(empty, empty.copy(), [], [message])
    choices = [
        Choice(
            "study_area",
            f"{area.sum() * grid.cell_km2:,.1f} km²",
            f"for Gi*: cells within {surface.bandwidth_m:g} m, the bandwidth, of an incident of "
            f"any category; {area.sum() / surface.inside.sum():.0%} of the districts, the rest "
            "is empty land",
        ),
        Choice(
            "gi_distance_m",
            f"{reach:.0f} m",
            f"for Gi*: the radius of a disc of the area cap, {area_cap_km2:g} km²",
        ),
    ]
    z = gi_star(counts, grid.cell_size_m, reach, inside=area)
    of_area = z[area]
    q = benjamini_hochberg(upper_tail(of_area))
    best, least = empty.copy(), empty.copy()
    candidate = cells[area]
    own = candidate >= 0
    # q falls as z rises, so that both come from the same cell
    np.fmax.at(best, candidate[own], of_area[own])
    np.fmin.at(least, candidate[own], q[own])
    few = incidents < FEWEST_IN_A_HOTSPOT
    best[few] = least[few] = np.nan
    return Evidence(best, least, choices, [])


def envelope(
    places: pd.DataFrame,
    peaks: NDArray[np.float64],
    incidents: NDArray[np.int64],
    surface: DensitySurface,
    grid: Grid,
    *,
    correct_edge: bool,
    draws: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[NDArray[np.float64], list[str]]:
    """Chance of as high a density anywhere, if incidents fell on the existing places alike.

    ``p = (1 + draws whose highest density reaches the peak) / (1 + draws)``: adjusted for the
    whole area (Westfall and Young 1993). Existing places are those of any category in the
    districts. Empty below 10 incidents, and everywhere below 50 in all. Where nearly every
    incident has a place of its own, as without snapping, draws repeat what was drawn from; a
    message says so below two incidents per place.

    Parameters
    ----------
    places
        Columns x_m, y_m, selecting, weight, district.
    peaks, incidents
        Highest density and incidents of each candidate, shape (candidates,).
    surface, grid, correct_edge
        How the surface was made.
    draws, seed, progress
        As of `hotspots.targeting.significance.monte_carlo_maxima`.

    Returns
    -------
    p, messages
        Shape (candidates,), and sentences.
    """
    p = np.full(len(peaks), np.nan)
    if not draws:
        return p, []
    own = places[places["district"] != ""]
    x, y, weight = distinct_positions(own["x_m"], own["y_m"], own["weight"] * own["selecting"])
    if weight.sum() < FEWEST_INCIDENTS:
        return p, []
    maxima = monte_carlo_maxima(
        x, y, weight, grid, surface.bandwidth_m, inside=surface.inside,
        correct_edge=correct_edge, draws=draws, seed=seed, progress=progress,
    )  # fmt: skip
    reached = draws - np.searchsorted(maxima, peaks, side="left")
    tested = incidents >= FEWEST_IN_A_HOTSPOT
    p[tested] = ((1 + reached) / (1 + draws))[tested]
    if weight.sum() >= _PER_PLACE * len(x):
        return p, []
    return p, [
        f"Drawing {int(weight.sum()):,} incidents again over {len(x):,} places says little: it "
        "needs places that hold several."
    ]


def insignificant(q_value: NDArray[np.float64], limit: float | None) -> list[str]:
    """Why a candidate is dropped for want of significance, empty where it is not.

    Parameters
    ----------
    q_value
        Shape (candidates,).
    limit
        Highest q value that stays; None drops nothing.
    """
    if limit is None:
        return [""] * len(q_value)
    found = []
    for q in q_value.tolist():
        if np.isnan(q):
            found.append(TOO_FEW)
        else:
            found.append(f"not significant: q {q:.3f}, above {limit:g}" if q > limit else "")
    return found
