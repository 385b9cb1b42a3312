"""Accuracy as a page, a table and JSON: what they say, that they are safe and always the same."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from hotspots.errors import InputError, OutputError
from hotspots.frames import ACCURACY, ACCURACY_CURVE, ACCURACY_MONTHS, Backtest, Choice, names
from hotspots.settings import Settings
from hotspots.sharing.accuracy import accuracy_page, accuracy_record, write_accuracy
from hotspots.sharing.chart import curve_chart, hit_rate_chart, ticks

from .hostile import HOSTILE
from .test_index import Page

EMPTY = float("nan")
FILES = {"accuracy.html", "accuracy.csv", "accuracy.json"}


def row(columns, **values):
    """A row of published columns, empty where nothing is given."""
    plain = {"int": 0, "float": EMPTY, "str": ""}
    return {column.name: values.get(column.name, plain[column.kind]) for column in columns}


def small(text: str | None = None) -> Backtest:
    """Two methods, the ceiling and a curve; with `text` wherever a user's text can stand."""
    rates = {"this method": 0.10, "grid squares": 0.08, "best in hindsight": 0.20}
    table = [
        row(
            ACCURACY, method=name, pieces=26, area_km2=2.0, area_share=0.001, hit_rate=rate,
            hit_rate_low=rate - 0.01, hit_rate_high=rate + 0.01, pai=rate / 0.001,
            incidents_test=5_000, incidents_test_inside=round(5_000 * rate), pei=rate / 0.2,
            difference=0.1 - rate, difference_low=0.09 - rate, difference_high=0.11 - rate,
            note=text or "a note",
        )
        for name, rate in rates.items()
    ]  # fmt: skip
    curve = [
        row(ACCURACY_CURVE, method=method, area_share=share, area_km2=share * 2_000, hit_rate=rate)
        for method, rate in (("density cells", 0.3), ("grid squares", 0.2))
        for share in (0.01, 0.02)
    ]
    return Backtest(
        table=pd.DataFrame(table),
        curve=pd.DataFrame(curve, columns=names(ACCURACY_CURVE)),
        months=pd.DataFrame(columns=names(ACCURACY_MONTHS)),
        verdict=(text or "Beats grid squares (8.0%; +2.0 points, +1.0 to +3.0).",),
        settings=Settings(),
        choices=(Choice("categories", text or "Robbery", "as named"),),
        messages=(text or "18 hotspots are pieces.",),
        provenance={
            "version": "1", "title": text or "Accuracy of hotspots: Leeds",
            "marking": text or "OFFICIAL", "period": text or "July 2018",
            "source": text or "data.police.uk",
            "attribution": [text or "Incidents: data.police.uk.", text or "Boundaries: ONS."],
        },
    )  # fmt: skip


def test_the_page_says_what_was_measured():
    """Headline, verdict, every method with its figures, attribution, and the marking twice."""
    words = " ".join(Page(accuracy_page(small())).text.split())
    assert "Accuracy of hotspots: Leeds" in words
    assert "Beats grid squares (8.0%; +2.0 points, +1.0 to +3.0)." in words
    assert "grid squares a note 26 2.00 400 8.0% 7.0 to 9.0 80.0 0.40 – +2.0 +1.0 to +3.0" in words
    assert "density cells 1% 20.00 30.0% – –" in words
    assert "Incidents: data.police.uk. · Boundaries: ONS." in words
    assert words.count("OFFICIAL") == 2
    assert "not evidence about any person" in words


def test_nothing_in_it_runs_or_loads():
    """No script, no address, and a policy that allows its one style alone."""
    html = accuracy_page(small())
    page = Page(html)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "form", "base", "image", "use"}
    for _, given in page.tags:
        assert not given.keys() & {"src", "style", "srcset", "action", "href", "xlink:href"}
        assert not any(name.startswith("on") for name in given)
    assert not re.search(r"https?:|url\(|@import", html)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [given["content"] for _, given in page.tags if "http-equiv" in given]
    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "form-action 'none'",
        "base-uri 'none'",
    ]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_stays_text(text: str):
    """In titles, notes, sentences, sources and attributions: no new element, no control code."""
    html = accuracy_page(small(text))
    plain = [tag for tag, _ in Page(accuracy_page(small())).tags]
    assert [tag for tag, _ in Page(html).tags] == plain
    assert not re.search(r"[\x00-\x08\x7f-\x9f]", html)


