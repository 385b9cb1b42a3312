"""A declared profile is checked hour by hour."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hotspots.errors import InputError
from hotspots.intake import read_declared_profile


def week() -> pd.DataFrame:
    hours = pd.MultiIndex.from_product([range(1, 8), range(24)], names=["weekday", "hour"])
    table = hours.to_frame(index=False)
    return table.assign(share=1 / 168)


def test_rows_may_come_in_any_order(tmp_path: Path) -> None:
    """Shares stand at their hours and sum to 1: the numbers 24 to 191 sum to 18,060."""
    table = week()
    table["share"] = (table["weekday"] * 24 + table["hour"]) / 18_060
    table.iloc[::-1].to_csv(tmp_path / "week.csv", index=False)
    found = read_declared_profile(tmp_path / "week.csv")
    assert found.sum() == pytest.approx(1, abs=1e-12)
    assert found[0] == pytest.approx(24 / 18_060)
    assert found[167] == pytest.approx(191 / 18_060)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.iloc[1:], "0 rows for weekday 1, hour 0"),
        (lambda t: pd.concat([t, t.iloc[-1:]]), "2 rows for weekday 7, hour 23"),
        (lambda t: t.assign(hour=t["hour"] + 1), "hour 24, share .* in line 25"),
        (lambda t: t.assign(weekday=t["weekday"] - 1), "weekday 0, hour 0"),
        (lambda t: t.assign(share=-1), "share -1 in line 2"),
        (lambda t: t.assign(share="much"), "share much"),
        (lambda t: t.assign(share=1 / 24), "add up to 7"),
        (lambda t: t.drop(columns="hour"), "no column hour"),
    ],
)
def test_what_is_wrong_is_said(change, says: str, tmp_path: Path) -> None:
    """A missing, repeated or impossible hour, or shares of something else."""
    change(week()).to_csv(tmp_path / "week.csv", index=False)
    with pytest.raises(InputError, match=says) as caught:
        read_declared_profile(tmp_path / "week.csv")
    assert "\n" not in str(caught.value)


def test_a_missing_or_empty_file_is_one_line(tmp_path: Path) -> None:
    """The path is named."""
    (tmp_path / "empty.csv").touch()
    for name in ("nowhere.csv", "empty.csv"):
        with pytest.raises(InputError, match=f"declared profile .*{name}"):
            read_declared_profile(tmp_path / name)
