"""The stages of a run: announced when they begin, timed when they end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str], None]


class Stages:
    """Seconds that each stage of a run took."""

    def __init__(self, progress: Progress | None) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress

    @contextmanager
    def __call__(self, name: str, announcement: str) -> Iterator[None]:
        """Announce a stage and note the seconds it took."""
        if self._progress:
            self._progress(announcement)
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)

    def steps(self, what: str) -> Callable[[int, int], None]:
        """Make a function that announces every tenth of some steps, such as draws."""

        def tell(done: int, total: int) -> None:
            if self._progress and done * 10 // total != (done - 1) * 10 // total:
                self._progress(f"{what}: {done:,} of {total:,}")

        return tell
