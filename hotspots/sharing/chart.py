"""Charts of accuracy as positions in a picture, which the page's template draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hotspots.sharing.page.text import percent, plain

WIDTH = 360
_LEFT, _RIGHT = 8, 352
_ROW, _TOP = 33, 8
#: Shape and colour of the methods of a curve, told apart without colour, too.
_MARKS = ("circle", "square", "diamond")


def ticks(most: float, wanted: int = 5) -> list[float]:
    """Round numbers from 0 up to the first that reaches `most`.

    Examples
    --------
    >>> [round(tick, 2) for tick in ticks(0.131)]
    [0.0, 0.05, 0.1, 0.15]
    """
    if not most > 0:
        return [0.0, 1.0]
    rough = most / wanted
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= rough)
    return [step * number for number in range(math.ceil(most / step - 1e-9) + 1)]


def hit_rate_chart(rows: Sequence[dict[str, Any]], *, ours: str, hindsight: str) -> dict[str, Any]:
    """Hit rate of each method as a dot on its interval, one below the other.

    Parameters
    ----------
    rows
        Rows of columns `hotspots.frames.ACCURACY`, in the order shown.
    ours, hindsight
        Methods that look otherwise than the rest.

    Returns
    -------
    dict
        Positions in a picture of `WIDTH`: axis, line of ours, and one entry per method.
    """
    most = max([_known(row[f"hit_rate{end}"]) for row in rows for end in ("", "_high")] or [0.0])
    axis = ticks(most)
    scale = (_RIGHT - _LEFT - 14) / axis[-1]

    def x(share: float) -> float:
        return round(_LEFT + 7 + share * scale, 1)

    bottom = _TOP + _ROW * len(rows) + 4
    drawn = []
    for number, row in enumerate(rows):
        rate, low, high = (row[f"hit_rate{end}"] for end in ("", "_low", "_high"))
        sure = not math.isnan(_number(low))
        drawn.append(
            {
                "kind": {ours: "ours", hindsight: "hindsight"}.get(row["method"], "plain"),
                "label": plain(row["method"]),
                "value": percent(rate),
                "text_y": _TOP + _ROW * number + 11,
                "y": _TOP + _ROW * number + 21,
                "x": x(_known(rate)),
                "low": x(low) if sure else None,
                "high": x(high) if sure else None,
            }
        )
    mine = next((entry["x"] for entry in drawn if entry["kind"] == "ours"), None)
    return {
        "width": WIDTH,
        "height": bottom + 20,
        "right": _RIGHT,
        "left": _LEFT,
        "top": _TOP,
        "bottom": bottom,
        "ticks": [{"x": x(tick), "label": percent(tick, _digits(axis))} for tick in axis],
        "rows": drawn,
        "ours": mine,
    }


def curve_chart(points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Hit rate over the share of the area, which is drawn on a logarithmic scale.

    Parameters
    ----------
    points
        Rows of columns `hotspots.frames.ACCURACY_CURVE`.
    """
    methods = list(dict.fromkeys(point["method"] for point in points))
    shares = sorted({point["area_share"] for point in points})
    axis = ticks(max(_known(point[f"hit_rate{end}"]) for point in points for end in ("", "_high")))
    left, right, top = 44, 344, 14 + 16 * len(methods)
    bottom = top + 190
    low, high = math.log(shares[0]), math.log(shares[-1])
    wide = (high - low) or 1.0

    def x(share: float) -> float:
        return round(left + 12 + (math.log(share) - low) / wide * (right - left - 24), 1)

    def y(rate: float) -> float:
        return round(bottom - rate / axis[-1] * (bottom - top - 6), 1)

    lines = []
    for number, method in enumerate(methods):
        own = [point for point in points if point["method"] == method]
        places = [{"x": x(p["area_share"]), "y": y(_known(p["hit_rate"]))} for p in own]
        lines.append(
            {
                "label": plain(method),
                "kind": f"line-{number % len(_MARKS)}",
                "mark": _MARKS[number % len(_MARKS)],
                "legend_y": 14 + 16 * number,
                "points": places,
                "path": " ".join(f"{place['x']},{place['y']}" for place in places),
            }
        )
    return {
        "width": WIDTH,
        "height": bottom + 40,
        "left": left,
        "right": right,
        "bottom": bottom,
        "middle": (left + right) / 2,
        "ticks": [{"y": y(tick), "label": percent(tick, _digits(axis))} for tick in axis],
        "shares": [{"x": x(share), "label": f"{100 * share:g}%"} for share in shares],
        "lines": lines,
    }


def _digits(axis: Sequence[float]) -> int:
    return 0 if axis[1] >= 0.01 - 1e-12 else 1


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _known(value: Any) -> float:
    found = _number(value)
    return 0.0 if math.isnan(found) else found
