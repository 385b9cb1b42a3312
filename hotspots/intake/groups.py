"""Groups: what a reader hands on, before anything is known of districts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.frames import REASONS
from hotspots.geo import crs_name
from hotspots.intake.collapse import MONTH, canonical, collapse, constants, listed
from hotspots.intake.gather import gather, gather_scattered, part
from hotspots.intake.months import month_in
from hotspots.intake.positions import BLANKS, FAULTS
from hotspots.intake.repeats import count_ids_once
from hotspots.settings import DEFAULT_CATEGORIES, IntakeSettings
from hotspots.threads import in_threads

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

#: Why a row does not count, in the order of their texts, as are all categories here.
REASON_NAMES = tuple(sorted(["", *REASONS]))


@dataclass(frozen=True)
class Groups:
    """What came out of the engine, before anything is known of districts.

    Attributes
    ----------
    table
        Columns x, y, period, category, selecting, location, area_name, reason (empty for rows
        that count) and weight. Texts are categories in the order of the texts.
    crs
        CRS of x and y.
    street, dated
        Whether all of it has the layout of data.police.uk street files, and has dates.
    unreadable
        File name and line of each row that could not be parsed.
    files
        Name, bytes, sha256 and rows of each input.
    messages
        What was passed over.
    """

    table: pd.DataFrame
    crs: str
    street: bool
    dated: bool
    unreadable: Sequence[tuple[str, int]]
    files: Sequence[Mapping[str, Any]]
    messages: Sequence[str]


def grouped(
    raws: Sequence[tuple[Any, Mapping[str, str], Any]],
    settings: IntakeSettings,
    engine: Any,
    *,
    perhaps_scattered: bool = False,
) -> pa.Table:
    """Collapse raw tables (with mapping and source) into one table of groups.

    Parameters
    ----------
    raws
        Tables of the engine, with our names -> their columns, and the source as for `canonical`.
    settings
        How dates are written.
    engine
        Ibis connection.
    perhaps_scattered
        Whether to try first if hardly two rows are alike, so that grouping them would be in
        vain; the tables are then read from their start again where they are not. Rows of one
        place come as several groups then.
    """
    tables = [
        canonical(raw, mapping, source, settings.date_format) for raw, mapping, source in raws
    ]
    rows = tables[0].union(*tables[1:]) if len(tables) > 1 else tables[0]
    identified = any("incident_id" in mapping for _, mapping, _ in raws)
    geographic = "longitude" in raws[0][1]
    if perhaps_scattered:
        constant = constants(*raws[0][1:]) if len(raws) == 1 else {}
        single = listed(rows, identified=identified, constant=constant)
        found = gather_scattered(engine, single, geographic=geographic, constant=constant)
        if found is not None:
            return found
    # hashes of other engines may have 32 bits, too few to tell ids apart
    groups = collapse(rows, identified=identified, hashed=engine.name == "duckdb")
    return gather(engine, groups, geographic=geographic)


def decode(
    groups: pa.Table, settings: IntakeSettings, *, street: bool, dated: bool
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Give each group its month and the reason why it does not count; count repeated ids once.

    Everything that depends on texts is found once for each distinct text.

    Parameters
    ----------
    groups
        Result of `grouped`.
    settings
        Months and categories asked for.
    street, dated
        Whether all of it has the layout of data.police.uk street files, and has dates.

    Returns
    -------
    table, rows
        The table of `Groups`; and the number of rows of each source.
    """
    import numpy as np
    import pandas as pd

    texts = part(groups)
    code = {name: numbers for name, (numbers, _) in texts.items()}
    period, wrong = _periods(texts["date"][1], settings, dated=dated)
    reason = wrong.take(code["date"])
    faults = groups["fault"].to_numpy()
    faulty = np.flatnonzero(faults)
    fault = np.array([REASON_NAMES.index(name) for name in FAULTS], dtype=np.int8)
    reason[faulty] = fault[faults[faulty]]
    weight = groups["weight"].to_numpy()
    sources, source = _coded(texts["source"][1], trim=False)
    if len(sources) == 1:
        rows = [int(weight.sum())]
    else:
        place = source[code["source"]]
        rows = np.bincount(place, weights=weight, minlength=len(sources)).tolist()
    names, category = _coded(texts["category"][1])
    wanted = selecting_categories(settings, street=street)
    selects = np.array([wanted is None or name in wanted for name in names], dtype=bool)
    made: dict[str, Callable[[], Any]] = {
        "x": lambda: groups["x"].to_numpy(),
        "y": lambda: groups["y"].to_numpy(),
        "period": lambda: _categorical(*period, code["date"]),
        "category": lambda: _categorical(names, category, code["category"]),
        "selecting": lambda: selects[category].take(code["category"]),
        "location": lambda: _categorical(*_coded(texts["location"][1]), code["location"]),
        "area_name": lambda: _categorical(*_coded(texts["area_name"][1]), code["area_name"]),
        "reason": lambda: pd.Categorical.from_codes(reason, pd.Index(REASON_NAMES, dtype=str)),
        "weight": lambda: weight,
    }
    columns = in_threads(lambda name: made[name](), [(name,) for name in made])
    table = pd.DataFrame(dict(zip(made, columns, strict=True)), copy=False)
    if "ids" in groups.column_names:
        table = count_ids_once(table, groups["ids"])
    return table, {name: int(n) for name, n in zip(sources, rows, strict=True)}


