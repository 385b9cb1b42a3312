"""From a plan to dated patrols, and to the files that are handed out."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import NothingFoundError, SettingsError
from hotspots.frames import ANY_DAY, ANY_TIME, POLICE, Allocation, Plan, Roster
from hotspots.programme.plans import read_plan
from hotspots.programme.stages import Progress, Stages
from hotspots.settings import Settings

if TYPE_CHECKING:
    import pandas as pd


def roster(
    plan: Plan | str | Path,
    *,
    from_date: str | datetime.date | None = None,
    weeks: int | None = None,
    settings: Settings | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Roster:
    """Turn a plan into dated patrols for some weeks.

    Every hotspot gets its share of the plan's visits, to within one. They are spread evenly over
    the days, keep the time that must be between two visits to one hotspot, and are packed into
    patrols by district, provider and shift, on shortest rounds with random starts. On the
    no-patrol days of the crossover design a hotspot has no visit.

    Parameters
    ----------
    plan
        The plan, or the path of its plan.gpkg.
    from_date
        First day, a date or YYYY-MM-DD; otherwise the one in the settings.
    weeks
        Weeks from there; otherwise those in the settings.
    settings
        Settings whose room ``roster`` counts. None: those of the plan.
    out
        Folder for roster.xlsx, roster.csv, roster.ics, cards.html, design.csv and roster.json,
        which appear together or not at all. None: nothing is written.
    progress
        Called with a sentence at the start of each stage.

    Returns
    -------
    Roster
        Patrols, their stops, the randomised days, hours by hotspot, and what each shift needs.

    Raises
    ------
    InputError
        The plan cannot be read, or the travel times.
    SettingsError
        No first day, more weeks than the programme has, a shift too short for a visit, or a
        public audience: times of patrols are never published.
    InfeasibleError
        Visits do not fit with the time that must be between them.
    NothingFoundError
        The plan has no visit.
    OutputError
        The folder cannot be written to.

    Examples
    --------
    >>> import hotspots
    >>> plan = hotspots.run(hotspots.sample_incidents(), "west-yorkshire")
    >>> rota = hotspots.roster(plan, from_date="2027-04-05", weeks=4)
    >>> planned = rota.hours["planned_visits"]
    >>> bool(((rota.hours["visits"] - planned).abs() <= 0.5).all())
    True
    """
    from hotspots.tasking.roster import roster as make

    stage = Stages(progress)
    if out is not None:
        from hotspots.sharing.files import output_folder

        output_folder(out)
    if not isinstance(plan, Plan):
        with stage("read_plan", f"Reading {Path(plan).name}"):
            plan = read_plan(plan)
    asked = (settings or plan.settings).to_dict()["roster"]
    if from_date is not None:
        asked["from_date"] = str(from_date)
    if weeks is not None:
        asked["weeks"] = weeks
    resolved = plan.settings.replace(roster=asked)
    if (settings or resolved).sharing.audience == "public":
        raise SettingsError(
            "Times of patrols have no public edition, and sharing.audience is 'public'; make the "
            "roster for 'restricted' or 'partner'."
        )
    visits = _visits(plan.allocation)
    if not visits["visits"].sum():
        raise NothingFoundError("The plan has no visit, so there is no patrol to make.")
    with stage("roster", "Making patrols"):
        made = make(visits, plan.targeting.hotspots, resolved.tasking, resolved.roster)
    found = Roster(
        patrols=made.patrols,
        stops=made.stops,
        design=made.design,
        hours=made.hours,
        shifts=made.shifts,
        first_day=made.first_day,
        last_day=made.last_day,
        settings=resolved,
        provenance=_described(plan, resolved),
        messages=made.messages,
    )
    if out is not None:
        from hotspots.sharing import write_roster

        with stage("write", "Writing the roster"):
            write_roster(found, out)
    return found


def _visits(allocation: Allocation) -> pd.DataFrame:
    """The plan's visits; those of a plan without periods are at any time."""
    if allocation.visits is not None:
        return allocation.visits
    own = allocation.table[["hotspot_id", "district", "visits", "officer_hours"]]
    return own.assign(
        weekday=ANY_DAY, day_part=ANY_TIME, from_hour=0.0, part_hours=24.0, provider=POLICE,
        randomised_visits=0,
    )  # fmt: skip


def _described(plan: Plan, settings: Settings) -> dict[str, object]:
    """Provenance of the plan, with the roster's own marking, title and settings."""
    from hotspots.sharing.provenance import settings_sha256

    about = dict(plan.provenance)
    return about | {
        "title": f"Roster: {about['title']}",
        "marking": settings.roster.marking,
        "seed": settings.roster.seed,
        "settings_sha256": settings_sha256(settings),
    }
