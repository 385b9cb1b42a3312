"""Near repeats beside counts by hand, all pairs by brute force, PySAL, and laws."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots import frames
from hotspots.errors import InputError, SettingsError
from hotspots.targeting import repeats
from hotspots.targeting.repeats import knox


def brute_force(x, y, day, space, time) -> np.ndarray:
    """Pairs in each band, looking at every pair there is."""
    first, second = np.triu_indices(len(x), k=1)
    distance = np.hypot(x[first] - x[second], y[first] - y[second])
    gap = np.abs(day[first] - day[second])
    counts = np.zeros((len(space) + 1, len(time)), dtype=int)
    for i, (low, high) in enumerate(zip([-1, 0, *space[:-1]], [0, *space], strict=True)):
        for j, (early, late) in enumerate(zip([-1, *time[:-1]], time, strict=True)):
            near = (distance > low) & (distance <= high)
            counts[i, j] = (near & (gap > early) & (gap <= late)).sum()
    return counts


def observed(table: pd.DataFrame, bands: int) -> np.ndarray:
    return table["observed"].to_numpy().reshape(-1, bands)


def test_a_case_counted_by_hand() -> None:
    """Fifty-five incidents far apart in space and time, and four at and near one place.

    At (0, 0) on days 0, 7 and 8, at (30, 40), 50 m away, on day 15. Same place: 0-7 and 7-8 are
    in [0, 7], 0-8 is in (7, 14]. At 50 m: 8-15 (7 days) in [0, 7], 7-15 (8 days) in (7, 14],
    0-15 in neither.
    """
    x = [0, 0, 0, 30, *(10_000 * n for n in range(1, 56))]
    y = [0, 0, 0, 40, *[0] * 55]
    day = [0, 7, 8, 15, *(1000 * n for n in range(1, 56))]
    table = knox(x, y, day, space_bands_m=(50, 100), time_bands_days=(7, 14), draws=9)
    assert list(table) == frames.names(frames.REPEATS)
    assert (
        table["space_band"].tolist() == ["same place"] * 2 + ["(0, 50] m"] * 2 + ["(50, 100] m"] * 2
    )
    assert table["time_band"].tolist() == ["[0, 7] days", "(7, 14] days"] * 3
    assert table["observed"].tolist() == [2, 1, 1, 1, 0, 0]
    assert table["from_days"].tolist() == [0, 8] * 3
    assert table["to_days"].tolist() == [7, 14] * 3
    assert table["over_m"].fillna(-1).tolist() == [-1, -1, 0, 0, 50, 50]
    # 59 incidents make 1711 pairs; 3 at one place, 3 within 50 m; 3 within a week, 2 in the next
    assert table["expected"].tolist() == pytest.approx(
        [3 * 3 / 1711, 3 * 2 / 1711, 3 * 3 / 1711, 3 * 2 / 1711, 0, 0]
    )
    assert table["ratio"].tolist()[:2] == pytest.approx([2 * 1711 / 9, 1711 / 6])
    assert table["ratio"].isna().tolist() == [False] * 4 + [True] * 2
    assert table["p"].tolist()[4:] == [1, 1]


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(50, 120),
    st.sampled_from([(10,), (5, 10), (3, 4, 5, 12)]),
    st.sampled_from([(0,), (7, 14), (0, 1, 3)]),
)
def test_pairs_are_those_of_brute_force(seed, number, space, time) -> None:
    """On a small lattice, where distances fall on the bounds and many share a place."""
    chance = np.random.default_rng(seed)
    x, y = chance.integers(0, 12, (2, number)).astype(float)
    day = chance.integers(-40, 40, number)
    table = knox(x, y, day, space_bands_m=space, time_bands_days=time, draws=3, seed=7)
    expected = brute_force(x, y, day, space, time)
    np.testing.assert_array_equal(observed(table, len(time)), expected)
    at_least = sum(
        brute_force(x, y, np.random.default_rng([7, draw]).permutation(day), space, time)
        >= expected
        for draw in range(3)
    )
    np.testing.assert_array_equal(table["p"].to_numpy(), (1 + at_least.ravel()) / 4)
    assert (table["observed"] >= 0).all()


def town(seed: int, number: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Incidents without any link between place and day, several at each of 60 places."""
    chance = np.random.default_rng(seed)
    places = chance.uniform(0, 1500, (60, 2))
    x, y = places[chance.integers(0, 60, number)].T
    return x, y, chance.integers(0, 200, number)


