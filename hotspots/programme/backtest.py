"""How well hotspots chosen by earlier months hold later incidents, beside plain methods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hotspots.errors import SettingsError
from hotspots.frames import Backtest, Targeting
from hotspots.programme.identify import listed, origin_of
from hotspots.programme.origins import Origin, origins
from hotspots.programme.stages import Progress, Stages
from hotspots.programme.sweep import Swept, for_share, sweep
from hotspots.settings import Settings

if TYPE_CHECKING:
    from hotspots.testing import CurvePoint, Tally

#: Shares of the area at which ranked methods are measured.
AREA_SHARES: tuple[float, ...] = (0.005, 0.01, 0.02, 0.05)

#: Of the draws of months.
SEED = 0


def backtest(
    incidents: Any,
    districts: Any,
    *,
    split: str | None = None,
    rolling: int | None = None,
    settings: Settings | None = None,
    area_shares: Sequence[float] = AREA_SHARES,
    progress: Progress | None = None,
) -> Backtest:
    """Measure the accuracy of targeting strictly out of time, beside plain methods.

    Hotspots are chosen by earlier months alone; what is counted is the share of the incidents
    of later months that falls inside. Plain methods get the same months, the same number of
    pieces and the same area. Intervals come from redrawing the months tested.

    Parameters
    ----------
    incidents, districts
        As `identify` takes them.
    split
        First month tested, ``YYYY-MM``. None, without `rolling`: the later half is tested.
    rolling
        Test each of so many last months by all the months before it, and pool them.
    settings
        Intake and targeting settings.
    area_shares
        Shares of the area of the districts, above 0 and at most 1, for the curve.
    progress
        Called with a sentence when a stage begins.

    Returns
    -------
    Backtest
        Table, curve, counts by month, and the verdict in words.

    Raises
    ------
    InputError
        The input is wrong, has no dates, or has none before or after the split.
    SettingsError
        `split`, `rolling` or `area_shares` make no sense.
    NothingFoundError
        The earlier months have no hotspot.

    Examples
    --------
    >>> import hotspots
    >>> result = hotspots.backtest(hotspots.sample_incidents(), "leeds", split="2018-07")
    >>> result.table["method"].iloc[0], int(result.table["pieces"].iloc[0])
    ('this method', 26)
    """
    from hotspots.intake import read_districts, read_places
    from hotspots.programme import measuring
    from hotspots.programme.baselines import HINDSIGHT, OURS, Borders
    from hotspots.testing import curve_table, method_table, month_draws, month_table, verdict

    settings = settings or Settings()
    shares = sorted({float(share) for share in area_shares})
    if not all(0 < share <= 1 for share in shares):
        raise SettingsError(f"area_shares must be above 0 and at most 1; they are {shares}.")
    stage = Stages(progress)
    with stage("read", "Reading districts and incidents"):
        layer = read_districts(districts, settings.districts)
        places, choices = read_places(listed(incidents), layer, settings.intake)
        splits = origins(places, split, rolling)
        borders = Borders(layer)
    tallies: list[Tally] = []
    points: list[CurvePoint] = []
    for number, one in enumerate(splits, start=1):
        which = f"{', '.join(one.test_months[:1])} on" if rolling is None else one.test_months[0]
        swept = sweep(one.train, layer, settings, stage)
        with stage(f"targeting {number}", f"Choosing hotspots by the months before {which}"):
            found = measuring.found_by(one, layer, swept.settings)
        with stage(f"methods {number}", f"Measuring them on {which}, beside plain methods"):
            older = _older(swept, one)
            tallies += measuring.tallies_of(one, found, layer, older, borders)
            points += measuring.points_of(one, found, shares, borders)
    tallies, left_out = measuring.comparable(tallies, len(splits))
    months = sum(len(one.test_months) for one in splits)
    total_km2 = float(layer["area_km2"].sum())
    draws = month_draws(months, seed=SEED)
    table = method_table(tallies, total_km2, ours=OURS, hindsight=HINDSIGHT, draws=draws)
    return Backtest(
        table=table,
        curve=curve_table(points, total_km2, draws),
        months=month_table(tallies),
        verdict=tuple(
            verdict(table, ours=OURS, hindsight=HINDSIGHT, months=months, splits=len(splits))
        ),
        settings=found.settings,
        choices=(*choices, *swept.choices, *found.choices),
        messages=(*found.messages, *left_out),
        provenance=_described(
            replace(found, quality=places.quality, origin=origin_of(districts, places.quality))
        ),
        sweep=swept.table,
    )


def _older(swept: Swept, one: Origin) -> Settings:
    """Settings of the map of older months: where swept, the same values for fewer months."""
    if swept.table is None:
        return swept.settings
    months = len(one.train.months)
    return for_share(swept.settings, (months // 2) / months)


def _described(found: Targeting) -> dict[str, Any]:
    """What the outputs say of themselves."""
    from hotspots.sharing import provenance

    described = provenance.describe(
        found,
        found.settings,
        source=found.origin.get("source"),
        attribution=found.origin.get("attribution", ()),
        districts_sha256=found.origin.get("districts_sha256"),
        title="Accuracy of hotspots",
    )
    return described | {"seed": SEED}
