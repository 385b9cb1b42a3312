"""Where hotspots are looked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from hotspots.errors import SettingsError
from hotspots.trees import check

#: Settings that can be chosen by accuracy, in the order in which they are.
SWEPT: tuple[str, ...] = ("bandwidth_m", "eps_m", "min_incidents", "dense_area_share")

#: Stands for every open one of `SWEPT` in `TargetingSettings.sweep`.
EVERY_SETTING = "all"


@dataclass(frozen=True, kw_only=True)
class TargetingSettings:
    """Where hotspots are looked for. None means: chosen from the data, and announced.

    Attributes
    ----------
    hotspots
        How many to select. None: 26, or one per district where there are more districts.
    method
        How pieces are cut out: ``"priced"``, grown at one price of area where density and
        clusters agree; ``"density"``, around the peaks of the density; ``"dbscan"`` or
        ``"hdbscan"``, clusters; ``"squares"`` or ``"hexagons"``, cells of a fixed grid with the
        mean area.
    kernel
        ``"fixed"`` or ``"adaptive"``: each place has the bandwidth within which it has as many
        incidents as the others.
    relative_to
        A CSV with longitude, latitude and weight, or a vector file of points: the density is
        relative to that of these people or premises. Needs the method ``"density"``.
    every_district
        Give each district that has a candidate at least one hotspot.
    cell_size_m
        Side of a grid cell, metres.
    bandwidth_m
        Reach of the quartic kernel, metres.
    edge
        Correction at the border of the study area: ``"mass"`` divides each place by the share
        of its kernel inside, ``"none"`` counts on incidents beyond the border being in the
        data, ``"auto"`` looks whether they are.
    eps_m
        Radius of the neighbourhood in DBSCAN, metres.
    min_incidents
        Incidents in that neighbourhood that make a core place, and least incidents in a
        candidate.
    dense_area_share
        Share of the study area, 0 to 1, whose densest cells count as dense.
    sweep
        Settings that are chosen by accuracy within the months instead of by rule: of
        bandwidth_m, eps_m, min_incidents and dense_area_share; ``"all"`` alone for those of them
        that are open. Takes some 20 runs of targeting, half a minute for a county.
    area_cap_km2
        No hotspot is larger.
    mean_area_km2
        Mean area of the hotspots, km²: it sets the price of area.
    price_per_km2
        Incidents (of the whole period) that a km² must hold to be worth it, one price for the
        whole study area. None: the price at which hotspots have their mean area.
    min_width_m
        A hotspot is nowhere narrower, metres; less where the area cap demands it.
    min_separation_m
        Least distance between the centres of two selected hotspots, metres.
    min_periods_hot
        A candidate must be hot in this many months, where the data have that many; hot is a
        month with at least ``min_incidents / months`` incidents.
    times
        Hours of the week at which each hotspot's incidents happen: ``"auto"`` shows them where
        the input has times of day, ``"none"`` does not look for any.
    declared_profile
        Path of a CSV with the columns weekday (1 is Monday), hour and share, all 168 hours of a
        week: what someone declares where the input has no times. It is shown as declared.
        Empty: none.
    rank_by
        What ranks candidates: ``"excess"`` (incidents beyond the price of their area),
        ``"incidents"``, ``"shrunk"`` (the count drawn to the rate of all candidates) or
        ``"harm"``. The others are shown beside it.
    harm_table
        CSV file with the columns category and weight. None: the bundled Cambridge Crime Harm
        Index for the categories of data.police.uk.
    significance_q
        Drop candidates whose q value is above this. None: q values are shown and drop nothing.
    draws
        How often incidents are drawn again over the existing places, to see which peaks chance
        could make; 0 leaves it out, 199 is usual (half a minute for a county).
    seed
        Seed of these draws.
    previous
        An earlier plan.gpkg: hotspots that overlap one of its keep id and name, and what entered
        and left is listed.
    max_changes
        At most so many hotspots of the earlier plan may leave; 0 keeps them all. None: as many
        as the ranking says.
    overrides
        TOML or CSV file of what people decided about single hotspots (docs/overrides.md).
    """

    hotspots: int | None = None
    method: Literal["priced", "density", "dbscan", "hdbscan", "squares", "hexagons"] = "priced"
    kernel: Literal["fixed", "adaptive"] = "fixed"
    relative_to: str | None = None
    every_district: bool = True
    cell_size_m: float | None = None
    bandwidth_m: float | None = None
    edge: Literal["auto", "mass", "none"] = "auto"
    eps_m: float | None = None
    min_incidents: int | None = None
    dense_area_share: float | None = None
    sweep: tuple[str, ...] = ()
    area_cap_km2: float = 0.1
    mean_area_km2: float = 0.0625
    price_per_km2: float | None = None
    min_width_m: float = 100.0
    min_separation_m: float = 0.0
    min_periods_hot: int = 2
    times: Literal["auto", "none"] = "auto"
    declared_profile: str = ""
    rank_by: Literal["excess", "incidents", "shrunk", "harm"] = "excess"
    harm_table: str | None = None
    significance_q: float | None = None
    draws: int = 0
    seed: int = 0
    previous: str | None = None
    max_changes: int | None = None
    overrides: str | None = None

    def __post_init__(self) -> None:
        if self.hotspots is not None:
            check(self.hotspots >= 1, "hotspots", self.hotspots, "1 or more")
        if self.relative_to is not None:
            check(self.method == "density", "method", self.method, '"density" with relative_to')
        for name in ("cell_size_m", "bandwidth_m", "eps_m"):
            value = getattr(self, name)
            if value is not None:
                check(1 <= value <= 100_000, name, value, "between 1 and 100,000 metres")
        if self.cell_size_m and self.bandwidth_m:
            check(
                self.cell_size_m <= self.bandwidth_m,
                "cell_size_m",
                self.cell_size_m,
                f"at most the bandwidth, {self.bandwidth_m:g} m",
            )
        if self.min_incidents is not None:
            check(self.min_incidents >= 1, "min_incidents", self.min_incidents, "1 or more")
        if self.dense_area_share is not None:
            share = self.dense_area_share
            check(0 < share <= 1, "dense_area_share", share, "a share above 0, at most 1")
        for name in ("area_cap_km2", "mean_area_km2", "min_width_m"):
            check(0 < getattr(self, name) < math.inf, name, getattr(self, name), "above 0")
        if self.price_per_km2 is not None:
            price = self.price_per_km2
            check(0 <= price < math.inf, "price_per_km2", price, "0 or more incidents per km²")
        check(
            0 <= self.min_separation_m < math.inf,
            "min_separation_m",
            self.min_separation_m,
            "0 or more metres",
        )
        check(self.min_periods_hot >= 1, "min_periods_hot", self.min_periods_hot, "1 or more")
        for name in ("harm_table", "previous", "overrides"):
            path = getattr(self, name)
            check(path is None or bool(path.strip()), name, path, "a file's path")
        if self.significance_q is not None:
            q = self.significance_q
            check(0 < q < 1, "significance_q", q, "a rate above 0 and below 1, such as 0.05")
        fits = self.draws == 0 or 19 <= self.draws <= 99_999
        check(fits, "draws", self.draws, "0, or between 19 and 99,999")
        check(self.seed >= 0, "seed", self.seed, "0 or more")
        if self.max_changes is not None:
            check(self.max_changes >= 0, "max_changes", self.max_changes, "0 or more")
            apart = self.min_separation_m
            check(apart == 0, "min_separation_m", apart, "0 where max_changes is set")
        self._check_sweep()

    def _check_sweep(self) -> None:
        for name in self.sweep:
            known = name in SWEPT or self.sweep == (EVERY_SETTING,)
            check(known, "sweep", name, f'one of {", ".join(SWEPT)}, or "all" alone')
            given = getattr(self, name, None)
            if given is not None:
                raise SettingsError(
                    f"{name} is given as {given:,.10g} and also to be swept; leave out one of them."
                )
        once = len(set(self.sweep)) == len(self.sweep)
        check(once, "sweep", list(self.sweep), "a list in which no name is twice")

    @property
    def swept(self) -> tuple[str, ...]:
        """Settings to be chosen by accuracy, in order."""
        every = self.sweep == (EVERY_SETTING,)
        wanted = [name for name in SWEPT if getattr(self, name) is None] if every else self.sweep
        return tuple(name for name in SWEPT if name in wanted)
