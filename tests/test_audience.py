"""Audiences from the command line: what is written, and what the check of a page says."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing

import openpyxl
import pytest

from hotspots.cli import main

# openpyxl does not know the extension in which Excel keeps data bars that begin at 0
pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")


@pytest.fixture(scope="module")
def folders(town_file, tmp_path_factory):
    """The town as a plan for every audience."""
    root = tmp_path_factory.mktemp("audiences")
    for audience in ("restricted", "partner", "public"):
        arguments = ["run", str(town_file), "--districts", "stevenage", "--hotspots", "3"]
        assert main([*arguments, "--audience", audience, "--out", str(root / audience)]) == 0
    return root


@pytest.mark.parametrize("audience", ["restricted", "partner", "public"])
def test_every_file_of_a_run_is_for_its_audience(folders, audience):
    """Page, workbook, GeoPackage and records say whom they are for."""
    folder = folders / audience
    page = (folder / "map.html").read_text("utf-8")
    assert f'<meta name="hotspots-audience" content="{audience}">' in page
    book = openpyxl.load_workbook(folder / "plan.xlsx")
    assert f"{audience} edition" in book["Hotspots"]["A1"].value
    book.close()
    with closing(sqlite3.connect(folder / "plan.gpkg")) as database:
        (said,) = database.execute("SELECT value FROM provenance WHERE key = 'audience'").fetchone()
    assert json.loads(said) == audience
    record = json.loads((folder / "run.json").read_text("utf-8"))
    assert record["provenance"]["audience"] == audience
    assert record["settings"]["sharing"]["audience"] == audience


def test_records_of_an_edition_hold_no_more(folders, town_file):
    """quality.json and run.json of the public name no file, no fact, no sentence on counts."""
    quality = json.loads((folders / "public" / "quality.json").read_text("utf-8"))
    assert quality["facts"] == {}
    assert quality["warnings"] == []
    text = (folders / "public" / "run.json").read_text("utf-8")
    assert town_file.name not in text
    full = json.loads((folders / "restricted" / "run.json").read_text("utf-8"))
    part = json.loads(text)
    assert part["counts"]["candidates"] == 0
    assert not set(part["messages"]) & set(full["messages"])


def test_a_page_is_checked(folders, capsys, tmp_path):
    """Status 0 and a sentence for a clean page, 1 and a table of findings, 2 for no page."""
    page = folders / "public" / "map.html"
    assert main(["check-page", str(page)]) == 0
    assert "nothing beyond its audience" in capsys.readouterr().out
    assert main(["check-page", str(page), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
    leak = tmp_path / "leak.html"
    leak.write_text(
        page.read_text("utf-8").replace("</main>", "<!-- 3 --></main>"), encoding="utf-8"
    )
    assert main(["check-page", str(leak)]) == 1
    assert "a comment" in capsys.readouterr().out
    assert main(["check-page", str(leak), "--json"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert re.match(r"line \d+, comment", finding["where"])
    assert (
        main(["check-page", str(folders / "restricted" / "map.html"), "--audience", "public"]) == 1
    )
    capsys.readouterr()
    assert main(["check-page", str(tmp_path / "none.html")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_edition_is_drawn_from_the_plan_of_record(folders, tmp_path, capsys):
    """`map` makes the very page that a run for that audience makes; editions are refused."""
    record = folders / "restricted" / "plan.gpkg"
    for audience in ("restricted", "partner", "public"):
        out = tmp_path / f"{audience}.html"
        assert main(["map", str(record), "--audience", audience, "-o", str(out)]) == 0
        assert main(["check-page", str(out), "--audience", audience]) == 0
    capsys.readouterr()
    assert main(["map", str(folders / "public" / "plan.gpkg"), "-o", str(tmp_path / "x.html")]) == 2
    assert "public edition" in capsys.readouterr().err
    assert not (tmp_path / "x.html").exists()


def test_no_position_of_an_incident_is_in_an_edition(folders, town_file, capsys):
    """The street file itself is what is looked for."""
    for audience in ("partner", "public"):
        page = folders / audience / "map.html"
        assert main(["check-page", str(page), "--positions", str(town_file)]) == 0
    capsys.readouterr()