SPACE, TIME = (100.0, 200.0), (7, 14)


def test_expected_is_the_mean_of_permutations() -> None:
    """The exact mean lies within four standard errors of 2,000 permutations counted apart."""
    x, y, day = town(4)
    table = knox(x, y, day, space_bands_m=SPACE, time_bands_days=TIME, draws=1)
    chance = np.random.default_rng(99)
    counts = np.array(
        [brute_force(x, y, chance.permutation(day), SPACE, TIME).ravel() for _ in range(2000)]
    )
    error = counts.std(axis=0) / math.sqrt(len(counts))
    assert (np.abs(counts.mean(axis=0) - table["expected"]) < 4 * error).all()


def test_pysal_finds_the_same() -> None:
    """Observed, expected and p are those of PySAL's Knox test, bands added up."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pointpats = pytest.importorskip("pointpats", reason="needs the extra [bench]")
    x, y, day = town(12)
    day[:150] = (x[:150] // 60 + day[:150] % 20).astype(int)  # something to find
    table = knox(x, y, day, space_bands_m=SPACE, time_bands_days=TIME, draws=199)
    np.random.seed(5)  # noqa: NPY002 - PySAL draws from the global generator
    theirs = pointpats.Knox(np.column_stack([x, y]), day[:, None], 100.0, 7.0, permutations=199)
    ours = table[(table["to_m"] <= 100) & (table["to_days"] <= 7)]
    assert ours["observed"].sum() == theirs.nst
    assert ours["expected"].sum() == pytest.approx(theirs.expected[0, 0])
    far = pointpats.Knox(np.column_stack([x, y]), day[:, None], 200.0, 14.0, permutations=1)
    assert table["observed"].sum() == far.nst
    assert table["expected"].sum() == pytest.approx(far.expected[0, 0])
    # one band alone, so that the two tests are one: nobody shares a place
    z = x + np.arange(len(x)) * 1e-6
    alone = knox(z, y, day, space_bands_m=(100,), time_bands_days=(7,), draws=199)
    np.random.seed(6)  # noqa: NPY002
    theirs = pointpats.Knox(np.column_stack([z, y]), day[:, None], 100.0, 7.0, permutations=199)
    assert alone["observed"].iloc[1] == theirs.nst
    assert alone["p"].iloc[1] == pytest.approx(theirs.p_sim, abs=0.1)


def test_threads_and_runs_do_not_matter() -> None:
    """The same seed gives the same table, however many threads; another seed another one."""
    x, y, day = town(8)

    def table(workers: int, seed: int = 3) -> pd.DataFrame:
        return knox(
            x, y, day, space_bands_m=SPACE, time_bands_days=TIME, draws=60, seed=seed,
            workers=workers,
        )  # fmt: skip

    pd.testing.assert_frame_equal(table(1), table(1))
    pd.testing.assert_frame_equal(table(1), table(5))
    assert not table(1)["p"].equals(table(1, seed=4)["p"])


def test_the_input_stays_as_it_is_and_its_origin_does_not_matter() -> None:
    """Arrays are not changed; shifted places and days give the same table."""
    x, y, day = town(8)
    before = x.copy(), y.copy(), day.copy()
    kwargs = {"space_bands_m": SPACE, "time_bands_days": TIME, "draws": 20}
    table = knox(x, y, day, **kwargs)
    for own, old in zip((x, y, day), before, strict=True):
        np.testing.assert_array_equal(own, old)
    moved = knox(x + 1024, y - 2048, day - 700_000, **kwargs)
    pd.testing.assert_frame_equal(moved, table)


def test_chunks_are_only_a_matter_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pieces give what one piece gives."""
    x, y, day = town(8)
    kwargs = {"space_bands_m": SPACE, "time_bands_days": TIME, "draws": 20}
    whole = knox(x, y, day, **kwargs)
    monkeypatch.setattr(repeats, "_CHUNK", 7)
    pd.testing.assert_frame_equal(knox(x, y, day, **kwargs), whole)


