"""What only the briefing cards show: a code for a phone's map, and the change since last time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.frames import REMAINED
from hotspots.geo import WGS84, Projection, crs_name
from hotspots.sharing.page.text import figure, plain

if TYPE_CHECKING:
    from hotspots.frames import Plan

Code = tuple[int, str]


def cards(plan: Plan) -> dict[str, Any]:
    """Codes and changes, hotspots in the order of the hours table.

    Returns
    -------
    dict
        ``codes``: QR codes of ``geo:`` addresses, as `geo_code` makes them, None where a
        hotspot has no position; ``changes``: a sentence each, or None without an earlier plan.
    """
    table = plan.hotspots
    longitude, latitude = Projection(crs_name(plan.targeting.density.crs), WGS84).transform(
        table["x_m"].to_numpy(dtype=np.float64), table["y_m"].to_numpy(dtype=np.float64)
    )
    return {
        "codes": [
            geo_code(lat, lon) if np.isfinite(lat) and np.isfinite(lon) else None
            for lat, lon in zip(latitude, longitude, strict=True)
        ],
        "changes": _changes(plan),
    }


def geo_code(latitude: float, longitude: float) -> Code:
    """QR code (model 2, error correction M) of a ``geo:`` address (RFC 5870).

    Returns
    -------
    tuple
        Modules a side, without the quiet zone, and the modules row by row, from the north-west,
        as bits of hexadecimal digits, the first module the highest bit.
    """
    import segno

    made = segno.make_qr(f"geo:{latitude:.5f},{longitude:.5f}", error="m", boost_error=False)
    bits = "".join(str(module & 1) for row in made.matrix for module in row)
    digits = -(-len(bits) // 4)
    return len(made.matrix), f"{int(bits.ljust(4 * digits, '0'), 2):0{digits}x}"


def _changes(plan: Plan) -> list[str] | None:
    """What became of each hotspot since an earlier plan, in a sentence."""
    changes = plan.targeting.changes
    if changes is None:
        return None
    own = changes[changes["hotspot_id"] != ""].set_index("hotspot_id")
    found = []
    for name in plan.hotspots["hotspot_id"]:
        row = own.loc[name]
        now, then = figure(row["per_day_now"], 2), figure(row["per_day_then"], 2)
        if plan.audience != "restricted":  # rates are not for others
            found.append(f"{plain(row['change']).capitalize()} since the earlier plan.")
        elif row["change"] == REMAINED:
            found.append(
                f"Remained (then {plain(row['previous_id'])}): {now} incidents a day, {then} in "
                "the earlier outline and period."
            )
        else:
            found.append(
                f"{plain(row['change']).capitalize()} since the earlier plan: {now} a day."
            )
    return found
