"""What incidents are compared with: people, premises, footfall, from a file of points."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import InputError
from hotspots.geo import WGS84, Projection, crs_name
from hotspots.intake.incidents import exists
from hotspots.intake.points import read_vector

if TYPE_CHECKING:
    import pandas as pd

_WEIGHT = "weight"


def read_background(path: str | Path, crs: str) -> tuple[pd.DataFrame, int]:
    """Read points with a weight from a CSV or a vector file.

    Parameters
    ----------
    path
        A CSV with the columns longitude, latitude and weight, or a vector file of points with a
        column weight; without that column every point weighs 1.
    crs
        CRS to bring them to.

    Returns
    -------
    points, left_out
        Columns x_m, y_m, weight; and how many rows have no usable position or weight.

    Raises
    ------
    InputError
        The file is missing, lacks columns, or holds nothing that can be used.
    """
    import numpy as np
    import pandas as pd
    import shapely

    path = Path(path)
    if not exists(path):
        raise InputError(f"There is no background file {path}; check the path.")
    if path.suffix.lower() == ".csv":
        try:
            table = pd.read_csv(path)
        except (ValueError, OSError) as error:
            line = " ".join(str(error).split())[:200]
            raise InputError(f"Cannot read the background {path}: {line}.") from error
        missing = [name for name in ("longitude", "latitude") if name not in table]
        if missing:
            raise InputError(
                f"The background {path} has no column {', '.join(missing)}; found: "
                f"{', '.join(map(str, table))}. Name them longitude, latitude and weight."
            )
        x, y, source = table["longitude"], table["latitude"], WGS84
    else:
        points = read_vector(path)
        if points.crs is None:
            raise InputError(f"The background {path} has no CRS; give one that names it.")
        kinds = set(points.geometry.dropna().geom_type)
        if not kinds <= {"Point"}:
            raise InputError(f"The background {path} holds {', '.join(kinds)}; points are needed.")
        table, source = pd.DataFrame(points), crs_name(points.crs)
        shapes = points.geometry.to_numpy()
        x, y = pd.Series(shapely.get_x(shapes)), pd.Series(shapely.get_y(shapes))
    weight = table[_WEIGHT] if _WEIGHT in table else pd.Series(1.0, index=table.index)
    values = [
        pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
        for column in (x, y, weight)
    ]
    usable = np.isfinite(values).all(axis=0) & (values[2] >= 0)
    lon, lat, amount = (column[usable] for column in values)
    x_m, y_m = Projection(source, crs).transform(lon, lat)
    placed = np.isfinite(x_m) & np.isfinite(y_m)
    if not placed.any():
        raise InputError(
            f"The background {path} has no row with a position and a weight of 0 or more."
        )
    rows = pd.DataFrame({"x_m": x_m, "y_m": y_m, "weight": amount})[placed]
    return rows.reset_index(drop=True), len(table) - len(rows)
