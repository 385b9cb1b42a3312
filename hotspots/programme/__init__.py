"""The whole path: it composes the rooms, which do not know each other."""

from hotspots.programme.allocate import allocate
from hotspots.programme.backtest import AREA_SHARES, backtest
from hotspots.programme.check import check
from hotspots.programme.check_page import check_page
from hotspots.programme.draw import draw
from hotspots.programme.export import check_ending, export
from hotspots.programme.identify import STREET_ATTRIBUTION, STREET_SOURCE, identify
from hotspots.programme.jobs import Job, read_jobs
from hotspots.programme.many import INDEX, Runs, run_many
from hotspots.programme.plans import read_history, read_plan, write_plan
from hotspots.programme.repeats import SPACE_BANDS_M, TIME_BANDS_DAYS, repeats
from hotspots.programme.roster import roster
from hotspots.programme.run import OUTPUTS, run
from hotspots.programme.sample import sample_incidents
from hotspots.programme.split import EACH, jobs_for_each
from hotspots.programme.stages import Progress

__all__ = [
    "AREA_SHARES",
    "EACH",
    "INDEX",
    "OUTPUTS",
    "SPACE_BANDS_M",
    "STREET_ATTRIBUTION",
    "STREET_SOURCE",
    "TIME_BANDS_DAYS",
    "Job",
    "Progress",
    "Runs",
    "allocate",
    "backtest",
    "check",
    "check_ending",
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
