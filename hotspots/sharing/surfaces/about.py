"""What every surface says of itself, as plain text: title, marking, period, sources, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotspots.sharing.files import clean_text
from hotspots.sharing.provenance import LIMITS

if TYPE_CHECKING:
    from hotspots.frames import Plan


def about(plan: Plan) -> dict[str, Any]:
    """Title, marking, audience, period, source, attribution, limits and checksums."""
    said = plan.provenance
    result: dict[str, Any] = {"audience": plan.audience} | {
        key: clean_text(str(said.get(key) or ""))
        for key in ("title", "marking", "period", "source")
    }
    given = said.get("attribution") or ()
    texts = [given] if isinstance(given, str) else given
    result["attribution"] = [clean_text(str(text)) for text in texts]
    result["limits"] = list(LIMITS)
    # what a reader of an edition must know of it
    result["edition"] = (
        [clean_text(text) for text in plan.targeting.messages]
        if plan.audience != "restricted"
        else []
    )
    for key in ("version", "settings_sha256", "crs"):
        result[key] = clean_text(str(said.get(key) or ""))
    return result


def sentences(plan: Plan) -> list[str]:
    """The same as lines of text."""
    said = about(plan)
    return [
        f"{said['marking']}. {said['period']}.",
        *([f"Source: {said['source']}."] if said["source"] else []),
        *said["attribution"],
        *said["limits"],
        *said["edition"],
    ]
