"""Parameters that are left open are chosen from the data, each with its rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hotspots.errors import SettingsError
from hotspots.frames import Choice
from hotspots.neighbours import nearest_m, weight_around
from hotspots.settings import TargetingSettings
from hotspots.targeting.lattice import STEP_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The practice of the field: bandwidths of 150-400 m, DBSCAN radii of 75-200 m, and at least
# about 100 incidents a year for a core place.
_BANDWIDTH_M = (150.0, 400.0)
_EPS_M = (75.0, 200.0)
_INCIDENTS_PER_MONTH = 100 / 12
_FEWEST_INCIDENTS = 3
_CORE_SHARE = 0.40
_CELL_M = 50.0
_CELLS = 20_000_000
_DENSE_SHARE = (0.01, 0.10)
_HOTSPOTS = 26
_SAMPLE = 50_000


@dataclass(frozen=True)
class Parameters:
    """Settings of which none is open any more."""

    hotspots: int
    cell_size_m: float
    bandwidth_m: float
    eps_m: float
    min_incidents: int
    dense_area_share: float


def choose(
    xy: NDArray[np.float64],
    weight: NDArray[np.float64],
    *,
    months: int,
    districts: int,
    area_km2: float,
    bounds_km2: float,
    settings: TargetingSettings,
) -> tuple[Parameters, list[Choice]]:
    """Fill in what `settings` leaves open.

    Parameters
    ----------
    xy, weight
        Distinct positions in metres, shape (n, 2), from west to east, and the incidents at
        each. Of more than 50,000 a sample of them, evenly taken, is looked at.
    months
        Months with data (12 for data without dates).
    districts, area_km2, bounds_km2
        Number of districts, their area, and the area of the box around them.
    settings
        What is given stays.

    Returns
    -------
    parameters, choices
        Every value, and for each that was chosen here the value, unit and rule.
    """
    x, y = xy.T.copy()
    # every n-th place in their order, where there are very many
    rows = np.arange(0, len(xy), 1 + len(xy) // _SAMPLE)
    nearest = float(np.median(nearest_m(x, y, rows))) if len(xy) > 1 else _CELL_M
    choices: list[Choice] = []

    def decide(name: str, given: float | None, value: float, unit: str, rule: str) -> float:
        if given is not None:
            return given
        shown = f"{value:.1%}" if unit == "%" else f"{value:,.10g} {unit}".strip()
        choices.append(Choice(name, shown, rule))
        return value

    spacing = f"the median distance between neighbouring places, {nearest:.0f} m"
    hotspots = int(
        decide(
            "hotspots",
            settings.hotspots,
            max(_HOTSPOTS, districts),
            "",
            f"{_HOTSPOTS}, or one per district where there are more districts",
        )
    )
    bandwidth = decide(
        "bandwidth_m",
        settings.bandwidth_m,
        float(np.clip(round(2.5 * nearest / 50) * 50, *_BANDWIDTH_M)),
        "m",
        f"2.5 times {spacing}; within {_BANDWIDTH_M[0]:g} to {_BANDWIDTH_M[1]:g} m",
    )
    fitting = min(_CELL_M, max(bandwidth / 4, 1))
    if bounds_km2 * 1e6 > _CELLS * fitting**2:
        fitting = float(np.ceil((bounds_km2 * 1e6 / _CELLS) ** 0.5 / 10) * 10)
    cell = decide(
        "cell_size_m",
        settings.cell_size_m,
        fitting,
        "m",
        f"{_CELL_M:g} m, at most a quarter of the bandwidth, and at most {_CELLS:,} cells",
    )
    _check_cell(cell, bandwidth, bounds_km2, settings)
    eps = decide(
        "eps_m",
        settings.eps_m,
        float(np.clip(round(1.25 * nearest / 25) * 25, *_EPS_M)),
        "m",
        f"1.25 times {spacing}; within {_EPS_M[0]:g} to {_EPS_M[1]:g} m",
    )
    around = weight_around(x, y, weight, rows, eps)
    reached = _count_reached_by(around, weight[rows], _CORE_SHARE)
    yearly = round(_INCIDENTS_PER_MONTH * months)
    min_incidents = int(
        decide(
            "min_incidents",
            settings.min_incidents,
            max(_FEWEST_INCIDENTS, min(yearly, reached)),
            f"within {eps:g} m",
            f"100 a year ({yearly} in {months} months), or as many as {_CORE_SHARE:.0%} of "
            f"incidents have around them ({reached}), whichever is less; at least "
            f"{_FEWEST_INCIDENTS}",
        )
    )
    wanted = 3 * hotspots * settings.area_cap_km2 / area_km2
    dense_share = decide(
        "dense_area_share",
        settings.dense_area_share,
        float(np.clip(round(wanted, 3), *_DENSE_SHARE)),
        "%",
        "of the area: three times what the hotspots may fill; within "
        f"{_DENSE_SHARE[0]:.0%} to {_DENSE_SHARE[1]:.0%}",
    )
    if settings.area_cap_km2 < STEP_M**2 / 1e6:
        raise SettingsError(
            f"area_cap_km2 {settings.area_cap_km2:g} is less than {STEP_M:g} m squared "
            f"({STEP_M**2 / 1e6:g} km²), the smallest piece there is; raise it."
        )
    return Parameters(hotspots, cell, bandwidth, eps, min_incidents, dense_share), choices


def _check_cell(
    cell_m: float, bandwidth_m: float, bounds_km2: float, settings: TargetingSettings
) -> None:
    """Refuse cells wider than the bandwidth before any is made."""
    if cell_m <= bandwidth_m:
        return
    if settings.cell_size_m is None:
        raise SettingsError(
            f"The box around the districts has {bounds_km2:,.0f} km², too many cells of the "
            f"bandwidth of {bandwidth_m:g} m; give districts nearer together (districts.only), or "
            "raise targeting.bandwidth_m."
        )
    raise SettingsError(
        f"cell_size_m must be at most the bandwidth, {bandwidth_m:g} m; it is {cell_m:g}. Lower "
        "targeting.cell_size_m, or raise targeting.bandwidth_m."
    )


def price_choice(price: float, parameters: Parameters, settings: TargetingSettings) -> Choice:
    """How the price of area was chosen."""
    return Choice(
        "price_per_km2",
        f"{price:,.10g} incidents per km²",
        f"at which the {parameters.hotspots} best pieces have {settings.mean_area_km2:g} km² on "
        f"average; not less than {parameters.min_incidents} in {settings.area_cap_km2:g} km²",
    )


def resolved(
    settings: TargetingSettings, parameters: Parameters, edge: str, price_per_km2: float | None
) -> TargetingSettings:
    """Copy of `settings` with the chosen values in the place of the open ones."""
    return replace(
        settings,
        hotspots=parameters.hotspots,
        cell_size_m=parameters.cell_size_m,
        bandwidth_m=parameters.bandwidth_m,
        eps_m=parameters.eps_m,
        min_incidents=parameters.min_incidents,
        dense_area_share=parameters.dense_area_share,
        sweep=(),
        edge="mass" if edge == "mass" else "none",
        price_per_km2=price_per_km2,
    )


def _count_reached_by(around: NDArray[np.float64], own: NDArray[np.float64], share: float) -> int:
    """Incidents `around` them that the best-surrounded `share` of incidents reach."""
    order = np.argsort(-around, kind="stable")
    held = np.cumsum(own[order])
    return int(around[order][np.searchsorted(held, share * held[-1])])
