"""Work shared out to threads comes back whole and in order."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from hotspots import threads
from hotspots.threads import in_order, in_threads, shares


@pytest.mark.parametrize("cores", [1, 2, 7, None])
@pytest.mark.parametrize("count", [0, 1, 5, 1_000_003])
def test_shares_are_all_of_it(
    count: int, cores: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shares follow each other from the first to the last, and differ by one at most."""
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    monkeypatch.setattr(threads, "_FEWEST", 2)
    parts = shares(count)
    assert (parts[0][0], parts[-1][1]) == (0, count)
    assert all(one[1] == other[0] for one, other in itertools.pairwise(parts))
    sizes = [end - first for first, end in parts]
    assert max(sizes) - min(sizes) <= 1
    assert len(parts) == (1 if count < 2 else cores or 1)


def test_results_stand_in_the_order_of_the_jobs_and_failures_are_raised() -> None:
    """More jobs than cores, and one of them impossible."""
    assert in_threads(pow, [(2, n) for n in range(40)]) == [2**n for n in range(40)]
    assert in_threads(pow, []) == []
    with pytest.raises(ZeroDivisionError):
        in_threads(divmod, [(1, 1), (1, 0), (1, 1)])


@given(
    values=st.lists(st.floats(allow_nan=False), min_size=1, max_size=60), cores=st.integers(2, 9)
)
@effort(max_examples=100, deadline=None)
def test_shares_are_sorted_as_the_whole_is(values: list[float], cores: int) -> None:
    """Values come out as NumPy sorts them, however many are alike."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threads, "_FEWEST", 1)
        patch.setattr("os.cpu_count", lambda: cores)
        found = in_order(np.array(values))
    assert found.tolist() == np.sort(values).tolist()
