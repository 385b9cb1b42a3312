"""What some hotspots could reach at best, without all that is said beside a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotspots.settings import TaskingSettings
from hotspots.tasking import coupled
from hotspots.tasking.nested import solve_nested
from hotspots.tasking.problem import Problem

if TYPE_CHECKING:
    import pandas as pd


def best_value(
    hotspots: pd.DataFrame, settings: TaskingSettings, *, times: pd.DataFrame | None = None
) -> float:
    """Modelled incidents that the best plan covers.

    Where constraints couple hotspots and periods it is that of the relaxed problem, in which
    visits need not be whole: what no plan can exceed.

    Parameters
    ----------
    hotspots, settings, times
        As of `hotspots.tasking.allocate`.

    Raises
    ------
    InputError, SettingsError, InfeasibleError
        As `hotspots.tasking.allocate` does.

    Examples
    --------
    >>> import pandas as pd
    >>> hotspots = pd.DataFrame({
    ...     "hotspot_id": ["A", "B", "C", "D"], "district": "North",
    ...     "incidents_per_day": [8.0, 4.0, 2.0, 1.0],
    ... })
    >>> one_day = TaskingSettings(
    ...     hours=6, q=0.5, weeks=1, days_per_week=1, visit_minutes=60, travel_minutes=0, crew=1
    ... )
    >>> best_value(hotspots, one_day)
    11.0
    """
    problem, _ = Problem.read(hotspots, settings, times)
    if problem.couples:
        return float(coupled.relaxed_value(problem))
    return float(solve_nested(problem)[0].value)
