"""The quality report: what became of every row, and what the rows are like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hotspots.frames import REASONS, Quality
from hotspots.geo import distinct_positions
from hotspots.intake.months import span
from hotspots.neighbours import nearest_m
from hotspots.threads import at_once

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from hotspots.geo import Projection

#: Reasons of the rows that have a place, a month and a category.
LOCATED = ("", "other_category", "outside_districts")
# "Watford 001A": a lower-layer super output area carries its district's name
_AREA_NAME = r"^(.*) \d{3}[A-Z]$"
_SNAPPED_ROWS_PER_PLACE = 1.5
_SAMPLE = 100_000
# Farther from its districts no police force records: another country, or a mistake.
_FAR_KM = 1000


def assess(
    located: pd.DataFrame,
    by_reason: pd.Series[Any],
    districts: gpd.GeoDataFrame | None,
    *,
    files: Sequence[Mapping[str, Any]],
    unreadable: Sequence[tuple[str, int]],
    messages: Sequence[str],
    dated: bool,
    street: bool,
    projection: Projection | None = None,
) -> Quality:
    """Account for every row and measure what the rows with a place are like.

    Parameters
    ----------
    located
        Groups whose reason is one of `LOCATED`, from west to east and south to north: reason,
        weight, period, category, selecting, area_name, x_m, y_m and district.
    by_reason
        Reason -> rows, of all groups.
    districts
        The districts, or None where none were given.
    files, unreadable, messages
        Files read, rows that could not be parsed, and remarks made while finding files.
    dated
        Whether the rows have dates.
    street
        Whether all files have the layout of data.police.uk street files.
    projection
        Transformation from the incidents' CRS to the districts', noted with its accuracy.
    """
    left_out = {reason: int(by_reason.get(reason, 0)) for reason in REASONS}
    left_out["unreadable_row"] = len(unreadable)
    kept = located.loc[(located["reason"] == "").to_numpy(), ["x_m", "y_m", "weight"]]
    months = sorted(located["period"].unique()) if dated else []
    missing = sorted(set(span(months[0], months[-1])) - set(months)) if months else []
    facts, beside = at_once(
        lambda: _snapping(kept, metric=districts is not None),
        lambda: {} if districts is None else _outside(located, districts) | _disagreement(located),
    )
    facts |= beside
    facts["layout"] = "data.police.uk street files" if street else "mapped columns"
    if projection is not None:
        facts["transformation"] = projection.description
        facts["transformation_accuracy_m"] = projection.accuracy_m
    quality = Quality(
        rows_read=int(by_reason.sum()) + len(unreadable),
        rows_kept=int(by_reason.get("", 0)),
        left_out=left_out,
        files=list(files),
        months=months,
        months_missing=missing,
        facts=facts,
        categories=_categories(located, inside_only=districts is not None),
        warnings=[
            *messages,
            *_warnings(left_out, unreadable, missing, facts, int(by_reason.sum())),
        ],
    )
    accounted = quality.rows_kept + sum(left_out.values())
    if accounted != quality.rows_read:  # a law of this report, not a matter of input
        raise AssertionError(f"{quality.rows_read} rows read but {accounted} accounted for")
    return quality


def _snapping(kept: pd.DataFrame, *, metric: bool) -> dict[str, float | int | str | None]:
    """Rows per distinct place and distance between neighbouring places."""
    import numpy as np

    x, y, heaviest = distinct_positions(kept["x_m"], kept["y_m"], kept["weight"])
    rows = int(heaviest.sum())
    facts: dict[str, float | int | str | None] = {"places": len(x)}
    if not len(x):
        return facts
    per_place = rows / len(x)
    nearest = None
    if metric and len(x) > 1:
        # every n-th place from west to east, where there are very many
        sample = np.arange(0, len(x), 1 + len(x) // _SAMPLE)
        nearest = round(float(np.median(nearest_m(x, y, sample))), 1)
    facts |= {
        "rows_per_place": round(per_place, 3),
        "share_of_rows_on_shared_places": round(float(heaviest[heaviest > 1].sum() / rows), 4),
        "most_rows_on_one_place": int(heaviest.max()),
        "median_nearest_place_m": nearest,
        "snapped": "yes" if per_place >= _SNAPPED_ROWS_PER_PLACE else "no",
    }
    return facts


def _outside(
    located: pd.DataFrame, districts: gpd.GeoDataFrame
) -> dict[str, float | int | str | None]:
    """How far the incidents outside lie from the nearest district."""
    import numpy as np
    import shapely

    beyond = located.loc[(located["district"] == "").to_numpy(), ["x_m", "y_m", "weight"]]
    x, y, rows_there = distinct_positions(beyond["x_m"], beyond["y_m"], beyond["weight"])
    if not len(x):
        return {"median_km_outside": None, "farthest_km_outside": None, "rows_far_outside": 0}
    points = shapely.points(x, y)
    # from outside, the way to a polygon is the way to the nearest piece of its border
    rings = shapely.get_rings(shapely.get_parts(shapely.force_2d(districts.geometry.to_numpy())))
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    pieces = np.stack([corners[:-1], corners[1:]], axis=1)[ring[1:] == ring[:-1]]
    tree = shapely.STRtree(shapely.linestrings(pieces))
    (rows, _), distances = tree.query_nearest(points, return_distance=True, all_matches=False)
    ordered = distances[np.argsort(rows)]
    each = np.repeat(ordered, rows_there.astype(np.int64))
    return {
        "median_km_outside": round(float(np.median(each)) / 1000, 3),
        "farthest_km_outside": round(float(ordered.max()) / 1000, 3),
        "rows_far_outside": int(rows_there[ordered > _FAR_KM * 1000].sum()),
    }


def _disagreement(
    located: pd.DataFrame,
) -> dict[str, float | int | str | None]:
    """Share of rows whose LSOA name belongs to another district than their polygon's."""
    import numpy as np
    import pandas as pd

    inside = (located["district"] != "").to_numpy()
    written = located["area_name"].cat
    own = written.categories.to_series().str.extract(_AREA_NAME)[0].to_numpy(dtype=object)
    place = pd.Index(located["district"].cat.categories).get_indexer(own)
    nameless, unknown = -2, -1
    number = np.where(pd.isna(own), nameless, place)[written.codes.to_numpy()[inside]]
    weight = located["weight"].to_numpy()[inside]
    named = number != nameless
    rows = int(weight[named].sum())
    facts: dict[str, float | int | str | None] = {"rows_with_area_name": rows}
    # names of another list of districts say nothing about the polygons
    if rows and weight[number > unknown].sum() > rows / 2:
        differs = named & (number != located["district"].cat.codes.to_numpy()[inside])
        facts["area_name_disagrees_share"] = round(float(weight[differs].sum() / rows), 5)
    else:
        facts["area_name_disagrees_share"] = None
    return facts


