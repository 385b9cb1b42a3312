"""What the shared outputs say about themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hotspots.trees import check


@dataclass(frozen=True, kw_only=True)
class SharingSettings:
    """What the shared outputs say about themselves.

    Attributes
    ----------
    title
        Title of the map. None: made from the districts.
    marking
        Protective marking shown on every page.
    source
        Where the incidents come from. None: data.police.uk for its files, otherwise the file
        names.
    attribution
        Whose rights must be named, besides those known for data.police.uk and the bundled
        districts.
    palette
        Colours of the density classes.
    """

    title: str | None = None
    marking: str = "OFFICIAL"
    source: str | None = None
    attribution: str | None = None
    palette: Literal["inferno_r", "YlOrRd"] = "inferno_r"

    def __post_init__(self) -> None:
        if self.attribution is not None:
            check(bool(self.attribution.strip()), "attribution", self.attribution, "not empty")
