"""A small plan made by hand: two districts, three hotspots, four candidates."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import MultiPolygon, Polygon, box

from hotspots import frames
from hotspots.frames import Allocation, Choice, DensitySurface, Plan, Quality, Targeting
from hotspots.settings import Settings

#: Text as a stranger could put into a file of incidents or boundaries.
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "{{ 7 * 7 }}{% if %}{# tag",
    "${alert(1)}`\\",
    '=HYPERLINK("http://example.invalid","x")',
    "+1+1",
    "-1+1|cmd",
    "@SUM(1)",
    "{=1+1}",
    "http://example.invalid/x",
    "'; DROP TABLE hotspots; --",
    "&F &G &P & Sons",
    "_x0041_",
    "\u202eright to left\u200f",
    "tab\tand\nline",
    "🚓 Llanfair­pwll Ŵ",
    "1234",
    "A" * 10_000,
)


def _ordered(columns: tuple[frames.Column, ...], values: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame({name: values[name] for name in frames.names(columns)})


def with_changes(plan: Plan, *, name: str = "Old Lane") -> Plan:
    """Put the plan beside an earlier one: two entered, one remained, one left, one long gone."""
    now = plan.targeting.hotspots
    kinds = ["entered", "entered", "remained", "left", "left earlier"]
    table = _ordered(
        frames.CHANGES,
        {
            "change": kinds,
            "hotspot_id": ["LDS-01", "LDS-02", "BRD-01", "", ""],
            "previous_id": ["", "", "BRD-01", "LDS-07", "LDS-03"],
            "name": [*now["name"], name, name],
            "district": [*now["district"], "Leeds", "Leeds"],
            "overlap_share": [np.nan, np.nan, 0.75, np.nan, np.nan],
            "incidents_then": [np.nan, np.nan, 31.0, 24.0, np.nan],
            "incidents_now": [40.0, 25.0, 20.0, 11.0, np.nan],
            "per_day_then": [np.nan, np.nan, 0.5, 0.4, np.nan],
            "per_day_now": [0.68, 0.42, 0.34, 0.19, np.nan],
        },
    )
    gone = box(430600, 433200, 430900, 433500)
    changes = gpd.GeoDataFrame(table, geometry=[*now.geometry, gone, None], crs=now.crs)
    change = ["entered", "entered", "remained"]
    targeting = replace(plan.targeting, hotspots=now.assign(change=change), changes=changes)
    return replace(plan, targeting=targeting)


def with_sweep(plan: Plan, *, note: str = "not tried: snapped", rule: str = "a knee") -> Plan:
    """Put what was tried beside the plan: two that were chosen, a rule without a value, one far."""
    empty = np.nan
    rows = pd.DataFrame(
        {
            "setting": ["dense_area_share", "bandwidth_m", "bandwidth_m", "eps_m"],
            "value": [0.005, 150.0, empty, 75.0],
            "unit": ["share", "m", "m", "m"],
            "rule": ["by rule", "usual", rule, "usual"],
            "train_from": "2021-01",
            "train_to": "2021-04",
            "test_from": "2021-05",
            "test_to": "2021-06",
            "hotspots": [3, 3, 0, 3],
            "area_km2": [0.25, 0.24, empty, 0.05],
            "incidents_test": 1_000,
            "hit_rate": [0.1, 0.13, empty, 0.04],
            "pai": [4.0, 5.5, empty, 8.0],
            "equal_area_km2": [0.25, 0.24, empty, 0.05],
            "hit_rate_equal": [0.1, 0.13, empty, 0.04],
            "hit_rate_default": [0.1, 0.099, empty, 0.02],
            "difference": [0.0, 0.031, empty, 0.02],
            "difference_low": [0.0, 0.021, empty, 0.01],
            "difference_high": [0.0, 0.04, empty, 0.03],
            "chosen": [True, True, False, False],
            "note": ["", "", note, "on 0.05 km², too far"],
        }
    )[frames.names(frames.SWEEP)]
    return replace(plan, targeting=replace(plan.targeting, sweep=rows))


def small_plan(
    *,
    name: str = "Market Street",
    district: str = "Leeds",
    note: str = "split in two",
    title: str | None = None,
    message: str = "The cell size was chosen from the data.",
    file_name: str = "2021-01-street.csv",
    reason: str = "no coordinates",
    empty: bool = False,
) -> Plan:
    """Make a plan in British National Grid, with the given texts in its text fields."""
    crs = "EPSG:27700"
    settings = Settings.from_dict(
        {
            "tasking": {"hours": 75.0, "hotspot_floors": {"LDS-01": 1.5}},
            "sharing": {"title": title} if title else {},
        }
    )
    districts = gpd.GeoDataFrame(
        _ordered(
            frames.DISTRICTS,
            {
                "district_code": ["LDS", "BRD"],
                "district": [district, "Bradford"],
                "police_force": ["West Yorkshire Police"] * 2,
                "area_km2": [4.0, 4.0],
                "incidents": [150, 0],
            },
        ),
        geometry=[box(430000, 433000, 432000, 435000), box(428000, 433000, 430000, 435000)],
        crs=crs,
    )
    shapes = [
        box(430200, 433200, 430500, 433500),
        MultiPolygon([box(431000, 434000, 431200, 434200), box(431300, 434000, 431400, 434100)]),
        Polygon([(428500, 433500), (428800, 433500), (428800, 433900.5)]),
        box(431700, 434700, 431800, 434800),
    ]
    area = np.array([shape.area / 1e6 for shape in shapes])
    incidents = np.array([40, 25, 20, 5])
    measures = {
        "name": [name, "Call Lane", name, "Far End"],
        "district_code": ["LDS", "LDS", "BRD", "LDS"],
        "district": [district, district, "Bradford", district],
        "rank": [1, 2, 3, 4],
        "incidents": incidents,
        "incident_share": incidents / 200,
        "other_incidents": [7, 0, 3, 1],
        "area_km2": area,
        "price_per_km2": [100.0, 100.0, 50.0, 100.0],
        "excess_incidents": incidents - np.array([100, 100, 50, 100]) * area,
        "incidents_per_km2": incidents / area,
        "incidents_per_day": incidents / 59,
        "peak_per_km2": [900.5, 800.0, 700.0, np.nan],
        "periods_hot": [2, 2, 1, 0],
        "periods": [2, 2, 2, 2],
        "x_m": [430350.0, 431100.0, 428700.0, 431750.0],
        "y_m": [433350.0, 434100.0, 433600.0, 434750.0],
        "paired_with": ["", "", district, ""],
        "note": [note, "", "", "few incidents"],
        "shrunk_incidents": incidents * 0.99,
        "harm": [10.5, 0.25, 7.0, 1.5],
        "rank_by_excess": [1, 2, 3, 4],
        "rank_by_incidents": [1, 2, 3, 4],
        "rank_by_shrunk": [1, 2, 3, 4],
        "rank_by_harm": [1, 4, 2, 3],
        "gi_star": [8.25, 7.0, np.nan, 1.0],
        "q_value": [1e-12, 0.01, np.nan, 0.3],
        "envelope_p": np.nan,
        "months_hot": ["2021-01 to 2021-02", "2021-01 to 2021-02", "2021-02", ""],
        "hotspot_class": "not classed",
        "trend": [0.1, -0.2, np.nan, np.nan],
        "trend_low": [-0.1, -0.4, np.nan, np.nan],
        "trend_high": [0.3, 0.1, np.nan, np.nan],
        "main_categories": [f"{name} 60%", "", "Robbery 55%", ""],
        "why": [f"Kept by rank in {district}. {note}", "Kept by rank.", "", ""],
        "change": "",
        "rank_in_district": [1, 2, 1, 3],
        "hotspot_id": ["LDS-01", "LDS-02", "BRD-01", ""],
        "candidate_id": ["C1", "C2", "C3", "C4"],
        "status": ["selected", "selected", "selected", "hot in too few months"],
    }
    candidates = gpd.GeoDataFrame(_ordered(frames.CANDIDATES, measures), geometry=shapes, crs=crs)
    hotspots = gpd.GeoDataFrame(_ordered(frames.HOTSPOTS, measures), geometry=shapes, crs=crs)
    hotspots = hotspots.iloc[:3]
    visits = np.array([50, 30, 20])
    allocation = _ordered(
        frames.ALLOCATION,
        {
            "hotspot_id": ["LDS-01", "LDS-02", "BRD-01"],
            "district": [district, district, "Bradford"],
            "visits": visits,
            "officer_hours": visits * 0.75,
            "visits_per_day": visits / 364,
            "hours_per_week": visits * 0.75 / 52,
            "hours_share": visits / 100,
            "covered_incidents": [12.5, 7.25, 5.0],
            "visits_under_every_q": [45, 30, 10],
            "equal_hours": [25.0, 25.0, 25.0],
            "proportional_hours": [35.25, 22.5, 17.25],
        },
    )
    alternatives = _ordered(
        frames.ALTERNATIVES,
        {
            "rule": ["optimum", "proportional", "equal"],
            "visits": [100, 100, 99],
            "officer_hours": [75.0, 75.0, 74.25],
            "covered_incidents": [24.75, 24.5, 22.0],
            "value_share": [1.0, 24.5 / 24.75, 22 / 24.75],
            "keeps_bounds": [True, True, False],
        },
    )
    curve = _ordered(
        frames.BUDGET_CURVE,
        {
            "officer_hours": [0.0, 37.5, 75.0, 150.0],
            "budget_share": [0.0, 0.5, 1.0, 2.0],
            "covered_incidents": [0.0, 16.0, 24.75, 35.0],
            "per_extra_hour": [0.6, 0.3, 0.2, 0.1],
        },
    )
    quality = Quality(
        rows_read=250,
        rows_kept=200,
        left_out={reason: 30, "outside every district": 20},
        files=[{"name": file_name, "bytes": 1234, "sha256": "ab" * 32, "rows": 250}],
        months=["2021-01", "2021-02"],
        months_missing=[],
        facts={"distinct_places": 57, "snapped_share": 0.98, "note": note, "unknown": None},
        categories=[{"category": name, "incidents": 200, "selects": True}],
        warnings=[message],
    )
    if empty:
        hotspots, candidates = hotspots.iloc[:0], candidates.iloc[:0]
        allocation, curve = allocation.iloc[:0], curve.iloc[:0]
    targeting = Targeting(
        hotspots=hotspots,
        candidates=candidates,
        districts=districts,
        density=DensitySurface(
            values_per_km2=np.arange(16.0).reshape(4, 4),
            inside=np.ones((4, 4), dtype=bool),
            x_min_m=428000.0,
            y_min_m=433000.0,
            cell_size_m=500.0,
            bandwidth_m=1000.0,
            threshold_per_km2=12.0,
            crs=crs,
        ),
        quality=quality,
        settings=settings,
        choices=[Choice("cell_size_m", "500", name), Choice("hotspots", "3", "asked for")],
        messages=[message],
    )
    plan = Plan(
        targeting=targeting,
        allocation=Allocation(
            table=allocation,
            alternatives=alternatives,
            budget_curve=curve,
            budget_hours=75.0,
            hours_per_visit=0.75,
            days=364,
            weeks=52,
            messages=[message],
        ),
        settings=settings,
    )
    from hotspots.sharing.provenance import describe

    provenance = describe(
        targeting,
        settings,
        source=name,
        attribution=["Contains public sector information, Open Government Licence v3.0"],
        transformation="Inverse of OSGB36 to WGS 84 (6)",
        transformation_accuracy_m=2.0,
        districts_sha256="cd" * 32,
    )
    return Plan(targeting, plan.allocation, settings, provenance)
