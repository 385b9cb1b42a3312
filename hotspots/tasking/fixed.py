"""Hours that somebody fixed: floor and cap in one, in whole visits."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from hotspots.settings import TaskingSettings
from hotspots.tasking.bounds import hours_text, visits_within


def fix_hours(
    settings: TaskingSettings, hours: Mapping[str, float]
) -> tuple[TaskingSettings, dict[str, int], list[str]]:
    """Make fixed hours the floor and the cap of their hotspots.

    Hours that are not a whole number of visits are rounded down to one, and that is said.

    Parameters
    ----------
    settings
        Cost of a visit, and the bounds that all others keep.
    hours
        Officer-hours by hotspot id, 0 or more.

    Returns
    -------
    settings, visits, messages
        Settings with these bounds, and the whole visits by hotspot id.

    Examples
    --------
    >>> settings, visits, said = fix_hours(TaskingSettings(), {"LDS-01": 100.0})
    >>> visits, settings.hotspot_floors["LDS-01"], settings.hotspot_caps["LDS-01"]
    ({'LDS-01': 133}, 99.75, 99.75)
    >>> said
    ['Hours of LDS-01 are fixed at 99.75, not 100: whole visits cost 0.75 each.']
    """
    cost = settings.hours_per_visit
    visits = {one: visits_within(given, cost) for one, given in hours.items()}
    whole = {one: number * cost for one, number in visits.items()}
    said = [
        f"Hours of {one} are fixed at {hours_text(whole[one])}, not {hours_text(given)}: whole "
        f"visits cost {hours_text(cost)} each."
        for one, given in hours.items()
        if abs(whole[one] - given) > 1e-6
    ]
    bounded = dataclasses.replace(
        settings,
        hotspot_floors={**settings.hotspot_floors, **whole},
        hotspot_caps={**settings.hotspot_caps, **whole},
    )
    return bounded, visits, said
