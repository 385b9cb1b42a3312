"""Rounding, spreading, ways, shortest rounds and randomised days, each by itself."""

from __future__ import annotations

import datetime
import itertools
import random
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from hotspots.errors import InputError
from hotspots.settings import RosterSettings
from hotspots.tasking.roster.calendar import Day
from hotspots.tasking.roster.crossover import draw_blocks, kinds, pairs, share_of_days
from hotspots.tasking.roster.quotas import evenly, quotas
from hotspots.tasking.roster.tour import _held_karp, _subtours, round_minutes, shortest_round
from hotspots.tasking.roster.ways import read_travel_times, ways, with_table


@given(
    visits=some.lists(some.integers(0, 5000), min_size=1, max_size=20),
    weeks=some.integers(1, 52),
)
def test_quotas_are_within_one_visit(visits, weeks):
    """Each row within one of its share, the sum within half a visit."""
    found = quotas(visits, weeks, 52)
    exact = [Fraction(number * weeks, 52) for number in visits]
    assert all(abs(a - b) < 1 for a, b in zip(found, exact, strict=True))
    assert abs(sum(found) - sum(exact)) <= Fraction(1, 2)
    if weeks == 52:
        assert found == visits


@given(
    number=some.integers(0, 300),
    places=some.integers(1, 120),
    phase=some.floats(0, 1, exclude_max=True),
)
def test_every_stretch_has_its_share(number, places, phase):
    """Any run of places holds its share of the number, rounded down or up."""
    found = evenly(number, places, phase)
    assert sum(found) == number
    sums = np.concatenate([[0], np.cumsum(found)])
    for length in {1, 2, 7, places}:
        if length <= places:
            held = sums[length:] - sums[:-length]
            share = Fraction(number * length, places)
            assert held.min() >= share.__floor__()
            assert held.max() <= share.__ceil__()


def brute_force(minutes) -> int:
    """Least minutes of any round, by trying every order."""
    rest = range(1, len(minutes))
    return min(round_minutes(minutes, [0, *order]) for order in itertools.permutations(rest))


@settings(max_examples=80, deadline=None)
@given(seed=some.integers(0, 10_000), number=some.integers(1, 7), same=some.booleans())
def test_small_rounds_are_the_best_of_all(seed, number, same):
    """Both methods against every order, with ways that are or are not alike in both directions."""
    minutes = np.random.default_rng(seed).integers(0, 30, (number, number))
    if same:
        minutes = minutes + minutes.T
    np.fill_diagonal(minutes, 0)
    best = brute_force(minutes)
    order = shortest_round(minutes)
    assert sorted(order) == list(range(number))
    assert order[0] == 0
    assert round_minutes(minutes, order) == best
    if number > 2:
        assert round_minutes(minutes, _subtours(minutes)) == best


@pytest.mark.parametrize("seed", range(6))
def test_two_exact_methods_agree_on_eleven_stops(seed):
    """Dynamic and integer programming, on points in a plane (where separate rounds tempt)."""
    x, y = np.random.default_rng(seed).uniform(0, 5000, (2, 11))
    minutes = ways(x, y, RosterSettings())
    assert round_minutes(minutes, _subtours(minutes)) == round_minutes(
        minutes, _held_karp(minutes.tolist())
    )


def test_a_long_round_on_a_circle():
    """Forty stops on a circle, shuffled: the shortest round is the circle."""
    order = np.random.default_rng(3).permutation(40)
    angle = 2 * np.pi * order / 40
    minutes = ways(9000 * np.cos(angle), 9000 * np.sin(angle), RosterSettings())
    found = order[shortest_round(minutes)]
    steps = (np.diff(np.append(found, found[0]))) % 40
    assert set(steps.tolist()) in ({1}, {39})


def test_ways_by_hand():
    """1.3 km: 15.6 minutes on foot, 2.6 + 3 by car; 300 m: 3.6 on foot, less than by car."""
    x = np.array([0.0, 1000.0, 1230.77])
    minutes = ways(x, np.zeros(3), RosterSettings())
    assert minutes[0, 1] == 6
    assert minutes[1, 2] == 4
    on_foot = ways(x, np.zeros(3), RosterSettings(drive_kmh=0.0))
    assert on_foot[0, 1] == 16


