"""Random programmes whose bounds may contradict each other."""

import pandas as pd
from hypothesis import assume
from hypothesis import strategies as st

from hotspots.errors import InfeasibleError
from hotspots.settings import TaskingSettings
from hotspots.tasking import allocate

RATES = st.one_of(st.sampled_from([0.0, 1.0, 2.0, 4.0]), st.floats(0, 50))
HOURS = st.floats(0, 60)


@st.composite
def programmes(draw):
    """Draw a table of hotspots and settings whose bounds may contradict each other."""
    count = draw(st.integers(1, 12))
    table = pd.DataFrame(
        {
            "hotspot_id": draw(st.permutations([f"H{number:02}" for number in range(count)])),
            "district": draw(st.lists(st.sampled_from("NESW"), min_size=count, max_size=count)),
            "incidents_per_day": draw(st.lists(RATES, min_size=count, max_size=count)),
        }
    )
    ids, districts = table["hotspot_id"].tolist(), table["district"].tolist()
    return table, TaskingSettings(
        hours=draw(st.floats(1, 500)),
        weeks=draw(st.integers(1, 6)),
        days_per_week=draw(st.integers(1, 7)),
        visit_minutes=draw(st.sampled_from([10.0, 15.0, 16.0])),
        q=draw(st.sampled_from([0.0, 0.3, 0.6, 0.9])),
        hotspot_floor_hours=draw(st.sampled_from([0.0, 0.0, 1.0, 2.5])),
        hotspot_cap_hours=draw(st.none() | st.floats(3, 200)),
        district_floor_hours=draw(st.sampled_from([0.0, 0.0, 3.0, 11.0])),
        district_cap_hours=draw(st.none() | st.floats(12, 300)),
        hotspot_floors=draw(st.dictionaries(st.sampled_from(ids), HOURS, max_size=2)),
        hotspot_caps=draw(st.dictionaries(st.sampled_from(ids), HOURS, max_size=2)),
        district_floors=draw(st.dictionaries(st.sampled_from(districts), HOURS, max_size=2)),
        district_caps=draw(st.dictionaries(st.sampled_from(districts), HOURS, max_size=2)),
    )


def solve(table, tasking):
    """Allocate, or give up an example whose bounds contradict each other."""
    try:
        return allocate(table, tasking)
    except InfeasibleError:
        assume(False)
