"""Drawing a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotspots.frames import Plan
    from hotspots.sharing import HotspotMap


def draw(plan: Plan) -> HotspotMap:
    """Draw a plan as a Folium map that is one self-contained page.

    ``draw(plan).save("map.html")`` writes it; in a notebook the map shows itself, offline too.

    Parameters
    ----------
    plan
        From `allocate`.
    """
    from hotspots.sharing import draw as draw_page

    return draw_page(plan)
