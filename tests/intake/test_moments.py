"""Single moments are what Python's own csv and datetime make of the same rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import geopandas as gpd
import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import hotspots
from hotspots import frames
from hotspots.errors import InputError
from hotspots.intake import read_districts, read_moments, read_places
from hotspots.intake.clock import moment_of, time_of
from hotspots.intake.columns import suggest
from hotspots.intake.engines import connection
from hotspots.settings import IntakeSettings, Settings

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ibis")
BATCHES = settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
COLUMNS = {
    "longitude": "lon",
    "latitude": "lat",
    "date": "day",
    "time": "at",
    "end_date": "until",
    "end_time": "until_at",
    "category": "kind",
    "incident_id": "id",
}
SETTINGS = IntakeSettings(columns=COLUMNS, date_format="%d/%m/%Y")


def row(**changes: str) -> dict[str, str]:
    """A row in Stevenage on Friday 1 March 2024, with no end."""
    plain = {
        "lon": "-0.2",
        "lat": "51.9",
        "day": "01/03/2024",
        "at": "20:15",
        "until": "",
        "until_at": "",
        "kind": "Robbery",
        "id": "",
    }
    return plain | changes


def written(path: Path, *rows: dict[str, str]) -> Path:
    pd.DataFrame(list(rows)).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def stevenage() -> gpd.GeoDataFrame:
    return read_districts("stevenage")


def texts(table: pd.DataFrame) -> list[tuple[str, str, int]]:
    return [
        (str(start)[:16], str(end)[:16], weight)
        for start, end, weight in zip(table["start"], table["end"], table["weight"], strict=True)
    ]


def test_each_kind_of_row_is_read_and_counted(tmp_path: Path, stevenage: gpd.GeoDataFrame) -> None:
    """Spans, points, days without a time, ends before starts and weeks are told apart."""
    path = written(
        tmp_path / "a.csv",
        row(),
        row(),
        row(at="20:15:59"),
        row(at="7"),
        row(at="at night"),
        row(at="24:00"),
        row(until="02/03/2024", until_at="06:00"),
        row(until="29/02/2024", until_at="06:00"),
        row(until="09/03/2024", until_at="20:16"),
        row(until="02/03/2024"),
        row(day="30/02/2024"),
        row(lat="52.9", at="0"),
    )
    found = read_moments([path], stevenage, SETTINGS)
    assert list(found.table) == frames.names(frames.MOMENTS)
    assert found.finest == "hour"
    inside = found.table[found.table["district"] == "Stevenage"]
    assert texts(inside) == [
        ("2024-03-01 00:00", "NaT", 2),
        ("2024-03-01 07:00", "NaT", 1),
        # the end before the start counts as the start
        ("2024-03-01 20:15", "2024-03-01 20:15", 1),
        ("2024-03-01 20:15", "2024-03-02 06:00", 1),
        ("2024-03-01 20:15", "2024-03-09 20:16", 1),
        ("2024-03-01 20:15", "NaT", 4),
    ]
    assert inside["timed"].tolist() == [False, True, True, True, True, True]
    assert found.facts == {
        "moments_read": 11,
        "moments_without_a_time": 2,
        "moments_with_an_end": 3,
        "moments_end_before_start": 1,
        "moments_over_a_week": 1,
        "moments_at_midnight": 1,
    }


def test_ids_count_once_by_the_rule_of_the_collapse(
    tmp_path: Path, stevenage: gpd.GeoDataFrame
) -> None:
    """Of rows with one id the selecting one counts, then the earliest; blanks are no ids."""
    path = written(
        tmp_path / "a.csv",
        row(id="x", kind="Drugs", at="01:00"),
        row(id="x", at="23:00"),
        row(id=" x ", at="22:00"),
        row(id="y", kind="Drugs", at="02:00"),
        row(),
        row(),
    )
    chosen = IntakeSettings(columns=COLUMNS, date_format="%d/%m/%Y", categories=("Robbery",))
    expected = [
        ("2024-03-01 02:00", "NaT", 1),
        ("2024-03-01 20:15", "NaT", 2),
        ("2024-03-01 22:00", "NaT", 1),
    ]
    found = read_moments([path], stevenage, chosen)
    assert texts(found.table) == expected
    assert found.table["selecting"].tolist() == [False, True, True]
    reverse = written(tmp_path / "b.csv", *pd.read_csv(path, dtype=str, keep_default_na=False)
                      .iloc[::-1].to_dict("records"))  # fmt: skip
    pd.testing.assert_frame_equal(read_moments([reverse], stevenage, chosen).table, found.table)


LONGITUDES = ["-0.2", "-0.2000004", " -0.2 ", "-.21", "-2e-1", "0", "east", "", "200", "1e400"]


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(
    chosen=st.lists(
        st.tuples(
            st.sampled_from(LONGITUDES),
            st.sampled_from(["51.9", "51.9000005", "0", "-91", ""]),
            st.sampled_from(["01/03/2024", "31/03/2024", "01/04/2024", "31/04/2024", "2024", ""]),
            st.sampled_from(["Robbery", " Robbery", "Drugs", ""]),
            st.sampled_from(["", " ", "a", " a", "b", "c"]),
        ),
        min_size=1,
        max_size=40,
    ),
    categories=st.sampled_from([None, ("Robbery",)]),
    month=st.sampled_from([None, "2024-04"]),
)
def test_moments_add_up_to_places(
    chosen, categories, month, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the trouble, moments summed by month are the weighted places of the collapse."""
    rows = [
        row(lon=lon, lat=lat, day=day, kind=kind, id=identity, at=str(number % 24))
        for number, (lon, lat, day, kind, identity) in enumerate(chosen)
    ]
    # one row that counts, so that there is something to read
    rows.append(row(lon="-0.19", day="02/04/2024"))
    path = written(tmp_path_factory.mktemp("rows") / "rows.csv", *rows)
    how = IntakeSettings(
        columns=COLUMNS, date_format="%d/%m/%Y", categories=categories, from_month=month
    )
    districts = read_districts("stevenage")
    places = read_places([path], districts, how)[0].table
    found = read_moments([path], districts, how).table
    found = found.assign(period=found["start"].dt.strftime("%Y-%m"))
    keys = ["x_m", "y_m", "period", "category", "selecting", "district"]
    expected, own = (
        table.astype({"category": "str", "period": "str", "district": "str"})
        .groupby(keys)["weight"]
        .sum()
        for table in (places, found)
    )
    pd.testing.assert_series_equal(own, expected, check_exact=True, check_index_type=False)


