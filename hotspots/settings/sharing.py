"""What the shared outputs say about themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from hotspots.trees import check

Audience = Literal["restricted", "partner", "public"]

# nothing that could end an address or a policy, and no user name before the host
_TILES = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9._~%/?=&{}+-]*")


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
    town_names
        Whether towns of England and Wales are named on the map.
    roads, places
        Vector files of lines, and of points with a column name, drawn on the map.
    tiles, tile_attribution
        Address of a tile server behind the map, with ``{z}``, ``{x}`` and ``{y}``, and whose
        tiles these are. None: no tiles, and the page asks nothing of any network.
    audience
        Who the outputs are for: ``"restricted"`` shows everything; ``"partner"`` counts in bands,
        rounded hours and no times; ``"public"`` no count below `suppress_below`, none that totals
        would give back, and a coarser density (docs/sharing.md).
    suppress_below
        Counts below this are withheld from the public.
    count_bands
        Least count of every band in which partners see counts; the first is 0.
    round_hours
        Officer-hours of the programme are rounded to multiples of this for partners and public.
    """

    title: str | None = None
    marking: str = "OFFICIAL"
    source: str | None = None
    attribution: str | None = None
    palette: Literal["inferno_r", "YlOrRd"] = "inferno_r"
    town_names: bool = True
    roads: str | None = None
    places: str | None = None
    tiles: str | None = None
    tile_attribution: str | None = None
    audience: Audience = "restricted"
    suppress_below: int = 5
    count_bands: tuple[int, ...] = (
        0, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000,
    )  # fmt: skip
    round_hours: float = 10.0

    def __post_init__(self) -> None:
        if self.attribution is not None:
            check(bool(self.attribution.strip()), "attribution", self.attribution, "not empty")
        least, bands = self.suppress_below, self.count_bands
        check(2 <= least <= 1_000, "suppress_below", least, "between 2 and 1,000")
        wide = bool(bands) and bands[0] == 0 and all(b - a >= least for a, b in pairwise(bands))
        check(wide, "count_bands", list(bands), f"rising from 0 in steps of {least} or more")
        check(0.01 <= self.round_hours <= 10_000, "round_hours", self.round_hours, "0.01 or more")
        if self.tiles is not None:
            check(
                bool(_TILES.fullmatch(self.tiles))
                and all(part in self.tiles for part in ("{z}", "{x}", "{y}")),
                "tiles",
                self.tiles,
                "an address like 'https://tiles.example.org/{z}/{x}/{y}.png'",
            )
            check(
                bool((self.tile_attribution or "").strip()),
                "tile_attribution",
                self.tile_attribution,
                "whose tiles these are, where tiles are set",
            )
