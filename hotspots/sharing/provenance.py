"""What a result was made from: the provenance that every output carries, and run.json."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Mapping, Sequence, Set
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from hotspots.errors import InputError
from hotspots.version import __version__

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.frames import Plan, Targeting
    from hotspots.settings import Settings

#: What no reader may take the results for; shown with every output.
LIMITS: tuple[str, ...] = (
    "Decision support, not evidence about any person: a hotspot describes recorded incidents "
    "at a place.",
    "Recorded incidents are not all incidents: what is not reported is not here.",
    "Covered incidents are a modelled value that ranks uses of time; they are no forecast of "
    "incidents prevented.",
)

#: Libraries whose version can change a result or a file.
_LIBRARIES = (
    "duckdb",
    "folium",
    "geopandas",
    "ibis-framework",
    "jinja2",
    "numpy",
    "pandas",
    "pyarrow",
    "pyogrio",
    "pyproj",
    "scikit-learn",
    "scipy",
    "shapely",
    "xlsxwriter",
)

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def describe(
    targeting: Targeting,
    settings: Settings,
    *,
    source: str | None = None,
    attribution: Sequence[str] = (),
    transformation: str | None = None,
    transformation_accuracy_m: float | None = None,
    districts_sha256: str | None = None,
    title: str = "Hotspot patrol plan",
) -> dict[str, Any]:
    """Make the provenance that the map, the GeoPackage, the workbook and run.json carry.

    Parameters
    ----------
    targeting
        The hotspots, districts and data quality.
    settings
        Settings of the whole plan; its title, source and attribution come first.
    source
        Where the incidents come from, where that is known; otherwise the file names.
    attribution
        Whose rights must be named, for incidents and boundaries, where that is known. What
        the settings name is added to it.
    transformation, transformation_accuracy_m
        How coordinates were transformed, and how exact that is in metres.
    districts_sha256
        Checksum of the boundary file.
    title
        What it is, to be followed by the districts where the settings have no title.

    Raises
    ------
    InputError
        Nobody can be attributed: nothing is shared without naming its source.
    """
    quality = targeting.quality
    files = [{key: file.get(key) for key in ("name", "bytes", "sha256")} for file in quality.files]
    known = ", ".join(str(file["name"]) for file in files if file["name"])
    source = settings.sharing.source or source or known
    credits = [text for text in (settings.sharing.attribution, *attribution) if text]
    if not credits and source:
        credits = [f"Incidents: {source}"]
    if not credits:
        raise InputError(
            "Nobody is named as the source of the incidents, and nothing is shared without "
            "attribution; set sharing.attribution."
        )
    return {
        "version": __version__,
        "title": settings.sharing.title or _title(targeting, title),
        "marking": settings.sharing.marking,
        "audience": "restricted",
        "period": period_text(quality.months),
        "source": source,
        "attribution": list(dict.fromkeys(credits)),
        "rows_read": quality.rows_read,
        "rows_kept": quality.rows_kept,
        "input_sha256": files,
        "districts_sha256": districts_sha256,
        "settings_sha256": settings_sha256(settings),
        "crs": targeting.density.crs,
        "transformation": transformation,
        "transformation_accuracy_m": transformation_accuracy_m,
        "seed": settings.targeting.seed if settings.targeting.draws else None,
        "limits": list(LIMITS),
    }


def marking_line(provenance: Mapping[str, Any], marking: str = "OFFICIAL") -> str:
    """Protective marking and audience, as every page and sheet shows them.

    Parameters
    ----------
    provenance
        Of a plan; its marking and audience.
    marking
        Where the provenance has none.

    Examples
    --------
    >>> marking_line({"marking": "OFFICIAL", "audience": "public"})
    'OFFICIAL · public edition'
    """
    audience = provenance.get("audience") or "restricted"
    return f"{provenance.get('marking') or marking} · {audience} edition"


def check_provenance(provenance: Mapping[str, Any]) -> None:
    """Refuse to share what does not say where it comes from.

    Raises
    ------
    InputError
        Title, marking, period or attribution is missing.
    """
    missing = [
        key for key in ("title", "marking", "period", "attribution") if not provenance.get(key)
    ]
    if missing:
        raise InputError(
            f"The plan does not say its {' or '.join(missing)}, and nothing is shared without; "
            "make its provenance with describe()."
        )


def run_manifest(
    plan: Plan,
    *,
    timings_s: Mapping[str, float],
    peak_memory_mb: float | None,
    places: int | None = None,
    outputs: Iterable[Path] = (),
    asked: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything needed to repeat and to check a run, as plain values for run.json.

    Only what stands under ``"measured"`` differs between two runs of the same input.

    Parameters
    ----------
    plan
        The plan of the run.
    timings_s
        Stage -> seconds.
    peak_memory_mb
        Highest memory in use, megabytes.
    places
        Distinct places the incidents were collapsed to.
    outputs
        Files written so far, to be listed with their size and checksum.
    asked
        Districts and checksum of the settings as they were given, where that is known.
    """
    targeting, allocation = plan.targeting, plan.allocation
    hours = float(plan.district_totals["officer_hours"].iloc[-1])
    manifest: dict[str, Any] = {
        "provenance": plan.provenance,
        "asked": asked or {},
        "settings": plan.settings.to_dict(),
        "choices": [dataclasses.asdict(choice) for choice in targeting.choices],
        "sweep": None if targeting.sweep is None else records(targeting.sweep),
        "messages": [*targeting.messages, *allocation.messages],
        "counts": {
            "rows_read": targeting.quality.rows_read,
            "rows_kept": targeting.quality.rows_kept,
            "places": places,
            "districts": len(targeting.districts),
            "candidates": len(targeting.candidates),
            "hotspots": len(targeting.hotspots),
            "districts_served": targeting.hotspots["district"].nunique(),
            "visits": round(hours / allocation.hours_per_visit),
            "officer_hours": hours,
            "budget_hours": allocation.budget_hours,
        },
        **override_record(plan),
        "outputs": [file_record(path) for path in outputs],
        "versions": {"python": platform.python_version(), **_library_versions()},
        "measured": {"timings_s": timings_s, "peak_memory_mb": peak_memory_mb},
    }
    return {str(key): _plain(value) for key, value in manifest.items()}


