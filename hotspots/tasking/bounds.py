"""Floors and caps: hours from the settings, whole visits for the solver, clear refusals."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotspots.errors import InfeasibleError, SettingsError
from hotspots.settings import TaskingSettings

#: More visits than this are a mistake in a unit, and would outgrow the solver's integers.
MOST_VISITS = 10**9
_NO_CAP = 10**12


def visits_within(hours: float, hours_per_visit: float) -> int:
    """Whole visits that fit in some hours; a visit short by rounding error still fits.

    Examples
    --------
    >>> visits_within(0.3, 0.1), visits_within(26_108, 0.75)
    (3, 34810)
    """
    visits = hours / hours_per_visit
    return math.floor(visits + _slack(visits))


def visits_for(hours: float, hours_per_visit: float) -> int:
    """Fewest whole visits that make up some hours, free of rounding error.

    Examples
    --------
    >>> visits_for(0.3, 0.1), visits_for(1.0, 0.75)
    (3, 2)
    """
    visits = hours / hours_per_visit
    return math.ceil(visits - _slack(visits))


def _slack(visits: float) -> float:
    return min(1e-9 * max(visits, 1.0), 1e-3)


def hours_text(hours: float, *, up: bool = False) -> str:
    """Write hours with two decimals at most, rounded down, or up where they are a need.

    Examples
    --------
    >>> hours_text(26107.5), hours_text(100 / 3), hours_text(100 / 3, up=True)
    ('26,107.5', '33.33', '33.34')
    """
    cents = math.ceil(hours * 100 - 1e-6) if up else math.floor(hours * 100 + 1e-6)
    return f"{cents / 100:,.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Bounds:
    """Bounds in whole visits over the programme.

    Attributes
    ----------
    floor, cap
        Of each hotspot, shape (n,).
    district
        Position of each hotspot's district, shape (n,).
    district_floor, district_cap
        Of each district, shape (districts,).
    """

    floor: NDArray[np.int64]
    cap: NDArray[np.int64]
    district: NDArray[np.int64]
    district_floor: NDArray[np.int64]
    district_cap: NDArray[np.int64]

    def per_district(self, visits: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum the visits of each district."""
        sums = np.bincount(self.district, weights=visits, minlength=len(self.district_floor))
        return sums.astype(np.int64)

    def needed(self) -> int:
        """Count the visits that all floors take together."""
        return int(np.maximum(self.per_district(self.floor), self.district_floor).sum())

    def hold(self, visits: NDArray[np.int64]) -> bool:
        """Tell whether some visits meet every floor and cap."""
        sums = self.per_district(visits)
        hotspots = (self.floor <= visits) & (visits <= self.cap)
        districts = (self.district_floor <= sums) & (sums <= self.district_cap)
        return bool(hotspots.all() and districts.all())


def read_bounds(
    ids: Sequence[str],
    districts: Sequence[str],
    settings: TaskingSettings,
    *,
    least: int = 0,
    room: int = _NO_CAP,
) -> Bounds:
    """Turn the floors and caps of the settings into whole visits.

    Floors are rounded up to whole visits and caps down. The bounds of a district apply where it
    has a hotspot.

    Parameters
    ----------
    ids, districts
        Hotspot ids and the name of each one's district, both of length n.
    settings
        Bounds in officer-hours and the cost of a visit.
    least, room
        Visits that every hotspot needs whatever its floor, and has time for whatever its cap.

    Raises
    ------
    SettingsError
        A bound is set for a hotspot or a district that is not there, or is absurdly large.
    InfeasibleError
        A floor is above its cap, or hotspot and district bounds contradict each other.
    """
    places = sorted(set(districts))
    position = {name: number for number, name in enumerate(places)}
    cost = settings.hours_per_visit
    hotspot, district = "hotspot", "district"
    bounds = Bounds(
        floor=np.maximum(
            _floors(ids, hotspot, settings.hotspot_floor_hours, settings.hotspot_floors, cost),
            least,
        ),
        cap=np.minimum(
            _caps(ids, hotspot, settings.hotspot_cap_hours, settings.hotspot_caps, cost),
            room,
        ),
        district=np.array([position[name] for name in districts], dtype=np.int64),
        district_floor=_floors(
            places, district, settings.district_floor_hours, settings.district_floors, cost
        ),
        district_cap=_caps(
            places, district, settings.district_cap_hours, settings.district_caps, cost
        ),
    )
    _check_hotspots(bounds, ids, cost)
    _check_districts(bounds, places, cost)
    return bounds