def test_nothing_that_counts_is_an_empty_table(tmp_path: Path, stevenage: gpd.GeoDataFrame) -> None:
    """The columns and their kinds stay."""
    path = written(tmp_path / "a.csv", row(id="x"), row(id="x"))
    later = IntakeSettings(columns=COLUMNS, date_format="%d/%m/%Y", from_month="2030-01")
    found = read_moments([path], stevenage, later)
    assert found.table.empty
    assert list(found.table) == frames.names(frames.MOMENTS)
    assert found.table["start"].dtype == "datetime64[s]"
    assert sum(found.facts.values()) == 0


def test_months_asked_for_hold_here_too(tmp_path: Path, stevenage: gpd.GeoDataFrame) -> None:
    """A row outside from_month and to_month is no moment."""
    path = written(tmp_path / "a.csv", row(), row(day="01/04/2024"))
    only = IntakeSettings(columns=COLUMNS, date_format="%d/%m/%Y", from_month="2024-04")
    assert texts(read_moments([path], stevenage, only).table) == [("2024-04-01 20:15", "NaT", 1)]


def test_files_parquet_and_points_give_the_same(
    tmp_path: Path, stevenage: gpd.GeoDataFrame
) -> None:
    """A CSV of texts, a Parquet file of timestamps and points in memory hold the same moments."""
    chance = np.random.default_rng(3)
    start = pd.Timestamp("2024-03-01") + pd.to_timedelta(
        chance.integers(0, 40_000, 500), unit="min"
    )
    end = start + pd.to_timedelta(chance.integers(-300, 12_000, 500), unit="min")
    table = pd.DataFrame(
        {
            "lon": (-0.2 + chance.integers(0, 20, 500) / 1000).round(6),
            "lat": 51.9,
            "date": start,
            "end_date": end.where(chance.random(500) < 0.7),
            "category": chance.choice(["a", "b"], 500),
        }
    )
    columns = {name: name for name in ("date", "end_date", "category")}
    columns |= {"longitude": "lon", "latitude": "lat"}
    csv = tmp_path / "a.csv"
    table.to_csv(csv, index=False, date_format="%Y-%m-%d %H:%M:%S")
    parquet = tmp_path / "a.parquet"
    table.to_parquet(parquet, index=False)
    points = gpd.GeoDataFrame(
        table.drop(columns=["lon", "lat"]),
        geometry=gpd.points_from_xy(table["lon"], table["lat"]),
        crs=4326,
    )
    layer = tmp_path / "a.gpkg"
    points.to_file(layer)
    with_format = IntakeSettings(columns=columns, date_format="%Y-%m-%d %H:%M:%S")
    expected = read_moments([csv], stevenage, with_format)
    assert expected.table["weight"].sum() == 500
    counted = table.groupby(["date", "category"]).size().sort_index()
    own = expected.table.groupby(["start", "category"])["weight"].sum().sort_index()
    assert own.to_numpy().tolist() == counted.to_numpy().tolist()
    for other, how in (
        ([parquet], IntakeSettings(columns=columns)),
        (points, IntakeSettings()),
        ([layer], IntakeSettings()),
    ):
        found = read_moments(other, stevenage, how)
        pd.testing.assert_frame_equal(found.table, expected.table)
        assert found.facts == expected.facts


