"""The roster's files: what they hold, that hostile text stays text, and that bytes repeat."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import openpyxl
import pandas as pd
import pytest

import hotspots
from hotspots.errors import InputError, OutputError
from hotspots.frames import ROSTER_DESIGN, Plan, Roster
from hotspots.sharing import ROSTER_FILES, write_roster
from hotspots.sharing.roster.calendar import roster_calendar
from hotspots.sharing.roster.cards import roster_cards
from hotspots.sharing.roster.workbook import _sheet_name, roster_workbook

from .hostile import HOSTILE
from .test_index import Page

SPRING, AUTUMN = "2027-03-22", "2027-10-25"
LONDON = ZoneInfo("Europe/London")


Rota = Callable[..., Roster]


@pytest.fixture(scope="module")
def planned(tiny_plan) -> Callable[..., Plan]:
    """The small plan, two districts and six hotspots, with 1.7 to 2 visits a day each."""

    def make(text: str | None = None, **provenance) -> Plan:
        plan = tiny_plan(text, **provenance)
        table = plan.allocation.table
        fewer = table.assign(visits=table["visits"] // 5)
        return replace(plan, allocation=replace(plan.allocation, table=fewer))

    return make


@pytest.fixture(scope="module")
def rota(planned) -> Rota:
    """Make rosters of that plan, with a text wherever a user's text can stand."""

    def make(text: str | None = None, **settings) -> Roster:
        given = {"from_date": SPRING, "weeks": 2, "randomised_share": 0.3} | settings
        if text is not None:
            given["marking"] = text
        plan = planned(text)
        return hotspots.roster(plan, settings=plan.settings.replace(roster=given))

    return make


@pytest.fixture(scope="module")
def made(rota: Rota) -> Roster:
    """One that most tests look at."""
    return rota()


def book_of(roster: Roster) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(roster_workbook(roster)))


def test_the_calendar_holds_every_patrol(made: Roster):
    """Read by the library icalendar: one event for each patrol, at its time, with its stops."""
    calendar = icalendar.Calendar.from_ical(roster_calendar(made))
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    assert len(events) == len(made.patrols)
    for event, row in zip(calendar.walk("VEVENT"), made.patrols.itertuples(), strict=True):
        for name, when in (("DTSTART", row.start), ("DTEND", row.end)):
            assert event[name].dt.timestamp() == datetime.datetime.fromisoformat(when).timestamp()
        assert row.district in event["SUMMARY"]
        assert str(event["DESCRIPTION"]).startswith("OFFICIAL-SENSITIVE\n")
        own = made.stops[made.stops["patrol_id"] == row.patrol_id]
        lines = str(event["DESCRIPTION"]).splitlines()
        assert [line[:5] for line in lines[-len(own) :]] == [t[11:16] for t in own["arrive"]]
        assert event["CLASS"] == "CONFIDENTIAL"


@pytest.mark.parametrize(("first", "hours"), [(SPRING, 7), (AUTUMN, 9)])
def test_nights_over_a_change_of_the_clock(first: str, hours: int, rota: Rota):
    """The zone in the file itself gives the right moments, spring and autumn."""
    night = rota(from_date=first, shifts={"night": "21:00-05:00"})
    (zone,) = icalendar.Calendar.from_ical(roster_calendar(night)).walk("VTIMEZONE")
    own = zone.to_tz(lookup_tzid=False)
    change = "2027-03-28T01:00+00:00" if hours == 7 else "2027-10-31T01:00+00:00"
    moment = datetime.datetime.fromisoformat(change)
    for hour in (-24, -2, -1, 0, 1, 2, 24):
        utc = moment + datetime.timedelta(hours=hour)
        local = utc.astimezone(LONDON).replace(tzinfo=None)
        if local.hour == 1 and hours == 9:
            continue  # happens twice
        assert local.replace(tzinfo=own).utcoffset() == utc.astimezone(LONDON).utcoffset()
    for event in icalendar.Calendar.from_ical(roster_calendar(night)).walk("VEVENT"):
        assert datetime.timedelta(0) < event["DTEND"].dt - event["DTSTART"].dt


def test_an_hour_that_happens_twice_is_told_apart(rota: Rota):
    """Every event and its text give the same moment, also 01:30 the second time."""
    for seed in range(12):
        night = rota(from_date=AUTUMN, weeks=1, seed=seed, shifts={"night": "21:00-05:00"})
        calendar = icalendar.Calendar.from_ical(roster_calendar(night))
        for event, row in zip(calendar.walk("VEVENT"), night.patrols.itertuples(), strict=True):
            end = datetime.datetime.fromisoformat(row.end)
            assert event["DTEND"].dt.timestamp() == end.timestamp()


