"""The machine check of a finished page: nothing in it loads, sends or runs what is not ours."""

from __future__ import annotations

import re
from collections.abc import Collection
from html.parser import HTMLParser

#: Attributes through which an element would load or send something.
_LOADING = {
    "action", "archive", "background", "cite", "classid", "codebase", "data", "formaction",
    "href", "icon", "longdesc", "manifest", "ping", "poster", "profile", "src", "srcdoc",
    "srcset", "usemap", "xlink:href",
}  # fmt: skip
_FORBIDDEN = {
    "applet", "audio", "base", "embed", "form", "frame", "frameset", "iframe", "link", "object",
    "portal", "source", "track", "video",
}  # fmt: skip
_CSS_LOADS = re.compile(r"@import|url\(\s*['\"]?(?!data:image/)([^)'\"]*)", re.IGNORECASE)


class _Reader(HTMLParser):
    """Collects what a page would load, and its scripts and styles."""

    def __init__(self, hosts: Collection[str] = ()) -> None:
        super().__init__(convert_charrefs=True)
        self.hosts = tuple(f"https://{host}/" for host in hosts)
        self.problems: list[str] = []
        self.inside: str | None = None
        self.texts: list[str] = []
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _FORBIDDEN:
            where = next((f" {value}" for key, value in attrs if key in _LOADING and value), "")
            self.problems.append(f"a <{tag}> element{where}")
        for name, value in given.items():
            if name.startswith("on") or name == "style":
                self.problems.append(f"the attribute {name}={value[:60]!r} of <{tag}>")
            if name in _LOADING and tag not in _FORBIDDEN:
                harmless = value.startswith(("#", "data:image/png;base64,", *self.hosts))
                if not harmless:
                    self.problems.append(f"<{tag} {name}> that asks for {value[:80]!r}")
        if tag == "meta" and given.get("http-equiv", "").lower() not in (
            "",
            "content-security-policy",
        ):
            self.problems.append(f"<meta http-equiv={given['http-equiv']!r}>")
        if tag in ("script", "style"):
            kind = given.get("type", "").lower()
            self.inside = "data" if tag == "script" and kind == "application/json" else tag
            self.texts = []

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style") and self.inside:
            self.found.append((self.inside, "".join(self.texts)))
            self.inside = None


def problems(html: str, scripts: Collection[str], styles: Collection[str]) -> list[str]:
    """List what a page would load, send or run beyond the given scripts and styles.

    Parameters
    ----------
    html
        The finished page.
    scripts, styles
        Texts of the scripts and styles that belong there.

    Returns
    -------
    list of str
        One entry per problem, empty for a page that is wholly its own.
    """
    found = loads(html)
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for kind, text in reader.found:
        if kind == "script" and text not in scripts:
            found.append(f"a script that is not ours: {text.strip()[:60]!r}")
        if kind == "style" and text not in styles:
            found.append(f"a style that is not ours: {text.strip()[:60]!r}")
    return found


def loads(html: str, hosts: Collection[str] = ()) -> list[str]:
    """List what a page would load or send, and what runs outside of its scripts.

    Parameters
    ----------
    html
        The finished page.
    hosts
        Hosts that pictures may come from.
    """
    reader = _Reader(hosts)
    reader.feed(html)
    reader.close()
    found = reader.problems
    for kind, text in reader.found:
        if kind == "style" and (asked := _CSS_LOADS.search(text)):
            found.append(f"a style that asks for {asked.group(1) or '@import'!r}")
    return found
