"""What the page says of tasking: hours by time and provider, prices, other assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.frames import ANY_DAY
from hotspots.settings import WEEKDAYS
from hotspots.sharing.page import assets
from hotspots.sharing.page.text import figure, number, percent, plain

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup
    from numpy.typing import NDArray

    from hotspots.frames import Plan

#: Constraints that cost less than this share are left out of the table.
_LEAST = 5e-5


def planned_hours(plan: Plan) -> Markup | str:
    """Officer-hours a week by weekday and part of the day; empty where the plan says neither."""
    visits = _timed(plan)
    if visits is None:
        return ""
    parts = _parts(visits)
    hours = _grid(visits, "officer_hours", parts) / plan.allocation.weeks
    by_whom = visits.groupby("provider", sort=True)["officer_hours"].sum()
    return _render(
        part="hours",
        days=WEEKDAYS,
        week=[
            (plain(name), [figure(one, 1) for one in row])
            for name, row in zip(parts, hours, strict=True)
        ],
        providers=[(plain(name), figure(total)) for name, total in by_whom.items()]
        if len(by_whom) > 1
        else [],
    )


def planned_again(plan: Plan) -> Markup | str:
    """What constraints cost, and the plan under other assumptions; empty in other editions."""
    prices, again = plan.allocation.prices, plan.allocation.sensitivity
    return _render(
        part="about",
        prices=[
            (
                plain(row["constraint"]).capitalize(),
                figure(row["covered_without"]),
                percent(row["price_share"], 2),
            )
            for row in _records(prices)
            if row["price_share"] > _LEAST
        ],
        again=[
            (
                plain(row["assumption"]),
                figure(row["covered_incidents"]),
                figure(row["best_incidents"]),
                percent(row["value_share"], 1),
            )
            for row in _records(again)
        ],
    )


def _records(table: pd.DataFrame | None) -> list[dict[Any, Any]]:
    return [] if table is None else table.to_dict("records")


def planned_visits(plan: Plan) -> dict[str, Any] | None:
    """Visits a week of each hotspot by part of the day and weekday; None where not said."""
    visits = _timed(plan)
    if visits is None:
        return None
    parts, weeks = _parts(visits), plan.allocation.weeks
    own = dict(iter(visits.groupby("hotspot_id")))
    nothing = visits.iloc[:0]
    return {
        "parts": [plain(name) for name in parts],
        "visits": [
            [
                number(value, 2)
                for value in (_grid(own.get(name, nothing), "visits", parts) / weeks).ravel()
            ]
            for name in plan.hotspots["hotspot_id"]
        ],
    }


def _timed(plan: Plan) -> pd.DataFrame | None:
    visits = plan.allocation.visits
    if visits is None or visits.empty or (visits["weekday"] == ANY_DAY).any():
        return None
    return visits


def _parts(visits: pd.DataFrame) -> list[str]:
    """Names of the parts of the day, the earliest first."""
    first = visits.drop_duplicates("day_part").sort_values("from_hour", kind="stable")
    return [str(name) for name in first["day_part"]]


def _grid(visits: pd.DataFrame, column: str, parts: list[str]) -> NDArray[np.float64]:
    """Sums by part of the day and weekday, shape (parts, 7)."""
    sums = np.zeros((len(parts), len(WEEKDAYS)))
    at = visits["day_part"].map({name: row for row, name in enumerate(parts)})
    np.add.at(sums, (at.to_numpy(dtype=int), visits["weekday"].to_numpy() - 1), visits[column])
    return sums


def _render(**values: Any) -> Markup:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    nothing: dict[str, Any] = {"week": [], "days": [], "providers": [], "prices": [], "again": []}
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = environment.from_string(assets.tasking_template()).render({**nothing, **values})
    return Markup(text.strip())
