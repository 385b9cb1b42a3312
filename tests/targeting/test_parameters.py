from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hotspots.errors import SettingsError
from hotspots.frames import Choice
from hotspots.settings import TargetingSettings
from hotspots.targeting.parameters import Parameters, choose, resolved

GIVEN: dict[str, float] = {
    "hotspots": 7,
    "cell_size_m": 40.0,
    "bandwidth_m": 310.0,
    "eps_m": 90.0,
    "min_incidents": 13,
    "dense_area_share": 0.033,
}


def lattice(spacing_m: float) -> NDArray[np.float64]:
    """Ten by ten positions, each with its nearest neighbour at the spacing."""
    return np.stack(np.meshgrid(np.arange(10), np.arange(10)), axis=-1).reshape(-1, 2) * spacing_m


def chosen(
    xy: NDArray[np.float64] | None = None,
    weight: NDArray[np.float64] | None = None,
    **changes: Any,
) -> tuple[Parameters, dict[str, Choice]]:
    """Choose for a lattice of 80 m, 12 months, 10 districts and 1,600 km², apart from changes."""
    facts: dict[str, Any] = {"months": 12, "districts": 10, "area_km2": 1600, "bounds_km2": 2500}
    facts |= {name: changes.pop(name) for name in list(changes) if name in facts}
    xy = lattice(80) if xy is None else xy
    weight = np.full(len(xy), 50.0) if weight is None else weight
    found, choices = choose(xy, weight, settings=TargetingSettings(**changes), **facts)
    return found, {choice.setting: choice for choice in choices}


@pytest.mark.parametrize(
    ("spacing", "bandwidth", "cell", "eps"),
    [
        (10, 150, 37.5, 75),  # the least of both ranges; cell a quarter of the bandwidth
        (80, 200, 50, 100),  # 2.5 x 80 = 200, 1.25 x 80 = 100
        (91, 250, 50, 125),  # 227.5 to the next 50, 113.75 to the next 25
        (99, 250, 50, 125),  # 247.5, 123.75
        (140, 350, 50, 175),
        (1000, 400, 50, 200),  # the most of both ranges
    ],
)
def test_distances_follow_the_spacing_of_places(
    spacing: float, bandwidth: float, cell: float, eps: float
) -> None:
    """Bandwidth and radius are round multiples of the spacing, within the field's ranges."""
    found, choices = chosen(lattice(spacing))
    assert (found.bandwidth_m, found.cell_size_m, found.eps_m) == (bandwidth, cell, eps)
    assert choices["bandwidth_m"].value == f"{bandwidth} m"
    assert choices["cell_size_m"].value == f"{cell:g} m"
    assert choices["eps_m"].value == f"{eps} m"
    assert f"{spacing} m" in choices["bandwidth_m"].rule
    assert "within 150 to 400 m" in choices["bandwidth_m"].rule
    assert "within 75 to 200 m" in choices["eps_m"].rule


@pytest.mark.parametrize(
    ("bounds_km2", "cell"),
    [(50_000, 50), (50_001, 60), (200_000, 100)],  # 20 million cells of 50 m are 50,000 km²
)
def test_cells_grow_with_the_study_area(bounds_km2: float, cell: float) -> None:
    """The grid is coarser where 20 million cells of 50 m would not cover the area."""
    found, _ = chosen(bounds_km2=bounds_km2)
    assert found.cell_size_m == cell
    assert bounds_km2 * 1e6 / cell**2 <= 20e6


@pytest.mark.parametrize(("bandwidth", "cell"), [(5.0, 1.25), (20.0, 5.0), (2.0, 1.0)])
def test_cells_are_at_most_a_quarter_of_a_given_bandwidth(bandwidth: float, cell: float) -> None:
    """A short bandwidth gets cells of a quarter of it, at least a metre."""
    assert chosen(bandwidth_m=bandwidth, bounds_km2=9)[0].cell_size_m == cell


@pytest.mark.parametrize(("districts", "hotspots"), [(1, 26), (10, 26), (26, 26), (27, 27)])
def test_number_of_hotspots(districts: int, hotspots: int) -> None:
    """There are 26 hotspots, or one per district where there are more."""
    found, choices = chosen(districts=districts)
    assert found.hotspots == hotspots
    assert choices["hotspots"].value == str(hotspots)


@pytest.mark.parametrize(
    ("months", "fewest"), [(1, 8), (3, 25), (6, 50), (12, 100), (24, 200), (36, 300)]
)
def test_core_count_grows_with_the_months(months: int, fewest: int) -> None:
    """Where there are many incidents a core place needs 100 a year, whatever the months."""
    found, choices = chosen(weight=np.full(100, 5000.0), months=months)
    assert found.min_incidents == fewest
    assert choices["min_incidents"].value == f"{fewest} within 100 m"
    assert f"{fewest} in {months} months" in choices["min_incidents"].rule


