"""Settings chosen by accuracy out of time, within the months that hotspots are chosen by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from hotspots.errors import InputError
from hotspots.frames import SWEEP, Choice, names
from hotspots.programme.identify import find
from hotspots.programme.origins import Origin, split_off
from hotspots.programme.sweep_words import choice_of
from hotspots.programme.tried import EVERY_VALUE, Tried, Value, listed, values

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from hotspots.frames import Places
    from hotspots.programme.stages import Stages
    from hotspots.settings import Settings
    from hotspots.testing import Capture

#: Of the draws of months.
SEED = 0
_FEWEST_MONTHS = 4
_FEWEST_LATER = 2
#: A gain below this share of what the default holds is called none.
_LEAST_GAIN = 0.02
#: Areas that differ by more than this factor are not compared.
_FARTHEST_AREA = 2.0


class Swept(NamedTuple):
    """What a sweep came to: settings with the values chosen, the table, and why each."""

    settings: Settings
    table: pd.DataFrame | None
    choices: Sequence[Choice]


def sweep(places: Places, districts: gpd.GeoDataFrame, settings: Settings, stage: Stages) -> Swept:
    """Choose the settings that are to be swept by accuracy within the months of `places`.

    Hotspots are chosen by the earlier two thirds of the months and measured on the later third
    (two months or more), once for each value, one setting after the other. A value replaces the
    one by rule only where, on equal area and best hotspots first, it holds more of the later
    incidents: by a fiftieth at least, and with a 95 % interval, drawn over the months, above 0.
    It must select as many hotspots as all values by rule, on half to twice their area.

    Parameters
    ----------
    places, districts
        As for `find`; months outside `places` are never seen.
    settings
        Without anything to sweep they come back as they are.
    stage
        Announces each setting.

    Returns
    -------
    Swept
        The table has the columns `hotspots.frames.SWEEP`.

    Raises
    ------
    InputError
        There are fewer than four months, or the later ones hold no incident.
    """
    import pandas as pd

    wanted = settings.targeting.swept
    settings = settings.replace(targeting={"sweep": ()})
    if not wanted:
        return Swept(settings, None, ())
    bench = _Bench(places, districts)
    usual: _Trial | None = None
    rows: list[dict[str, Any]] = []
    choices = []
    for name in wanted:
        tried = values(name, places, districts, settings)
        some = listed(name, [one.value for one in tried.each if one.value is not None])
        with stage(f"sweep_{name}", f"Sweeping {name} over {some}"):
            usual = usual or bench(_with(settings, name, tried.default))
            found = [_row(name, one, tried, bench, settings) for one in tried.each]
            for row in found:
                row["note"] = row["note"] or _incomparable(row, usual)
        best = _best(found, tried.default)
        best["chosen"] = True
        settings = _with(settings, name, best["value"])
        choices.append(choice_of(name, best, found, tried))
        rows += found
    table = pd.DataFrame(rows, columns=names(SWEEP))
    return Swept(settings, table, choices)


def for_share(settings: Settings, share: float) -> Settings:
    """Settings for a share of the months: what counts incidents of the whole period shrinks."""
    given = settings.targeting
    changes: dict[str, Any] = {}
    if given.min_incidents is not None:
        changes["min_incidents"] = max(1, round(given.min_incidents * share))
    if given.price_per_km2 is not None:
        changes["price_per_km2"] = given.price_per_km2 * share
    return settings.replace(targeting=changes)


@dataclass(frozen=True)
class _Trial:
    """Hotspots chosen by the earlier months, measured on the later ones."""

    hotspots: int
    held: Capture


class _Bench:
    """Measures settings by the earlier months of some places on the later ones."""

    def __init__(self, places: Places, districts: gpd.GeoDataFrame) -> None:
        from hotspots.testing import month_draws

        months = list(places.months)
        if len(months) < _FEWEST_MONTHS:
            found = f"are {len(months)}" if months else "have no dates"
            raise InputError(
                f"A sweep needs {_FEWEST_MONTHS} months or more to choose by the earlier and "
                f"measure on the later; the incidents {found}. Give more months, or leave out "
                "the sweep."
            )
        later = max(_FEWEST_LATER, len(months) // 3)
        self.split: Origin = split_off(places, months[-later:])
        self.share = len(self.split.train.months) / len(months)
        self.draws = month_draws(later, seed=SEED)
        by_month = self.split.test.groupby(self.split.test["period"].astype(str))["weight"].sum()
        tested = list(self.split.test_months)
        self.total: NDArray[np.float64] = by_month.reindex(tested, fill_value=0).to_numpy(float)
        self.area_km2 = float(districts["area_km2"].sum())
        self._districts = districts
        self._known: dict[tuple[Any, ...], _Trial] = {}

    def __call__(self, settings: Settings) -> _Trial:
        """Measure settings of the whole period."""
        from hotspots.testing import capture

        key = tuple(getattr(settings.targeting, name) for name in EVERY_VALUE)
        if key not in self._known:
            trial = for_share(settings, self.share).replace(targeting={"draws": 0})
            found = find(self.split.train, self._districts, trial).hotspots
            held = capture(found.geometry.to_numpy(), self.split.test, self.split.test_months)
            self._known[key] = _Trial(len(found), held)
        return self._known[key]


def _with(settings: Settings, name: str, value: float) -> Settings:
    kind = int if name == "min_incidents" else float
    return settings.replace(targeting={name: kind(value)})


def _row(name: str, one: Value, tried: Tried, bench: _Bench, settings: Settings) -> dict[str, Any]:
    """One value, measured beside the default."""
    from hotspots.testing import hit_rate, interval, pai

    split, empty = bench.split, float("nan")
    total = float(bench.total.sum())
    row = dict.fromkeys(names(SWEEP), empty) | {
        "setting": name,
        "value": empty if one.value is None else one.value,
        "unit": tried.unit,
        "rule": one.rule,
        "train_from": split.train.months[0],
        "train_to": split.train.months[-1],
        "test_from": split.test_months[0],
        "test_to": split.test_months[-1],
        "hotspots": 0,
        "incidents_test": int(total),
        "chosen": False,
        "note": one.why,
    }
    if one.value is None:
        return row
    usual = bench(_with(settings, name, tried.default))
    mine = bench(_with(settings, name, one.value))
    inside = float(mine.held.inside.sum())
    equal = min(mine.held.total_km2, usual.held.total_km2)
    ours, theirs = mine.held.on(equal), usual.held.on(equal)
    low, high = interval(ours - theirs, bench.total, bench.draws)
    return row | {
        "hotspots": mine.hotspots,
        "area_km2": mine.held.total_km2,
        "hit_rate": hit_rate(inside, total),
        "pai": pai(inside, total, mine.held.total_km2, bench.area_km2),
        "equal_area_km2": equal,
        "hit_rate_equal": hit_rate(float(ours.sum()), total),
        "hit_rate_default": hit_rate(float(theirs.sum()), total),
        "difference": hit_rate(float((ours - theirs).sum()), total),
        "difference_low": low,
        "difference_high": high,
    }


def _incomparable(row: dict[str, Any], usual: _Trial) -> str:
    """Why a value cannot be compared with what the rules select; empty where it can."""
    if not usual.hotspots:
        return "the values by rule select no hotspot to compare with"
    if row["hotspots"] < usual.hotspots:
        return f"selects {row['hotspots']} hotspots, not {usual.hotspots}"
    area, other = row["area_km2"], usual.held.total_km2
    if not other / _FARTHEST_AREA <= area <= other * _FARTHEST_AREA:
        return f"on {area:.2f} km², too far from {other:.2f} km² to be compared"
    return ""


def _best(rows: list[dict[str, Any]], default: float) -> dict[str, Any]:
    """The row whose value clearly holds most; that of the default where none does."""
    usual = next(row for row in rows if row["value"] == default)
    better = [
        row
        for row in rows
        if not row["note"]
        and row["difference_low"] > 0
        and row["difference"] >= _LEAST_GAIN * row["hit_rate_default"]
    ]
    return max(
        better, key=lambda row: (row["difference"], -abs(row["value"] - default)), default=usual
    )
