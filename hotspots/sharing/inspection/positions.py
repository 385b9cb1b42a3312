"""Whether a page holds positions of incidents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_DEGREE = re.compile(r"(?<![\w.])-?\d{1,3}\.\d{4,}(?!\w)")
_METRE = re.compile(r"(?<![\w.])\d{5,7}(?:\.\d+)?(?!\w)")
_NEAR = 40  # characters between the two numbers of a pair
_METRES_PER_DEGREE = 111_195.0
#: Metres. Five decimals of a degree are rounded by half a metre each way.
REACH_M = 1.5


class Positions:
    """Positions of incidents, to be looked for in a page.

    Parameters
    ----------
    longitude, latitude
        Degrees, WGS 84, shape (n,).
    x_m, y_m
        The same in the working CRS, where that is known.
    """

    def __init__(
        self,
        longitude: ArrayLike,
        latitude: ArrayLike,
        x_m: ArrayLike | None = None,
        y_m: ArrayLike | None = None,
    ) -> None:
        from scipy.spatial import cKDTree

        degrees = np.column_stack([np.asarray(longitude, float), np.asarray(latitude, float)])
        degrees = degrees[np.isfinite(degrees).all(axis=1)]
        middle = float(degrees[:, 1].mean()) if len(degrees) else 0.0
        self._scale = _METRES_PER_DEGREE * np.array([np.cos(np.radians(middle)), 1.0])
        self._degrees = cKDTree(degrees * self._scale) if len(degrees) else None
        self._metres = None
        if x_m is not None and y_m is not None and len(degrees):
            self._metres = cKDTree(
                np.column_stack([np.asarray(x_m, float), np.asarray(y_m, float)])
            )

    def among(self, pairs: ArrayLike) -> NDArray[np.bool_]:
        """Whether each pair of numbers is a position, in degrees either way round or in metres."""
        given = np.asarray(pairs, np.float64).reshape(-1, 2)
        found = np.zeros(len(given), dtype=bool)
        if self._degrees is None or not len(given):
            return found
        for order in ((0, 1), (1, 0)):
            away, _ = self._degrees.query(given[:, order] * self._scale, distance_upper_bound=5.0)
            found |= away <= REACH_M
        if self._metres is not None:
            away, _ = self._metres.query(given, distance_upper_bound=5.0)
            found |= away <= REACH_M
        return found


def pairs_in_text(text: str) -> NDArray[np.float64]:
    """Pairs of numbers that follow each other in a text and could be coordinates."""
    found = []
    for pattern in (_DEGREE, _METRE):
        matches = list(pattern.finditer(text))
        for one, other in pairwise(matches):
            if other.start() - one.end() <= _NEAR:
                found.append((float(one[0]), float(other[0])))
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def pairs_in_values(value: Any) -> Iterator[NDArray[np.float64]]:
    """Pairs of numbers in JSON: side by side in a list or a mapping, or in two lists alike."""
    if isinstance(value, dict):
        numbers = [float(one) for one in value.values() if _is_number(one)]
        if len(numbers) >= 2:
            yield np.column_stack([numbers[:-1], numbers[1:]])
        lists = [one for one in value.values() if isinstance(one, list) and one]
        lists = [one for one in lists if all(map(_is_number, one))]
        for at, one in enumerate(lists):
            for other in lists[at + 1 :]:
                if len(one) == len(other):
                    yield np.column_stack([one, other]).astype(np.float64)
        for one in value.values():
            yield from pairs_in_values(one)
    elif isinstance(value, list):
        if len(value) >= 2 and all(map(_is_number, value)):
            numbers_ = np.array(value, dtype=np.float64)
            yield np.column_stack([numbers_[:-1], numbers_[1:]])
            yield from _coded(numbers_)
        else:
            cells = [one for one in value if _is_number(one)]
            if len(cells) >= 2:
                yield np.column_stack([cells[:-1], cells[1:]]).astype(np.float64)
            for one in value:
                if isinstance(one, dict | list):
                    yield from pairs_in_values(one)


def pairs_in_bytes(data: bytes) -> Iterator[NDArray[np.float64]]:
    """Pairs in bytes that are floating-point numbers or whole ones with five or six decimals."""
    for kind, width in (("<f8", 8), ("<f4", 4), (">f8", 8), ("<i4", 4)):
        number = len(data) // (2 * width)
        if not number:
            continue
        with np.errstate(all="ignore"):
            values = np.frombuffer(data[: 2 * width * number], dtype=kind).astype(np.float64)
            values = np.where(np.isfinite(values) & (np.abs(values) < 1e9), values, 0.0)
        yield values.reshape(-1, 2)
        if kind == "<i4":
            yield from _coded(values)


def _coded(numbers: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Whole numbers as degrees with five or six decimals, as they are and as steps."""
    if len(numbers) < 2 or (numbers % 1).any():
        return
    pairs = numbers[: len(numbers) // 2 * 2].reshape(-1, 2)
    for decimals in (1e5, 1e6):
        yield pairs / decimals
        yield np.cumsum(pairs, axis=0) / decimals


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
