"""Dates become months as `datetime.strptime` would read them."""

from __future__ import annotations

from datetime import datetime

import ibis
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hotspots.errors import SettingsError
from hotspots.intake.engines import connection
from hotspots.intake.months import date_pattern, days_in, month_of, span

# the engine is opened once here, and a warning that `connection` silences would sound again
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ibis")
# a batch of texts is one question to the engine, and which of them differs is plain to see
BATCHES = settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
FORMATS = [
    "%Y-%m",
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%m/%d/%y",
    "%d.%m.%Y %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%d %b %Y",
    "%d-%b-%y",
    "%B %d, %Y",
    "%Y%m",
    "%a %d %b %Y",
    "%A %d %B %Y",
    "%m/%d/%Y %I:%M:%S %p",
    "%d|%m (%Y)",
]


@pytest.fixture(scope="module")
def months():
    """What the engine makes of some texts."""
    with connection(1.0) as engine:

        def read(texts: list[str], date_format: str) -> list[str | None]:
            table = ibis.memtable(pd.DataFrame({"n": range(len(texts)), "text": texts}))
            found = engine.to_pyarrow(
                table.select("n", month=month_of(table.text, date_format)).order_by("n")
            )
            return found["month"].to_pylist()

        yield read


def python_month(text: str, date_format: str) -> str | None:
    """What Python makes of a text."""
    try:
        moment = datetime.strptime(text, date_format)
    except ValueError:
        return None
    return f"{moment.year:04}-{moment.month:02}"


@pytest.mark.parametrize("date_format", FORMATS)
@BATCHES
@given(
    moments=st.lists(
        st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)), min_size=20, max_size=60
    )
)
def test_valid_dates_are_read_as_python_reads_them(months, date_format, moments):
    """Written by strftime, read back by strptime: the same months."""
    texts = [moment.strftime(date_format) for moment in moments]
    assert months(texts, date_format) == [python_month(text, date_format) for text in texts]


PARTS = st.tuples(
    st.sampled_from([0, 1, 1900, 2000, 2020, 2021, 2024, 2100, 9999]),
    st.one_of(st.integers(0, 14), st.just(2)),
    st.integers(0, 33),
    st.sampled_from([1, 2]),
)


@pytest.mark.parametrize("date_format", ["%Y-%m", "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%y"])
@BATCHES
@given(parts=st.lists(PARTS, min_size=30, max_size=80))
def test_impossible_dates_are_refused_as_python_refuses_them(months, date_format, parts):
    """Days such as 30 February or 29 February 2100 and months such as 13 have no month."""
    texts = [
        date_format.replace("%Y", f"{year:04}")
        .replace("%y", f"{year % 100:02}")
        .replace("%m", str(month).zfill(width))
        .replace("%d", str(day).zfill(width))
        for year, month, day, width in parts
    ]
    assert months(texts, date_format) == [python_month(text, date_format) for text in texts]


@BATCHES
@given(
    texts=st.lists(
        st.text(st.characters(max_codepoint=126, min_codepoint=32), max_size=12),
        min_size=20,
        max_size=60,
    )
)
def test_other_texts_are_no_dates(months, texts):
    """Whatever is no date is null, never an error."""
    expected = [python_month(text, "%Y-%m-%d") for text in texts]
    assert months(texts, "%Y-%m-%d") == expected


@pytest.mark.parametrize(
    ("text", "date_format", "month"),
    [
        ("29/02/2024", "%d/%m/%Y", "2024-02"),
        ("29/02/2023", "%d/%m/%Y", None),
        ("29/02/2000", "%d/%m/%Y", "2000-02"),
        ("29/02/1900", "%d/%m/%Y", None),
        ("31/04/2021", "%d/%m/%Y", None),
        ("01/13/2021", "%d/%m/%Y", None),
        ("1/3/2021", "%d/%m/%Y", "2021-03"),
        ("2021-03-01x", "%Y-%m-%d", None),
        ("x2021-03", "%Y-%m", None),
        ("2021-031", "%Y-%m", None),
        ("68-05", "%y-%m", "2068-05"),
        ("69-05", "%y-%m", "1969-05"),
        ("07 JUL 2016", "%d %b %Y", "2016-07"),
        ("07 Jul 2016", "%d %B %Y", None),
        ("2016-07-31T23:59:59.250Z", "%Y-%m-%dT%H:%M:%S.%f%z", "2016-07"),
        ("0000-05", "%Y-%m", None),
        ("", "%Y-%m", None),
    ],
)
def test_known_dates(months, text, date_format, month):
    """Leap years, short months, the POSIX century, letters of either case."""
    assert months([text], date_format) == [month]


@pytest.mark.parametrize(
    ("date_format", "words"),
    [
        ("%Y-%q", "the code '%q'"),
        ("%d", "needs a year"),
        ("%Y", "needs a year"),
        ("%m-%b-%Y", "month twice"),
        ("%Y%", "the code '%'"),
        ("", "needs a year"),
    ],
)
def test_a_format_that_gives_no_month_is_refused(date_format, words):
    """The message says which code is unknown, missing or doubled."""
    with pytest.raises(SettingsError, match=words):
        date_pattern(date_format)


@given(st.integers(1, 9990 * 12), st.integers(0, 60))
def test_a_span_holds_every_month(start, length):
    """So many months as asked for, each followed by the next."""
    numbers = [(n // 12, n % 12 + 1) for n in range(start, start + length + 1)]
    texts = [f"{year:04}-{month:02}" for year, month in numbers]
    assert span(texts[0], texts[-1]) == texts


@given(st.integers(1, 9998), st.integers(1, 12))
def test_days_of_a_month_reach_to_the_next(year, month):
    """From the first of a month to the first of the next, as datetime counts."""
    following = datetime(year + month // 12, month % 12 + 1, 1)
    assert days_in([f"{year:04}-{month:02}"]) == (following - datetime(year, month, 1)).days
