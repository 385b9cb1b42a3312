"""Planned visits by time, prices and other assumptions on the page, for each audience."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from hotspots.frames import Plan
from hotspots.sharing import draw
from hotspots.tasking import allocate

from .hostile import HOSTILE


def planned(plan: Plan, part: str = "late", provider: str = "police") -> Plan:
    """Give a plan hours of Fridays and Saturdays, a floor with a price, and assumptions."""
    ids = plan.hotspots["hotspot_id"].tolist()
    visits = pd.DataFrame(
        {
            "hotspot_id": [name for name in ids for _ in range(2)],
            "district": [name for name in plan.hotspots["district"] for _ in range(2)],
            "weekday": [5, 6] * len(ids),
            "day_part": part,
            "from_hour": 15.0,
            "part_hours": 8.0,
            "provider": [provider, "council"] * len(ids),
            "visits": 104,
            "officer_hours": 78.0,
            "randomised_visits": 0,
        }
    )
    one = plan.hotspots[["hotspot_id", "district", "incidents_per_day"]]
    solved = allocate(one, replace(plan.settings.tasking, hours=500.0, district_floor_hours=100.0))
    prices = pd.DataFrame(
        {
            "constraint": ["floor of every district, 100 hours"],
            "covered_without": [200.0],
            "price_incidents": [5.0],
            "price_share": [0.025],
        }
    )
    allocation = replace(
        plan.allocation, visits=visits, prices=prices, sensitivity=solved.sensitivity
    )
    return replace(plan, allocation=allocation)


def saved(plan: Plan, folder: Path, audience: str = "restricted") -> str:
    """The page's text."""
    path = folder / f"{audience}.html"
    draw(plan, audience).save(path)
    return path.read_text(encoding="utf-8")


def block(text: str) -> dict:
    """The page's data."""
    return json.loads(
        re.search(r'<script type="application/json"[^>]*>(.*?)</script>', text, re.S)[1]
    )


def test_hours_by_weekday_stand_in_the_page(tiny_plan, tmp_path: Path) -> None:
    """104 visits in 52 weeks are two a week; 78 hours of each hotspot are 1.5 a week."""
    plan = planned(tiny_plan())
    text = saved(plan, tmp_path)
    count = len(plan.hotspots)
    table = re.search(r"Hours by weekday and part of the day.*?</table>", text, re.S)[0]
    cells = re.findall(r'<td class="number">(.*?)</td>', table)
    assert cells == ["0.0"] * 4 + [f"{1.5 * count:.1f}"] * 2 + ["0.0"]
    assert f"<bdi>police</bdi>: {78 * count}" in text
    assert block(text)["planned"]["visits"][0] == [0, 0, 0, 0, 2, 2, 0]


def test_prices_and_assumptions(tiny_plan, tmp_path: Path) -> None:
    """The price of a floor is a share of what could be reached without it."""
    text = saved(planned(tiny_plan()), tmp_path)
    assert "Floor of every district, 100 hours" in text
    assert "2.50%" in text
    assert "q = 0.9" in text


@pytest.mark.parametrize("audience", ["partner", "public"])
def test_editions_say_nothing_of_times(tiny_plan, tmp_path: Path, audience: str) -> None:
    """Neither when patrols come nor what constraints cost reaches partners and the public."""
    text = saved(planned(tiny_plan()), tmp_path, audience)
    for words in ("Hours by weekday", "What constraints cost", "If the assumptions are wrong"):
        assert words not in text
    assert not block(text).get("planned")


def test_a_plan_that_leaves_times_open_shows_none(tiny_plan, tmp_path: Path) -> None:
    """Without weekdays there is no such table."""
    text = saved(tiny_plan(), tmp_path)
    assert "Hours by weekday" not in text
    assert block(text)["planned"] is None


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text(tiny_plan, tmp_path: Path, name: str) -> None:
    """A provider's or a day part's name from a settings file never becomes markup."""
    text = saved(planned(tiny_plan(), part=HOSTILE[name], provider=HOSTILE[name]), tmp_path)
    assert "<script>alert" not in text
    assert "<img src=x" not in text
