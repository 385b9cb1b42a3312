"""Drawing a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import InputError

if TYPE_CHECKING:
    from hotspots.frames import Plan
    from hotspots.settings import SharingSettings
    from hotspots.sharing import HotspotMap


def draw(plan: Plan) -> HotspotMap:
    """Draw a plan as a Folium map that is one self-contained page.

    ``draw(plan).save("map.html")`` writes it; in a notebook the map shows itself, offline too.
    Layers of one's own can be added as to any Folium map; what would load something from
    elsewhere, or write text into the page as HTML, is refused when it is saved.

    Parameters
    ----------
    plan
        From `allocate`. Roads and places that its settings name are read from their files.

    Raises
    ------
    InputError
        A file of roads or places is missing or holds none.
    OutputError
        No source is known, or nobody can be attributed.
    """
    from hotspots.sharing import draw as draw_page

    check_context(plan.settings.sharing)
    wanted, crs = plan.settings.sharing, plan.targeting.density.crs
    roads = places = None
    if wanted.roads or wanted.places:
        from hotspots.intake import read_named_places, read_roads

        roads = read_roads(wanted.roads, crs) if wanted.roads else None
        places = read_named_places(wanted.places, crs) if wanted.places else None
    return draw_page(plan, roads=roads, places=places)


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
