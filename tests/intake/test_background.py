from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from hotspots.errors import InputError
from hotspots.intake import read_background

ROWS = pd.DataFrame(
    {
        "longitude": [-0.2, -0.21, None, -0.22, "west"],
        "latitude": [51.8, 51.81, 51.8, 51.82, 51.8],
        "weight": [100, 50, 9, -1, 7],
    }
)


def test_a_csv_is_read_and_its_rows_accounted_for(tmp_path: Path) -> None:
    """Rows without a position or with a negative weight are counted, not used."""
    path = tmp_path / "people.csv"
    ROWS.to_csv(path, index=False)
    points, left_out = read_background(path, "EPSG:27700")
    assert points["weight"].tolist() == [100, 50]
    assert left_out == 3
    there = gpd.GeoSeries(gpd.points_from_xy([-0.2], [51.8]), crs=4326).to_crs(27700)
    assert points["x_m"].iloc[0] == pytest.approx(there.x.item(), abs=5)
    assert points["y_m"].iloc[0] == pytest.approx(there.y.item(), abs=5)


def test_a_vector_file_without_weights_counts_points(tmp_path: Path) -> None:
    """Each point of a layer weighs one where it has no weight, and nowhere counts as nothing."""
    path = tmp_path / "premises.gpkg"
    shapes = [*gpd.points_from_xy([500000, 500100], [200000, 200000]), None]
    gpd.GeoDataFrame({"kind": ["pub", "shop", "none"]}, geometry=shapes, crs=27700).to_file(path)
    points, left_out = read_background(path, "EPSG:27700")
    assert points.to_numpy().tolist() == [[500000, 200000, 1], [500100, 200000, 1]]
    assert left_out == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "has no column longitude, latitude; found: a, b"),
        ("longitude,latitude\n,\n", "has no row with a position"),
        ("", "Cannot read the background"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, message: str) -> None:
    """What cannot be used is refused in one line."""
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_background(path, "EPSG:27700")


def test_missing_file_and_wrong_shapes(tmp_path: Path) -> None:
    """A path that leads nowhere, and polygons, are refused."""
    with pytest.raises(InputError, match="There is no background file"):
        read_background(tmp_path / "none.csv", "EPSG:27700")
    path = tmp_path / "areas.gpkg"
    area = gpd.points_from_xy([500000], [200000]).buffer(10)
    gpd.GeoDataFrame(geometry=area, crs=27700).to_file(path)
    with pytest.raises(InputError, match="holds Polygon; points are needed"):
        read_background(path, "EPSG:27700")