def test_files_hold_the_tables(tmp_path: Path):
    """CSV and JSON give back every figure; what is empty is empty, never NaN."""
    result = small()
    assert {path.name for path in write_accuracy(result, tmp_path / "out")} == FILES
    with (tmp_path / "out" / "accuracy.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(r["hit_rate"]) for r in rows] == result.table["hit_rate"].tolist()
    assert rows[0]["rri_stability"] == ""
    record = json.loads((tmp_path / "out" / "accuracy.json").read_text("utf-8"))
    assert record["accuracy"][1]["method"] == "grid squares"
    assert record["accuracy"][0]["ser"] is None
    assert record["provenance"]["marking"] == "OFFICIAL"
    assert record == json.loads(json.dumps(accuracy_record(result)))
    write_accuracy(result, tmp_path / "again")
    for name in FILES:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_all_or_nothing(tmp_path: Path):
    """A folder in the place of one file: none is written, and the line says why."""
    (tmp_path / "accuracy.json").mkdir()
    with pytest.raises(OutputError, match="a folder has that name"):
        write_accuracy(small(), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"accuracy.json"}


def test_nothing_is_shared_without_attribution(tmp_path: Path):
    """The line names what is missing, and nothing is written."""
    result = small()
    result.provenance["attribution"] = []
    with pytest.raises(InputError, match="attribution"):
        write_accuracy(result, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_dots_lie_where_their_rates_are():
    """On one scale from 0: twice the rate is twice as far from the axis's first tick."""
    rows = accuracy_record(small())["accuracy"]
    chart = hit_rate_chart(rows, ours="this method", hindsight="best in hindsight")
    zero, dots = chart["ticks"][0]["x"], [entry["x"] for entry in chart["rows"]]
    assert dots[2] - zero == pytest.approx(2 * (dots[0] - zero), abs=0.2)
    assert chart["ours"] == dots[0]
    assert [entry["kind"] for entry in chart["rows"]] == ["ours", "plain", "hindsight"]
    assert chart["rows"][0]["low"] < dots[0] < chart["rows"][0]["high"] <= chart["width"]


def test_one_month_has_no_bars():
    """Without an interval a dot stands alone."""
    rows = [r | {"hit_rate_low": None, "hit_rate_high": None} for r in
            accuracy_record(small())["accuracy"]]  # fmt: skip
    chart = hit_rate_chart(rows, ours="this method", hindsight="best in hindsight")
    assert [entry["low"] for entry in chart["rows"]] == [None] * 3


def test_the_curve_is_logarithmic_in_area():
    """Equal factors of the area are equal steps; a single share is no division by zero."""
    points = [
        {"method": "m", "area_share": share, "hit_rate": 0.1, "hit_rate_high": None}
        for share in (0.01, 0.02, 0.04)
    ]
    first, second, third = (place["x"] for place in curve_chart(points)["lines"][0]["points"])
    assert second - first == pytest.approx(third - second, abs=0.2)
    assert len(curve_chart(points[:1])["lines"][0]["points"]) == 1


@pytest.mark.parametrize("most", [0.0, 1e-4, 0.013, 0.1, 0.5, 0.77, 1.0])
def test_ticks_reach_the_most(most):
    """From zero, evenly, the last but one below the most."""
    found = ticks(most)
    assert found[0] == 0
    assert found[-1] >= most
    assert 2 <= len(found) <= 7
    if most:
        assert found[-2] < most
        assert math.isclose(found[1] * (len(found) - 1), found[-1])


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)], ids=["desk", "phone"])
@pytest.mark.parametrize("text", [None, HOSTILE["script"], HOSTILE["long"][:2_000]])
def test_a_browser_asks_for_nothing(tmp_path: Path, watched, width, height, text):
    """No request, no error; the page is no wider than the window, the charts are drawn."""
    write_accuracy(small(text), tmp_path)
    view = watched(width, height)
    page = view.open(tmp_path / "accuracy.html")
    assert view.trouble == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("circle.dot").count() == 3
    box = page.locator("svg").first.bounding_box()
    assert box["width"] > 300
    size = "parseFloat(getComputedStyle(document.querySelector('svg text')).fontSize)"
    assert page.evaluate(size) * box["width"] / 360 >= 10.5  # legible, on a telephone too


@pytest.mark.parametrize("audience", ["partner", "public"])
def test_accuracy_has_no_edition(tmp_path, audience):
    """Counts by month are not for others: nothing is written, and one line says so."""
    settings = Settings.from_dict({"sharing": {"audience": audience}})
    with pytest.raises(OutputError, match=f"no {audience} edition"):
        write_accuracy(replace(small(), settings=settings), tmp_path / "out")
    assert not (tmp_path / "out").exists()
