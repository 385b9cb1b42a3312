"""Published columns of every table, and the results that travel between the rooms.

The rooms never import each other: they meet in these tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hotspots.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.settings import Settings


class Column(NamedTuple):
    """One published column: its name, kind (int, float, str, bool, time), unit and meaning."""

    name: str
    kind: str
    unit: str
    meaning: str


BOUNDARIES: tuple[Column, ...] = (
    Column("district_code", "str", "", "three letters or digits that begin the hotspot ids"),
    Column("district", "str", "", "name of the district"),
    Column("police_force", "str", "", "police force; may be empty"),
    Column("area_km2", "float", "km²", "area of the polygon"),
)

DISTRICTS: tuple[Column, ...] = (
    *BOUNDARIES,
    Column("incidents", "int", "incidents", "incidents of the selecting categories inside"),
)

# Texts of places may be categorical, each text held once.
PLACES: tuple[Column, ...] = (
    Column("x_m", "float", "m", "easting in the working CRS"),
    Column("y_m", "float", "m", "northing in the working CRS"),
    Column("period", "str", "", "month, YYYY-MM"),
    Column("category", "str", "", "offence category"),
    Column("selecting", "bool", "", "whether the category counts when hotspots are chosen"),
    Column("weight", "int", "incidents", "incidents at this place, month and category"),
    Column("location", "str", "", "street or place name as recorded; may be empty"),
    Column("district", "str", "", "district that contains the place; empty outside all"),
)

_MEASURES: tuple[Column, ...] = (
    Column("name", "str", "", "readable name from the street most often named inside"),
    Column("district_code", "str", "", "code of the district"),
    Column("district", "str", "", "district that contains it"),
    Column("rank", "int", "", "1 is best by what ranks (excess); ties by density, west, south"),
    Column("incidents", "int", "incidents", "incidents of the selecting categories inside"),
    Column("incident_share", "float", "share", "incidents / all selecting incidents in districts"),
    Column("other_incidents", "int", "incidents", "incidents of the other categories inside"),
    Column("area_km2", "float", "km²", "area"),
    Column("price_per_km2", "float", "1/km²", "incidents that a km² had to hold to be worth it"),
    Column("excess_incidents", "float", "incidents", "incidents - price_per_km2 x area_km2"),
    Column("incidents_per_km2", "float", "1/km²", "incidents / area_km2, whole period"),
    Column("incidents_per_day", "float", "1/day", "incidents / days in the months with data"),
    Column("peak_per_km2", "float", "1/km²", "highest kernel density where its incidents are"),
    Column("periods_hot", "int", "months", "months in which it was hot by itself"),
    Column("periods", "int", "months", "months with data"),
    Column("x_m", "float", "m", "easting of a point inside, working CRS"),
    Column("y_m", "float", "m", "northing of a point inside, working CRS"),
    Column("paired_with", "str", "", "other districts into which the same cluster reaches"),
    Column("note", "str", "", "what a reader must know: at the area cap, few incidents"),
)

_EVIDENCE: tuple[Column, ...] = (
    Column("shrunk_incidents", "float", "incidents", "count drawn to the rate of all candidates"),
    Column("harm", "float", "harm", "weights of the selecting incidents by category, summed"),
    Column("rank_by_excess", "int", "", "rank if excess_incidents decided"),
    Column("rank_by_incidents", "int", "", "rank if incidents decided"),
    Column("rank_by_shrunk", "int", "", "rank if shrunk_incidents decided"),
    Column("rank_by_harm", "int", "", "rank if harm decided; empty where harm is not known"),
    Column("gi_star", "float", "", "highest Gi* (z) among its cells; empty below 10 incidents"),
    Column("q_value", "float", "", "false discovery rate at which that cell is significant"),
    Column("envelope_p", "float", "", "chance of such a peak anywhere; empty unless drawn"),
    Column("months_hot", "str", "", "the months in which it was hot"),
    Column(
        "hotspot_class", "str", "", "persistent, emerging, former, intermittent, or not classed"
    ),
    Column("trend", "float", "share", "incidents a day, second half of the months against first"),
    Column("trend_low", "float", "share", "lower end of the 95 % interval of trend"),
    Column("trend_high", "float", "share", "upper end of the 95 % interval of trend"),
    Column("main_categories", "str", "", "most frequent selecting categories and their shares"),
)

HOTSPOTS: tuple[Column, ...] = (
    Column("hotspot_id", "str", "", "stable id: district code and rank in the district"),
    *_MEASURES[:4],
    Column("rank_in_district", "int", "", "rank among the hotspots of its district"),
    *_MEASURES[4:],
    *_EVIDENCE,
    Column("why", "str", "", "why here, in sentences made from its own numbers"),
    Column("change", "str", "", "entered or remained since the earlier plan; empty without one"),
)

#: Candidates before the evidence on them is gathered.
MEASURED: tuple[Column, ...] = (
    Column("candidate_id", "str", "", "C and the rank among all candidates"),
    *_MEASURES,
    Column("hotspot_id", "str", "", "id where it was selected, otherwise empty"),
    Column("status", "str", "", "selected, or the reason why it was dropped"),
)

CANDIDATES: tuple[Column, ...] = (*MEASURED[:-2], *_EVIDENCE, *MEASURED[-2:])

#: What is read of an earlier plan's hotspots.
PREVIOUS: tuple[Column, ...] = (
    Column("hotspot_id", "str", "", "id, kept by a hotspot that overlaps it"),
    Column("name", "str", "", "name, kept likewise"),
    Column("district", "str", "", "district"),
    Column("incidents", "int", "incidents", "incidents inside, in the earlier plan's period"),
    Column("incidents_per_day", "float", "1/day", "incidents / days of the earlier period"),
)

#: Values of a change.
ENTERED, REMAINED, LEFT, LEFT_EARLIER = "entered", "remained", "left", "left earlier"

CHANGES: tuple[Column, ...] = (
    Column("change", "str", "", "entered, remained, left, or left earlier (its id is not reused)"),
    Column("hotspot_id", "str", "", "id now; empty for those that left"),
    Column("previous_id", "str", "", "id in the earlier plan; empty for those that entered"),
    Column("name", "str", "", "name"),
    Column("district", "str", "", "district"),
    Column("overlap_share", "float", "share", "common area / the smaller of both areas"),
    Column("incidents_then", "float", "incidents", "in the earlier outline and period"),
    Column("incidents_now", "float", "incidents", "now, in the outline (of those that left: then)"),
    Column("per_day_then", "float", "1/day", "incidents_then / days of the earlier period"),
    Column("per_day_now", "float", "1/day", "incidents_now / days with data now"),
)

ALLOCATION: tuple[Column, ...] = (
    Column("hotspot_id", "str", "", "hotspot"),
    Column("district", "str", "", "district of the hotspot"),
    Column("visits", "int", "visits", "visits in the whole programme"),
    Column("officer_hours", "float", "officer-hours", "visits x officer-hours per visit"),
    Column("visits_per_day", "float", "visits/day", "visits / patrol days"),
    Column("hours_per_week", "float", "officer-hours/week", "officer_hours / weeks"),
    Column("hours_share", "float", "share", "officer_hours / hours of all hotspots"),
    Column("covered_incidents", "float", "incidents", "modelled: rate x days x response"),
    Column("equal_hours", "float", "officer-hours", "what an equal split would give"),
    Column("proportional_hours", "float", "officer-hours", "what a split by incidents would give"),
)

ALTERNATIVES: tuple[Column, ...] = (
    Column("rule", "str", "", "optimum, proportional, equal"),
    Column("visits", "int", "visits", "visits in all"),
    Column("officer_hours", "float", "officer-hours", "hours in all"),
    Column("covered_incidents", "float", "incidents", "modelled value of the rule"),
    Column("value_share", "float", "share", "value / value of the optimum"),
    Column("keeps_bounds", "bool", "", "whether the rule meets every floor and cap"),
)

BUDGET_CURVE: tuple[Column, ...] = (
    Column("officer_hours", "float", "officer-hours", "budget"),
    Column("budget_share", "float", "share", "budget / the plan's budget"),
    Column("covered_incidents", "float", "incidents", "best modelled value at that budget"),
    Column("per_extra_hour", "float", "incidents/hour", "value of one more visit per hour of it"),
)

ACCURACY: tuple[Column, ...] = (
    Column("method", "str", "", "how the pieces of ground were chosen"),
    Column("train_from", "str", "", "first month it was chosen by, YYYY-MM"),
    Column("train_to", "str", "", "last month it was chosen by, in the last split"),
    Column("test_from", "str", "", "first month it was tested on; later, split by split"),
    Column("test_to", "str", "", "last month it was tested on"),
    Column("pieces", "int", "", "pieces of ground; the mean over several splits, rounded"),
    Column("area_km2", "float", "km²", "their area a; the mean over several splits"),
    Column("area_share", "float", "share", "a / A, the area of the districts"),
    Column("incidents_train", "int", "incidents", "incidents it was chosen by"),
    Column("incidents_train_inside", "int", "incidents", "those inside"),
    Column("incidents_test", "int", "incidents", "later incidents N in the districts"),
    Column("incidents_test_inside", "int", "incidents", "those inside, n"),
    Column("hit_rate", "float", "share", "n / N"),
    Column("hit_rate_low", "float", "share", "lower end of its 95 % interval"),
    Column("hit_rate_high", "float", "share", "upper end"),
    Column("pai", "float", "", "(n / N) / (a / A)"),
    Column("pai_low", "float", "", "lower end of its 95 % interval"),
    Column("pai_high", "float", "", "upper end"),
    Column("pei", "float", "", "pai / that of the best in hindsight, where areas agree"),
    Column("ser", "float", "1/km²", "n / a"),
    Column("ppai", "float", "", "(n / N) / (a / A) ** 0.5"),
    Column("rri_stability", "float", "", "pai / pai in the months it was chosen by"),
    Column("rri_prediction", "float", "", "inside if months went on alike / observed inside"),
    Column("difference", "float", "share", "hit rate of this method less that of the row"),
    Column("difference_low", "float", "share", "lower end of its 95 % interval, months paired"),
    Column("difference_high", "float", "share", "upper end"),
    Column("note", "str", "", "what a reader must know of the row"),
)

ACCURACY_CURVE: tuple[Column, ...] = (
    Column("method", "str", "", "ranked units of ground, the best first"),
    Column("area_share", "float", "share", "share of the districts' area that was asked for"),
    Column("area_km2", "float", "km²", "area of the whole units nearest to it"),
    *(column for column in ACCURACY if column.name.startswith(("incidents_test", "hit_", "pai"))),
)

ACCURACY_MONTHS: tuple[Column, ...] = (
    Column("method", "str", "", "how the pieces of ground were chosen"),
    Column("month", "str", "", "month tested, YYYY-MM"),
    Column("incidents_test", "int", "incidents", "incidents of the month in the districts"),
    Column("incidents_test_inside", "int", "incidents", "those inside"),
)

# One row per position, start, end and category.
MOMENTS: tuple[Column, ...] = (
    Column("x_m", "float", "m", "easting in the working CRS"),
    Column("y_m", "float", "m", "northing in the working CRS"),
    Column("district", "str", "", "district that contains the position; empty outside all"),
    Column("category", "str", "", "offence category"),
    Column("selecting", "bool", "", "whether the category counts when hotspots are chosen"),
    Column("start", "time", "", "local time, to the minute; midnight where only the day is known"),
    Column("end", "time", "", "end of the span, to the minute; empty where there is none"),
    Column("timed", "bool", "", "whether start has a time of day"),
    Column("weight", "int", "incidents", "incidents at this position, with this start and end"),
)

HOTSPOT_TIMES: tuple[Column, ...] = (
    Column("hotspot_id", "str", "", "hotspot"),
    Column("weekday", "int", "", "1 is Monday, 7 is Sunday"),
    Column("hour", "int", "h", "hour of the day, 0 to 23, local time"),
    Column("incidents", "float", "incidents", "aoristic weight; empty in a declared profile"),
    Column("share", "float", "share", "share of the week's incidents, filled up where few"),
    Column("shrunk", "bool", "", "whether the district's profile fills it up to 100 incidents"),
    Column("basis", "str", "", "recorded, or declared by someone"),
)

HOTSPOT_PEAKS: tuple[Column, ...] = (
    Column("hotspot_id", "str", "", "hotspot"),
    Column("incidents", "float", "incidents", "selecting incidents with a time; empty: declared"),
    Column("shrunk", "bool", "", "whether the district's profile fills it up to 100 incidents"),
    Column("first_weekday", "int", "", "weekday on which the busiest part begins, 1 is Monday"),
    Column("weekdays", "int", "days", "weekdays in a row that it has"),
    Column("from_hour", "int", "h", "hour at which it begins"),
    Column("hours", "int", "h", "hours it lasts on each of those days, perhaps past midnight"),
    Column("share", "float", "share", "share of the incidents in it"),
    Column("week_share", "float", "share", "share of the week that it lasts"),
    Column("sentence", "str", "", "the same in words"),
)

REPEATS: tuple[Column, ...] = (
    Column("space_band", "str", "", "distance between the two of a pair, as an interval"),
    Column("time_band", "str", "", "days between the two of a pair, as an interval"),
    Column("over_m", "float", "m", "distance is above this; empty for the same place"),
    Column("to_m", "float", "m", "and at most this"),
    Column("from_days", "int", "days", "days between are at least this"),
    Column("to_days", "int", "days", "and at most this"),
    Column("observed", "int", "pairs", "pairs of incidents in both bands"),
    Column("expected", "float", "pairs", "mean over all permutations of the days"),
    Column("ratio", "float", "", "observed / expected; empty where none are expected"),
    Column("p", "float", "", "(1 + draws with at least as many) / (1 + draws)"),
)

#: Why a row does not count, in the order in which the reasons are tried.
REASONS: Mapping[str, str] = {
    "unreadable_row": "row cannot be parsed",
    "no_coordinates": "no coordinates",
    "unreadable_coordinates": "coordinates unreadable or impossible",
    "null_island": "at 0, 0 (null island)",
    "unreadable_date": "date unreadable",
    "outside_months": "outside the months asked for",
    "repeated_id": "repeated incident id",
    "other_category": "other category (shown, does not select)",
    "outside_districts": "outside the districts",
}

#: Values of a candidate's status that are no fault of its own.
SELECTED = "selected"
TOO_CLOSE = "too close to a better one"
OUTRANKED = "ranked below those selected"
SOUND: tuple[str, ...] = (SELECTED, TOO_CLOSE, OUTRANKED)

TABLES: Mapping[str, tuple[Column, ...]] = {
    "districts": DISTRICTS,
    "places": PLACES,
    "hotspots": HOTSPOTS,
    "candidates": CANDIDATES,
    "changes": CHANGES,
    "allocation": ALLOCATION,
    "alternatives": ALTERNATIVES,
    "budget_curve": BUDGET_CURVE,
    "accuracy": ACCURACY,
    "accuracy_curve": ACCURACY_CURVE,
    "accuracy_months": ACCURACY_MONTHS,
    "moments": MOMENTS,
    "hotspot_times": HOTSPOT_TIMES,
    "hotspot_peaks": HOTSPOT_PEAKS,
    "repeats": REPEATS,
}


def names(columns: Iterable[Column]) -> list[str]:
    """Names of some published columns, in order."""
    return [column.name for column in columns]


def require(table: pd.DataFrame, wanted: Sequence[str], what: str) -> None:
    """Check that `table` has the `wanted` columns.

    Raises
    ------
    InputError
        Some are missing; the message names them and those found.
    """
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise InputError(
            f"{what} has no column {', '.join(missing)}; found: {', '.join(map(str, table))}."
        )


@dataclass(frozen=True)
class Choice:
    """A value that was chosen from the data, with the rule that chose it."""

    setting: str
    value: str
    rule: str

    def __str__(self) -> str:
        return f"{self.setting} = {self.value} ({self.rule})"


@dataclass(frozen=True)
class Quality:
    """What became of every row read, and what the rows are like.

    Attributes
    ----------
    rows_read, rows_kept
        Rows in the input; rows that count towards hotspots.
    left_out
        Reason -> rows. ``rows_read == rows_kept + sum(left_out.values())`` always.
    files
        One entry per file read: name, bytes, sha256, rows.
    months, months_missing
        Months with data, and the months between the first and the last without any.
    facts
        Further measures: snapping, distance outside the districts, LSOA names that disagree.
    categories
        Category -> located rows inside the districts, with whether it selects.
    warnings
        Sentences a reader must see.
    """

    rows_read: int
    rows_kept: int
    left_out: Mapping[str, int]
    files: Sequence[Mapping[str, Any]]
    months: Sequence[str]
    months_missing: Sequence[str]
    facts: Mapping[str, float | int | str | None]
    categories: Sequence[Mapping[str, Any]]
    warnings: Sequence[str] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "left_out": dict(self.left_out),
            "files": [dict(file) for file in self.files],
            "months": list(self.months),
            "months_missing": list(self.months_missing),
            "facts": dict(self.facts),
            "categories": [dict(category) for category in self.categories],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True)
class Places:
    """Incidents as weighted places (columns `PLACES`), their months and their quality."""

    table: pd.DataFrame
    crs: str
    months: Sequence[str]
    days: int
    quality: Quality

    def __repr__(self) -> str:
        total = int(self.table["weight"].sum())
        return f"<Places: {len(self.table):,} rows, {total:,} incidents, {self.crs}>"


@dataclass(frozen=True)
class Moments:
    """Single moments (columns `MOMENTS`), and what the times are like.

    Attributes
    ----------
    table
        Incidents that count, and those of other categories or outside the districts.
    crs
        Working CRS.
    finest
        Whether the times of the input go down to the ``"hour"``, the ``"day"`` or the
        ``"month"``; without days the table is empty.
    facts
        ``moments_read`` incidents that count and have a day; of them
        ``moments_without_a_time``, ``moments_at_midnight``, ``moments_with_an_end``,
        ``moments_end_before_start`` (taken as their start) and ``moments_over_a_week``.
    """

    table: pd.DataFrame
    crs: str
    finest: Literal["hour", "day", "month"]
    facts: Mapping[str, int]

    def __repr__(self) -> str:
        total = int(self.table["weight"].sum())
        return f"<Moments: {len(self.table):,} rows, {total:,} incidents, to the {self.finest}>"


@dataclass(frozen=True)
class DensitySurface:
    """Kernel density on a metre grid.

    Attributes
    ----------
    values_per_km2
        Density at cell centres, shape (rows, columns), row 0 in the south; incidents of the
        whole period per km².
    inside
        Whether a cell's centre lies in a district, same shape.
    x_min_m, y_min_m, cell_size_m
        South-west corner of the grid and cell side.
    bandwidth_m, threshold_per_km2
        Reach of the kernel; density from which a cell is dense.
    crs
        CRS of the grid, for example ``"EPSG:27700"``.
    """

    values_per_km2: NDArray[np.float64]
    inside: NDArray[np.bool_]
    x_min_m: float
    y_min_m: float
    cell_size_m: float
    bandwidth_m: float
    threshold_per_km2: float
    crs: str

    def __repr__(self) -> str:
        rows, columns = self.values_per_km2.shape
        return (
            f"<DensitySurface: {rows} x {columns} cells of {self.cell_size_m:g} m, "
            f"bandwidth {self.bandwidth_m:g} m>"
        )


@dataclass(frozen=True)
class Previous:
    """An earlier plan: its hotspots (columns `PREVIOUS`), and ids it says were used before."""

    hotspots: gpd.GeoDataFrame
    retired: pd.DataFrame


@dataclass(frozen=True)
class Targeting:
    """Where: the selected hotspots, all candidates, the surface, and how they were found.

    Attributes
    ----------
    hotspots, candidates, districts
        Columns `HOTSPOTS`, `CANDIDATES` and `DISTRICTS`, in one projected CRS in metres.
    density, quality
        The surface, and what became of every row.
    settings
        Settings with nothing left open.
    choices, messages
        Values chosen from the data, and sentences on what did not go as asked.
    origin
        Whose data these are: ``source`` and ``districts_sha256`` (text), ``attribution`` (list).
    times, peaks
        Columns `HOTSPOT_TIMES` and `HOTSPOT_PEAKS`; None where nothing is known of hours.
    changes
        Columns `CHANGES`, against an earlier plan; None without one.
    """

    hotspots: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    density: DensitySurface
    quality: Quality
    settings: Settings
    choices: Sequence[Choice] = ()
    messages: Sequence[str] = ()
    origin: Mapping[str, Any] = field(default_factory=dict)
    times: pd.DataFrame | None = None
    peaks: pd.DataFrame | None = None
    changes: gpd.GeoDataFrame | None = None

    def summary(self) -> str:
        """One sentence on what was found."""
        sound = int((self.candidates["status"].isin(SOUND)).sum())
        served = self.hotspots["district"].nunique()
        return (
            f"{len(self.hotspots)} hotspots from {sound} sound candidates in {served} of "
            f"{len(self.districts)} districts, holding {self.hotspots['incidents'].sum():,} of "
            f"{self.quality.rows_kept:,} incidents on "
            f"{self.hotspots['area_km2'].sum():.2f} km²."
        )


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """Whether incidents near each other are also close in time (columns `REPEATS`).

    Attributes
    ----------
    table
        Pairs in every band of distance and days, beside what chance would give.
    incidents, first_day, last_day
        Incidents that were paired, and the days of the first and the last, ``YYYY-MM-DD``.
    crs
        CRS in which distances were measured.
    draws, seed
        Random permutations of the days, and their seed.
    quality, choices
        What became of every row, and what was decided on the way.
    """

    table: pd.DataFrame
    incidents: int
    first_day: str
    last_day: str
    crs: str
    draws: int
    seed: int
    quality: Quality
    choices: Sequence[Choice] = ()

    def summary(self) -> str:
        """One or two sentences: from what, and the band that stands out most.

        A band stands out where it holds more pairs than chance gives with p at most 0.05
        divided by the number of bands.
        """
        said = f"{self.incidents:,} incidents, {self.first_day} to {self.last_day}."
        limit = 0.05 / len(self.table)
        above = self.table[(self.table["p"] <= limit) & (self.table["ratio"] > 1)]
        if above.empty:
            if 1 / (1 + self.draws) > limit:
                return (
                    f"{said} {self.draws} permutations are too few to tell any of "
                    f"{len(self.table)} bands from chance; take {int(1 / limit)} or more."
                )
            return f"{said} No band holds clearly more pairs than chance gives."
        best = above.sort_values("ratio", ascending=False, kind="stable").iloc[0]
        return (
            f"{said} Most above chance: {best['space_band']}, {best['time_band']}, with "
            f"{best['observed']:,} pairs where {best['expected']:,.1f} are expected "
            f"({best['ratio']:.2f} times, p = {best['p']:.3g})."
        )


@dataclass(frozen=True)
class Allocation:
    """How many hours: the exact optimum, the plain rules beside it, and the budget curve."""

    table: pd.DataFrame
    alternatives: pd.DataFrame
    budget_curve: pd.DataFrame
    budget_hours: float
    hours_per_visit: float
    days: int
    weeks: int
    messages: Sequence[str] = ()

    @property
    def hours(self) -> float:
        """Officer-hours handed out."""
        return float(self.table["officer_hours"].sum())

    def summary(self) -> str:
        """One sentence on the hours and what the optimum gains."""
        share = self.alternatives.set_index("rule")["value_share"]
        return (
            f"{self.hours:,.2f} of {self.budget_hours:,.2f} officer-hours in "
            f"{int(self.table['visits'].sum()):,} visits; a split in proportion to incidents "
            f"reaches {share['proportional']:.1%} of this plan's modelled value, an equal split "
            f"{share['equal']:.1%}."
        )


@dataclass(frozen=True)
class Plan:
    """The plan of record: where, how many hours, from what, by which settings."""

    targeting: Targeting
    allocation: Allocation
    settings: Settings
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def hotspots(self) -> gpd.GeoDataFrame:
        """Hotspots with their allocation beside them, best first."""
        hours = self.allocation.table.drop(columns="district")
        return self.targeting.hotspots.merge(hours, on="hotspot_id", how="left", validate="1:1")

    def summary(self) -> str:
        """Two sentences: where, and how many hours."""
        return f"{self.targeting.summary()} {self.allocation.summary()}"


@dataclass(frozen=True)
class Backtest:
    """How well hotspots chosen by earlier months held later incidents, beside plain methods.

    Attributes
    ----------
    table
        Columns `ACCURACY`: this method first, plain methods by falling hit rate, and last what
        could have been known in hindsight only.
    curve
        Columns `ACCURACY_CURVE`: ranked units at equal shares of the area.
    months
        Columns `ACCURACY_MONTHS`: what the intervals were drawn from.
    verdict
        Sentences: which plain methods this one beats, and which it loses to.
    settings, choices, messages
        As the last split resolved and said them.
    provenance
        Title, marking, attribution and what else every output carries.
    """

    table: pd.DataFrame
    curve: pd.DataFrame
    months: pd.DataFrame
    verdict: Sequence[str]
    settings: Settings
    choices: Sequence[Choice] = ()
    messages: Sequence[str] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def summary(self) -> str:
        """What was found, in the words of the verdict."""
        return " ".join(self.verdict)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one of many runs.

    Attributes
    ----------
    name, folder
        Name of the job; folder of its files below the common one, made from the name.
    status
        ``"done"``, ``"failed"``, or ``"skipped"`` where there was nothing to run.
    message
        Why it failed or was skipped, in one line.
    kept
        Whether an earlier, complete run of the same input and settings still stood.
    seconds
        How long it took; None where nothing was run.
    title, marking, attribution
        What its page says about itself.
    incidents, hotspots, districts, districts_served, officer_hours
        Counts of its plan; None without one.
    """

    name: str
    folder: str
    status: Literal["done", "failed", "skipped"]
    message: str = ""
    kept: bool = False
    seconds: float | None = None
    title: str = ""
    marking: str = ""
    attribution: Sequence[str] = ()
    incidents: int | None = None
    hotspots: int | None = None
    districts: int | None = None
    districts_served: int | None = None
    officer_hours: float | None = None
