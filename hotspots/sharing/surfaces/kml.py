"""The plan as KML for Google Earth: a folder for each layer, no word of it run.

Google Earth shows a description as HTML and fills in what is written ``$[name]`` there, so text is
escaped for HTML, with the dollar sign as an entity, and then for XML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape as html_escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from hotspots.frames import LEFT, SELECTED
from hotspots.sharing.page.text import figure, plain
from hotspots.sharing.surfaces.about import about, sentences
from hotspots.sharing.surfaces.geojson import DECIMALS, degrees

if TYPE_CHECKING:
    import geopandas as gpd

    from hotspots.frames import Plan

# colours as aabbggrr: outline, its width, fill
_STYLES = {
    "districts": ("ff5a5a5a", 1.5, "00ffffff"),
    "hotspots": ("ff03047a", 2.5, "803a51dd"),
    "candidates": ("ff6e6e6e", 1.5, "00ffffff"),
    "former": ("ff6e5a46", 2.0, "00ffffff"),
}

Row = tuple[str, str, list[str], dict[str, Any]]


def write_kml(plan: Plan, path: Path) -> None:
    """Write districts, hotspots, other candidates and former hotspots; no incident is in it."""
    path.write_text("\n".join(_document(plan)) + "\n", encoding="utf-8")


def _document(plan: Plan) -> Iterator[str]:
    targeting = plan.targeting
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<kml xmlns="http://www.opengis.net/kml/2.2">'
    yield "<Document>"
    yield f"<name>{_xml(about(plan)['title'])}</name>"
    yield f"<description>{_description(sentences(plan))}</description>"
    for name, (outline, width, fill) in _STYLES.items():
        yield (
            f'<Style id="{name}"><LineStyle><color>{outline}</color><width>{width}</width>'
            f"</LineStyle><PolyStyle><color>{fill}</color></PolyStyle>"
            "<BalloonStyle><text>$[description]</text></BalloonStyle></Style>"
        )
    dropped = targeting.candidates[targeting.candidates["status"] != SELECTED]
    yield from _folder("Districts", "districts", targeting.districts, _district)
    yield from _folder("Hotspots", "hotspots", plan.hotspots, _hotspot)
    yield from _folder("Other candidates", "candidates", dropped, _candidate, shown=False)
    if targeting.changes is not None:
        left = targeting.changes[targeting.changes["change"] == LEFT]
        yield from _folder("Former hotspots", "former", left, _former, shown=False)
    yield "</Document>"
    yield "</kml>"


def _folder(
    title: str, style: str, table: gpd.GeoDataFrame, describe: Any, *, shown: bool = True
) -> Iterator[str]:
    if table.empty:
        return
    seen = "" if shown else "<visibility>0</visibility>"
    yield f"<Folder><name>{title}</name>{seen}"
    moved = degrees(table)
    rows = moved.drop(columns=moved.geometry.name).to_dict("records")
    for row, shape in zip(rows, moved.geometry, strict=True):
        name, lines, data = describe(row)
        yield (
            f"<Placemark><name>{_xml(name)}</name>{seen}"
            f"<description>{_description(lines)}</description>"
            f"<styleUrl>#{style}</styleUrl>{_data(data)}{_geometry(shape)}</Placemark>"
        )
    yield "</Folder>"


def _district(row: dict[str, Any]) -> tuple[str, list[str], dict[str, Any]]:
    return plain(row["district"]), [plain(row["district"])], {"district": row["district"]}


def _hotspot(row: dict[str, Any]) -> tuple[str, list[str], dict[str, Any]]:
    kept = ("hotspot_id", "name", "district", "rank", "incidents", "visits", "officer_hours")
    return (
        f"{plain(row['rank'])}. {plain(row['name'])}",
        [
            f"{plain(row['hotspot_id'])}: {plain(row['name'])}",
            plain(row["district"]),
            f"{figure(row['officer_hours'])} officer-hours in {figure(row['visits'])} visits",
            f"{figure(row['incidents'])} incidents on {figure(row['area_km2'], 3)} km²",
            plain(row["why"]),
            plain(row["note"]),
        ],
        {name: row[name] for name in kept},
    )


def _candidate(row: dict[str, Any]) -> tuple[str, list[str], dict[str, Any]]:
    return (
        f"{plain(row['candidate_id'])} {plain(row['name'])}",
        [
            f"{plain(row['candidate_id'])}: {plain(row['name'])}",
            plain(row["district"]),
            f"{figure(row['incidents'])} incidents on {figure(row['area_km2'], 3)} km²",
            f"Not selected: {plain(row['status'])}",
        ],
        {name: row[name] for name in ("candidate_id", "name", "district", "incidents", "status")},
    )


def _former(row: dict[str, Any]) -> tuple[str, list[str], dict[str, Any]]:
    name = f"{plain(row['previous_id'])} {plain(row['name'])}"
    return name, [name, plain(row["district"])], {"previous_id": row["previous_id"]}


def _data(values: dict[str, Any]) -> str:
    parts = "".join(
        f"<Data name={quoteattr(name)}><value>{_xml(value)}</value></Data>"
        for name, value in values.items()
    )
    return f"<ExtendedData>{parts}</ExtendedData>"


def _description(lines: Sequence[str]) -> str:
    """Lines of text as HTML, as XML."""
    rows = [html_escape(line).replace("$", "&#36;") for line in map(plain, lines) if line]
    return escape("<br>".join(rows))


def _xml(value: object) -> str:
    return escape(plain(value))


def _geometry(shape: Any) -> str:
    import shapely

    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    parts = "".join(
        f"<Polygon><outerBoundaryIs>{_ring(polygon.exterior)}</outerBoundaryIs>"
        + "".join(f"<innerBoundaryIs>{_ring(r)}</innerBoundaryIs>" for r in polygon.interiors)
        + "</Polygon>"
        for polygon in polygons
    )
    return f"<MultiGeometry>{parts}</MultiGeometry>"


def _ring(ring: Any) -> str:
    points = " ".join(f"{x:.{DECIMALS}f},{y:.{DECIMALS}f}" for x, y in ring.coords)
    return f"<LinearRing><coordinates>{points}</coordinates></LinearRing>"
