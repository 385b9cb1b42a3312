"""The whole path, from incidents to the files that people share."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.frames import Plan
from hotspots.programme.allocate import allocate
from hotspots.programme.draw import check_context
from hotspots.programme.identify import identify_with_places
from hotspots.programme.stages import Progress, Stages
from hotspots.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Folder beside the outputs where collapsed incident files are kept.
PLACES = "places"
OUTPUTS = ("map.html", "plan.gpkg", "plan.xlsx", "quality.json", "run.json")


def run(
    incidents: Any,
    districts: Any,
    *,
    settings: Settings | None = None,
    out: str | Path | None = None,
    refresh: bool = False,
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
        together or not at all, all of them for the audience in the settings. None: nothing is
        written.
    refresh
        Keep the collapsed incident files in the folder ``places`` of `out` and read only those
        that are new or changed. The result is that of a full run, to the byte. The kept files
        hold positions of incidents: they are not for sharing.
    progress
        Called with a sentence at the start of each stage.

    Returns
    -------
    Plan
        The plan of record, whatever the audience of what was written.

    Raises
    ------
    InputError, InfeasibleError, OutputError, NothingFoundError
        As the single steps do.
    """
    settings = settings or Settings()
    check_context(settings.sharing)
    stage = Stages(progress)
    if out is not None:
        from hotspots.sharing.files import output_folder

        output_folder(out)
    store = None
    if refresh and out is not None:
        from hotspots.intake import Store

        store = Store(Path(out) / PLACES)
    found, places = identify_with_places(incidents, districts, settings, stage, store=store)
    with stage("tasking", "Allocating hours"):
        plan = allocate(found)
    if out is not None:
        from hotspots.geo import distinct_positions

        x, y, _ = distinct_positions(*(places.table[name] for name in ("x_m", "y_m", "weight")))
        _write(plan, Path(out), stage, places=(x, y), asked=asked(districts, settings))
        if store is not None:
            store.save()
    return plan


def _write(
    record: Plan,
    folder: Path,
    stage: Stages,
    *,
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    asked: Mapping[str, Any],
) -> None:
    """Write every output of a run, for the audience that the settings name."""
    from hotspots.programme import draw
    from hotspots.sharing import for_audience, provenance, write_geopackage, write_workbook
    from hotspots.sharing.files import publish

    plan = for_audience(record, positions=places)

    def timed(name: str, announcement: str, write: Callable[[Path], object]) -> Any:
        def writer(path: Path) -> None:
            with stage(name, announcement):
                write(path)

        return writer

    def quality(path: Path) -> None:
        path.write_text(provenance.to_json(plan.targeting.quality.to_dict()), encoding="utf-8")

    def run_record(path: Path) -> None:
        made = [path.with_name(name) for name in OUTPUTS if name != path.name]
        manifest = provenance.run_manifest(
            plan,
            timings_s=stage.seconds,
            peak_memory_mb=_peak_memory_mb(),
            places=len(places[0]),
            outputs=made,
            asked=asked,
        )
        path.write_text(provenance.to_json(manifest), encoding="utf-8")

    publish(
        folder,
        {
            "map.html": timed(
                "map", "Drawing the map", lambda path: draw(plan, positions=places).save(path)
            ),
            "plan.gpkg": timed(
                "geopackage", "Writing plan.gpkg", lambda path: write_geopackage(plan, path)
            ),
            "plan.xlsx": timed(
                "workbook", "Writing plan.xlsx", lambda path: write_workbook(plan, path)
            ),
            "quality.json": quality,
            "run.json": run_record,
        },
    )


def asked(districts: Any, settings: Settings) -> dict[str, Any]:
    """What a run was asked for, before anything was chosen from the data.

    With the checksums of its inputs and the version it says whether a run would be the same.
    """
    from hotspots.intake import districts_fingerprint, override_files
    from hotspots.sharing.provenance import file_record, settings_sha256

    boundaries = districts_fingerprint(districts)
    declared = settings.targeting.declared_profile
    content = {}
    if declared:
        from hotspots.intake import read_declared_profile

        shares = read_declared_profile(declared).tobytes()
        content = {"declared_profile_sha256": hashlib.sha256(shares).hexdigest()}
    beside = [
        Path(path)
        for path in (
            settings.targeting.harm_table,
            settings.targeting.previous,
            settings.targeting.relative_to,
            settings.sharing.roads,
            settings.sharing.places,
        )
        if path and Path(path).is_file()
    ]
    if settings.targeting.overrides:
        beside += override_files(settings.targeting.overrides)
    return {
        "districts": str(districts).strip() if boundaries["bundled"] else boundaries["name"],
        "settings_sha256": settings_sha256(settings),
        "files": [file_record(path) for path in beside],
        **content,
    }


def _peak_memory_mb() -> float | None:
    """Highest memory this process has used, megabytes; None where it cannot be asked."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024**2 if sys.platform == "darwin" else 1024), 1)