def _coded(texts: pa.Array, *, trim: bool = True) -> tuple[list[str], NDArray[np.int64]]:
    """Distinct texts in order, trimmed, and the place of each text among them."""
    import numpy as np
    import pyarrow.compute as pc

    if trim:
        texts = pc.utf8_trim(texts, BLANKS)
    encoded = texts.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return encoded.dictionary.take(order).to_pylist(), place[encoded.indices.to_numpy()]


def _periods(
    dates: pa.Array, settings: IntakeSettings, *, dated: bool
) -> tuple[tuple[list[str], NDArray[np.int64]], NDArray[np.int8]]:
    """Month of each date, and the number of the reason why it does not count."""
    import numpy as np
    import pyarrow as pa

    written, date = _coded(dates)
    months = [month_in(text, MONTH) if dated else "" for text in written]
    first, last = settings.from_month or "0000-00", settings.to_month or "9999-99"

    def reason(month: str | None) -> str:
        if month is None:
            return "unreadable_date"
        return "" if not dated or first <= month <= last else "outside_months"

    names, period = _coded(pa.array([month or "" for month in months], pa.large_string()))
    wrong = np.array([REASON_NAMES.index(reason(month)) for month in months], dtype=np.int8)
    return (names, period[date]), wrong[date]


def _categorical(
    names: list[str], place: NDArray[np.int64], code: NDArray[np.int32]
) -> pd.Categorical[Any]:
    """Column of texts, each held once."""
    import numpy as np
    import pandas as pd

    small = place.astype(np.min_scalar_type(-max(1, len(names))))
    categories = pd.Index(names, dtype=str)
    return pd.Categorical.from_codes(small.take(code), categories, validate=False)


def selecting_categories(settings: IntakeSettings, *, street: bool) -> tuple[str, ...] | None:
    """Categories that select; None for every one."""
    if settings.every_category:
        return None
    return settings.categories or (DEFAULT_CATEGORIES if street else None)


def metric_crs(settings: IntakeSettings) -> str:
    """CRS of easting and northing, which must be given."""
    if settings.crs is None:
        raise InputError(
            "Easting and northing need their CRS; give --crs, for example --crs EPSG:27700."
        )
    return crs_name(settings.crs)


def fingerprint_rows(table: pd.DataFrame, name: str) -> dict[str, str | int]:
    """SHA-256 of rows that are no file, whatever their order."""
    import pandas as pd

    hashes = pd.util.hash_pandas_object(table, index=False).sort_values().to_numpy()
    return {"name": name, "bytes": 0, "sha256": hashlib.sha256(hashes.tobytes()).hexdigest()}
