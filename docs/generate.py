"""Write the generated pages: columns, command line, and the table of settings.

``python docs/generate.py`` writes them; with ``--check`` it only says whether they are current
(exit status 1 if not).
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import re
import sys
import typing
from pathlib import Path

from hotspots import cli, frames
from hotspots.settings import Settings

DOCS = Path(__file__).parent
_MARK = "<!-- settings: generated -->\n"


def columns_page() -> str:
    """Published columns of every table."""
    parts = [
        "# Columns\n\nThe published columns of every table, generated from `hotspots/frames/`. "
        "Geometry comes on top in `districts`, `hotspots`, `candidates`, `changes` and "
        "`density_contours`.\n"
    ]
    for table, columns in frames.TABLES.items():
        parts.append(f"\n## {table}\n\n| column | kind | unit | meaning |\n|---|---|---|---|\n")
        parts += [
            f"| `{column.name}` | {column.kind} | {column.unit} | {column.meaning} |\n"
            for column in columns
        ]
    return "".join(parts)


def cli_page() -> str:
    """Help texts of every verb."""
    os.environ["COLUMNS"] = "90"
    top = cli.parser()
    verbs = next(
        action for action in top._actions if isinstance(action, argparse._SubParsersAction)
    )
    parts = ["# Command line\n\nGenerated from the program's own help.\n\n```text\n"]
    parts += [top.format_help(), "```\n"]
    for name, verb in verbs.choices.items():
        parts += [f"\n## hotspots {name}\n\n```text\n", verb.format_help(), "```\n"]
    return "".join(parts)


def settings_tables() -> str:
    """Every setting with its default, type and meaning, by room."""
    parts = []
    for room in dataclasses.fields(Settings):
        kind = typing.get_type_hints(Settings)[room.name]
        meanings = _meanings(kind.__doc__ or "")
        parts.append(f"\n### [{room.name}]\n\n| setting | default | meaning |\n|---|---|---|\n")
        for field in dataclasses.fields(kind):
            value = getattr(kind(), field.name)
            shown = "" if value is None or value in ({}, ()) else f"`{value}`"
            parts.append(f"| `{field.name}` | {shown} | {meanings[field.name]} |\n")
    return "".join(parts)


def _meanings(docstring: str) -> dict[str, str]:
    """Attribute -> description out of a numpydoc docstring."""
    body = docstring.partition("----------\n")[2]
    found: dict[str, str] = {}
    for block in re.split(r"\n    (?=\S)", "\n" + body):
        head, _, text = block.partition("\n")
        for name in head.split(","):
            found[name.strip()] = " ".join(text.replace("``", "`").split()).replace("|", "\\|")
    return found


def pages() -> dict[Path, str]:
    """Every generated page and what it should hold."""
    settings = DOCS / "settings.md"
    kept = settings.read_text(encoding="utf-8").partition(_MARK)[0]
    return {
        DOCS / "columns.md": columns_page(),
        DOCS / "cli.md": cli_page(),
        settings: kept + _MARK + settings_tables(),
    }


def main() -> int:
    """Write the pages, or check them."""
    stale = []
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    print("current" if not stale else f"{'stale' if '--check' in sys.argv else 'written'}: {stale}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    raise SystemExit(main())
