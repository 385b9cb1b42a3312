"""The disclosure check: a finished page is read as an attacker would read it."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from hotspots.settings import Audience
from hotspots.sharing.inspection.allowed import AROUND, LEAST_PIXEL_M, MAP_WORDS, MOST_CLASSES
from hotspots.sharing.inspection.blobs import Blob, blobs, picture_facts
from hotspots.sharing.inspection.document import Document, Part
from hotspots.sharing.inspection.finding import Finding
from hotspots.sharing.inspection.positions import (
    pairs_in_bytes,
    pairs_in_text,
    pairs_in_values,
)
from hotspots.sharing.inspection.words import (
    in_table,
    in_text,
    in_unknown_values,
    in_values,
    parsed,
)
from hotspots.sharing.page import assets
from hotspots.sharing.page.check import loads

if TYPE_CHECKING:
    from hotspots.sharing.inspection.positions import Positions

#: Bytes of a page that still travels by mail.
MOST_BYTES = 4_000_000

_PICTURE = re.compile(
    r"data:image/png;base64,[A-Za-z0-9+/=]+\",?\s*"
    r"\[\[(-?[\d.]+), (-?[\d.]+)\], \[(-?[\d.]+), (-?[\d.]+)\]\]"
)
_RING = re.compile(r"\[\[-?[\d.]+(?:e-?\d+)?, ?-?[\d.]+(?:e-?\d+)?\](?:, ?\[[^\[\]]+\])*\]")
_STEPS = re.compile(r"(?<=[\[,])\[-?\d+,-?\d+(?:,-?\d+,-?\d+)+\](?=[,\]])")
_DATA_NAME = re.compile(r"\bdata-[a-z-]+")
_NUMBERED = re.compile(r"(?:[a-z]+_)+\d+(?:_[A-Za-z]+)?")
_PLAN = "make the page for its audience from the plan of record"
# Corners of outlines that lie on a position by chance: of thousands, one or two.
_BY_CHANCE, _CHANCE_SHARE = 3, 0.005


def check_page(
    html: str,
    *,
    audience: Audience | None = None,
    least: int = 5,
    positions: Positions | None = None,
    hosts: Collection[str] = (),
    most_bytes: int = MOST_BYTES,
) -> list[Finding]:
    """List what a finished page holds beyond its audience, and what it lacks.

    Everything in the file is read: visible text, tables, comments, attributes, JSON, scripts,
    styles, the pixels and chunks of pictures, and base64 or hexadecimal text in any of them, with
    what is compressed in it.

    Parameters
    ----------
    html
        The page.
    audience
        Whom it is for. None: whom it says it is for.
    least
        Counts of incidents below this are small.
    positions
        Positions of incidents, none of which may be in a page for partners or the public.
    hosts
        Hosts of map tiles that the page may ask.
    most_bytes
        The largest size.

    Returns
    -------
    list of Finding
        In the order of the file; empty for a page that is as it should be.
    """
    document = Document(html)
    found = list(_declared(document, audience))
    said = audience or document.meta.get("hotspots-audience", "")
    judged = said if said in get_args(Audience) else "public"
    found += _safe(document, html, hosts, judged, most_bytes)
    for part in document.parts:
        found += _in_part(part, judged, least, positions)
    if judged != "restricted":
        for table in document.tables:
            found += in_table(table, least=least, hours=False)
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda one: _line(one.where))


def _line(where: str) -> int:
    found = re.match(r"line (\d+)", where)
    return int(found[1]) if found else 0


def _declared(document: Document, audience: str | None) -> Iterator[Finding]:
    """Audience and marking, as the page says them of itself."""
    said = document.meta.get("hotspots-audience", "")
    if said not in get_args(Audience):
        what = (
            f"the page says it is for {said!r}" if said else "the page does not say for whom it is"
        )
        yield Finding("head", what, "draw it with hotspots, which declares the audience")
    elif audience is not None and said != audience:
        yield Finding("head", f"the page is for {said}, not {audience}", _PLAN)
    judged = audience or said
    if not document.markings:
        yield Finding("body", "no protective marking", "set sharing.marking and draw it again")
    for marking in document.markings:
        if not marking.endswith(f"{judged} edition"):
            yield Finding("body", f"the marking {marking!r} does not name {judged!r}", _PLAN)
    if not re.search(r"Attribution:\s*[^\s:]", document.visible):
        yield Finding("footer", "nobody is attributed", "set sharing.attribution")


def _safe(
    document: Document, html: str, hosts: Collection[str], audience: str, most_bytes: int
) -> Iterator[Finding]:
    """What the page would load, send or run, its policy and its size."""
    for what in loads(html, hosts):
        yield Finding("page", what, "remove it: a shared page opens without a network")
    yield from _policy(document, hosts)
    size = len(html.encode("utf-8", "surrogatepass"))
    if size > most_bytes:
        yield Finding("page", f"{size:,} bytes, more than {most_bytes:,}", "share fewer layers")
    if audience == "restricted":
        return
    ours = {assets.own_script(), assets.vendored(assets.LEAFLET_JS)}
    for part in document.parts:
        if part.kind == "script" and part.text not in ours:
            yield from _map_script(part)


def _policy(document: Document, hosts: Collection[str]) -> Iterator[Finding]:
    """The content security policy: nothing from elsewhere, and only the scripts that are there."""
    todo = "draw the page again"
    policy = document.meta.get("content-security-policy", "")
    if not policy:
        yield Finding("head", "no content security policy", todo)
        return
    rules = {words[0]: words[1:] for words in map(str.split, policy.split(";")) if words}
    for name in ("default-src", "connect-src", "form-action", "base-uri"):
        if rules.get(name) != ["'none'"]:
            yield Finding("head", f"a content security policy without {name} 'none'", todo)
    origins = {f"{scheme}://{host}" for scheme in ("https", "http") for host in hosts}
    allowed = {"'none'", "data:", *hosts, *origins}
    for name, values in rules.items():
        for value in values:
            if value not in allowed and not value.startswith("'sha256-"):
                yield Finding("head", f"a content security policy with {name} {value}", todo)
    for kind in ("script", "style"):
        hashes = {value for value in rules.get(f"{kind}-src", []) if value.startswith("'sha256-")}
        for part in document.parts:
            if part.kind == kind and _hash(part.text) not in hashes:
                yield Finding(part.where, f"a {kind} that the policy does not know", todo)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _map_script(part: Part) -> Iterator[Finding]:
    """The script that draws the map: only words that drawing needs, and only numbered shapes."""
    bare = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]*", "", part.text)
    words = set(re.findall(r"[A-Za-z_$][\w$-]*", re.sub(r"(?<![\w$])-?\d[\w.+-]*", " ", bare)))
    strange = sorted(word for word in words - MAP_WORDS if not _NUMBERED.fullmatch(word))
    if strange:
        listed = ", ".join(strange[:5]) + (", ..." if len(strange) > 5 else "")
        todo = "remove the layer or the script: it has not been thought of for this audience"
        yield Finding(part.where, f"{listed}, beyond what the map needs", todo)
    if re.search(r"//|/\*", bare):
        yield Finding(part.where, "a comment or an address in it", "remove it")


def _in_part(
    part: Part, audience: str, least: int, positions: Positions | None
) -> Iterator[Finding]:
    """Everything that one part of the file says."""
    if part.kind == "script" and part.text in (
        assets.own_script(),
        assets.vendored(assets.LEAFLET_JS),
    ):
        return
    if part.name == "meta content" and "sha256-" in part.text:
        return
    for blob in blobs(part.text):
        yield from _in_blob(blob, part.where, audience, least, positions)
    if part.kind == "script":
        yield from _resolution(part, audience)
    if audience == "restricted":
        return
    if part.kind == "comment":
        yield Finding(part.where, f"a comment: {part.text.strip()[:60]!r}", "remove it")
    if part.kind == "attribute":
        yield from _attribute(part, least)
    if part.kind == "json":
        value = parsed(part.text)
        if value is None:
            yield Finding(part.where, "JSON that cannot be read", "draw the page again")
        else:
            ours = part.name == "plan-data"
            look = in_values if ours else in_unknown_values
            yield from look(value, part.where, audience=audience, least=least)
            if not ours:
                yield Finding(part.where, "JSON beside the page's own", "remove it")
            yield from _strings(value, part.where, least)
            if positions is not None:
                yield from _in_data(value, part.where, positions)
    elif part.kind != "style":
        yield from in_text(part.text, part.where, least=least, hours=False)
    yield from _coordinates(part, positions)


def _in_data(value: Any, where: str, positions: Positions) -> Iterator[Finding]:
    """Positions in the page's data; on roads and among towns no more than chance."""
    around = {key: value[key] for key in AROUND if key in value} if isinstance(value, dict) else {}
    if around:
        value = {key: one for key, one in value.items() if key not in around}
        found = [pairs for pairs in pairs_in_values(around) if len(pairs)]
        every = np.concatenate(found) if found else np.zeros((0, 2))
        held = int(positions.among(every).sum())
        if held > max(_BY_CHANCE, _CHANCE_SHARE * len(every)):
            what = f"{held} of {len(every)} points of roads and places are positions of incidents"
            yield Finding(where, what, _PLAN)
    for pairs in pairs_in_values(value):
        yield from _held(pairs, where, positions)