def test_planted_near_repeats_are_found() -> None:
    """A second incident within 60 m and five days of every third one stands out, alone."""
    chance = np.random.default_rng(2024)
    x, y = chance.uniform(0, 6000, (2, 300))
    day = chance.integers(0, 365, 300)
    again = np.arange(0, 300, 3)
    x = np.concatenate([x, x[again] + chance.uniform(-40, 40, 100)])
    y = np.concatenate([y, y[again] + chance.uniform(-40, 40, 100)])
    day = np.concatenate([day, day[again] + chance.integers(0, 6, 100)])
    table = knox(x, y, day, space_bands_m=(60, 500), time_bands_days=(7, 30), draws=199)
    found = table.set_index(["space_band", "time_band"])
    near = found.loc[("(0, 60] m", "[0, 7] days")]
    assert near["observed"] >= 100
    assert near["ratio"] > 5
    assert near["p"] == 1 / 200
    assert found.loc[("(60, 500] m", "(7, 30] days"), "p"] > 0.01


def test_random_data_give_uniform_p() -> None:
    """Of 300 towns without near repeats as many have p at most 0.1, 0.25 and 0.5 as chance says.

    Within 3.5 standard deviations of the binomial; ties can only make p larger, so the share may
    be lower by the chance of a tie, which is below 0.03 with about 300 pairs in the band.
    """
    found = []
    for seed in range(300):
        chance = np.random.default_rng([11, seed])
        x, y = chance.uniform(0, 1000, (2, 120))
        day = chance.integers(0, 60, 120)
        table = knox(x, y, day, space_bands_m=(200,), time_bands_days=(14,), draws=99, seed=seed)
        found.append(table["p"].iloc[1])
    p = np.array(found)
    for level in (0.1, 0.25, 0.5):
        slack = 3.5 * math.sqrt(level * (1 - level) / len(p))
        assert level - slack - 0.03 < (p <= level).mean() < level + slack


def test_fewer_than_fifty_are_refused() -> None:
    """Forty-nine are too few, fifty are not."""
    x, y, day = (values[:50] for values in town(8))
    kwargs = {"space_bands_m": SPACE, "time_bands_days": TIME, "draws": 1}
    with pytest.raises(InputError, match="needs 50 incidents or more; there are 49"):
        knox(x[1:], y[1:], day[1:], **kwargs)
    assert len(knox(x, y, day, **kwargs)) == 6


def test_too_many_pairs_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty incidents at one place make 1,770 pairs, which is counted, not built."""
    monkeypatch.setattr(repeats, "MOST_PAIRS", 1769)
    monkeypatch.setattr(repeats, "_within", lambda *_: pytest.fail("pairs were made"))
    place, day = np.zeros(60), np.arange(60)
    with pytest.raises(InputError, match="1,770 pairs of incidents lie within 200 m"):
        knox(place, place, day, space_bands_m=SPACE, time_bands_days=TIME)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"space_bands_m": (100, 100)}, "space_bands_m must be rising"),
        ({"space_bands_m": (0, 100)}, "space_bands_m must be rising"),
        ({"space_bands_m": ()}, "space_bands_m must be rising"),
        ({"space_bands_m": (math.inf,)}, "space_bands_m must be rising"),
        ({"space_bands_m": (math.nan,)}, "space_bands_m must be rising"),
        ({"time_bands_days": (14, 7)}, "time_bands_days must be rising whole days"),
        ({"time_bands_days": (-1, 7)}, "time_bands_days must be rising whole days"),
        ({"time_bands_days": (7.5,)}, "time_bands_days must be rising whole days"),
        ({"draws": 0}, "draws must be 1 or more"),
        ({"seed": -1}, "seed must be 0 or more"),
    ],
)
def test_wrong_bands_are_refused(change: dict[str, object], says: str) -> None:
    """Bounds rise, days are whole."""
    x, y, day = town(8)
    given_ = {"space_bands_m": SPACE, "time_bands_days": TIME, "draws": 1} | change
    with pytest.raises(SettingsError, match=says):
        knox(x, y, day, **given_)
