"""What people decided about single hotspots, as the page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotspots.frames import IN_FORCE
from hotspots.sharing.page import assets
from hotspots.sharing.page.text import figure, percent, plain

if TYPE_CHECKING:
    from markupsafe import Markup

    from hotspots.frames import Plan


def overrides(plan: Plan) -> Markup | str:
    """Make the table of overrides, escaped and ready to stand in the page; empty without any.

    Parameters
    ----------
    plan
        The plan of record.
    """
    if plan.overrides is None or plan.overrides.empty:
        return ""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    rows = [
        {
            "action": plain(row.action).capitalize(),
            "id": plain(row.hotspot_id),
            "name": plain(row.name),
            "reason": plain(row.reason),
            "author": plain(row.author),
            "time": plain(row.time),
            "effect": _effect(plain(row.status), plain(row.effect)),
            "cost": _cost(row.cost_covered_incidents, row.cost_share),
        }
        for row in plan.overrides.itertuples(index=False)
    ]
    text = environment.from_string(assets.overrides_template()).render(rows=rows)
    return Markup(text)


def _effect(status: str, effect: str) -> str:
    return effect if status == IN_FORCE else f"{status.capitalize()}. {effect}"


def _cost(incidents: Any, share: Any) -> str:
    known = incidents == incidents
    return f"{figure(incidents, 1)} ({percent(share, 2)})" if known else figure(None)
