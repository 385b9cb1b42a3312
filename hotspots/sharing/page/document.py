"""The document: one HTML file that holds everything and allows nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from hotspots.errors import OutputError
from hotspots.sharing.inspection import Positions, check_page
from hotspots.sharing.page import assets
from hotspots.sharing.page.check import problems
from hotspots.sharing.page.text import json_block

_ADDRESS = re.compile(r"""\b(?:https?|wss?|ftp):[\\/]+[^\s"'`)]{0,60}""", re.IGNORECASE)


def compose(
    content: Mapping[str, Any],
    data: Mapping[str, Any],
    *,
    map_html: str,
    map_scripts: Sequence[str],
    map_styles: Sequence[str],
    positions: Positions | None = None,
) -> str:
    """Put the page together and check it.

    Parameters
    ----------
    content
        What the template shows without JavaScript; escaped by the template.
    data
        What the scripts show; travels as JSON.
    map_html, map_scripts, map_styles
        What the map is drawn with: vendored files and code made of numbers only. The first
        script runs before our own, the others after it.
    positions
        Positions of incidents: a page for partners or the public that holds one is refused.

    Raises
    ------
    OutputError
        The page would load, send or run something that is not part of it, or holds something
        beyond its audience.
    """
    first, *later = map_scripts
    for text in later:
        if address := _ADDRESS.search(text):
            raise OutputError(
                f"The page is not saved: the map would load {address[0]!r}, and a shared page must "
                "open without a network; remove the layer that needs it."
            )
    scripts = [_whole(text, "script") for text in (first, assets.own_script(), *later)]
    styles = [_whole(text, "style") for text in (*map_styles, assets.own_style())]
    styles.append(_whole(_sheet_marks(content), "style"))
    before, after = _body(content)
    policy = _policy(scripts, styles, str(content.get("tile_origin", "")))
    parts = [
        "<!DOCTYPE html>\n"
        '<html lang="en-GB">\n'
        "<head>\n"
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="robots" content="noindex">\n'
        f'<meta name="hotspots-audience" content="{escape(str(content["audience"]))}">\n'
        f"<title>{escape(str(content['document_title']))}</title>\n",
        *(f"<style>{text}</style>\n" for text in styles),
        "</head>\n<body>\n",
        before,
        map_html,
        after,
        f'\n<script type="application/json" id="plan-data">{json_block(data)}</script>\n',
        *(f"<script>{text}</script>\n" for text in scripts),
        "</body>\n</html>\n",
    ]
    html = "".join(parts)
    found = problems(html, scripts, styles)
    if found:
        raise OutputError(
            f"The page is not saved, since it would not be safe and whole offline: it has "
            f"{'; '.join(found[:3])}. Remove the element that needs it."
        )
    beyond = check_page(
        html,
        audience=content["audience"],
        least=content["least"],
        positions=positions,
        hosts=[origin] if (origin := str(content.get("tile_origin", ""))) else [],
        most_bytes=sys.maxsize,
    )
    if beyond:
        more = f"; and {len(beyond) - 1} more" if len(beyond) > 1 else ""
        raise OutputError(
            f"The page is not saved, since it is not fit for its audience: {beyond[0]}{more}."
        )
    return html


def _body(content: Mapping[str, Any]) -> tuple[str, str]:
    """Render the body in two halves, before and after the place of the map."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(assets.body_template())
    blocks = template.blocks
    context = template.new_context(dict(content))
    return "".join(blocks["before_map"](context)), "".join(blocks["after_map"](context))


def _sheet_marks(content: Mapping[str, Any]) -> str:
    """Style that puts the marking and the title into the margins of every printed sheet."""
    marking, title = (_css_text(str(content[name])[:80]) for name in ("marking", "title"))
    font = "font: 8pt sans-serif"
    return (
        f"@page {{ @top-center {{ content: {marking}; {font}; font-weight: bold; }} "
        f"@bottom-center {{ content: {marking}; {font}; font-weight: bold; }} "
        f"@top-left {{ content: {title}; {font}; }} "
        f'@bottom-right {{ content: counter(page) " / " counter(pages); {font}; }} }}'
    )


def _css_text(text: str) -> str:
    """A CSS string; every character is written as its number, so none can end it."""
    return '"' + "".join(f"\\{ord(character):06x} " for character in text) + '"'


def _policy(scripts: Sequence[str], styles: Sequence[str], tile_origin: str = "") -> str:
    """Content security policy that allows exactly these scripts and styles.

    Pictures come from the page itself, and from a tile server where one was asked for.
    """
    return (
        f"default-src 'none'; img-src {f'data: {tile_origin}'.strip()}; "
        f"script-src {' '.join(map(_hash, scripts))}; "
        f"style-src {' '.join(map(_hash, styles))}; "
        "connect-src 'none'; form-action 'none'; base-uri 'none'"
    )


def style_policy(styles: Sequence[str]) -> str:
    """Content security policy of a page that has these styles and nothing else."""
    allowed = " ".join(map(_hash, styles))
    return f"default-src 'none'; style-src {allowed}; form-action 'none'; base-uri 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _whole(text: str, tag: str) -> str:
    """Check that a script or style cannot end its own element."""
    lower = text.lower()
    if f"</{tag}" in lower or "<!--" in lower:
        raise OutputError(f"A {tag} of the map holds the end of its own element; it is not saved.")
    return text
