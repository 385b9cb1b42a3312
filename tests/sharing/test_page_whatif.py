"""What if: at every position the page shows the plan that the exact allocation would make."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hotspots.frames import BUDGET_PLANS, LEDGER, names
from hotspots.settings import TaskingSettings
from hotspots.sharing.map import draw
from hotspots.sharing.page.whatif import curve_picture, what_if
from hotspots.tasking import allocate

RATES = np.array([6.0, 3.0, 3.0, 1.5, 1.5, 0.75, 0.0])  # equal ones take turns


def allocated(tiny_plan, *, changed=False, **settings):
    """A plan of seven hotspots with exact hours: 28 days, 0.75 hours a visit."""
    plan = tiny_plan(hotspots=len(RATES), changed=changed)
    hotspots = plan.targeting.hotspots.assign(incidents_per_day=RATES)
    tasking = TaskingSettings(**{"hours": 300.0, "weeks": 4, **settings})
    return replace(
        plan,
        targeting=replace(plan.targeting, hotspots=hotspots),
        allocation=allocate(hotspots, tasking),
        settings=plan.settings.replace(tasking=vars(tasking)),
    )


def shown(page):
    """Visits as the page's records hold them, by id."""
    return page.evaluate(
        "Object.fromEntries(hotspotsPage.hotspots.map(({id, visits}) => [id, visits]))"
    )


def visits_in_page(page, hours, out=(), kept=()):
    """Set a what-if through the page's own way in, and read the visits of every hotspot."""
    page.evaluate(
        "([hours, excluded, pinned]) => hotspotsPage.setWhatIf({hours, excluded, pinned})",
        [hours, list(out), list(kept)],
    )
    return shown(page)


def best(plan, hours, *, without=()):
    """Visits of the exact allocation, by id, with some hotspots not there."""
    rest = plan.targeting.hotspots
    rest = rest[~rest["hotspot_id"].isin(without)]
    table = allocate(rest, plan.settings.tasking, hours=hours).table
    return dict(zip(table["hotspot_id"], table["visits"], strict=True))


BOUNDS = {
    "free": {},
    "floors": {"hotspot_floors": {"WAT-02": 20.25, "HER-01": 3.0}},
    "caps": {"hotspot_caps": {"WAT-01": 30.0}},
    "districts": {"district_floors": {"Hertsmere": 60.0}, "district_caps": {"Watford": 200.0}},
}


@pytest.mark.browser
@pytest.mark.parametrize("bounds", BOUNDS)
def test_every_budget_shows_its_exact_plan(tiny_plan, watched, tmp_path, bounds):
    """From the floors to twice the budget, visit by visit where they are few, the same visits."""
    plan = allocated(tiny_plan, **BOUNDS[bounds])
    draw(plan).save(tmp_path / "map.html")
    view = watched()
    page = view.open(tmp_path / "map.html")
    least = max(0.75, sum(BOUNDS[bounds].get("hotspot_floors", {}).values()))
    least = max(least, sum(BOUNDS[bounds].get("district_floors", {}).values()))
    budgets = [*np.arange(least, least + 12, 0.75), *np.linspace(least + 13, 600, 40)]
    for hours in map(float, budgets):
        assert visits_in_page(page, hours) == best(plan, hours), hours
    assert visits_in_page(page, None) == dict(
        zip(plan.hotspots["hotspot_id"], plan.hotspots["visits"], strict=True)
    )
    assert view.trouble == []


@pytest.mark.browser
@pytest.mark.parametrize("bounds", ["free", "floors", "caps"])
def test_a_hotspot_left_out_or_kept_leaves_the_exact_plan_of_the_others(
    tiny_plan, watched, tmp_path, bounds
):
    """Without some hotspots, and with others fixed, the page shows what allocating again would."""
    plan = allocated(tiny_plan, **BOUNDS[bounds])
    draw(plan).save(tmp_path / "map.html")
    page = watched().open(tmp_path / "map.html")
    planned = dict(zip(plan.hotspots["hotspot_id"], plan.hotspots["visits"], strict=True))
    # bounds of hotspots that are not there cannot be asked for again
    out, kept = "WAT-03", "HER-02"
    for hours in (120.0, 171.75, 300.0, 333.0):
        left = best(plan, hours, without=[out])
        assert visits_in_page(page, hours, out=[out]) == {**left, out: 0}
        rest = best(plan, hours - 0.75 * planned[kept], without=[out, kept])
        expected = {**rest, out: 0, kept: planned[kept]}
        assert visits_in_page(page, hours, out=[out], kept=[kept]) == expected


