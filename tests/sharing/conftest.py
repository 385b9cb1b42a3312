"""A small synthetic plan, and a real browser without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots import frames
from hotspots.frames import Allocation, Choice, DensitySurface, Plan, Quality, Targeting
from hotspots.settings import Settings

#: Run by the Python of QGIS, not by this one.
collect_ignore = ["qgis_draws.py"]

WEST, SOUTH = 508_000.0, 194_000.0  # near Watford, British National Grid
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # pages of the address bar, which cost every window as much as the page under test
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
]


def make_plan(
    text: str | None = None, *, hotspots: int = 6, changed: bool = False, **provenance: Any
) -> Plan:
    """Make a plan of two districts, 4 km by 4 km each.

    Parameters
    ----------
    text
        Stands in every text field, instead of harmless words.
    hotspots
        Number of hotspots; there are three candidates more.
    changed
        Put the plan beside an earlier one of which one hotspot left: always so with a text.
    **provenance
        Entries of the plan's provenance to replace; None leaves one out.
    """

    def say(words: str) -> str:
        return words if text is None else text

    crs = "EPSG:27700"
    districts = gpd.GeoDataFrame(
        {
            "district_code": ["WAT", "HER"],
            "district": [say("Watford"), f"{say('Hertsmere')}2" if text else "Hertsmere"],
            "police_force": [say("Hertfordshire Constabulary")] * 2,
            "area_km2": [16.0, 16.0],
        },
        geometry=[
            shapely.box(WEST, SOUTH, WEST + 4000, SOUTH + 4000),
            shapely.box(WEST + 4000, SOUTH, WEST + 8000, SOUTH + 4000),
        ],
        crs=crs,
    )
    many = hotspots + 3
    order = np.arange(many)
    side = max(4, int(np.ceil(np.sqrt(many))))
    x = WEST + 400 + (order * 3 % side) * 7200 / side + 10 * (order % 7)
    y = SOUTH + 400 + (order // side) * 3200 / side
    shapes = shapely.box(x - 120, y - 120, x + 120, y + 120)
    district = np.where(x < WEST + 4000, districts["district"][0], districts["district"][1])
    code = np.where(x < WEST + 4000, "WAT", "HER")
    incidents = 1200 - order * 7 % 1100
    incidents = np.sort(incidents)[::-1]
    candidates = pd.DataFrame(
        {
            "candidate_id": [f"C{n + 1}" for n in order],
            "name": [say(f"Street {n + 1}, Watford") for n in order],
            "district_code": code,
            "district": district,
            "rank": order + 1,
            "incidents": incidents,
            "incident_share": incidents / (2 * incidents.sum()),
            "other_incidents": incidents // 5,
            "area_km2": 0.0576,
            "price_per_km2": 500.0,
            "excess_incidents": 12.5,
            "incidents_per_km2": incidents / 0.0576,
            "incidents_per_day": incidents / 365,
            "peak_per_km2": 3000.0 + order,
            "periods_hot": 12 - order % 4,
            "periods": 12,
            "x_m": x,
            "y_m": y,
            "paired_with": [say("Three Rivers") if text or n == 0 else "" for n in order],
            "note": [say("split from a larger cluster") if text or n == 0 else "" for n in order],
            "shrunk_incidents": incidents * 0.98,
            "harm": incidents * 120.5,
            "rank_by_excess": order + 1,
            "rank_by_incidents": order + 1,
            "rank_by_shrunk": order + 1,
            "rank_by_harm": np.where(order == 1, np.nan, order[::-1] + 1.0),
            "gi_star": np.where(order == 1, np.nan, 12.25 - order % 9),
            "q_value": np.where(order == 1, np.nan, 0.0004 * order),
            "envelope_p": np.where(order == 0, 0.005, np.nan),
            "months_hot": "2021-01 to 2021-08, 2021-11",
            "hotspot_class": say("persistent"),
            "trend": np.where(order == 1, np.nan, -0.145),
            "trend_low": np.where(order == 1, np.nan, -0.22),
            "trend_high": np.where(order == 1, np.nan, -0.063),
            "main_categories": say("Anti-social behaviour 60%; Robbery 20%"),
            "change": "",
            "why": [say(f"Kept by rank: {n} incidents.") for n in incidents],
            "status": np.where(order < hotspots, "selected", say("hot in one month only")),
        }
    )
    candidates["rank_in_district"] = candidates.groupby("district_code").cumcount() + 1
    ids = [f"{c}-{r:02d}" for c, r in zip(code, candidates["rank_in_district"], strict=True)]
    candidates["hotspot_id"] = np.where(order < hotspots, ids, "")
    frame = gpd.GeoDataFrame(candidates, geometry=shapes, crs=crs)
    chosen = frame[order < hotspots]

    targeting = Targeting(
        hotspots=chosen[[*frames.names(frames.HOTSPOTS), "geometry"]],
        candidates=frame[[*frames.names(frames.CANDIDATES), "geometry"]],
        districts=districts,
        density=_density(frame, crs),
        quality=Quality(
            rows_read=20_000,
            rows_kept=15_000,
            left_out={say("no_coordinates"): 4000, "outside_districts": 1000},
            files=[{"name": say("2021-01-street.csv"), "bytes": 1, "sha256": "ab" * 32, "rows": 9}],
            months=[f"2021-{month:02d}" for month in range(1, 13)],
            months_missing=[],
            facts={"places": 900},
            categories=[
                {"category": say("Anti-social behaviour"), "selects": True, "incidents": 9000},
                {"category": "Drugs", "selects": False, "incidents": 400},
            ],
            warnings=[say("A warning.")],
        ),
        settings=Settings(),
        choices=[Choice(say("bandwidth_m"), say("200"), say("the best of three"))],
        messages=[say("A message.")],
    )
    if changed or text is not None:
        targeting = _changed(targeting, say("Old Lane"))
    settings = Settings.from_dict(
        {"sharing": {"marking": say("OFFICIAL"), "title": say("Watford and Hertsmere")}}
    )
    given = {
        "version": say("0.1.0"),
        "title": say("Watford and Hertsmere"),
        "marking": say("OFFICIAL"),
        "period": say("January to December 2021"),
        "source": say("data.police.uk"),
        "attribution": [say("Contains OS data"), say("Open Government Licence v3.0")],
        "input_sha256": [{"name": say("2021-01-street.csv"), "sha256": "ab" * 32}],
        "settings_sha256": "cd" * 32,
        "crs": say(crs),
        "transformation": say("OSGB36 to WGS 84"),
        "transformation_accuracy_m": 2.0,
        **provenance,
    }
    return Plan(
        targeting,
        _allocation(targeting.hotspots),
        settings,
        {key: value for key, value in given.items() if value is not None},
    )


def _changed(targeting: Targeting, name: str) -> Targeting:
    """All hotspots but the first remained, and one of 300 m by 300 m left."""
    now = targeting.hotspots
    kinds = np.where(np.arange(len(now)) == 0, "entered", "remained")
    table = pd.DataFrame(
        {
            "change": [*kinds, "left"],
            "hotspot_id": [*now["hotspot_id"], ""],
            "previous_id": [*np.where(kinds == "entered", "", now["hotspot_id"]), name],
            "name": [*now["name"], name],
            "district": [*now["district"], name],
            "overlap_share": [*np.where(kinds == "entered", np.nan, 0.5), np.nan],
            "incidents_then": [*np.where(kinds == "entered", np.nan, 90.0), 70.0],
            "incidents_now": [*now["incidents"].astype(float), 30.0],
            "per_day_then": [*np.where(kinds == "entered", np.nan, 0.25), 0.2],
            "per_day_now": [*now["incidents_per_day"], 0.08],
        }
    )
    gone = shapely.box(WEST + 2000, SOUTH + 1500, WEST + 2300, SOUTH + 1800)
    changes = gpd.GeoDataFrame(table, geometry=[*now.geometry, gone], crs=now.crs)
    return replace(targeting, hotspots=now.assign(change=kinds), changes=changes)


def _density(frame: gpd.GeoDataFrame, crs: str) -> DensitySurface:
    """Sum quartic kernels of 200 m reach on 100 m cells, one for every candidate."""
    cell, reach = 100.0, 200.0
    east = WEST + cell * (np.arange(80) + 0.5)
    north = SOUTH + cell * (np.arange(40) + 0.5)
    values = np.zeros((40, 80))
    for x, y, weight in zip(frame["x_m"], frame["y_m"], frame["incidents"], strict=True):
        square = (east[None, :] - x) ** 2 + (north[:, None] - y) ** 2
        kernel = np.where(square < reach**2, (1 - square / reach**2) ** 2, 0.0)
        values += weight * 3 / (np.pi * reach**2) * kernel * 1e6
    inside = np.ones_like(values, dtype=bool)
    return DensitySurface(values, inside, WEST, SOUTH, cell, reach, 2000.0, crs)


def _allocation(hotspots: gpd.GeoDataFrame) -> Allocation:
    visits = (hotspots["incidents"] * 3).to_numpy()
    total = max(1, visits.sum())
    table = pd.DataFrame(
        {
            "hotspot_id": hotspots["hotspot_id"].to_numpy(),
            "district": hotspots["district"].to_numpy(),
            "visits": visits,
            "officer_hours": visits * 0.75,
            "visits_per_day": visits / 364,
            "hours_per_week": visits * 0.75 / 52,
            "hours_share": visits / total,
            "covered_incidents": visits / 5,
            "equal_hours": total * 0.75 / max(1, len(hotspots)),
            "proportional_hours": visits * 0.7,
        }
    )
    alternatives = pd.DataFrame(
        {
            "rule": ["optimum", "proportional", "equal"],
            "visits": [total, total - 1, total - 2],
            "officer_hours": [total * 0.75, total * 0.75 - 0.75, total * 0.75 - 1.5],
            "covered_incidents": [1000.0, 970.0, 880.0],
            "value_share": [1.0, 0.97, 0.88],
            "keeps_bounds": [True, True, False],
        }
    )
    curve = pd.DataFrame(
        {
            "officer_hours": [0.0, total * 0.375, total * 0.75],
            "budget_share": [0.0, 0.5, 1.0],
            "covered_incidents": [0.0, 700.0, 1000.0],
            "per_extra_hour": [0.6, 0.3, 0.1],
        }
    )
    return Allocation(table, alternatives, curve, total * 0.75, 0.75, 364, 52, ["Whole visits."])


@pytest.fixture(scope="session")
def tiny_plan() -> Callable[..., Plan]:
    """Give the factory of small plans."""
    return make_plan


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start a real Chromium, or skip."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    named = os.environ.get("HOTSPOTS_CHROMIUM")
    path = named or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None:
        pytest.skip(
            f"no Chromium: none of {', '.join(_BROWSERS)} is on the path, and HOTSPOTS_CHROMIUM "
            "is not set"
        )
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_SWITCHES)
        yield browser
        browser.close()


class Watched:
    """A browser page without a network that remembers everything it should not do."""

    def __init__(self, context: Any) -> None:
        self.page = context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        self.page.on("request", lambda request: self._request(request.url))
        self.page.on("console", lambda message: self._console(message))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self._dialog(dialog))

    def _request(self, url: str) -> None:
        if not url.startswith(("file://", "data:")):
            self.requests.append(url)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def open(self, path: Any) -> Any:
        """Open a file and wait until the map has settled."""
        self.page.goto(path.as_uri(), timeout=180_000)  # a busy machine may be slow
        self.page.wait_for_timeout(150)
        return self.page

    @property
    def trouble(self) -> list[str]:
        """Everything that should not have happened."""
        return self.requests + self.errors + self.dialogs


@pytest.fixture
def watched(chromium: Any) -> Iterator[Callable[..., Watched]]:
    """Give pages of a browser that has no network."""
    contexts = []

    def open_page(width: int = 1440, height: int = 900, **options: Any) -> Watched:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.route("http*://**", lambda route: route.abort())
        return Watched(context)

    yield open_page
    for context in contexts:
        context.close()
