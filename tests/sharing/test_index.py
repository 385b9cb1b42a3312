"""The index of many runs: what it lists, that it is safe, and that it is always the same."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hotspots.frames import Outcome
from hotspots.sharing.index import index_page, index_record, write_index

from .hostile import HOSTILE

LEEDS = Outcome(
    name="Leeds", folder="leeds", status="done", kept=True, seconds=3.25, title="Plan: Leeds",
    marking="OFFICIAL", attribution=("Incidents: data.police.uk.", "Boundaries: ONS."),
    incidents=19_306, hotspots=26, districts=1, districts_served=1, officer_hours=4999.5,
)  # fmt: skip
YORK = Outcome(
    name="York", folder="york", status="failed", message="No row has coordinates.",
    marking="OFFICIAL-SENSITIVE",
)  # fmt: skip
KENT = Outcome(name="Kent", folder="kent", status="skipped", message="no incident lies inside")


class Page(HTMLParser):
    """Tags, attributes and visible text of a page, as a browser takes them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._inside = tag

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        self.text += "" if self._inside == "style" else data


def test_it_lists_what_became_of_every_run():
    """Links to the maps of those done, and the reason of the others, in the order given."""
    page = Page(index_page([KENT, LEEDS, YORK], title="Patrol plans 2022"))
    words = " ".join(page.text.split())
    assert [given["href"] for tag, given in page.tags if tag == "a"] == ["leeds/map.html"]
    assert "Leeds Done 26 19,306 1 of 1 5,000" in words
    assert "York Failed: No row has coordinates." in words
    assert "Kent Skipped: no incident lies inside" in words
    assert words.index("Kent") < words.index("Leeds") < words.index("York")
    assert "Patrol plans 2022" in words
    assert words.count("OFFICIAL / OFFICIAL-SENSITIVE") == 2
    assert "Incidents: data.police.uk. · Boundaries: ONS." in words


def test_it_is_always_the_same(tmp_path: Path):
    """How long a run took, and whether it was kept from before, changes no byte."""
    for name, leeds in {"a": LEEDS, "b": replace(LEEDS, kept=False, seconds=99.0)}.items():
        (tmp_path / name).mkdir()
        write_index([leeds, YORK], tmp_path / name, title="Plans")
    for name in ("index.html", "index.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"index.html", "index.json"}


def test_the_record_counts_and_names():
    """Plain values that add up."""
    record = json.loads(json.dumps(index_record([KENT, LEEDS, YORK], title="Plans")))
    assert record["counts"] == {"jobs": 3, "done": 1, "failed": 1, "skipped": 1}
    assert [job["map"] for job in record["jobs"]] == [None, "leeds/map.html", None]
    assert record["jobs"][1]["officer_hours"] == 4999.5
    assert "seconds" not in record["jobs"][1]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_stays_text(text: str, tmp_path: Path):
    """In names, messages, titles, markings and attributions: no new element, no new request."""
    plain = index_page([LEEDS, YORK], title="Plans")
    evil = [
        replace(LEEDS, name=text, title=text, marking=text, attribution=(text, f"{text}.")),
        replace(YORK, name=text, message=text, marking=text),
    ]
    html = index_page(evil, title=text)
    tags = [tag for tag, _ in Page(html).tags]
    assert tags == [tag for tag, _ in Page(plain).tags]
    assert not re.search(r"[\x00-\x08\x7f-\x9f]", html)
    write_index(evil, tmp_path, title=text)
    assert json.loads((tmp_path / "index.json").read_text("utf-8"))["jobs"][0]["name"] == text


def test_nothing_in_it_runs_or_loads():
    """No script, no address, and a policy that allows its one style alone."""
    html = index_page([LEEDS, YORK], title="Plans")
    page = Page(html)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "form", "base", "svg"}
    for _, given in page.tags:
        assert not given.keys() & {"src", "style", "srcset", "action", "ping", "background"}
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


def test_a_list_of_nothing_done_is_still_a_page():
    """No attribution is claimed where nothing is shown."""
    words = Page(index_page([YORK], title="Plans")).text
    assert "Attribution" not in words
    assert "No row has coordinates." in words


@pytest.mark.browser
@pytest.mark.parametrize("width", [1200, 390])
def test_a_browser_asks_for_nothing_and_follows_a_link(tmp_path: Path, watched, width):
    """With hostile text everywhere: no request, no error, no dialog; a name opens its map."""
    evil = [
        replace(YORK, name=f"{number}{text}", message=text, marking=text)
        for number, text in enumerate(HOSTILE.values())
    ]
    write_index([LEEDS, *evil], tmp_path, title=HOSTILE["script"])
    (tmp_path / "leeds").mkdir()
    (tmp_path / "leeds" / "map.html").write_text("<!DOCTYPE html><title>Leeds</title>")
    view = watched(width, 800)
    page = view.open(tmp_path / "index.html")
    assert view.trouble == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.querySelector('th')).textAlign") == "left"
    page.get_by_role("link", name="Leeds").click()
    assert page.title() == "Leeds"
