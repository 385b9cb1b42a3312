"""Minutes from hotspot to hotspot, from distances or from a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hotspots.errors import InputError
from hotspots.frames import require
from hotspots.settings import RosterSettings

Minutes = NDArray[np.int64]

_LONGEST = 1440.0


def ways(x_m: NDArray[np.float64], y_m: NDArray[np.float64], settings: RosterSettings) -> Minutes:
    """Whole minutes, rounded up, of every way between some positions: on foot or by car.

    A way is ``detour_factor`` times the straight line; it is walked, or driven with
    ``park_minutes`` on top, whichever is quicker.

    Parameters
    ----------
    x_m, y_m
        Positions in metres, shape (n,).

    Returns
    -------
    ndarray of int, shape (n, n)

    Examples
    --------
    1 km on foot at 5 km/h is 12 minutes; 6 km by car at 30 km/h is 12, and 3 to park.

    >>> straight = RosterSettings(detour_factor=1.0)
    >>> ways(np.array([0.0, 1000.0, 7000.0]), np.zeros(3), straight)[:, 1]
    array([ 5,  0, 15])
    >>> ways(np.array([0.0, 1000.0]), np.zeros(2), RosterSettings(detour_factor=1, drive_kmh=0))
    array([[ 0, 12],
           [12,  0]])
    """
    km = settings.detour_factor * np.hypot(x_m[:, None] - x_m, y_m[:, None] - y_m) / 1000
    minutes = 60 * km / settings.walk_kmh
    if settings.drive_kmh:
        minutes = np.minimum(minutes, 60 * km / settings.drive_kmh + settings.park_minutes)
    minutes = np.minimum(minutes, 1e6)
    np.fill_diagonal(minutes, 0)
    return np.ceil(np.round(minutes, 6)).astype(np.int64)


def read_travel_times(path: str | Path) -> Mapping[tuple[str, str], int]:
    """Read a CSV of travel times: columns from_id, to_id and minutes, each pair once.

    Returns
    -------
    mapping
        (from, to) -> whole minutes, rounded up.

    Raises
    ------
    InputError
        The file cannot be read, lacks a column, has a time that is no number from 0 to 1440, or
        a pair twice.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise InputError(f"Cannot read the travel times {path}: {reason}.") from error
    require(table, ["from_id", "to_id", "minutes"], f"The file of travel times {path}")
    minutes = pd.to_numeric(table["minutes"], errors="coerce").to_numpy(dtype=float)
    for row in np.flatnonzero(~((minutes >= 0) & (minutes <= _LONGEST)))[:1]:
        raise InputError(
            f"{path}: minutes is {table['minutes'].iloc[row]!r} in row {row + 1}; it must be a "
            "number from 0 to 1440."
        )
    pairs = list(zip(table["from_id"], table["to_id"], strict=True))
    for row in np.flatnonzero(table.duplicated(["from_id", "to_id"]))[:1]:
        raise InputError(
            f"{path}: the way from {pairs[row][0]!r} to {pairs[row][1]!r} is there twice (again "
            f"in row {row + 1}); keep one."
        )
    return dict(zip(pairs, np.ceil(minutes).astype(int).tolist(), strict=True))


def with_table(
    minutes: Minutes, ids: list[str], table: Mapping[tuple[str, str], int]
) -> tuple[Minutes, int]:
    """Put the times of a table in the place of those from distances.

    Returns
    -------
    ndarray of int, shape (n, n)
        Minutes between hotspots, in order of `ids`.
    int
        Ways that the table does not have.
    """
    result, missing = minutes.copy(), 0
    for i, start in enumerate(ids):
        for j, goal in enumerate(ids):
            if i == j:
                continue
            if (start, goal) in table:
                result[i, j] = table[start, goal]
            else:
                missing += 1
    return result, missing
