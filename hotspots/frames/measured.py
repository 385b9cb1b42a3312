"""Columns of accuracy out of time, of swept settings, and of repeats."""

from __future__ import annotations

from hotspots.frames.column import Column

ACCURACY: tuple[Column, ...] = (
    Column("method", "str", "", "how the pieces of ground were chosen"),
    Column("train_from", "str", "", "first month it was chosen by, YYYY-MM"),
    Column("train_to", "str", "", "last month it was chosen by, in the last split"),
    Column("test_from", "str", "", "first month it was tested on; later, split by split"),
    Column("test_to", "str", "", "last month it was tested on"),
    Column("pieces", "int", "", "pieces of ground; the mean over several splits, rounded"),
    Column("area_km2", "float", "km²", "their area a; the mean over several splits"),
    Column("area_share", "float", "share", "a / A, the area of the districts"),
    Column("incidents_train", "int", "incidents", "incidents it was chosen by"),
    Column("incidents_train_inside", "int", "incidents", "those inside"),
    Column("incidents_test", "int", "incidents", "later incidents N in the districts"),
    Column("incidents_test_inside", "int", "incidents", "those inside, n"),
    Column("hit_rate", "float", "share", "n / N"),
    Column("hit_rate_low", "float", "share", "lower end of its 95 % interval"),
    Column("hit_rate_high", "float", "share", "upper end"),
    Column("pai", "float", "", "(n / N) / (a / A)"),
    Column("pai_low", "float", "", "lower end of its 95 % interval"),
    Column("pai_high", "float", "", "upper end"),
    Column("pei", "float", "", "pai / that of the best in hindsight, where areas agree"),
    Column("ser", "float", "1/km²", "n / a"),
    Column("ppai", "float", "", "(n / N) / (a / A) ** 0.5"),
    Column("rri_stability", "float", "", "pai / pai in the months it was chosen by"),
    Column("rri_prediction", "float", "", "inside if months went on alike / observed inside"),
    Column("difference", "float", "share", "hit rate of this method less that of the row"),
    Column("difference_low", "float", "share", "lower end of its 95 % interval, months paired"),
    Column("difference_high", "float", "share", "upper end"),
    Column("note", "str", "", "what a reader must know of the row"),
)


ACCURACY_CURVE: tuple[Column, ...] = (
    Column("method", "str", "", "ranked units of ground, the best first"),
    Column("area_share", "float", "share", "share of the districts' area that was asked for"),
    Column("area_km2", "float", "km²", "area of the whole units nearest to it"),
    *(column for column in ACCURACY if column.name.startswith(("incidents_test", "hit_", "pai"))),
)


ACCURACY_MONTHS: tuple[Column, ...] = (
    Column("method", "str", "", "how the pieces of ground were chosen"),
    Column("month", "str", "", "month tested, YYYY-MM"),
    Column("incidents_test", "int", "incidents", "incidents of the month in the districts"),
    Column("incidents_test_inside", "int", "incidents", "those inside"),
)


SWEEP: tuple[Column, ...] = (
    Column("setting", "str", "", "setting that was swept"),
    Column("value", "float", "", "value that was tried; empty where a rule gave none"),
    Column("unit", "str", "", "its unit"),
    Column("rule", "str", "", "where the value comes from"),
    Column("train_from", "str", "", "first month hotspots were chosen by, YYYY-MM"),
    Column("train_to", "str", "", "last month they were chosen by"),
    Column("test_from", "str", "", "first month they were measured on; within the period"),
    Column("test_to", "str", "", "last month they were measured on"),
    Column("hotspots", "int", "", "hotspots selected with it; 0 where it was not tried"),
    Column("area_km2", "float", "km²", "their area a"),
    Column("incidents_test", "int", "incidents", "later incidents N in the districts"),
    Column("hit_rate", "float", "share", "later incidents in the hotspots, n / N"),
    Column("pai", "float", "", "(n / N) / (a / A)"),
    Column("equal_area_km2", "float", "km²", "area on which it is compared: the smaller of two"),
    Column("hit_rate_equal", "float", "share", "hit rate on that area, best hotspots first"),
    Column("hit_rate_default", "float", "share", "that of the value by rule, on the same area"),
    Column("difference", "float", "share", "hit_rate_equal - hit_rate_default"),
    Column("difference_low", "float", "share", "lower end of its 95 % interval, months paired"),
    Column("difference_high", "float", "share", "upper end"),
    Column("chosen", "bool", "", "whether it is the value in use"),
    Column("note", "str", "", "why it was not tried, or cannot be compared"),
)


REPEATS: tuple[Column, ...] = (
    Column("space_band", "str", "", "distance between the two of a pair, as an interval"),
    Column("time_band", "str", "", "days between the two of a pair, as an interval"),
    Column("over_m", "float", "m", "distance is above this; empty for the same place"),
    Column("to_m", "float", "m", "and at most this"),
    Column("from_days", "int", "days", "days between are at least this"),
    Column("to_days", "int", "days", "and at most this"),
    Column("observed", "int", "pairs", "pairs of incidents in both bands"),
    Column("expected", "float", "pairs", "mean over all permutations of the days"),
    Column("ratio", "float", "", "observed / expected; empty where none are expected"),
    Column("p", "float", "", "(1 + draws with at least as many) / (1 + draws)"),
)
