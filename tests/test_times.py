"""The whole path with times of day: from files to the sentence in every output."""

from __future__ import annotations

import csv
import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pyogrio
import pytest

import hotspots
from hotspots.cli import main
from hotspots.errors import InputError

CORNERS = [(-0.2020, 51.9010), (-0.1850, 51.9100)]
COLUMNS = ["longitude", "latitude", "date", "time", "category"]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up incidents at two corners: one on Friday nights, one on weekday mornings."""
    chance = random.Random(168)
    path = tmp_path_factory.mktemp("nights") / "nights.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(1200):
            corner = number % 4 == 0
            day = datetime(2024, 1, 1) + timedelta(weeks=chance.randrange(52))
            if corner:
                at = day + timedelta(days=chance.randrange(5), hours=chance.choice([7, 8, 9]))
            else:
                at = day + timedelta(days=4, hours=22 + chance.randrange(4))
            at += timedelta(minutes=chance.randrange(60))
            x, y = CORNERS[corner]
            writer.writerow(
                [
                    f"{x + chance.gauss(0, 0.0004):.6f}",
                    f"{y + chance.gauss(0, 0.0003):.6f}",
                    at.strftime("%Y-%m-%d"),
                    at.strftime("%H:%M"),
                    "Robbery",
                ]
            )
    return path


def arguments(path: Path, *more: str) -> list[str]:
    mapped = [part for name in COLUMNS for part in ("--column", f"{name}={name}")]
    return [
        "run", str(path), "--districts", "stevenage", "--hotspots", "2", "--hours", "500",
        "--date-format", "%Y-%m-%d", "--source", "made up", *mapped, *more,
    ]  # fmt: skip


def test_a_run_says_when_each_hotspot_is_busy(nights: Path, tmp_path: Path, capsys) -> None:
    """The planted nights and mornings are found, in JSON, in the GeoPackage and on the page."""
    out = tmp_path / "plan"
    assert main(arguments(nights, "--out", str(out), "--json")) == 0
    busiest = json.loads(capsys.readouterr().out)["busiest"]
    assert sorted(text.split(",")[0] for text in busiest.values()) == [
        "Busiest: Friday 22:00-02:00",
        "Busiest: Monday to Friday 07:00-10:00",
    ]
    hotspots_layer = pyogrio.read_dataframe(out / "plan.gpkg", layer="hotspots")
    times = pyogrio.read_dataframe(out / "plan.gpkg", layer="hotspot_times", read_geometry=False)
    held = times.groupby("hotspot_id")["incidents"].sum()
    expected = hotspots_layer.set_index("hotspot_id")["incidents"]
    pd.testing.assert_series_equal(held, expected.sort_index(), check_dtype=False)
    assert "Busiest: Friday 22:00-02:00" in (out / "map.html").read_text("utf-8")
    quality = json.loads((out / "quality.json").read_text("utf-8"))
    assert quality["facts"]["moments_read"] == quality["rows_kept"] == 1200
    again = tmp_path / "again"
    assert main(arguments(nights, "--out", str(again), "--json")) == 0
    for name in ("map.html", "plan.gpkg", "plan.xlsx"):
        assert (again / name).read_bytes() == (out / name).read_bytes(), name


def test_the_terminal_says_it_too(nights: Path, tmp_path: Path, capsys, monkeypatch) -> None:
    """The first hotspots' sentences are printed."""
    monkeypatch.setenv("COLUMNS", "200")
    assert main(arguments(nights, "--out", str(tmp_path))) == 0
    assert "-01  Busiest: Friday 22:00-02:00" in capsys.readouterr().out


def test_months_alone_are_said_to_be_months(town_file: Path) -> None:
    """A street file has no hours: one sentence, no table, and no second look at the file."""
    found = hotspots.identify(town_file, "stevenage")
    assert (found.times, found.peaks) == (None, None)
    said = "The source gives months only: no hours are shown."
    assert list(found.messages).count(said) == 1
    assert "moments_read" not in found.quality.facts


def test_days_alone_are_said_to_be_days(nights: Path) -> None:
    """Dates without times of day give no hours."""
    settings = hotspots.Settings.from_dict(
        {
            "intake": {
                "columns": {name: name for name in COLUMNS if name != "time"},
                "date_format": "%Y-%m-%d",
            }
        }
    )
    found = hotspots.identify(nights, "stevenage", settings=settings)
    assert found.times is None
    assert "The source gives days but no times of day: no hours are shown." in found.messages


