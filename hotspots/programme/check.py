"""Looking at the quality of incident data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hotspots.frames import Quality
from hotspots.programme.identify import listed
from hotspots.settings import Settings


def check(incidents: Any, districts: Any = None, *, settings: Settings | None = None) -> Quality:
    """Look at the quality of incident data, without looking for hotspots.

    Parameters
    ----------
    incidents
        Paths of files, folders or archives; or a GeoDataFrame of points.
    districts
        A police force, names, the path of a file, or polygons; without it nothing is said of
        positions.
    settings
        Column mapping, formats, categories, months.

    Returns
    -------
    Quality
        What became of every row.
    """
    from hotspots.intake import read_districts, read_moments, read_places

    settings = settings or Settings()
    layer = None if districts is None else read_districts(districts, settings.districts)
    sources = listed(incidents)
    places, _ = read_places(sources, layer, settings.intake)
    if settings.targeting.times == "none":
        return places.quality
    moments = read_moments(sources, layer, settings.intake, need="hour")
    facts = {**places.quality.facts, **moments.facts}
    return replace(places.quality, facts=facts)