@pytest.mark.browser
def test_the_slider_moves_table_figures_curve_and_map(tiny_plan, watched, tmp_path):
    """Half the budget by the slider: hours in table, figures, value, curve and labels follow."""
    plan = allocated(tiny_plan)
    draw(plan).save(tmp_path / "map.html")
    view = watched()
    page = view.open(tmp_path / "map.html")
    before = page.locator("#curve-here").get_attribute("cx")
    slider = page.locator("#budget")
    slider.fill("50")
    half = best(plan, 150.0)  # 400 visits are the plan, 200 the half
    assert sum(half.values()) == 200
    rows = page.locator("#plan tbody tr")
    found = {
        rows.nth(n).locator(".open").inner_text(): rows.nth(n)
        .locator("[data-cell='visitsPerDay']")
        .inner_text()
        for n in range(7)
    }
    assert found == {name: f"{visits / 28:.1f}" for name, visits in half.items()}
    assert page.locator("[data-figure='hours']").inner_text() == "150"
    assert page.locator("[data-figure='visits']").inner_text() == "200"
    value = (
        allocate(plan.targeting.hotspots, plan.settings.tasking, hours=150.0)
        .table["covered_incidents"]
        .sum()
    )
    share = value / plan.allocation.table["covered_incidents"].sum()
    said = page.locator("#budget-says").inner_text()
    assert f"50% of the plan's hours; modelled value {value:.0f}" in said
    assert f"{share:.1%} of the plan's" in said
    assert slider.get_attribute("aria-valuetext") == "150 officer-hours"
    assert float(page.locator("#curve-here").get_attribute("cx")) == pytest.approx(
        float(before) / 2, rel=1e-3
    )
    page.wait_for_timeout(100)
    assert page.locator(".pill", has_text="h").count() >= 4
    assert page.locator(".leaflet-circles-pane path").count() == sum(map(bool, half.values()))
    districts = page.locator("#by-district tbody tr")
    for n in range(2):
        cells = districts.nth(n).locator("th, td").all_text_contents()
        code = {"Watford": "WAT", "Hertsmere": "HER"}[cells[0]]
        hours = 0.75 * sum(visits for name, visits in half.items() if name.startswith(code))
        inside = plan.hotspots[plan.hotspots["district"] == cells[0]]["incidents"].sum()
        assert cells[3:] == [
            f"{hours + 1e-9:.0f}",
            f"{100 * hours / 150:.1f}%",
            f"{1000 * hours / inside:.0f}",
        ]
    assert page.locator("#what-if-note").is_visible()
    page.locator("#reset").click()
    assert page.locator("[data-figure='hours']").inner_text() == "300"
    assert not page.locator("#what-if-note").is_visible()
    assert view.trouble == []


@pytest.mark.browser
def test_hotspots_are_left_out_and_kept_by_keyboard(tiny_plan, watched, tmp_path):
    """The details' buttons press in, the table says it, and a chip undoes it."""
    draw(allocated(tiny_plan)).save(tmp_path / "map.html")
    page = watched().open(tmp_path / "map.html")
    page.locator("tr[data-n='1'] .open").focus()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Leave out", exact=True)
    button.focus()
    page.keyboard.press("Space")
    assert button.get_attribute("aria-pressed") == "true"
    assert page.evaluate("document.activeElement.textContent") == "Leave out"
    row = page.locator("tr[data-n='1']")
    assert row.locator("[data-cell='choice']").inner_text() == "left out"
    assert row.locator("[data-cell='hoursPerWeek']").inner_text() == "0.0"
    page.get_by_role("button", name="Keep planned hours").click()
    assert row.locator("[data-cell='choice']").inner_text() == "kept"
    assert page.locator("#left-out").is_hidden()
    chip = page.locator("#kept button")
    chip.focus()
    page.keyboard.press("Enter")
    assert page.locator("#kept").is_hidden()
    assert page.evaluate("document.activeElement.id") == "budget"


