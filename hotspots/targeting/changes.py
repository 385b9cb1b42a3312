"""Hotspots beside those of an earlier plan: which remained, entered and left; ids persist."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hotspots.frames import (
    CHANGES,
    ENTERED,
    LEFT,
    LEFT_EARLIER,
    REMAINED,
    Places,
    Previous,
    names,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

#: Common area / smaller area from which two footprints are one hotspot.
SAME_SHARE = 1 / 3
_LISTED = 8


def overlaps(
    new: NDArray[np.object_], old: NDArray[np.object_], least: float = SAME_SHARE
) -> list[tuple[int, int, float]]:
    """Pair new footprints with old ones, each at most once.

    Pairs share at least `least` of the smaller area, and are taken by common area, largest
    first; ties by the order of the new, then of the old.

    Parameters
    ----------
    new, old
        Shapely polygons.

    Returns
    -------
    list of (int, int, float)
        Numbers of both, and the share.
    """
    import shapely

    one, other = shapely.STRtree(old).query(new, predicate="intersects")
    common = shapely.area(shapely.intersection(new[one], old[other]))
    share = common / np.minimum(shapely.area(new[one]), shapely.area(old[other]))
    order = np.lexsort((other, one, -common.round(3)))
    taken: set[tuple[str, int]] = set()
    pairs = []
    for at in order[(share >= least)[order]].tolist():
        mine, theirs = ("new", int(one[at])), ("old", int(other[at]))
        if not taken & {mine, theirs}:
            taken |= {mine, theirs}
            pairs.append((mine[1], theirs[1], float(share[at])))
    return sorted(pairs)


def follow(
    hotspots: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    previous: Previous,
    places: Places,
    districts: gpd.GeoDataFrame,
    *,
    drafts: Sequence[gpd.GeoDataFrame] = (),
    used: Sequence[str] = (),
    keep: Mapping[int, str] | None = None,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame, list[str]]:
    """Give hotspots the ids and names they had in an earlier plan, and list what changed.

    Those that overlap none (`overlaps`) get new ids: the district code and a number above every
    one ever used there. Earlier hotspots outside the districts are left aside.

    Parameters
    ----------
    hotspots, candidates
        As selected.
    previous, places, districts
        The earlier plan, and what is known now.
    drafts, used, keep
        As of `identified`; ids of the earlier plan are used in any case.

    Returns
    -------
    hotspots, candidates, changes, messages
        The first two with ids, names and `change` set; columns `hotspots.frames.CHANGES`.
    """
    old, elsewhere = within(previous, districts)
    taken = [*previous.hotspots["hotspot_id"], *previous.retired["previous_id"], *used]
    renamed, candidates, was = identified(
        hotspots, candidates, [old, *drafts], used=taken, keep=keep
    )
    number = {one: n for n, one in enumerate(old["hotspot_id"])}
    partner = {n: (number[one], share) for n, (one, share) in was.items() if one in number}
    renamed["change"] = [REMAINED if n in partner else ENTERED for n in range(len(hotspots))]
    changes = _table(renamed, old, partner, previous, places)
    return renamed, candidates, changes, _said(changes, elsewhere)


def within(previous: Previous, districts: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Earlier hotspots that lie in the districts, and how many lie elsewhere."""
    import shapely

    spots = shapely.point_on_surface(previous.hotspots.geometry.to_numpy())
    land = shapely.union_all(districts.geometry.to_numpy())
    shapely.prepare(land)
    near = shapely.intersects(land, spots)
    return previous.hotspots[near].reset_index(drop=True), int((~near).sum())


def identified(
    hotspots: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    sources: Sequence[gpd.GeoDataFrame],
    *,
    used: Sequence[str] = (),
    keep: Mapping[int, str] | None = None,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, dict[int, tuple[str, float]]]:
    """Give hotspots the ids and names of those they overlap, and new ids to the others.

    Parameters
    ----------
    hotspots, candidates
        As selected.
    sources
        Hotspots with ids and names; those of the first come first.
    used
        Further ids that no new hotspot may have.
    keep
        Row and id of hotspots that keep an id wherever they are.

    Returns
    -------
    hotspots, candidates, partners
        The first two with ids and names; and row -> id and common share of those that kept one.
    """
    import shapely

    shapes = hotspots.geometry.to_numpy()
    ids: dict[int, str] = {}
    names_kept: dict[int, str] = {}
    shares: dict[int, float] = {}
    for source in sources:
        number = {str(one): n for n, one in enumerate(source["hotspot_id"])}
        for row, one in (keep or {}).items():
            if row not in ids and one in number:
                was = source.geometry.iloc[number[one]]
                ids[row], names_kept[row] = one, str(source["name"].iloc[number[one]])
                common = shapely.area(shapely.intersection(shapes[row], was))
                shares[row] = float(common / min(shapely.area(shapes[row]), shapely.area(was)))
        free = [row for row in range(len(hotspots)) if row not in ids]
        others = source[~source["hotspot_id"].isin(ids.values())]
        for row, at, share in overlaps(shapes[free], others.geometry.to_numpy()):
            ids[free[row]] = str(others["hotspot_id"].iloc[at])
            if others["name"].iloc[at]:
                names_kept[free[row]] = str(others["name"].iloc[at])
            shares[free[row]] = share
    taken = [*used, *(one for source in sources for one in source["hotspot_id"])]
    every = _ids(hotspots["district_code"].tolist(), taken, ids)
    titles = _names(hotspots["name"].tolist(), names_kept)
    renamed = hotspots.assign(hotspot_id=every, name=titles)
    number = {one: n for n, one in enumerate(hotspots["hotspot_id"])}
    selected = candidates["hotspot_id"].map(number)
    rows = candidates.index[selected.notna()]
    at_rows = selected[rows].astype(int).tolist()
    candidates = candidates.copy()
    candidates.loc[rows, "hotspot_id"] = [every[n] for n in at_rows]
    candidates.loc[rows, "name"] = [titles[n] for n in at_rows]
    return renamed, candidates, {row: (one, shares[row]) for row, one in ids.items()}


