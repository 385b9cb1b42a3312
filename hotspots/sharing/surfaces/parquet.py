"""The hotspots as GeoParquet, in the working CRS."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.sharing.layers import published
from hotspots.sharing.provenance import to_json
from hotspots.sharing.surfaces.about import about

if TYPE_CHECKING:
    from hotspots.frames import Plan


def write_parquet(plan: Plan, path: Path) -> None:
    """Write the hotspots; what the plan says of itself stands in the metadata ``hotspots``."""
    import pyarrow.parquet as pq

    file = io.BytesIO()
    published(plan.hotspots, "hotspots").to_parquet(file, index=False)
    table = pq.read_table(file)
    said = to_json(about(plan), indent=None).strip().encode()
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), b"hotspots": said})
    pq.write_table(table, path, compression="zstd")
