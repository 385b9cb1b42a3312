"""What the page says about itself: title, period, sources, limits, how the plan was made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from hotspots.errors import OutputError
from hotspots.frames import REASONS
from hotspots.sharing.disclosure.bands import count_text
from hotspots.sharing.page.text import figure, percent, plain, scaled, setting_name, words
from hotspots.sharing.provenance import period_text

if TYPE_CHECKING:
    from hotspots.frames import Plan, Targeting

LIMITS = (
    "Recorded incidents show where crime was reported, not all crime. Their positions are "
    "approximate: incidents are recorded at the nearest of a list of map points. This page is "
    "decision support, not evidence about any person."
)


def attribution(plan: Plan) -> list[str]:
    """Whose rights must be named.

    Raises
    ------
    OutputError
        Nobody is named: such a page is not made.
    """
    given = plan.provenance.get("attribution") or plan.settings.sharing.attribution or ()
    found = [plain(text).strip() for text in ([given] if isinstance(given, str) else given)]
    found = [text for text in found if text]
    if not found:
        raise OutputError(
            "The map is not drawn: nobody is named as the source of boundaries and incidents, "
            "and their licences ask for it. Set sharing.attribution."
        )
    return found


def source(plan: Plan) -> str:
    """Where the incidents come from.

    Raises
    ------
    OutputError
        Nothing is known about it.
    """
    given = plan.provenance.get("source") or plan.settings.sharing.source
    if not plain(given).strip():
        raise OutputError(
            "The map is not drawn: it would not say where its incidents come from. Set "
            "sharing.source."
        )
    return plain(given)


def title(plan: Plan) -> str:
    """Title of the page: the one set, else made from the force or the districts."""
    given = plain(plan.provenance.get("title") or plan.settings.sharing.title).strip()
    if given:
        return given
    districts = plan.targeting.districts
    forces = sorted({plain(force) for force in districts.get("police_force", ())} - {""})
    names = [plain(name) for name in districts["district"]]
    if len(forces) == 1:
        return forces[0]
    return ", ".join(names) if len(names) <= 3 else f"{len(names)} districts"


def period(plan: Plan) -> str:
    """Months covered, in words."""
    given = plain(plan.provenance.get("period")).strip()
    return given or period_text(plan.targeting.quality.months)


def figures(plan: Plan) -> list[tuple[str, str, str]]:
    """Headline figures: key, value and what they count."""
    hotspots, allocation = plan.targeting.hotspots, plan.allocation
    every = plan.district_totals.iloc[-1]
    inside = every["incidents"] / max(1, plan.targeting.quality.rows_kept)
    land = float(plan.targeting.districts["area_km2"].sum())
    area_share = float(hotspots["area_km2"].sum()) / land if land > 0 else None
    hours = float(every["officer_hours"])
    visits = round(hours / allocation.hours_per_visit)
    served, districts = hotspots["district"].nunique(), len(plan.targeting.districts)
    counted = [("incident_share", _share(inside), "of counted incidents are in them")]
    return [
        ("hotspots", figure(len(hotspots)), f"hotspots in {served} of {districts} districts"),
        *(counted if plan.audience != "partner" else []),
        ("area_share", _share(area_share), "of the area is in them"),
        ("hours", figure(hours), f"officer-hours in {allocation.weeks} weeks"),
        (
            "visits",
            figure(visits),
            f"visits of {scaled(plan.settings.tasking.visit_minutes)} minutes",
        ),
    ]


def gain(plan: Plan) -> list[str]:
    """Sentences on what the plan gains over plain rules, and what half the hours would do."""
    rules = plan.allocation.alternatives.set_index("rule")
    found = []
    # empty in an edition in which it would give counts back
    share = float(rules["value_share"].get("proportional", math.nan))
    if share > 1:
        found.append(
            "A split in proportion to incidents would reach a higher modelled value than "
            "this plan because it ignores the floors and caps that the plan keeps."
        )
    elif share <= 1:
        size = "small" if share >= 0.9 else "clear"
        found.append(
            f"Splitting the hours in proportion to incidents reaches {percent(share)} of "
            f"this plan's modelled value: the gain over it is {size} "
            f"({percent(1 - share)}). Whole visits, floors and caps, and a rule that can "
            "be read are what the plan adds."
        )
    curve = plan.allocation.budget_curve
    if len(curve):
        half = curve.iloc[(curve["budget_share"] - 0.5).abs().argsort().iloc[0]]
        full = curve.iloc[(curve["budget_share"] - 1.0).abs().argsort().iloc[0]]
        if abs(half["budget_share"] - 0.5) < 0.06 and full["covered_incidents"] > 0:
            kept = half["covered_incidents"] / full["covered_incidents"]
            found.append(
                f"With half the hours the best plan would keep {percent(kept)} of this one's "
                "modelled value."
            )
    return found


def choices(targeting: Targeting) -> list[tuple[str, str, str]]:
    """List setting, value with its unit, and rule of every value chosen from the data."""
    rows = []
    for choice in targeting.choices:
        name, unit = setting_name(plain(choice.setting).rpartition(".")[2])
        value = plain(choice.value)
        bare = value.replace(".", "", 1).replace(",", "").lstrip("-").isdigit()
        rows.append((name, f"{value} {unit}".strip() if bare else value, plain(choice.rule)))
    return rows


def remarks(plan: Plan) -> list[str]:
    """Sentences that a reader must see, each once."""
    targeting = plan.targeting
    every = (*targeting.quality.warnings, *targeting.messages, *plan.allocation.messages)
    return list(dict.fromkeys(filter(None, map(plain, every))))


def stamp(provenance: Mapping[str, Any]) -> list[tuple[str, str]]:
    """List what the page was made from: name and value, without what is not known."""
    accuracy = provenance.get("transformation_accuracy_m")
    transformation = plain(provenance.get("transformation"))
    if transformation and accuracy is not None:
        transformation += f", accurate to {scaled(accuracy)} m"
    found = [
        ("Made with", f"hotspots {plain(provenance.get('version'))}".strip()),
        ("Settings", _short(provenance.get("settings_sha256"))),
        ("Boundaries", _short(provenance.get("districts_sha256"))),
        ("Working CRS", plain(provenance.get("crs"))),
        ("Transformation", transformation),
        *(("Input", text) for text in _inputs(provenance.get("input_sha256") or ())),
    ]
    return [(name, value) for name, value in found if value]


def left_out(targeting: Targeting) -> list[tuple[str, str]]:
    """Reason and rows of everything that was read but not counted, most first."""
    rows = [
        (words(REASONS.get(key, plain(key))), int(count))
        for key, count in targeting.quality.left_out.items()
    ]
    return [
        (reason, figure(count)) for reason, count in sorted(rows, key=lambda row: -row[1]) if count
    ]


def categories(plan: Plan) -> list[tuple[str, str, str]]:
    """Category, incidents, and whether it selects hotspots."""
    return [
        (
            plain(entry.get("category")),
            count_text(plan, entry.get("incidents", entry.get("rows"))),
            "yes" if entry.get("selects", entry.get("selecting")) else "no",
        )
        for entry in plan.targeting.quality.categories
    ]


def _inputs(files: Iterable[Mapping[str, Any]], most: int = 4) -> list[str]:
    listed = [f"{plain(file.get('name'))} {_short(file.get('sha256'))}".strip() for file in files]
    if len(listed) > most:
        return [*listed[: most - 1], f"and {len(listed) - most + 1} more files, see run.json"]
    return listed


def _short(checksum: object) -> str:
    text = plain(checksum)
    return f"sha256 {text[:12]}" if text else ""


def _share(value: Any) -> str:
    """Write a share with a digit more where it is below one per cent."""
    small = value is not None and value < 0.01
    return percent(value, 2 if small else 1)