def _categories(located: pd.DataFrame, *, inside_only: bool) -> list[dict[str, Any]]:
    rows = located[["category", "selecting", "weight"]]
    if inside_only:
        rows = rows[(located["district"] != "").to_numpy()]
    by_category = rows.groupby("category", observed=True)
    totals = by_category.agg({"selecting": "first", "weight": "sum"}).reset_index()
    # the codes of a categorical are in the order of arrival, which differs from run to run
    totals["category"] = totals["category"].astype(str)
    totals = totals.sort_values(["weight", "category"], ascending=[False, True])
    return [
        {"category": str(name), "selects": bool(selects), "incidents": int(count)}
        for name, selects, count in totals.itertuples(index=False)
    ]


def _warnings(
    left_out: Mapping[str, int],
    unreadable: Sequence[tuple[str, int]],
    missing: Sequence[str],
    facts: Mapping[str, Any],
    rows: int,
) -> list[str]:
    """Sentences that a reader must see."""
    found = []
    if unreadable:
        name, line = unreadable[0]
        found.append(
            f"{len(unreadable):,} rows cannot be parsed; first problem: {name}, line {line}."
        )
    if missing:
        listed = ", ".join(missing[:6]) + (", ..." if len(missing) > 6 else "")
        found.append(f"{len(missing)} months between the first and the last have no row: {listed}.")
    if left_out["outside_districts"] > 0.1 * rows:
        share = left_out["outside_districts"] / rows
        found.append(f"{share:.0%} of rows lie outside the districts.")
    if far := facts.get("rows_far_outside"):
        number = f"{far:,} rows lie" if far > 1 else "1 row lies"
        found.append(
            f"{number} more than {_FAR_KM:,} km from the districts, the farthest "
            f"{facts['farthest_km_outside']:,.0f} km: another country, a failed geocoder, or "
            "longitude and latitude exchanged."
        )
    if (facts.get("area_name_disagrees_share") or 0) > 0.02:
        share = facts["area_name_disagrees_share"]
        found.append(f"{share:.1%} of LSOA names belong to another district than the polygon.")
    return found
