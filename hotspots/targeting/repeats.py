"""Near repeats: whether incidents close in space are closer in time than chance makes them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.errors import InputError, SettingsError
from hotspots.frames import REPEATS, names
from hotspots.trees import check

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

#: Fewer incidents carry no claim.
FEWEST = 50
#: More pairs within the largest distance are refused: 8 bytes each.
MOST_PAIRS = 100_000_000
_CHUNK = 1 << 20


def knox(
    x_m: ArrayLike,
    y_m: ArrayLike,
    day: ArrayLike,
    *,
    space_bands_m: Sequence[float],
    time_bands_days: Sequence[int],
    draws: int = 999,
    seed: int = 1,
    workers: int = 1,
) -> pd.DataFrame:
    """Count pairs of incidents close in space and time, beside what chance would give.

    The Knox (1964) statistic of every pair of bands. Chance is a random permutation of the days
    over the incidents, which keeps where incidents are and when they are. The expected number is
    the exact mean over all permutations, pairs in the space band x pairs in the time band / all
    pairs; the pseudo p-value is ``(1 + draws with at least as many pairs) / (1 + draws)``.

    Parameters
    ----------
    x_m, y_m
        Positions in metres, shape (n,), one for each incident.
    day
        Whole days, shape (n,), from any first day on.
    space_bands_m
        Upper bounds of the distance bands, rising, above 0: ``(100, 200)`` are the bands same
        place, (0, 100] and (100, 200].
    time_bands_days
        Upper bounds of the bands of days between, rising whole numbers: ``(7, 14)`` are the
        bands [0, 7] and (7, 14].
    draws, seed
        Permutations, and the seed they come from.
    workers
        Threads; the result does not depend on their number.

    Returns
    -------
    pandas.DataFrame
        Columns `hotspots.frames.REPEATS`, by distance and then by days.

    Raises
    ------
    InputError
        There are fewer than 50 incidents, or more than 100 million pairs within the largest
        distance; no other pairs are ever held.
    SettingsError
        Bands do not rise, or draws are fewer than 1.

    References
    ----------
    Knox, E. G. (1964). The detection of space-time interactions. Applied Statistics 13(1), 25-29.
    """
    x, y = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
    days = np.asarray(day, dtype=np.int64)
    reach, ends = check_bands(space_bands_m, time_bands_days)
    check(draws >= 1, "draws", draws, "1 or more")
    check(seed >= 0, "seed", seed, "0 or more")
    check(workers >= 1, "workers", workers, "1 or more")
    if len(x) < FEWEST:
        raise InputError(
            f"A near-repeat test needs {FEWEST} incidents or more; there are {len(x)}. Take more "
            "months, a larger area or more categories."
        )
    bands = _pairs(x, y, reach)
    early = (days - days.min()).astype(np.int32)
    observed = _count(bands, early, ends)

    def drawn(number: int) -> NDArray[np.int64]:
        # each draw has a generator of its own, so threads may take them in any order
        return _count(bands, np.random.default_rng([seed, number]).permutation(early), ends)

    at_least = np.zeros_like(observed)
    with ThreadPoolExecutor(workers) as pool:
        for counts in pool.map(drawn, range(draws)):
            at_least += counts >= observed
    in_time = np.diff(_pairs_within_days(days, ends), prepend=0)
    in_space = np.array([len(first) for first, _ in bands])
    every = len(x) * (len(x) - 1) / 2
    expected = in_space[:, None] * in_time[None, :] / every
    return _table(reach, ends, observed, expected, (1 + at_least) / (1 + draws))


def check_bands(
    space_bands_m: Sequence[float], time_bands_days: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Upper bounds of the bands as arrays.

    Raises
    ------
    SettingsError
        They are not rising numbers; those of days must be whole.
    """
    space, time = list(space_bands_m), list(time_bands_days)
    rising = all(a < b for a, b in zip([0, *space], space, strict=False))
    finite = all(math.isfinite(bound) for bound in space)
    if not (space and rising and finite):
        raise SettingsError(
            f"space_bands_m must be rising metres above 0, such as 100,200,400; it is {space}."
        )
    whole = all(float(bound).is_integer() and bound < 1e6 for bound in time)
    rising = all(a < b for a, b in zip([-1, *time], time, strict=False))
    if not (time and whole and rising):
        raise SettingsError(
            f"time_bands_days must be rising whole days, such as 7,14,28; it is {time}."
        )
    return np.array(space, dtype=np.float64), np.array(time, dtype=np.int64)


_Pairs = list[tuple["NDArray[np.int32]", "NDArray[np.int32]"]]


