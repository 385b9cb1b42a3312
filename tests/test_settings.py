"""Settings: defaults in one place, every key and value checked, nothing lost on the way."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotspots.errors import SettingsError
from hotspots.settings import COLUMN_NAMES, Settings, TaskingSettings


def from_text(text: str, tmp_path, encoding="utf-8") -> Settings:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding=encoding)
    return Settings.from_file(path)


def test_an_empty_file_equals_the_defaults(tmp_path):
    """And so do empty tables and an empty mapping."""
    assert from_text("", tmp_path) == Settings()
    assert from_text("[intake]\n[tasking]\n", tmp_path) == Settings()
    assert Settings.from_dict({}) == Settings()


def test_a_file_fills_what_it_names(tmp_path):
    """Whole numbers are taken for numbers, lists for lists, tables for mappings."""
    settings = from_text(
        """
        [intake]
        categories = ["Robbery"]
        columns = {longitude = "Lon", latitude = "Lat"}
        [targeting]
        hotspots = 12
        bandwidth_m = 250
        edge = "mass"
        [tasking]
        hours = 5000
        district_floors = {Stevenage = 100, "St Albans" = 50.5}
        """,
        tmp_path,
    )
    assert settings.intake.categories == ("Robbery",)
    assert settings.intake.columns == {"longitude": "Lon", "latitude": "Lat"}
    assert settings.targeting.hotspots == 12
    assert settings.targeting.bandwidth_m == 250.0
    assert settings.tasking.hours == 5000.0
    assert settings.tasking.district_floors == {"Stevenage": 100.0, "St Albans": 50.5}
    assert settings.sharing == Settings().sharing


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    """Windows editors put one in front."""
    settings = from_text("[targeting]\nhotspots = 3\n", tmp_path, encoding="utf-8-sig")
    assert settings.targeting.hotspots == 3


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"targetting": {}}, "Unknown setting 'targetting'; did you mean 'targeting'?"),
        (
            {"targeting": {"hotspot": 3}},
            "Unknown setting 'hotspot' in [targeting]; did you mean 'hotspots'?",
        ),
        ({"tasking": {"ours": 3}}, "did you mean 'hours'?"),
        ({"tasking": {"zzz": 3}}, "known are hours, pounds"),
        ({"intake": {"columns": {"longtitude": "x"}}}, "did you mean 'longitude'?"),
    ],
)
def test_an_unknown_key_names_the_nearest(tree, words):
    """A slip of the pen is an error, never ignored."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_dict(tree)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("room", "name", "value", "wanted"),
    [
        ("targeting", "hotspots", "26", "a whole number"),
        ("targeting", "hotspots", 26.0, "a whole number"),
        ("targeting", "hotspots", True, "a whole number"),
        ("targeting", "every_district", "yes", "true or false"),
        ("targeting", "every_district", 1, "true or false"),
        ("targeting", "edge", "soft", "one of 'auto', 'mass', 'none'"),
        ("targeting", "bandwidth_m", "200", "a number"),
        ("targeting", "bandwidth_m", [200], "a number"),
        ("targeting", "bandwidth_m", False, "a number"),
        ("tasking", "hours", math.nan, "a number"),
        ("tasking", "hours", math.inf, "a number"),
        ("tasking", "hours", 10**400, "a number"),
        ("tasking", "district_floors", 5, "a table"),
        ("tasking", "district_floors", {"A": "5"}, "a number"),
        ("tasking", "district_floors", {"A": -5}, "a number of hours, 0 or more"),
        ("intake", "categories", "Robbery", "a list of texts"),
        ("intake", "categories", ["Robbery", 1], "a list of texts"),
        ("intake", "categories", [], "a list of at least one name"),
        ("intake", "crs", 27700, "a text"),
        ("intake", "columns", {"longitude": 1}, "a text"),
        ("intake", "from_month", "2021", "a month such as 2021-04"),
        ("intake", "from_month", "2021-13", "a month such as 2021-04"),
        ("intake", "to_month", "2021-00", "a month such as 2021-04"),
        ("intake", "to_month", "20²1-0²", "a month such as 2021-04"),
        ("districts", "repair", "true", "true or false"),
        ("sharing", "palette", "rainbow", "one of 'inferno_r', 'YlOrRd'"),
        ("sharing", "attribution", " ", "not empty"),
    ],
)
def test_a_wrong_type_says_what_is_wanted(room, name, value, wanted):
    """The message has the name, the value and what it must be."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_dict({room: {name: value}})
    assert name in str(caught.value)
    assert wanted in str(caught.value)


@pytest.mark.parametrize("room", ["intake", "districts", "targeting", "tasking", "sharing"])
def test_a_room_must_be_a_table(room):
    """Not a number, not a list."""
    with pytest.raises(SettingsError, match="must be a table of settings"):
        Settings.from_dict({room: 3})


#: room, name, values just outside, values just inside
RANGES = [
    ("targeting", "hotspots", [0, -1], [1, 10_000]),
    ("targeting", "cell_size_m", [0.99, 100_001, -5], [1, 100_000]),
    ("targeting", "bandwidth_m", [0, 1e9], [1, 400.5]),
    ("targeting", "eps_m", [0, -100], [1, 100]),
    ("targeting", "min_incidents", [0, -3], [1]),
    ("targeting", "dense_area_share", [0, -0.1, 1.01], [0.001, 1]),
    ("targeting", "area_cap_km2", [0, -1], [0.001, 50]),
    ("targeting", "min_separation_m", [-1], [0, 500]),
    ("targeting", "min_periods_hot", [0], [1, 12]),
    ("tasking", "hours", [0, -5], [0.01, 26_108]),
    ("tasking", "pounds", [0, -5], [0.01, 1e6]),
    ("tasking", "pounds_per_hour", [0, -1], [38.3]),
    ("tasking", "weeks", [0, 521], [1, 520]),
    ("tasking", "days_per_week", [0, 8], [1, 7]),
    ("tasking", "visit_minutes", [0, 1441], [0.5, 1440]),
    ("tasking", "travel_minutes", [-1, 1441], [0, 1440]),
    ("tasking", "crew", [0, 101], [1, 100]),
    ("tasking", "q", [-0.1, 1], [0, 0.99]),
    ("tasking", "hotspot_floor_hours", [-1], [0, 5]),
    ("tasking", "district_cap_hours", [-1], [0, 5]),
]


@pytest.mark.parametrize(("room", "name", "outside", "inside"), RANGES, ids=lambda v: str(v)[:20])
def test_ranges_are_kept(room, name, outside, inside):
    """Values at the edge pass, values beyond it do not."""
    for value in inside:
        assert getattr(getattr(Settings.from_dict({room: {name: value}}), room), name) == value
    for value in outside:
        with pytest.raises(SettingsError, match=name):
            Settings.from_dict({room: {name: value}})


def test_settings_that_contradict_each_other_are_refused():
    """Two budgets, months the wrong way round, cells larger than the bandwidth."""
    for tree, words in [
        ({"tasking": {"hours": 5.0, "pounds": 100.0}}, "given twice, as 5 hours and 100 pounds"),
        ({"intake": {"from_month": "2021-05", "to_month": "2021-04"}}, "2021-05 .from_month."),
        ({"targeting": {"cell_size_m": 300, "bandwidth_m": 200}}, "at most the bandwidth, 200 m"),
    ]:
        with pytest.raises(SettingsError, match=words):
            Settings.from_dict(tree)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[targeting\nhotspots = 3", "is not valid TOML"),
        ("hotspots = 3", "Unknown setting 'hotspots'"),
        ("[targeting]\nhotspots = 3\nhotspots = 4", "is not valid TOML"),
    ],
)
def test_a_broken_file_is_named(text, words, tmp_path):
    """Every message about a file begins with or holds its path."""
    with pytest.raises(SettingsError, match=r"settings\.toml") as caught:
        from_text(text, tmp_path)
    assert words in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    """Missing, a folder, or not text."""
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    for path, words in [
        (tmp_path / "none.toml", "No such file"),
        (tmp_path, "Is a directory"),
        (tmp_path / "bytes.toml", "not UTF-8"),
    ]:
        with pytest.raises(SettingsError, match=words):
            Settings.from_file(path)


def number(low: float, high: float):
    return st.none() | st.floats(low, high, allow_nan=False)


UNHURRIED = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
TREES = st.fixed_dictionaries(
    {},
    optional={
        "intake": st.fixed_dictionaries(
            {},
            optional={
                "columns": st.dictionaries(st.sampled_from(COLUMN_NAMES), st.text()),
                "categories": st.none() | st.lists(st.text(), min_size=1, max_size=3),
                "from_month": st.none() | st.from_regex(r"\A20[01][0-9]-0[1-9]\Z"),
                "to_month": st.none() | st.from_regex(r"\A20[23][0-9]-1[0-2]\Z"),
                "date_format": st.text(),
            },
        ),
        "targeting": st.fixed_dictionaries(
            {},
            optional={
                "hotspots": st.none() | st.integers(1, 500),
                "every_district": st.booleans(),
                "edge": st.sampled_from(["auto", "mass", "none"]),
                "eps_m": number(1, 1000),
                "dense_area_share": number(0.001, 1),
            },
        ),
        "tasking": st.fixed_dictionaries(
            {},
            optional={
                "hours": number(0.1, 1e6),
                "crew": st.integers(1, 9),
                "q": st.floats(0, 0.99),
                "district_floors": st.dictionaries(st.text(), st.floats(0, 1e5)),
            },
        ),
        "sharing": st.fixed_dictionaries(
            {}, optional={"title": st.none() | st.text(), "marking": st.text()}
        ),
    },
)


@UNHURRIED
@given(TREES)
def test_a_round_trip_loses_nothing(tree):
    """To a mapping and back, through JSON as well; what was given is there."""
    settings = Settings.from_dict(tree)
    assert Settings.from_dict(settings.to_dict()) == settings
    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings
    for room, values in tree.items():
        for name, value in values.items():
            kept = getattr(getattr(settings, room), name)
            assert (list(kept) if isinstance(kept, tuple) else kept) == value


@UNHURRIED
@given(TREES, st.integers(1, 99))
def test_replacing_changes_one_thing(tree, crew):
    """All else stays, and so does the original."""
    settings = Settings.from_dict(tree)
    before = settings.to_dict()
    changed = settings.replace(tasking={"crew": crew})
    assert changed.tasking.crew == crew
    assert settings.to_dict() == before
    expected = {**before, "tasking": {**before["tasking"], "crew": crew}}
    assert changed.to_dict() == expected


def test_an_unknown_room_cannot_be_replaced():
    """The name is checked as in a file."""
    with pytest.raises(SettingsError, match="did you mean 'tasking'"):
        Settings().replace(taskin={"hours": 5.0})


def test_settings_are_frozen():
    """A value cannot be changed behind the checks."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().tasking.hours = -5  # type: ignore[misc]


def test_a_visit_costs_people_times_time():
    """A pair for 15 minutes and 7.5 minutes of travel is 0.75 officer-hours."""
    assert TaskingSettings().hours_per_visit == 0.75
    assert TaskingSettings(crew=1, visit_minutes=20, travel_minutes=10).hours_per_visit == 0.5
    assert TaskingSettings(weeks=10, days_per_week=5).days == 50


def test_the_budget_is_hours_or_pounds_or_the_dose_of_the_first_year():
    """1,000,000 pounds at 38.30 are 26,109.66 hours; 26 hotspots a year are 26,104."""
    assert TaskingSettings(hours=12.5).budget_hours(26) == 12.5
    assert TaskingSettings(pounds=1e6).budget_hours(26) == pytest.approx(26_109.66, abs=0.005)
    assert TaskingSettings().budget_hours(26) == 26_104
    assert TaskingSettings(weeks=13).budget_hours(4) == 1004
