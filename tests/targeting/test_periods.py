"""Frames of density: same kernel, same border, together the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hotspots.grid import Grid
from hotspots.programme.identify import identify_with_places
from hotspots.programme.stages import Stages
from hotspots.settings import Settings
from hotspots.targeting import density_frames, kernel_density, periods
from hotspots.targeting.surface import positions


@pytest.fixture(scope="module")
def found(town_file, halves):
    settings = Settings.from_dict({"targeting": {"hotspots": 3, "bandwidth_m": 300}})
    return identify_with_places([town_file], halves, settings, Stages(None))


def test_twelve_months_are_twelve_frames(found):
    """Every month has its own, in order, on cells of 100 m at most."""
    targeting, _ = found
    assert [frame.months for frame in targeting.frames] == [
        (f"2021-{month:02}",) for month in range(1, 13)
    ]
    assert {frame.surface.cell_size_m for frame in targeting.frames} <= {50.0, 100.0}


def test_frames_add_up_to_the_whole(found):
    """Kernel density is a sum over incidents: months together are the density of the year."""
    targeting, places = found
    surface = targeting.frames[0].surface
    table = places.table[places.table["selecting"]]
    mass = targeting.settings.targeting.edge == "mass"
    used = positions(table[table["district"] != ""] if mass else table)
    grid = Grid(surface.x_min_m, surface.y_min_m, surface.cell_size_m, *surface.inside.shape)
    whole = kernel_density(
        used["x_m"],
        used["y_m"],
        used["weight"],
        grid,
        surface.bandwidth_m,
        inside=surface.inside if mass else None,
    )
    total = sum(frame.surface.values_per_km2 for frame in targeting.frames)
    np.testing.assert_allclose(total, whole, rtol=1e-5, atol=1e-3)
    assert whole.max() > 100


def test_a_frame_is_a_month_on_average(found):
    """Of 24 months a frame holds two, and counts incidents a month: half of what two hold."""
    targeting, places = found
    months = [f"{year}-{month:02}" for year in (2021, 2022) for month in range(1, 13)]
    frames = density_frames(replace(places, months=months), targeting)
    assert [frame.months for frame in frames[:2]] == [
        ("2021-01", "2021-02"),
        ("2021-03", "2021-04"),
    ]
    single = [frame.surface.values_per_km2 for frame in targeting.frames[:2]]
    np.testing.assert_allclose(
        frames[0].surface.values_per_km2, (single[0] + single[1]) / 2, rtol=1e-4, atol=1e-3
    )
    assert not frames[-1].surface.values_per_km2.any()  # no incident in those months


@pytest.mark.parametrize(
    "change",
    [{"kernel": "adaptive", "method": "density"}, {"relative_to": "x.csv", "method": "density"}],
    ids=["adaptive", "relative"],
)
def test_what_cannot_be_added_up_has_no_frames(found, change):
    """A kernel that adapts to the places, or a relative density, has none."""
    targeting, places = found
    settings = targeting.settings.replace(targeting=change)
    assert density_frames(places, replace(targeting, settings=settings)) == ()


def test_few_months_or_many_cells_have_no_frames(found, monkeypatch):
    """Two months are no film, and a huge grid would be heavy."""
    targeting, places = found
    assert density_frames(replace(places, months=places.months[:2]), targeting) == ()
    monkeypatch.setattr(periods, "MOST_CELLS", 10)
    assert density_frames(places, targeting) == ()


def test_cells_are_joined_to_about_a_hundred_metres(found):
    """Cells of 30 m are joined by threes; a joined cell is inside where half of it is."""
    targeting, _ = found
    inside = np.zeros((4, 6), dtype=bool)
    inside[:3, :3] = True
    inside[0, 3:5] = True
    surface = replace(
        targeting.density, values_per_km2=np.zeros((4, 6)), inside=inside, cell_size_m=30.0
    )
    coarse = periods._coarser(surface, 4)
    assert coarse.cell_size_m == 90.0
    assert coarse.threshold_per_km2 == surface.threshold_per_km2 / 4
    assert coarse.inside.tolist() == [[True, False], [False, False]]


def test_the_run_has_frames_and_the_steps_of_it_too(sample_hotspots):
    """The bundled sample has three Julys, so three frames."""
    months = [frame.months for frame in sample_hotspots.frames]
    assert months == [("2016-07",), ("2017-07",), ("2018-07",)]
