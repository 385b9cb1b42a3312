"""The group-by: incident rows become weighted places, written once as an Ibis expression.

The same expressions run on DuckDB inside the process and on the database or cluster where a
force's records already live.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from hotspots.intake.months import month_of

#: What stands between the texts of a row where they are grouped as one.
SEPARATOR = "\x1f"
#: The texts of a row, in the order in which they are joined.
TEXTS = ("date", "category", "location", "area_name", "source")
MONTH = "%Y-%m"


def canonical(raw: Any, mapping: Mapping[str, str], source: Any, date_format: str) -> Any:
    """Select the mapped columns of one raw table under our names, all tables alike.

    All become text, never null.

    Parameters
    ----------
    raw
        Ibis table as read.
    mapping
        Our names -> the table's columns.
    source
        Name of the whole table, or an Ibis expression that tells the file of a row.
    date_format
        How dates are written. Dates with days, which would split the groups of a month, and
        columns of a date type are turned into months here.
    """
    import ibis

    def text(name: str) -> Any:
        if name not in mapping:
            return ibis.literal("")
        return raw[mapping[name]].cast("string").fill_null("")

    def date() -> Any:
        kind = raw[mapping["date"]].type() if "date" in mapping else None
        if kind is not None and (kind.is_date() or kind.is_timestamp()):
            return raw[mapping["date"]].strftime(MONTH).fill_null("")
        if kind is None or date_format == MONTH:
            return text("date")
        return month_of(text("date"), date_format).fill_null("")

    x, y = ("longitude", "latitude") if "longitude" in mapping else ("easting", "northing")
    return raw.select(
        x_text=text(x),
        y_text=text(y),
        date=date(),
        **{name: text(name) for name in TEXTS[1:-1]},
        source=ibis.literal(source) if isinstance(source, str) else source,
        incident_id=text("incident_id"),
    )


def collapse(rows: Any, *, identified: bool, hashed: bool) -> Any:
    """Group rows by position and texts.

    Rows are grouped by what is written, before anything is parsed, so that numbers and months
    are read once for each distinct text, and alike whatever the engine; two spellings of one
    number stay two groups. The texts of a row are joined to one, so that the engine compares,
    keeps and hands over one text where it would have five; `decode` parts them again, once for
    each distinct text.

    Parameters
    ----------
    rows
        Ibis table with the columns of `canonical`.
    identified
        Whether the rows have ids.
    hashed
        Collect 64-bit hashes of the ids instead of the ids.

    Returns
    -------
    ibis.Table
        Columns x_text, y_text and texts; weight, the rows of each group; and, where the rows
        have any, ids, a list of the non-blank ids in each group.
    """
    ids = {}
    rows = rows.mutate(texts=_joined(*(rows[name] for name in TEXTS)))
    if identified:
        rows = _trimmed(rows)
        value = rows.incident_id.hash() if hashed else rows.incident_id
        ids["ids"] = value.collect(where=rows.incident_id != "")
    return rows.group_by(["x_text", "y_text", "texts"]).agg(weight=rows.count(), **ids)


def constants(mapping: Mapping[str, str], source: Any) -> dict[str, str]:
    """Which of `TEXTS` are the same in all rows of one raw table, and what they are."""
    same = {name: "" for name in TEXTS[:-1] if name not in mapping}
    return same | ({"source": source} if isinstance(source, str) else {})


def listed(rows: Any, *, identified: bool, constant: Collection[str] = ()) -> Any:
    """The same without grouping, for rows of which hardly two are alike.

    Parameters
    ----------
    rows, identified
        As for `collapse`.
    constant
        Texts to leave out.

    Returns
    -------
    ibis.Table
        Columns x_text, y_text and those of `TEXTS`; and, where the rows have ids, id, the hash
        of each or null.
    """
    import ibis

    names = ["x_text", "y_text", *(name for name in TEXTS if name not in constant)]
    if not identified:
        return rows.select(*names)
    rows = _trimmed(rows)
    hashes = rows.incident_id.hash()
    return rows.select(*names, id=(rows.incident_id != "").ifelse(hashes, ibis.null(hashes.type())))


def _trimmed(rows: Any) -> Any:
    # trimming is dear, and hardly an id needs it
    padded = rows.incident_id.startswith(" ") | rows.incident_id.endswith(" ")
    return rows.mutate(incident_id=padded.ifelse(rows.incident_id.strip(), rows.incident_id))


def _concat_ws(separator: str, a: str, b: str, c: str, d: str, e: str) -> str:
    """What the function of this name in the engine does."""
    return separator.join((a, b, c, d, e))


def _joined(*texts: Any) -> Any:
    """Five texts with `SEPARATOR` between them, by the function that the engines have for it.

    Ibis writes a chain of operators instead, which takes DuckDB twice as long.
    """
    import ibis

    joined = ibis.udf.scalar.builtin(_concat_ws, name="concat_ws")
    return joined(ibis.literal(SEPARATOR), *texts)
