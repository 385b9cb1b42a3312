"""Drawing a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hotspots.frames import Plan
    from hotspots.settings import Audience
    from hotspots.sharing import HotspotMap


def draw(
    plan: Plan,
    audience: Audience | None = None,
    *,
    places: tuple[ArrayLike, ArrayLike] | None = None,
) -> HotspotMap:
    """Draw a plan as a Folium map that is one self-contained page.

    ``draw(plan).save("map.html")`` writes it; in a notebook the map shows itself, offline too.

    Parameters
    ----------
    plan
        From `allocate`.
    audience
        Whom the page is for, ``"restricted"``, ``"partner"`` or ``"public"``; by default that of
        the settings. What goes beyond it is not in the page (docs/sharing.md).
    places
        Positions of incidents in the working CRS, x and y, where they are at hand: a page for
        partners or the public is not saved with one of them in it.

    Raises
    ------
    OutputError
        No source is known, nobody can be attributed, or that edition cannot be made.
    """
    from hotspots.sharing import draw as draw_page

    return draw_page(plan, audience, places=places)
