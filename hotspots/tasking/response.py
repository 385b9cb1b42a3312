"""What visits are worth: each further visit of a day to one hotspot counts q times the last.

Diminishing returns follow Koper (1995): short visits of 10 to 16 minutes, spread out, do most
of the work, and staying or returning at once adds little.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hotspots.settings import TaskingSettings


def response(visits_per_day: ArrayLike, q: float) -> NDArray[np.float64]:
    """Share of a day's incidents that ``k`` visits reach, ``r(k) = 1 - q**k``.

    Examples
    --------
    >>> response([0, 1, 2], q=0.5).tolist()
    [0.0, 0.5, 0.75]
    """
    missed: NDArray[np.float64] = np.power(float(q), np.asarray(visits_per_day))
    return 1.0 - missed


def gain(visits_per_day: ArrayLike, q: float) -> NDArray[np.float64]:
    """Share that one more visit adds after ``k``, ``r(k + 1) - r(k) = q**k * (1 - q)``.

    The product keeps its digits where the difference of two responses would be all rounding.

    Examples
    --------
    >>> gain([0, 1, 2], q=0.5).tolist()
    [0.5, 0.25, 0.125]
    """
    missed: NDArray[np.float64] = np.power(float(q), np.asarray(visits_per_day))
    return missed * (1.0 - q)


def covered_incidents(
    visits: ArrayLike, incidents_per_day: ArrayLike, *, days: int, q: float
) -> NDArray[np.float64]:
    """Incidents that visits spread evenly over the days reach, by the response model.

    ``y`` visits in ``D`` days are ``k = y // D`` on every day and one more on ``y % D`` days:
    ``V(y) = rate * ((D - y % D) * r(k) + (y % D) * r(k + 1))``.

    Parameters
    ----------
    visits : array_like of int, shape (n,)
        Visits of each hotspot in the whole programme.
    incidents_per_day : array_like of float, shape (n,)
        Incidents a day at each hotspot.
    days : int
        Patrol days in the programme.
    q : float
        Worth of a visit beside the one before, 0 or more and below 1.

    Returns
    -------
    ndarray of float, shape (n,)
        Incidents.

    Examples
    --------
    >>> covered_incidents([3, 10], [8.0, 1.0], days=4, q=0.5).tolist()
    [12.0, 3.25]
    """
    k, extra = np.divmod(np.asarray(visits), days)
    per_day = days * response(k, q) + extra * gain(k, q)
    return np.asarray(incidents_per_day, dtype=float) * per_day


def gains(settings: TaskingSettings, most: int) -> NDArray[np.float64]:
    """Share that the 1st, 2nd ... visit of a day or day part adds, shape (most,).

    Examples
    --------
    >>> gains(TaskingSettings(q=0.5), 3).tolist()
    [0.5, 0.25, 0.125]
    >>> gains(TaskingSettings(response="linear", linear_visits=2), 3).tolist()
    [0.5, 0.5, 0.0]
    >>> gains(TaskingSettings(response="table", response_table=(0.5, 0.75)), 3).tolist()
    [0.5, 0.25, 0.0]
    """
    visit = np.arange(most)
    if settings.response == "geometric":
        return gain(visit, settings.q)
    if settings.response == "first":
        return np.where(visit == 0, 1.0, 0.0)
    if settings.response == "linear":
        return np.where(visit < settings.linear_visits, 1.0 / settings.linear_visits, 0.0)
    table = np.array([0.0, *settings.response_table])
    rises: NDArray[np.float64] = np.zeros(most)
    count = min(most, len(table) - 1)
    rises[:count] = np.diff(table)[:count]
    return rises
