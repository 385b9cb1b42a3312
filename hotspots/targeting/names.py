"""Readable names for hotspots, from the streets that incidents name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_PREFIX = "On or near "
# data.police.uk writes St Peter'S Street
_CAPITAL_S = r"(?<=[a-z])'S\b"
# Kinds of places that data.police.uk writes where there is no street: a name of last resort.
_KINDS = frozenset(
    {
        "", "no location", "airport/airfield", "bus/coach station", "conference/exhibition centre",
        "education facility", "further/higher educational building", "hospital", "nightclub",
        "park/open space", "parking area", "pedestrian subway", "petrol station",
        "police station", "prison", "race track", "shopping area", "sports/recreation area",
        "supermarket", "theatre/concert hall", "theme/adventure park",
    }
)  # fmt: skip


def street_names(places: pd.DataFrame, piece: Sequence[int], count: int) -> list[str]:
    """Street most often named in each piece, empty where none is.

    Parameters
    ----------
    places
        Columns location and weight.
    piece
        Piece of each place, -1 for none; shape (places,).
    count
        Number of pieces.
    """
    inside = places.assign(piece=piece)
    inside = inside[inside["piece"] >= 0]
    location = inside["location"].astype("category").cat
    codes = location.codes.to_numpy()
    known = location.categories.to_series().str.removeprefix(_PREFIX).str.strip()
    known = known.str.replace(_CAPITAL_S, "'s", regex=True)
    street = known.take(codes).set_axis(inside.index)
    kind = known.str.lower().isin(_KINDS).take(codes).set_axis(inside.index)
    totals = (
        inside.assign(street=street, kind=kind)[street != ""]
        .groupby(["piece", "kind", "street"])["weight"]
        .sum()
        .reset_index()
        .sort_values(["piece", "kind", "weight", "street"], ascending=[True, True, False, True])
        .drop_duplicates("piece")
        .set_index("piece")["street"]
    )
    return [str(totals.get(number, "")) for number in range(count)]


def numbered(names: Sequence[str], districts: Sequence[str]) -> list[str]:
    """Names with their district; alike ones get a number, in the order given.

    Examples
    --------
    >>> numbered(["High Street", "High Street", ""], ["Watford", "Watford", "Watford"])
    ['High Street, Watford', 'High Street, Watford (2)', 'Place 1, Watford']
    """
    seen: dict[str, int] = {}
    nameless: dict[str, int] = {}
    result = []
    for name, district in zip(names, districts, strict=True):
        if not name:
            nameless[district] = nameless.get(district, 0) + 1
            name = f"Place {nameless[district]}"
        whole = f"{name}, {district}"
        seen[whole] = seen.get(whole, 0) + 1
        result.append(whole if seen[whole] == 1 else f"{whole} ({seen[whole]})")
    return result
