"""What the page shows without JavaScript: the words and the tables, as the template takes them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from hotspots.frames import LEFT_EARLIER
from hotspots.sharing.disclosure.bands import count_text
from hotspots.sharing.page import wording
from hotspots.sharing.page.overrides import overrides
from hotspots.sharing.page.tasking import planned_again, planned_hours
from hotspots.sharing.page.text import figure, number, percent, plain, scaled, setting_name
from hotspots.sharing.provenance import marking_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotspots.frames import Plan

_RULES = {
    "optimum": "This plan (best modelled value)",
    "proportional": "In proportion to incidents",
    "equal": "Equal hours for every hotspot",
    "proportional to harm": "In proportion to harm",
    "best places first": "Best places first, each to the full",
    "as last year": "Shared out as last year",
}


def content(plan: Plan, breaks: Sequence[float], colours: Sequence[str]) -> dict[str, Any]:
    """Everything the template shows, as cleaned text; the template escapes it.

    Parameters
    ----------
    plan
        The plan of record.
    breaks, colours
        Lower bounds of the density classes, incidents per km² and month, and their colours.

    Raises
    ------
    OutputError
        No source or nobody to attribute.
    """
    targeting, allocation = plan.targeting, plan.allocation
    quality, density = targeting.quality, targeting.density
    months = max(1, len(quality.months))
    heading = wording.title(plan)
    marking = plain(marking_line(plan.provenance, plan.settings.sharing.marking))
    return {
        "document_title": f"{heading}: hotspots and patrol hours",
        "title": heading,
        "marking": marking,
        "audience": plan.audience,
        "least": plan.settings.sharing.suppress_below,
        "period": wording.period(plan),
        "counted": figure(quality.rows_kept),
        "limits": wording.LIMITS,
        "source": wording.source(plan),
        "attribution": wording.attribution(plan),
        "figures": wording.figures(plan),
        "weeks": allocation.weeks,
        "rows": _rows(plan),
        "districts": _districts(plan),
        "busiest": _busiest(plan),
        "changes": _changes(plan),
        "overrides": overrides(plan),
        "planned_hours": planned_hours(plan),
        "planned_again": planned_again(plan),
        "alternatives": _alternatives(plan),
        "gain": wording.gain(plan),
        "visit": _visit(plan),
        "choices": wording.choices(targeting),
        "sweep": _sweep(plan),
        "remarks": wording.remarks(plan),
        "rows_read": figure(quality.rows_read),
        "rows_kept": figure(quality.rows_kept),
        "left_out": wording.left_out(targeting),
        "categories": wording.categories(plan),
        "stamp": wording.stamp(plan.provenance),
        "classes": _classes(breaks, colours),
        "cell": scaled(density.cell_size_m),
        "bandwidth": scaled(density.bandwidth_m),
        "threshold": scaled(density.threshold_per_km2 / months),
    }


def _rows(plan: Plan) -> list[dict[str, Any]]:
    """Make the hours table, best hotspot first, ready to be read."""
    table = plan.hotspots
    most = float(table["officer_hours"].max()) if len(table) else 0.0
    return [
        {
            "id": plain(row.hotspot_id),
            "name": _short_name(plain(row.name), plain(row.district)),
            "district": plain(row.district),
            "long": max(map(len, f"{row.name} {row.district}".split()), default=0) > 20,
            "incidents": count_text(plan, row.incidents),
            "area": figure(row.area_km2, 3),
            "per_km2": figure(row.incidents_per_km2),
            "months": f"{figure(row.periods_hot)} of {figure(row.periods)}",
            "hours": figure(row.officer_hours),
            "week": figure(row.hours_per_week, 1),
            "visits": figure(row.visits_per_day, 1),
            "bar": round(100 * row.officer_hours / most, 1) if row.officer_hours > 0 else 0,
        }
        for row in table.itertuples(index=False)
    ]


def _short_name(name: str, district: str) -> str:
    """Leave the district out of a name that ends with it: it stands beside it."""
    return name.removesuffix(f", {district}") or name


def _districts(plan: Plan) -> list[dict[str, Any]]:
    """Hotspots and hours by district, all districts, in the order of their names."""
    totals = plan.district_totals
    *hours, every = (float(value) for value in totals["officer_hours"])
    exact = plan.audience != "partner"
    found = []
    for name, spots, incidents, own in zip(
        totals["district"], totals["hotspots"], totals["incidents"], hours, strict=False
    ):
        rate = 1000 * own / incidents if exact and incidents > 0 else None
        found.append(
            {
                "name": plain(name),
                "hotspots": figure(spots),
                "incidents": count_text(plan, incidents),
                "hours": figure(own),
                "share": percent(own / every if every else 0.0),
                "rate": figure(rate),
            }
        )
    return found


def _busiest(plan: Plan) -> list[tuple[str, str]]:
    """Hotspot and when it is busiest, best hotspot first; empty where hours are not known."""
    peaks = plan.targeting.peaks
    if peaks is None:
        return []
    says = dict(zip(peaks["hotspot_id"], peaks["sentence"], strict=True))
    return [(plain(name), plain(says[name])) for name in plan.hotspots["hotspot_id"]]


def _changes(plan: Plan) -> list[dict[str, str]]:
    """What entered, remained and left since an earlier plan; nothing without one."""
    changes = plan.targeting.changes
    if changes is None:
        return []
    return [
        {
            "change": plain(row.change).capitalize(),
            "id": plain(row.hotspot_id) or plain(row.previous_id),
            "name": plain(row.name),
            "then": figure(row.per_day_then, 2),
            "now": figure(row.per_day_now, 2),
            "overlap": percent(row.overlap_share, 0),
        }
        for row in changes[changes["change"] != LEFT_EARLIER].itertuples(index=False)
    ]


def _sweep(plan: Plan) -> list[dict[str, Any]]:
    """Values that were tried for settings; nothing where none was swept."""
    table = plan.targeting.sweep
    if table is None:
        return []
    return [
        {
            "setting": setting_name(plain(row.setting))[0],
            "tried": number(row.value) is not None,
            "value": _swept(row.value, plain(row.unit)),
            "rule": plain(row.rule),
            "area": figure(row.area_km2, 2),
            "rate": percent(row.hit_rate),
            "pai": figure(row.pai, 1),
            "difference": _points(row),
            "chosen": "yes" if row.chosen else "",
            "note": "" if row.chosen else plain(row.note),
        }
        for row in table.itertuples(index=False)
    ]


def _swept(value: Any, unit: str) -> str:
    """Value that was tried, with its unit."""
    if unit == "share":
        return percent(value)
    if number(value) is None:
        return figure(None)
    return f"{scaled(value)} {unit.removeprefix('incidents ')}"


def _points(row: Any) -> str:
    """Difference to the value by rule in points of a per cent, with its interval."""
    ends = [number(end, 12) for end in (row.difference, row.difference_low, row.difference_high)]
    if None in ends:
        return figure(None)
    middle, low, high = (f"{100 * end:+.2f}" for end in ends if end is not None)
    return f"{middle} ({low} to {high})"


def _alternatives(plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "rule": _RULES.get(str(row.rule), plain(row.rule)),
            "hours": figure(row.officer_hours),
            "visits": figure(row.visits),
            "value": figure(row.covered_incidents),
            "share": percent(row.value_share),
            "keeps": "yes" if row.keeps_bounds else "no",
        }
        for row in plan.allocation.alternatives.itertuples(index=False)
    ]


def _visit(plan: Plan) -> str:
    """Say what a visit costs and what further visits of a day are worth."""
    tasking = plan.settings.tasking
    return (
        f"A visit is {scaled(tasking.visit_minutes)} minutes on site and "
        f"{scaled(tasking.travel_minutes)} minutes of travel for {tasking.crew} "
        f"{'officer' if tasking.crew == 1 else 'officers'}: "
        f"{scaled(plan.allocation.hours_per_visit)} officer-hours. Each further visit of a day "
        f"to the same hotspot counts {scaled(tasking.q)} times the one before."
    )


def _classes(breaks: Sequence[float], colours: Sequence[str]) -> list[dict[str, str]]:
    """Colour and range of every density class."""
    lower = [f"{value:,g}" if value < 1e5 else f"{value:,.0f}" for value in breaks]
    labels = [f"{low}–{high}" for low, high in itertools.pairwise(lower)]
    labels.append(f"{lower[-1]}+")
    if max(map(len, labels)) > 8:  # more than the width of a swatch
        labels = [f"{low}+" for low in lower]
    return [
        {"colour": colour, "label": label} for colour, label in zip(colours, labels, strict=True)
    ]
