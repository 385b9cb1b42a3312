"""The whole path: it composes the rooms, which do not know each other."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.errors import NothingFoundError
from hotspots.frames import Places, Plan, Quality, Targeting
from hotspots.settings import Settings

if TYPE_CHECKING:
    from hotspots.sharing import HotspotMap

Progress = Callable[[str], None]

STREET_SOURCE = "data.police.uk"
STREET_ATTRIBUTION = (
    "Incidents: data.police.uk. Contains public sector information licensed under the Open "
    "Government Licence v3.0."
)
OUTPUTS = ("map.html", "plan.gpkg", "plan.xlsx", "quality.json", "run.json")


class _Stages:
    """Seconds that each stage of a run took."""

    def __init__(self, progress: Progress | None) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress

    @contextmanager
    def __call__(self, name: str, announcement: str) -> Iterator[None]:
        if self._progress:
            self._progress(announcement)
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


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
    from hotspots.intake import read_districts, read_places

    settings = settings or Settings()
    layer = None if districts is None else read_districts(districts, settings.districts)
    places, _ = read_places(_listed(incidents), layer, settings.intake)
    return places.quality


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
    return _identify(incidents, districts, settings or Settings(), _Stages(None))[0]


def _identify(
    incidents: Any, districts: Any, settings: Settings, stage: _Stages
) -> tuple[Targeting, Places]:
    with stage("read_districts", "Reading districts"):
        from hotspots.intake import read_districts, read_places

        layer = read_districts(districts, settings.districts)
    with stage("read_incidents", "Reading incidents"):
        places, choices = read_places(_listed(incidents), layer, settings.intake)
    with stage("targeting", "Looking for hotspots"):
        from hotspots.targeting import find_hotspots

        found = find_hotspots(places, layer, settings, choices=choices)
    return replace(found, origin=_origin(districts, found.quality)), places


def _origin(districts: Any, quality: Quality) -> dict[str, Any]:
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


def _listed(incidents: Any) -> Any:
    return [incidents] if isinstance(incidents, str | Path) else incidents


def allocate(
    found: Targeting,
    *,
    hours: float | None = None,
    pounds: float | None = None,
    settings: Settings | None = None,
) -> Plan:
    """Share out a budget of patrol hours over the hotspots found.

    Parameters
    ----------
    found
        From `identify`.
    hours, pounds
        Budget in officer-hours, or in pounds at ``pounds_per_hour``; otherwise the one in the
        settings.
    settings
        Tasking and sharing settings; by default those of `found`.

    Returns
    -------
    Plan
        Hotspots with visits and hours, equal and proportional shares beside the optimum, and
        the budget curve.

    Raises
    ------
    InfeasibleError
        The budget cannot meet the floors; both numbers are said.
    NothingFoundError
        There is no hotspot to allocate hours to.

    Examples
    --------
    >>> import hotspots
    >>> found = hotspots.identify(hotspots.sample_incidents(), "west-yorkshire")
    >>> plan = hotspots.allocate(found, hours=5_000)
    >>> plan.allocation.hours
    4999.5
    """
    from hotspots.sharing import provenance
    from hotspots.tasking import allocate as share_out

    resolved = found.settings
    if settings is not None:
        resolved = replace(resolved, tasking=settings.tasking, sharing=settings.sharing)
    if hours is not None or pounds is not None:
        resolved = resolved.replace(tasking={"hours": hours, "pounds": pounds})
    if found.hotspots.empty:
        raise NothingFoundError(
            "No hotspot was found, so there are no hours to allocate; "
            + (" ".join(found.messages) or "lower targeting.min_incidents or dense_area_share.")
        )
    allocation = share_out(found.hotspots, resolved.tasking)
    facts = found.quality.facts
    accuracy = facts.get("transformation_accuracy_m")
    described = provenance.describe(
        found,
        resolved,
        source=found.origin.get("source"),
        attribution=found.origin.get("attribution", ()),
        transformation=str(facts["transformation"]) if facts.get("transformation") else None,
        transformation_accuracy_m=None if accuracy is None else float(accuracy),
        districts_sha256=found.origin.get("districts_sha256"),
    )
    return Plan(found, allocation, resolved, described)


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


def run(
    incidents: Any,
    districts: Any,
    *,
    settings: Settings | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Go the whole path, from incidents to the files that people share.

    Parameters
    ----------
    incidents, districts
        As for `identify`.
    settings
        Everything that can be set.
    out
        Folder for map.html, plan.gpkg, plan.xlsx, quality.json and run.json, which appear
        together or not at all. None: nothing is written.
    progress
        Called with a sentence at the start of each stage.

    Returns
    -------
    Plan

    Raises
    ------
    InputError, InfeasibleError, OutputError, NothingFoundError
        As the single steps do.
    """
    settings = settings or Settings()
    stage = _Stages(progress)
    if out is not None:
        from hotspots.sharing.files import output_folder

        output_folder(out)
    found, places = _identify(incidents, districts, settings, stage)
    with stage("tasking", "Allocating hours"):
        plan = allocate(found)
    if out is not None:
        _write(plan, Path(out), stage, len(places.table.drop_duplicates(["x_m", "y_m"])))
    return plan


def _write(plan: Plan, folder: Path, stage: _Stages, places: int) -> None:
    """Write every output of a run."""
    from hotspots.sharing import provenance, write_geopackage, write_workbook
    from hotspots.sharing.files import publish

    def timed(name: str, announcement: str, write: Callable[[Path], object]) -> Any:
        def writer(path: Path) -> None:
            with stage(name, announcement):
                write(path)

        return writer

    def quality(path: Path) -> None:
        path.write_text(provenance.to_json(plan.targeting.quality.to_dict()), encoding="utf-8")

    def manifest(path: Path) -> None:
        made = [path.with_name(name) for name in OUTPUTS if name != path.name]
        record = provenance.run_manifest(
            plan,
            timings_s=stage.seconds,
            peak_memory_mb=_peak_memory_mb(),
            places=places,
            outputs=made,
        )
        path.write_text(provenance.to_json(record), encoding="utf-8")

    publish(
        folder,
        {
            "map.html": timed("map", "Drawing the map", lambda path: draw(plan).save(path)),
            "plan.gpkg": timed(
                "geopackage", "Writing plan.gpkg", lambda path: write_geopackage(plan, path)
            ),
            "plan.xlsx": timed(
                "workbook", "Writing plan.xlsx", lambda path: write_workbook(plan, path)
            ),
            "quality.json": quality,
            "run.json": manifest,
        },
    )


def _peak_memory_mb() -> float | None:
    """Highest memory this process has used, megabytes; None where it cannot be asked."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024**2 if sys.platform == "darwin" else 1024), 1)


def sample_incidents() -> Path:
    """Path of the bundled street files: West Yorkshire, July 2016, 2017 and 2018.

    Genuine data.police.uk files under the Open Government Licence v3.0; in an installed
    package the file lies beside the code.
    """
    with as_file(files("hotspots.data") / "sample" / "west-yorkshire-july-2016-2018.zip") as path:
        return path
