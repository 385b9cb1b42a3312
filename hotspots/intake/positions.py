"""Positions out of what is written: numbers, and what is wrong with those that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

#: What may be wrong with a position; its place here is the number that a group carries.
FAULTS = ("", "no_coordinates", "unreadable_coordinates", "null_island")
_GEOGRAPHIC_DIGITS = 6  # 0.1 m
_METRIC_DIGITS = 2  # 0.01 m
# Nothing but a failed geocoder puts an incident within a kilometre of 0 N, 0 E.
_NULL_ISLAND_DEGREES = 0.01
# Farther than any projected coordinate on Earth, metres.
_FARTHEST = 1e8
# Bytes of a text that cannot have more digits before the point than a number may.
_SHORT = 15
_PLAIN = r"^-?[0-9]{1,15}[.][0-9]+$"
_NUMBER = r"^[+-]?([0-9]{1,15}([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$"
#: Blanks around a text that do not count.
BLANKS = " \t\n\r\v\f"


def positions(
    x_text: pa.Array, y_text: pa.Array, *, geographic: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]:
    """Coordinates, rounded, and the number of what is wrong with each.

    Parameters
    ----------
    x_text, y_text
        What is written, never null.
    geographic
        Whether positions are longitude and latitude in degrees, rounded to 6 decimals (0.1 m);
        otherwise in metres, rounded to 2.

    Returns
    -------
    x, y, fault
        Not a number where there is no position; and a place in `FAULTS`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> x, y = pa.array(["-0.1", "", "east", "0"]), pa.array(["51.5", "51.5", "51.5", "0"])
    >>> [values.tolist() for values in positions(x, y, geographic=True)]
    [[-0.1, nan, nan, 0.0], [51.5, nan, nan, 0.0], [0, 1, 2, 3]]
    """
    import numpy as np

    (x, no_x), (y, no_y) = _numbers(x_text), _numbers(y_text)
    if geographic:
        possible = (np.abs(x) <= 180) & (np.abs(y) <= 90)
        null_island = (np.abs(x) < _NULL_ISLAND_DEGREES) & (np.abs(y) < _NULL_ISLAND_DEGREES)
        scale = 10**_GEOGRAPHIC_DIGITS
    else:
        possible = (np.abs(x) <= _FARTHEST) & (np.abs(y) <= _FARTHEST)
        null_island = (x == 0) & (y == 0)
        scale = 10**_METRIC_DIGITS
    fault = np.select([no_x | no_y, ~possible, null_island], [1, 2, 3], 0).astype(np.int8)
    # 0.0 turns -0.0 into 0.0
    x, y = (np.floor(values * scale + 0.5) / scale + 0.0 for values in (x, y))
    x[~possible] = y[~possible] = np.nan
    return x, y, fault


def _numbers(text: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Number that each text holds, not a number where it holds none; and which are blank."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if (quick := _decimals(text)) is not None:
        return quick, np.zeros(len(text), dtype=bool)
    plain = pc.match_substring_regex(text, _PLAIN)
    if pc.all(plain, min_count=0).as_py():
        return _floats(text), np.zeros(len(text), dtype=bool)
    odd = np.flatnonzero(~plain.to_numpy(zero_copy_only=False))
    numbers = _floats(pc.if_else(plain, text, None)).copy()
    trimmed = pc.utf8_trim(text.take(pa.array(odd)), BLANKS)
    fits = pc.match_substring_regex(trimmed, _NUMBER)
    numbers[odd] = _floats(pc.if_else(fits, pc.utf8_ltrim(trimmed, "+"), None))
    blank = np.zeros(len(text), dtype=bool)
    blank[odd] = pc.equal(trimmed, "").to_numpy(zero_copy_only=False)
    return numbers, blank


def _decimals(text: pa.Array) -> NDArray[np.float64] | None:
    """Numbers of texts that all are short decimals, which bytes tell sooner than a pattern."""
    import numpy as np
    import pyarrow as pa

    if text.type != pa.string() or not len(text):
        return None
    _, offsets, data = text.buffers()
    ends = np.frombuffer(offsets, np.int32)[text.offset : text.offset + len(text) + 1]
    length = np.diff(ends)
    if length.min() == 0 or length.max() > _SHORT:
        return None
    place = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]] - ord("-")
    # "-", "." and the digits follow each other, but for a slash
    if place.max() > ord("9") - ord("-") or (place == ord("/") - ord("-")).any():
        return None
    try:
        return _floats(text)
    except pa.ArrowInvalid:
        return None


def _floats(text: pa.Array) -> NDArray[np.float64]:
    import numpy as np
    import pyarrow as pa

    return np.asarray(text.cast(pa.float64()).to_numpy(zero_copy_only=False))
