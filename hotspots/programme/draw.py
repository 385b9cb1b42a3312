"""Drawing a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hotspots.frames import Plan
    from hotspots.settings import Audience, SharingSettings
    from hotspots.sharing import HotspotMap


def draw(
    plan: Plan,
    audience: Audience | None = None,
    *,
    positions: tuple[ArrayLike, ArrayLike] | None = None,
) -> HotspotMap:
    """Draw a plan as a Folium map that is one self-contained page.

    ``draw(plan).save("map.html")`` writes it; in a notebook the map shows itself, offline too.
    Layers of one's own can be added as to any Folium map; what would load something from
    elsewhere, or write text into the page as HTML, is refused when it is saved.

    Parameters
    ----------
    plan
        From `allocate`. Roads and places that its settings name are read from their files.
    audience
        Whom the page is for, ``"restricted"``, ``"partner"`` or ``"public"``; by default that of
        the settings. What goes beyond it is not in the page (docs/sharing.md).
    positions
        Positions of incidents in the working CRS, x and y, where they are at hand: a page for
        partners or the public is not saved with one of them in it.

    Raises
    ------
    InputError
        A file of roads or places is missing or holds none.
    OutputError
        No source is known, nobody can be attributed, or that edition cannot be made.
    """
    from hotspots.sharing import draw as draw_page

    check_context(plan.settings.sharing)
    wanted, crs = plan.settings.sharing, plan.targeting.density.crs
    roads = places = None
    if wanted.roads or wanted.places:
        from hotspots.intake import read_named_places, read_roads

        roads = read_roads(wanted.roads, crs) if wanted.roads else None
        places = read_named_places(wanted.places, crs) if wanted.places else None
    return draw_page(plan, audience, positions=positions, roads=roads, places=places)


def check_context(sharing: SharingSettings) -> None:
    """Check that files drawn on the map are there, before anything is computed.

    Raises
    ------
    InputError
        One is not; the message names the setting.
    """
    for name in ("roads", "places"):
        path = getattr(sharing, name)
        if path is not None and not Path(path).exists():
            raise InputError(
                f"sharing.{name} names the file {path}, which is not there; check the path, or "
                f"give another with --{name}."
            )