def test_lines_of_the_calendar_are_folded_and_escaped(rota: Rota):
    """At most 75 octets, CR LF, and text that comes back as it was."""
    name = "Café, Bar; Grill \\ Löwenstraße · " * 6
    text = roster_calendar(rota(name))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    first = icalendar.Calendar.from_ical(text).walk("VEVENT")[0]
    assert str(first["LOCATION"]) in {name, f"{name}2"}


def test_uids_last(made: Roster, rota: Rota):
    """Another seed has other times and the same UIDs where the patrols are the same ones."""
    uids = [
        {str(e["UID"]) for e in icalendar.Calendar.from_ical(roster_calendar(r)).walk("VEVENT")}
        for r in (made, rota(seed=5), rota(from_date="2027-04-05"))
    ]
    assert len(uids[0] & uids[1]) > 0.6 * len(uids[0])
    assert not uids[0] & uids[2]


def test_the_workbook_has_a_sheet_for_each_district(made: Roster):
    """Dates are dates, times are times, numbers are numbers; rows agree with the tables."""
    book = book_of(made)
    assert book.sheetnames == [
        "Summary", "Hotspots", "Shifts", "Hertsmere", "Watford", "Randomised days",
    ]  # fmt: skip
    rows = 0
    for district in ("Hertsmere", "Watford"):
        own = made.patrols[made.patrols["district"] == district]
        stops = dict(list(made.stops.groupby("patrol_id")))
        for cells, row in zip(
            book[district].iter_rows(min_row=5, values_only=True), own.itertuples(), strict=True
        ):
            date, day, shift, number, provider, officers, start, end, visits, hours, text, _ = cells
            assert date == datetime.datetime.fromisoformat(row.date)
            assert day == date.strftime("%a")
            assert (start.isoformat()[:5], end.isoformat()[:5]) == (
                row.start[11:16],
                row.end[11:16],
            )
            assert (shift, number, provider, officers) == (row.shift, row.number, "police", 2)
            assert (visits, hours) == (row.visits, row.officer_hours)
            listed = stops[row.patrol_id]
            assert [line[:5] for line in text.splitlines()] == [t[11:16] for t in listed["arrive"]]
            rows += 1
    assert rows == len(made.patrols)
    assert book["Hotspots"].max_row == 4 + len(made.hours)
    assert book["Randomised days"].max_row == 4 + len(made.design)


def test_the_workbook_prints_sensibly(made: Roster):
    """A4 landscape, header on each page, the marking around it, a page break for each week."""
    for page in book_of(made):
        assert page.page_setup.orientation == "landscape"
        assert str(page.page_setup.paperSize) == "9"
        assert page.print_title_rows == "$4:$4"
        assert page.oddHeader.center.text == "&BOFFICIAL-SENSITIVE&B"
        assert "OFFICIAL-SENSITIVE" in page["A1"].value
    watford = book_of(made)["Watford"]
    (cut,) = [brk.id for brk in watford.row_breaks.brk]
    before, after = (watford.cell(row, 1).value.date() for row in (cut, cut + 1))
    assert before <= datetime.date(2027, 3, 28) < after


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_stays_text(text: str, tmp_path: Path, rota: Rota):
    """No formula, no element, no broken line, in names, districts, titles and markings."""
    made = rota(text)
    write_roster(made, tmp_path)
    for page in openpyxl.load_workbook(tmp_path / "roster.xlsx"):
        for row in page.iter_rows():
            assert not any(cell.data_type == "f" or cell.hyperlink for cell in row)
    with zipfile.ZipFile(tmp_path / "roster.xlsx") as archive:
        assert not any("externalLink" in name for name in archive.namelist())
    with (tmp_path / "roster.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(made.stops)
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())
    calendar = icalendar.Calendar.from_ical((tmp_path / "roster.ics").read_text("utf-8"))
    assert len(calendar.walk("VEVENT")) == len(made.patrols)
    html = (tmp_path / "cards.html").read_text("utf-8")
    tags = [tag for tag, _ in Page(html).tags]
    assert set(tags) == {tag for tag, _ in Page(roster_cards(rota())).tags}
    assert tags.count("article") == len(made.patrols)
    assert not re.search(r"[\x00-\x08\x7f-\x9f]", html)
    json.loads((tmp_path / "roster.json").read_text("utf-8"))