def _strings(value: Any, where: str, least: int) -> Iterator[Finding]:
    if isinstance(value, str):
        yield from in_text(value, where, least=least, hours=False)
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one, where, least)


@cache
def _data_names() -> frozenset[str]:
    """Names of the attributes for data that the page's own template has."""
    return frozenset(_DATA_NAME.findall(assets.body_template()))


def _attribute(part: Part, least: int) -> Iterator[Finding]:
    name = part.name.partition(" ")[2]
    if name.startswith("data-") and name not in _data_names():
        what = f"an attribute that the page does not have: {part.text[:60]!r}"
        yield Finding(part.where, what, "remove it")
    counted = re.search(r"count|incident|crime|number", name)
    if counted and re.fullmatch(r"\d+", part.text) and 0 < int(part.text) < least:
        yield Finding(part.where, f"a count below {least}: {part.text}", "remove it")


def _in_blob(
    blob: Blob, where: str, audience: str, least: int, positions: Positions | None
) -> Iterator[Finding]:
    """A picture, compressed data, text, or bytes of numbers."""
    at = f"{where}, {blob.packing}"
    if blob.is_png:
        facts = picture_facts(blob.data)
        for what in facts.problems:
            yield Finding(at, f"a picture with {what}", "draw the page again")
        most = MOST_CLASSES[audience]
        if facts.classes > most:
            yield Finding(at, f"a picture of {facts.classes} classes, more than {most}", _PLAN)
        return
    if audience == "restricted":
        return
    if positions is not None:
        for pairs in pairs_in_bytes(blob.data):
            yield from _held(pairs, at, positions)
    compressed = " of " in blob.packing
    if compressed:
        yield Finding(at, f"{len(blob.data):,} bytes of compressed data", "remove it")
    text = blob.text
    if text is None:
        return
    value = parsed(text)
    if isinstance(value, dict | list):
        yield from in_unknown_values(value, at, audience=audience, least=least)
        if positions is not None:
            for pairs in pairs_in_values(value):
                yield from _held(pairs, at, positions)
        if not compressed:
            yield Finding(at, "JSON packed as text", "remove it")
    yield from in_text(text, at, least=least, hours=False)
    if positions is not None:
        yield from _held(pairs_in_text(text), at, positions)


