"""The density of an edition: coarse cells, few classes, nothing that a handful could make."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hotspots.sharing import raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hotspots.frames import DensitySurface
    from hotspots.settings import TargetingSettings
    from hotspots.sharing.disclosure.columns import Edition

#: Least side of a cell and most classes.
CELL_M = {"partner": 0.0, "public": 250.0}
CLASSES = {"partner": raster.CLASSES, "public": 3}

# The border correction divides a place by the share of its kernel inside: a quarter at a corner.
_MOST_CORRECTION = 4.0


def reduced_surface(
    density: DensitySurface,
    settings: TargetingSettings,
    *,
    months: int,
    edition: Edition,
    least: int,
) -> DensitySurface:
    """Reduce a surface to the class of every cell.

    A quartic kernel of bandwidth h is highest over its own place, ``3 / (pi h^2)`` for one
    incident, so a cell of density f has ``f pi h^2 / 3`` incidents within h or more. No class
    begins below the density that `least` incidents could make by themselves; where a place counts
    for more at the border, below four times that. What a kernel of changing width or a density
    relative to something else says of counts is not known, and nothing is drawn.

    Parameters
    ----------
    density
        The surface of the plan of record.
    settings
        How it was made.
    months
        Months with data.
    edition
        Whose it is.
    least
        No fewer incidents can make a cell show.
    """
    cell, values, inside, shape = _coarser(density, CELL_M[edition])
    height, width = shape
    single = 3 / (math.pi * density.bandwidth_m**2) * 1e6
    floor = least * single * (1.0 if settings.edge == "none" else _MOST_CORRECTION)
    known = settings.kernel == "fixed" and settings.relative_to is None
    peak = float(values.max(where=inside, initial=0.0)) if known else 0.0
    bounds = _bounds(peak, density.threshold_per_km2, floor, months, CLASSES[edition])
    middles = np.sqrt(np.asarray(bounds) * np.asarray([*bounds[1:], bounds[-1] * 1.5]))
    classed = np.searchsorted(bounds, values, side="right")
    shown = np.where(classed > 0, middles[classed - 1], 0.0) if known else np.zeros(shape)
    return replace(
        density,
        values_per_km2=np.where(inside, shown, 0.0).reshape(height, width),
        inside=inside,
        cell_size_m=cell,
        threshold_per_km2=bounds[0],
        class_bounds_per_km2=tuple(bounds),
    )


def _coarser(
    density: DensitySurface, least_m: float
) -> tuple[float, NDArray[np.float64], NDArray[np.bool_], tuple[int, int]]:
    """Mean over the cells inside, in blocks whose side is at least `least_m`."""
    times = max(1, math.ceil(least_m / density.cell_size_m))
    rows, columns = density.values_per_km2.shape
    pad = ((0, -rows % times), (0, -columns % times))
    inside = np.pad(density.inside, pad)
    values = np.pad(np.where(density.inside, density.values_per_km2, 0.0), pad)
    high, wide = (size // times for size in inside.shape)
    blocks = (high, times, wide, times)
    number = inside.reshape(blocks).sum(axis=(1, 3))
    mean = values.reshape(blocks).sum(axis=(1, 3)) / np.maximum(number, 1)
    return density.cell_size_m * times, mean, number > 0, (high, wide)


def _bounds(peak: float, threshold: float, floor: float, months: int, most: int) -> list[float]:
    """Lower bounds of at most `most` classes, of those of the full map that `floor` allows."""
    usual = [bound * months for bound in raster.class_breaks(peak / months, threshold / months)]
    allowed = [bound for bound in usual if bound >= floor]
    if not allowed:
        return [floor]
    number = min(most, len(allowed))
    at = np.round(np.linspace(0, len(allowed) - 1, number)).astype(int)
    return [allowed[place] for place in at]