def _ids(codes: list[str], used: list[str], kept: dict[int, str]) -> list[str]:
    """Ids that persist, and for the others numbers above all that were ever used."""
    highest: dict[str, int] = {}
    for one in used:
        if found := re.fullmatch(r"(.*)-(\d{1,9})", one, re.ASCII | re.DOTALL):
            highest[found[1]] = max(highest.get(found[1], 0), int(found[2]))
    ids = []
    for n, code in enumerate(codes):
        if n not in kept:
            highest[code] = highest.get(code, 0) + 1
        ids.append(kept[n] if n in kept else f"{code}-{highest[code]:02d}")
    return ids


def _names(given: list[str], kept: dict[int, str]) -> list[str]:
    """Names that persist; a new one that is taken gets the next free number."""
    taken = set(kept.values())
    result = []
    for n, name in enumerate(given):
        if n not in kept:
            bare, number = re.sub(r" \(\d+\)$", "", name), 2
            while name in taken:
                name, number = f"{bare} ({number})", number + 1
            taken.add(name)
        result.append(kept.get(n, name))
    return result


def _table(
    hotspots: gpd.GeoDataFrame,
    old: gpd.GeoDataFrame,
    partner: dict[int, tuple[int, float]],
    previous: Previous,
    places: Places,
) -> gpd.GeoDataFrame:
    """List every change: entered, remained, left, left earlier."""
    import geopandas as gpd
    import pandas as pd

    was = [partner.get(n, (None, np.nan)) for n in range(len(hotspots))]
    before = old.reindex([at if at is not None else -1 for at, _ in was])
    now = pd.DataFrame(
        {
            "change": hotspots["change"],
            "hotspot_id": hotspots["hotspot_id"],
            "previous_id": ["" if at is None else old["hotspot_id"][at] for at, _ in was],
            "name": hotspots["name"],
            "district": hotspots["district"],
            "overlap_share": [share for _, share in was],
            "incidents_then": before["incidents"].to_numpy(dtype=np.float64),
            "incidents_now": hotspots["incidents"].astype("float64"),
            "per_day_then": before["incidents_per_day"].to_numpy(dtype=np.float64),
            "per_day_now": hotspots["incidents_per_day"],
            "geometry": hotspots.geometry.to_numpy(),
        }
    )
    gone = old.drop(index=[at for at, _ in partner.values()])
    counts = _counted(gone.geometry.to_numpy(), places.table)
    left = pd.DataFrame(
        {
            "change": LEFT,
            "hotspot_id": "",
            "previous_id": gone["hotspot_id"],
            "name": gone["name"],
            "district": gone["district"],
            "overlap_share": np.nan,
            "incidents_then": gone["incidents"].astype("float64"),
            "incidents_now": counts,
            "per_day_then": gone["incidents_per_day"].astype("float64"),
            "per_day_now": counts / places.days,
            "geometry": gone.geometry.to_numpy(),
        }
    )
    current = set(hotspots["hotspot_id"]) | set(gone["hotspot_id"])
    earlier = previous.retired[~previous.retired["previous_id"].isin(current)]
    earlier = earlier.assign(change=LEFT_EARLIER, hotspot_id="", geometry=None)
    table = pd.concat(
        [now[now["change"] == ENTERED], now[now["change"] == REMAINED], left, earlier],
        ignore_index=True,
    )
    columns = [*names(CHANGES), "geometry"]
    return gpd.GeoDataFrame(table[columns], geometry="geometry", crs=hotspots.crs)


def _counted(shapes: NDArray[np.object_], places: pd.DataFrame) -> NDArray[np.float64]:
    """Selecting incidents within each shape."""
    import shapely

    own = places[places["selecting"] & (places["district"] != "")]
    points = shapely.points(own["x_m"].to_numpy(), own["y_m"].to_numpy())
    shape, place = shapely.STRtree(points).query(shapes, predicate="intersects")
    weight = own["weight"].to_numpy()[place]
    return np.bincount(shape, weight, minlength=len(shapes)).astype(np.float64)


def _said(changes: gpd.GeoDataFrame, elsewhere: int) -> list[str]:
    """Sentences on what changed."""
    parts = []
    for kind, column in ((REMAINED, ""), (ENTERED, "hotspot_id"), (LEFT, "previous_id")):
        own = changes[changes["change"] == kind]
        listed = own[column].tolist() if column else []
        more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
        inside = f" ({', '.join(listed[:_LISTED])}{more})" if listed else ""
        parts.append(f"{len(own)} {kind}{inside}")
    messages = [f"Against the earlier plan, hotspots: {', '.join(parts)}."]
    if elsewhere:
        messages.append(f"{elsewhere} hotspots of the earlier plan lie outside these districts.")
    return messages
