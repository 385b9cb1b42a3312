"""Columns of the allocation of hours."""

from __future__ import annotations

from hotspots.frames.column import Column

ALLOCATION: tuple[Column, ...] = (
    Column("hotspot_id", "str", "", "hotspot"),
    Column("district", "str", "", "district of the hotspot"),
    Column("visits", "int", "visits", "visits in the whole programme"),
    Column("officer_hours", "float", "officer-hours", "visits x officer-hours per visit"),
    Column("visits_per_day", "float", "visits/day", "visits / patrol days"),
    Column("hours_per_week", "float", "officer-hours/week", "officer_hours / weeks"),
    Column("hours_share", "float", "share", "officer_hours / hours of all hotspots"),
    Column("covered_incidents", "float", "incidents", "modelled: rate x days x response"),
    Column("equal_hours", "float", "officer-hours", "what an equal split would give"),
    Column("proportional_hours", "float", "officer-hours", "what a split by incidents would give"),
)


ALTERNATIVES: tuple[Column, ...] = (
    Column("rule", "str", "", "optimum, proportional, equal"),
    Column("visits", "int", "visits", "visits in all"),
    Column("officer_hours", "float", "officer-hours", "hours in all"),
    Column("covered_incidents", "float", "incidents", "modelled value of the rule"),
    Column("value_share", "float", "share", "value / value of the optimum"),
    Column("keeps_bounds", "bool", "", "whether the rule meets every floor and cap"),
)


BUDGET_CURVE: tuple[Column, ...] = (
    Column("officer_hours", "float", "officer-hours", "budget"),
    Column("budget_share", "float", "share", "budget / the plan's budget"),
    Column("covered_incidents", "float", "incidents", "best modelled value at that budget"),
    Column("per_extra_hour", "float", "incidents/hour", "value of one more visit per hour of it"),
)