def test_a_table_goes_before_distances(tmp_path: Path):
    """Each direction for itself, minutes rounded up; what is missing is counted."""
    path = tmp_path / "times.csv"
    path.write_text("from_id,to_id,minutes\nA,B,3.2\nB,A,9\nA,Z,1\n")
    table = read_travel_times(path)
    minutes, missing = with_table(np.full((3, 3), 5), ["A", "B", "C"], table)
    assert minutes[0, 1] == 4
    assert minutes[1, 0] == 9
    assert missing == 4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("from_id,to,minutes\n", "has no column to_id"),
        ("from_id,to_id,minutes\nA,B,x\n", "minutes is 'x' in row 1"),
        ("from_id,to_id,minutes\nA,B,-1\n", "a number from 0 to 1440"),
        ("from_id,to_id,minutes\nA,B,nan\n", "minutes is 'nan'"),
        ("from_id,to_id,minutes\nA,B,1\nA,B,2\n", "from 'A' to 'B' is there twice (again in row 2"),
        ("", "Cannot read the travel times"),
    ],
)
def test_wrong_travel_times_are_said(tmp_path: Path, text: str, says: str):
    """One line with the row."""
    path = tmp_path / "times.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_travel_times(path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def span(first: str, number: int) -> list[Day]:
    start = datetime.date.fromisoformat(first)
    dates = [start + datetime.timedelta(days=n) for n in range(number)]
    return [Day(date, date.isoweekday(), "") for date in dates]


def test_a_week_in_pairs():
    """Monday with Tuesday, Wednesday with Thursday, Friday with Saturday, Sunday with Sunday."""
    days = span("2027-02-01", 14)  # a Monday
    assert pairs(days, kinds(days, {0})) == [
        (0, 1), (2, 3), (4, 5), (6, 13), (7, 8), (9, 10), (11, 12),
    ]  # fmt: skip


def test_plans_by_weekday_pair_equal_weekdays():
    """Visits on Mondays and Fridays alone: only these days, each with its like."""
    days = span("2027-02-01", 21)
    assert pairs(days, kinds(days, {1, 5})) == [(0, 7), (4, 11)]


def test_half_of_the_pairs_begin_with_the_patrol():
    """Balanced in every hotspot, and each day of a pair is as likely as the other."""
    days = span("2027-02-01", 364)
    alike = kinds(days, {0})
    first = Counter()
    for seed in range(200):
        blocks = draw_blocks(days, alike, 1.0, random.Random(seed))
        assert len(blocks) == 182
        begins = sum(block.patrol < block.no_patrol for block in blocks)
        assert begins == 91
        first.update(min(block) for block in blocks if block.patrol < block.no_patrol)
    # 200 fair draws: 100, standard deviation 7; none of 182 beyond 5 of them
    assert 65 < min(first.values()) <= max(first.values()) < 135


def test_an_odd_number_of_pairs_is_balanced_to_one():
    """Three pairs: one or two begin with the patrol, both happen."""
    days = span("2027-02-01", 6)
    begins = Counter(
        sum(
            b.patrol < b.no_patrol
            for b in draw_blocks(days, kinds(days, {0}), 1.0, random.Random(s))
        )
        for s in range(40)
    )
    assert set(begins) == {1, 2}


def test_share_of_days_keeps_one_number_of_visits():
    """With b = 2 s / (1 + s): visits on randomised days are the share s of all visits."""
    for share in (0.1, 0.25, 0.5, 1.0):
        b = share_of_days(share)
        assert (b / 2) / (1 - b / 2) == pytest.approx(share)
    days = span("2027-02-01", 364)
    blocks = draw_blocks(days, kinds(days, {0}), 0.25, random.Random(1))
    assert len(blocks) == round(0.4 * 364 / 2)