def check_budget(bounds: Bounds, budget_hours: float, settings: TaskingSettings) -> int:
    """Whole visits that the budget buys, once it is known to pay for all floors.

    Raises
    ------
    SettingsError
        The budget buys more than `MOST_VISITS` visits.
    InfeasibleError
        The budget is less than one visit, or less than the floors need.
    """
    cost = settings.hours_per_visit
    if budget_hours / cost > MOST_VISITS:
        raise SettingsError(
            f"The budget is {budget_hours:.6g} officer-hours, more than {MOST_VISITS:,} visits; "
            "check its unit."
        )
    visits, needed = visits_within(budget_hours, cost), bounds.needed()
    have = hours_text(budget_hours)
    if needed > visits:
        need = hours_text(needed * cost, up=True)
        floors = " and ".join(_floors_in_use(settings))
        raise InfeasibleError(
            f"The floors need {need} officer-hours but the budget is {have}; "
            f"raise the budget to at least {need} or lower the floors ({floors})."
        )
    if visits < 1:
        need = hours_text(cost, up=True)
        raise InfeasibleError(
            f"One visit costs {need} officer-hours but the budget is {have}; "
            f"raise the budget to at least {need} or make visits cheaper "
            "(visit_minutes, travel_minutes, crew)."
        )
    return visits


def _floors_in_use(settings: TaskingSettings) -> list[str]:
    names = (
        "hotspot_floor_hours",
        "hotspot_floors",
        "district_floor_hours",
        "district_floors",
        "max_gap_days",
    )
    return [name for name in names if getattr(settings, name)]


def _floors(
    names: Sequence[str], kind: str, hours: float, special: Mapping[str, float], cost: float
) -> NDArray[np.int64]:
    _check_known(f"{kind}_floors", special, names, kind)
    wanted = [special.get(name, hours) for name in names]
    for name, value in zip(names, wanted, strict=True):
        if value / cost > MOST_VISITS:
            raise SettingsError(
                f"The floor of {kind} {name} is {value:.6g} officer-hours, more than "
                f"{MOST_VISITS:,} visits; check its unit."
            )
    return np.array([visits_for(value, cost) for value in wanted], dtype=np.int64)


def _caps(
    names: Sequence[str], kind: str, hours: float | None, special: Mapping[str, float], cost: float
) -> NDArray[np.int64]:
    _check_known(f"{kind}_caps", special, names, kind)
    wanted = [special.get(name, hours) for name in names]
    visits = [
        _NO_CAP if value is None or value / cost > _NO_CAP else visits_within(value, cost)
        for value in wanted
    ]
    return np.array(visits, dtype=np.int64)


def _check_known(setting: str, special: Iterable[str], names: Sequence[str], kind: str) -> None:
    for name in sorted(set(special).difference(names)):
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.0)
        known = "a hotspot id" if kind == "hotspot" else "a district with a hotspot"
        raise SettingsError(
            f"{setting} has a bound for {name!r}, which is not {known}; the nearest is {near[0]!r}."
        )


def _check_hotspots(bounds: Bounds, ids: Sequence[str], cost: float) -> None:
    for row in np.flatnonzero(bounds.floor > bounds.cap)[:1]:
        raise InfeasibleError(
            f"The floor of hotspot {ids[row]} needs {_in_hours(bounds.floor[row], cost, up=True)} "
            f"officer-hours but its cap allows {_in_hours(bounds.cap[row], cost)}, in whole visits "
            f"of {hours_text(cost)}; lower the floor or raise the cap (hotspot_floors, "
            "hotspot_caps, hours_between_visits)."
        )


def _check_districts(bounds: Bounds, places: Sequence[str], cost: float) -> None:
    floors, caps = bounds.per_district(bounds.floor), bounds.per_district(bounds.cap)
    checks = (
        (bounds.district_floor, bounds.district_cap, "The floor of district {}", "its cap"),
        (floors, bounds.district_cap, "The hotspot floors of district {}", "its cap"),
        (bounds.district_floor, caps, "The floor of district {}", "the caps of its hotspots"),
    )
    for need, allowed, what, limit in checks:
        verb, allow = ("need" if "floors" in what else "needs"), "allow" + "s" * (limit[-1] != "s")
        for row in np.flatnonzero(need > allowed)[:1]:
            raise InfeasibleError(
                f"{what.format(places[row])} {verb} {_in_hours(need[row], cost, up=True)} "
                f"officer-hours but {limit} {allow} {_in_hours(allowed[row], cost)}, in whole "
                f"visits of {hours_text(cost)}; lower the floor or raise the cap."
            )


def _in_hours(visits: int, cost: float, *, up: bool = False) -> str:
    return hours_text(float(visits) * cost, up=up)
