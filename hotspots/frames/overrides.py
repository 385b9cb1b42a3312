"""What people decided about hotspots, with reason, author and time; and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hotspots.frames.column import Column

if TYPE_CHECKING:
    import pandas as pd

PIN, FORBID, ADD, MOVE, RENAME, FIX_HOURS, LIFT = (
    "pin", "forbid", "add", "move", "rename", "fix hours", "lift",
)  # fmt: skip
#: What an override may do.
ACTIONS: tuple[str, ...] = (PIN, FORBID, ADD, MOVE, RENAME, FIX_HOURS, LIFT)

#: Values of an override's status.
IN_FORCE, WITHOUT_EFFECT, LIFTED = "in force", "without effect", "lifted"

#: Statuses of candidates that people or an earlier plan made.
FORBIDDEN = "forbidden by hand"
FROM_EARLIER = "in the earlier plan, no candidate now"

OVERRIDES: tuple[Column, ...] = (
    Column("override_id", "str", "", "its own id, or one made from what it says"),
    Column("action", "str", "", "pin, forbid, add, move, rename, fix hours, or lift"),
    Column("hotspot_id", "str", "", "hotspot or candidate it is about; may be empty"),
    Column("name", "str", "", "name of that hotspot"),
    Column("reason", "str", "", "why, in the words of its author"),
    Column("author", "str", "", "who decided it"),
    Column("time", "str", "", "when, an ISO date or date and time, as its author wrote it"),
    Column("officer_hours", "float", "officer-hours", "hours fixed, in whole visits; else empty"),
    Column("status", "str", "", "in force, without effect, or lifted"),
    Column("effect", "str", "", "what it did, in a sentence"),
    Column(
        "cost_covered_incidents",
        "float",
        "incidents",
        "modelled value without it, less that of the plan; below 0 it gains",
    ),
    Column("cost_share", "float", "share", "that cost / the value without it"),
    Column("definition", "str", "", "the override as JSON, with its ground as WKT, to keep it"),
)

OVERRIDE_SETS: tuple[Column, ...] = (
    Column("override_id", "str", "", "override that is left out"),
    Column("hotspot_id", "str", "", "hotspot that there would be"),
    Column("district", "str", "", "its district"),
    Column("incidents_per_day", "float", "1/day", "its incidents a day"),
)


@dataclass(frozen=True, kw_only=True)
class Override:
    """One decision of a person about one hotspot; shapes and metres in the working CRS.

    Attributes
    ----------
    override_id, action, reason, author, time
        As in `OVERRIDES`.
    hotspot
        Id of a hotspot, a candidate or an added hotspot; empty where a point or an area says it.
    point
        Easting and northing within the candidate that is meant.
    area
        Ground that is forbidden, or that is added.
    outline, shift_m
        New outline of a hotspot, or how far it moves east and north.
    name
        New name; empty where there is none.
    hours
        Officer-hours that are fixed.
    lifts
        Id of the override that is lifted.
    place
        Outline of what is meant, as an earlier plan found it.
    was
        Why an earlier plan would have dropped what is pinned.
    definition
        What the file said, to be kept.
    carried
        Whether an earlier plan brought it.
    """

    override_id: str
    action: str
    reason: str
    author: str
    time: str
    hotspot: str = ""
    point: tuple[float, float] | None = None
    area: Any = None
    outline: Any = None
    shift_m: tuple[float, float] | None = None
    name: str = ""
    hours: float | None = None
    lifts: str = ""
    place: Any = None
    was: str = ""
    definition: Mapping[str, Any] = field(default_factory=dict)
    carried: bool = False

    def said(self) -> str:
        """Who decided what, when and why, in a sentence."""
        return f"{_DONE[self.action]} by {self.author} ({self.time}): {self.reason}"


_DONE = {
    PIN: "Pinned",
    FORBID: "Forbidden",
    ADD: "Added by hand",
    MOVE: "Moved",
    RENAME: "Renamed",
    FIX_HOURS: "Hours fixed",
    LIFT: "Lifted",
}


@dataclass(frozen=True)
class Decided:
    """What became of the overrides of a plan.

    Attributes
    ----------
    table
        Columns `OVERRIDES`, without costs as long as no hours are shared out.
    sets
        Columns `OVERRIDE_SETS`: the hotspots that there would be without one of those that
        change which hotspots there are.
    """

    table: pd.DataFrame
    sets: pd.DataFrame

    def of(self, action: str) -> list[dict[Any, Any]]:
        """Rows in force of one action."""
        held = (self.table["action"] == action) & (self.table["status"] == IN_FORCE)
        return [dict(row) for row in self.table[held].to_dict("records")]