def timed(**targeting: str) -> hotspots.Settings:
    return hotspots.Settings.from_dict(
        {
            "intake": {
                "columns": {name: name for name in COLUMNS}, "date_format": "%Y-%m-%d"
            },
            "targeting": {"hotspots": 2, **targeting},
        }
    )  # fmt: skip


def test_hours_change_nothing_else(nights: Path) -> None:
    """Hotspots, counts and choices are those of a run that does not look at hours."""
    with_hours = hotspots.identify(nights, "stevenage", settings=timed())
    without = hotspots.identify(nights, "stevenage", settings=timed(times="none"))
    assert without.times is None
    assert list(without.messages) == list(with_hours.messages)
    pd.testing.assert_frame_equal(without.hotspots, with_hours.hotspots)
    assert without.quality.left_out == with_hours.quality.left_out
    assert list(without.choices) == list(with_hours.choices)


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    """Half of the week on Saturday at 23, the other half evenly."""
    path = tmp_path / "week.csv"
    lines = ["weekday,hour,share"]
    for weekday in range(1, 8):
        for hour in range(24):
            share = 0.5 + 0.5 / 168 if (weekday, hour) == (6, 23) else 0.5 / 168
            lines.append(f"{weekday},{hour},{share:.8f}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_declared_profile_stands_in(town_file: Path, declared: Path) -> None:
    """It is used where the source has no hours, and called declared."""
    settings = hotspots.Settings.from_dict({"targeting": {"declared_profile": str(declared)}})
    found = hotspots.identify(town_file, "stevenage", settings=settings)
    assert set(found.times["basis"]) == {"declared"}
    assert (
        "The source gives months only: the hours shown are the declared profile week.csv."
        in found.messages
    )
    assert found.peaks["sentence"].str.contains("This is a declared profile").all()


def test_recorded_hours_go_before_declared(nights: Path, declared: Path) -> None:
    """Where the source has hours the declared profile is not used, unless hours are not read."""
    recorded = hotspots.identify(
        nights, "stevenage", settings=timed(declared_profile=str(declared))
    )
    assert set(recorded.times["basis"]) == {"recorded"}
    both = timed(declared_profile=str(declared), times="none")
    assert set(hotspots.identify(nights, "stevenage", settings=both).times["basis"]) == {"declared"}


def test_a_bad_declared_profile_is_refused(town_file: Path, tmp_path: Path) -> None:
    """One line, before anything is written."""
    settings = hotspots.Settings.from_dict({"targeting": {"declared_profile": "nowhere.csv"}})
    with pytest.raises(InputError, match=r"declared profile nowhere\.csv"):
        hotspots.run(town_file, "stevenage", settings=settings, out=tmp_path / "out")
    assert not list(tmp_path.glob("out/*"))


def test_what_times_are_like_is_said(tmp_path: Path, nights: Path) -> None:
    """Missing times and a heap at midnight are messages with numbers."""
    rows = pd.read_csv(nights, dtype=str)
    rows.loc[:99, "time"] = ""
    rows.loc[100:399, "time"] = "00:00"
    path = tmp_path / "rows.csv"
    rows.to_csv(path, index=False)
    midnight = (rows["time"] == "00:00").sum() / 1100
    messages = hotspots.identify(path, "stevenage", settings=timed()).messages
    assert (
        "100 of 1,200 incidents have no readable time of day and stand in no profile." in messages
    )
    assert (
        f"{midnight:.0%} of times are exactly 00:00, often a stand-in for an unknown time."
        in messages
    )


def test_check_accounts_for_times(nights: Path, capsys, monkeypatch) -> None:
    """The quality report says how many incidents have a time of day."""
    monkeypatch.setenv("COLUMNS", "200")
    mapped = [part for name in COLUMNS for part in ("--column", f"{name}={name}")]
    line = ["check", str(nights), "--districts", "stevenage", "--date-format", "%Y-%m-%d", *mapped]
    assert main(line) == 0
    assert "Times of day: 1,200 incidents have one (" in capsys.readouterr().out
    assert main([*line, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)["facts"]
    assert facts["moments_read"] == 1200
    assert facts["moments_with_an_end"] == 0
