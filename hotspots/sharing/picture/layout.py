"""The sheet: heading, map, legend, the list of hotspots with their hours, sources and limits."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hotspots.sharing import raster
from hotspots.sharing.page.text import figure, scaled
from hotspots.sharing.picture.labels import Box
from hotspots.sharing.picture.letters import fitted, line, wrapped
from hotspots.sharing.picture.map_part import (
    BORDER,
    DENSITY_OPACITY,
    FORMER,
    HOTSPOT,
    INK,
    map_marks,
)
from hotspots.sharing.picture.scene import HEIGHT, WIDTH, Mark, Scene, Shape, Text
from hotspots.sharing.surfaces.about import about

if TYPE_CHECKING:
    from hotspots.frames import Plan

_MARGIN = 40.0
_MAP = Box(_MARGIN, 112.0, 1150.0, 1030.0)
_PANEL = Box(1176.0, 112.0, WIDTH - _MARGIN, 1030.0)
_ROW, _LEAST_ROW = 21.0, 15.0
_GREY = "#37474f"
_EDITIONS = {
    "restricted": "",
    "partner": " Edition for partners.",
    "public": " Edition for the public.",
}


def compose(plan: Plan) -> Scene:
    """Compose the static map of a plan on an A4 sheet, in the working CRS.

    The surface is that of the page, in the same classes; hotspots carry their rank, which leads
    to the list beside the map.

    Parameters
    ----------
    plan
        The plan, with its provenance.
    """
    density = plan.targeting.density
    months = max(1, len(plan.targeting.quality.months))
    monthly, breaks = raster.monthly_classes(density, months)
    said = about(plan)
    title = line(said["title"])
    marks = [
        Shape(rings=[_ring(Box(0, 0, WIDTH, HEIGHT))], fill="#ffffff"),
        *_heading(plan, title),
        *map_marks(plan, _MAP, monthly, breaks),
        *_panel(plan, breaks, months),
        *_footer(plan),
    ]
    names = ", ".join(line(name)[:60] for name in plan.targeting.hotspots["name"])
    return Scene(
        title=title,
        description=f"{_headline(plan)} Hotspots by rank: {names}."[:2000],
        marks=marks,
    )


def _headline(plan: Plan) -> str:
    hotspots = plan.targeting.hotspots
    served = hotspots["district"].nunique()
    hours = plan.district_totals["officer_hours"].iloc[-1]
    return (
        f"{line(about(plan)['period'])}. {len(hotspots)} hotspots in {served} of "
        f"{len(plan.targeting.districts)} districts, {figure(hours)} "
        f"officer-hours in {plan.allocation.weeks} weeks.{_EDITIONS[plan.audience]}"
    )


def _heading(plan: Plan, title: str) -> Iterator[Mark]:
    yield from _marking(plan, 26.0)
    most = WIDTH - 2 * _MARGIN
    yield Text(x=_MARGIN, y=68, text=fitted(title, most, 30, bold=True), size=30, bold=True)
    yield Text(x=_MARGIN, y=98, text=fitted(_headline(plan), most, 17), size=17, colour=_GREY)


def _marking(plan: Plan, y: float) -> Iterator[Mark]:
    text = fitted(line(about(plan)["marking"]), 900, 14, bold=True)
    yield Text(x=WIDTH / 2, y=y, text=text, size=14, bold=True, anchor="middle")


def _footer(plan: Plan) -> Iterator[Mark]:
    """Sources, and what the map must not be taken for."""
    said = about(plan)
    most = WIDTH - 2 * _MARGIN
    credit = " ".join(line(text) for text in said["attribution"])
    made = f"Made with hotspots {line(said['version'])}, {line(said['crs'])}."
    limits = " ".join(line(text) for text in (*said["limits"], *said["edition"]))
    size, step, lines = (11.0, 13.0, 3) if said["edition"] else (12.5, 17.0, 2)
    texts = [*wrapped(f"{credit} {made}", most, size, 2), *wrapped(limits, most, size, lines)]
    for number, text in enumerate(texts):
        yield Text(x=_MARGIN, y=1050 + step * number, text=text, size=size, colour=_GREY)
    yield from _marking(plan, HEIGHT - 10)


def _panel(plan: Plan, breaks: Sequence[float], months: int) -> Iterator[Mark]:
    x, y = _PANEL.left, _PANEL.top + 14
    density = plan.targeting.density
    yield Text(x=x, y=y, text="Density of incidents", size=16, bold=True)
    yield Text(x=x, y=y + 19, text="per km² and month", size=13, colour=_GREY)
    y += 30
    lower = [f"{value:,g}" for value in breaks]
    ranges = [f"{low} to {high}" for low, high in itertools.pairwise(lower)]
    labels = [*ranges, f"{lower[-1]} and more"]
    colours = raster.colours_of(plan.settings.sharing.palette, len(breaks))
    for number, (colour, label) in enumerate(zip(colours, labels, strict=True)):
        left, top = x + (number % 2) * 195, y + (number // 2) * 22
        yield Shape(
            rings=[_ring(Box(left, top, left + 30, top + 16))],
            fill=colour, opacity=DENSITY_OPACITY,
        )  # fmt: skip
        yield Text(x=left + 38, y=top + 13, text=label, size=13)
    y += 22 * ((len(labels) + 1) // 2) + 16
    facts = f"Kernel of {scaled(density.bandwidth_m)} m on cells of {scaled(density.cell_size_m)} m"
    if not density.class_bounds_per_km2:
        facts += f"; dense from {scaled(density.threshold_per_km2 / months)}"
    for text in wrapped(f"{facts}.", _PANEL.right - x, 12.5, 2):
        yield Text(x=x, y=y, text=text, size=12.5, colour=_GREY)
        y += 17
    y += 8
    for label, outline, wide, dash in _symbols(plan):
        rule = [_ring(Box(x + 2, y - 11, x + 28, y + 2))]
        yield Shape(rings=rule, stroke=outline, width=wide, dash=dash)
        yield Text(x=x + 38, y=y, text=label, size=13)
        y += 22
    yield from _list(plan, y + 16)


def _symbols(plan: Plan) -> Iterator[tuple[str, str, float, tuple[float, ...]]]:
    yield "Hotspot, with its number in the list", HOTSPOT, 1.8, ()
    yield "District", BORDER, 1.4, ()
    changes = plan.targeting.changes
    if changes is not None and (changes["change"] == "left").any():
        yield "Former hotspot", FORMER, 2.0, (2.0, 4.0)


def _list(plan: Plan, y: float) -> Iterator[Mark]:
    """Hotspots by rank with their hours, as many as there is room for."""
    table = plan.hotspots
    x, right = _PANEL.left, _PANEL.right
    yield Text(x=x, y=y, text="Hotspots", size=16, bold=True)
    yield Text(x=right, y=y, text="officer-hours", size=13, colour=_GREY, anchor="end")
    room = _PANEL.bottom - y - 10
    step = min(_ROW, max(_LEAST_ROW, room / max(1, len(table))))
    fitting = int(room / step + 1e-9)
    shown = len(table) if len(table) <= fitting else fitting - 1
    size = min(13.5, step - 3)
    for row in table.head(shown).itertuples(index=False):
        y += step
        hours = figure(row.officer_hours)
        yield Text(x=x + 24, y=y, text=figure(row.rank), size=size, bold=True, anchor="end")
        name = fitted(line(row.name), right - x - 110, size)
        yield Text(x=x + 34, y=y, text=name, size=size)
        yield Text(x=right, y=y, text=hours, size=size, anchor="end")
    if shown < len(table):
        rest = f"and {len(table) - shown} more, in the plan's table"
        yield Text(x=x + 34, y=y + step, text=rest, size=size, colour=INK)


def _ring(box: Box) -> np.ndarray:
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
