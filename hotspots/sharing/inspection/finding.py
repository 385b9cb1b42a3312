"""What an inspection found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """One thing in a page that must not be there, or is missing.

    Attributes
    ----------
    where
        Line and part of the file, such as ``"line 60, JSON plan-data, hotspots, incidents"``.
    what
        What was found, in words.
    todo
        What to do.
    """

    where: str
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.todo}"
