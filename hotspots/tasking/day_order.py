"""The order of visits where every patrol day is alike and each visit counts q times the last."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hotspots.tasking.greedy import Visits
from hotspots.tasking.response import covered_incidents, gain


@dataclass(frozen=True)
class DayOrder:
    """Keys in closed form, so that no list of visits is ever made.

    Visit ``j`` of a hotspot (from 0) stands on level ``j // days``, where every visit gains
    ``rate * q**level * (1 - q)``. Its key ``top - (j // days) * drop - j % days`` is a logarithm
    of that gain in whole numbers, so that no level underflows and equal gains are equal keys;
    gains closer than about one part in 10**9 count as equal.

    Attributes
    ----------
    rates
        Incidents a day of each hotspot, shape (n,), hotspots in order of their ids.
    top
        Key of each hotspot's first visit, shape (n,).
    drop
        How far the key falls from one level to the next.
    days
        Visits on a level.
    q
        Worth of a visit beside the one before.
    """

    rates: NDArray[np.float64]
    top: Visits
    drop: int
    days: int
    q: float

    @classmethod
    def build(cls, rates: NDArray[np.float64], *, q: float, days: int, most: int) -> DayOrder:
        """Order up to `most` visits of each hotspot, given incidents a day in order of ids.

        Hotspots without incidents come after every visit to the others. ``q = 0`` is the limit
        of small q: all first visits of a day, then all second ones, though these gain nothing.
        """
        levels = most // days + 2
        some = rates > 0
        rung = np.zeros(len(rates), dtype=np.int64)
        if q == 0:
            step = len(rates)
            rung[some] = np.unique(rates[some], return_inverse=True)[1]
        else:
            # q so near to 1 that a level is lost in rounding error is ordered as if less near
            fall = max(-math.log(q), 1e-11)
            step = max(1, min(round(fall * 2**36), 2**61 // (days * levels)))
            logs = np.log(rates[some])
            rung[some] = np.rint((logs - logs.max(initial=-np.inf)) * (step / fall))
        rung[~some] = rung.min(initial=0) - levels * step
        return cls(rates=rates, top=rung * days, drop=step * days, days=days, q=q)

    def above(self, key: NDArray[np.int64], spot: Visits) -> Visits:
        """Count the visits of each hotspot `spot` whose key is at least its `key`."""
        level, left = np.divmod(self.top[spot] - key, self.drop)
        return np.where(level < 0, 0, level * self.days + np.minimum(left + 1, self.days))

    def span(self, limit: Visits) -> tuple[int, int]:
        """Bounds that lie below the key of every visit up to `limit` and above all keys."""
        levels = int(limit.max(initial=0)) // self.days + 1
        return int(self.top.min()) - levels * self.drop - 1, int(self.top.max()) + 1

    def covered(self, visits: Visits) -> NDArray[np.float64]:
        """Incidents that each hotspot's visits reach."""
        return covered_incidents(visits, self.rates, days=self.days, q=self.q)

    def next_gain(self, visits: Visits) -> NDArray[np.float64]:
        """Incidents that one more visit to each hotspot would reach."""
        more: NDArray[np.float64] = self.rates * gain(visits // self.days, self.q)
        return more

    def blocks(self, lower: Visits, upper: Visits) -> pd.DataFrame:
        """List visits from `lower` to `upper` in blocks of one hotspot and one gain."""
        count = np.where(upper > lower, (upper - 1) // self.days - lower // self.days + 1, 0)
        spot = np.repeat(np.arange(len(lower)), count)
        first = np.cumsum(count) - count
        level = lower[spot] // self.days + np.arange(len(spot)) - first[spot]
        return pd.DataFrame(
            {
                "key": self.top[spot] - level * self.drop,
                "spot": spot,
                "start": np.maximum(level * self.days, lower[spot]) - level * self.days,
                "end": np.minimum((level + 1) * self.days, upper[spot]) - level * self.days,
                "gain": self.rates[spot] * gain(level, self.q),
            }
        )
