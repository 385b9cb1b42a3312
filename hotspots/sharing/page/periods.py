"""The density of parts of the period as small pictures, in the classes of the whole."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from hotspots.packing import rounded
from hotspots.sharing import raster
from hotspots.sharing.page.text import plain
from hotspots.sharing.provenance import period_text
from hotspots.threads import in_threads

if TYPE_CHECKING:
    from hotspots.frames import DensityFrame, Plan

#: Bytes of all pictures together; beyond, the page does without them.
MOST_BYTES = 400_000


def periods(plan: Plan, breaks: tuple[float, ...]) -> list[dict[str, Any]]:
    """Label, bounds and picture (PNG, base64) of every frame; none where they would be too much.

    Parameters
    ----------
    plan
        The plan of record.
    breaks
        Lower bounds of the classes of the whole, incidents per km² and month.
    """
    frames = plan.targeting.frames
    canvases: list[raster.Canvas] = []
    for frame in frames:
        fitting = [canvas for canvas in canvases[-1:] if canvas.fits(frame.surface)]
        canvases += fitting or [raster.Canvas.of(frame.surface, pixels=1)]

    def drawn(frame: DensityFrame, canvas: raster.Canvas) -> raster.Picture:
        surface = frame.surface
        values = rounded(surface.values_per_km2, surface.threshold_per_km2)
        return canvas.draw(values, breaks, plan.settings.sharing.palette)

    pictures = in_threads(drawn, list(zip(frames, canvases, strict=True)))
    if sum(len(picture.png) for picture in pictures) > MOST_BYTES:
        return []
    return [
        {
            "label": plain(period_text(frame.months)),
            "bounds": [[round(v, 6) for v in corner] for corner in picture.bounds],
            "png": base64.b64encode(picture.png).decode(),
        }
        for frame, picture in zip(frames, pictures, strict=True)
    ]
