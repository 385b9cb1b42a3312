"""The order of visits over periods of the week, for any response with falling gains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hotspots.settings import TaskingSettings
from hotspots.tasking.greedy import Visits
from hotspots.tasking.periods import Periods
from hotspots.tasking.response import gains

#: Gains that differ by less than this part of themselves count as equal.
_EQUAL = 1e-9


@dataclass(frozen=True)
class WeekOrder:
    """Visits in blocks: one hotspot, one period, one level, as many visits as occurrences.

    The blocks of a hotspot are sorted by gain; blocks of equal gain are one, its visits spread
    over their periods. So a hotspot's own order is exact, and `hotspots.tasking.greedy` needs
    no more.

    Attributes
    ----------
    rates
        Incidents in one occurrence of each period, shape (n, periods).
    period, gain, rung
        Sorted blocks of each hotspot: period, gain per visit, and its place among all gains,
        shape (n, blocks).
    count
        Visits of each block, and of its equals after it in the same hotspot; those hold 0.
    size
        Visits of each block alone, shape (n, blocks).
    width
        More than the visits of any block: the step of the key from one rung to the next.
    rises
        Share of an occurrence's incidents that its 1st, 2nd ... visit adds.
    """

    rates: NDArray[np.float64]
    period: NDArray[np.int64]
    gain: NDArray[np.float64]
    rung: NDArray[np.int64]
    count: NDArray[np.int64]
    size: NDArray[np.int64]
    width: int
    rises: NDArray[np.float64]

    @classmethod
    def build(
        cls, rates: NDArray[np.float64], periods: Periods, settings: TaskingSettings
    ) -> WeekOrder:
        """Order all visits, given incidents per occurrence, shape (n, periods)."""
        period = np.repeat(np.arange(len(periods)), periods.most)
        level = np.concatenate([np.arange(most) for most in periods.most])
        rises = gains(settings, int(periods.most.max()))
        worth = rates[:, period] * rises[level]
        rung = _rungs(worth, level)
        order = np.argsort(-rung, axis=1, kind="stable")
        rung = np.take_along_axis(rung, order, axis=1)
        size = periods.occurrences[period][order]
        return cls(
            rates=rates,
            period=period[order],
            gain=np.take_along_axis(worth, order, axis=1),
            rung=rung,
            count=_merged(rung, size),
            size=size,
            width=int(size.sum(axis=1).max()) + 1,
            rises=rises,
        )

    @property
    def capacity(self) -> Visits:
        """Most visits of each hotspot, shape (n,)."""
        visits: Visits = self.size.sum(axis=1)
        return visits

    def above(self, key: NDArray[np.int64], spot: Visits) -> Visits:
        """Count the visits of each hotspot `spot` whose key is at least its `key`."""
        reached = self.rung[spot] * self.width - key[:, None] + 1
        visits: Visits = np.clip(reached, 0, self.count[spot]).sum(axis=1)
        return visits

    def span(self, limit: Visits) -> tuple[int, int]:
        """Bounds that lie below the key of every visit and above all keys."""
        return int(self.rung.min() - 1) * self.width - 1, int(self.rung.max()) * self.width + 1

    def covered(self, visits: Visits) -> NDArray[np.float64]:
        """Incidents that each hotspot's visits reach."""
        before = np.cumsum(self.count, axis=1) - self.count
        taken = np.clip(np.asarray(visits)[..., None] - before, 0, self.count)
        reached: NDArray[np.float64] = (taken * self.gain).sum(axis=-1)
        return reached

    def next_gain(self, visits: Visits) -> NDArray[np.float64]:
        """Incidents that one more visit to each hotspot would reach."""
        after = np.cumsum(self.count, axis=1)
        block = (np.asarray(visits)[..., None] >= after).sum(axis=-1)
        padded = np.pad(self.gain, ((0, 0), (0, 1)))
        more: NDArray[np.float64] = padded[np.arange(len(padded)), block]
        return more

    def blocks(self, lower: Visits, upper: Visits) -> pd.DataFrame:
        """List visits from `lower` to `upper` in blocks of one hotspot and one gain."""
        before = np.cumsum(self.count, axis=1) - self.count
        start = np.clip(lower[:, None] - before, 0, self.count)
        end = np.clip(upper[:, None] - before, 0, self.count)
        spot, block = np.nonzero(end > start)
        return pd.DataFrame(
            {
                "key": self.rung[spot, block] * self.width,
                "spot": spot,
                "start": start[spot, block],
                "end": end[spot, block],
                "gain": self.gain[spot, block],
            }
        )

    def by_period(self, visits: Visits) -> Visits:
        """Spread the visits of each hotspot over its periods, shape (n, periods).

        Where the next visits of several periods gain alike, they are shared out evenly.
        """
        before = np.cumsum(self.count, axis=1) - self.count
        taken = np.clip(visits[:, None] - before, 0, self.count)
        spread = np.zeros_like(self.rates, dtype=np.int64)
        for spot in range(len(visits)):
            first = np.flatnonzero(self.count[spot])
            for block, end in zip(first, [*first[1:], self.count.shape[1]], strict=True):
                sizes = self.size[spot, block:end]
                share = _evenly(int(taken[spot, block]), sizes, turn=spot)
                np.add.at(spread[spot], self.period[spot, block:end], share)
        return spread

    def covered_by_period(self, spread: Visits, periods: Periods) -> NDArray[np.float64]:
        """Incidents that visits reach which are spread as said, shape (n, periods)."""
        level, extra = np.divmod(spread, periods.occurrences)
        level = np.minimum(level, len(self.rises))
        reached, rises = np.pad(np.cumsum(self.rises), (1, 0)), np.append(self.rises, 0.0)
        worth = periods.occurrences * reached[level] + extra * rises[level]
        covered: NDArray[np.float64] = self.rates * worth
        return covered


def _rungs(worth: NDArray[np.float64], level: Visits) -> NDArray[np.int64]:
    """Place of each gain among all; visits that gain nothing come last, level by level."""
    step = np.full(worth.shape, np.iinfo(np.int64).min // 2, dtype=np.int64)
    some = worth > 0
    step[some] = np.rint(np.log(worth[some]) / _EQUAL).astype(np.int64)
    step = np.where(some, step, step - level)
    places = np.unique(step, return_inverse=True)[1]
    return places.reshape(worth.shape).astype(np.int64)


def _merged(rung: Visits, size: Visits) -> Visits:
    """Visits of equal blocks of a hotspot, put into the first of them."""
    count = np.zeros_like(size)
    head = np.ones_like(rung, dtype=bool)
    head[:, 1:] = rung[:, 1:] != rung[:, :-1]
    position = np.maximum.accumulate(np.where(head, np.arange(rung.shape[1]), 0), axis=1)
    spot = np.broadcast_to(np.arange(len(rung))[:, None], rung.shape)
    np.add.at(count, (spot, position), size)
    return count


def _evenly(amount: int, sizes: Visits, *, turn: int) -> Visits:
    """Share out `amount` in proportion to `sizes`, odd visits from another period each `turn`."""
    total = int(sizes.sum())
    if amount == total:
        return sizes
    share, left = np.divmod(amount * sizes, total)
    order = np.argsort(-np.roll(left, -turn), kind="stable")
    odd = (order[: amount - int(share.sum())] + turn) % len(sizes)
    share[odd] += 1
    return share
