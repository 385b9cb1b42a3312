"""Accuracy as a page without scripts, as a table and as JSON."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import OutputError
from hotspots.sharing.chart import curve_chart, hit_rate_chart
from hotspots.sharing.files import clean_text, publish
from hotspots.sharing.page import assets
from hotspots.sharing.page.document import style_policy
from hotspots.sharing.page.text import NOT_KNOWN, figure, percent, plain
from hotspots.sharing.provenance import (
    LIMITS,
    check_provenance,
    marking_line,
    records,
    to_json,
)

if TYPE_CHECKING:
    from hotspots.frames import Backtest

#: What `write_accuracy` writes.
ACCURACY_FILES = ("accuracy.html", "accuracy.csv", "accuracy.json")


def write_accuracy(result: Backtest, folder: str | Path) -> list[Path]:
    """Write accuracy.html, accuracy.csv and accuracy.json, all of them or none.

    Parameters
    ----------
    result
        From `hotspots.backtest`.
    folder
        Where to; made if it is not there.

    Returns
    -------
    list of Path
        The files. The same result gives the same bytes.

    Raises
    ------
    InputError
        The result does not say where its data come from.
    OutputError
        The folder cannot be written to; or the settings name another audience than
        ``"restricted"``, for which accuracy has no edition.
    """
    check_provenance(result.provenance)
    audience = result.settings.sharing.audience
    if audience != "restricted":
        raise OutputError(
            f"Accuracy has no {audience} edition: its tables count incidents month by month. Set "
            "sharing.audience to restricted, and quote single figures."
        )
    texts = {
        "accuracy.html": accuracy_page(result),
        "accuracy.csv": accuracy_csv(result),
        "accuracy.json": to_json(accuracy_record(result)),
    }
    return publish(folder, {name: _writer(text) for name, text in texts.items()})


def _writer(text: str) -> Any:
    def write(path: Path) -> None:
        path.write_text(text, encoding="utf-8", newline="\n")

    return write


def accuracy_record(result: Backtest) -> dict[str, Any]:
    """Everything in a backtest as plain values; what is empty is None."""
    return {
        "provenance": dict(result.provenance),
        "verdict": list(result.verdict),
        "accuracy": _rows(result.table),
        "accuracy_curve": _rows(result.curve),
        "accuracy_months": _rows(result.months),
        "sweep": None if result.sweep is None else records(result.sweep),
        "settings": result.settings.to_dict(),
        "choices": [asdict(choice) for choice in result.choices],
        "messages": list(result.messages),
    }


def accuracy_csv(result: Backtest) -> str:
    """Table of the methods as CSV; what is empty is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(result.table.columns)
    for row in _rows(result.table):
        writer.writerow(["" if value is None else value for value in row.values()])
    return clean_text(text.getvalue())


def accuracy_page(result: Backtest) -> str:
    """HTML of the accuracy: whole in itself, nothing in it runs or loads."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = assets.accuracy_style()
    about = result.provenance
    rows, curve = _rows(result.table), _rows(result.curve)
    ours = str(rows[0]["method"])
    hindsight = str(rows[-1]["method"])
    return environment.from_string(assets.accuracy_template()).render(
        policy=style_policy([style]),
        style=style,
        title=plain(about["title"]),
        marking=plain(marking_line(about)),
        limits=LIMITS[:2],
        verdict=[plain(sentence) for sentence in result.verdict],
        figures=_figures(rows[0]),
        chart=hit_rate_chart(rows, ours=ours, hindsight=hindsight),
        curve=curve_chart(curve) if curve else None,
        rows=[_row(row, ours) for row in rows],
        points=[_point(point) for point in curve],
        choices=[plain(choice) for choice in result.choices],
        messages=[plain(message) for message in result.messages],
        source=plain(about.get("source") or ""),
        period=plain(about["period"]),
        version=plain(about.get("version", "")),
        attribution=[plain(text) for text in about["attribution"]],
    )


def _figures(mine: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (percent(mine["hit_rate"]), "of later incidents inside"),
        (figure(mine["pai"], 1), "times as dense as the whole area (PAI)"),
        (figure(mine["pieces"]), "hotspots"),
        (f"{figure(mine['area_km2'], 2)} km²", f"{percent(mine['area_share'], 2)} of the area"),
    ]


def _row(row: dict[str, Any], ours: str) -> dict[str, Any]:
    return {
        "ours": row["method"] == ours,
        "method": plain(row["method"]),
        "note": plain(row["note"]),
        "pieces": figure(row["pieces"]),
        "area": figure(row["area_km2"], 2),
        "inside": figure(row["incidents_test_inside"]),
        "hit_rate": percent(row["hit_rate"]),
        "interval": _span(row, "hit_rate", 100, 1),
        "pai": figure(row["pai"], 1),
        "pei": figure(row["pei"], 2),
        "rri": figure(row["rri_stability"], 2),
        "difference": NOT_KNOWN if row["difference"] is None else f"{100 * row['difference']:+.1f}",
        "difference_interval": _span(row, "difference", 100, 1, sign="+"),
    }


def _point(point: dict[str, Any]) -> dict[str, Any]:
    return {
        "method": plain(point["method"]),
        "share": f"{100 * point['area_share']:g}%",
        "area": figure(point["area_km2"], 2),
        "hit_rate": percent(point["hit_rate"]),
        "interval": _span(point, "hit_rate", 100, 1),
        "pai": figure(point["pai"], 1),
    }


def _span(row: dict[str, Any], name: str, times: float, digits: int, sign: str = "") -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if low is None or high is None:
        return NOT_KNOWN
    return f"{times * low:{sign}.{digits}f} to {times * high:{sign}.{digits}f}"


def _rows(table: Any) -> list[dict[str, Any]]:
    """Rows as plain values, None for what is empty."""
    return [
        {
            str(name): None if isinstance(value, float) and math.isnan(value) else value
            for name, value in row.items()
        }
        for row in table.to_dict("records")
    ]
