"""The busiest part of a week, by a stated rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

#: Hours of a week.
HOURS = 168
# Share of its incidents over share of the week from which a part of the week stands out.
_STANDS_OUT = 1.25
# A part of the week to name: hours in a row, and hours in all.
_PART_HOURS, _MOST_HOURS = range(2, 9), 24
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Peak:
    """The busiest part of a week: some hours on some weekdays in a row.

    Hours after midnight belong to the day on which the part began.
    """

    first_day: int
    days: int
    from_hour: int
    hours: int
    share: float

    @property
    def week_share(self) -> float:
        """Share of the week that it lasts."""
        return self.days * self.hours / HOURS

    @property
    def stands_out(self) -> bool:
        """Whether it holds clearly more than its share of the week."""
        return self.share >= _STANDS_OUT * self.week_share

    def __str__(self) -> str:
        """In words, as ``Friday and Saturday 20:00-02:00``."""
        until = (self.from_hour + self.hours) % 24
        first, last = _DAYS[self.first_day], _DAYS[(self.first_day + self.days - 1) % 7]
        days = {1: first, 2: f"{first} and {last}", 7: "every day"}
        named = days.get(self.days, f"{first} to {last}")
        return f"{named} {self.from_hour:02d}:00-{until:02d}:00"


def peak(share: ArrayLike) -> Peak:
    """Find the busiest part of a week.

    Of all parts of 2 to 8 hours in a row on 1 to 6 weekdays in a row, or on every day, and of
    at most 24 hours in all, it is the one with the highest likelihood ratio of Kulldorff's scan
    statistic, ``c ln(c / e) + (1 - c) ln((1 - c) / (1 - e))`` with c its share of the incidents
    and e its share of the week, where c exceeds e. Of equals it is the shortest, then the one
    on fewest days, then the one that begins first.

    Parameters
    ----------
    share
        Shares of the 168 hours, Monday 00:00 first, summing to 1.

    References
    ----------
    Kulldorff, M. (1997). A spatial scan statistic. Communications in Statistics 26(6).
    """
    week = np.asarray(share, dtype=np.float64)
    around = np.concatenate(([0.0], np.cumsum(np.concatenate((week, week)))))
    hours = np.arange(HOURS)
    best, best_ratio = Peak(0, 7, 0, _PART_HOURS[0], 0.0), -np.inf
    for length in _PART_HOURS:
        one_day = around[hours + length] - around[hours]  # from each hour of the week on
        table = one_day.reshape(7, 24)
        twice = np.concatenate((np.zeros((1, 24)), np.cumsum(np.vstack((table, table)), axis=0)))
        for days in range(1, min(7, _MOST_HOURS // length) + 1):
            starts = np.arange(7 if days < 7 else 1)
            held = np.clip(twice[starts + days] - twice[starts], 0.0, 1.0)
            ratio = _likelihood_ratio(held, days * length / HOURS)
            at = int(ratio.argmax())
            if ratio.flat[at] > best_ratio + 1e-12:
                day, hour = divmod(at, 24)
                best_ratio = float(ratio.flat[at])
                best = Peak(day, days, hour, length, float(held.flat[at]))
    return best


def _likelihood_ratio(held: NDArray[np.float64], expected: float) -> NDArray[np.float64]:
    from scipy.special import xlogy

    inside = xlogy(held, held / expected)
    outside = xlogy(1 - held, (1 - held) / (1 - expected))
    ratio: NDArray[np.float64] = np.where(held > expected, inside + outside, 0.0)
    return ratio
