from __future__ import annotations

from pathlib import Path

import pandas as pd

import hotspots


def test_parquet_alone_gives_what_its_csv_gives(
    town_file: Path, town_rows: list[dict[str, str]], tmp_path: Path
) -> None:
    """The same rows as Parquet, with no CSV beside it, give the same hotspots and account."""
    path = tmp_path / "town.parquet"
    pd.DataFrame(town_rows).to_parquet(path, index=False)
    settings = hotspots.Settings.from_dict({"targeting": {"hotspots": 3}})
    by_csv, by_parquet = (
        hotspots.identify(source, "Stevenage", settings=settings) for source in (town_file, path)
    )
    assert by_parquet.quality.rows_read == len(town_rows)
    assert by_parquet.quality.left_out == by_csv.quality.left_out
    pd.testing.assert_frame_equal(
        by_parquet.hotspots.drop(columns="geometry"), by_csv.hotspots.drop(columns="geometry")
    )
