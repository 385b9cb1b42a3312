"""The command line: one file for each verb or pair of verbs."""

from hotspots.cli.front import main, parser
from hotspots.cli.options import settings_of

__all__ = ["main", "parser", "settings_of"]
