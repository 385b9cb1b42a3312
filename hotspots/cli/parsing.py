"""A parser whose complaints are one line, and the exit statuses."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from hotspots.errors import SettingsError

DONE, NOTHING, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line."""

    #: What is wrong with options that argparse takes each by itself; empty if nothing is.
    objection: Callable[[argparse.Namespace], str] = staticmethod(lambda options: "")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, and look at the options together."""
        options, rest = super().parse_known_args(args, namespace)
        if objection := self.objection(options):
            self.error(objection)
        return options, rest

    def error(self, message: str) -> NoReturn:
        """Refuse, in one line."""
        raise SettingsError(f"{message[0].upper()}{message[1:]}; see {self.prog} --help.")
