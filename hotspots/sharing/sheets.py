"""What stands on the sheets of the workbook: tables made ready to read, filter and print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hotspots import frames
from hotspots.sharing.provenance import to_json

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.frames import Plan

#: Column -> its header, and a number format where the kind alone does not give it.
HEADERS: Mapping[str, tuple[str, str]] = {
    "hotspot_id": ("Hotspot", ""),
    "candidate_id": ("Candidate", ""),
    "rank": ("Rank", "0"),
    "rank_in_district": ("Rank in district", "0"),
    "incident_share": ("Share of incidents", "0.0%"),
    "area_km2": ("Area (km²)", "0.000"),
    "price_per_km2": ("Price of area (incidents per km²)", "#,##0"),
    "excess_incidents": ("Incidents beyond the price of its area", "#,##0.0"),
    "incidents_per_km2": ("Incidents per km²", "#,##0"),
    "incidents_per_day": ("Incidents per day", "0.00"),
    "peak_per_km2": ("Peak density (incidents per km²)", "#,##0"),
    "periods_hot": ("Months hot", "0"),
    "periods": ("Months with data", "0"),
    "shrunk_incidents": ("Incidents, shrunken", "#,##0.0"),
    "harm": ("Harm", "#,##0"),
    "rank_by_excess": ("Rank by incidents beyond the price", "0"),
    "rank_by_incidents": ("Rank by incidents", "0"),
    "rank_by_shrunk": ("Rank by shrunken incidents", "0"),
    "rank_by_harm": ("Rank by harm", "0"),
    "gi_star": ("Gi* (z)", "0.0"),
    "q_value": ("q value", "0.000"),
    "envelope_p": ("p of the peak, drawn again", "0.000"),
    "months_hot": ("Which months hot", ""),
    "hotspot_class": ("Class", ""),
    "trend": ("Trend (second half against first)", "+0%;-0%;0%"),
    "trend_low": ("Trend, lower end (95%)", "+0%;-0%;0%"),
    "trend_high": ("Trend, upper end (95%)", "+0%;-0%;0%"),
    "why": ("Why here", ""),
    "previous_id": ("Id in the earlier plan", ""),
    "overlap_share": ("Overlap with the earlier outline", "0%"),
    "incidents_then": ("Incidents then", "#,##0"),
    "incidents_now": ("Incidents now", "#,##0"),
    "per_day_then": ("Incidents per day then", "0.00"),
    "per_day_now": ("Incidents per day now", "0.00"),
    "override_id": ("Override", ""),
    "cost_covered_incidents": ("Cost (modelled covered incidents)", "#,##0.0"),
    "cost_share": ("Cost (share of the value without it)", "0.00%"),
    "x_m": ("Easting (m)", "0"),
    "y_m": ("Northing (m)", "0"),
    "officer_hours": ("Officer-hours", "#,##0.00"),
    "hours_per_week": ("Officer-hours per week", "#,##0.00"),
    "hours_share": ("Share of officer-hours", "0.0%"),
    "covered_incidents": ("Covered incidents (modelled)", "#,##0.0"),
    "equal_hours": ("Officer-hours, equal split", "#,##0.00"),
    "proportional_hours": ("Officer-hours, split by incidents", "#,##0.00"),
    "value_share": ("Share of the optimum's value", "0.0%"),
    "keeps_bounds": ("Keeps floors and caps", ""),
    "budget_share": ("Share of the budget", "0%"),
    "covered_without": ("Covered incidents without it", "#,##0.0"),
    "price_incidents": ("Price in covered incidents", "#,##0.0"),
    "price_share": ("Price as a share", "0.00%"),
    "best_incidents": ("Best plan then, covered incidents", "#,##0.0"),
    "visits_in_common": ("Visits in common with it", "#,##0"),
    "visits_under_every_q": ("Visits that stay under every q", "#,##0"),
    "randomised_visits": ("Visits kept for randomised days", "#,##0"),
    "part_hours": ("Hours it lasts", "0.0"),
    "patrols": ("Patrols", "#,##0"),
    "per_extra_hour": ("Covered incidents per extra hour", "0.000"),
    "hotspot_incidents": ("Incidents in hotspots", "#,##0"),
    "hours_per_1000": ("Officer-hours per 1,000 incidents", "#,##0.0"),
    "hours_per_1000_inside": ("Officer-hours per 1,000 incidents in hotspots", "#,##0.0"),
    "share": ("Share", "0.0%"),
    "week_share": ("Share of the week", "0.0%"),
    "first_weekday": ("First weekday (1 is Monday)", "0"),
    "from_hour": ("From hour", "0"),
    "swept_value": ("Value", "General"),
    "train_from": ("Chosen by, first month", ""),
    "train_to": ("Chosen by, last month", ""),
    "test_from": ("Measured on, first month", ""),
    "test_to": ("Measured on, last month", ""),
    "incidents_test": ("Later incidents", "#,##0"),
    "hit_rate": ("Hit rate", "0.0%"),
    "pai": ("PAI", "#,##0.0"),
    "equal_area_km2": ("Compared on (km²)", "0.000"),
    "hit_rate_equal": ("Hit rate on that area", "0.00%"),
    "hit_rate_default": ("Hit rate of the value by rule", "0.00%"),
    "difference": ("Difference", "+0.00%;-0.00%;0.00%"),
    "difference_low": ("Difference, lower end (95%)", "+0.00%;-0.00%;0.00%"),
    "difference_high": ("Difference, upper end (95%)", "+0.00%;-0.00%;0.00%"),
    **{f"hour_{hour:02d}": (f"{hour:02d}", "0.0%") for hour in range(24)},
}

# Tables whose columns mean something else under the same name, and their sheets.
_OTHER_TABLES = {
    "changes": "Changes",
    "overrides": "Overrides",
    "alternatives": "Alternatives",
    "budget_curve": "Budget curve",
    "sweep": "Sweep",
    "prices": "Prices",
    "sensitivity": "Sensitivity",
}

# First on paper and on the screen; the other columns follow and are not printed.
_HOTSPOTS_FIRST = [
    "hotspot_id", "name", "district", "rank", "incidents", "incident_share", "area_km2",
    "incidents_per_day", "visits", "officer_hours", "visits_per_day", "hours_per_week",
    "hours_share", "why", "note",
]  # fmt: skip
_CANDIDATES_FIRST = [
    "candidate_id", "name", "district", "rank", "incidents", "incident_share", "area_km2",
    "periods_hot", "periods", "hotspot_class", "q_value", "hotspot_id", "status", "note",
]  # fmt: skip


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Sheet(NamedTuple):
    """One sheet: its name, what it says in a sentence, its table, and how it is laid out."""

    name: str
    says: str
    table: pd.DataFrame
    bars: Sequence[str] = ()
    frozen: int = 1
    printed: int | None = None
    scale: Sequence[str] = ()


def sheets(plan: Plan) -> list[Sheet]:
    """The sheets of a plan's workbook, in order."""
    targeting, allocation = plan.targeting, plan.allocation
    hotspots, candidates = (
        table[first + [name for name in table if name not in (*first, "geometry")]]
        for table, first in (
            (plan.hotspots, _HOTSPOTS_FIRST),
            (targeting.candidates[frames.names(frames.CANDIDATES)], _CANDIDATES_FIRST),
        )
    )
    return [
        Sheet(
            "Hotspots",
            _says(plan),
            hotspots,
            bars=("incidents", "officer_hours"),
            frozen=2,
            printed=len(_HOTSPOTS_FIRST),
        ),
        *_changes(plan),
        *_overrides(plan),
        Sheet("Districts", "Hotspots and hours by district.", _districts(plan), ("officer_hours",)),
        Sheet(
            "Alternatives",
            "What plain rules would reach beside the plan. Covered incidents are modelled.",
            allocation.alternatives[frames.names(frames.ALTERNATIVES)],
        ),
        *_times(plan),
        Sheet(
            "Budget curve",
            "The best modelled value that each budget can reach.",
            allocation.budget_curve[frames.names(frames.BUDGET_CURVE)],
        ),
        *_hours(plan),
        Sheet(
            "Candidates",
            "Every candidate that was looked at, and why it was selected or dropped.",
            candidates,
            frozen=2,
            printed=len(_CANDIDATES_FIRST),
        ),
        *_sweep(plan),
        Sheet("Data quality", "What became of every row that was read.", _quality(plan), frozen=2),
        Sheet("About", "What this plan was made from, and its limits.", _about(plan), frozen=2),
    ]


