"""A plan for an audience: everything beyond it is removed or made coarser, before anything is made.

The page, the workbook, the GeoPackage and the lists are all made from what comes out of here, so
nothing else can reach them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from hotspots.errors import OutputError
from hotspots.frames import Allocation, Plan, Targeting
from hotspots.settings import (
    DistrictSettings,
    IntakeSettings,
    Settings,
    TargetingSettings,
    TaskingSettings,
)
from hotspots.sharing.disclosure.columns import Edition, reduced
from hotspots.sharing.disclosure.counts import Shown, shown_counts
from hotspots.sharing.disclosure.hours import reduced_hours
from hotspots.sharing.disclosure.quality import reduced_choices, reduced_quality
from hotspots.sharing.disclosure.spots import reduced_changes, reduced_hotspots
from hotspots.sharing.disclosure.surface import reduced_surface

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hotspots.settings import Audience

#: What is said of a plan to every audience.
_PROVENANCE = (
    "version", "title", "marking", "audience", "period", "source", "attribution", "rows_read",
    "rows_kept", "input_sha256", "districts_sha256", "settings_sha256", "crs", "transformation",
    "transformation_accuracy_m", "seed", "limits",
)  # fmt: skip

#: Settings that editions show; all others stand at their defaults.
_SETTINGS: Mapping[type, tuple[str, ...]] = {
    IntakeSettings: ("categories", "from_month", "to_month"),
    DistrictSettings: ("crs",),
    TargetingSettings: (
        "hotspots", "method", "kernel", "every_district", "bandwidth_m", "area_cap_km2",
        "mean_area_km2", "min_width_m", "rank_by",
    ),
    TaskingSettings: (
        "hours", "pounds", "pounds_per_hour", "weeks", "days_per_week", "visit_minutes",
        "travel_minutes", "crew", "q",
    ),
}  # fmt: skip


def for_audience(
    plan: Plan,
    audience: Audience | None = None,
    *,
    positions: tuple[ArrayLike, ArrayLike] | None = None,
) -> Plan:
    """Make the edition of a plan that an audience may see.

    Parameters
    ----------
    plan
        The plan of record, or an edition of it; it is not changed.
    audience
        ``"restricted"``, ``"partner"`` or ``"public"``; by default that of the settings.
    positions
        Positions of incidents in the working CRS, x and y, where they are at hand: the points
        that stand for hotspots keep off them.

    Returns
    -------
    Plan
        With the same tables and columns, of which some are empty; the plan itself where it is for
        that audience already.

    Raises
    ------
    OutputError
        The edition is for another audience, or there are too few incidents to publish anything.
    """
    wanted: Audience = audience or plan.settings.sharing.audience
    if plan.audience == wanted:
        return plan
    if plan.audience != "restricted":
        raise OutputError(
            f"This is the {plan.audience} edition of a plan, and no {wanted} edition can be made "
            "of it; make that from the plan of record."
        )
    edition = cast(Edition, wanted)
    sharing = plan.settings.sharing
    kept = plan.targeting.quality.rows_kept
    if edition == "public" and kept < sharing.suppress_below:
        raise OutputError(
            f"No public edition is made: only {kept} incidents count, fewer than "
            f"{sharing.suppress_below} (sharing.suppress_below)."
        )
    shown = shown_counts(plan, edition)
    settings = _settings(plan.settings, edition)
    return Plan(
        targeting=_targeting(plan, edition, shown, settings, positions),
        allocation=_allocation(plan, edition, shown),
        settings=settings,
        provenance=_provenance(plan.provenance, edition),
        audience=edition,
        totals=shown.totals,
    )


def _targeting(
    plan: Plan,
    edition: Edition,
    shown: Shown,
    settings: Settings,
    positions: tuple[ArrayLike, ArrayLike] | None,
) -> Targeting:
    found = plan.targeting
    districts = reduced(found.districts, "districts")
    if "incidents" in districts:
        districts["incidents"] = shown.districts
    return Targeting(
        hotspots=reduced_hotspots(plan, edition, shown, positions),
        candidates=found.candidates.iloc[:0].copy(),
        districts=districts,
        density=reduced_surface(
            found.density,
            found.settings.targeting,
            months=max(1, len(found.quality.months)),
            edition=edition,
            least=plan.settings.sharing.suppress_below,
        ),
        quality=reduced_quality(plan, edition),
        settings=settings,
        choices=reduced_choices(found.choices),
        messages=_says(plan, edition, shown),
        changes=None if found.changes is None else reduced_changes(plan, edition),
    )


def _allocation(plan: Plan, edition: Edition, shown: Shown) -> Allocation:
    own = plan.allocation
    table, alternatives = reduced_hours(plan, shown)
    return Allocation(
        table=table,
        alternatives=alternatives,
        budget_curve=own.budget_curve.iloc[:0].copy(),
        budget_hours=own.budget_hours,
        hours_per_visit=own.hours_per_visit,
        days=own.days,
        weeks=own.weeks,
    )


def _settings(settings: Settings, edition: Edition) -> Settings:
    rooms: dict[str, Any] = {}
    for room, kind in (
        ("intake", IntakeSettings),
        ("districts", DistrictSettings),
        ("targeting", TargetingSettings),
        ("tasking", TaskingSettings),
    ):
        own = getattr(settings, room)
        rooms[room] = kind(**{name: getattr(own, name) for name in _SETTINGS[kind]})
    return Settings(**rooms, sharing=replace(settings.sharing, audience=edition))


def _provenance(provenance: Mapping[str, Any], edition: Edition) -> dict[str, Any]:
    found = {key: provenance[key] for key in _PROVENANCE if key in provenance}
    files = found.get("input_sha256")
    if files and edition == "public":
        found["input_sha256"] = [
            {**file, "name": f"file {number}"} for number, file in enumerate(files, start=1)
        ]
    return found | {"audience": edition}


def _says(plan: Plan, edition: Edition, shown: Shown) -> list[str]:
    """What a reader of an edition must know of it."""
    sharing = plan.settings.sharing
    if edition == "partner":
        said = [
            "Edition for partners: counts of incidents stand in bands, whose least count is the "
            f"number in tables; hours are rounded to {sharing.round_hours:g}; times, trends, "
            "measures made of exact counts and places that were not selected are left out.",
        ]
    else:
        said = [
            f"Edition for the public: counts below {sharing.suppress_below} are withheld, with "
            "others from which they could be worked out; the density is drawn coarsely; hours are "
            f"rounded to {sharing.round_hours:g}; times, trends, measures made of exact counts and "
            "places that were not selected are left out.",
        ]
        number = int(shown.withheld.sum())
        if number:
            said.append(
                f"Count and hours of {number} {'hotspot is' if number == 1 else 'hotspots are'} "
                "withheld, and hotspots are ordered by what is published."
            )
    said.append("Outlines follow squares of 50 m, so they differ a little from those patrolled.")
    surface = plan.targeting.settings.targeting
    if surface.kernel != "fixed" or surface.relative_to is not None:
        said.append(
            "The density is left out: how few incidents could make a colour is not known for it."
        )
    return said
