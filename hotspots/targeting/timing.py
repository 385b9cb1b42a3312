"""When: the hours of the week at which the incidents of each hotspot happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.frames import HOTSPOT_PEAKS, HOTSPOT_TIMES, Moments, names
from hotspots.targeting.peaks import HOURS, Peak, peak

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

_MINUTES = 60 * HOURS
#: Incidents that a profile needs to stand alone; fewer are filled up to so many.
ENOUGH = 100


def week_profile(
    start: ArrayLike,
    end: ArrayLike,
    weight: ArrayLike | None = None,
    group: ArrayLike | None = None,
    groups: int = 1,
) -> NDArray[np.float64]:
    """Sum aoristic weights over the 168 hours of a week.

    Every minute from start to end has the same weight, ``w / minutes``; an hour gets the sum of
    its minutes, exact to the minute. A span of more than a week gives every hour ``w / 168``.
    Without an end, or with one not after the start, the whole weight goes to the hour of the
    start.

    Parameters
    ----------
    start, end
        Local times as datetime64, shape (n,); seconds are cut off. An end may be NaT.
    weight
        Incidents, shape (n,); None: one each.
    group
        Row of the result to which each belongs, shape (n,), below `groups`; None: row 0.
    groups
        Rows of the result.

    Returns
    -------
    numpy.ndarray
        Shape (groups, 168), Monday 00:00-01:00 first; rows sum to the weights of their group.

    References
    ----------
    Ratcliffe, J. H. (2000). Aoristic analysis: the spatial interpretation of unspecific temporal
    events. International Journal of Geographical Information Science 14(7), 669-679.

    Examples
    --------
    A theft between 01:00 and 02:30 on a Monday:

    >>> profile = week_profile(["2024-01-01T01:00"], ["2024-01-01T02:30"])
    >>> profile[0, :4].round(6).tolist()
    [0.0, 0.666667, 0.333333, 0.0]
    """
    first = np.asarray(start, dtype="datetime64[m]")
    last = np.asarray(end, dtype="datetime64[m]")
    share: NDArray[np.float64] = (
        np.ones(len(first)) if weight is None else np.asarray(weight, dtype=np.float64)
    )
    row = np.zeros(len(first), dtype=np.int64) if group is None else np.asarray(group)
    span = np.where(np.isnat(last), 0, (last - first).astype(np.int64))
    long = span > _MINUTES
    profile = np.zeros((groups, HOURS))
    profile += np.bincount(row[long], share[long], minlength=groups)[:, None] / HOURS
    # 1970 began on a Thursday, three days after a Monday
    minute = (first.astype(np.int64) + 3 * 24 * 60) % _MINUTES
    begin, span, share, row = minute[~long], span[~long], share[~long], row[~long]
    # a point is a span of one minute
    span = np.maximum(span, 1)
    flat = profile.ravel()
    for step in range(HOURS + 1):
        # the step-th hour after that of the start, which may have begun before the span
        opens = (begin // 60 + step) * 60
        inside = np.minimum(begin + span, opens + 60) - np.maximum(begin, opens)
        cell = row * HOURS + opens // 60 % HOURS
        flat += np.bincount(cell, share * inside / span, minlength=len(flat))
        more = begin + span > opens + 60
        begin, span, share, row = begin[more], span[more], share[more], row[more]
        if not len(begin):
            break
    return profile


def filled_up(profile: NDArray[np.float64], prior: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of a week, a profile of few incidents filled up with another's.

    ``share_c = (x_c + k * prior_c) / (n + k)`` with ``k = max(0, 100 - n)``: the posterior mean
    under a Dirichlet prior that counts as many incidents as are missing to 100. It passes
    into the profile's own shares as n reaches 100.

    Parameters
    ----------
    profile
        Incidents in each hour, shape (rows, 168).
    prior
        Shares in each hour, shape (rows, 168) or (168,); each row sums to 1.
    """
    total = profile.sum(axis=1, keepdims=True)
    missing = np.maximum(0.0, ENOUGH - total)
    filled: NDArray[np.float64] = (profile + missing * prior) / (total + missing)
    return filled


