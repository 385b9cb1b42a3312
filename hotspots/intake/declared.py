"""A profile of the week that someone declares, for data without times."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COLUMNS = ("weekday", "hour", "share")
# shares rounded to three decimals may add up to this much more or less than 1
_SLACK = 0.005


def read_declared_profile(path: str | Path) -> NDArray[np.float64]:
    """Read shares of the 168 hours of a week from a CSV.

    Parameters
    ----------
    path
        CSV with the columns weekday (1 to 7, 1 is Monday), hour (0 to 23) and share; one row
        for each hour of the week, in any order; shares add up to 1.

    Returns
    -------
    numpy.ndarray
        Shape (168,), Monday 00:00 first, summing to 1.

    Raises
    ------
    InputError
        The file cannot be read, an hour is missing or given twice, or a value is impossible.
    """
    import numpy as np
    import pandas as pd

    try:
        table = pd.read_csv(path, encoding="utf-8-sig", skipinitialspace=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())[:200]
        raise InputError(f"Cannot read the declared profile {path}: {reason}.") from error
    missing = [name for name in _COLUMNS if name not in table]
    if missing:
        raise InputError(
            f"The declared profile {path} has no column {', '.join(missing)}; it needs "
            f"{', '.join(_COLUMNS)}."
        )
    values = table[list(_COLUMNS)].apply(pd.to_numeric, errors="coerce")
    weekday, hour, share = (values[name].to_numpy(dtype=np.float64) for name in _COLUMNS)
    fits = np.isin(weekday, np.arange(1, 8)) & np.isin(hour, np.arange(24))
    fits &= np.isfinite(share) & (share >= 0)
    if not fits.all():
        row = int((~fits).argmax())
        given = ", ".join(f"{name} {table[name].iloc[row]}" for name in _COLUMNS)
        raise InputError(
            f"The declared profile {path} has {given} in line {row + 2}; weekday is 1 to 7, hour "
            "0 to 23, share 0 or more."
        )
    cell = ((weekday - 1) * 24 + hour).astype(np.int64)
    rows = np.bincount(cell, minlength=168)
    if (rows != 1).any():
        first = int((rows != 1).argmax())
        raise InputError(
            f"The declared profile {path} has {rows[first]} rows for weekday {first // 24 + 1}, "
            f"hour {first % 24}; it needs one for each of the 168 hours."
        )
    total = float(share.sum())
    if abs(total - 1) > _SLACK:
        raise InputError(
            f"The shares of the declared profile {path} add up to {total:g}; they must add up to 1."
        )
    profile = np.empty(168)
    profile[cell] = share / total
    return profile
