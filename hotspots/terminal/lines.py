"""Single lines on stderr, and tables on stdout."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def clean(text: object) -> str:
    """Text without line breaks and control characters, which a terminal would act on."""
    spaced = " ".join(str(text).split())
    return "".join(letter if letter.isprintable() else "�" for letter in spaced)


def progress(sentence: str) -> None:
    """Say on stderr what is being done."""
    sys.stderr.write(f"{clean(sentence)} ...\n")
    sys.stderr.flush()


def say(sentence: str) -> None:
    """Say on stderr, in one line, what has happened."""
    sys.stderr.write(f"{clean(sentence)}\n")
    sys.stderr.flush()


def complain(error: BaseException) -> None:
    """Say on stderr, in one line, what was wrong."""
    sys.stderr.write(f"hotspots: {clean(error)}\n")


def console_of() -> Any:
    """Console on stdout that shows text as it is."""
    from rich.console import Console

    if hasattr(sys.stdout, "reconfigure"):
        # a name that the terminal's encoding lacks is shown as "?", it does not end the run
        sys.stdout.reconfigure(errors="replace")
    return Console(markup=False, emoji=False, highlight=False)


def table_of(title: str, columns: Sequence[tuple[str, bool]]) -> Any:
    """Start a table; each column has a header and whether it holds numbers."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for header, numeric in columns:
        table.add_column(
            header, justify="right" if numeric else "left", overflow="fold", no_wrap=numeric
        )
    return table


def show_written(paths: Sequence[str | Path]) -> None:
    """Print where files are."""
    console = console_of()
    console.print("Written:")
    for path in paths:
        console.print(f"  {clean(path)}", soft_wrap=True)