def _resolution(part: Part, audience: str) -> Iterator[Finding]:
    """Metres on the ground of the pixels of pictures that the map lays out."""
    for found in _PICTURE.finditer(part.text):
        data = base64.b64decode(found[0].partition(",")[2].partition('"')[0])
        south, west, north, east = map(float, found.groups())
        facts = picture_facts(data)
        if not facts.width or not facts.height:
            continue
        high = (north - south) * 111_195 / facts.height
        wide = (east - west) * 111_195 * math.cos(math.radians((north + south) / 2)) / facts.width
        limit = LEAST_PIXEL_M[audience] * 0.99
        if min(high, wide) < limit:
            what = f"pixels of {min(high, wide):.0f} m, finer than {limit:.0f} m"
            yield Finding(part.where, what, _PLAN)


def _coordinates(part: Part, positions: Positions | None) -> Iterator[Finding]:
    """Positions in a text: none by themselves, and of corners of outlines no more than chance."""
    if positions is None:
        return
    text = part.text
    if part.kind == "script":
        rings = [json.loads(ring) for ring in _RING.findall(text)]
        closed = [ring[:-1] for ring in rings if len(ring) >= 4 and ring[0] == ring[-1]]
        steps = [json.loads(whole) for whole in _STEPS.findall(text)]
        closed += [np.cumsum(np.reshape(one, (-1, 2)), axis=0) / 1e5 for one in steps if one]
        corners = np.array([corner for ring in closed for corner in ring]).reshape(-1, 2)
        held = int(positions.among(corners).sum())
        if held > max(_BY_CHANCE, _CHANCE_SHARE * len(corners)):
            what = f"{held} of {len(corners)} corners of outlines are positions of incidents"
            yield Finding(part.where, what, _PLAN)
        text = _RING.sub(lambda ring: " " * 50 if _is_closed(ring[0]) else ring[0], text)
    yield from _held(pairs_in_text(text), part.where, positions)


def _is_closed(ring: str) -> bool:
    corners = json.loads(ring)
    return len(corners) >= 4 and corners[0] == corners[-1]


def _held(pairs: Any, where: str, positions: Positions | None) -> Iterator[Finding]:
    if positions is None or not len(pairs):
        return
    held = np.asarray(pairs)[positions.among(pairs)]
    if len(held):
        first = ", ".join(f"{number:.5f}" for number in held[0])
        what = f"{len(held)} positions of incidents, the first {first}"
        yield Finding(where, what, _PLAN)
