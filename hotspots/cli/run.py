"""hotspots demo, hotspots run: from incidents to a plan, once or many times."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.cli.options import (
    add_context,
    add_input,
    add_output,
    add_sharing,
    add_targeting,
    add_tasking,
    on_top,
    settings_of,
)
from hotspots.cli.parsing import DONE, INTERRUPTED, NOTHING
from hotspots.errors import SettingsError
from hotspots.programme import EACH
from hotspots.settings import Settings
from hotspots.trees import read_toml

if TYPE_CHECKING:
    from hotspots.programme import Job


# Operation Hotspot's first year, for the demonstration.
_DEMO_HOURS = 26_108.0


def add(verbs: Any) -> None:
    """Add the verbs demo and run."""
    demo = verbs.add_parser("demo", help="whole path on bundled real data of West Yorkshire")
    add_output(demo, "maps/demo")
    demo.set_defaults(act=_demo)

    run = verbs.add_parser("run", help="incidents to hotspots, hours, map and workbook")
    run.set_defaults(act=_run)
    run.objection = _objection
    add_input(run, needed=False)
    targeting = add_targeting(run)
    targeting.add_argument(
        "--previous", metavar="PLAN.gpkg", help="earlier plan: keep its ids, list what changed"
    )
    targeting.add_argument(
        "--max-changes", type=int, metavar="K", help="of its hotspots at most so many may leave"
    )
    targeting.add_argument(
        "--overrides", metavar="FILE", help="what people decided: pin, forbid, add ... (TOML, CSV)"
    )
    add_tasking(run)
    add_sharing(run, editions=True)
    add_context(run)
    add_output(run, "maps")
    run.add_argument(
        "--refresh",
        action="store_true",
        help="keep the collapsed incident files in DIR/places, and read only those that are new",
    )
    many = run.add_argument_group("many runs, each in a folder of its own (docs/many.md)")
    many.add_argument(
        "--each", choices=EACH, help="a run per police force, district or selecting category"
    )
    where = many.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=int, metavar="N", help="processes (one per core)")
    where.add_argument("--cluster", metavar="tcp://HOST:PORT", help="run on a Dask cluster")
    many.add_argument("--fresh", action="store_true", help="run again what is complete, too")


def _objection(options: argparse.Namespace) -> str:
    """What is missing for `run`, where no settings file may hold it."""
    if options.config:
        return ""
    districts = options.districts or options.each == "force"
    missing = [
        name
        for name, given in (("INCIDENTS", options.incidents), ("--districts", districts))
        if not given
    ]
    return f"the following arguments are required: {', '.join(missing)}" if missing else ""


def _demo(options: argparse.Namespace) -> int:
    from hotspots.programme import sample_incidents

    settings = Settings.from_dict(
        {
            "targeting": {"hotspots": 26},
            "tasking": {"hours": _DEMO_HOURS},
            "sharing": {"title": "Demonstration patrol plan: West Yorkshire, three Julys"},
        }
    )
    return _plan([sample_incidents()], "west-yorkshire", settings, options)


def _run(options: argparse.Namespace) -> int:
    jobs = _jobs(options)
    if jobs:
        return _many(jobs, options)
    settings = settings_of(options)
    for name in ("jobs", "cluster", "fresh"):
        if getattr(options, name):
            raise SettingsError(
                f"--{name} goes with many runs; give --each, or a settings file with [[jobs]]."
            )
    for name, given in (("INCIDENTS", options.incidents), ("--districts", options.districts)):
        if not given:
            raise SettingsError(
                f"{name} is missing, and {options.config} lists no [[jobs]]; see hotspots run "
                "--help."
            )
    return _plan(options.incidents, options.districts, settings, options)


def _jobs(options: argparse.Namespace) -> list[Job]:
    """Jobs that the options ask for; none for a single run."""
    listed = "jobs" in read_toml(options.config) if options.config else False
    if not (listed or options.each):
        return []
    if options.refresh:
        raise SettingsError("--refresh goes with a single run; many runs keep what is complete.")
    from hotspots import programme, terminal

    if listed:
        if options.each:
            raise SettingsError(f"{options.config} lists jobs; leave out --each, or the jobs.")
        jobs = programme.read_jobs(
            options.config, incidents=options.incidents, districts=options.districts
        )
        return [replace(job, settings=on_top(job.settings, options)) for job in jobs]
    if not options.incidents:
        raise SettingsError("INCIDENTS is missing; see hotspots run --help.")
    terminal.progress(f"Looking which {options.each} has incidents")
    return programme.jobs_for_each(
        options.each, options.incidents, options.districts, settings=settings_of(options)
    )


def _many(jobs: Sequence[Job], options: argparse.Namespace) -> int:
    from hotspots import programme, terminal

    try:
        runs = programme.run_many(
            jobs,
            out=options.out,
            workers=options.jobs,
            cluster=options.cluster,
            fresh=options.fresh,
            title=settings_of(options).sharing.title,
            progress=terminal.say,
        )
    except KeyboardInterrupt:
        terminal.say(
            "hotspots: interrupted; what is done stays, and the same command goes on from there."
        )
        return INTERRUPTED
    if options.json:
        print(json.dumps(terminal.runs_as_json(runs), indent=2))  # noqa: T201
    else:
        terminal.show_runs(runs)
    failed = [outcome.name for outcome in runs.of("failed")]
    if failed:
        listed = ", ".join(failed[:5]) + (", ..." if len(failed) > 5 else "")
        terminal.say(f"hotspots: {len(failed)} of {len(runs.outcomes)} runs failed: {listed}.")
    return NOTHING if failed else DONE


def _plan(
    incidents: Sequence[str | Path], districts: str, settings: Settings, options: argparse.Namespace
) -> int:
    from hotspots import programme, terminal

    plan = programme.run(
        incidents,
        districts,
        settings=settings,
        out=options.out,
        refresh=getattr(options, "refresh", False),
        progress=terminal.progress,
    )
    paths = [Path(options.out) / name for name in programme.OUTPUTS]
    if options.json:
        print(json.dumps(terminal.plan_as_json(plan, paths), indent=2))  # noqa: T201
    else:
        terminal.show_plan(plan, paths)
    return DONE
