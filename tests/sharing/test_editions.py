"""Editions for partners and the public: what is in them, and what an attacker makes of it."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from hotspots import frames
from hotspots.errors import InputError, OutputError, SettingsError
from hotspots.frames import Allocation, DensitySurface, Plan, Targeting
from hotspots.settings import Settings, SharingSettings, TargetingSettings
from hotspots.sharing.disclosure import columns, for_audience
from hotspots.sharing.disclosure.outlines import SQUARE_M, points_inside, redrawn
from hotspots.sharing.disclosure.spots import public_name
from hotspots.sharing.disclosure.surface import reduced_surface
from hotspots.sharing.layers import write_geopackage
from hotspots.sharing.map import draw
from hotspots.sharing.workbook import write_workbook

from .conftest import make_plan
from .plan_factory import small_plan, with_changes

# openpyxl does not know the extension in which Excel keeps data bars that begin at 0
pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")

EDITIONS = ["partner", "public"]


def with_counts(plan, counts, outside=(900, 900)):
    """Give hotspots other counts, with all that follows from them, and districts their sums."""
    hotspots = plan.targeting.hotspots.copy()
    counts = np.asarray(counts, dtype=np.int64)
    hotspots["incidents"] = counts
    hotspots["incidents_per_day"] = counts / 365
    districts = plan.targeting.districts.copy()
    names = hotspots["district"].astype(str)
    districts["incidents"] = [
        int(counts[names == name].sum()) + more
        for name, more in zip(districts["district"].astype(str), outside, strict=True)
    ]
    quality = replace(plan.targeting.quality, rows_kept=int(districts["incidents"].sum()))
    targeting = replace(plan.targeting, hotspots=hotspots, districts=districts, quality=quality)
    return replace(plan, targeting=targeting)


@pytest.mark.parametrize("table", columns.KEPT)
def test_every_published_column_has_a_rule(table):
    """A column that is added to a table must be decided on: kept, made again or emptied."""
    published = set(frames.names(frames.TABLES[table]))
    rules = [rule.get(table, frozenset()) for rule in (columns.KEPT, columns.MADE, columns.EMPTIED)]
    assert set().union(*rules) == published
    assert sum(map(len, rules)) == len(published)


def test_every_table_of_a_plan_has_a_rule():
    """Tables that are written are reduced or left out; the others are no part of a plan."""
    no_part = {"places", "moments", "repeats", "accuracy", "accuracy_curve", "accuracy_months"}
    no_part |= {name for name in frames.TABLES if name.startswith("roster_")}
    made_of_editions = {"density", "density_contours", "history"}
    assert set(frames.TABLES) - no_part - made_of_editions == set(columns.KEPT) | columns.LEFT_OUT


def test_every_part_of_a_plan_has_been_thought_of():
    """A field that is added to a plan stays out of editions until it is put in on purpose."""
    known = {
        Plan: "targeting allocation settings provenance overrides audience totals",
        Targeting: "hotspots candidates districts density quality settings choices messages origin "
        "times peaks changes frames decided sweep map_points",
        Allocation: "table alternatives budget_curve budget_hours hours_per_visit days weeks "
        "messages visits ledger exclusion_is_exact budget_plans patrols prices sensitivity "
        "budget_pounds spent_pounds method status bound",
    }
    for kind, names in known.items():
        assert {field.name for field in dataclasses.fields(kind)} == set(names.split())
    plan = with_changes(small_plan())
    for edition in EDITIONS:
        view = for_audience(plan, edition)
        assert (view.targeting.times, view.targeting.peaks) == (None, None)
        assert (view.allocation.visits, view.allocation.ledger) == (None, None)
        for name in ("budget_plans", "patrols", "prices", "sensitivity", "spent_pounds"):
            assert getattr(view.allocation, name) is None, name
        assert view.targeting.origin == {}
        assert (view.overrides, view.targeting.decided, view.targeting.map_points) == (None,) * 3
        assert view.targeting.candidates.empty
        assert view.allocation.budget_curve.empty


@pytest.mark.parametrize("edition", EDITIONS)
def test_emptied_columns_are_empty_and_stand_in_their_place(edition):
    """Tables keep their columns and order, so that every output can be made of them."""
    plan = with_changes(small_plan())
    view = for_audience(plan, edition)
    for name, table, own in (
        ("hotspots", view.targeting.hotspots, plan.targeting.hotspots),
        ("changes", view.targeting.changes, plan.targeting.changes),
        ("allocation", view.allocation.table, plan.allocation.table),
        ("alternatives", view.allocation.alternatives, plan.allocation.alternatives),
    ):
        assert list(table) == list(own)
        for column in columns.EMPTIED.get(name, ()):
            assert (table[column].isna() | (table[column] == "")).all(), column


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_unknown_column_is_dropped(edition):
    """What somebody added to a table is not passed on."""
    plan = small_plan()
    hotspots = plan.targeting.hotspots.assign(victim_name="A B")
    view = for_audience(
        replace(plan, targeting=replace(plan.targeting, hotspots=hotspots)), edition
    )
    assert "victim_name" not in view.targeting.hotspots


def test_an_edition_is_not_widened(tiny_plan):
    """From an edition no other is made; asked for again, it is itself."""
    public = for_audience(tiny_plan(), "public")
    assert for_audience(public) is public
    for other in ("restricted", "partner"):
        with pytest.raises(OutputError, match=f"public edition.*no {other} edition"):
            for_audience(public, other)
    plan = tiny_plan()
    assert for_audience(plan) is plan


def test_the_plan_is_not_changed(tiny_plan):
    """Making an edition leaves every table of the plan as it was."""
    plan = tiny_plan(changed=True)
    before = plan.hotspots.copy(), plan.targeting.districts.copy(), plan.allocation.table.copy()
    for edition in EDITIONS:
        for_audience(plan, edition)
    after = plan.hotspots, plan.targeting.districts, plan.allocation.table
    for one, other in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_is_left_out_changes_no_byte(edition, tmp_path):
    """Two plans that differ only in what an audience may not see give it the very same files."""
    plan = with_changes(small_plan())
    junk = {
        name: ("a word" if plan.targeting.hotspots[name].dtype == object else 77)
        for name in columns.EMPTIED["hotspots"]
    }
    junk |= {"note": "secret", "months_hot": "2021-02"}
    hours = {"covered_incidents": 1.5, "proportional_hours": 3.25}
    targeting = plan.targeting
    other = replace(
        plan,
        targeting=replace(
            targeting,
            hotspots=targeting.hotspots.assign(**junk),
            candidates=targeting.candidates.iloc[:2].assign(name="secret"),
            quality=replace(targeting.quality, facts={"secret": 3}, warnings=("3 secrets",)),
            messages=["3 secrets"],
            changes=targeting.changes.assign(per_day_now=9.0, per_day_then=9.0),
        ),
        allocation=replace(
            plan.allocation,
            table=plan.allocation.table.assign(**hours),
            alternatives=plan.allocation.alternatives.assign(covered_incidents=3.0),
            budget_curve=plan.allocation.budget_curve.iloc[:1],
            messages=["3 secrets"],
        ),
    )
    made = []
    for number, one in enumerate((plan, other)):
        view = for_audience(one, edition)
        for name, write in (("x.gpkg", write_geopackage), ("x.xlsx", write_workbook)):
            (tmp_path / str(number)).mkdir(exist_ok=True)
            write(view, tmp_path / str(number) / name)
        made.append(
            [draw(view).to_html()]
            + [(tmp_path / str(number) / name).read_bytes() for name in ("x.gpkg", "x.xlsx")]
        )
    same = [one == two for one, two in zip(*made, strict=True)]
    assert same == [True] * 3


def feasible(view, least, cell):
    """Bounds of a hotspot's count, from nothing but what the public edition shows.

    Variables: counts of all hotspots in the order shown, and the incidents outside them by
    district. Everything that is published is an equation.
    """
    table, totals = view.targeting.hotspots, view.district_totals
    size = len(table)
    equations, values = [], []

    def equation(cells, value):
        row = np.zeros(size)
        row[cells] = 1
        equations.append(row)
        values.append(value)

    for at, count in enumerate(table["incidents"]):
        if not math.isnan(count):
            equation([at], count)
    for name, _, count, _ in totals.itertuples(index=False):
        if not math.isnan(count):
            inside = (table["district"].astype(str) == name) if name else table["district"] != ""
            equation(np.flatnonzero(inside), count)
    found = []
    for sign in (1, -1):
        aim = np.zeros(size)
        aim[cell] = sign
        known = np.array(equations).reshape(-1, size)
        result = linprog(aim, A_eq=known, b_eq=values, bounds=(0, None))
        found.append(math.inf if result.status == 3 else sign * result.fun)
    return found


counts = st.lists(st.one_of(st.integers(0, 6), st.integers(5, 400)), min_size=6, max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(counts, st.tuples(st.integers(0, 300), st.integers(0, 300)))
def test_the_public_edition_gives_no_small_count_back(numbers, outside):
    """No count below 5 is shown, and none that is withheld is bounded to less than 5."""
    plan = with_counts(make_plan(), sorted(numbers, reverse=True), outside)
    if plan.targeting.quality.rows_kept < 5:
        with pytest.raises(OutputError, match="only"):
            for_audience(plan, "public")
        return
    view = for_audience(plan, "public")
    table = view.targeting.hotspots.reset_index(drop=True)
    shown = table["incidents"].dropna()
    assert (shown >= 5).all()
    assert view.district_totals["incidents"].dropna().ge(5).all()
    assert view.targeting.districts["incidents"].dropna().ge(5).all()
    true = dict(zip(plan.hotspots["hotspot_id"], plan.hotspots["incidents"], strict=True))
    for at in np.flatnonzero(table["incidents"].isna()):
        least, most = feasible(view, 5, at)
        assert most - least >= 5
        assert least - 1e-6 <= true[table["hotspot_id"][at]] <= most + 1e-6
    for name in ("incident_share", "incidents_per_km2", "incidents_per_day", "officer_hours"):
        hidden = view.hotspots[name].isna().to_numpy()
        assert (hidden == table["incidents"].isna()).all(), name
    order = table["incidents"].fillna(-1).to_numpy()
    assert (np.diff(order) <= 0).all() or not table["incidents"].isna().any()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(counts)
def test_withheld_hours_are_not_given_back_by_their_totals(numbers):
    """Withheld hours could be a visit a day more or fewer, or all of a district are withheld."""
    plan = with_counts(make_plan(), sorted(numbers, reverse=True))
    view = for_audience(plan, "public")
    hours = view.hotspots["officer_hours"]
    districts = view.hotspots["district"].astype(str)
    level = view.allocation.hours_per_visit * view.allocation.days
    for name, _, _, total in view.district_totals.iloc[:-1].itertuples(index=False):
        own = hours[districts == name]
        if not own.isna().any():
            continue
        rest = total - own.sum()
        # 10 hours of rounding for every part and for the total
        assert rest >= level - 10 * (len(own) + 1) or own.isna().all()


def test_nothing_is_withheld_without_a_small_count(tiny_plan):
    """Counts from 5 on are published exactly, with their totals."""
    plan = tiny_plan()
    view = for_audience(plan, "public")
    assert view.hotspots["incidents"].tolist() == plan.hotspots["incidents"].tolist()
    assert view.hotspots["rank"].tolist() == plan.hotspots["rank"].tolist()
    expected = [1200 + 1186 + 1172, 1193 + 1179 + 1165]
    totals = view.district_totals.set_index("district")["incidents"]
    assert sorted(totals.drop("")) == sorted(
        plan.hotspots.groupby("district")["incidents"].sum().tolist()
    )
    assert totals[""] == sum(expected)


def test_partners_see_bands(tiny_plan):
    """1,200 stands in the band from 1,000; shares and rates, which would tell it, are empty."""
    view = for_audience(tiny_plan(), "partner")
    table = view.hotspots
    assert set(table["incidents"]) == {1000.0}
    for name in ("incident_share", "incidents_per_km2", "incidents_per_day", "excess_incidents"):
        assert table[name].isna().all(), name
    assert "1,000–1,999 recorded incidents" in table["why"][0]
    assert table["main_categories"][0] == "Anti-social behaviour; Robbery"


@pytest.mark.parametrize("edition", EDITIONS)
def test_hours_are_rounded(tiny_plan, edition):
    """2,700 stays; 1,193 x 3 x 0.75 = 2,684.25 becomes 2,680, in 52 weeks 51.5 a week."""
    table = for_audience(tiny_plan(), edition).hotspots
    assert table["officer_hours"][:2].tolist() == [2700, 2680]
    assert table["hours_per_week"][1] == 51.5
    assert table["visits_per_day"][1] == round(2680 / 0.75 / 364, 1)
    assert table["proportional_hours"].isna().all()


def test_categories_at_a_place_need_ten_times_as_many(tiny_plan):
    """A category with a tenth of 49 incidents could be four of them, so none is named."""
    plan = with_counts(tiny_plan(), [300, 100, 50, 49, 20, 6])
    named = for_audience(plan, "public").hotspots["main_categories"] != ""
    assert named.tolist() == [True, True, True, False, False, False]


def test_small_categories_are_summed(tiny_plan):
    """3 of drugs among other categories would be their sum less the rest: two go together."""
    plan = tiny_plan()
    entries = [("ASB", 9000, True), ("Robbery", 2, True), ("Arson", 40, True), ("Drugs", 3, False)]
    categories = [
        {"category": name, "incidents": number, "selects": selects}
        for name, number, selects in entries
    ]
    quality = replace(plan.targeting.quality, categories=categories)
    view = for_audience(replace(plan, targeting=replace(plan.targeting, quality=quality)), "public")
    said = [(entry["category"], entry["incidents"]) for entry in view.targeting.quality.categories]
    assert said == [("ASB", 9000), ("other categories", 42)]


def surface_of(counts, *, h=200.0, cell=50.0):
    """Sum quartic kernels of places 2 km apart, on cells whose centres hold them."""
    size = int(2000 * len(counts) / cell)
    centres = cell * (np.arange(size) + 0.5)
    values = np.zeros((40, size))
    for at, count in enumerate(counts):
        x, y = 1025.0 + 2000 * at, 1025.0
        square = (centres[None, :] - x) ** 2 + (centres[:40, None] - y) ** 2
        kernel = np.where(square < h**2, (1 - square / h**2) ** 2, 0)
        values += count * 3 / (math.pi * h**2) * kernel * 1e6
    inside = np.ones_like(values, dtype=bool)
    return DensitySurface(values, inside, 0.0, 0.0, cell, h, 200.0, "EPSG:27700")


@pytest.mark.parametrize("edition", EDITIONS)
def test_fewer_than_five_incidents_are_not_drawn(edition):
    """Places of 4 incidents leave no colour, one of 300 does; the classes are few."""
    surface = surface_of([4, 300, 4])
    plain = TargetingSettings(edge="none")
    shown = reduced_surface(surface, plain, months=1, edition=edition, least=5)
    columns_seen = np.flatnonzero(shown.values_per_km2.any(axis=0)) * shown.cell_size_m
    assert columns_seen.min() > 2000
    assert columns_seen.max() < 4000
    # 3 / (pi h^2) per km² for one incident at its own place is 23.87
    assert min(shown.class_bounds_per_km2) >= 5 * 23.87
    assert len(shown.class_bounds_per_km2) <= (3 if edition == "public" else 6)
    assert len(np.unique(shown.values_per_km2)) <= 1 + len(shown.class_bounds_per_km2)
    assert shown.cell_size_m >= (250 if edition == "public" else 50)


def test_a_density_of_unknown_kernel_is_not_drawn():
    """Where the bandwidth changes, or the density is relative, few could make any colour."""
    for settings_ in (
        TargetingSettings(kernel="adaptive"),
        TargetingSettings(method="density", relative_to="people.csv"),
    ):
        shown = reduced_surface(surface_of([300]), settings_, months=1, edition="public", least=5)
        assert not shown.values_per_km2.any()


def test_outlines_follow_fixed_squares():
    """Circles round a place, as clusters have, become squares of 50 m: no arc is left."""
    place = shapely.Point(500_123.4, 200_456.7)
    table = gpd.GeoDataFrame(geometry=[place.buffer(120), place.buffer(5)], crs=27700)
    shapes = redrawn(table).geometry
    for shape in shapes:
        corners = shapely.get_coordinates(shape)
        assert (corners % SQUARE_M == 0).all()
    # a disc of 120 m has 45,239 m², which is 18 squares; every square is whole
    assert 15 <= shapes[0].area / SQUARE_M**2 <= 21
    assert shapes[1].area == SQUARE_M**2
    assert shapes[1].contains(place)


def test_points_keep_off_the_places_of_incidents():
    """A point that would lie on an incident moves; it stays inside its outline."""
    table = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 100, 100)], crs=27700)
    (x,), (y,) = points_inside(table)
    (moved_x,), (moved_y,) = points_inside(table, ([x], [y + 1.0]))
    assert math.hypot(moved_x - x, moved_y - y - 1) > 2
    assert table.geometry[0].contains(shapely.Point(moved_x, moved_y))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("High Street, Watford", "High Street, Watford"),
        ("High Street, Watford (2)", "High Street, Watford (2)"),
        ("A414, Dacorum", "A414, Dacorum"),
        ("Place 1, Watford", "Place 1, Watford"),
        ("12 High Street, Watford", "Hotspot WAT-01, Watford"),
        ("Flat 3, Watford", "Hotspot WAT-01, Watford"),
        ("WD17 1AB, Watford", "Hotspot WAT-01, Watford"),
        ("Place 1, 5 Mill Lane, Watford", "Hotspot WAT-01, Watford"),
    ],
)
def test_house_numbers_are_not_names(name, expected):
    """Streets and roads are named in public; a house or a postcode is not."""
    assert public_name(name, "WAT-01", "Watford") == expected


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_output_says_whom_it_is_for(tiny_plan, edition, tmp_path):
    """Page, print, workbook and GeoPackage carry marking and audience."""
    import sqlite3
    from contextlib import closing

    import openpyxl

    plan = with_changes(small_plan())
    page = draw(plan, edition).to_html()
    assert page.count(f"OFFICIAL · {edition} edition") == 2
    marks = "".join(f"\\{ord(sign):06x} " for sign in f"OFFICIAL · {edition} edition")
    assert f'@top-center {{ content: "{marks}"' in page
    assert f'<meta name="hotspots-audience" content="{edition}">' in page
    view = for_audience(plan, edition)
    write_workbook(view, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    for sheet in book:
        assert f"OFFICIAL · {edition} edition" in sheet["A1"].value
        assert f"{edition} edition" in sheet.oddHeader.center.text
    book.close()
    write_geopackage(view, tmp_path / "plan.gpkg")
    with closing(sqlite3.connect(tmp_path / "plan.gpkg")) as database:
        rows = database.execute("SELECT value FROM provenance WHERE key = 'audience'").fetchall()
    assert rows == [(f'"{edition}"',)]


def test_writers_keep_to_the_audience_of_the_settings(tmp_path):
    """A plan whose settings say public is written as the public edition, whoever writes it."""
    import openpyxl

    plan = small_plan()
    shared = plan.settings.replace(sharing={"audience": "public"})
    write_workbook(replace(plan, settings=shared), tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert "public edition" in book["Hotspots"]["A1"].value
    assert book["Candidates"].max_row == 4  # heading rows and no candidate
    book.close()
    assert "public edition" in draw(replace(plan, settings=shared)).to_html()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"audience": "everyone"}, "one of 'restricted', 'partner', 'public'"),
        ({"suppress_below": 1}, "between 2 and 1,000"),
        ({"count_bands": [1, 10]}, "rising from 0"),
        ({"count_bands": [0, 5, 8]}, "steps of 5 or more"),
        ({"count_bands": ["0"]}, "a list of whole numbers"),
        ({"count_bands": []}, "rising from 0"),
        ({"round_hours": 0}, "0.01 or more"),
    ],
)
def test_settings_are_checked(wrong, words):
    """Audience, threshold, bands and rounding are refused in words where they cannot be."""
    with pytest.raises(SettingsError, match=words):
        Settings.from_dict({"sharing": wrong})


def test_settings_have_safe_defaults():
    """Everything for the force alone, and five for the public."""
    assert SharingSettings().audience == "restricted"
    assert SharingSettings().suppress_below == 5


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_edition_is_no_plan_of_record(edition, tmp_path):
    """Its file is neither drawn again, nor compared with, nor allocated; one line says why."""
    import hotspots
    from hotspots.intake.previous import read_previous

    plan = small_plan()
    view = for_audience(plan, edition)
    path = write_geopackage(view, tmp_path / "plan.gpkg", note="secret note")
    assert b"secret note" not in path.read_bytes()
    for act in (
        lambda: hotspots.read_plan(path),
        lambda: read_previous(path, "EPSG:27700"),
        lambda: hotspots.allocate(view),
        lambda: hotspots.write_plan(view, tmp_path / "again.gpkg"),
    ):
        with pytest.raises(InputError, match=f"the {edition} edition.*plan of record"):
            act()


def test_a_plan_of_record_is_written_whole_whatever_its_audience(tmp_path):
    """Settings that say public do not cut the file that everything else is made from."""
    import hotspots

    plan = small_plan()
    public = replace(plan, settings=plan.settings.replace(sharing={"audience": "public"}))
    again = hotspots.read_plan(hotspots.write_plan(public, tmp_path / "plan.gpkg"))
    assert again.hotspots["harm"].tolist() == plan.hotspots["harm"].tolist()
    assert len(again.targeting.candidates) == len(plan.targeting.candidates)