def test_cards_load_and_run_nothing(made: Roster):
    """A card for each patrol with the marking on it, no script, and a policy for its one style."""
    html = roster_cards(made)
    page = Page(html)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "form", "base", "svg"}
    assert [given["href"] for tag, given in page.tags if tag == "a"] == ["#d1", "#d2"]
    assert not re.search(r"https?:|url\(|@import", html)
    (policy,) = [given["content"] for _, given in page.tags if "http-equiv" in given]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert html.count("<article>") == len(made.patrols)
    assert html.count("OFFICIAL-SENSITIVE") == len(made.patrols) + 1
    assert html.count('class="t">&#9744;') == len(made.stops)


def test_files_come_together_and_repeat(made: Roster, tmp_path: Path, rota: Rota):
    """Six files, the same bytes again, others with another seed."""

    def digests(roster: Roster, folder: str) -> list[str]:
        paths = write_roster(roster, tmp_path / folder)
        assert tuple(path.name for path in paths) == ROSTER_FILES
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]

    one, again, other = digests(made, "a"), digests(rota(), "b"), digests(rota(seed=1), "c")
    assert one == again
    assert not set(one) & set(other)


def test_tables_hold_what_the_roster_holds(made: Roster, tmp_path: Path):
    """CSV and JSON give back stops, design and sums; the marking is in every row."""
    write_roster(made, tmp_path)
    stops = pd.read_csv(tmp_path / "roster.csv", dtype=str)
    assert stops["arrive"].tolist() == made.stops["arrive"].tolist()
    assert set(stops["marking"]) == {"OFFICIAL-SENSITIVE"}
    design = pd.read_csv(tmp_path / "design.csv")
    assert [*design] == [*(column.name for column in ROSTER_DESIGN), "marking"]
    assert (design.groupby(["hotspot_id", "block"])["visits"].min() == 0).all()
    record = json.loads((tmp_path / "roster.json").read_text("utf-8"))
    assert record["visits"] == len(made.stops)
    assert record["officer_hours"] == pytest.approx(0.75 * len(made.stops))
    assert record["provenance"]["marking"] == "OFFICIAL-SENSITIVE"
    total = record["visit_minutes"] + record["travel_minutes"] + record["free_minutes"]
    assert record["shift_hours"] == pytest.approx(2 * total / 60)


def test_a_file_that_cannot_be_written_leaves_the_others_as_they_were(made: Roster, tmp_path: Path):
    """A folder in the place of the calendar: nothing is changed."""
    (tmp_path / "roster.ics").mkdir()
    (tmp_path / "roster.csv").write_text("before")
    with pytest.raises(OutputError, match="a folder has that name"):
        write_roster(made, tmp_path)
    assert (tmp_path / "roster.csv").read_text() == "before"
    assert {path.name for path in tmp_path.iterdir()} == {"roster.csv", "roster.ics"}


def test_nothing_is_shared_without_its_source(planned, tmp_path: Path):
    """No attribution, no roster."""
    plan = planned(attribution=None)
    with pytest.raises(InputError, match="attribution"):
        hotspots.roster(plan, from_date=SPRING, out=tmp_path)
    assert not list(tmp_path.iterdir())


def test_names_of_sheets():
    """31 characters, none that Excel forbids, each once whatever its case."""
    taken: set[str] = set()
    names = ["St Albans", "ST ALBANS", "a" * 40, "a" * 35, "[x]:*?/\\", "'quoted'", "", "History"]
    found = [_sheet_name(name, taken) for name in names]
    assert found == [
        "St Albans", "ST ALBANS (2)", "a" * 31, "a" * 27 + " (2)", "x", "quoted", "District",
        "History (district)",
    ]  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize("text", [None, HOSTILE["long"][:1_000], HOSTILE["end of script"]])
def test_cards_in_a_browser(rota: Rota, watched, tmp_path: Path, text: str | None):
    """Nothing is asked for or runs; in print every page of cards fits on its sheet of A4."""
    path = tmp_path / "cards.html"
    path.write_text(roster_cards(rota(text)), encoding="utf-8")
    window = watched(1000, 900)
    page = window.open(path)
    page.emulate_media(media="print")
    sizes = page.evaluate(
        "[...document.querySelectorAll('.page')].map(one => one.getBoundingClientRect().height)"
    )
    assert len(sizes) > 2
    assert max(sizes) <= 297 * 96 / 25.4
    if text is None:
        cut = page.evaluate(
            "[...document.querySelectorAll('td div')].filter(one => one.scrollHeight > "
            "one.clientHeight + 1).length"
        )
        assert cut == 0
    assert window.trouble == []