def _says(plan: Plan) -> str:
    """What was found, and the hours, in one line."""
    allocation = plan.allocation
    if plan.audience == "restricted":
        visits = int(allocation.table["visits"].sum())
        hours = f"{allocation.hours:,.2f} officer-hours in {visits:,} visits."
        return f"{plan.targeting.summary()} {hours}"
    every = plan.district_totals.iloc[-1]
    served = plan.targeting.hotspots["district"].nunique()
    return (
        f"{every['hotspots']} hotspots in {served} of {len(plan.targeting.districts)} districts, "
        f"about {every['officer_hours']:,.0f} officer-hours. {' '.join(plan.targeting.messages)}"
    )


def _hours(plan: Plan) -> list[Sheet]:
    """When and by whom, what constraints cost, and the plan under other assumptions."""
    allocation = plan.allocation
    told = (
        ("visits", "Visits", "When each hotspot is visited and by whom, over the programme.", 1),
        ("patrols", "Patrols", "Whole patrols of each district over the programme.", 1),
        ("prices", "Prices", "What each floor, cap and other constraint costs (modelled).", 1),
        ("sensitivity", "Sensitivity", "This plan beside the best one under other assumptions.", 1),
    )
    sheets = []
    for table, name, says, frozen in told:
        rows = getattr(allocation, table)
        if rows is not None and len(rows):
            columns = frames.names(frames.TABLES[table])
            sheets.append(Sheet(name, says, _with_weekdays(rows[columns]), frozen=frozen))
    return sheets


