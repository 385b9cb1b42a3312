"""Compiled functions for many places; importing a module that holds one compiles or loads it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

_log = logging.getLogger("hotspots")
_announced: set[str] = set()
_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(signature: str, *, any_order: bool = False) -> Callable[[_Function], _Function]:
    """Compile a function for one signature, and keep the machine code for the next time.

    Apart from `any_order`, no option is set that lets results differ from plain floating-point
    arithmetic. The code runs without the interpreter's lock, so that threads can share the work.

    Parameters
    ----------
    signature
        Types of the result and arguments in numba's notation.
    any_order
        Whether sums may be taken in any order, which is faster; only for sums that are exact.
    """
    import numba

    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    if any_order:
        options["fastmath"] = {"reassoc"}

    def decorate(function: _Function) -> _Function:
        if function.__module__ not in _announced:
            _announced.add(function.__module__)
            _log.info("Preparing the fast path for many places; the first time takes seconds.")
        made: Any
        try:
            made = numba.njit(signature, cache=True, **options)(function)
        except RuntimeError:  # no folder to keep it in can be written to
            made = numba.njit(signature, **options)(function)
        result: _Function = made
        return result

    return decorate
