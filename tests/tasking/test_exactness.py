"""The greedy plan against every plan there is, and against HiGHS."""

import itertools

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

from hotspots.errors import InfeasibleError
from hotspots.tasking import allocate

HOTSPOT_BOUNDS = ("hotspot_floors", "hotspot_caps")
DISTRICT_BOUNDS = ("district_floors", "district_caps")


def plan_value(visits, rates, days, q):
    """Sum over days and visits of the day, as the model is told in words."""
    total = 0.0
    for count, rate in zip(visits, rates, strict=True):
        for day in range(days):
            today = count // days + (day < count % days)
            total += rate * (1 - q**today)
    return total


def draw_bounds(random, ids, districts, most):
    """Draw floors and caps in whole hours for some hotspots and districts."""
    drawn = {}
    for floors, caps, names in (
        (*HOTSPOT_BOUNDS, ids),
        (*DISTRICT_BOUNDS, sorted(set(districts))),
    ):
        scale = 1 if names is ids else 2
        some = random.random() < 0.7
        drawn[floors] = {
            name: float(random.integers(0, scale * most // 2 + 1))
            for name in names
            if some and random.random() < 0.5
        }
        some = random.random() < 0.7
        drawn[caps] = {
            name: float(random.integers(scale, scale * most))
            for name in names
            if some and random.random() < 0.5
        }
    return drawn


def keeps(visits, ids, districts, bounds):
    """Check floors and caps name by name."""
    sums = dict(zip(ids, visits, strict=True))
    for name, count in zip(districts, visits, strict=True):
        sums[name] = sums.get(name, 0) + count
    floors = {**bounds["hotspot_floors"], **bounds["district_floors"]}
    caps = {**bounds["hotspot_caps"], **bounds["district_caps"]}
    return all(sums[name] >= floor for name, floor in floors.items()) and all(
        sums[name] <= cap for name, cap in caps.items()
    )


def best_of_all(budget, ids, districts, rates, bounds, days, q):
    """Try every plan; the best value, or None where no plan keeps the bounds."""
    best = None
    for visits in itertools.product(range(budget + 1), repeat=len(ids)):
        if sum(visits) <= budget and keeps(visits, ids, districts, bounds):
            value = plan_value(visits, rates, days, q)
            best = value if best is None else max(best, value)
    return best


@pytest.mark.parametrize("batch", range(10))
def test_no_plan_is_better(batch, hotspot_table, hourly):
    """On 600 random small programmes the value and the verdict are those of full enumeration."""
    random = np.random.default_rng(batch)
    refused = bounded = 0
    for _ in range(60):
        count, budget = int(random.integers(1, 5)), int(random.integers(1, 8))
        days, q = int(random.integers(1, 4)), float(random.choice([0, 0.3, 0.5, 0.6, 0.95]))
        rates = random.choice([0, 1, 2, 4, 8, 0.7, 3.3], count).astype(float)
        table = hotspot_table(rates, random.choice(["dN", "dS", "dW"], count).tolist())
        ids, districts = table["hotspot_id"].tolist(), table["district"].tolist()
        bounds = draw_bounds(random, ids, districts, most=max(budget, 3))
        best = best_of_all(budget, ids, districts, rates, bounds, days, q)
        settings = hourly(hours=budget, days_per_week=days, q=q, **bounds)
        if best is None:
            refused += 1
            with pytest.raises(InfeasibleError):
                allocate(table, settings)
            continue
        bounded += any(bounds.values())
        plan = allocate(table, settings)
        visits = plan.table["visits"].tolist()
        assert sum(visits) <= budget
        assert keeps(visits, ids, districts, bounds)
        assert plan_value(visits, rates, days, q) == pytest.approx(best, rel=1e-12)
        assert plan.table["covered_incidents"].sum() == pytest.approx(best, rel=1e-12)
    assert refused >= 5  # both verdicts are seen in every batch
    assert bounded >= 20


def highs_value(budget, districts, rates, bounds, ids, days, q):
    """Best value by HiGHS: whole numbers of visits on every level of every hotspot."""
    levels = budget // days + 1
    rows = np.repeat(np.arange(len(ids)), levels)
    gains = rates[rows] * q ** np.tile(np.arange(levels), len(ids)) * (1 - q)
    members = [np.ones(len(rows))]
    low, high = [0.0], [float(budget)]
    for kind, keys in (("hotspot", ids), ("district", districts)):
        keys = np.asarray(keys)[rows]
        for name in dict.fromkeys(keys.tolist()):
            members.append((keys == name).astype(float))
            low.append(bounds[f"{kind}_floors"].get(name, 0.0))
            high.append(bounds[f"{kind}_caps"].get(name, np.inf))
    answer = milp(
        -gains,
        integrality=np.ones(len(rows)),
        bounds=(0, days),
        constraints=LinearConstraint(np.array(members), low, high),
        options={"mip_rel_gap": 0.0},
    )
    return None if answer.status == 2 else -answer.fun


@pytest.mark.parametrize("seed", range(48))
def test_highs_finds_the_same_value(seed, hotspot_table, hourly):
    """On programmes of 6 to 20 hotspots, scipy.optimize.milp (HiGHS) agrees to nine digits."""
    random = np.random.default_rng(1000 + seed)
    count, days = int(random.integers(6, 21)), int(random.integers(1, 31))
    budget = int(random.integers(count, 4 * count * days))
    q = float(random.choice([0.4, 0.6, 0.8]))
    rates = random.gamma(1.5, 1.0, count)
    table = hotspot_table(rates, random.choice(["dN", "dS", "dW", "dE"], count).tolist())
    ids, districts = table["hotspot_id"].tolist(), table["district"].tolist()
    bounds = draw_bounds(random, ids, districts, most=max(2 * budget // count, 3))
    best = highs_value(budget, districts, rates, bounds, ids, days, q)
    settings = hourly(hours=budget, weeks=days, q=q, **bounds)
    if best is None:
        with pytest.raises(InfeasibleError):
            allocate(table, settings)
    else:
        plan = allocate(table, settings)
        assert keeps(plan.table["visits"].tolist(), ids, districts, bounds)
        assert plan.table["covered_incidents"].sum() == pytest.approx(best, rel=1e-9)


def test_a_floor_is_bought_before_better_visits(hotspot_table, hourly):
    """Six visits, a district floor of 4 on weights 2 and 1 beside 8: by hand 2, 3, 1."""
    table = hotspot_table([8, 2, 1], "NSS")
    plan = allocate(table, hourly(hours=6, q=0.5, district_floors={"S": 4.0}))
    assert plan.table["visits"].tolist() == [2, 3, 1]
