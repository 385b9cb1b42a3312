"""Days, bank holidays and the clock, against published dates."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest

from hotspots.errors import SettingsError
from hotspots.settings import RosterSettings, TaskingSettings
from hotspots.settings.roster import shift_hours
from hotspots.tasking.roster.calendar import Day, bank_holidays, local, patrol_days, window

LONDON = ZoneInfo("Europe/London")

#: From gov.uk/bank-holidays; substitute days marked there stand beside the day itself.
PUBLISHED = {
    "2022-01-03", "2022-04-15", "2022-04-18", "2022-05-02", "2022-06-02", "2022-06-03",
    "2022-08-29", "2022-09-19", "2022-12-26", "2022-12-27",
    "2023-01-02", "2023-04-07", "2023-04-10", "2023-05-01", "2023-05-08", "2023-05-29",
    "2023-08-28", "2023-12-25", "2023-12-26",
    "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31",
    "2026-12-25", "2026-12-28",
    "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30",
    "2027-12-27", "2027-12-28",
}  # fmt: skip


def easter(year: int) -> datetime.date:
    """Easter Sunday by the method of Meeus, Jones and Butcher."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    x = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * x) // 433
    month = (h + x - 7 * m + 90) // 25
    return datetime.date(year, month, (h + x - 7 * m + 33 * month + 19) % 32)


def test_bank_holidays_are_the_published_ones():
    """On weekdays exactly the days on gov.uk, with those of the Jubilee, 2022 and 2023."""
    found = bank_holidays("england-and-wales", [2022, 2023, 2026, 2027])
    assert {str(day) for day in found if day.isoweekday() <= 5} == PUBLISHED


@pytest.mark.parametrize("year", range(2024, 2060))
def test_good_friday_and_easter_monday(year: int):
    """Two days before and one day after Easter, by an algorithm of its own."""
    found = bank_holidays("england-and-wales", [year])
    sunday = easter(year)
    assert sunday - datetime.timedelta(days=2) in found
    assert sunday + datetime.timedelta(days=1) in found


def test_other_regions_have_their_own():
    """St Andrew's Day, and the Battle of the Boyne; none at all where none is wanted."""
    assert datetime.date(2026, 11, 30) in bank_holidays("scotland", [2026])
    assert datetime.date(2026, 7, 13) in bank_holidays("northern-ireland", [2026])
    assert bank_holidays("none", [2026]) == {}


def test_the_clock_changes_inside_a_night():
    """22:00-06:00 has 7 hours before 28 March 2027 and 9 before 31 October 2027."""
    for date, hours in (("2027-03-27", 7), ("2027-10-30", 9), ("2027-06-01", 8)):
        day = Day(datetime.date.fromisoformat(date), 6, "")
        span = window(day, 0, "night", 22.0, 8.0, LONDON)
        assert (span.end - span.start) / 60 == hours
        assert local(span.start, LONDON).strftime("%H:%M") == "22:00"
        assert local(span.end, LONDON).strftime("%H:%M") == "06:00"


def test_summer_time_is_an_hour_before_utc():
    """09:00 on 1 July is 08:00 UTC; on 1 December it is 09:00 UTC."""
    for date, hour in (("2027-07-01", 8), ("2027-12-01", 9)):
        moment = datetime.datetime.fromisoformat(f"{date}T{hour:02}:00+00:00")
        span = window(Day(moment.date(), 1, ""), 0, "day", 9.0, 8.0, LONDON)
        assert span.start * 60 == moment.timestamp()


def test_days_of_a_roster():
    """Two weeks of Thursdays to Saturdays, Good Friday as a Sunday or left out."""
    tasking = TaskingSettings(days_per_week=3)
    given = {"from_date": "2027-03-22", "weeks": 2, "weekdays": ("Thu", "Fri", "Sat")}
    days = patrol_days(tasking, RosterSettings(**given))
    assert [str(day.date)[8:] for day in days] == ["25", "26", "27", "01", "02", "03"]
    assert [day.counts_as for day in days] == [4, 7, 6, 4, 5, 6]
    assert days[1].holiday == "Good Friday"
    left = patrol_days(tasking, RosterSettings(**given, bank_holiday_rule="skip"))
    assert [str(day.date)[8:] for day in left] == ["25", "27", "01", "02", "03"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "no first day"),
        ({"from_date": "2027-02-30"}, "must be a day such as 2027-04-05; it is '2027-02-30'"),
        ({"from_date": "1.2.2027"}, "must be a day such as"),
        ({"from_date": "1969-01-01"}, "from 1971 to 2199"),
        ({"from_date": "9999-12-01"}, "from 1971 to 2199"),
        ({"from_date": "2027-01-01", "weeks": 53}, "the programme has 52 weeks"),
        ({"from_date": "2027-01-01", "weekdays": ("Mon",)}, "names 1 days, and the plan has 7"),
        ({"weekdays": ("monday",)}, "names from Mon to Sun"),
        ({"weekdays": ("Mon", "Mon")}, "each day once"),
        ({"shifts": {}}, "at least one shift"),
        ({"shifts": {"early": "7-15"}}, "a span such as \"07:00-15:00\"; it is '7-15'"),
        ({"shifts": {"early": "07:00-24:30"}}, "ends at 24:00 or before"),
        ({"timezone": "Europe/Atlantis"}, "an IANA name"),
        ({"timezone": "../etc"}, "an IANA name"),
        ({"detour_factor": 0.9}, "1 or more"),
        ({"randomised_share": 1.5}, "0 to 1"),
        ({"patrol_hours": 0.0}, "up to 24"),
        ({"marking": " "}, "not empty"),
    ],
)
def test_wrong_settings_are_said(settings, says: str):
    """One line: what was wrong, what was given, what to do."""
    with pytest.raises(SettingsError) as caught:
        patrol_days(TaskingSettings(), RosterSettings(**settings))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_spans_of_shifts():
    """Past midnight, to midnight, and a whole day."""
    assert shift_hours("x", "22:30-06:00") == (22.5, 7.5)
    assert shift_hours("x", "16:00-24:00") == (16.0, 8.0)
    assert shift_hours("x", "00:00-24:00") == (0.0, 24.0)
    assert shift_hours("x", "08:00-08:00") == (8.0, 24.0)
