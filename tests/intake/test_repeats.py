"""Repeated ids: one row of each counts, whatever the groups they lie in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

import hotspots
from hotspots.intake import read_places

_ROW = st.tuples(
    st.sampled_from(["", "a", "b", "c", " a ", "d"]),
    st.sampled_from([-1.55, -1.56, 0.0]),
    st.sampled_from(["2021-01", "2021-02", "never"]),
    st.sampled_from(["robbery", "theft"]),
)
_SETTINGS = hotspots.Settings.from_dict(
    {
        "intake": {
            "columns": {
                "incident_id": "id",
                "longitude": "lon",
                "latitude": "lat",
                "date": "month",
                "category": "kind",
            },
            "categories": ["robbery"],
        }
    }
).intake


@settings(max_examples=40, deadline=None)
@given(st.lists(_ROW, min_size=1, max_size=40))
def test_one_row_of_each_id_counts(rows: list[tuple[str, float, str, str]]) -> None:
    """Of the usable rows of one id the first counts: robbery, then month, then west."""
    first: dict[str, tuple[bool, str, float, str]] = {}
    expected: Counter[tuple[str, str]] = Counter()
    repeated = 0
    for name, x, month, kind in rows:
        key = (kind != "robbery", month, x, kind)
        if month == "never" or x == 0:
            continue
        if not name.strip():
            expected[month, kind] += 1
        elif name.strip() in first:
            repeated += 1
            first[name.strip()] = min(first[name.strip()], key)
        else:
            first[name.strip()] = key
    expected.update((month, kind) for _, month, _, kind in first.values())
    if not expected:
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        lines = [
            f"{name},{x},{0 if x == 0 else 53.8},{month},{kind}" for name, x, month, kind in rows
        ]
        path.write_text("id,lon,lat,month,kind\n" + "\n".join(lines) + "\n", encoding="utf-8")
        places, _ = read_places([path], None, _SETTINGS)
    found = places.table.groupby(["period", "category"])["weight"].sum()
    assert {key: int(n) for key, n in found.items() if n} == dict(expected)
    assert places.quality.left_out["repeated_id"] == repeated