def test_timestamps_at_midnight_are_days(stevenage: gpd.GeoDataFrame) -> None:
    """A column of timestamps without a time of day among them holds days."""
    points = gpd.GeoDataFrame(
        {"date": pd.to_datetime(["2024-03-01", "2024-03-02"])},
        geometry=gpd.points_from_xy([-0.2, -0.2], [51.9, 51.9]),
        crs=4326,
    )
    assert read_moments(points, stevenage).finest == "day"


def test_a_clock_with_a_zone_shows_its_own_time(stevenage: gpd.GeoDataFrame) -> None:
    """A timestamp with a time zone is read as its own clock shows it."""
    points = gpd.GeoDataFrame(
        {"date": pd.to_datetime(["2024-07-01 23:30"]).tz_localize("Europe/London")},
        geometry=gpd.points_from_xy([-0.2], [51.9]),
        crs=4326,
    )
    assert texts(read_moments(points, stevenage).table) == [("2024-07-01 23:30", "NaT", 1)]


@pytest.mark.parametrize(
    ("columns", "date_format", "finest"),
    [
        ({}, "%Y-%m", "month"),
        ({"date": "day"}, "%Y-%m", "month"),
        ({"date": "day"}, "%d/%m/%Y", "day"),
        ({"date": "day"}, "%d/%m/%Y %H:%M", "hour"),
        ({"date": "day", "time": "at"}, "%d/%m/%Y", "hour"),
    ],
)
def test_what_the_layout_says(
    columns: dict[str, str], date_format: str, finest: str, stevenage: gpd.GeoDataFrame
) -> None:
    """Months are known from the settings alone: no file is opened, not even a missing one."""
    from hotspots.intake.moment_sources import finest as of

    position = {"longitude": "lon", "latitude": "lat"} if columns else {}
    how = IntakeSettings(columns=columns | position, date_format=date_format)
    assert of(["nowhere.csv"], how) == finest
    if finest == "month":
        assert read_moments(["nowhere.csv"], stevenage, how).table.empty


