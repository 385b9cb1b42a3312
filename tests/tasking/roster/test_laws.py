"""Laws of rosters: nothing lost, nothing too close, nothing outside its shift."""

from __future__ import annotations

import datetime
import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from hotspots.errors import InfeasibleError
from hotspots.settings import Provider, TaskingSettings

from .laws import ground_of, make, plan_of


@settings(max_examples=40, deadline=None)
@given(
    a_day=some.lists(some.floats(0, 3.5), min_size=1, max_size=8),
    towns=some.integers(1, 3),
    weeks=some.integers(1, 6),
    days=some.integers(3, 7),
    share=some.sampled_from([0.0, 0.1, 0.5, 1.0]),
    rule=some.sampled_from(["skip", "sunday", "patrol"]),
    first=some.sampled_from(["2026-12-18", "2027-03-15", "2027-10-20", "2028-02-25"]),
    wait=some.sampled_from([None, 0.0, 30.0]),
    seed=some.integers(0, 5),
)
def test_every_roster_keeps_every_law(a_day, towns, weeks, days, share, rule, first, wait, seed):
    """Any plan at any time of the day, over bank holidays and changes of the clock."""
    plan = plan_of([round(52 * days * number) for number in a_day], towns=towns)
    tasking = TaskingSettings(days_per_week=days)
    make(
        plan, tasking, from_date=first, weeks=weeks, randomised_share=share, seed=seed,
        bank_holiday_rule=rule, wait_minutes=wait,
        shifts={"early": "06:00-14:00", "late": "14:00-22:00", "night": "22:00-06:00"},
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(data=some.data())
def test_parts_of_the_day_and_providers(data):
    """Rows by weekday, part of the day and provider; parts may run past midnight."""
    parts = {"morning": (8.0, 5.0), "evening": (17.5, 6.0), "night": (22.0, 5.0)}
    rows = [
        (spot, weekday, part, *parts[part], provider, data.draw(some.integers(0, 52)))
        for spot in ("H00", "H01", "H02")
        for weekday in (1, 5, 6, 7)
        for part in parts
        for provider in ("police", "council")
        if data.draw(some.integers(0, 3)) == 0
    ]
    columns = ["hotspot_id", "weekday", "day_part", "from_hour", "part_hours", "provider", "visits"]
    plan = pd.DataFrame(rows, columns=columns).assign(
        district="Ash", officer_hours=0.0, randomised_visits=0
    )
    share = data.draw(some.sampled_from([0.0, 0.3]))
    tasking = TaskingSettings(hours_between_visits=1.0)
    made = make(plan, tasking, weeks=5, from_date="2027-10-11", randomised_share=share)
    on = made.patrols
    assert set(on["provider"]) <= {"police", "council"}
    allowed = set(zip(plan["weekday"], plan["day_part"], plan["provider"], strict=True))
    moved = any("other days" in text for text in made.messages)
    counted = [
        7 if holiday else day
        for day, holiday in zip(on["weekday"], on["bank_holiday"], strict=True)
    ]
    assert moved or set(zip(counted, on["shift"], on["provider"], strict=True)) <= allowed


def test_a_whole_programme_is_the_plan_exactly():
    """All weeks of the programme: each hotspot has exactly its planned visits."""
    visits = [1337, 204, 1, 0, 801]
    made = make(plan_of(visits), weeks=52, from_date="2027-01-04")
    assert made.hours["visits"].tolist() == [1337, 204, 1, 801]  # those with visits
    assert made.hours["planned_hours"].sum() == pytest.approx(0.75 * sum(visits))


def test_visits_are_spread_evenly():
    """364 visits in 52 weeks are one a day; 182 leave two days between, never three."""
    made = make(plan_of([364, 182], towns=1), weeks=8)
    hours = made.hours.set_index("hotspot_id")
    assert hours.loc["H00", ["visits", "days", "most_days_between"]].tolist() == [56, 56, 1]
    assert hours.loc["H01", ["visits", "days", "most_days_between"]].tolist() == [28, 28, 2]


def test_order_of_rows_changes_nothing():
    """The plan may be in any order."""
    plan = plan_of([700, 500, 300, 900], towns=2)
    spots = ground_of(plan)
    one = make(plan, hotspots=spots)
    other = make(plan.iloc[::-1], hotspots=spots.iloc[[2, 0, 3, 1]])
    pd.testing.assert_frame_equal(one.patrols, other.patrols)
    pd.testing.assert_frame_equal(one.stops, other.stops)


def test_a_seed_repeats_and_another_differs():
    """Same seed, same tables; another seed, other times and other randomised days."""
    plan = plan_of([700, 500, 300, 900])
    one, again, other = (make(plan, seed=s, randomised_share=0.3) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one.stops, again.stops)
    pd.testing.assert_frame_equal(one.design, again.design)
    assert not one.patrols["start"].equals(other.patrols["start"])
    assert not one.design["arm"].equals(other.design["arm"])
    assert one.hours["visits"].tolist() == other.hours["visits"].tolist()


def test_starts_and_first_stops_vary():
    """Patrols of one shift begin at many times, and at each of their hotspots."""
    made = make(plan_of([364] * 4, towns=1), weeks=12, shifts={"day": "09:00-17:00"})
    starts = made.patrols["start"].str[11:16]
    assert starts.nunique() > 40
    first = made.stops.loc[made.stops["stop"] == 1, "hotspot_id"].value_counts()
    assert set(first.index) == {"H00", "H01", "H02", "H03"}
    assert first.min() >= 8  # of 84, where 21 are expected: p < 0.001 to be below


def test_no_patrols_on_bank_holidays_that_are_skipped():
    """Good Friday and Easter Monday 2027 are 26 and 29 March; the visits are made elsewhere."""
    plan = plan_of([728])
    made = make(plan, from_date="2027-03-22", weeks=2, bank_holiday_rule="skip")
    assert not {"2027-03-26", "2027-03-29"} & set(made.patrols["date"])
    assert len(made.stops) == 28


def test_a_bank_holiday_can_count_as_a_sunday():
    """A plan for Mondays has none on Easter Monday, one for Sundays has it."""
    for weekday, expected in ((1, {"2027-03-22"}), (7, {"2027-03-28", "2027-03-26", "2027-03-29"})):
        made = make(
            plan_of([104], weekday=weekday, day_part="day", from_hour=10.0, part_hours=8.0),
            from_date="2027-03-22", weeks=2,
        )  # fmt: skip
        dates = set(made.patrols["date"])
        assert expected <= dates
        assert ("2027-03-29" in dates) == (weekday == 7)


def test_more_visits_than_fit_are_refused():
    """In 8 hours at most 4 visits of 15 minutes fit with 2 hours between."""
    plan = plan_of([365 * 4])
    make(plan_of([364 * 4]), shifts={"day": "09:00-17:00"})
    with pytest.raises(InfeasibleError, match="visits to hotspot H00 fit into the shifts"):
        make(plan.assign(visits=364 * 5), shifts={"day": "09:00-17:00"})


def test_the_most_visits_of_a_plan_fit_from_begin_to_begin():
    """Twelve a day round the clock are one in two hours: that is kept, and said."""
    shifts = {"early": "06:00-14:00", "late": "14:00-22:00", "night": "22:00-06:00"}
    made = make(plan_of([364 * 12]), weeks=2, shifts=shifts)
    assert "counts from the beginning of one" in " ".join(made.messages)
    assert len(made.stops) == 14 * 12
    fewer = make(plan_of([364 * 10]), weeks=2, shifts=shifts)
    assert "counts from the beginning" not in " ".join(fewer.messages)


def test_a_full_hotspot_has_fewer_randomised_days():
    """Four a day is all that fit in 8 hours, so no day can be left out; at three a day some can."""
    day = {"day": "09:00-17:00"}
    full = make(plan_of([364 * 4]), shifts=day, randomised_share=0.5)
    assert full.design.empty
    assert "0 randomised pairs of days instead of 9" in " ".join(full.messages)
    # 3 a day on 28 days are 84 visits, so 21 days with 4 must stay: 7 pairs at most
    some = make(plan_of([364 * 3]), shifts=day, randomised_share=0.5)
    assert 0 < some.design["block"].max() <= 7


def test_visits_without_room_on_their_weekday_move():
    """Eight on the one Monday left, where four fit: four are elsewhere, and that is said."""
    plan = plan_of([208], weekday=1, day_part="day", from_hour=9.0, part_hours=8.0)
    made = make(plan, from_date="2027-03-22", weeks=2)
    assert Counter(made.patrols["weekday"].repeat(made.patrols["visits"]))[1] == 4
    assert "4 visits to hotspot H00 do not fit on the weekday" in " ".join(made.messages)


def test_a_long_part_of_the_day_is_cut_into_patrols():
    """Six visits in 16 hours take over 11 hours, so a patrol of at most 5 hours is not enough."""
    made = make(plan_of([364 * 6]), shifts={"all day": "07:00-23:00"}, patrol_hours=5.0, weeks=1)
    per_day = made.patrols.groupby("date").size()
    assert per_day.min() >= 3
    assert made.shifts["patrols_most"].tolist() == [1]


def test_many_hotspots_of_one_district_share_patrols():
    """Thirty hotspots with two visits a shift need more than one crew, and far fewer than 30."""
    made = make(plan_of([364 * 2] * 30, towns=1), weeks=1, shifts={"day": "08:00-16:00"})
    assert 3 <= made.patrols.groupby("date").size().max() <= 6
    assert made.shifts["officers_most"].item() == 2 * made.shifts["patrols_most"].item()


def test_waiting_can_end_a_patrol():
    """Without waiting two visits to one hotspot are two patrols; with it, one."""
    plan = plan_of([728])
    day = {"day": "09:00-17:00"}
    assert len(make(plan, shifts=day, weeks=1).patrols) == 7
    short = make(plan, shifts=day, weeks=1, wait_minutes=30.0)
    assert len(short.patrols) == 14
    assert short.patrols["free_minutes"].max() == 0
    assert short.shifts["patrols_most"].tolist() == [1]


def test_providers_share_the_time_between_visits():
    """Two providers in one evening still keep 2 hours between visits; the laws see to it."""
    plan = pd.concat(
        [
            plan_of([364], day_part="evening", from_hour=17.0, part_hours=6.0, provider=name)
            for name in ("police", "council")
        ]
    )
    made = make(plan, weeks=6)
    assert made.patrols["provider"].value_counts().to_dict() == {"police": 42, "council": 42}
    assert made.patrols["patrol_id"].str.contains("police").sum() == 42


def test_no_stretch_is_longer_than_promised():
    """Six of eight Mondays and six of eight Thursdays: no two that follow each other are left out.

    A Monday left out between two Thursdays is six days without a visit; two in a row would be
    nine or ten.
    """
    plan = pd.concat(
        [
            plan_of([39], weekday=day, day_part="day", from_hour=9.0, part_hours=8.0)
            for day in (1, 4)
        ]
    )
    loose = []
    for seed in range(6):
        given = {"weeks": 8, "from_date": "2027-09-06", "seed": seed}
        loose.append(without_a_visit(make(plan, **given)))
        made = make(plan, TaskingSettings(max_gap_days=7), **given)
        assert without_a_visit(made) < 7
        assert not any("without a visit" in text for text in made.messages)
    assert max(loose) >= 9


def test_a_promise_that_visits_cannot_keep_is_said():
    """Two visits in four weeks leave nine days at best."""
    made = make(plan_of([26]), TaskingSettings(max_gap_days=4))
    said = " ".join(made.messages)
    assert re.search(r"without a visit for up to (9|1\d) days on end; .* one in every 4", said)


def without_a_visit(made) -> int:
    """Most days on end, ends of the roster included, on which no patrol calls."""
    first, last = (datetime.date.fromisoformat(t) for t in (made.first_day, made.last_day))
    visited = set(made.patrols["date"])
    most = now = 0
    for number in range((last - first).days + 1):
        now = 0 if str(first + datetime.timedelta(days=number)) in visited else now + 1
        most = max(most, now)
    return most


def test_providers_have_their_own_crews():
    """A council's warden alone: 0.375 officer-hours a visit, where two officers take 0.75."""
    plan = pd.concat([plan_of([364], provider=name) for name in ("police", "council")])
    tasking = TaskingSettings(providers={"police": Provider(crew=2), "council": Provider(crew=1)})
    made = make(plan, tasking, weeks=1)
    assert made.patrols.groupby("provider")["officers"].max().to_dict() == {
        "council": 1,
        "police": 2,
    }
    assert made.hours["officer_hours"].tolist() == [7 * 0.75 + 7 * 0.375]
    assert made.hours["planned_hours"].tolist() == [7 * 0.75 + 7 * 0.375]


def test_a_year_of_26_hotspots_keeps_the_laws():
    """34,810 visits as in Operation Hotspot's first year, one in five on randomised days."""
    chance = np.random.default_rng(5)
    visits = chance.multinomial(34_810, chance.dirichlet(np.full(26, 20)))
    made = make(plan_of(visits, towns=3), weeks=52, from_date="2027-04-01", randomised_share=0.2)
    assert len(made.stops) == 34_810
    assert made.hours["officer_hours"].sum() == pytest.approx(26_107.5)
    share = made.hours["randomised_visits"].sum() / made.hours["visits"].sum()
    assert share == pytest.approx(0.2, abs=0.02)
