"""A finished page as whoever receives it can take it apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {
    "area",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "wbr",
    "base",
    "embed",
    "source",
}


@dataclass
class Part:
    """A piece of text of the page: where it stands and what kind it is.

    The kinds are ``"script"``, ``"json"``, ``"style"``, ``"text"``, ``"comment"`` and
    ``"attribute"``; `name` is the id of a JSON block or ``tag name`` of an attribute.
    """

    kind: str
    line: int
    text: str
    name: str = ""

    @property
    def where(self) -> str:
        """Line and kind, for a finding."""
        words = {"json": "JSON", "attribute": "attribute"}.get(self.kind, self.kind)
        return f"line {self.line}, {words}{f' {self.name}' if self.name else ''}"


@dataclass
class Table:
    """A table of the page: its header cells and the texts of its rows."""

    line: int
    headers: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


class Document(HTMLParser):
    """Everything in a page: parts, tables, meta elements and marked texts.

    Parameters
    ----------
    html
        The finished page.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[Part] = []
        self.tables: list[Table] = []
        self.meta: dict[str, str] = {}
        self.markings: list[str] = []
        self._inside: Part | None = None
        self._open: list[str] = []
        self._classes: list[str] = []
        self._table: Table | None = None
        self._cell: list[str] | None = None
        self.feed(html)
        self.close()

    @property
    def visible(self) -> str:
        """Text that a reader sees, as one."""
        words = " ".join(part.text for part in self.parts if part.kind == "text")
        return re.sub(r"\s+", " ", words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note attributes, and open scripts, styles, tables and cells."""
        line = self.getpos()[0]
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            self.parts.append(Part("attribute", line, value, f"{tag} {name}"))
        if tag == "meta":
            key = given.get("name") or given.get("http-equiv") or ""
            self.meta[key.lower()] = given.get("content", "")
        if tag in ("script", "style"):
            data = tag == "script" and given.get("type", "").lower() == "application/json"
            kind = "json" if data else tag
            self._inside = Part(kind, line, "", given.get("id", ""))
        if tag == "table":
            self._table = Table(line)
            self.tables.append(self._table)
        elif tag == "tr" and self._table is not None:
            self._table.rows.append([])
        elif tag in ("td", "th"):
            self._cell = []
        if tag not in _VOID:
            self._open.append(tag)
            self._classes.append(given.get("class", ""))

    def handle_endtag(self, tag: str) -> None:
        """Close what is open."""
        if tag in ("script", "style") and self._inside is not None:
            self.parts.append(self._inside)
            self._inside = None
        if tag in ("td", "th") and self._cell is not None and self._table is not None:
            text = " ".join("".join(self._cell).split())
            head = tag == "th" and "thead" in self._open
            if head:
                self._table.headers.append(text)
            elif self._table.rows:
                self._table.rows[-1].append(text)
            self._cell = None
        if tag == "table":
            self._table = None
        if tag in self._open:
            while self._open.pop() != tag:
                self._classes.pop()
            self._classes.pop()

    def handle_data(self, data: str) -> None:
        """Collect text."""
        if self._inside is not None:
            self._inside.text += data
            return
        if data.strip():
            self.parts.append(Part("text", self.getpos()[0], data))
            if any("marking" in names.split() for names in self._classes):
                self.markings.append(data.strip())
        if self._cell is not None:
            self._cell.append(data)

    def handle_comment(self, data: str) -> None:
        """Note a comment: nobody sees it, and everybody can read it."""
        self.parts.append(Part("comment", self.getpos()[0], data))

    def handle_decl(self, decl: str) -> None:
        """Let the document type pass."""
        if decl.lower() != "doctype html":
            self.parts.append(Part("comment", self.getpos()[0], decl))

    def handle_pi(self, data: str) -> None:
        """Take a processing instruction as a comment."""
        self.parts.append(Part("comment", self.getpos()[0], data))

    def unknown_decl(self, data: str) -> None:
        """Take an unknown declaration as a comment."""
        self.parts.append(Part("comment", self.getpos()[0], data))
