"""What the shared outputs say about themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from hotspots.trees import check

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

    def __post_init__(self) -> None:
        if self.attribution is not None:
            check(bool(self.attribution.strip()), "attribution", self.attribution, "not empty")
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
