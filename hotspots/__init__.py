"""From incident points to hotspots, patrol hours and one map file that opens anywhere.

The verbs work on files and on GeoDataFrames alike::

    found = hotspots.identify(points, districts)
    plan = hotspots.allocate(found, hours=26_108)
    hotspots.draw(plan).save("map.html")
"""

from hotspots.errors import (
    HotspotsError,
    InfeasibleError,
    InputError,
    NothingFoundError,
    OutputError,
    SettingsError,
)
from hotspots.frames import (
    Allocation,
    Backtest,
    DensitySurface,
    History,
    Outcome,
    Places,
    Plan,
    Quality,
    Repeats,
    Roster,
    Targeting,
)
from hotspots.programme import (
    Job,
    Runs,
    allocate,
    backtest,
    check,
    check_page,
    draw,
    export,
    identify,
    jobs_for_each,
    read_history,
    read_jobs,
    read_plan,
    repeats,
    roster,
    run,
    run_many,
    sample_incidents,
    write_plan,
)
from hotspots.settings import Settings
from hotspots.version import __version__

__all__ = [
    "Allocation",
    "Backtest",
    "DensitySurface",
    "History",
    "HotspotsError",
    "InfeasibleError",
    "InputError",
    "Job",
    "NothingFoundError",
    "Outcome",
    "OutputError",
    "Places",
    "Plan",
    "Quality",
    "Repeats",
    "Roster",
    "Runs",
    "Settings",
    "SettingsError",
    "Targeting",
    "__version__",
    "allocate",
    "backtest",
    "check",
    "check_page",
    "draw",
    "export",
    "identify",
    "jobs_for_each",
    "read_history",
    "read_jobs",
    "read_plan",
    "repeats",
    "roster",
    "run",
    "run_many",
    "sample_incidents",
    "write_plan",
]