def test_core_count_falls_where_incidents_are_few() -> None:
    """A core place needs no more incidents than 40% of all have around them."""
    xy = lattice(1000)[:7]
    weight = np.array([40.0, 10, 10, 10, 10, 10, 10])
    assert chosen(xy, weight)[0].min_incidents == 40  # the one of 40 is 40% of 100
    weight = np.array([39.0, 11, 10, 10, 10, 10, 10])
    assert chosen(xy, weight)[0].min_incidents == 11  # 39 are less, 39 + 11 are enough
    # two places of 20 see each other, and are 40% of the incidents
    xy = np.vstack([lattice(1000)[:6], [[0.0, 60.0]]])
    weight = np.array([20.0, 12, 12, 12, 12, 12, 20])
    assert chosen(xy, weight, eps_m=100)[0].min_incidents == 40
    assert chosen(xy, weight, eps_m=50)[0].min_incidents == 20


def test_core_count_is_at_least_three() -> None:
    """Single incidents far from each other do not make every place a core."""
    found, choices = chosen(lattice(1000), np.ones(100))
    assert found.min_incidents == 3
    assert "at least 3" in choices["min_incidents"].rule


@pytest.mark.parametrize(
    ("area_km2", "share", "shown"),
    [
        (390, 0.02, "2.0%"),  # 3 x 26 x 0.1 km² = 7.8 km²
        (130, 0.06, "6.0%"),
        (10, 0.10, "10.0%"),
        (100_000, 0.01, "1.0%"),
    ],
)
def test_dense_share_of_the_area(area_km2: float, share: float, shown: str) -> None:
    """Three times what the hotspots may fill counts as dense, from 1% to 10% of the area."""
    found, choices = chosen(area_km2=area_km2)
    assert found.dense_area_share == pytest.approx(share)
    assert choices["dense_area_share"].value == shown


def test_dense_share_follows_number_and_cap() -> None:
    """More or larger hotspots make a larger share dense."""
    assert chosen(area_km2=390, hotspots=52)[0].dense_area_share == pytest.approx(0.04)
    assert chosen(area_km2=390, area_cap_km2=0.2)[0].dense_area_share == pytest.approx(0.04)


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.floats(1, 30_000))
@settings(max_examples=60, deadline=None)
def test_choices_stay_within_their_ranges(seed: int, months: int, area_km2: float) -> None:
    """Whatever the data, every choice lies in the range that its rule states."""
    draw = np.random.default_rng(seed)
    xy = draw.uniform(0, 10 ** draw.uniform(1, 5), (draw.integers(2, 80), 2))
    weight = draw.integers(1, 200, len(xy)).astype(float)
    found, _ = chosen(xy, weight, months=months, area_km2=area_km2)
    assert 150 <= found.bandwidth_m <= 400
    assert found.bandwidth_m % 50 == 0
    assert 75 <= found.eps_m <= 200
    assert found.eps_m % 25 == 0
    assert found.cell_size_m == min(50, found.bandwidth_m / 4)
    assert 3 <= found.min_incidents <= max(3, round(100 / 12 * months))
    assert 0.01 <= found.dense_area_share <= 0.10


@pytest.mark.parametrize("name", GIVEN)
def test_a_given_value_is_kept_and_not_announced(name: str) -> None:
    """What is given stays as it is; all the others are announced with a rule."""
    found, choices = chosen(**{name: GIVEN[name]})
    assert getattr(found, name) == GIVEN[name]
    assert set(choices) == set(GIVEN) - {name}
    for choice in choices.values():
        assert choice.value
        assert choice.rule
        assert str(choice) == f"{choice.setting} = {choice.value} ({choice.rule})"


def test_all_given_leaves_nothing_to_announce() -> None:
    """With every value given there are no choices."""
    found, choices = chosen(**GIVEN)
    assert vars(found) == GIVEN
    assert choices == {}


def test_units_stand_with_the_values() -> None:
    """Distances are announced in metres, shares in per cent, counts with their radius."""
    _, choices = chosen()
    for name in ("bandwidth_m", "cell_size_m", "eps_m"):
        assert choices[name].value.endswith(" m")
    assert choices["dense_area_share"].value.endswith("%")
    assert choices["min_incidents"].value.endswith("within 100 m")


def test_one_position_has_no_spacing() -> None:
    """A single position is no error: the spacing is taken to be a cell."""
    found, _ = chosen(np.array([[5.0, 5.0]]), np.array([9.0]))
    assert found.bandwidth_m == 150


def test_a_cap_below_one_bin_is_refused() -> None:
    """An area cap smaller than the smallest piece is refused with both areas and what to do."""
    with pytest.raises(SettingsError, match=r"area_cap_km2 0\.0006 .*25 m .*0\.000625 km².*raise"):
        chosen(area_cap_km2=0.0006)
    assert chosen(area_cap_km2=0.000625)[0].cell_size_m == 50


def test_resolved_settings_leave_nothing_open() -> None:
    """The resolved settings hold the chosen values, the rule for the edge, and the rest."""
    given_settings = TargetingSettings(area_cap_km2=0.2, every_district=False)
    found, _ = chosen(area_cap_km2=0.2)
    closed = resolved(given_settings, found, "mass", 250.0)
    assert {name for name, value in vars(closed).items() if value is None} == {
        "harm_table",
        "max_changes",
        "overrides",
        "previous",
        "relative_to",
        "significance_q",
    }
    assert {name: getattr(closed, name) for name in GIVEN} == vars(found)
    assert (closed.edge, closed.area_cap_km2, closed.every_district) == ("mass", 0.2, False)
    assert given_settings.bandwidth_m is None
