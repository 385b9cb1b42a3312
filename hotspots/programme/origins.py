"""Splits of the months: what hotspots are chosen by, and what comes strictly later."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hotspots.errors import InputError, SettingsError
from hotspots.frames import Places

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


@dataclass(frozen=True)
class Origin:
    """One split.

    Attributes
    ----------
    train
        Places of the earlier months, with all that targeting needs to know.
    test
        Places of the later months, those of selecting categories inside the districts.
    test_months, test_days
        The later months, and the days in them.
    """

    train: Places
    test: pd.DataFrame
    test_months: Sequence[str]
    test_days: int


def origins(places: Places, split: str | None, rolling: int | None) -> list[Origin]:
    """Split places into earlier and later months, once or several times.

    Parameters
    ----------
    places
        Places of all months.
    split
        First month tested, ``YYYY-MM``; the months from it on are tested together, by those
        before it. None, without `rolling`: the later half of the months is tested.
    rolling
        Test each of so many last months by itself, by all the months before it.

    Raises
    ------
    InputError
        The incidents have no dates, or nothing lies before or after the split.
    SettingsError
        Both `split` and `rolling` are given, or one of them makes no sense.
    """
    months = list(places.months)
    if len(months) < 2:
        found = f"all of {months[0]}" if months else "without dates"
        raise InputError(
            f"Accuracy needs earlier and later months, but the incidents are {found}; give more "
            "months, or map a date column."
        )
    if split is not None and rolling is not None:
        raise SettingsError("Give either the first month tested or rolling splits, not both.")
    if rolling is not None:
        if not 1 <= rolling < len(months):
            raise SettingsError(
                f"rolling must be between 1 and {len(months) - 1}, one less than the months; it "
                f"is {rolling}."
            )
        return [split_off(places, [month]) for month in months[-rolling:]]
    if split is None:
        split = months[len(months) - len(months) // 2]
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", split):
        raise SettingsError(f"split must be a month such as 2021-07; it is {split!r}.")
    later = [month for month in months if month >= split]
    if not later or len(later) == len(months):
        side = "before" if later else "from"
        raise InputError(
            f"No incident is dated {side} {split}: months are {months[0]} to {months[-1]}. Choose "
            f"a split between {months[1]} and {months[-1]}."
        )
    return [split_off(places, later)]


def first_half(places: Places) -> Places:
    """Places of the older half of the months; with an odd number the smaller half."""
    months = list(places.months)
    return _cut(places, months[: len(months) // 2])


def split_off(places: Places, later: Sequence[str]) -> Origin:
    """Split places into some later months, in order, and all months before the first of them.

    Raises
    ------
    InputError
        No incident that counts is of the later months.
    """
    from hotspots.intake import days_in

    months = [month for month in places.months if month < later[0]]
    table = places.table
    counts = table["selecting"] & (table["district"] != "") & table["period"].isin(later)
    if not counts.any():
        raise InputError(
            f"No incident of a selecting category lies inside the districts in {later[0]} to "
            f"{later[-1]}, so there is nothing to test by."
        )
    return Origin(
        train=_cut(places, months),
        test=table[counts].reset_index(drop=True),
        test_months=tuple(later),
        test_days=days_in(list(later)),
    )


def _cut(places: Places, months: Sequence[str]) -> Places:
    """Places of some months only; the rows of the others count as outside the months."""
    from hotspots.intake import days_in

    table = places.table[places.table["period"].isin(months)].reset_index(drop=True)
    counted = table["selecting"] & (table["district"] != "")
    kept = int(table.loc[counted, "weight"].sum())
    quality = places.quality
    left_out = dict(quality.left_out)
    left_out["outside_months"] = left_out.get("outside_months", 0) + quality.rows_kept - kept
    return replace(
        places,
        table=table,
        months=tuple(months),
        days=days_in(list(months)),
        quality=replace(quality, months=tuple(months), rows_kept=kept, left_out=left_out),
    )
