"""The front door: parse the command line, call the programme, print."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from hotspots.errors import HotspotsError, NothingFoundError, SettingsError
from hotspots.settings import Settings
from hotspots.version import __version__

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

    def error(self, message: str) -> NoReturn:
        raise SettingsError(f"{message[0].upper()}{message[1:]}; see {self.prog} --help.")


def parser() -> argparse.ArgumentParser:
    """Build the command line."""
    top = _Parser(
        prog="hotspots",
        description="From incident points to hotspots, patrol hours and one map that opens "
        "anywhere.",
        epilog="Exit status: 0 done, 1 nothing to do, 2 wrong input (one line says what).",
    )
    top.add_argument("--version", action="version", version=f"hotspots {__version__}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)

    demo = verbs.add_parser("demo", help="whole path on bundled real data of West Yorkshire")
    _add_output(demo, "maps/demo")

    check = verbs.add_parser("check", help="report on the quality of incident data only")
    _add_input(check, districts_needed=False)
    check.add_argument("--json", action="store_true", help="print the report as JSON on stdout")

    run = verbs.add_parser("run", help="incidents to hotspots, hours, map and workbook")
    _add_input(run, districts_needed=True)
    targeting = run.add_argument_group("targeting (what is left out is chosen and announced)")
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
    tasking = run.add_argument_group("tasking")
    budget = tasking.add_mutually_exclusive_group()
    budget.add_argument("--hours", type=float, metavar="H", help="budget in officer-hours")
    budget.add_argument("--pounds", type=float, metavar="P", help="budget in pounds")
    tasking.add_argument("--rate", type=float, metavar="P", help="pounds an hour (38.30)")
    tasking.add_argument("--weeks", type=int, metavar="N", help="weeks in the programme (52)")
    sharing = run.add_argument_group("sharing")
    sharing.add_argument("--title", help="title of the map")
    sharing.add_argument("--marking", help="protective marking (OFFICIAL)")
    sharing.add_argument("--source", help="where the incidents come from")
    sharing.add_argument("--attribution", help="whose rights must be named")
    _add_output(run, "maps")
    return top


def _add_input(verb: argparse.ArgumentParser, *, districts_needed: bool) -> None:
    verb.add_argument(
        "incidents", nargs="+", metavar="INCIDENTS", help="CSV, folder, zip or vector files"
    )
    verb.add_argument(
        "--districts",
        required=districts_needed,
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
        "--category", action="append", metavar="NAME", help="selecting category; once for each"
    )
    verb.add_argument("--from", dest="from_month", metavar="YYYY-MM", help="first month")
    verb.add_argument("--to", dest="to_month", metavar="YYYY-MM", help="last month")


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
    settings = Settings.from_file(options.config) if options.config else Settings()
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
    return _plan(options.incidents, options.districts, settings_of(options), options)


def _plan(
    incidents: Sequence[str | Path], districts: str, settings: Settings, options: argparse.Namespace
) -> int:
    from hotspots import programme, terminal

    plan = programme.run(
        incidents, districts, settings=settings, out=options.out, progress=terminal.progress
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


_VERBS = {"demo": _demo, "run": _run, "check": _check}


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