def override_record(plan: Plan) -> dict[str, list[dict[str, Any]]]:
    """What people decided about hotspots, as plain values; nothing where they did not."""
    if plan.overrides is None:
        return {}
    return {"overrides": records(plan.overrides)}


def period_text(months: Iterable[str]) -> str:
    """Write months as a reader would say them.

    Parameters
    ----------
    months
        Months with data, ``YYYY-MM``, in any order.

    Examples
    --------
    >>> period_text(f"2021-{month:02}" for month in range(1, 13))
    'January to December 2021'
    >>> period_text(["2016-07", "2017-07", "2018-07"])
    'July 2016, July 2017, July 2018'
    """
    numbers = sorted({int(month[:4]) * 12 + int(month[5:7]) - 1 for month in months})
    if not numbers:
        return "unknown period"
    first, last = numbers[0], numbers[-1]
    missing = last - first + 1 - len(numbers)
    if missing and len(numbers) <= 4:
        return ", ".join(f"{_MONTHS[n % 12]} {n // 12}" for n in numbers)
    text = f"{_MONTHS[last % 12]} {last // 12}"
    if first != last:
        year = "" if first // 12 == last // 12 else f" {first // 12}"
        text = f"{_MONTHS[first % 12]}{year} to {text}"
    gap = "" if not missing else f" ({missing} month{'s' if missing > 1 else ''} missing)"
    return text + gap


def settings_sha256(settings: Settings) -> str:
    """Checksum of all settings, the same for the same values in any order."""
    canonical = json.dumps(
        _plain(settings.to_dict()), sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def file_record(path: str | Path) -> dict[str, Any]:
    """Name, size in bytes and SHA-256 of a file."""
    path = Path(path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": digest}


def to_json(value: object, *, indent: int | None = 2) -> str:
    """Write plain values, NumPy scalars, paths and dataclasses as JSON, keys in their order.

    The same value always gives the same text, with a line end at the end. Text that is not
    valid Unicode is kept as escapes, so the result can always be written as UTF-8.

    Raises
    ------
    ValueError
        A number is not finite.
    TypeError
        A value has no place in JSON.
    """
    text = json.dumps(_plain(value), indent=indent, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as plain values; what is empty is None."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    """Reduce to the mappings, lists and scalars that the json module knows."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, PurePath):
        return value.as_posix()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Set):
        return sorted(_plain(item) for item in value)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain(dataclasses.asdict(value))
    if hasattr(value, "tolist"):  # NumPy scalars and arrays
        return _plain(value.tolist())
    raise TypeError(f"{type(value).__name__} cannot be written as JSON: {value!r}.")


def _title(targeting: Targeting, what: str) -> str:
    districts = targeting.districts
    found = [str(name) for name in districts["district"]]
    if len(found) <= 3:
        places = " and ".join(filter(None, [", ".join(found[:-1]), *found[-1:]]))
        return f"{what}: {places}"
    forces = {str(force) for force in districts["police_force"]}
    force = forces.pop() if len(forces) == 1 else ""
    return f"{what}: {f'{force}, ' if force else ''}{len(found)} districts"


def _library_versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
