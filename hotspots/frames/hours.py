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
    Column("visits_under_every_q", "int", "visits", "fewest visits under any q of the sweep"),
    Column("equal_hours", "float", "officer-hours", "what an equal split would give"),
    Column("proportional_hours", "float", "officer-hours", "what a split by incidents would give"),
)


ALTERNATIVES: tuple[Column, ...] = (
    Column("rule", "str", "", "optimum, or a plain rule for the same visits"),
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

#: Weekday and part of the day of visits that may be at any time.
ANY_DAY, ANY_TIME = 0, "any time"

#: Who patrols where nobody else is named.
POLICE = "police"

VISITS: tuple[Column, ...] = (
    Column("hotspot_id", "str", "", "hotspot"),
    Column("district", "str", "", "district of the hotspot"),
    Column("weekday", "int", "", "1 is Monday, 7 is Sunday; 0 stands for every patrol day"),
    Column("day_part", "str", "", "part of the day, or any time"),
    Column("from_hour", "float", "h", "hour at which the part begins, 0 to 24"),
    Column("part_hours", "float", "h", "hours it lasts, perhaps past midnight"),
    Column("provider", "str", "", "who patrols: police, PCSO, council, BID ..."),
    Column("visits", "int", "visits", "visits in the whole programme"),
    Column("officer_hours", "float", "officer-hours", "visits x officer-hours per visit"),
    Column("randomised_visits", "int", "visits", "of them, kept for randomised patrol days"),
)

PATROLS: tuple[Column, ...] = (
    Column("district", "str", "", "district that is patrolled"),
    Column("weekday", "int", "", "1 is Monday, 7 is Sunday; 0 stands for every patrol day"),
    Column("day_part", "str", "", "part of the day, or any time"),
    Column("provider", "str", "", "who patrols"),
    Column("patrols", "int", "patrols", "crewed shifts in the whole programme"),
    Column("officer_hours", "float", "officer-hours", "patrols x crew x hours of a patrol"),
)

PRICES: tuple[Column, ...] = (
    Column("constraint", "str", "", "floor, cap or other constraint"),
    Column("covered_without", "float", "incidents", "best modelled value without it"),
    Column("price_incidents", "float", "incidents", "covered_without - value of the plan"),
    Column("price_share", "float", "share", "price_incidents / covered_without"),
)

SENSITIVITY: tuple[Column, ...] = (
    Column("assumption", "str", "", "what is taken to be otherwise"),
    Column("covered_incidents", "float", "incidents", "modelled value of this plan then"),
    Column("best_incidents", "float", "incidents", "best modelled value then"),
    Column("value_share", "float", "share", "covered_incidents / best_incidents"),
    Column("visits_in_common", "int", "visits", "visits that the best plan then has as well"),
)

LEDGER: tuple[Column, ...] = (
    Column("order", "int", "", "0 is what floors take; then best first"),
    Column("turn", "int", "", "blocks of one turn gain alike: one visit each in turns, by id"),
    Column("hotspot_id", "str", "", "hotspot"),
    Column("visits", "int", "visits", "visits in the block"),
    Column("covered_per_visit", "float", "incidents", "modelled incidents that each one covers"),
)

BUDGET_PLANS: tuple[Column, ...] = (
    Column("budget_hours", "float", "officer-hours", "budget"),
    Column("hotspot_id", "str", "", "hotspot"),
    Column("visits", "int", "visits", "visits in the whole programme"),
    Column("covered_incidents", "float", "incidents", "modelled: rate x days x response"),
)

DISTRICT_TOTALS: tuple[Column, ...] = (
    Column("district", "str", "", "district; empty for all of them"),
    Column("hotspots", "int", "", "hotspots in it"),
    Column("incidents", "int", "incidents", "incidents in its hotspots; empty where withheld"),
    Column("officer_hours", "float", "officer-hours", "hours of its hotspots"),
)
