"""One job per force, district or category of the same incidents."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Literal, get_args

from hotspots.errors import InputError, SettingsError
from hotspots.programme.identify import listed
from hotspots.programme.jobs import Job
from hotspots.settings import Settings

if TYPE_CHECKING:
    import geopandas as gpd

    from hotspots.frames import Places

Each = Literal["force", "district", "category"]
EACH: tuple[str, ...] = get_args(Each)


def jobs_for_each(
    each: Each, incidents: Any, districts: Any = None, *, settings: Settings | None = None
) -> list[Job]:
    """Split one run into a job per police force, district or selecting category.

    The incidents are read once to see which forces, districts or categories have any; the
    others are in the list too, to be skipped.

    Parameters
    ----------
    each
        What becomes a job.
    incidents, districts
        As for `hotspots.run`. Without districts there is a job per police force of the bundled
        layer.
    settings
        Settings of every job: a budget is that of each job. A title is followed by the name of
        the job.

    Returns
    -------
    list of Job
        In order of name.

    Raises
    ------
    InputError
        Districts are missing or have no police force, no incident lies inside, or the
        incidents have no categories.
    SettingsError
        The settings name an overrides file, which is about one plan.

    Examples
    --------
    >>> import hotspots
    >>> jobs = hotspots.jobs_for_each("district", hotspots.sample_incidents(), "west-yorkshire")
    >>> [job.name for job in jobs]
    ['Bradford', 'Calderdale', 'Kirklees', 'Leeds', 'Wakefield']
    """
    from hotspots.intake import read_districts, read_places

    settings = settings or Settings()
    if each not in EACH:
        raise InputError(f"each must be one of {', '.join(EACH)}; it is {each!r}.")
    if settings.targeting.overrides:
        raise SettingsError(
            f"targeting.overrides is {settings.targeting.overrides}, but overrides are about one "
            "plan; list the runs as [[jobs]], each with an overrides file of its own."
        )
    if districts is None:
        if each != "force":
            raise InputError(f"One run per {each} needs districts; give --districts.")
        districts = "all"
    layer = read_districts(districts, settings.districts)
    places, _ = read_places(listed(incidents), layer, settings.intake)
    if each == "category":
        return _categories(places, incidents, districts, settings)
    column = "district" if each == "district" else "police_force"
    if (layer[column] == "").any():
        raise InputError(
            f"{layer.loc[layer[column] == '', 'district'].iloc[0]!r} has no police force; give "
            "bundled districts, or a boundary file with a column police_force."
        )
    return _areas(column, layer, places, incidents, districts, settings)


def _areas(
    column: str,
    layer: gpd.GeoDataFrame,
    places: Places,
    incidents: Any,
    districts: Any,
    settings: Settings,
) -> list[Job]:
    """One job per value of a column of the districts."""
    table = places.table[places.table["selecting"]]
    counted = table.groupby("district")["weight"].sum()
    jobs = []
    for name, rows in layer.groupby(column, sort=True):
        inside = [str(district) for district in rows["district"]]
        some = counted.reindex(inside, fill_value=0).sum() > 0
        which, narrowed = _narrowed(districts, inside, len(inside) == len(layer), settings)
        jobs.append(
            Job(
                name=str(name),
                incidents=incidents,
                districts=which,
                settings=_titled(narrowed, str(name)),
                skip="" if some else "no incident of a selecting category lies inside",
            )
        )
    return jobs


def _narrowed(
    districts: Any, inside: Collection[str], whole: bool, settings: Settings
) -> tuple[Any, Settings]:
    """Districts and settings that stand for some of the districts asked for."""
    from hotspots.intake import districts_fingerprint, text_for

    if whole:
        return districts, settings
    if districts_fingerprint(districts)["bundled"] and (text := text_for(inside)):
        return text, settings.replace(districts={"only": ()})
    return districts, settings.replace(districts={"only": tuple(inside)})


def _categories(places: Places, incidents: Any, districts: Any, settings: Settings) -> list[Job]:
    """One job per category that selects hotspots."""
    found = {str(entry["category"]) for entry in places.quality.categories if entry["selects"]}
    named = () if settings.intake.every_category else settings.intake.categories or ()
    absent = set(named) - found
    if not any(name.strip() for name in found):
        raise InputError("The incidents have no categories; map one, e.g. --column category=Type.")
    return [
        Job(
            name=name,
            incidents=incidents,
            districts=districts,
            settings=_titled(
                settings.replace(intake={"categories": (name,)}),
                name,
                settings.sharing.title or "Hotspot patrol plan",
            ),
            skip="no incident of this category lies inside" if name in absent else "",
        )
        for name in sorted({*filter(str.strip, found), *absent})
    ]


def _titled(settings: Settings, name: str, title: str | None = None) -> Settings:
    """Settings whose title tells this job from the others."""
    title = title or settings.sharing.title
    return settings.replace(sharing={"title": f"{title}: {name}"}) if title else settings
