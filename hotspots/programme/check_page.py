"""Checking a finished page for what its audience may not see."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import InputError

if TYPE_CHECKING:
    from hotspots.settings import Audience
    from hotspots.sharing import Finding, Positions

_LONGITUDE = ("longitude", "lon", "lng", "long")
_LATITUDE = ("latitude", "lat")


def check_page(
    path: str | Path,
    *,
    audience: Audience | None = None,
    positions: str | Path | None = None,
    least: int = 5,
    hosts: Collection[str] = (),
) -> list[Finding]:
    """Read a finished page as an attacker would, and list what is beyond its audience.

    Parameters
    ----------
    path
        The page, an HTML file.
    audience
        Whom it is for; by default whom it says it is for.
    positions
        A CSV with columns longitude and latitude, for example a street file of data.police.uk:
        none of these positions may be in a page for partners or the public.
    least
        Counts of incidents below this are small.
    hosts
        Hosts of map tiles that the page may ask.

    Returns
    -------
    list of Finding
        What, where in the file and what to do; empty for a page that is as it should be.

    Raises
    ------
    InputError
        A file cannot be read, or is not what it should be.
    """
    from hotspots.sharing import check_page as check

    html = _text(Path(path))
    if "<html" not in html[:2000].lower():
        raise InputError(f"{path} is not an HTML page; give a page that hotspots wrote.")
    places = None if positions is None else _positions(Path(positions))
    return check(html, audience=audience, least=least, positions=places, hosts=hosts)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text; give a page that hotspots wrote.") from error
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.") from error


def _positions(path: Path) -> Positions:
    import pandas as pd

    from hotspots.sharing import Positions

    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no CSV"
        raise InputError(f"Cannot read the positions of {path}: {reason}.") from error
    names = {str(name).strip().lower(): name for name in table}
    found = [
        next((names[name] for name in options if name in names), None)
        for options in (_LONGITUDE, _LATITUDE)
    ]
    if None in found:
        raise InputError(
            f"{path} has no columns longitude and latitude; found: {', '.join(map(str, table))}."
        )
    longitude, latitude = (pd.to_numeric(table[name], errors="coerce") for name in found)
    return Positions(longitude, latitude)