def _pairs(x: NDArray[np.float64], y: NDArray[np.float64], reach: NDArray[np.float64]) -> _Pairs:
    """Pairs of incidents by space band: the same place, then up to each reach."""
    from scipy.spatial import KDTree

    spots, spot = np.unique(np.column_stack([x, y]), axis=0, return_inverse=True)
    spot = spot.ravel()
    order = np.argsort(spot, kind="stable").astype(np.int32)
    held = np.bincount(spot, minlength=len(spots))
    begin = np.concatenate(([0], np.cumsum(held)[:-1]))
    tree = KDTree(spots)
    # a hair further, so that rounding inside the tree loses no pair; the bands decide
    far = float(reach[-1]) * (1 + 1e-9)
    total = (tree.count_neighbors(tree, far, weights=(held, held)) - len(x)) / 2
    if total > MOST_PAIRS:
        raise InputError(
            f"{total:,.0f} pairs of incidents lie within {reach[-1]:g} m, more than the "
            f"{MOST_PAIRS:,} that fit in memory; lower the largest distance, or take fewer "
            "months or one category."
        )
    same = np.flatnonzero(held > 1)
    bands = [_joined(_within(begin[same], held[same], order))]
    near = tree.query_pairs(far, output_type="ndarray")
    near = near[np.lexsort((near[:, 1], near[:, 0]))]
    step = spots[near[:, 0]] - spots[near[:, 1]]
    band = np.searchsorted(reach, np.sqrt((step * step).sum(axis=1)), side="left")
    for number in range(len(reach)):
        pairs = near[band == number]
        bands.append(_joined(_between(pairs, begin, held, order)))
    return bands


def _within(
    begin: NDArray[np.int64], held: NDArray[np.int64], order: NDArray[np.int32]
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Pairs of incidents at the same place, place by place of one size together."""
    for size in np.unique(held):
        first, second = np.triu_indices(int(size), k=1)
        starts = begin[held == size][:, None]
        yield order[(starts + first).ravel()], order[(starts + second).ravel()]


def _between(
    pairs: NDArray[np.int64],
    begin: NDArray[np.int64],
    held: NDArray[np.int64],
    order: NDArray[np.int32],
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Pairs of incidents at two places, for some pairs of places."""
    a, b = pairs[:, 0], pairs[:, 1]
    for some in range(0, len(pairs), _CHUNK):
        left, right = a[some : some + _CHUNK], b[some : some + _CHUNK]
        many = held[left] * held[right]
        pair = np.repeat(np.arange(len(left)), many)
        inside = np.arange(len(pair)) - np.repeat(np.cumsum(many) - many, many)
        row, column = np.divmod(inside, held[right][pair])
        yield order[begin[left][pair] + row], order[begin[right][pair] + column]


def _joined(
    parts: Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    empty = np.empty(0, dtype=np.int32)
    found = [(empty, empty), *parts]
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])


def _count(bands: _Pairs, days: NDArray[np.int32], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs in each space band and time band, shape (space bands, time bands)."""
    counts = np.zeros((len(bands), len(ends)), dtype=np.int64)
    for number, (first, second) in enumerate(bands):
        for some in range(0, len(first), _CHUNK):
            gap = days[first[some : some + _CHUNK]]
            gap -= days[second[some : some + _CHUNK]]
            np.abs(gap, out=gap)
            counts[number] += [np.count_nonzero(gap <= end) for end in ends]
    return np.diff(counts, axis=1, prepend=0)


def _pairs_within_days(days: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
    """Pairs, of all there are, at most so many days apart."""
    ordered = np.sort(days)
    place = np.arange(len(ordered))
    return np.array(
        [
            float((np.searchsorted(ordered, ordered + end, side="right") - place - 1).sum())
            for end in ends
        ]
    )


def _table(
    reach: NDArray[np.float64],
    ends: NDArray[np.int64],
    observed: NDArray[np.int64],
    expected: NDArray[np.float64],
    p: NDArray[np.float64],
) -> pd.DataFrame:
    import pandas as pd

    space: list[tuple[str, float, float]] = [("same place", math.nan, 0.0)]
    for low, high in zip([0.0, *reach[:-1]], reach, strict=True):
        space.append((f"({low:g}, {high:g}] m", float(low), float(high)))
    time: list[tuple[str, int, int]] = [(f"[0, {ends[0]}] days", 0, int(ends[0]))]
    for low, high in itertools.pairwise(ends):
        time.append((f"({low}, {high}] days", int(low) + 1, int(high)))
    rows: list[dict[str, Any]] = []
    for i, (space_band, over_m, to_m) in enumerate(space):
        for j, (time_band, from_days, to_days) in enumerate(time):
            mean = float(expected[i, j])
            rows.append(
                {
                    "space_band": space_band,
                    "time_band": time_band,
                    "over_m": over_m,
                    "to_m": to_m,
                    "from_days": from_days,
                    "to_days": to_days,
                    "observed": int(observed[i, j]),
                    "expected": mean,
                    "ratio": int(observed[i, j]) / mean if mean else math.nan,
                    "p": float(p[i, j]),
                }
            )
    return pd.DataFrame(rows)[names(REPEATS)]