def _with_weekdays(table: pd.DataFrame) -> pd.DataFrame:
    """Write weekdays as words."""
    if "weekday" not in table:
        return table
    words = ("every patrol day", *WEEKDAYS)
    return table.assign(weekday=[words[day] for day in table["weekday"]])


def _changes(plan: Plan) -> list[Sheet]:
    """What became of the hotspots of an earlier plan, where there is one."""
    changes = plan.targeting.changes
    if changes is None:
        return []
    table = changes[frames.names(frames.CHANGES)]
    says = "What entered, remained and left since the earlier plan."
    return [Sheet("Changes", says, table, frozen=4)]


def _overrides(plan: Plan) -> list[Sheet]:
    """What people decided about hotspots, and what it costs, where they did."""
    if plan.overrides is None:
        return []
    shown = [name for name in frames.names(frames.OVERRIDES) if name != "definition"]
    says = (
        "What people decided about single hotspots, and why. The cost is what the plan would cover "
        "more without it; below 0 it gains."
    )
    return [Sheet("Overrides", says, plan.overrides[shown], frozen=4)]


def _sweep(plan: Plan) -> list[Sheet]:
    """Values that were tried for settings, where some were swept."""
    tried = plan.targeting.sweep
    if tried is None:
        return []
    table = tried[frames.names(frames.SWEEP)].rename(columns={"value": "swept_value"})
    says = "Settings chosen by accuracy on later months within the period, and what was tried."
    return [Sheet("Sweep", says, table, frozen=2)]


def _districts(plan: Plan) -> pd.DataFrame:
    """Hotspots, incidents and hours of each district, in the order of the districts."""
    totals = plan.district_totals.iloc[:-1].drop_duplicates("district").set_index("district")
    table = plan.targeting.districts.drop(columns="geometry").set_index("district_code")
    table = table[["district", "police_force", "area_km2", "incidents"]].assign(
        **{
            new: totals[name].reindex(table["district"].astype(str)).to_numpy()
            for new, name in (
                ("hotspots", "hotspots"),
                ("hotspot_incidents", "incidents"),
                ("officer_hours", "officer_hours"),
            )
        }
    )
    hours = table["officer_hours"]
    table["hours_share"] = hours / hours.sum() if hours.sum() else 0.0
    table["hours_per_1000"] = 1000 * hours / table["incidents"].where(table["incidents"] > 0)
    inside = table["hotspot_incidents"]
    table["hours_per_1000_inside"] = 1000 * hours / inside.where(inside > 0)
    if plan.audience == "partner":  # the counts are least ones of bands
        table[["hours_per_1000", "hours_per_1000_inside"]] = np.nan
    result: pd.DataFrame = table.reset_index()
    return result


