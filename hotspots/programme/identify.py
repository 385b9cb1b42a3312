"""Finding the hotspots of a study area."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.frames import Choice, Places, Quality, Targeting
from hotspots.programme import overrides
from hotspots.programme.stages import Stages
from hotspots.programme.times import with_times
from hotspots.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from hotspots.intake import Store

STREET_SOURCE = "data.police.uk"
STREET_ATTRIBUTION = (
    "Incidents: data.police.uk. Contains public sector information licensed under the Open "
    "Government Licence v3.0."
)


def identify(incidents: Any, districts: Any, *, settings: Settings | None = None) -> Targeting:
    """Find the hotspots of a study area.

    Parameters
    ----------
    incidents
        Paths of files, folders or archives; or a GeoDataFrame of points with a CRS, which may
        have the columns date, category, location and incident_id.
    districts
        A police force (``"hertfordshire"``), names (``"Stevenage, Watford"``), the path of a
        file, or a GeoDataFrame of polygons with a CRS.
    settings
        What is left open in `Settings.targeting` is chosen from the data, and said.

    Returns
    -------
    Targeting
        Hotspots, candidates with the reason why each was dropped, density, data quality.

    Raises
    ------
    InputError
        The input is wrong; the message says what, and what to do.

    Examples
    --------
    >>> import hotspots
    >>> found = hotspots.identify(hotspots.sample_incidents(), "west-yorkshire")
    >>> len(found.hotspots), found.hotspots["district"].nunique()
    (26, 5)
    """
    return identify_with_places(incidents, districts, settings or Settings(), Stages(None))[0]


def identify_with_places(
    incidents: Any,
    districts: Any,
    settings: Settings,
    stage: Stages,
    *,
    store: Store | None = None,
) -> tuple[Targeting, Places]:
    """Find the hotspots, stage by stage; the places they were found in come along."""
    from hotspots.programme.sweep import sweep

    with stage("read_districts", "Reading districts"):
        from hotspots.intake import read_districts, read_places, read_previous

        layer = read_districts(districts, settings.districts)
        path = settings.targeting.previous
        previous = read_previous(path, str(layer.crs)) if path else None
        decisions = overrides.read(settings.targeting.overrides, previous, str(layer.crs))
    with stage("read_incidents", "Reading incidents"):
        places, choices = read_places(listed(incidents), layer, settings.intake, store=store)
    swept = sweep(places, layer, settings, stage)
    settings = swept.settings
    with stage("targeting", "Looking for hotspots"):
        found = find(
            places,
            layer,
            settings,
            [*choices, *swept.choices],
            previous=previous,
            overrides=decisions,
            progress=stage.steps("Drawing again"),
        )
    with stage("periods", "Estimating density period by period"):
        from hotspots.targeting import density_frames

        found = replace(found, frames=density_frames(places, found))
    found = with_times(found, listed(incidents), layer, settings, stage)
    origin = origin_of(districts, found.quality)
    return replace(found, origin=origin, sweep=swept.table), places


def find(
    places: Places,
    districts: gpd.GeoDataFrame,
    settings: Settings,
    choices: Sequence[Choice] = (),
    **options: Any,
) -> Targeting:
    """Find the hotspots in places, with the background that the settings name."""
    from hotspots.targeting import find_hotspots

    if settings.targeting.previous and options.get("previous") is None:
        # accuracy is that of the ranking: no earlier plan holds it back
        settings = settings.replace(targeting={"max_changes": None})
    background = None
    path = settings.targeting.relative_to
    if path is not None:
        from hotspots.intake import read_background

        background, left_out = read_background(path, places.crs)
        choice = Choice(
            "relative_to",
            f"{len(background):,} points weighing {background['weight'].sum():,.10g}",
            f"density relative to {Path(path).name}; {left_out:,} of its rows cannot be used",
        )
        choices = [*choices, choice]
    return find_hotspots(
        places, districts, settings, choices=choices, background=background, **options
    )


def origin_of(districts: Any, quality: Quality) -> dict[str, Any]:
    """Whose incidents and boundaries these are, as far as that is known."""
    from hotspots.intake import BUNDLED_ATTRIBUTION, districts_fingerprint

    street = str(quality.facts.get("layout", "")).startswith(STREET_SOURCE)
    boundaries = districts_fingerprint(districts)
    credits = [STREET_ATTRIBUTION] if street else []
    if boundaries["bundled"]:
        credits.append(BUNDLED_ATTRIBUTION)
    elif boundaries["name"]:
        credits.append(f"Boundaries: {boundaries['name']}.")
    return {
        "source": STREET_SOURCE if street else None,
        "attribution": credits,
        "districts_sha256": boundaries["sha256"],
    }


def listed(incidents: Any) -> Any:
    """One path as a list of one; anything else as it is."""
    return [incidents] if isinstance(incidents, str | Path) else incidents
