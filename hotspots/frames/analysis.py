"""Results of analyses beside the plan: accuracy, repeats, and one of many runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.frames.input import Quality
    from hotspots.frames.targeting import Choice
    from hotspots.settings import Settings


@dataclass(frozen=True)
class Backtest:
    """How well hotspots chosen by earlier months held later incidents, beside plain methods.

    Attributes
    ----------
    table
        Columns `ACCURACY`: this method first, plain methods by falling hit rate, and last what
        could have been known in hindsight only.
    curve
        Columns `ACCURACY_CURVE`: ranked units at equal shares of the area.
    months
        Columns `ACCURACY_MONTHS`: what the intervals were drawn from.
    verdict
        Sentences: which plain methods this one beats, and which it loses to.
    settings, choices, messages
        As the last split resolved and said them.
    provenance
        Title, marking, attribution and what else every output carries.
    sweep
        Columns `SWEEP`, of the last split; None where no setting was swept.
    """

    table: pd.DataFrame
    curve: pd.DataFrame
    months: pd.DataFrame
    verdict: Sequence[str]
    settings: Settings
    choices: Sequence[Choice] = ()
    messages: Sequence[str] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    sweep: pd.DataFrame | None = None

    def summary(self) -> str:
        """What was found, in the words of the verdict."""
        return " ".join(self.verdict)


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """Whether incidents near each other are also close in time (columns `REPEATS`).

    Attributes
    ----------
    table
        Pairs in every band of distance and days, beside what chance would give.
    incidents, first_day, last_day
        Incidents that were paired, and the days of the first and the last, ``YYYY-MM-DD``.
    crs
        CRS in which distances were measured.
    draws, seed
        Random permutations of the days, and their seed.
    quality, choices
        What became of every row, and what was decided on the way.
    """

    table: pd.DataFrame
    incidents: int
    first_day: str
    last_day: str
    crs: str
    draws: int
    seed: int
    quality: Quality
    choices: Sequence[Choice] = ()

    def summary(self) -> str:
        """One or two sentences: from what, and the band that stands out most.

        A band stands out where it holds more pairs than chance gives with p at most 0.05
        divided by the number of bands.
        """
        said = f"{self.incidents:,} incidents, {self.first_day} to {self.last_day}."
        limit = 0.05 / len(self.table)
        above = self.table[(self.table["p"] <= limit) & (self.table["ratio"] > 1)]
        if above.empty:
            if 1 / (1 + self.draws) > limit:
                return (
                    f"{said} {self.draws} permutations are too few to tell any of "
                    f"{len(self.table)} bands from chance; take {int(1 / limit)} or more."
                )
            return f"{said} No band holds clearly more pairs than chance gives."
        best = above.sort_values("ratio", ascending=False, kind="stable").iloc[0]
        return (
            f"{said} Most above chance: {best['space_band']}, {best['time_band']}, with "
            f"{best['observed']:,} pairs where {best['expected']:,.1f} are expected "
            f"({best['ratio']:.2f} times, p = {best['p']:.3g})."
        )


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one of many runs.

    Attributes
    ----------
    name, folder
        Name of the job; folder of its files below the common one, made from the name.
    status
        ``"done"``, ``"failed"``, or ``"skipped"`` where there was nothing to run.
    message
        Why it failed or was skipped, in one line.
    kept
        Whether an earlier, complete run of the same input and settings still stood.
    seconds
        How long it took; None where nothing was run.
    title, marking, attribution
        What its page says about itself.
    incidents, hotspots, districts, districts_served, officer_hours
        Counts of its plan; None without one.
    """

    name: str
    folder: str
    status: Literal["done", "failed", "skipped"]
    message: str = ""
    kept: bool = False
    seconds: float | None = None
    title: str = ""
    marking: str = ""
    attribution: Sequence[str] = ()
    incidents: int | None = None
    hotspots: int | None = None
    districts: int | None = None
    districts_served: int | None = None
    officer_hours: float | None = None
