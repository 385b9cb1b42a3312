"""The density of parts of the period, to be looked at one after another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hotspots.frames import DensityFrame
from hotspots.grid import Grid
from hotspots.targeting.density import kernel_density
from hotspots.targeting.surface import positions

if TYPE_CHECKING:
    from hotspots.frames import DensitySurface, Places, Targeting

FEWEST_MONTHS = 3
MOST_FRAMES = 12
CELL_M = 100.0
#: Cells of all frames together, 48 MB; beyond, there are none.
MOST_CELLS = 6_000_000


def density_frames(places: Places, found: Targeting) -> tuple[DensityFrame, ...]:
    """Estimate the density month by month, or in at most twelve runs of equally many months.

    Kernel, bandwidth and rule for the border are those of the whole surface; cells are several
    of its cells wide, up to 100 m, since the frames are only looked at. Weighted by their
    months, the frames add up to the density of the whole period on those cells.

    Parameters
    ----------
    places
        The places in which hotspots were found.
    found
        What was found; says how its density was estimated.

    Returns
    -------
    tuple of DensityFrame
        Empty for fewer than three months, more than six million cells in all frames, a kernel
        that adapts to the places or a density that is relative to something.
    """
    settings = found.settings.targeting
    months = sorted(places.months)
    size = max(1, -(-len(months) // MOST_FRAMES))
    parts = [months[at : at + size] for at in range(0, len(months), size)]
    surface = _coarser(found.density, max(1, len(months)))
    other = settings.kernel != "fixed" or settings.relative_to is not None
    if len(months) < FEWEST_MONTHS or surface.inside.size * len(parts) > MOST_CELLS or other:
        return ()
    table = places.table[places.table["selecting"]]
    if settings.edge == "mass":
        table = table[table["district"] != ""]
    period = table["period"].astype(str)
    grid = Grid(surface.x_min_m, surface.y_min_m, surface.cell_size_m, *surface.inside.shape)
    frames = []
    for part in parts:
        used = positions(table[period.isin(part)])
        values = kernel_density(
            used["x_m"],
            used["y_m"],
            used["weight"],
            grid,
            surface.bandwidth_m,
            inside=surface.inside if settings.edge == "mass" else None,
        )
        frames.append(
            DensityFrame(tuple(part), replace(surface, values_per_km2=values / len(part)))
        )
    return tuple(frames)


def _coarser(surface: DensitySurface, months: int) -> DensitySurface:
    """Empty surface of cells that are whole numbers of the former ones, up to 100 m wide.

    A cell is inside where half of what it is made of is; the threshold becomes one a month.
    """
    times = max(1, int(CELL_M // surface.cell_size_m))
    rows, columns = (-(-side // times) for side in surface.inside.shape)
    padded = np.zeros((rows * times, columns * times), dtype=np.float64)
    padded[: surface.inside.shape[0], : surface.inside.shape[1]] = surface.inside
    shares = padded.reshape(rows, times, columns, times).mean(axis=(1, 3))
    return replace(
        surface,
        values_per_km2=np.zeros((rows, columns)),
        inside=shares >= 0.5,
        cell_size_m=surface.cell_size_m * times,
        threshold_per_km2=surface.threshold_per_km2 / months,
    )