@pytest.mark.parametrize("name", ["time", "end_date", "end_time"])
def test_a_time_needs_its_date(name: str, tmp_path: Path) -> None:
    """A mapping with a time but no date is refused in one line."""
    path = written(tmp_path / "a.csv", row())
    columns = {"longitude": "lon", "latitude": "lat", name: "at"}
    settings = Settings(intake=IntakeSettings(columns=columns))
    with pytest.raises(InputError, match=f"gives {name} but not (end_)?date, which it needs"):
        hotspots.check([path], settings=settings)


def test_an_unknown_header_is_offered_its_times() -> None:
    """The mapping proposed for a file names its columns of times."""
    header = ["X", "Y", "date_from", "time_from", "date_to", "time_to", "offence"]
    said = suggest(["lon", "lat", "occurrence_date", "occurrencehour", "end_date", "end_time"])
    assert "--column date=occurrence_date --column time=occurrencehour" in said
    assert "--column end_date=end_date --column end_time=end_time" in said
    assert "--column end_date=date_to" in suggest(header)


FORMATS = ["%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d %b %Y %H", "%Y%m%d"]


@BATCHES
@given(
    date_format=st.sampled_from(FORMATS),
    moments=st.lists(
        st.datetimes(datetime(1970, 1, 1), datetime(2060, 1, 1)), min_size=20, max_size=60
    ),
)
def test_moments_are_those_of_strptime(date_format: str, moments: list[datetime]) -> None:
    """Whatever strftime writes is read back to the minute, as strptime does."""
    written = [moment.strftime(date_format) for moment in moments]
    with connection(1.0) as engine:
        table = ibis.memtable(pd.DataFrame({"n": range(len(written)), "text": written}))
        found = engine.to_pyarrow(
            table.select("n", at=moment_of(table.text, date_format)).order_by("n")
        )["at"].to_pylist()
    shown = "%Y-%m-%d" if date_format == "%Y%m%d" else "%Y-%m-%d %H:%M"
    assert found == [datetime.strptime(text, date_format).strftime(shown) for text in written]


def test_clock_times_are_read_or_empty() -> None:
    """Hours, HH:MM and HH:MM:SS are read; anything else is no time."""
    cases = {
        "0": "00:00",
        "23": "23:00",
        "24": "",
        "7": "07:00",
        "7.0": "07:00",
        "7.5": "",
        "07:05": "07:05",
        "07:60": "",
        "7:5": "",
        " 12:30:59.250 ": "12:30",
        "12:30pm": "",
        "noon": "",
        "": "",
        "-1": "",
        "1230": "",
    }
    with connection(1.0) as engine:
        table = ibis.memtable(pd.DataFrame({"n": range(len(cases)), "text": list(cases)}))
        found = engine.to_pyarrow(table.select("n", at=time_of(table.text)).order_by("n"))
    assert dict(zip(cases, found["at"].to_pylist(), strict=True)) == cases


def test_toronto_has_the_hours_that_csv_reads(reference_file) -> None:
    """Every incident of real data with hours stands at its own hour and weekday."""
    path = reference_file("toronto-2014-2021.csv.gz")
    columns = {"longitude": "Long", "latitude": "Lat", "date": "date", "time": "occurrencehour"}
    found = read_moments(
        [path], None, IntakeSettings(columns=columns | {"category": "MCI"}, date_format="%Y-%m-%d")
    )
    rows = pd.read_csv(path)
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    expected = rows.groupby(["dow", "occurrencehour"]).size()
    start = found.table["start"]
    weekday = start.dt.day_of_week.map(dict(enumerate(days)))
    counted = found.table.groupby([weekday, start.dt.hour])["weight"].sum()
    assert counted.sort_index().tolist() == expected.sort_index().tolist()
    assert found.crs == "EPSG:32617"


def test_a_span_of_a_week_is_not_over_it(tmp_path: Path, stevenage: gpd.GeoDataFrame) -> None:
    """Only more than seven days count as over a week."""
    start = datetime(2024, 3, 1, 20, 15)
    end = start + timedelta(days=7)
    path = written(
        tmp_path / "a.csv", row(until=end.strftime("%d/%m/%Y"), until_at=end.strftime("%H:%M"))
    )
    assert read_moments([path], stevenage, SETTINGS).facts["moments_over_a_week"] == 0