def _times(plan: Plan) -> list[Sheet]:
    """Weekday by hour for every hotspot, and its busiest part of the week, where known."""
    times, peaks = plan.targeting.times, plan.targeting.peaks
    if times is None or peaks is None:
        return []
    names = [f"hour_{hour:02d}" for hour in range(24)]
    ids = times["hotspot_id"].iloc[::168].to_numpy().repeat(7)
    heat = times[["weekday"]].iloc[::24].reset_index(drop=True)
    heat["weekday"] = [WEEKDAYS[day - 1] for day in heat["weekday"]]
    heat.insert(0, "hotspot_id", ids)
    shares = times["share"].to_numpy().reshape(-1, 24)
    heat[names] = shares
    basis = set(times["basis"])
    what = "declared for all hotspots alike" if basis == {"declared"} else "recorded incidents"
    return [
        Sheet(
            "Times",
            f"Share of each hotspot's week in every hour ({what}); the hour 00 is 00:00-01:00.",
            heat,
            frozen=2,
            scale=names,
        ),
        Sheet(
            "Busiest hours",
            "The part of the week that stands out most in each hotspot.",
            peaks[frames.names(frames.HOTSPOT_PEAKS)],
        ),
    ]


def _quality(plan: Plan) -> pd.DataFrame:
    """Every row accounted for, then what the rows are like."""
    import pandas as pd

    quality = plan.targeting.quality
    total = quality.rows_kept + sum(quality.left_out.values())
    counts = [
        ("Rows", "Rows read", quality.rows_read),
        *(
            ("Left out", frames.REASONS.get(reason, reason), count)
            for reason, count in quality.left_out.items()
        ),
        ("Rows", "Rows kept", quality.rows_kept),
    ]
    rows: list[tuple[str, str, object, float | None]] = [
        (*row, row[2] / quality.rows_read if quality.rows_read else None) for row in counts
    ]
    adds_up = "yes" if total == quality.rows_read else f"no: {total - quality.rows_read:+,} rows"
    rows += [
        ("Check", "Rows kept and left out together", total, None),
        ("Check", "Adds up to the rows read", adds_up, None),
        ("Months", "Months with data", ", ".join(quality.months), None),
        ("Months", "Months missing", ", ".join(quality.months_missing) or "none", None),
    ]
    rows += [("Fact", name.replace("_", " "), fact, None) for name, fact in quality.facts.items()]
    for category in quality.categories:
        use = "selects hotspots" if category["selects"] else "shown only"
        rows.append(("Category", f"{category['category']} ({use})", category["incidents"], None))
    rows += [("File", str(file["name"]), file.get("rows"), None) for file in quality.files]
    rows += [("Warning", "", warning, None) for warning in quality.warnings]
    table = pd.DataFrame(rows, columns=["part", "measure", "value", "share"], dtype=object)
    return table.astype({"share": "float64"})


def _about(plan: Plan) -> pd.DataFrame:
    """Provenance, settings that were chosen with their rules, columns and limits."""
    import pandas as pd

    rows: list[tuple[str, str, object, str]] = []
    for key, value in plan.provenance.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                rows.append(("Input", str(one["name"]), one["sha256"], f"{one['bytes']:,} bytes"))
            else:
                part = "Limits" if key == "limits" else "Provenance"
                rows.append((part, key.replace("_", " "), one, ""))
    rows += [("Chosen", one.setting, one.value, one.rule) for one in plan.targeting.choices]
    for text in (*plan.targeting.messages, *plan.allocation.messages):
        rows.append(("Message", "", text, ""))
    for room, values in plan.settings.to_dict().items():
        for key, value in values.items():
            plain = isinstance(value, int | float | str | None)
            shown = value if plain else to_json(value, indent=None).strip()
            rows.append(("Setting", f"{room}.{key}", shown, ""))
    known: set[tuple[str, str]] = set()
    optional = {
        "changes": plan.targeting.changes,
        "overrides": plan.overrides,
        "sweep": plan.targeting.sweep,
        "prices": plan.allocation.prices,
        "sensitivity": plan.allocation.sensitivity,
    }
    others = [one for one in _OTHER_TABLES if one not in optional or optional[one] is not None]
    for table in ("hotspots", "allocation", "districts", "candidates", *others):
        for column in frames.TABLES[table]:
            sheet = _OTHER_TABLES.get(table, "")
            if (column.name, sheet) not in known:
                part = f"Column of {sheet}" if sheet else "Column"
                rows.append((part, header_of(column.name), column.meaning, column.unit))
            known.add((column.name, sheet))
    return pd.DataFrame(rows, columns=["part", "item", "value", "rule"], dtype=object)


def header_of(name: str) -> str:
    """Header of a column as people read it."""
    return HEADERS.get(name, (name.replace("_", " ").capitalize(), ""))[0]
