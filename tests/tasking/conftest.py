"""Small programmes whose answers can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pytest

from hotspots.settings import TaskingSettings

HotspotTable = Callable[..., pd.DataFrame]
SettingsMaker = Callable[..., TaskingSettings]


@pytest.fixture(scope="session")
def hotspot_table() -> HotspotTable:
    """Make a table of hotspots A, B, C ... from their rates and the initials of districts."""

    def make(rates: Sequence[float], districts: Sequence[str] = "") -> pd.DataFrame:
        return pd.DataFrame(
            {
                "hotspot_id": [chr(65 + number) for number in range(len(rates))],
                "district": list(districts or "N" * len(rates)),
                "incidents_per_day": [float(rate) for rate in rates],
            }
        )

    return make


@pytest.fixture(scope="session")
def hourly() -> SettingsMaker:
    """Make settings in which a visit costs one hour, as often as wanted, in one day."""

    def make(**changes: Any) -> TaskingSettings:
        plain = {
            "weeks": 1,
            "days_per_week": 1,
            "visit_minutes": 60.0,
            "travel_minutes": 0.0,
            "crew": 1,
            "hours_between_visits": 0.0,
        }
        return TaskingSettings(**{**plain, **changes})

    return make
