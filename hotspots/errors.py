"""The errors this package raises: each is ours and a built-in at the same time."""


class HotspotsError(Exception):
    """Base of every error raised on purpose by this package."""


class InputError(HotspotsError, ValueError):
    """The input is wrong: what was wrong, what was given, what to do, in one line."""


class SettingsError(InputError):
    """A setting is unknown, of the wrong type or out of its range."""


class InfeasibleError(InputError):
    """The constraints contradict each other, or the budget cannot meet its floors."""


class NothingFoundError(HotspotsError, LookupError):
    """The input is sound, but nothing in it is a hotspot, so there is nothing to plan."""


class OutputError(HotspotsError, OSError):
    """A result cannot be written where it was asked for."""
