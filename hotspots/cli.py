"""The front door: parse the command line, call the programme, print."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from hotspots.errors import HotspotsError, NothingFoundError, SettingsError
from hotspots.programme import EACH, SPACE_BANDS_M, TIME_BANDS_DAYS
from hotspots.settings import Settings
from hotspots.trees import read_toml
from hotspots.version import __version__

if TYPE_CHECKING:
    from hotspots.programme import Job

DONE, NOTHING, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130

# Operation Hotspot's first year, for the demonstration.
_DEMO_HOURS = 26_108.0

#: Option -> room and setting it fills.
_OPTIONS = {
    "crs": ("intake", "crs"),
    "date_format": ("intake", "date_format"),
    "category": ("intake", "categories"),
    "from_month": ("intake", "from_month"),
    "to_month": ("intake", "to_month"),
    "name_column": ("districts", "name_column"),
    "repair_districts": ("districts", "repair"),
    "hotspots": ("targeting", "hotspots"),
    "bandwidth": ("targeting", "bandwidth_m"),
    "cell_size": ("targeting", "cell_size_m"),
    "eps": ("targeting", "eps_m"),
    "min_incidents": ("targeting", "min_incidents"),
    "area_cap": ("targeting", "area_cap_km2"),
    "mean_area": ("targeting", "mean_area_km2"),
    "method": ("targeting", "method"),
    "kernel": ("targeting", "kernel"),
    "relative_to": ("targeting", "relative_to"),
    "rank_by": ("targeting", "rank_by"),
    "harm_table": ("targeting", "harm_table"),
    "significance_q": ("targeting", "significance_q"),
    "redraws": ("targeting", "draws"),
    "previous": ("targeting", "previous"),
    "hours": ("tasking", "hours"),
    "pounds": ("tasking", "pounds"),
    "rate": ("tasking", "pounds_per_hour"),
    "weeks": ("tasking", "weeks"),
    "title": ("sharing", "title"),
    "marking": ("sharing", "marking"),
    "source": ("sharing", "source"),
    "attribution": ("sharing", "attribution"),
}


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line."""

    #: What is wrong with options that argparse takes each by itself; empty if nothing is.
    objection: Callable[[argparse.Namespace], str] = staticmethod(lambda options: "")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, and look at the options together."""
        options, rest = super().parse_known_args(args, namespace)
        if objection := self.objection(options):
            self.error(objection)
        return options, rest

    def error(self, message: str) -> NoReturn:
        raise SettingsError(f"{message[0].upper()}{message[1:]}; see {self.prog} --help.")


def parser() -> argparse.ArgumentParser:
    """Build the command line."""
    top = _Parser(
        prog="hotspots",
        description="From incident points to hotspots, patrol hours and one map that opens "
        "anywhere.",
        epilog="Exit status: 0 done, 1 nothing to do or some of many runs failed, 2 wrong input "
        "(one line says what).",
    )
    top.add_argument("--version", action="version", version=f"hotspots {__version__}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)

    demo = verbs.add_parser("demo", help="whole path on bundled real data of West Yorkshire")
    _add_output(demo, "maps/demo")

    check = verbs.add_parser("check", help="report on the quality of incident data only")
    _add_input(check)
    check.add_argument("--json", action="store_true", help="print the report as JSON on stdout")

    run = verbs.add_parser("run", help="incidents to hotspots, hours, map and workbook")
    _add_input(run, needed=False)
    run.objection = _objection
    _add_targeting(run).add_argument(
        "--previous", metavar="PLAN.gpkg", help="earlier plan: keep its ids, list what changed"
    )
    tasking = run.add_argument_group("tasking")
    budget = tasking.add_mutually_exclusive_group()
    budget.add_argument("--hours", type=float, metavar="H", help="budget in officer-hours")
    budget.add_argument("--pounds", type=float, metavar="P", help="budget in pounds")
    tasking.add_argument("--rate", type=float, metavar="P", help="pounds an hour (38.30)")
    tasking.add_argument("--weeks", type=int, metavar="N", help="weeks in the programme (52)")
    _add_sharing(run)
    _add_output(run, "maps")
    run.add_argument(
        "--refresh",
        action="store_true",
        help="keep the collapsed incident files in DIR/places, and read only those that are new",
    )
    _add_repeats(verbs)
    many = run.add_argument_group("many runs, each in a folder of its own (docs/many.md)")
    many.add_argument(
        "--each", choices=EACH, help="a run per police force, district or selecting category"
    )
    where = many.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=int, metavar="N", help="processes (one per core)")
    where.add_argument("--cluster", metavar="tcp://HOST:PORT", help="run on a Dask cluster")
    many.add_argument("--fresh", action="store_true", help="run again what is complete, too")

    _add_backtest(
        verbs.add_parser("backtest", help="accuracy on later months, beside plain methods")
    )
    return top


def _add_backtest(verb: argparse.ArgumentParser) -> None:
    _add_input(verb)
    verb.objection = lambda options: (  # type: ignore[attr-defined]
        "" if options.districts else "the following arguments are required: --districts"
    )
    when = verb.add_argument_group(
        "which months are tested, by those before them (the later half)"
    ).add_mutually_exclusive_group()
    when.add_argument("--split", metavar="YYYY-MM", help="first month tested")
    when.add_argument(
        "--rolling", type=int, metavar="K", help="test each of the last K months by itself"
    )
    _add_targeting(verb)
    _add_sharing(verb)
    verb.add_argument(
        "--out", metavar="DIR", help="write accuracy.html, accuracy.csv and accuracy.json there"
    )
    verb.add_argument("--json", action="store_true", help="print the result as JSON on stdout")


def _add_repeats(verbs: Any) -> None:
    verb = verbs.add_parser(
        "repeats", help="whether incidents follow each other closely in space and time"
    )
    _add_input(verb)
    space, time = (",".join(f"{bound:g}" for bound in b) for b in (SPACE_BANDS_M, TIME_BANDS_DAYS))
    verb.add_argument(
        "--space", metavar="M,M,...", help=f"upper bounds of distance bands, metres ({space})"
    )
    verb.add_argument(
        "--time", metavar="D,D,...", help=f"upper bounds of bands of days between ({time})"
    )
    verb.add_argument("--draws", type=int, default=999, metavar="N", help="permutations (999)")
    verb.add_argument("--seed", type=int, default=1, metavar="N", help="seed of them (1)")
    verb.add_argument("--out", metavar="FILE", help="write the table as FILE.csv or FILE.json")
    verb.add_argument("--json", action="store_true", help="print the table as JSON on stdout")


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


def _add_input(verb: argparse.ArgumentParser, *, needed: bool = True) -> None:
    verb.add_argument(
        "incidents",
        nargs="+" if needed else "*",
        metavar="INCIDENTS",
        help="CSV, folder, zip or vector files",
    )
    verb.add_argument(
        "--districts",
        metavar="NAME_OR_FILE",
        help='police force, district names ("Stevenage, Watford") or a boundary file',
    )
    verb.add_argument("--name-column", metavar="COLUMN", help="names in the boundary file")
    verb.add_argument("--repair-districts", action="store_true", help="repair invalid polygons")
    verb.add_argument("--config", metavar="FILE.toml", help="settings file")
    verb.add_argument(
        "--column",
        action="append",
        metavar="OURS=THEIRS",
        help="map a column, e.g. longitude=Lon; once for each",
    )
    verb.add_argument("--crs", help="CRS of easting and northing, e.g. EPSG:27700")
    verb.add_argument("--date-format", metavar="CODES", help="how dates are written (%%Y-%%m)")
    verb.add_argument(
        "--category",
        action="append",
        metavar="NAME",
        help="selecting category, once for each, or all",
    )
    verb.add_argument("--from", dest="from_month", metavar="YYYY-MM", help="first month")
    verb.add_argument("--to", dest="to_month", metavar="YYYY-MM", help="last month")


def _add_targeting(verb: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    targeting = verb.add_argument_group("targeting (what is left out is chosen and announced)")
    targeting.add_argument("--hotspots", type=int, metavar="N", help="how many (26)")
    targeting.add_argument(
        "--any-district", action="store_true", help="do not insist on one in every district"
    )
    targeting.add_argument("--bandwidth", type=float, metavar="M", help="kernel reach, metres")
    targeting.add_argument("--cell-size", type=float, metavar="M", help="grid cell, metres")
    targeting.add_argument("--eps", type=float, metavar="M", help="DBSCAN radius, metres")
    targeting.add_argument(
        "--min-incidents", type=int, metavar="N", help="incidents within eps of a core place"
    )
    targeting.add_argument("--area-cap", type=float, metavar="KM2", help="largest hotspot (0.1)")
    targeting.add_argument(
        "--mean-area", type=float, metavar="KM2", help="mean area of the hotspots (0.0625)"
    )
    targeting.add_argument(
        "--method",
        choices=("priced", "density", "dbscan", "hdbscan", "squares", "hexagons"),
        help="how pieces are cut out (priced)",
    )
    targeting.add_argument(
        "--rank-by", choices=("excess", "incidents", "shrunk", "harm"), help="what ranks (excess)"
    )
    targeting.add_argument(
        "--harm-table", metavar="FILE.csv", help="columns category and weight (Cambridge CHI)"
    )
    targeting.add_argument(
        "--significance-q", type=float, metavar="Q", help="drop candidates of a higher q value"
    )
    targeting.add_argument(
        "--redraws", type=int, metavar="N", help="draw incidents again, e.g. 199 times (0)"
    )
    targeting.add_argument("--kernel", choices=("fixed", "adaptive"), help="bandwidth (fixed)")
    targeting.add_argument(
        "--relative-to", metavar="FILE", help="density relative to people or premises in a file"
    )
    return targeting


def _add_sharing(verb: argparse.ArgumentParser) -> None:
    sharing = verb.add_argument_group("sharing")
    sharing.add_argument("--title", help="title of what is written")
    sharing.add_argument("--marking", help="protective marking (OFFICIAL)")
    sharing.add_argument("--source", help="where the incidents come from")
    sharing.add_argument("--attribution", help="whose rights must be named")


def _add_output(verb: argparse.ArgumentParser, folder: str) -> None:
    verb.add_argument("--out", default=folder, metavar="DIR", help=f"output folder ({folder})")
    verb.add_argument("--json", action="store_true", help="print the summary as JSON on stdout")


def settings_of(options: argparse.Namespace) -> Settings:
    """Settings from the file named by --config, with the command line on top.

    Raises
    ------
    SettingsError
        A value is out of its range, or a --column is not written OURS=THEIRS.
    """
    return _on_top(Settings.from_file(options.config) if options.config else Settings(), options)


def _on_top(settings: Settings, options: argparse.Namespace) -> Settings:
    """Settings with those of the command line on top."""
    rooms: dict[str, dict[str, Any]] = {}
    for option, (room, name) in _OPTIONS.items():
        value = getattr(options, option, None)
        if value is not None and value is not False:
            rooms.setdefault(room, {})[name] = value
    if getattr(options, "any_district", False):
        rooms.setdefault("targeting", {})["every_district"] = False
    budget = rooms.get("tasking", {})
    if "hours" in budget:
        budget["pounds"] = None
    elif "pounds" in budget:
        budget["hours"] = None
    if options.column:
        columns = dict(settings.intake.columns)
        for pair in options.column:
            ours, equals, theirs = pair.partition("=")
            if not (ours and equals and theirs):
                raise SettingsError(f"--column {pair!r} is not OURS=THEIRS, e.g. longitude=Lon.")
            columns[ours] = theirs
        rooms.setdefault("intake", {})["columns"] = columns
    return settings.replace(**rooms)


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
        return [replace(job, settings=_on_top(job.settings, options)) for job in jobs]
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


def _check(options: argparse.Namespace) -> int:
    from hotspots import programme, terminal

    quality = programme.check(options.incidents, options.districts, settings=settings_of(options))
    if options.json:
        print(json.dumps(quality.to_dict(), indent=2))  # noqa: T201
    else:
        terminal.show_quality(quality)
    return DONE


def _backtest(options: argparse.Namespace) -> int:
    from hotspots import programme, terminal

    result = programme.backtest(
        options.incidents,
        options.districts,
        split=options.split,
        rolling=options.rolling,
        settings=settings_of(options),
        progress=terminal.progress,
    )
    paths = []
    if options.out is not None:
        from hotspots.sharing import write_accuracy

        paths = write_accuracy(result, options.out)
    if options.json:
        print(json.dumps(terminal.backtest_as_json(result, paths), indent=2))  # noqa: T201
    else:
        terminal.show_backtest(result, paths)
    return DONE


def _repeats(options: argparse.Namespace) -> int:
    from hotspots import programme, terminal

    found = programme.repeats(
        options.incidents,
        options.districts,
        settings=settings_of(options),
        space_bands_m=_bounds("--space", options.space, SPACE_BANDS_M),
        time_bands_days=[
            int(x) for x in _bounds("--time", options.time, TIME_BANDS_DAYS, whole=True)
        ],
        draws=options.draws,
        seed=options.seed,
        out=options.out,
        progress=terminal.progress,
    )
    if options.json:
        print(json.dumps(terminal.repeats_as_json(found), indent=2))  # noqa: T201
    else:
        terminal.show_repeats(found, options.out)
    return DONE


def _bounds(
    option: str, text: str | None, default: Sequence[float], *, whole: bool = False
) -> list[float]:
    """Numbers of an option such as 100,200,400."""
    if text is None:
        return list(default)
    try:
        return [int(part) if whole else float(part) for part in text.split(",")]
    except ValueError:
        kind, example = ("whole days", "7,14,28") if whole else ("metres", "100,200,400")
        raise SettingsError(
            f"{option} must be {kind} separated by commas, e.g. {example}; it is {text!r}."
        ) from None


_VERBS = {"demo": _demo, "run": _run, "check": _check, "backtest": _backtest, "repeats": _repeats}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    try:
        options = parser().parse_args(arguments)
        return _VERBS[options.verb](options)
    except HotspotsError as error:
        from hotspots import terminal

        terminal.complain(error)
        return NOTHING if isinstance(error, NothingFoundError) else WRONG_INPUT
    except KeyboardInterrupt:
        sys.stderr.write("hotspots: interrupted; nothing was written.\n")
        return INTERRUPTED
    except BrokenPipeError:
        # the reader of our output went away; what was asked for is done
        sys.stderr.close()
        return DONE
