"""Near repeats: whether incidents follow each other closely in space and time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hotspots.errors import InputError
from hotspots.frames import Repeats
from hotspots.programme.identify import listed
from hotspots.programme.stages import Progress, Stages
from hotspots.settings import Settings

SPACE_BANDS_M: tuple[float, ...] = (100.0, 200.0, 300.0, 400.0)
TIME_BANDS_DAYS: tuple[int, ...] = (7, 14, 21, 28)


def repeats(
    incidents: Any,
    districts: Any = None,
    *,
    settings: Settings | None = None,
    space_bands_m: Sequence[float] = SPACE_BANDS_M,
    time_bands_days: Sequence[int] = TIME_BANDS_DAYS,
    draws: int = 999,
    seed: int = 1,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Repeats:
    """Test whether incidents near each other are also closer in time than chance makes them.

    Parameters
    ----------
    incidents
        Paths of files, folders or archives with days; a database URL; or a GeoDataFrame of
        points with a CRS and a column date.
    districts
        As for `identify`; incidents inside count. None: all of them count.
    settings
        Column mapping, formats, months; and the categories that count.
    space_bands_m
        Upper bounds of the distance bands, metres; the same place is a band of its own before.
    time_bands_days
        Upper bounds of the bands of days between two incidents; the first begins at 0.
    draws, seed
        Random permutations of the days, and the seed they come from.
    workers
        Threads. None: one per core. The result does not depend on it.
    out
        File for the table, .csv or .json. None: nothing is written.
    progress
        Called with a sentence at the start of each stage.

    Returns
    -------
    Repeats
        Observed and expected pairs in every band, their ratio and pseudo p-value.

    Raises
    ------
    InputError
        The input has no days, fewer than 50 incidents, or too many pairs.
    OutputError
        The file cannot be written.

    Examples
    --------
    Made-up incidents: 40 corners, each with two incidents three days apart.

    >>> import geopandas as gpd, numpy as np, pandas as pd
    >>> import hotspots
    >>> chance = np.random.default_rng(1)
    >>> x, y = chance.uniform(500_000, 510_000, (2, 40))
    >>> day = pd.Timestamp("2024-01-01") + pd.to_timedelta(chance.integers(0, 300, 40), unit="D")
    >>> incidents = gpd.GeoDataFrame(
    ...     {"date": [*day, *(day + pd.Timedelta(days=3))]},
    ...     geometry=gpd.points_from_xy([*x, *x], [*y, *y]), crs=27700,
    ... )
    >>> found = hotspots.repeats(incidents, draws=99)
    >>> found.table["observed"].tolist()[:4]
    [40, 0, 0, 0]
    >>> found.table["p"].tolist()[0]
    0.01
    """
    from hotspots.intake import read_districts, read_moments, read_places
    from hotspots.sharing.tables import check_table_path, write_table
    from hotspots.targeting import check_bands, knox

    settings = settings or Settings()
    stage = Stages(progress)
    check_bands(space_bands_m, time_bands_days)
    if out is not None:
        check_table_path(out)
    layer = None
    if districts is not None:
        with stage("read_districts", "Reading districts"):
            layer = read_districts(districts, settings.districts)
    with stage("read_incidents", "Reading incidents"):
        sources = listed(incidents)
        # the places first: what is wrong with the input is found and said there
        places, choices = read_places(sources, layer, settings.intake)
        moments = read_moments(sources, layer, settings.intake)
    if moments.finest == "month":
        raise InputError(
            "A near-repeat test needs the day of every incident, and this input gives "
            f"{'months only' if places.months else 'no dates'}; map a column of dates, e.g. "
            '--column date=Reported --date-format "%d/%m/%Y".'
        )
    events = moments.table[moments.table["selecting"]]
    if layer is not None:
        events = events[events["district"] != ""]
    events = events.loc[events.index.repeat(events["weight"])]
    day = events["start"].to_numpy().astype("datetime64[D]")
    with stage("repeats", f"Permuting days {draws:,} times"):
        table = knox(
            events["x_m"],
            events["y_m"],
            day.astype("int64"),
            space_bands_m=space_bands_m,
            time_bands_days=time_bands_days,
            draws=draws,
            seed=seed,
            workers=workers or os.cpu_count() or 1,
        )
    found = Repeats(
        table=table,
        incidents=len(events),
        first_day=str(day.min()),
        last_day=str(day.max()),
        crs=moments.crs,
        draws=draws,
        seed=seed,
        quality=replace(places.quality, facts={**places.quality.facts, **moments.facts}),
        choices=choices,
    )
    if out is not None:
        with stage("write", f"Writing {Path(out).name}"):
            write_table(table, out)
    return found