def hotspot_times(
    moments: Moments, hotspots: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Profiles and busiest parts of the week of all hotspots, from single moments.

    A profile of fewer than 100 incidents is filled up with the district's, the district's with
    that of all districts, and that with equal hours (`filled_up`).

    Parameters
    ----------
    moments
        Single moments in the CRS of the hotspots; those that select and have a time count.
    hotspots
        Columns hotspot_id, district and geometry.
    districts
        Column district.

    Returns
    -------
    times, peaks
        Columns `hotspots.frames.HOTSPOT_TIMES` and `hotspots.frames.HOTSPOT_PEAKS`.
    """
    table = moments.table
    table = table[(table["selecting"] & table["timed"]).to_numpy()]
    names_in_order = list(districts["district"])
    home = table["district"].map({name: at for at, name in enumerate(names_in_order)})
    inside = table[home.notna().to_numpy()]
    of_district = _profile(inside, home.dropna().to_numpy(dtype=np.int64), len(names_in_order))
    everywhere = filled_up(of_district.sum(axis=0, keepdims=True), np.full(HOURS, 1 / HOURS))
    district_shares = filled_up(of_district, everywhere)
    number = _hotspot_of(table, hotspots)
    held = number >= 0
    own = _profile(table[held], number[held], len(hotspots))
    homes = [names_in_order.index(name) for name in hotspots["district"]]
    shares = filled_up(own, district_shares[homes])
    shrunk = own.sum(axis=1) < ENOUGH - 1e-6
    return _tables(list(hotspots["hotspot_id"]), shares, own, shrunk, "recorded")


def declared_times(
    profile: NDArray[np.float64], hotspots: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same tables from a profile that someone declares for all hotspots alike.

    Parameters
    ----------
    profile
        Shares of the 168 hours, summing to 1.
    hotspots
        Column hotspot_id.
    """
    ids = list(hotspots["hotspot_id"])
    shares = np.tile(profile, (len(ids), 1))
    unknown = np.full((len(ids), HOURS), np.nan)
    return _tables(ids, shares, unknown, np.zeros(len(ids), dtype=bool), "declared")


def _profile(table: pd.DataFrame, row: NDArray[np.int64], rows: int) -> NDArray[np.float64]:
    return week_profile(
        table["start"].to_numpy(), table["end"].to_numpy(), table["weight"].to_numpy(), row, rows
    )


def _hotspot_of(table: pd.DataFrame, hotspots: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Row of the hotspot that holds each moment, -1 outside all."""
    import shapely

    number = np.full(len(table), -1, dtype=np.int64)
    points = shapely.points(table["x_m"].to_numpy(), table["y_m"].to_numpy())
    shapes = hotspots.geometry.to_numpy()
    shapely.prepare(shapes)
    at, row = shapely.STRtree(points).query(shapes, predicate="intersects")[::-1]
    order = np.lexsort((row, at))[::-1]  # a point on a common border goes to the first
    number[at[order]] = row[order]
    return number


def _tables(
    ids: list[Any],
    shares: NDArray[np.float64],
    own: NDArray[np.float64],
    shrunk: NDArray[np.bool_],
    basis: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    import pandas as pd

    hour = np.tile(np.arange(HOURS), len(ids))
    times = pd.DataFrame(
        {
            "hotspot_id": np.repeat(np.asarray(ids, dtype=object), HOURS),
            "weekday": hour // 24 + 1,
            "hour": hour % 24,
            "incidents": own.ravel(),
            "share": shares.ravel(),
            "shrunk": np.repeat(shrunk, HOURS),
            "basis": basis,
        }
    ).astype({"hotspot_id": "str", "basis": "str"})
    totals = own.sum(axis=1)
    rows = []
    for name, share, total, filled in zip(ids, shares, totals, shrunk, strict=True):
        busiest = peak(share)
        rows.append(
            (
                name, total, filled, busiest.first_day + 1, busiest.days, busiest.from_hour,
                busiest.hours, busiest.share, busiest.week_share, _sentence(busiest, total, filled),
            )
        )  # fmt: skip
    peaks = pd.DataFrame(rows, columns=names(HOTSPOT_PEAKS))
    peaks = peaks.astype({"hotspot_id": "str", "sentence": "str", "shrunk": "bool"})
    return times[names(HOTSPOT_TIMES)], peaks


def _sentence(busiest: Peak, total: float, shrunk: bool) -> str:
    """When a hotspot is busiest, from how many incidents, in words."""
    if busiest.stands_out:
        found = (
            f"Busiest: {busiest}, {busiest.share:.0%} of incidents in "
            f"{busiest.week_share:.0%} of the week."
        )
    else:
        found = "No part of the week stands out."
    if np.isnan(total):
        return f"{found} This is a declared profile, not one of recorded incidents."
    count = round(total)
    if shrunk:
        of = "one incident" if count == 1 else f"{count} incidents"
        return f"{found} From {of} with a time, filled up to {ENOUGH} with the district's profile."
    return f"{found} From {count:,} incidents with a time."