@pytest.mark.browser
def test_a_budget_beyond_what_is_known_is_met_as_far_as_it_goes(tiny_plan, watched, tmp_path):
    """More than twice the budget, or less than the floors: the nearest plan, and a sentence."""
    plan = allocated(tiny_plan, hotspot_floors={"WAT-02": 20.25})
    draw(plan).save(tmp_path / "map.html")
    page = watched().open(tmp_path / "map.html")
    assert sum(visits_in_page(page, 5000.0).values()) == 800
    assert "No plan of more hours is known" in page.locator("#budget-says").inner_text()
    assert visits_in_page(page, 0.0) == {**dict.fromkeys(best(plan, 300), 0), "WAT-02": 27}
    assert "need these hours at least" in page.locator("#budget-says").inner_text()
    page.locator("#budget-hours").fill("1,0x")
    page.locator("#budget-hours").press("Enter")
    assert sum(shown(page).values()) == 27  # no number: nothing changes


@pytest.mark.browser
def test_bounds_of_districts_switch_the_choices_off(tiny_plan, watched, tmp_path):
    """Where district bounds bind, leaving out is disabled, and the page says why."""
    draw(allocated(tiny_plan, **BOUNDS["districts"])).save(tmp_path / "map.html")
    page = watched().open(tmp_path / "map.html")
    assert "floors or caps of whole districts" in page.locator("#what-if").inner_text()
    page.locator("tr[data-n='0'] .open").click()
    assert page.get_by_role("button", name="Leave out", exact=True).is_disabled()
    before = shown(page)
    assert visits_in_page(page, None, out=["WAT-01"]) == before  # nor through an address


@pytest.mark.browser
def test_a_table_of_budgets_snaps_to_its_plans(tiny_plan, watched, tmp_path):
    """Where only some budgets have a plan, the slider knows no others."""
    plan = tiny_plan(hotspots=2)
    ids = list(plan.hotspots["hotspot_id"])
    rows = [(b, i, v, v / 2) for b, pair in ((75, (60, 40)), (150, (130, 70)), (300, (200, 200)))
            for i, v in zip(ids, pair, strict=True)]  # fmt: skip
    table = pd.DataFrame(rows, columns=names(BUDGET_PLANS))
    plan = replace(
        plan, allocation=replace(plan.allocation, budget_plans=table, budget_hours=150.0)
    )
    draw(plan).save(tmp_path / "map.html")
    page = watched().open(tmp_path / "map.html")
    assert page.locator("#budget").get_attribute("max") == "2"
    page.locator("#budget").fill("0")
    assert shown(page) == dict(zip(ids, (60, 40), strict=True))
    assert list(visits_in_page(page, 290.0).values()) == [200, 200]
    assert "every choice needs a plan of its own" in page.locator("#what-if").inner_text()


def test_without_exact_plans_there_is_no_slider(tiny_plan):
    """An allocation without a ledger or a table of budgets offers no what-if."""
    plan = tiny_plan()
    assert what_if(plan) is None
    assert 'id="what-if"' not in draw(plan).to_html()


def test_visits_of_several_costs_have_no_slider(tiny_plan):
    """Where a visit costs more at one hotspot than at another, hours do not follow from visits."""
    plan = allocated(tiny_plan)
    table = plan.allocation.table.copy()
    table.loc[table.index[0], "officer_hours"] *= 1.5
    assert what_if(plan) is not None
    assert what_if(replace(plan, allocation=replace(plan.allocation, table=table))) is None


def test_values_can_be_left_out(tiny_plan):
    """Incidents of a hotspot follow from the value of its visits; without it, they do not."""
    facts = what_if(allocated(tiny_plan), value=False)
    assert {block[3] for block in facts["blocks"]} == {None}
    assert facts["curveMost"] == 1


def test_floors_come_first(tiny_plan):
    """The blocks that floors take stand in front, whatever the order of the table."""
    plan = tiny_plan(hotspots=2)
    one, two = plan.hotspots["hotspot_id"]
    rows = [(2, 1, one, 5, 0.5), (0, 0, two, 3, 0.25), (1, 1, two, 4, 0.5)]
    ledger = pd.DataFrame(rows, columns=names(LEDGER))
    plan = replace(plan, allocation=replace(plan.allocation, ledger=ledger))
    facts = what_if(plan)
    assert facts["floors"] == 1
    assert facts["blocks"] == [[0, 1, 3, 0.25], [1, 1, 4, 0.5], [1, 0, 5, 0.5]]


def test_the_curve_ends_in_its_corner(tiny_plan):
    """From nothing, lower left, to the most, upper right; the plan stands on it."""
    picture = curve_picture(allocated(tiny_plan))
    points = [tuple(map(float, pair.split(","))) for pair in picture["line"].split()]
    assert points[0] == (0.0, 40.0)
    assert points[-1] == (100.0, 0.0)
    assert picture["x"] == 50.0
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
