"""The evidence beside every candidate: chance, other rankings, stability, and why here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.frames import CANDIDATES, SELECTED, Choice, Places, names
from hotspots.targeting.chance import concentration, envelope, insignificant
from hotspots.targeting.harm import harm_weights
from hotspots.targeting.members import cells_of, grid_of, members
from hotspots.targeting.ranking import RANKINGS, difference, harm_of, ranked, shrunk
from hotspots.targeting.selection import Rules, select
from hotspots.targeting.stability import hotspot_class, monthly_counts, runs, trends
from hotspots.targeting.why import main_categories, sentences

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from hotspots.frames import DensitySurface
    from hotspots.settings import TargetingSettings

_CLEAR = 0.05


@dataclass(frozen=True)
class Gathered:
    """Candidates (columns `hotspots.frames.CANDIDATES`) with the evidence on them.

    `overall_trend` is the trend of all incidents that count.
    """

    candidates: gpd.GeoDataFrame
    overall_trend: float
    choices: list[Choice]
    messages: list[str]


def gather(
    measured: gpd.GeoDataFrame,
    places: Places,
    surface: DensitySurface,
    settings: TargetingSettings,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Gathered:
    """Put the evidence beside measured candidates, and rank them by what the settings say.

    Parameters
    ----------
    measured
        Columns `hotspots.frames.MEASURED`.
    places, surface
        What they were found in.
    settings
        With nothing left open that targeting chooses from the data.
    progress
        Called with the draws done and all draws.
    """
    table = places.table
    grid = grid_of(surface)
    cells = cells_of(measured, grid)
    piece = members(table, measured)
    incidents = measured["incidents"].to_numpy()
    sound = (measured["status"] == "").to_numpy()
    found = concentration(table, cells, incidents, surface, grid, settings.area_cap_km2)
    harm, unknown = harm_of(table, piece, len(measured), harm_weights(settings.harm_table))
    chance, thin = envelope(
        table, measured["peak_per_km2"].to_numpy(), incidents, surface, grid,
        correct_edge=settings.edge == "mass", draws=settings.draws, seed=settings.seed,
        progress=progress,
    )  # fmt: skip
    dropped = insignificant(found.q_value, settings.significance_q)
    candidates = measured.assign(
        shrunk_incidents=shrunk(incidents, measured["area_km2"], sound),
        harm=harm,
        gi_star=found.gi_star,
        q_value=found.q_value,
        envelope_p=chance,
        **_over_time(places, piece, len(measured), settings.min_incidents or 0),
        main_categories=main_categories(table, piece, len(measured)),
        status=measured["status"].where(~sound, dropped),
    )
    ordered = ranked(candidates, settings.rank_by)[[*names(CANDIDATES), "geometry"]]
    inside = np.where((table["district"] != "").to_numpy(), 0, -1)
    overall = float(trends(monthly_counts(table, inside, 1, places.months), places.months)[0, 0])
    messages = [*found.messages, *thin, *_unweighted(unknown, harm)]
    return Gathered(ordered, overall, found.choices, messages)


def _over_time(
    places: Places, piece: NDArray[np.int64], count: int, min_incidents: int
) -> dict[str, Any]:
    """Columns on months, class and trend."""
    counts = monthly_counts(places.table, piece, count, places.months)
    hot = counts >= min_incidents / max(1, len(places.months))
    months = np.array(places.months, dtype=object)
    trend = trends(counts, places.months)
    return {
        "months_hot": [runs(months[own]) for own in hot],
        "hotspot_class": [hotspot_class(own) for own in hot],
        "trend": trend[:, 0],
        "trend_low": trend[:, 1],
        "trend_high": trend[:, 2],
    }


def selected(
    gathered: Gathered,
    settings: TargetingSettings,
    rules: Rules | None = None,
    phrases: Mapping[int, str] | None = None,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, list[str]]:
    """Select the hotspots, and say why each, and what other rankings would have selected.

    Parameters
    ----------
    gathered, settings
        Candidates, and what is asked for.
    rules
        What people and an earlier plan ask for.
    phrases
        How it is said of candidates that these rules keep, by their labels.

    Returns
    -------
    hotspots, candidates, messages
        As `hotspots.targeting.selection.select`, with `why` filled in.
    """
    candidates = gathered.candidates
    count = settings.hotspots or len(candidates)

    def choose(
        table: gpd.GeoDataFrame, every_district: bool, asked: Rules | None
    ) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
        return select(
            table,
            count,
            every_district=every_district,
            min_separation_m=settings.min_separation_m,
            rules=asked,
        )

    hotspots, chosen = choose(candidates, settings.every_district, rules)
    plain = choose(candidates, False, rules)[1]
    free = plain if rules is None else choose(candidates, False, None)[1]
    ids = chosen.set_index("candidate_id")["hotspot_id"]
    by_rank = set(ids.reindex(free.loc[free["status"] == SELECTED, "candidate_id"])) - {""}
    said = {str(chosen["hotspot_id"][label]): text for label, text in (phrases or {}).items()}
    why = sentences(hotspots, by_rank, settings.rank_by, gathered.overall_trend, said)
    hotspots = hotspots.assign(why=why)
    messages = _price_of_serving(chosen, plain, settings.every_district)
    for by, (measure, rank, _) in RANKINGS.items():
        if by != settings.rank_by and len(hotspots) and candidates[rank].notna().all():
            asked = None if rules is None else replace(rules, measure=measure)
            table = candidates.assign(rank=candidates[rank])
            other = choose(table, settings.every_district, asked)[1]
            messages.append(difference(by, chosen, other))
    unclear = int((hotspots["q_value"] > _CLEAR).sum())
    if unclear:
        messages.append(
            f"{unclear} hotspots are not clearly more than chance (q value above {_CLEAR:g})."
        )
    return hotspots, chosen, messages


def _price_of_serving(
    chosen: gpd.GeoDataFrame, plain: gpd.GeoDataFrame, every_district: bool
) -> list[str]:
    """What it costs that every district has a hotspot; nothing where it costs nothing."""
    served, free = (
        int(table.loc[table["status"] == SELECTED, "incidents"].sum()) for table in (chosen, plain)
    )
    if not every_district or served >= free:
        return []
    return [
        f"Serving every district costs {free - served:,} incidents, {(free - served) / free:.1%} "
        f"of the {free:,} that as many hotspots would hold without that rule."
    ]


def _unweighted(unknown: dict[str, int], harm: NDArray[np.float64]) -> list[str]:
    """Sentence on categories without a harm weight."""
    if not unknown:
        return []
    listed = ", ".join(sorted(unknown)[:5]) + (" and more" if len(unknown) > 5 else "")
    number = sum(unknown.values())
    if len(harm) and np.isnan(harm).all():
        return [f"Harm is not known: no selecting category has a harm weight ({listed})."]
    return [f"No harm weight, counted as 0: {listed or 'no category'} ({number:,} incidents)."]
