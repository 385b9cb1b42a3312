"""Surfaces as few bytes: values rounded to a step, and bands of rows as compressed numbers."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Rows of a surface that are packed together.
BAND = 256

_BITS = 10  # the step is at most the threshold / 2 ** _BITS
_WITHOUT_THRESHOLD = 2.0**-_BITS
_BYTES = 8


def surface_step(threshold: float) -> float:
    """Step to which a surface is rounded: a power of two just below a 1,024th of its threshold.

    Being a power of two it makes rounded values exact, and rounding them again changes nothing.

    Parameters
    ----------
    threshold
        Value that counts as dense; where it is none, the step is 1/1,024.

    Examples
    --------
    >>> surface_step(683.1), surface_step(0.0)
    (0.5, 0.0009765625)
    """
    if not (math.isfinite(threshold) and threshold > 0):
        return _WITHOUT_THRESHOLD
    return 2.0 ** max(math.frexp(threshold)[1] - 1 - _BITS, -1000)


def rounded(values: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
    """Values rounded to `surface_step`, as a plan's file keeps them; 0 where they are not known.

    Examples
    --------
    >>> rounded(np.array([0.2, 12.3, np.nan]), 683.1)
    array([ 0. , 12.5,  0. ])
    """
    step = surface_step(threshold)
    result: NDArray[np.float64] = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    result /= step
    np.rint(result, out=result)
    result *= step
    result += 0.0  # no negative zero
    return result


def pack(values: NDArray[np.float64], threshold: float) -> bytes:
    """Pack a band of rounded values: differences along rows and columns, by bytes, deflated.

    Neighbouring cells of a smooth surface differ by few steps, and so do neighbouring
    differences: most bytes are zero.

    Parameters
    ----------
    values
        Shape (rows, columns).
    threshold
        As for `surface_step`.
    """
    steps = (rounded(values, threshold) / surface_step(threshold)).astype(np.int64)
    change = np.diff(np.diff(steps, axis=1, prepend=0), axis=0, prepend=0)
    # the sign goes last, so that small numbers of either sign have high bytes of zero
    folded = np.where(change < 0, -2 * change - 1, 2 * change).astype("<u8")
    planes = folded.reshape(-1, 1).view(np.uint8).reshape(-1, _BYTES).T
    return zlib.compress(planes.tobytes(), 6)


def unpack(packed: bytes, rows: int, columns: int, threshold: float) -> NDArray[np.float64]:
    """Give a band of values back.

    Raises
    ------
    ValueError
        The bytes are not a band of that shape.
    """
    planes = _inflated(packed, rows * columns * _BYTES).reshape(_BYTES, -1)
    folded = np.ascontiguousarray(planes.T).view("<u8").reshape(rows, columns)
    half = (folded >> 1).astype(np.int64)
    change = np.where(folded & 1, -half - 1, half)
    steps = change.cumsum(axis=0).cumsum(axis=1)
    values: NDArray[np.float64] = steps * surface_step(threshold)
    return values


def pack_mask(mask: NDArray[np.bool_]) -> bytes:
    """Pack a band of yes and no, eight cells a byte, deflated."""
    return zlib.compress(np.packbits(mask).tobytes(), 6)


def unpack_mask(packed: bytes, rows: int, columns: int) -> NDArray[np.bool_]:
    """Give a band of yes and no back.

    Raises
    ------
    ValueError
        The bytes are not a band of that shape.
    """
    bits = np.unpackbits(_inflated(packed, (rows * columns + 7) // 8))
    return bits[: rows * columns].reshape(rows, columns).astype(bool)


def _inflated(packed: bytes, size: int) -> NDArray[Any]:
    """Bytes that must be of this size; no more are ever made of them."""
    inflater = zlib.decompressobj()
    try:
        whole = inflater.decompress(packed, size + 1)
    except zlib.error as error:
        raise ValueError(f"packed cells are damaged: {error}") from None
    if len(whole) != size:
        raise ValueError(f"packed cells are {len(whole):,} bytes instead of {size:,}")
    if not inflater.eof:
        raise ValueError("packed cells are cut short")
    return np.frombuffer(whole, dtype=np.uint8)
