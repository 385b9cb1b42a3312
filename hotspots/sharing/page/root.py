"""The root of the map: what folium renders, rendered once and composed into the page.

branca compiles rendered text as a template a second time, so a word such as ``{{ ... }}`` in it
would run as a program. Here rendered text is final.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import branca.element
import folium
import folium.map

from hotspots.errors import OutputError
from hotspots.sharing.inspection import Positions
from hotspots.sharing.page import assets
from hotspots.sharing.page.document import compose

_RANDOM_ID = re.compile(r"(?<=_)[0-9a-f]{32}(?![0-9a-f])")
_RENDERING = threading.Lock()
_PARTS = ("header", "html", "script")
# Elements through which text would reach the reader's browser as HTML or as a script.
_TEXT_ELEMENTS = (
    branca.element.Html,
    folium.ClickForMarker,
    folium.DivIcon,
    folium.GeoJsonPopup,
    folium.GeoJsonTooltip,
    folium.Popup,
    folium.Tooltip,
)


class PageRoot(branca.element.Figure):
    """The root of the map: it collects what folium renders and composes the page."""

    def __init__(
        self,
        words: Mapping[str, Any],
        facts: Mapping[str, Any],
        positions: Positions | None = None,
    ) -> None:
        super().__init__()
        self.words, self.facts, self.positions = words, facts, positions
        self._empty()

    def render(self, **kwargs: Any) -> str:
        """Render every element once and put the page together."""
        _refuse(self)
        if any(getattr(self, part)._children for part in _PARTS):
            raise OutputError(
                "The page is not saved: something was added to its header, its HTML or its "
                "scripts, where it could load or run anything. Add layers to the map instead."
            )
        try:
            return self._rendered(**kwargs)
        finally:
            self._empty()

    def _empty(self) -> None:
        """Empty the parts that elements render themselves into."""
        for part in _PARTS:
            fresh = branca.element.Element()
            fresh._parent = self
            setattr(self, part, fresh)

    def _rendered(self, **kwargs: Any) -> str:
        with _one_pass():
            for child in self._children.values():
                child.render(**kwargs)
            styles, first = self._header()
            html, script = (
                "\n".join(child.render() for child in part._children.values())
                for part in (self.html, self.script)
            )
        numbers: dict[str, str] = {}
        html, script = (
            _RANDOM_ID.sub(lambda found: numbers.setdefault(found[0], str(len(numbers))), text)
            for text in (html, script)
        )
        return compose(
            self.words,
            self.facts,
            map_html=html,
            map_scripts=[*first, script],
            map_styles=styles,
            positions=self.positions,
        )

    def _header(self) -> tuple[list[str], list[str]]:
        """Styles and scripts of the header; links become the vendored text they name."""
        styles, scripts = [], []
        for child in self.header._children.values():
            if isinstance(child, branca.element.CssLink):
                styles.append(assets.vendored(child.url))
            elif isinstance(child, branca.element.JavascriptLink):
                scripts.append(assets.vendored(child.url))
            else:
                found = _Inline()
                found.feed(child.render())
                styles += found.texts["style"]
                scripts += found.texts["script"]
        return styles, scripts


class _Inline(HTMLParser):
    """Texts of the styles and scripts in a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {"style": [], "script": []}
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a style or script; one that lies elsewhere is refused."""
        for name, value in attrs:
            if name in ("src", "href") and value:
                assets.vendored(value)
        self._inside = tag if tag in self.texts else ""
        if self._inside:
            self.texts[tag].append("")

    def handle_data(self, data: str) -> None:
        """Collect text."""
        if self._inside:
            self.texts[self._inside][-1] += data

    def handle_endtag(self, tag: str) -> None:
        """Close."""
        self._inside = ""


class _Verbatim(branca.element.Element):
    """An element whose text is final: branca would compile it as a template once more."""

    def __init__(self, template: str | None = None, template_name: str | None = None) -> None:
        super().__init__(template_name=template_name)
        self._text = template

    def render(self, **kwargs: Any) -> str:
        """Return the text as it is."""
        return str(super().render(**kwargs)) if self._text is None else self._text


@contextmanager
def _one_pass() -> Iterator[None]:
    """Have branca and folium keep rendered text as it is, while one page is rendered."""
    with _RENDERING:
        former = [(module, vars(module)["Element"]) for module in (branca.element, folium.map)]
        try:
            for module, _ in former:
                setattr(module, "Element", _Verbatim)  # noqa: B010
            yield
        finally:
            for module, element in former:
                setattr(module, "Element", element)  # noqa: B010


def _refuse(element: branca.element.Element) -> None:
    """Refuse elements that write text into the page as HTML, or need what it does not hold."""
    for child in element._children.values():
        name = type(child).__name__
        if isinstance(child, _TEXT_ELEMENTS):
            raise OutputError(
                f"The page is not saved: {name} writes text into it as HTML, "
                "where it could run as a program. Put the words into the plan's tables instead."
            )
        if isinstance(child, folium.Icon):
            raise OutputError(
                "The page is not saved: Icon draws with fonts that are loaded from elsewhere. Use "
                "a Marker without an icon, or a CircleMarker."
            )
        if isinstance(child, folium.GeoJson) and not child.embed:
            raise OutputError(
                "The page is not saved: a GeoJson with embed=False loads its shapes from "
                "elsewhere. Leave embed out."
            )
        if type(child) is branca.element.Element:
            raise OutputError(
                "The page is not saved: an Element of one's own HTML was added to the map, which "
                "folium would leave out. Add a layer instead."
            )
        _refuse(child)
