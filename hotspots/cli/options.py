"""Options that several verbs share, and the settings they fill."""

from __future__ import annotations

import argparse
from typing import Any, get_args

from hotspots.cli.sweep import add_sweep
from hotspots.errors import SettingsError
from hotspots.settings import Audience, Settings

#: Option -> room and setting it fills.
OPTIONS = {
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
    "sweep": ("targeting", "sweep"),
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
    "max_changes": ("targeting", "max_changes"),
    "overrides": ("targeting", "overrides"),
    "hours": ("tasking", "hours"),
    "pounds": ("tasking", "pounds"),
    "rate": ("tasking", "pounds_per_hour"),
    "weeks": ("tasking", "weeks"),
    "hotspot_floor": ("tasking", "hotspot_floor_hours"),
    "district_floor": ("tasking", "district_floor_hours"),
    "max_gap": ("tasking", "max_gap_days"),
    "title": ("sharing", "title"),
    "marking": ("sharing", "marking"),
    "source": ("sharing", "source"),
    "attribution": ("sharing", "attribution"),
    "audience": ("sharing", "audience"),
    "roads": ("sharing", "roads"),
    "places": ("sharing", "places"),
    "tiles": ("sharing", "tiles"),
    "tile_attribution": ("sharing", "tile_attribution"),
}


def add_input(verb: argparse.ArgumentParser, *, needed: bool = True) -> None:
    """Add the incidents and how they are read."""
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


def add_targeting(verb: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add how hotspots are looked for; returns the group."""
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
    add_sweep(targeting)
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


def add_tasking(verb: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add the budget."""
    tasking = verb.add_argument_group("tasking")
    budget = tasking.add_mutually_exclusive_group()
    budget.add_argument("--hours", type=float, metavar="H", help="budget in officer-hours")
    budget.add_argument("--pounds", type=float, metavar="P", help="budget in pounds")
    tasking.add_argument("--rate", type=float, metavar="P", help="pounds an hour (38.30)")
    tasking.add_argument("--weeks", type=int, metavar="N", help="weeks in the programme (52)")
    tasking.add_argument(
        "--hotspot-floor", type=float, metavar="H", help="least officer-hours of every hotspot"
    )
    tasking.add_argument(
        "--district-floor", type=float, metavar="H", help="least officer-hours of every district"
    )
    tasking.add_argument(
        "--max-gap", type=int, metavar="DAYS", help="a visit in every so many days on end"
    )
    tasking.add_argument(
        "--day-part",
        action="append",
        metavar="NAME=HH:MM-HH:MM",
        help="plan by weekday and part of the day; once for each part",
    )
    return tasking


def add_sharing(verb: argparse.ArgumentParser, *, editions: bool = False) -> None:
    """Add what outputs say about themselves, and perhaps whom they are for."""
    sharing = verb.add_argument_group("sharing")
    sharing.add_argument("--title", help="title of what is written")
    sharing.add_argument("--marking", help="protective marking (OFFICIAL)")
    sharing.add_argument("--source", help="where the incidents come from")
    sharing.add_argument("--attribution", help="whose rights must be named")
    if editions:
        sharing.add_argument(
            "--audience",
            choices=get_args(Audience),
            help="whom the outputs are for (restricted); docs/sharing.md",
        )


def add_context(verb: argparse.ArgumentParser) -> None:
    """Add what helps to find the way on the map."""
    context = verb.add_argument_group("on the map")
    context.add_argument("--roads", metavar="FILE", help="vector file of lines")
    context.add_argument("--places", metavar="FILE", help="vector file of points with a name")
    context.add_argument(
        "--tiles",
        metavar="URL",
        help="tile server, with {z}, {x} and {y}; it is asked for pictures",
    )
    context.add_argument("--tile-attribution", metavar="TEXT", help="whose tiles these are")


def add_output(verb: argparse.ArgumentParser, folder: str) -> None:
    """Add the folder of outputs."""
    verb.add_argument("--out", default=folder, metavar="DIR", help=f"output folder ({folder})")
    verb.add_argument("--json", action="store_true", help="print the summary as JSON on stdout")


def with_context(settings: Settings, options: argparse.Namespace) -> Settings:
    """Settings with what `add_context` added on top."""
    names = ("roads", "places", "tiles", "tile_attribution")
    given = {name: getattr(options, name) for name in names}
    return settings.replace(
        sharing={name: value for name, value in given.items() if value is not None}
    )


def settings_of(options: argparse.Namespace, kept: Settings | None = None) -> Settings:
    """Settings from the file named by --config, with the command line on top.

    Without a file those `kept` from elsewhere, or the defaults.

    Raises
    ------
    SettingsError
        A value is out of its range, or a --column is not written OURS=THEIRS.
    """
    if options.config:
        return on_top(Settings.from_file(options.config), options)
    return on_top(kept or Settings(), options)


def on_top(settings: Settings, options: argparse.Namespace) -> Settings:
    """Settings with those of the command line on top."""
    rooms: dict[str, dict[str, Any]] = {}
    for option, (room, name) in OPTIONS.items():
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
    if columns := _pairs(options, "column", "OURS=THEIRS, e.g. longitude=Lon"):
        known = dict(settings.intake.columns)
        rooms.setdefault("intake", {})["columns"] = {**known, **columns}
    if parts := _pairs(options, "day_part", "NAME=HH:MM-HH:MM, e.g. late=15:00-23:00"):
        rooms.setdefault("tasking", {})["day_parts"] = parts
    return settings.replace(**rooms)


def _pairs(options: argparse.Namespace, name: str, form: str) -> dict[str, str]:
    """What an option given several times says, each time NAME=VALUE."""
    pairs = {}
    for text in getattr(options, name, None) or ():
        left, equals, right = text.partition("=")
        if not (left and equals and right):
            raise SettingsError(f"--{name.replace('_', '-')} {text!r} is not {form}.")
        pairs[left] = right
    return pairs
