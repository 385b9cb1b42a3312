"""The index of many runs: one page without scripts, and the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hotspots.frames import Outcome
from hotspots.sharing.files import publish
from hotspots.sharing.page import assets
from hotspots.sharing.page.document import style_policy
from hotspots.sharing.page.text import figure, plain
from hotspots.sharing.provenance import LIMITS, to_json
from hotspots.version import __version__

_WORDS = {"done": "Done", "failed": "Failed", "skipped": "Skipped"}


def write_index(outcomes: Sequence[Outcome], folder: str | Path, *, title: str) -> list[Path]:
    """Write index.html and index.json, both or neither.

    Parameters
    ----------
    outcomes
        In the order in which they are listed.
    folder
        Where the folders of the runs lie.
    title
        Title of the page.

    Returns
    -------
    list of Path
        The two files. The same outcomes give the same bytes, however long the runs took and
        whether they were kept from before.
    """

    def page(path: Path) -> None:
        path.write_text(index_page(outcomes, title=title), encoding="utf-8", newline="\n")

    def record(path: Path) -> None:
        text = to_json(index_record(outcomes, title=title))
        path.write_text(text, encoding="utf-8", newline="\n")

    return publish(folder, {"index.html": page, "index.json": record})


def index_record(outcomes: Sequence[Outcome], *, title: str) -> dict[str, Any]:
    """List what became of every run, as plain values."""
    return {
        "version": __version__,
        "title": title,
        "marking": _marking(outcomes),
        "attribution": _attribution(outcomes),
        "counts": {
            "jobs": len(outcomes),
            **{status: _number(outcomes, status) for status in _WORDS},
        },
        "jobs": [
            {
                "name": outcome.name,
                "status": outcome.status,
                "message": outcome.message,
                "folder": outcome.folder,
                "map": _map(outcome),
                "title": outcome.title,
                "hotspots": outcome.hotspots,
                "incidents": outcome.incidents,
                "districts": outcome.districts,
                "districts_served": outcome.districts_served,
                "officer_hours": outcome.officer_hours,
            }
            for outcome in outcomes
        ],
    }


def index_page(outcomes: Sequence[Outcome], *, title: str) -> str:
    """HTML of the index: whole in itself, nothing in it runs or loads."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = assets.index_style()
    done = [outcome for outcome in outcomes if outcome.status == "done"]
    figures = [(figure(_number(outcomes, status)), status) for status in _WORDS]
    figures += [
        (figure(sum(outcome.hotspots or 0 for outcome in done)), "hotspots"),
        (figure(sum(outcome.officer_hours or 0 for outcome in done)), "officer-hours"),
    ]
    return environment.from_string(assets.index_template()).render(
        policy=style_policy([style]),
        style=style,
        title=plain(title),
        marking=plain(_marking(outcomes)),
        limits=LIMITS[0],
        figures=figures,
        rows=[_row(outcome) for outcome in outcomes],
        attribution=[plain(text) for text in _attribution(outcomes)],
    )


def _row(outcome: Outcome) -> dict[str, Any]:
    return {
        "status": outcome.status,
        "word": _WORDS[outcome.status],
        "name": plain(outcome.name),
        "message": plain(outcome.message),
        "map": _map(outcome),
        "hotspots": figure(outcome.hotspots),
        "incidents": figure(outcome.incidents),
        "served": f"{figure(outcome.districts_served)} of {figure(outcome.districts)}",
        "hours": figure(outcome.officer_hours),
    }


def _map(outcome: Outcome) -> str | None:
    return f"{outcome.folder}/map.html" if outcome.status == "done" else None


def _number(outcomes: Sequence[Outcome], status: str) -> int:
    return sum(outcome.status == status for outcome in outcomes)


def _marking(outcomes: Sequence[Outcome]) -> str:
    """Every marking among the runs: the page shows something of each."""
    return " / ".join(sorted({outcome.marking for outcome in outcomes if outcome.marking}))


def _attribution(outcomes: Sequence[Outcome]) -> list[str]:
    return list(dict.fromkeys(text for outcome in outcomes for text in outcome.attribution))
