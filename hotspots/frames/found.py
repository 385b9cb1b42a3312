"""Columns of hotspots and candidates, of their change and of their hours."""

from __future__ import annotations

from hotspots.frames.column import Column

_MEASURES: tuple[Column, ...] = (
    Column("name", "str", "", "readable name from the street most often named inside"),
    Column("district_code", "str", "", "code of the district"),
    Column("district", "str", "", "district that contains it"),
    Column("rank", "int", "", "1 is best by what ranks (excess); ties by density, west, south"),
    Column("incidents", "int", "incidents", "incidents of the selecting categories inside"),
    Column("incident_share", "float", "share", "incidents / all selecting incidents in districts"),
    Column("other_incidents", "int", "incidents", "incidents of the other categories inside"),
    Column("area_km2", "float", "km²", "area"),
    Column("price_per_km2", "float", "1/km²", "incidents that a km² had to hold to be worth it"),
    Column("excess_incidents", "float", "incidents", "incidents - price_per_km2 x area_km2"),
    Column("incidents_per_km2", "float", "1/km²", "incidents / area_km2, whole period"),
    Column("incidents_per_day", "float", "1/day", "incidents / days in the months with data"),
    Column("peak_per_km2", "float", "1/km²", "highest kernel density where its incidents are"),
    Column("periods_hot", "int", "months", "months in which it was hot by itself"),
    Column("periods", "int", "months", "months with data"),
    Column("x_m", "float", "m", "easting of a point inside, working CRS"),
    Column("y_m", "float", "m", "northing of a point inside, working CRS"),
    Column("paired_with", "str", "", "other districts into which the same cluster reaches"),
    Column("note", "str", "", "what a reader must know: at the area cap, few incidents"),
)


_EVIDENCE: tuple[Column, ...] = (
    Column("shrunk_incidents", "float", "incidents", "count drawn to the rate of all candidates"),
    Column("harm", "float", "harm", "weights of the selecting incidents by category, summed"),
    Column("rank_by_excess", "int", "", "rank if excess_incidents decided"),
    Column("rank_by_incidents", "int", "", "rank if incidents decided"),
    Column("rank_by_shrunk", "int", "", "rank if shrunk_incidents decided"),
    Column("rank_by_harm", "int", "", "rank if harm decided; empty where harm is not known"),
    Column("gi_star", "float", "", "highest Gi* (z) among its cells; empty below 10 incidents"),
    Column("q_value", "float", "", "false discovery rate at which that cell is significant"),
    Column("envelope_p", "float", "", "chance of such a peak anywhere; empty unless drawn"),
    Column("months_hot", "str", "", "the months in which it was hot"),
    Column(
        "hotspot_class", "str", "", "persistent, emerging, former, intermittent, or not classed"
    ),
    Column("trend", "float", "share", "incidents a day, second half of the months against first"),
    Column("trend_low", "float", "share", "lower end of the 95 % interval of trend"),
    Column("trend_high", "float", "share", "upper end of the 95 % interval of trend"),
    Column("main_categories", "str", "", "most frequent selecting categories and their shares"),
)


HOTSPOTS: tuple[Column, ...] = (
    Column("hotspot_id", "str", "", "stable id: district code and rank in the district"),
    *_MEASURES[:4],
    Column("rank_in_district", "int", "", "rank among the hotspots of its district"),
    *_MEASURES[4:],
    *_EVIDENCE,
    Column("why", "str", "", "why here, in sentences made from its own numbers"),
    Column("change", "str", "", "entered or remained since the earlier plan; empty without one"),
)


#: Candidates before the evidence on them is gathered.
MEASURED: tuple[Column, ...] = (
    Column("candidate_id", "str", "", "C and the rank among all candidates"),
    *_MEASURES,
    Column("hotspot_id", "str", "", "id where it was selected, otherwise empty"),
    Column("status", "str", "", "selected, or the reason why it was dropped"),
)


CANDIDATES: tuple[Column, ...] = (*MEASURED[:-2], *_EVIDENCE, *MEASURED[-2:])


#: Values of a candidate's status that are no fault of its own.
SELECTED = "selected"


TOO_CLOSE = "too close to a better one"


OUTRANKED = "ranked below those selected"


SOUND: tuple[str, ...] = (SELECTED, TOO_CLOSE, OUTRANKED)


#: What is read of an earlier plan's hotspots.
PREVIOUS: tuple[Column, ...] = (
    Column("hotspot_id", "str", "", "id, kept by a hotspot that overlaps it"),
    Column("name", "str", "", "name, kept likewise"),
    Column("district", "str", "", "district"),
    Column("incidents", "int", "incidents", "incidents inside, in the earlier plan's period"),
    Column("incidents_per_day", "float", "1/day", "incidents / days of the earlier period"),
)


#: One row on the places of a plan, none of which it names.
MAP_POINTS: tuple[Column, ...] = (
    Column("places", "int", "", "distinct places inside the districts, to 10 m"),
    Column("crs", "str", "", "CRS in which they were rounded"),
    Column("sketch", "str", "", "1,024 digits that plans of the same places share; may be empty"),
)

#: Values of a change.
ENTERED, REMAINED, LEFT, LEFT_EARLIER = "entered", "remained", "left", "left earlier"


CHANGES: tuple[Column, ...] = (
    Column("change", "str", "", "entered, remained, left, or left earlier (its id is not reused)"),
    Column("hotspot_id", "str", "", "id now; empty for those that left"),
    Column("previous_id", "str", "", "id in the earlier plan; empty for those that entered"),
    Column("name", "str", "", "name"),
    Column("district", "str", "", "district"),
    Column("overlap_share", "float", "share", "common area / the smaller of both areas"),
    Column("incidents_then", "float", "incidents", "in the earlier outline and period"),
    Column("incidents_now", "float", "incidents", "now, in the outline (of those that left: then)"),
    Column("per_day_then", "float", "1/day", "incidents_then / days of the earlier period"),
    Column("per_day_now", "float", "1/day", "incidents_now / days with data now"),
)


HOTSPOT_TIMES: tuple[Column, ...] = (
    Column("hotspot_id", "str", "", "hotspot"),
    Column("weekday", "int", "", "1 is Monday, 7 is Sunday"),
    Column("hour", "int", "h", "hour of the day, 0 to 23, local time"),
    Column("incidents", "float", "incidents", "aoristic weight; empty in a declared profile"),
    Column("share", "float", "share", "share of the week's incidents, filled up where few"),
    Column("shrunk", "bool", "", "whether the district's profile fills it up to 100 incidents"),
    Column("basis", "str", "", "recorded, or declared by someone"),
)


HOTSPOT_PEAKS: tuple[Column, ...] = (
    Column("hotspot_id", "str", "", "hotspot"),
    Column("incidents", "float", "incidents", "selecting incidents with a time; empty: declared"),
    Column("shrunk", "bool", "", "whether the district's profile fills it up to 100 incidents"),
    Column("first_weekday", "int", "", "weekday on which the busiest part begins, 1 is Monday"),
    Column("weekdays", "int", "days", "weekdays in a row that it has"),
    Column("from_hour", "int", "h", "hour at which it begins"),
    Column("hours", "int", "h", "hours it lasts on each of those days, perhaps past midnight"),
    Column("share", "float", "share", "share of the incidents in it"),
    Column("week_share", "float", "share", "share of the week that it lasts"),
    Column("sentence", "str", "", "the same in words"),
)
