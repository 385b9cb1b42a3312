"""The scripts and styles of the page: our own files and the vendored Leaflet, never a network."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from hotspots.errors import OutputError

#: Our scripts, in the order in which they run.
_SCRIPTS = (
    "core.js",
    "ledger.js",
    "whatif.js",
    "table.js",
    "districts.js",
    "week.js",
    "details.js",
    "hours.js",
    "context.js",
    "shapes.js",
    "labels.js",
    "map.js",
    "periods.js",
    "save.js",
    "cards.js",
    "print.js",
    "link.js",
)
_STYLES = ("page.css", "controls.css", "dark.css", "print.css", "cards.css")

LEAFLET_JS = "vendor/leaflet.js"
LEAFLET_CSS = "vendor/leaflet.css"


@cache
def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")


def body_template() -> str:
    """Jinja template of the document's body."""
    return _read("body.html")


def overrides_template() -> str:
    """Jinja template of the table of overrides."""
    return _read("overrides.html")


def tasking_template() -> str:
    """Jinja template of planned hours by time, prices and other assumptions."""
    return _read("tasking.html")


def index_template() -> str:
    """Jinja template of the index of many runs."""
    return _read("index.html")


def index_style() -> str:
    """Style of that index."""
    return _read("index.css")


def accuracy_template() -> str:
    """Jinja template of the page on accuracy."""
    return _read("accuracy.html")


def accuracy_style() -> str:
    """Style of that page: the one of the index and what its charts need."""
    return f"{_read('index.css')}\n{_read('accuracy.css')}"


def own_script() -> str:
    """All of our scripts as one."""
    return "\n".join(_read(name) for name in _SCRIPTS)


def own_style() -> str:
    """All of our styles as one."""
    return "\n".join(_read(name) for name in _STYLES)


def vendored(name: str) -> str:
    """Text of a vendored file, without what would make a browser look for further files.

    Raises
    ------
    OutputError
        It is not vendored: it would have to be loaded from elsewhere.
    """
    if name == LEAFLET_JS:
        return re.sub(r"\n?//# sourceMappingURL=\S*", "", _read(name))
    if name == LEAFLET_CSS:
        # pictures of a closed layer control and of marker pins, which the page does not use
        style = re.sub(r"url\(images/[^)]*\)", "none", _read(name))
        return style.replace("behavior: url(#default#VML);", "")
    raise OutputError(
        f"The map would load {name!r} from elsewhere, and a shared page must open without a "
        "network; remove the element that needs it."
    )
