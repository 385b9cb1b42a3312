"""Which values a sweep tries, and how they are written."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import geopandas as gpd

    from hotspots.frames import Places
    from hotspots.settings import Settings

BY_RULE, USUAL = "by rule", "usual"

# Bandwidths, DBSCAN radii and dense shares in use, and multiples of the least count by rule.
_USUAL: dict[str, tuple[float, ...]] = {
    "bandwidth_m": (150, 200, 250, 300, 400),
    "eps_m": (75, 100, 125, 150, 200),
    "min_incidents": (),
    "dense_area_share": (0.005, 0.01, 0.02, 0.05, 0.1),
}
_MULTIPLES = (0.5, 0.75, 1.5, 2, 3)
_FEWEST_INCIDENTS = 3
EVERY_VALUE = tuple(_USUAL)


class Value(NamedTuple):
    """A value to be tried and where it comes from; None and why, where a rule gives none."""

    value: float | None
    rule: str
    why: str = ""


class Tried(NamedTuple):
    """Values in order, those that a rule cannot give last; the value by rule, and its rule."""

    each: list[Value]
    default: float
    rule: str
    unit: str


def values(name: str, places: Places, districts: gpd.GeoDataFrame, settings: Settings) -> Tried:
    """Values of a setting to be tried, and that by rule for all months of `places`."""
    from hotspots.targeting import named_rules, parameters_of

    parameters, choices = parameters_of(places, districts, settings)
    default = float(dataclasses.asdict(parameters)[name])
    rule = next(choice.rule for choice in choices if choice.setting == name)
    found = {default: BY_RULE}
    for value in _USUAL[name]:
        found.setdefault(float(value), USUAL)
    if name == "min_incidents":
        for times in _MULTIPLES:
            count = max(_FEWEST_INCIDENTS, round(times * default))
            found.setdefault(float(count), f"{times:g} x rule")
    nothing = []
    for ruled in named_rules(
        name,
        places.table,
        min_incidents=parameters.min_incidents,
        area_km2=float(districts["area_km2"].sum()),
    ):
        if ruled.value is None:
            nothing.append(Value(None, ruled.rule, f"not tried: {ruled.why}"))
        else:
            before = found.get(ruled.value)
            found[ruled.value] = f"{before}; {ruled.rule}" if before else ruled.rule
    least = (settings.targeting.cell_size_m or 0) if name == "bandwidth_m" else 0
    possible = [
        Value(value, found[value]) for value in sorted(found) if value >= least or value == default
    ]
    unit = {
        "min_incidents": f"incidents within {parameters.eps_m:g} m",
        "dense_area_share": "share",
    }.get(name, "m")
    return Tried([*possible, *nothing], default, rule, unit)


def shown(name: str, value: float) -> str:
    """Write a value with its unit.

    Examples
    --------
    >>> shown("eps_m", 125.0), shown("dense_area_share", 0.005), shown("min_incidents", 32.0)
    ('125 m', '0.5%', '32')
    """
    if name == "dense_area_share":
        return f"{value:.1%}"
    return f"{value:,.10g}{' m' if name.endswith('_m') else ''}"


def listed(name: str, every: Sequence[float]) -> str:
    """Write several values with their unit.

    Examples
    --------
    >>> listed("eps_m", [75, 100, 125]), listed("dense_area_share", [0.01, 0.02])
    ('75, 100 and 125 m', '1.0% and 2.0%')
    """
    unit = " m" if name.endswith("_m") else ""
    texts = [shown(name, value).removesuffix(" m") for value in every]
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]])) + unit
