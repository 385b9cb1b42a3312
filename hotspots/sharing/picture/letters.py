"""How long text is on the sheet, without asking a font: enough to fit and to place labels."""

from __future__ import annotations

import unicodedata

from hotspots.sharing.page.text import plain

_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[] -"), frozenset("mwMW@%&")


def line(value: object) -> str:
    """Text on one line, without characters that would not be drawn or would turn others."""
    letters = (c for c in plain(value) if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join("".join(letters).split())


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Length of a line, rather too long than too short for usual sans-serif fonts.

    Examples
    --------
    >>> round(width("Hertfordshire", 10))
    67
    """
    return (1.08 if bold else 1.0) * size * sum(map(_letter, text))


def fitted(text: str, most: float, size: float, *, bold: bool = False) -> str:
    """Text cut to a length, with an ellipsis where it is cut.

    Examples
    --------
    >>> fitted("Station Road, Letchworth", 100, 13)
    'Station Road…'
    """
    if width(text, size, bold=bold) <= most:
        return text
    cut = text[: max(1, int(most / size * 4))]
    while cut and width(cut + "…", size, bold=bold) > most:
        cut = cut[:-1]
    return cut.rstrip(" ,") + "…"


def wrapped(text: str, most: float, size: float, lines: int) -> list[str]:
    """Text in lines of a length; what goes beyond the last line is cut with an ellipsis."""
    found: list[str] = []
    rest = text.split(" ")
    while rest and len(found) < lines:
        taken = 1
        while taken < len(rest) and width(" ".join(rest[: taken + 1]), size) <= most:
            taken += 1
        if len(found) == lines - 1:
            taken = len(rest)
        found.append(fitted(" ".join(rest[:taken]), most, size))
        rest = rest[taken:]
    return found


def _letter(letter: str) -> float:
    if letter in _NARROW:
        return 0.38
    if letter in _WIDE:
        return 0.95
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.05
    return 0.72 if letter.isupper() else 0.62
